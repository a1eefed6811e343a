use larder::cached;

mod own {
    #[derive(Clone)]
    pub struct Result<T>(pub T);
    #[derive(Clone)]
    pub struct Option<T>(pub T);
}

#[cached]
fn result(n: u64) -> own::Result<u64> { own::Result(n) }

#[cached]
fn option(n: u64) -> own::Option<u64> { own::Option(n) }

fn main() {
    let _ = (result(1), result::peek(1));
    let _ = (option(1), option::peek(1));
}
