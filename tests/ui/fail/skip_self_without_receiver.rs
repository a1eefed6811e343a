use larder::cached;

#[cached(skip(self))]
fn free(id: u64) -> u64 { id }

struct S;

impl S {
    #[cached(skip(self), companions)]
    fn associated(id: u64) -> u64 { id }
}

fn main() {
    let _ = (free(1), free::peek(1));
    let _ = (S::associated(1), S::associated_peek(1));
}
