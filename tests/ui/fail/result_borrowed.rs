use larder::cached;

#[cached]
fn elided(s: &str) -> &str { s }

#[cached]
fn named<'a>(s: &'a str, n: u64) -> &'a str { let _ = n; s }

#[cached]
async fn later(s: &str) -> &str { s }

fn main() {
    let _ = elided("");
    let _ = named("", 1);
    drop(later(""));
}
