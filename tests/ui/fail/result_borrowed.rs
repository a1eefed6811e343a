use larder::cached;

#[cached]
fn elided(s: &str) -> &str { s }

#[cached]
fn named<'a>(s: &'a str) -> Option<&'a str> { Some(s) }

#[cached]
fn inside(s: &str) -> std::borrow::Cow<'_, str> { s.into() }

fn main() {
    elided("");
}
