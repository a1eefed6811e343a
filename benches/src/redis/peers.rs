//! The floor, and what others make of Redis.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use cached::{AsyncRedisCache, RedisCache};
use hitbox_backend::format::BincodeFormat;
use hitbox_redis::{ConnectionMode, RedisBackend};
use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use tokio::runtime::{Builder, Runtime};

use crate::server::Server;
use crate::values::{KEYS, TTL, User};

/// One connection that all tasks share, and postcard. Its keys are there before they are asked for.
#[derive(Clone)]
pub struct Floor {
    pub connection: MultiplexedConnection,
    pub keys: Arc<Vec<String>>,
}

impl Floor {
    /// A connection as the crate gives it, which sets a timer for each request.
    pub async fn with_timeout(server: &Server) -> Self {
        Self::over(server.client().get_multiplexed_async_connection().await.expect("a connection"))
    }

    /// One that waits for ever, which costs less than what anyone would use.
    pub async fn without_timeout(server: &Server) -> Self {
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let connection = server.client().get_multiplexed_async_connection_with_config(&config).await;
        Self::over(connection.expect("a connection"))
    }

    /// One that another thread drives, the runtime of which is given too: as any that is to outlive the runtimes that use it.
    pub async fn driven_apart(server: &Server) -> (Self, Runtime) {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let client = server.client();
        let connection = runtime.spawn(async move { client.get_multiplexed_async_connection().await });
        (Self::over(connection.await.expect("a task ends").expect("a connection")), runtime)
    }

    fn over(connection: MultiplexedConnection) -> Self {
        Self { connection, keys: Arc::new((0..KEYS).map(|id| format!("floor:{id}")).collect()) }
    }

    pub async fn fill(&self) {
        for id in 0..KEYS {
            self.set(id, &User::of(id)).await;
        }
    }

    pub fn key(&self, id: u64) -> &str {
        &self.keys[(id % KEYS) as usize]
    }

    pub async fn get(&self, id: u64) -> Option<User> {
        self.get_at(self.key(id)).await
    }

    pub async fn get_at(&self, key: &str) -> Option<User> {
        let mut connection = self.connection.clone();
        let bytes: Option<Vec<u8>> = redis::cmd("GET").arg(key).query_async(&mut connection).await.expect("a reply");
        bytes.map(|bytes| postcard::from_bytes(&bytes).expect("a user"))
    }

    pub async fn set(&self, id: u64, user: &User) {
        self.set_at(self.key(id), user).await;
    }

    pub async fn set_at(&self, key: &str, user: &User) {
        let mut connection = self.connection.clone();
        let mut set = redis::cmd("SET");
        set.arg(key).arg(user.bytes()).arg("PX").arg(TTL * 1000);
        set.exec_async(&mut connection).await.expect("a reply");
    }

    pub async fn ping(&self) {
        let mut connection = self.connection.clone();
        redis::cmd("PING").exec_async(&mut connection).await.expect("a reply");
    }
}

/// `cached`'s store over one shared connection. A hit does not renew the ttl, which would be a second command.
pub async fn cached<K: Display + Clone + Send + Sync>(server: &Server, prefix: &str) -> Arc<AsyncRedisCache<K, User>> {
    let builder = AsyncRedisCache::builder(prefix).ttl(Duration::from_secs(TTL)).refresh_on_hit(false);
    Arc::new(builder.connection_string(&server.url()).build().await.expect("a store"))
}

/// `cached`'s store over its pool of connections, which is as its builder makes it: each is asked whether it lives before
/// it is given out.
pub fn cached_sync(server: &Server, prefix: &str) -> RedisCache<u64, User> {
    let builder = RedisCache::builder(prefix).ttl(Duration::from_secs(TTL)).refresh_on_hit(false);
    builder.connection_string(&server.url()).build().expect("a store")
}

pub type Hitbox = RedisBackend<BincodeFormat>;

/// hitbox's store, in the compacter of its formats.
pub fn hitbox(server: &Server) -> Hitbox {
    RedisBackend::builder()
        .connection(ConnectionMode::single(server.url()))
        .value_format(BincodeFormat)
        .build()
        .expect("a store")
}
