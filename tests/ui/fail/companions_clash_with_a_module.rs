use larder::cached;

mod posts {
    pub fn other() {}
}

#[cached]
fn posts(n: u64) -> u64 { n }

fn main() {
    let _ = posts(1);
    posts::other();
}
