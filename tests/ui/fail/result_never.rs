use larder::cached;

#[cached]
fn never(n: u64) -> ! { panic!("{n}") }

#[cached]
async fn later(n: u64) -> ! { panic!("{n}") }

fn main() {
    drop(later(1));
    never(1);
}
