//! A `redis-server` of a test's own, stopped when it is dropped.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use cache_backends::{Redis, RedisBuilder};
use cache_core::{Backend, Clock, Env, IntoHandler, Opened};

/// A running server with an empty database.
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
    directory: PathBuf,
    options: Vec<String>,
    login: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// A server with more options, e.g. `["--requirepass", "secret"]`.
    pub(crate) fn with(options: &[&str]) -> Self {
        let port = free_port();
        let directory = std::env::temp_dir().join(format!("larder-redis-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("no directory for a server could be made");
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        let password = options.iter().position(|option| option == "--requirepass").map(|at| options[at + 1].clone());
        let login = password.map(|password| format!(":{password}@")).unwrap_or_default();
        let process = spawn(port, &directory, &options);
        let server = Self { process, port, directory, options, login };
        server.wait_until_up();
        server
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.join("redis.sock")
    }

    pub(crate) fn builder(&self) -> RedisBuilder {
        Redis::builder().host("127.0.0.1").port(self.port)
    }

    pub(crate) fn backend(&self) -> Arc<dyn Backend> {
        open(self.builder())
    }

    /// A connection that sees what is really there.
    pub(crate) fn raw(&self) -> redis::Connection {
        self.try_raw().expect("the server of this test gives no connection")
    }

    pub(crate) fn try_raw(&self) -> redis::RedisResult<redis::Connection> {
        redis::Client::open(format!("redis://{}127.0.0.1:{}/0", self.login, self.port))?.get_connection()
    }

    /// How often `command` was called, by the server's count.
    pub(crate) fn calls(&self, command: &str) -> u64 {
        let info = self.says("commandstats");
        let line = info.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.and_then(|rest| rest.split(',').next()?.parse().ok()).unwrap_or(0)
    }

    /// How many connections it has, by one of them.
    pub(crate) fn clients(raw: &mut redis::Connection) -> usize {
        let list: String = redis::cmd("CLIENT").arg("LIST").query(raw).unwrap();
        list.lines().count()
    }

    /// A section of what it says of itself.
    pub(crate) fn says(&self, section: &str) -> String {
        redis::cmd("INFO").arg(section).query(&mut self.raw()).unwrap()
    }

    /// The same of a server whose role may be changing, which closes its clients' connections: then it says nothing.
    pub(crate) fn says_now(&self, section: &str) -> String {
        let said = self.try_raw().and_then(|mut raw| redis::cmd("INFO").arg(section).query(&mut raw));
        said.unwrap_or_default()
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    pub(crate) fn start_again(&mut self) {
        self.process = spawn(self.port, &self.directory, &self.options);
        self.wait_until_up();
    }

    /// Stops the process without closing its connections, or lets it go on.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(signal).arg(self.process.id().to_string()).status();
        assert!(sent.is_ok_and(|status| status.success()), "the server could not be sent {signal}");
    }

    fn wait_until_up(&self) {
        eventually("the server of this test answers", || {
            TcpStream::connect(("127.0.0.1", self.port)).is_ok()
                && self.try_raw().is_ok_and(|mut raw| redis::cmd("PING").query::<String>(&mut raw).is_ok())
        });
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn spawn(port: u16, directory: &Path, options: &[String]) -> Child {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .args(["--unixsocket".as_ref(), directory.join("redis.sock").as_os_str()])
        .args(["--loglevel", "warning", "--databases", "4"])
        .args(options)
        .current_dir(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("`redis-server` cannot be started ({error}); install it, e.g. with `apt-get install redis-server`")
        })
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("there is no free port").port()
}

pub(crate) fn env() -> Env {
    Env { clock: Clock::system() }
}

pub(crate) fn opened(builder: RedisBuilder) -> Opened {
    builder.open(&env()).unwrap()
}

pub(crate) fn open(builder: RedisBuilder) -> Arc<dyn Backend> {
    Arc::clone(opened(builder).backend())
}

/// Waits until `condition` holds, for ten seconds at most.
pub(crate) fn eventually(what: &str, condition: impl FnMut() -> bool) {
    eventually_within(10_000, what, condition);
}

/// Waits until `condition` holds, for `millis` at most.
pub(crate) fn eventually_within(millis: u64, what: &str, mut condition: impl FnMut() -> bool) {
    let clock = Clock::system();
    let start = clock.now();
    while !condition() {
        assert!(clock.now() - start < millis, "it never happened that {what}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}
