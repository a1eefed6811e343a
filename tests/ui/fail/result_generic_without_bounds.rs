use larder::cached;

#[cached]
fn plain<T: std::hash::Hash>(t: T) -> T { t }

#[cached]
async fn inside<T>(n: u64, t: &str) -> Result<Vec<T>, ()> { let _ = (n, t); Err(()) }

fn main() {
    let _ = plain(1);
    let _ = plain::peek(1);
    drop(inside::<u8>(1, ""));
}
