//! The configuration of the handler, and all that can be checked of it without a network.

use std::path::PathBuf;
use std::time::Duration;

use cache_core::{DEFAULT_EXPIRE, Ttl};

use super::address::{self, Address, Login, Written};
use super::envelope;
use super::sentinel::Watched;
use super::tls::Tls;

/// Configures a [`Redis`](super::Redis) handler.
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
    pub(super) address: Address,
    pub(super) db: i64,
    pub(super) login: Login,
    pub(super) prefix: String,
    pub(super) default_expire: Ttl,
    pub(super) timeout: Duration,
    pub(super) bad_url: Option<String>,
    /// Servers of a cluster, as they were written.
    pub(super) cluster: Option<Vec<Written>>,
    pub(super) envelope: envelope::Settings,
    pub(super) watched: Watched,
    pub(super) tls: Option<Tls>,
    /// Set by a URL, and by the next one set back.
    pub(super) url_tls: Option<Tls>,
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
            watched: Watched::default(),
            tls: None,
            url_tls: None,
        }
    }
}

/// The port that Redis and Valkey listen on unless they are told otherwise.
pub(super) const PORT: u16 = 6379;

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
    /// The user, password and TLS are those of all of them; a host and port set beside this count for nothing.
    ///
    /// Each key is on the primary that has its hash slot; a replica that takes its place, and slots that move, are followed.
    /// Clearing by pattern asks every primary. A write of a key that a pattern could match takes three round trips
    /// instead of one, since the pattern's epoch is on another server.
    ///
    /// What another process invalidates is seen when the message of the server that has the epoch is here, usually within a
    /// millisecond, and within a second where that server is lost without a sign. Replicas of a cluster are written to behind the
    /// acknowledgement: what was written or invalidated just before a primary died can be lost with it.
    ///
    /// ```
    /// use cache_backends::Redis;
    ///
    /// let redis = Redis::builder().cluster(["cache-1:6379", "cache-2:6379", "cache-3:6379"]);
    /// ```
    pub fn cluster<S: Into<String>>(mut self, servers: impl IntoIterator<Item = S>) -> Self {
        self.cluster = Some(servers.into_iter().map(|server| Written(server.into())).collect());
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

    /// Server, db, user and password at once: `redis://user:password@host:6379/0`,
    /// `unix:///path/to/redis.sock?db=0&user=…&pass=…` or
    /// `redis+sentinel://user:password@host:26379,host2:26379/mymaster/0`. It replaces what was set of these before.
    /// `rediss://` and `rediss+sentinel://` are the same with TLS, and need the feature `tls`.
    pub fn url(mut self, url: impl AsRef<str>) -> Self {
        match address::parse(url.as_ref()) {
            Ok(parsed) => {
                (self.address, self.db, self.login, self.bad_url) = (parsed.address, parsed.db, parsed.login, None);
                (self.watched.sentinels, self.url_tls) = (parsed.sentinels, parsed.tls);
            }
            Err(reason) => self.bad_url = Some(reason),
        }
        self
    }
}
