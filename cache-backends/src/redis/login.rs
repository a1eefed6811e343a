//! The login: the protocol, the user and password, the db, and who we are.

use redis::{Cmd, ErrorKind, RedisResult, ServerError, Value, cmd};

use super::address::Login;
use super::exchange::Exchange;

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
        let mut steps: Vec<Cmd> = Vec::new();
        steps.extend(self.greet(protocol));
        if self.db != 0 {
            steps.push(cmd("SELECT").arg(self.db).to_owned());
        }
        let needed = steps.len();
        // For who looks at `CLIENT LIST`; a server before 7.2 does not know it.
        let us = |what: &str, text: &str| cmd("CLIENT").arg("SETINFO").arg(what).arg(text).to_owned();
        steps.extend([us("LIB-NAME", "larder"), us("LIB-VER", env!("CARGO_PKG_VERSION"))]);
        let steps: Vec<&Cmd> = steps.iter().collect();
        for reply in exchange.ask_all(&steps).await?.into_iter().take(needed) {
            if let Value::ServerError(error) = reply {
                return Err(if is_of_login(&error) { REFUSED.into() } else { error.into() });
            }
        }
        Ok(())
    }

    /// What a conversation begins with: before anything else the server wants to know who talks.
    fn greet(&self, protocol: Protocol) -> Option<Cmd> {
        let Login { username, password } = &self.login;
        let mut command = match protocol {
            Protocol::Resp3 => cmd("HELLO").arg(3).to_owned(),
            Protocol::Resp2 => cmd("AUTH"),
        };
        match (password, protocol) {
            (Some(password), Protocol::Resp3) => {
                command.arg("AUTH").arg(username.as_deref().unwrap_or("default")).arg(password);
            }
            (Some(password), Protocol::Resp2) => {
                command.arg(username.as_deref()).arg(password);
            }
            (None, Protocol::Resp3) => {}
            (None, Protocol::Resp2) => return None,
        }
        Some(command)
    }
}

/// What is said in place of the server's words, which repeat the password where they are those of an old one.
const REFUSED: (ErrorKind, &str) = (ErrorKind::AuthenticationFailed, "the server refused the login");

/// Whether an error without a code of its own is about `AUTH`.
fn is_of_login(error: &ServerError) -> bool {
    let words = error.details().unwrap_or_default().to_ascii_lowercase();
    error.code() == "ERR" && ["auth", "password"].iter().any(|word| words.contains(word)) && !words.contains("hello")
}
