//! The configuration of the handler, and all that can be checked of it without a network.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cache_core::{Backend, DEFAULT_EXPIRE, Env, Error, IntoHandler, Opened, Result, Ttl};

use super::address::{self, Address, Login};
use super::backend::Redis;
use super::cluster::Cluster;
use super::connect::Target;
use super::envelope;
use super::lead::Leads;
use super::near::Near;
use super::runtime::Runtime;
use super::servers::Servers;
use super::wire::Wire;

/// Configures a [`Redis`] handler.
///
/// ```no_run
/// use cache_backends::Redis;
/// use cache_core::{Clock, Env, IntoHandler};
///
/// let redis = Redis::builder().host("localhost").port(6379).db(0).prefix("cache:").default_expire(300);
/// let opened = redis.open(&Env { clock: Clock::system() })?; // checks what is written above; no network
/// # Ok::<(), cache_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is given to `Cache::builder().handler(..)`"]
pub struct RedisBuilder {
    address: Address,
    db: i64,
    login: Login,
    prefix: String,
    default_expire: Ttl,
    timeout: Duration,
    bad_url: Option<String>,
    /// Servers of a cluster, as they were written.
    cluster: Option<Vec<String>>,
    pub(super) envelope: envelope::Settings,
}

impl Default for RedisBuilder {
    fn default() -> Self {
        Self {
            address: Address::Tcp { host: "localhost".into(), port: PORT },
            db: 0,
            login: Login::default(),
            prefix: "cache:".into(),
            default_expire: Ttl::For(DEFAULT_EXPIRE),
            timeout: Duration::from_secs(1),
            bad_url: None,
            cluster: None,
            envelope: envelope::Settings::default(),
        }
    }
}

/// The port that Redis and Valkey listen on unless they are told otherwise.
const PORT: u16 = 6379;

/// Larger timeouts are refused: larder's core would give up first.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(600);

impl RedisBuilder {
    /// The server's name or IP address, without a port; `localhost` unless set.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        let port = if let Address::Tcp { port, .. } = self.address { port } else { PORT };
        self.address = Address::Tcp { host: host.into(), port };
        self
    }

    /// The server's port; 6379 unless set.
    pub fn port(mut self, port: u16) -> Self {
        let host = if let Address::Tcp { host, .. } = self.address { host } else { "localhost".into() };
        self.address = Address::Tcp { host, port };
        self
    }

    /// The path of the server's unix socket, instead of a host and port.
    pub fn unix_socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.address = Address::Unix { path: path.into() };
        self
    }

    /// Servers of a cluster, as `host:port`, instead of a host and port: a few of them will do, they know the others.
    ///
    /// Each key is on the primary that has its hash slot; a replica that takes its place, and slots that move, are followed.
    /// Clearing by pattern asks every primary. A write of a key that a pattern could match takes three round trips
    /// instead of one, since the pattern's epoch is on another server.
    ///
    /// ```
    /// use cache_backends::Redis;
    ///
    /// let redis = Redis::builder().cluster(["cache-1:6379", "cache-2:6379", "cache-3:6379"]);
    /// ```
    pub fn cluster<S: Into<String>>(mut self, servers: impl IntoIterator<Item = S>) -> Self {
        self.cluster = Some(servers.into_iter().map(Into::into).collect());
        self
    }

    /// The number of the database; 0 unless set.
    pub fn db(mut self, db: i64) -> Self {
        self.db = db;
        self
    }

    /// What every key of this handler begins with; `cache:` unless set. It must not be empty. Handlers with the same
    /// server, db and prefix share their entries.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long a result is fresh where neither its function nor its call says so; 300 seconds unless set.
    pub fn default_expire(mut self, ttl: impl Into<Ttl>) -> Self {
        self.default_expire = ttl.into();
        self
    }

    /// The user to log in as (an ACL user); the server's `default` user unless set. It needs a password.
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.login.username = Some(username.into());
        self
    }

    /// The password to log in with; none unless set. It is never shown.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.login.password = Some(password.into());
        self
    }

    /// How long the server may take for an operation, and to accept a connection; 1 second unless set. When it has
    /// answered nothing for this long, the connection is taken for dead and all that waits on it fails.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Server, db, user and password at once: `redis://user:password@host:6379/0` or
    /// `unix:///path/to/redis.sock?db=0&user=…&pass=…`. It replaces what was set of these before.
    pub fn url(mut self, url: impl AsRef<str>) -> Self {
        match address::parse(url.as_ref()) {
            Ok(parsed) => {
                (self.address, self.db, self.login, self.bad_url) = (parsed.address, parsed.db, parsed.login, None);
            }
            Err(reason) => self.bad_url = Some(reason),
        }
        self
    }

    /// All reasons why this cannot work.
    fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = self.bad_url.iter().cloned().collect();
        let mut refuse = |problem: &str| problems.push(format!("the redis handler's {problem}"));
        match &self.address {
            Address::Tcp { host, .. } if host.is_empty() => refuse("host is empty: name the server, e.g. `localhost`"),
            // It is not repeated: a URL in the wrong place may contain a password.
            Address::Tcp { host, .. } if host.contains(['/', '@']) || host.chars().any(char::is_whitespace) => {
                refuse("host is not a name or address: write `.host(\"localhost\")`, or give a URL to `.url(..)`");
            }
            Address::Tcp { port: 0, .. } => refuse("port is 0: write the port that the server listens on, e.g. 6379"),
            Address::Tcp { .. } => {}
            Address::Unix { path } if path.as_os_str().is_empty() => {
                refuse("unix socket has an empty path: write the `unixsocket` of the server's configuration");
            }
            Address::Unix { .. } if cfg!(not(unix)) => refuse("unix socket is of no use on this system: use a host"),
            Address::Unix { .. } => {}
        }
        if self.db < 0 {
            refuse("db is negative: write a number from 0 on (servers have 16 unless configured otherwise)");
        }
        if self.prefix.is_empty() {
            refuse(
                "prefix is empty: write one, e.g. `cache:`, so that a clear can tell larder's keys from all others \
                 in the database",
            );
        }
        if self.login.username.is_some() && self.login.password.is_none() {
            refuse("username has no password: add `.password(..)`, or remove it");
        }
        if self.timeout.is_zero() || self.timeout > LONGEST_TIMEOUT {
            refuse("timeout has to be more than zero and at most 600 seconds, e.g. `Duration::from_secs(1)`");
        }
        for server in self.cluster.iter().flatten() {
            if address::host_and_port(server, PORT).is_none() {
                // It is not repeated, as above.
                refuse("cluster has a server that is no `host:port`: write its name or address and port, and no URL");
            }
        }
        if self.cluster.as_ref().is_some_and(Vec::is_empty) {
            refuse("cluster has no servers: name at least one, e.g. `.cluster([\"localhost:7000\"])`");
        }
        if self.cluster.is_some() && self.db != 0 {
            refuse("db is not 0, and a cluster has no other: leave `.db(..)` out");
        }
        for problem in self.envelope.problems() {
            refuse(&problem);
        }
        problems
    }
}

