use larder::cached;

#[cached(tll = 30)]
fn number(n: u64) -> u64 { n }

#[cached(Handler = "ram")]
async fn text(n: &str) -> String { n.to_owned() }

#[cached(cacheif = |v| *v > 1, cache_error)]
fn two(n: u64) -> u64 { n }

fn main() {
    number(1);
    let _ = number::peek(1);
    let _ = two(1);
    drop(async {
        let _ = text("").await;
        let _ = text::invalidate("").await;
    });
}
