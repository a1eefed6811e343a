use larder::cached;

#[cached]
fn str(n: u64) -> String { n.to_string() }

#[cached(companions = "bool")]
fn other(n: u64) -> String { n.to_string() }

fn main() {
    let text: &'static str = "";
    let _: (bool, String, String) = (text.is_empty(), str(1), other(1));
}
