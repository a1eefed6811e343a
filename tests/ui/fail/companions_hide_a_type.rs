use larder::cached;

#[cached]
fn str(n: u64) -> String { n.to_string() }

#[cached(companions = "bool")]
fn other(n: u64) -> String { n.to_string() }

fn main() {
    let _: &'static str = "";
}