impl IntoHandler for RedisBuilder {
    fn open(self, _env: &Env) -> Result<Opened> {
        let (redis, settings) = self.build(false)?;
        Ok(settings.open(redis))
    }
}

/// What of the configuration is larder's to know.
pub(crate) struct Settings {
    default_expire: Ttl,
    timeout: Duration,
}

impl Settings {
    pub(crate) fn open(self, backend: impl Backend) -> Opened {
        // The handler's own limit, which says what is wrong, comes before larder's: an operation may wait for a
        // connection first and then for the answer.
        let patience = self.timeout.saturating_mul(3);
        Opened::new(backend).default_expire(self.default_expire).timeout(patience)
    }
}

impl RedisBuilder {
    /// The handler, not connected yet; `tiered` if values are kept in memory too.
    pub(crate) fn build(self, tiered: bool) -> Result<(Redis, Settings)> {
        let problems = self.problems();
        if !problems.is_empty() {
            return Err(Error::Config(problems));
        }
        let settings = Settings { default_expire: self.default_expire, timeout: self.timeout };
        Ok((self.connect_later(tiered), settings))
    }
}

impl RedisBuilder {
    /// The handler, when everything is in order.
    fn connect_later(self, tiered: bool) -> Redis {
        let envelope = self.envelope.envelope();
        let seeds = self.cluster.map(|servers| {
            let seeds = servers.iter().filter_map(|server| address::host_and_port(server, PORT));
            seeds.collect::<Vec<Address>>()
        });
        let mut target = Target::new(self.address, self.db, self.login, self.prefix, self.timeout);
        let near = Arc::new(Near::new(&target.prefix, tiered));
        let runtime = Arc::new(Runtime::default());
        let (near_too, runtime_too) = (Arc::clone(&near), Arc::clone(&runtime));
        let (target, servers) = match seeds {
            Some(seeds) => {
                target.label = address::cluster_label(&seeds);
                let target = Arc::new(target);
                let cluster = Cluster::new(Arc::clone(&target), seeds, near_too, runtime_too);
                (target, Servers::Cluster(cluster))
            }
            None => {
                let target = Arc::new(target);
                let wire = Wire::new(Arc::clone(&target), None, near_too, runtime_too);
                near.needs([wire.id]);
                (target, Servers::One(wire))
            }
        };
        Redis { target, servers: Arc::new(servers), near, runtime, envelope, leads: Leads::default() }
    }
}
