use larder::cached;

struct S;

impl S {
    #[cached(tll = 30, companions)]
    async fn method(&self, id: u64) -> Result<u64, String> {
        Ok(id)
    }

    #[cached(tll = 30)]
    fn associated(id: u64) -> u64 {
        id
    }
}

fn main() {
    drop(async {
        let _ = S.method(1).await;
        let _ = S.method_peek(1).await;
        let _ = S::method_stats();
    });
    S::associated(1);
}
