use larder::cached;

#[cached(cache_if = |v| *v > least)]
fn user(id: u64, least: u64) -> u64 { id + least }

struct S;

impl S {
    #[cached(cache_if = |v| self.wants(v), skip(self))]
    fn method(&self, id: u64) -> u64 { id }

    fn wants(&self, _: &u64) -> bool { true }
}

fn main() {
    let _ = (user(1, 1), user::peek(1, 1));
    let _ = (S.method(1), S.wants(&1));
}
