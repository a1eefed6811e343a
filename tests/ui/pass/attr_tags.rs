//! `tags` is a string or several, with arguments and fields in braces; invalidating one drops what carries it, of any
//! function.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct User {
    id: u64,
    team: String,
}

#[cached(tags = "users")]
fn one(n: u64) -> u64 {
    n
}

#[cached(tags = ["users", "user:{user.id}", "team:{user.team}:{n:02}", "literal {{}}"])]
async fn many(user: &User, n: u64) -> u64 {
    user.id + n
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let user = |id| User { id, team: "eng".into() };
    let fill = async || {
        assert_eq!((one(1), many(&user(1), 1).await, many(&user(2), 1).await, many(&user(1), 2).await), (1, 2, 3, 3));
    };
    for (tag, runs) in [
        ("user:1", (1, 3 + 2)),
        ("team:eng:01", (1, 5 + 2)),
        ("users", (2, 7 + 3)),
        ("literal {}", (2, 10 + 3)),
        ("n", (2, 13)),
    ] {
        fill().await;
        larder::cache().invalidate_tag(tag).await.unwrap();
        fill().await;
        assert_eq!((one::stats().runs, many::stats().runs), runs, "after {tag}");
    }
}
