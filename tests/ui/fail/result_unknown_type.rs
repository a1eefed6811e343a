use larder::cached;

#[cached]
fn unknown(n: u64) -> Missing { n }

#[cached]
async fn inside(n: u64) -> Result<Missing, ()> { n }

#[cached]
fn argument(n: Missing) -> u64 { 1 }

fn main() {
    let _ = (unknown(1), unknown::peek(1));
    drop((inside(1), inside::peek(1)));
    let _ = (argument(1), argument::peek(1));
}
