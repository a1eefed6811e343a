//! `key` as a string names every argument, fields and formats as in `format!`; no field passes for a literal part.
#![deny(warnings)]

use larder::cached;

#[derive(Clone)]
struct User {
    id: u64,
    team: String,
}

#[cached(key = "user:{team}:{id}", handler = "redis")]
fn joined(team: &str, id: &str) -> String {
    format!("{team}/{id}")
}

#[cached(key = "{user.team:>8}:{user.id:04x}:{pair.0:?}")]
fn fields(user: &User, pair: (char, u8)) -> String {
    format!("{}{}{}", user.team, user.id, pair.0)
}

#[cached(key = "{{{n}}}:{n:?}")]
fn braces(n: u64) -> u64 {
    n
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(
            (joined("a:b", "c"), joined("a", "b:c"), joined("", "a")),
            ("a:b/c".into(), "a/b:c".into(), "/a".into())
        );
        assert_eq!((braces(1), braces(2)), (1, 2));
    }
    let user = |team: &str, id| User { id, team: team.into() };
    assert_eq!((fields(&user("a", 1), ('x', 1)), fields(&user("a", 1), ('x', 2))), ("a1x".into(), "a1x".into()));
    assert_eq!((fields(&user("b", 1), ('x', 1)), fields(&user("a", 2), ('x', 1))), ("b1x".into(), "a2x".into()));
    assert_eq!((joined::stats().runs, braces::stats().runs, fields::stats().runs), (3, 2, 3));
    larder::cache().on("redis").unwrap().blocking().clear_matching("*user:a:*").unwrap();
    assert_eq!(joined::peek("", "a").unwrap().as_deref(), Some("/a"));
    assert_eq!(joined::peek("a", "b:c").unwrap(), None);
}
