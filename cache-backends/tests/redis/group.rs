//! A primary with replicas, and sentinels that watch them, each a process of a test's own, stopped when it is dropped.

use std::process::{Child, Command, Stdio};

use cache_backends::{Redis, RedisBuilder};

use crate::server::{Server, eventually_within, free_port};

/// How long a failover may take on a machine that is busy with other things.
pub(crate) const LONG: u64 = 60_000;

/// What the sentinels call the primary.
pub(crate) const NAME: &str = "mymaster";

/// The first server is the primary, to begin with.
pub(crate) struct Group {
    pub(crate) sentinels: Vec<Sentinel>,
    pub(crate) servers: Vec<Server>,
}

impl Group {
    /// A primary with `replicas` and three sentinels that know all of these and each other.
    pub(crate) fn start(replicas: usize) -> Self {
        let primary = Server::with(&["--repl-diskless-sync-delay", "0"]);
        let port = primary.port.to_string();
        let mut servers = vec![primary];
        for _ in 0..replicas {
            servers.push(Server::with(&["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"]));
        }
        eventually_within(LONG, "the replicas are in step", || {
            servers[0].says("replication").matches("state=online").count() == replicas
        });
        let sentinels: Vec<Sentinel> = (0..3).map(|_| Sentinel::start(servers[0].port, &[])).collect();
        let this = Self { sentinels, servers };
        eventually_within(LONG, "the sentinels know everyone", || {
            this.sentinels.iter().all(|sentinel| sentinel.knows(replicas, 2))
        });
        this
    }

    pub(crate) fn builder(&self) -> RedisBuilder {
        Redis::builder().sentinel(NAME, self.sentinels.iter().map(|sentinel| format!("127.0.0.1:{}", sentinel.port)))
    }

    /// The server, other than the first, that calls itself the primary.
    pub(crate) fn successor(&self) -> &Server {
        let mut found = None;
        eventually_within(LONG, "another server is the primary", || {
            found = self.servers[1..].iter().find(|server| server.says_now("replication").contains("role:master"));
            found.is_some()
        });
        found.unwrap()
    }
}

/// A `redis-server` that is a sentinel.
pub(crate) struct Sentinel {
    process: Child,
    pub(crate) port: u16,
    login: String,
    _directory: tempfile::TempDir,
}

impl Sentinel {
    /// One that watches the primary on `primary`, with more lines in its configuration.
    pub(crate) fn start(primary: u16, lines: &[&str]) -> Self {
        Self::with_login(primary, lines, "")
    }

    /// One that wants a password of who asks it.
    pub(crate) fn guarded(primary: u16, lines: &[&str], password: &str) -> Self {
        let guard = format!("requirepass {password}");
        let lines: Vec<&str> = lines.iter().copied().chain([&guard[..]]).collect();
        Self::with_login(primary, &lines, &format!(":{password}@"))
    }

    fn with_login(primary: u16, lines: &[&str], login: &str) -> Self {
        let port = free_port();
        let directory = tempfile::tempdir().unwrap();
        let mut configuration = format!(
            "port {port}\nbind 127.0.0.1\nloglevel warning\n\
             sentinel monitor {NAME} 127.0.0.1 {primary} 2\n\
             sentinel down-after-milliseconds {NAME} 500\n\
             sentinel failover-timeout {NAME} 4000\n"
        );
        for line in lines {
            configuration += &format!("{line}\n");
        }
        // It rewrites this file as it runs.
        let file = directory.path().join("sentinel.conf");
        std::fs::write(&file, configuration).unwrap();
        let process = Command::new("redis-server")
            .arg(&file)
            .arg("--sentinel")
            .current_dir(directory.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("`redis-server` cannot be started");
        let this = Self { process, port, login: login.to_owned(), _directory: directory };
        eventually_within(LONG, "the sentinel of this test answers", || this.raw().is_ok());
        this.hurry();
        this
    }

    fn raw(&self) -> redis::RedisResult<redis::Connection> {
        redis::Client::open(format!("redis://{}127.0.0.1:{}/", self.login, self.port))?.get_connection()
    }

    /// Shortens what takes seconds in earnest. `tilt-trigger` is for a machine on which a process may stand still for long:
    /// a sentinel that did does nothing for the next half minute.
    fn hurry(&self) {
        let Ok(mut raw) = self.raw() else { return };
        for (name, millis) in [
            ("info-period", 200),
            ("publish-period", 200),
            ("ask-period", 100),
            ("ping-period", 100),
            ("tilt-trigger", 60_000),
        ] {
            // Some servers have none of these, and then take longer.
            let _ = redis::cmd("SENTINEL").arg(&["DEBUG", name]).arg(millis).exec(&mut raw);
        }
    }

    fn knows(&self, replicas: usize, others: usize) -> bool {
        let count = |what: &str| -> usize {
            let mut raw = self.raw().unwrap();
            let list: Vec<redis::Value> = redis::cmd("SENTINEL").arg(&[what, NAME]).query(&mut raw).unwrap();
            list.len()
        };
        count("REPLICAS") == replicas && count("SENTINELS") == others
    }

    /// Makes another server the primary while the old one works.
    pub(crate) fn fail_over(&self) {
        eventually_within(LONG, "a failover begins", || {
            redis::cmd("SENTINEL").arg(&["FAILOVER", NAME]).exec(&mut self.raw().unwrap()).is_ok()
        });
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(signal).arg(self.process.id().to_string()).status();
        assert!(sent.is_ok_and(|status| status.success()), "the sentinel could not be sent {signal}");
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        self.stop();
    }
}
