use larder::cached;

use std::sync::Arc;

struct S;

impl S {
    #[cached]
    fn by_reference(&self, id: u64) -> u64 { id }

    #[cached(companions)]
    async fn by_arc(self: Arc<Self>, id: u64) -> u64 { id }

    #[cached]
    fn by_value(self, id: u64) -> u64 { id }
}

fn main() {
    let _ = S.by_reference(1);
    drop(S::by_arc_peek(&Arc::new(S), 1));
    drop(Arc::new(S).by_arc(1));
    let _ = S.by_value(1);
}
