//! What stands in the place of `tls` in a build without the feature `tls`: types that have no values.

use std::io;

use redis::RedisError;
use tokio::net::TcpStream;

use super::stream::Stream;

#[derive(Clone, Debug)]
pub(super) enum Tls {}

impl Tls {
    pub(super) fn by_url() -> Result<Self, String> {
        Err("the redis handler's url asks for TLS, which is not in this build: enable larder's feature `tls`, or use a \
             `redis://` or `unix://` url to a server or local proxy without TLS"
            .into())
    }

    pub(super) fn connector(&self) -> Result<Connector, String> {
        match *self {}
    }
}

pub(super) enum Connector {}

impl Connector {
    pub(super) async fn shake_hands(&self, _host: &str, _stream: TcpStream) -> io::Result<Box<dyn Stream>> {
        match *self {}
    }

    pub(super) fn reason(&self, _error: &RedisError) -> Option<String> {
        match *self {}
    }
}

pub(super) fn is_name(_host: &str) -> bool {
    true
}
