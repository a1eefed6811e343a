//! Checking the configuration, all of it at once and without a network, and opening the handler.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use cache_core::{Backend, Env, Error, IntoHandler, Opened, Result, Ttl};

use super::address::{self, Address, Written};
use super::backend::Redis;
use super::builder::{PORT, RedisBuilder};
use super::cluster::Cluster;
use super::connect::Target;
use super::lead::Leads;
use super::near::Near;
use super::primary::Primary;
use super::runtime::Runtime;
use super::servers::Servers;
use super::tls::{self, Connector, Tls};
use super::wire::Wire;

/// Larger timeouts are refused: larder's core would give up first.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(600);

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
        let mut problems = self.problems();
        let tls = self.tls_wanted().map(Tls::connector).transpose();
        problems.extend(tls.as_ref().err().cloned());
        if !problems.is_empty() {
            return Err(Error::Config(problems));
        }
        let settings = Settings { default_expire: self.default_expire, timeout: self.timeout };
        Ok((self.connect_later(tls.ok().flatten(), tiered), settings))
    }

    fn tls_wanted(&self) -> Option<&Tls> {
        self.tls.as_ref().or(self.url_tls.as_ref())
    }

    /// The handler, when everything is in order.
    fn connect_later(self, tls: Option<Connector>, tiered: bool) -> Redis {
        let envelope = self.envelope.envelope();
        let mut target = Target::new(self.address, self.db, self.login, self.prefix, self.timeout).secured(tls);
        if let Some(sentinels) = &self.watched.sentinels {
            let addresses = sentinels.parse().unwrap_or_default();
            let primary = Primary::new(sentinels, addresses, self.watched.login, self.timeout);
            target = target.found_by(primary, sentinels.label(self.db));
        }
        let seeds = self.cluster.map(|servers| {
            let seeds = servers.iter().filter_map(|server| address::host_and_port(&server.0, PORT));
            seeds.collect::<Vec<Address>>()
        });
        if let Some(seeds) = &seeds {
            target.label = address::cluster_label(seeds);
        }
        let (target, runtime) = (Arc::new(target), Arc::new(Runtime::default()));
        let near = Arc::new(Near::new(&target.prefix, tiered));
        let shared = (Arc::clone(&target), Arc::clone(&near), Arc::clone(&runtime));
        let servers = match seeds {
            Some(seeds) => Servers::Cluster(Cluster::new(shared.0, seeds, shared.1, shared.2)),
            None => {
                let wire = Wire::new(shared.0, None, shared.1, shared.2);
                near.needs([wire.id]);
                Servers::One(wire)
            }
        };
        Redis {
            target,
            servers: Arc::new(servers),
            near,
            runtime,
            envelope,
            leads: Leads::default(),
            is_old: AtomicBool::new(false),
        }
    }

    /// All reasons why this cannot work, each with what to do about it.
    fn problems(&self) -> Vec<String> {
        let own = self.problem_of_place().into_iter().chain(self.problems_of_settings()).map(String::from);
        let own = own.chain(self.envelope.problems()).map(|problem| format!("the redis handler's {problem}"));
        self.bad_url.iter().cloned().chain(own).chain(self.watched.problems()).collect()
    }

    /// Hosts are not repeated: a URL in the wrong place may contain a password.
    fn problem_of_place(&self) -> Option<&'static str> {
        let has_tls = self.tls_wanted().is_some();
        if let Some(servers) = &self.cluster {
            let is_readable = |server: &Written| address::host_and_port(&server.0, PORT).is_some();
            return match &self.address {
                Address::Unix { .. } => Some("unix socket and `.cluster(..)` exclude each other: remove one"),
                _ if self.watched.sentinels.is_some() => {
                    Some("cluster and `.sentinel(..)` exclude each other: a cluster finds its primaries itself")
                }
                _ if servers.is_empty() => {
                    Some("cluster has no servers: name at least one, e.g. `.cluster([\"localhost:7000\"])`")
                }
                _ if !servers.iter().all(is_readable) => {
                    Some("cluster has a server that is no `host:port`: write its name or address and port, and no URL")
                }
                _ => None,
            };
        }
        match &self.address {
            Address::Unix { .. } if self.watched.sentinels.is_some() => {
                Some("unix socket and `.sentinel(..)` exclude each other: remove one")
            }
            _ if self.watched.sentinels.is_some() => None,
            Address::Tcp { host, .. } if host.is_empty() => Some("host is empty: name the server, e.g. `localhost`"),
            Address::Tcp { host, .. } if host.contains(['/', '@']) || host.chars().any(char::is_whitespace) => {
                Some("host is not a name or address: write `.host(\"localhost\")`, or give a URL to `.url(..)`")
            }
            Address::Tcp { host, .. } if host.matches(':').count() == 1 => {
                Some("host has a port in it: write `.host(\"localhost\").port(6379)`")
            }
            Address::Tcp { port: 0, .. } => Some("port is 0: write the port that the server listens on, e.g. 6379"),
            Address::Tcp { host, .. } if has_tls && !tls::is_name(host) => {
                Some("host is no name that a certificate can have: connect by its DNS name or IP address")
            }
            Address::Tcp { .. } => None,
            Address::Unix { .. } if has_tls => Some("unix socket cannot have TLS: use a host, or no TLS"),
            Address::Unix { path } if path.as_os_str().is_empty() => {
                Some("unix socket has an empty path: write the `unixsocket` of the server's configuration")
            }
            Address::Unix { .. } if cfg!(not(unix)) => Some("unix socket is of no use on this system: use a host"),
            Address::Unix { .. } => None,
        }
    }

    fn problems_of_settings(&self) -> Vec<&'static str> {
        let mut problems = Vec::new();
        if self.db < 0 {
            problems.push("db is negative: write a number from 0 on (servers have 16 unless configured otherwise)");
        }
        if self.db != 0 && self.cluster.is_some() {
            problems.push("db is not 0, and a cluster has no other: leave `.db(..)` out");
        }
        if self.prefix.is_empty() {
            problems.push(
                "prefix is empty: write one, e.g. `cache:`, so that a clear can tell larder's keys from all others \
                 in the database",
            );
        }
        if self.login.username.is_some() && self.login.password.is_none() {
            problems.push("username has no password: add `.password(..)`, or remove it");
        }
        if self.timeout.is_zero() || self.timeout > LONGEST_TIMEOUT {
            problems.push("timeout has to be more than zero and at most 600 seconds, e.g. `Duration::from_secs(1)`");
        }
        problems
    }
}
