//! Sentinels as they are configured: the name of the primary, where the sentinels are, and how they are written as a URL.
//!
//! How they are asked is `primary`'s business.

use super::address::{self, Address, Login, Parsed, Written};
use super::builder::RedisBuilder;

/// The port that sentinels listen on unless they are told otherwise.
const PORT: u16 = 26_379;

const FORM: &str = "write `redis+sentinel://user:password@host:26379,host2:26379/mymaster/0`";

/// What is known of sentinels before any is asked.
#[derive(Clone, Debug)]
pub(super) struct Sentinels {
    /// The name that they know the primary by.
    pub(super) name: String,
    /// As they are written: a host, or a host and a port.
    pub(super) addresses: Vec<Written>,
}

impl Sentinels {
    /// Where they are, or all that is wrong.
    pub(super) fn parse(&self) -> Result<Vec<Address>, Vec<String>> {
        let mut problems = Vec::new();
        if self.name.is_empty() {
            problems
                .push("the redis handler's sentinel has no name of a primary: write that of `sentinel monitor`".into());
        }
        if self.addresses.is_empty() {
            problems.push(
                "the redis handler's sentinel has no addresses: write at least one, e.g. `\"host:26379\"`".into(),
            );
        }
        let parsed: Vec<Option<Address>> =
            self.addresses.iter().map(|address| address::host_and_port(&address.0, PORT)).collect();
        for (index, _) in parsed.iter().enumerate().filter(|(_, address)| address.is_none()) {
            // It is not repeated: a URL in the wrong place may contain a password.
            problems.push(format!(
                "the redis handler's sentinel has a bad address, number {}: write a host and a port, e.g. \
                 `\"host:26379\"`",
                index + 1
            ));
        }
        if problems.is_empty() { Ok(parsed.into_iter().flatten().collect()) } else { Err(problems) }
    }

    /// The primary and its sentinels as errors name them.
    pub(super) fn label(&self, db: i64) -> String {
        let addresses: Vec<&str> = self.addresses.iter().map(|address| &*address.0).collect();
        format!("redis `{}` of sentinels {}, db {db}", self.name, addresses.join(", "))
    }
}

/// What the rest of a `redis+sentinel` URL says: `user:password@host:port,host:port/name/db`. User and password are for the
/// servers.
pub(super) fn parse_url(rest: &str) -> Result<Parsed, String> {
    let unreadable = || format!("the redis handler's sentinel url cannot be read: {FORM}; see also `redis://` urls");
    let (authority, path) = rest.split_once('/').ok_or_else(unreadable)?;
    let (login, hosts) = authority.rsplit_once('@').map_or(("", authority), |(login, hosts)| (login, hosts));
    let (name, db) = path.split_once('/').unwrap_or((path, "0"));
    if name.is_empty() || hosts.is_empty() || path.contains(['?', '#', '%']) {
        return Err(unreadable());
    }
    // User, password and db are read as those of any other URL.
    let at = if login.is_empty() { "" } else { "@" };
    let parsed = address::parse(&format!("redis://{login}{at}localhost/{db}")).map_err(|_| unreadable())?;
    let sentinels =
        Sentinels { name: name.into(), addresses: hosts.split(',').map(|host| Written(host.to_owned())).collect() };
    sentinels.parse().map_err(|_| unreadable())?;
    Ok(Parsed { sentinels: Some(sentinels), ..parsed })
}

/// Who logs in to the sentinels, and where they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Watched {
    pub(super) sentinels: Option<Sentinels>,
    pub(super) login: Login,
}

impl Watched {
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = match &self.sentinels {
            Some(sentinels) => sentinels.parse().err().unwrap_or_default(),
            None if self.login != Login::default() => {
                vec![
                    "the redis handler has a login for sentinels and no `.sentinel(..)`: add it, or remove the login"
                        .into(),
                ]
            }
            None => Vec::new(),
        };
        if self.login.username.is_some() && self.login.password.is_none() {
            problems.push("the redis handler's sentinel username has no password: add `.sentinel_password(..)`".into());
        }
        problems
    }
}

