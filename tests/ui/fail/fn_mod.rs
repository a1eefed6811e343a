use larder::cached;

#[cached]
mod module {
    pub fn inside(n: u64) -> u64 { n }
}

fn main() {
    let _ = module::inside(1);
}
