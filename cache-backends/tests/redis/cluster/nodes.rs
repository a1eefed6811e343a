//! A cluster of a test's own: real servers that know each other, stopped when it is dropped.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use cache_backends::{Redis, RedisBuilder};
use cache_core::Backend;
use redis::{ConnectionLike as _, FromRedisValue, RedisResult};

use crate::server::{eventually, open};

const SLOTS: u16 = 16_384;

/// What every server is started with. Those that are cut off are taken for dead soon.
const OPTIONS: [&str; 22] = [
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--loglevel",
    "notice",
    "--logfile",
    "log",
    "--cluster-enabled",
    "yes",
    "--cluster-node-timeout",
    "1000",
    "--cluster-replica-validity-factor",
    "0",
    "--cluster-allow-replica-migration",
    "no",
    "--repl-diskless-sync-delay",
    "0",
    "--repl-ping-replica-period",
    "1",
];

/// One server.
pub(crate) struct Node {
    process: Child,
    pub(crate) port: u16,
    pub(crate) id: String,
}

/// Three primaries, and a replica of each where they are asked for.
pub(crate) struct Nodes {
    pub(crate) primaries: Vec<Node>,
    pub(crate) replicas: Vec<Node>,
    directory: PathBuf,
    options: Vec<String>,
}

impl Nodes {
    /// Three primaries.
    pub(crate) fn start() -> Self {
        Self::with(false, &[])
    }

    /// Three primaries with a replica each, in the same order.
    pub(crate) fn with_replicas() -> Self {
        Self::with(true, &[])
    }

    /// The same, with more options for each server.
    pub(crate) fn with(replicas: bool, options: &[&str]) -> Self {
        let directory = std::env::temp_dir().join(format!("larder-cluster-{}-{}", std::process::id(), free_port()));
        let options = options.iter().map(|&option| option.to_owned()).collect();
        let mut nodes = Self { primaries: Vec::new(), replicas: Vec::new(), directory, options };
        nodes.primaries = (0..3).map(|_| nodes.spawn()).collect();
        nodes.replicas = (0..if replicas { 3 } else { 0 }).map(|_| nodes.spawn()).collect();
        for (index, node) in nodes.all().enumerate() {
            node.ask::<()>(&["CLUSTER", "SET-CONFIG-EPOCH", &(index + 1).to_string()]);
        }
        nodes.share_slots();
        let all: Vec<&Node> = nodes.all().collect();
        for node in &all {
            nodes.introduce(node);
        }
        eventually("all servers know each other", || all.iter().all(|node| node.knows() == all.len()));
        for (replica, primary) in nodes.replicas.iter().zip(&nodes.primaries) {
            replica.ask::<()>(&["CLUSTER", "REPLICATE", &primary.id]);
        }
        drop(all);
        nodes.settle();
        nodes
    }

    /// Starts one more server that knows the others, and has no slots.
    pub(crate) fn join(&mut self) -> usize {
        let node = self.spawn();
        self.introduce(&node);
        let count = self.all().count() + 1;
        eventually("the others know it", || {
            node.knows() == count && self.all().all(|other| other.knows() == count) && node.is_fine()
        });
        self.primaries.push(node);
        self.primaries.len() - 1
    }

    fn introduce(&self, node: &Node) {
        for other in self.all().filter(|other| other.port != node.port) {
            node.ask::<()>(&["CLUSTER", "MEET", "127.0.0.1", &other.port.to_string()]);
        }
    }

