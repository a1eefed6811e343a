//! The login: the protocol, the user and password, the db, and who we are.

use redis::{ErrorKind, RedisResult, ServerError, Value};

use super::address::Login;
use super::exchange::{Command, Exchange};

/// Which protocol is spoken: the newer one has messages of the server.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Protocol {
    Resp2,
    Resp3,
}

/// Who logs in, and to which db.
pub(super) struct Session {
    pub(super) login: Login,
    pub(super) db: i64,
}

impl Session {
    /// Logs in, while nobody else drives the connection.
    pub(super) async fn begin(&self, exchange: &Exchange, protocol: Protocol) -> RedisResult<()> {
        let mut steps: Vec<Command> = Vec::new();
        steps.extend(self.greet(protocol));
        if self.db != 0 {
            steps.push(Command::new("SELECT").number(self.db));
        }
        let needed = steps.len();
        // For who looks at `CLIENT LIST`; a server before 7.2 does not know it.
        let us = |what: &str, text: &str| Command::new("CLIENT").args(["SETINFO", what, text]);
        steps.extend([us("LIB-NAME", "larder"), us("LIB-VER", env!("CARGO_PKG_VERSION"))]);
        let steps: Vec<&Command> = steps.iter().collect();
        for reply in exchange.ask_all(&steps).await?.into_iter().take(needed) {
            if let Value::ServerError(error) = reply {
                return Err(if is_of_login(&error) { REFUSED.into() } else { error.into() });
            }
        }
        Ok(())
    }

    /// What a conversation begins with: before anything else the server wants to know who talks.
    fn greet(&self, protocol: Protocol) -> Option<Command> {
        let Login { username, password } = &self.login;
        let hello = || Command::new("HELLO").number(3);
        match (password, protocol) {
            (Some(password), Protocol::Resp3) => {
                Some(hello().args(["AUTH", username.as_deref().unwrap_or("default"), password]))
            }
            (None, Protocol::Resp3) => Some(hello()),
            (Some(password), Protocol::Resp2) => Some(Command::new("AUTH").args(username.as_deref()).arg(password)),
            (None, Protocol::Resp2) => None,
        }
    }
}

/// What is said in place of the server's words, which repeat the password where they are those of an old one.
const REFUSED: (ErrorKind, &str) = (ErrorKind::AuthenticationFailed, "the server refused the login");

/// Whether an error without a code of its own is about `AUTH`.
fn is_of_login(error: &ServerError) -> bool {
    let words = error.details().unwrap_or_default().to_ascii_lowercase();
    error.code() == "ERR" && ["auth", "password"].iter().any(|word| words.contains(word)) && !words.contains("hello")
}