impl RedisBuilder {
    /// Finds the server by sentinels, in place of a host and port: `name` is what they call the primary (`sentinel monitor`),
    /// `addresses` are theirs, as `host:port` or `host` (port 26379). User, password and db are those of the primary.
    ///
    /// Whenever it connects, the handler asks the sentinels in turn, each for an equal part of
    /// [`timeout`](RedisBuilder::timeout), and checks that the server is a primary (`ROLE`, which an ACL has to allow). While it is
    /// connected it asks once a second, and leaves a server that is not the primary any more. During a failover calls fail
    /// at once (a cached function runs), and the handler comes back by itself.
    ///
    /// Redis replicates behind its answers: what a primary lost that failed, or accepted after it was replaced, is gone,
    /// and so are invalidations. Where that matters, let an entry's `ttl` bound it, or clear the handler after a failover.
    ///
    /// ```
    /// use cache_backends::Redis;
    ///
    /// let redis = Redis::builder().sentinel("mymaster", ["10.0.0.1:26379", "10.0.0.2:26379", "10.0.0.3:26379"]);
    /// ```
    pub fn sentinel<A: Into<String>>(
        mut self,
        name: impl Into<String>,
        addresses: impl IntoIterator<Item = A>,
    ) -> Self {
        let addresses = addresses.into_iter().map(|address| Written(address.into())).collect();
        self.watched.sentinels = Some(Sentinels { name: name.into(), addresses });
        self
    }

    /// The user to log in to the sentinels as; their `default` user unless set. It needs a password.
    pub fn sentinel_username(mut self, username: impl Into<String>) -> Self {
        self.watched.login.username = Some(username.into());
        self
    }

    /// The password of the sentinels, if they have one of their own; none unless set. It is never shown.
    pub fn sentinel_password(mut self, password: impl Into<String>) -> Self {
        self.watched.login.password = Some(password.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Option<Address> {
        address::host_and_port(text, PORT)
    }

    fn tcp(host: &str, port: u16) -> Option<Address> {
        Some(Address::Tcp { host: host.into(), port })
    }

    #[test]
    fn addresses_are_hosts_with_ports_or_without() {
        assert_eq!(place("a.example"), tcp("a.example", 26_379));
        assert_eq!(place("127.0.0.1:5"), tcp("127.0.0.1", 5));
        assert_eq!(place("[::1]:5"), tcp("::1", 5));
        assert_eq!(place("[::1]"), tcp("::1", 26_379));
        assert_eq!(place("::1"), tcp("::1", 26_379));
        for bad in
            ["", ":5", "a:", "a:0", "a:x", "a:99999", "[::1", "[::1]5", "[::1]:", "redis://a", "u@a", "a b", "a,b"]
        {
            assert_eq!(place(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn urls_name_sentinels_and_the_primary() {
        let parsed = parse_url("ann:p%40ss@a:1,b/mymaster/3").unwrap();
        let sentinels = parsed.sentinels.unwrap();
        assert_eq!(
            (sentinels.name.as_str(), &sentinels.addresses[..]),
            ("mymaster", &[Written("a:1".into()), Written("b".into())][..])
        );
        assert_eq!((parsed.db, parsed.login.username.as_deref()), (3, Some("ann")));
        assert_eq!(parsed.login.password.as_deref(), Some("p@ss"));
        assert_eq!(parse_url("a/mymaster").unwrap().db, 0);
        for bad in [
            "a",
            "a/",
            "/mymaster",
            "u:hunter2@/m/0",
            "u:hunter2@a:x/m/0",
            "u:hunter2@a/m/hunter2",
            "a/m/0/1",
            "a/m?x=1",
        ] {
            let reason = parse_url(bad).unwrap_err();
            assert!(!reason.contains("hunter2") && reason.contains("redis+sentinel://"), "{bad}: {reason}");
        }
    }
}
