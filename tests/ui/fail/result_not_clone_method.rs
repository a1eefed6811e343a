use larder::cached;

struct S;

struct Row;

impl S {
    #[cached(skip(self))]
    fn method(&self, n: u64) -> Row { let _ = n; Row }

    #[cached(companions)]
    async fn associated(n: u64) -> Option<Row> { let _ = n; None }
}

fn main() {
    let _ = S.method(1);
    drop((S::associated(1), S::associated_peek(1)));
}
