use larder::cached;

struct S(String);

impl S {
    #[cached(skip(self))]
    fn name(&self) -> &str { &self.0 }

    #[cached(skip(self), companions)]
    fn found(&self, n: usize) -> Option<&str> { self.0.get(n..) }
}

fn main() {
    let s = S(String::new());
    let _ = (s.name(), s.found(1));
}
