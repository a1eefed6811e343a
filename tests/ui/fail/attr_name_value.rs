use larder::cached;

#[cached = 5]
fn number(n: u64) -> u64 { n }

#[cached = "ram"]
fn text(n: u64) -> u64 { n }

fn main() {
    let _ = number(1);
    let _ = text(1);
}
