//! Replies that send a command elsewhere (the cluster specification, "MOVED Redirection" and "ASK Redirection").

use redis::Value;

use super::super::address::Address;
use super::map;

/// Where a server sends a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Redirect {
    /// To whom the slot is now.
    Moved(Address),
    /// To whom the key is already, this once.
    Ask(Address),
    /// To nobody yet: some of its keys have moved and some have not. Or another primary's replica takes its place right now,
    /// and the server takes the cluster for down until it has heard so, which was 30 ms where that was looked at.
    Again,
}

/// Where `reply` of the server at `asked` sends the command, if it does.
pub(super) fn redirect(reply: &Value, asked: &Address) -> Option<Redirect> {
    let Value::ServerError(error) = reply else { return None };
    let place = || {
        let place = error.details()?.split(' ').nth(1)?;
        let (host, port) = place.rsplit_once(':')?;
        map::address(host, port.parse().ok()?, asked)
    };
    match error.code() {
        "MOVED" => place().map(Redirect::Moved),
        "ASK" => place().map(Redirect::Ask),
        "TRYAGAIN" | "CLUSTERDOWN" => Some(Redirect::Again),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_say_where_to_go() {
        let asked = Address::Tcp { host: "seed".into(), port: 1 };
        let read = |text: &str| redirect(&redis::parse_redis_value(text.as_bytes()).unwrap(), &asked);
        let at = |host: &str, port| Address::Tcp { host: host.into(), port };
        assert_eq!(read("-MOVED 7 10.0.0.1:7000\r\n"), Some(Redirect::Moved(at("10.0.0.1", 7_000))));
        assert_eq!(read("-MOVED 7 :7000\r\n"), Some(Redirect::Moved(at("seed", 7_000))));
        assert_eq!(read("-ASK 7 ::1:7000\r\n"), Some(Redirect::Ask(at("::1", 7_000))));
        assert_eq!(read("-TRYAGAIN Multiple keys\r\n"), Some(Redirect::Again));
        assert_eq!(read("-CLUSTERDOWN The cluster is down\r\n"), Some(Redirect::Again));
        for other in ["-MOVED\r\n", "-MOVED 7 nowhere\r\n", "-ERR MOVED\r\n", "$-1\r\n", "+MOVED 7 a:1\r\n"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