    fn share_slots(&self) {
        let count = SLOTS / 3 + 1;
        for (first, node) in (0..).step_by(usize::from(count)).zip(&self.primaries) {
            let slots = (first..SLOTS.min(first + count)).map(|slot| slot.to_string());
            let command: Vec<String> = ["CLUSTER".into(), "ADDSLOTS".into()].into_iter().chain(slots).collect();
            node.ask::<()>(&command.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    /// Waits until every server that runs says that all is well, and every replica has what its primary has.
    pub(crate) fn settle(&self) {
        eventually("the cluster is up", || self.all().all(Node::is_fine));
        eventually("replicas follow", || self.replicas.iter().all(|node| !node.is_replica() || node.follows()));
    }

    fn spawn(&self) -> Node {
        let mut attempts = (0..10).filter_map(|_| {
            let port = free_port();
            let directory = self.directory.join(port.to_string());
            std::fs::create_dir_all(&directory).expect("no directory for a server could be made");
            let process = Command::new("redis-server")
                .args(["--port", &port.to_string()])
                .args(OPTIONS)
                .args(&self.options)
                .current_dir(directory)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("`redis-server` cannot be started; install it, e.g. with `apt-get install redis-server`");
            let mut node = Node { process, port, id: String::new() };
            let mut is_up = false;
            eventually("a server answers or ends", || {
                is_up = node.try_ask::<String>(&["PING"]).is_ok();
                is_up || node.process.try_wait().is_ok_and(|ended| ended.is_some())
            });
            // Somebody else may have taken its port or that of its bus.
            is_up.then(|| {
                node.id = node.ask(&["CLUSTER", "MYID"]);
                node
            })
        });
        attempts.next().expect("no server could be started on a free port")
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Node> {
        self.primaries.iter().chain(&self.replicas)
    }

    /// A builder with two of the servers as seeds.
    pub(crate) fn builder(&self) -> RedisBuilder {
        Redis::builder().cluster(self.primaries.iter().skip(1).map(Node::address))
    }

    pub(crate) fn backend(&self) -> Arc<dyn Backend> {
        open(self.builder())
    }

    /// The place of the primary that has `slot`, as it says itself.
    pub(crate) fn slot(&self, key: &str) -> u16 {
        self.primaries[0].ask(&["CLUSTER", "KEYSLOT", key])
    }

    /// Which of the primaries has this key by the slots that they began with.
    pub(crate) fn home(&self, key: &str) -> usize {
        usize::from(self.slot(key) / (SLOTS / 3 + 1))
    }

    /// How often all servers were called `command`.
    pub(crate) fn calls(&self, command: &str) -> u64 {
        self.all().map(|node| node.calls(command)).sum()
    }

    /// All keys, on all primaries.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> =
            self.primaries.iter().flat_map(|node| node.ask::<Vec<String>>(&["KEYS", "*"])).collect();
        keys.sort();
        keys
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for node in self.primaries.iter_mut().chain(&mut self.replicas) {
            node.kill();
        }
        // What a server forked to bring a replica up to date may write there for a moment longer.
        for _ in 0..100 {
            if std::fs::remove_dir_all(&self.directory).is_ok() {
                return;
            }
            std::thread::park_timeout(std::time::Duration::from_millis(5));
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Node {
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn connection(&self) -> RedisResult<redis::Connection> {
        redis::Client::open(format!("redis://127.0.0.1:{}/", self.port))?.get_connection()
    }

    pub(crate) fn try_ask<T: FromRedisValue>(&self, command: &[&str]) -> RedisResult<T> {
        redis::cmd(command[0]).arg(&command[1..]).query(&mut self.connection()?)
    }

    pub(crate) fn ask<T: FromRedisValue>(&self, command: &[&str]) -> T {
        self.try_ask(command).unwrap_or_else(|error| panic!("{command:.60?} on {}: {error}", self.port))
    }

    /// Puts a key where it is, also if it is about to move.
    pub(crate) fn put(&self, key: &[u8], value: &[u8]) {
        redis::cmd("SET").arg(key).arg(value).exec(&mut self.connection().unwrap()).unwrap();
    }

    fn knows(&self) -> usize {
        let nodes: String = self.ask(&["CLUSTER", "NODES"]);
        nodes.lines().filter(|line| !line.contains("handshake") && !line.contains("noaddr")).count()
    }

    pub(crate) fn is_fine(&self) -> bool {
        !self.runs() || self.try_ask::<String>(&["CLUSTER", "INFO"]).is_ok_and(|info| info.contains("cluster_state:ok"))
    }

    fn runs(&self) -> bool {
        self.connection().is_ok_and(|mut connection| connection.check_connection())
    }

    fn replication(&self) -> String {
        self.try_ask(&["INFO", "replication"]).unwrap_or_default()
    }

    pub(crate) fn is_replica(&self) -> bool {
        self.replication().contains("role:slave")
    }

    fn follows(&self) -> bool {
        self.replication().contains("master_link_status:up")
    }

    pub(crate) fn calls(&self, command: &str) -> u64 {
        let info: String = self.try_ask(&["INFO", "commandstats"]).unwrap_or_default();
        let line = info.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.and_then(|rest| rest.split(',').next()?.parse().ok()).unwrap_or(0)
    }

    /// How many clients are told of what is written.
    pub(crate) fn clients(&self) -> usize {
        let list: String = self.ask(&["CLIENT", "LIST"]);
        let flags = list.split(' ').filter_map(|part| part.strip_prefix("flags="));
        flags.filter(|flags| flags.contains('B')).count()
    }

    /// Stops it without closing its connections, or lets it go on.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(signal).arg(self.process.id().to_string()).status();
        assert!(sent.is_ok_and(|status| status.success()), "the server could not be sent {signal}");
    }

    /// Ends it at once, by `SIGKILL`.
    pub(crate) fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that is free, as is the one of the cluster's bus, 10,000 above.
fn free_port() -> u16 {
    let port = |port: u16| TcpListener::bind(("127.0.0.1", port)).and_then(|it| it.local_addr()).map(|it| it.port());
    let mut found = (0..1_000).filter_map(|_| port(0).ok());
    let found = found.find(|&free| free < 55_000 && port(free + 10_000).is_ok());
    found.expect("there are no two free ports")
}
