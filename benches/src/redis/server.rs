//! A `redis-server` of this program's own, stopped when it is dropped.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use larder_benches::rounds::now;

/// A running server with an empty database, that keeps nothing on disk.
pub struct Server {
    process: Child,
    pub port: u16,
    folder: PathBuf,
}

/// How long it may take to answer at first.
const PATIENCE: Duration = Duration::from_secs(10);

impl Server {
    pub fn start() -> Self {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let folder = std::env::temp_dir().join(format!("larder-bench-redis-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder in TMPDIR");
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--loglevel", "warning"])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "`redis-server` cannot be started ({error}); install it, e.g. with `apt-get install redis-server`"
                )
            });
        let server = Self { process, port, folder };
        let began = now();
        while server.client().get_connection().is_err() {
            assert!(began.elapsed() < PATIENCE, "`redis-server` does not answer");
            thread::park_timeout(Duration::from_millis(5));
        }
        server
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    pub fn client(&self) -> redis::Client {
        redis::Client::open(self.url()).expect("a URL")
    }

    fn info(&self, section: &str) -> String {
        let mut connection = self.client().get_connection().expect("the server answers");
        redis::cmd("INFO").arg(section).query(&mut connection).expect("the server says it")
    }

    pub fn version(&self) -> String {
        let info = self.info("server");
        let version = info.lines().find_map(|line| line.strip_prefix("redis_version:"));
        format!("redis-server {}", version.unwrap_or("of an unknown version"))
    }

    /// What the server is asked by `work`, as its commands and how often each was called, without our own questions.
    pub fn calls(&self, work: impl FnOnce()) -> Vec<(String, u64)> {
        let mut connection = self.client().get_connection().expect("the server answers");
        redis::cmd("CONFIG").arg("RESETSTAT").exec(&mut connection).expect("the server forgets what it counted");
        work();
        let mut calls = Vec::new();
        for line in self.info("commandstats").lines() {
            let Some((name, rest)) = line.strip_prefix("cmdstat_").and_then(|line| line.split_once(":calls=")) else {
                continue;
            };
            let count = rest.split(',').next().and_then(|count| count.parse().ok()).unwrap_or(0);
            if !["config|resetstat", "info", "client|setinfo", "hello", "select", "ping"].contains(&name) {
                calls.push((name.to_owned(), count));
            }
        }
        calls
    }

    /// The commands that `work` sends, as `MONITOR` writes them.
    pub fn watch(&self, work: impl FnOnce()) -> Vec<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server accepts");
        stream.write_all(b"MONITOR\r\n").expect("the server listens");
        let mut lines = BufReader::new(stream.try_clone().expect("a stream"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("the server begins");
        work();
        stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a stream");
        let mut seen = Vec::new();
        loop {
            line.clear();
            match lines.read_line(&mut line) {
                Ok(count) if count > 0 => seen.push(line.trim_end().to_owned()),
                _ => return seen,
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
