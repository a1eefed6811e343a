//! Async functions, errors and concurrent callers: `cargo run --example async_fn`

use std::time::Duration;

use larder::cached;

#[derive(Clone, Debug)]
struct User {
    name: String,
}

/// A connection to a database. It is no part of the key, so it is skipped.
struct Db;

/// `Ok` is kept, `Err` is not.
#[cached(ttl = 30, skip(db))]
async fn user(db: &Db, id: u64) -> Result<User, String> {
    db.query(id).await
}

impl Db {
    async fn query(&self, id: u64) -> Result<User, String> {
        println!("… asking the database for user {id}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        if id == 0 { Err("there is no user 0".into()) } else { Ok(User { name: format!("user {id}") }) }
    }
}

#[tokio::main]
async fn main() -> Result<(), larder::Error> {
    let db = Db;
    let callers = (0..100).map(|_| user(&db, 7));
    let users = futures::future::join_all(callers).await;
    let names: Vec<_> = users.into_iter().flatten().map(|user| user.name).collect();
    println!("{} callers at once, {} run", names.len(), user::stats().runs);

    for _ in 0..2 {
        println!("{:?}", user(&db, 0).await);
    }
    println!("an error is not kept: {} runs", user::stats().runs);

    user::invalidate(7).await?;
    println!("peek: {:?}", user::peek(7).await?.map(|user: User| user.name));
    Ok(())
}
