use larder::cached;

#[cached]
macro_rules! make {
    ($name:ident) => { fn $name(n: u64) -> u64 { n } };
}

#[cached]
make!(made);

fn main() {
    make!(function);
    let _ = function(1);
}
