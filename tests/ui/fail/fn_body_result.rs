use larder::cached;

#[cached]
fn tail(n: u64) -> u64 { "text" }

#[cached]
fn nothing(n: u64) -> u64 {
    let _ = n + 1;
}

#[cached]
fn early(n: u64) -> u64 {
    if n > 1 {
        return "text";
    }
    n
}

#[cached]
fn question_mark(text: &str) -> Option<u64> {
    let n: u64 = text.parse()?;
    Some(n)
}

fn main() {
    let _ = (tail(1), tail::peek(1));
    let _ = (nothing(1), nothing::peek(1));
    let _ = (early(1), early::peek(1));
    let _ = (question_mark(""), question_mark::peek(""));
}
