use larder::cached;

#[cached]
fn moved(text: String) -> usize {
    drop(text);
    text.len()
}

#[cached]
fn assigned(n: u64) -> u64 {
    n += 1;
    n
}

#[cached]
async fn moved_later(text: String) -> usize {
    drop(text);
    text.len()
}

fn main() {
    let _ = (moved(String::new()), moved::peek(String::new()));
    let _ = (assigned(1), assigned::peek(1));
    drop((moved_later(String::new()), moved_later::peek(String::new())));
}
