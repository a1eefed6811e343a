use larder::cached;

struct S { id: u64 }

impl S {
    #[cached(key = "user:{self.name}:{n}")]
    fn of_self(&self, n: u64) -> u64 { self.id + n }
}

#[cached(key = "user:{s.name}")]
fn of_an_argument(s: &S) -> u64 { s.id }

#[cached(key = "user:{pair.2}")]
fn of_a_tuple(pair: (u64, u64)) -> u64 { pair.0 + pair.1 }

fn main() {
    let s = S { id: 1 };
    let _ = s.of_self(1);
    let _ = (of_an_argument(&s), of_an_argument::peek(&s));
    let _ = (of_a_tuple((1, 1)), of_a_tuple::peek((1, 1)));
}
