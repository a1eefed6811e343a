use larder::cached;

#[derive(Clone)]
struct Row;

struct S;

impl S {
    #[cached(handler = "redis", skip(self))]
    async fn method(&self, n: u64) -> Row { let _ = n; Row }
}

fn main() {
    drop(S.method(1));
}
