use larder::cached;

#[cached]
async fn tail(n: u64) -> u64 { "text" }

#[cached]
async fn nothing(n: u64) -> u64 {
    let _ = n + 1;
}

#[cached]
async fn early(n: u64) -> u64 {
    if n > 1 {
        return "text";
    }
    n
}

#[cached]
async fn question_mark(text: &str) -> Option<u64> {
    let n: u64 = text.parse()?;
    Some(n)
}

fn main() {
    drop((tail(1), tail::peek(1)));
    drop((nothing(1), nothing::peek(1)));
    drop((early(1), early::peek(1)));
    drop((question_mark(""), question_mark::peek("")));
}
