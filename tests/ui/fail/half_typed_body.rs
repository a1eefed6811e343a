use larder::cached;

#[cached(ttl = )]
fn body(text: &str) -> usize {
    text.le
}

fn main() {
    let _ = (body(""), body::peek(""));
}
