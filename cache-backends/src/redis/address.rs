//! Where the server is, and how it is written as a URL.
//!
//! Nothing here ever repeats a URL in an error: it may contain a password.

use std::fmt;
use std::path::PathBuf;

use redis::{ConnectionAddr, IntoConnectionInfo as _};

use super::sentinel::{self, Sentinels};
use super::tls::Tls;

/// Where a server listens.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Address {
    Tcp { host: String, port: u16 },
    Unix { path: PathBuf },
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix { path } => write!(f, "unix:{}", path.display()),
        }
    }
}

/// As it is written, and nothing of what may be a URL with a password in the wrong place.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, .. } if host.contains(['/', '@']) => f.write_str("hidden"),
            _ => fmt::Display::fmt(self, f),
        }
    }
}

/// An address as it was written, before it is checked. It is not shown where it may be a URL with a password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Written(pub(super) String);

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.contains(['/', '@']) { "hidden" } else { &self.0 })
    }
}

/// The address that `text` is, as `host:port` or `[IPv6]:port`; `port` where it says none.
pub(super) fn host_and_port(text: &str, port: u16) -> Option<Address> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (host, if rest.is_empty() { port } else { rest.strip_prefix(':')?.parse().ok()? })
        }
        None => match text.rsplit_once(':') {
            // An IPv6 address without brackets.
            Some((host, _)) if host.contains(':') => (text, port),
            Some((host, port)) => (host, port.parse().ok()?),
            None => (text, port),
        },
    };
    let is_odd = host.is_empty() || host.contains(['/', '@', ',']) || host.chars().any(char::is_whitespace);
    (!is_odd && !host.ends_with(':') && port != 0).then(|| Address::Tcp { host: host.to_owned(), port })
}

/// Who connects. Its `Debug` is written by hand, so that no password is shown by accident.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "hidden"))
            .finish()
    }
}

/// All that a URL says.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) address: Address,
    /// Set in place of an address that means something.
    pub(super) sentinels: Option<Sentinels>,
    pub(super) tls: Option<Tls>,
    pub(super) db: i64,
    pub(super) login: Login,
}

const FORMS: &str = "write `redis://user:password@host:6379/0` or `unix:///path/to/redis.sock?db=0`, \
                     with `%XX` for special characters in a user or password";

const SENTINELS: &str = "write `redis+sentinel://user:password@host:26379,host2:26379/mymaster/0`, or `redis://` for \
                         a server";

/// What `url` says, or what to write instead.
pub(super) fn parse(url: &str) -> Result<Parsed, String> {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "redis" | "valkey" | "unix" | "redis+unix" | "valkey+unix" => parse_plain(url),
        "rediss" | "valkeys" => secured(parse_plain(&format!("redis://{}", without_fragment(rest)?))),
        "redis+sentinel" | "valkey+sentinel" => sentinel::parse_url(rest),
        "rediss+sentinel" | "valkeys+sentinel" => secured(sentinel::parse_url(without_fragment(rest)?)),
        other if other.contains("cluster") => Err("the redis handler's url asks for a cluster: name its servers by \
                                                   `.cluster([\"host:6379\"])` instead"
            .into()),
        other if other.contains("sentinel") => {
            Err(format!("the redis handler's url has an unknown scheme: {SENTINELS}"))
        }
        _ => Err(format!("the redis handler's url has no scheme that is known here: {FORMS}")),
    }
}

fn secured(parsed: Result<Parsed, String>) -> Result<Parsed, String> {
    let tls = Some(Tls::by_url()?);
    parsed.map(|parsed| Parsed { tls, ..parsed })
}

/// What other clients take for leave not to check certificates has to be seen, not passed over.
fn without_fragment(rest: &str) -> Result<&str, String> {
    match rest.split_once('#') {
        None => Ok(rest),
        Some(_) => {
            Err("the redis handler's url has a `#`, e.g. `#insecure`: certificates are always checked; write a \
                        `rediss://` url without it, and for an authority of your own add `.tls(Tls::new().ca_pem(..))` \
                        (`redis://` is without TLS)"
                .into())
        }
    }
}

fn parse_plain(url: &str) -> Result<Parsed, String> {
    let unreadable = || format!("the redis handler's url cannot be read: {FORMS}");
    let info = redis::parse_redis_url(url).ok_or_else(unreadable)?.into_connection_info().map_err(|_| unreadable())?;
    let address = match info.addr() {
        ConnectionAddr::Tcp(host, port) => Address::Tcp { host: host.clone(), port: *port },
        ConnectionAddr::Unix(path) => Address::Unix { path: path.clone() },
        _ => return Err(unreadable()),
    };
    let settings = info.redis_settings();
    let login =
        Login { username: settings.username().map(str::to_owned), password: settings.password().map(str::to_owned) };
    Ok(Parsed { address, sentinels: None, tls: None, db: settings.db(), login })
}

/// A server and db as errors name them, without credentials.
pub(super) fn label(address: &Address, db: i64) -> String {
    match address {
        Address::Tcp { .. } => format!("redis at {address}/{db}"),
        Address::Unix { .. } => format!("redis at {address} db {db}"),
    }
}

/// A cluster as errors name it, by some of its servers.
pub(super) fn cluster_label(seeds: &[Address]) -> String {
    let names: Vec<String> = seeds.iter().take(3).map(ToString::to_string).collect();
    format!("redis cluster at {}{}", names.join(", "), if seeds.len() > 3 { ", .." } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_say_where_and_who() {
        let parsed = parse("redis://ann:p%40ss@cache.example:6380/3").unwrap();
        assert_eq!(parsed.address, Address::Tcp { host: "cache.example".into(), port: 6380 });
        assert_eq!((parsed.db, parsed.login.username.as_deref()), (3, Some("ann")));
        assert_eq!(parsed.login.password.as_deref(), Some("p@ss"));

        let parsed = parse("unix:///run/redis.sock?db=2").unwrap();
        assert_eq!(parsed.address, Address::Unix { path: "/run/redis.sock".into() });
        assert_eq!((parsed.db, parsed.login), (2, Login::default()));
    }

    #[test]
    fn a_host_may_come_with_a_port() {
        let tcp = |host: &str, port| Some(Address::Tcp { host: host.into(), port });
        assert_eq!(host_and_port("a", 1), tcp("a", 1));
        assert_eq!(host_and_port("a:2", 1), tcp("a", 2));
        assert_eq!(host_and_port("[::1]:2", 1), tcp("::1", 2));
        assert_eq!(host_and_port("[::1]", 1), tcp("::1", 1));
        assert_eq!(host_and_port("::1", 1), tcp("::1", 1));
        for text in ["", ":1", "a:0", "a:b", "a:70000", "redis://a:1", "u:p@a:1", "[::1", "[::1]2"] {
            assert_eq!(host_and_port(text, 1), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_repeated() {
        for url in [
            "redis://u:hunter2@host:nonsense/0",
            "redis://u:hunter2@host/hunter2",
            "rediss://u:hunter2@host/hunter2",
            "rediss://u:hunter2@host/0#insecure",
            "redis+sentinel://u:hunter2@host",
            "http://u:hunter2@host/0",
            "u:hunter2@host",
            "redis://u:%ffhunter2@host/0",
        ] {
            let reason = parse(url).unwrap_err();
            assert!(!reason.contains("hunter2"), "{reason}");
            assert!(reason.contains("`redis://"), "{reason}");
        }
    }
}
