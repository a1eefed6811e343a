use larder::cached;

macro_rules! make {
    ($name:ident) => {
        #[cached]
        fn $name(n: u64) -> u64 { n }
    };
    ($name:ident without companions) => {
        #[cached(companions = false)]
        fn $name(n: u64) -> u64 { n }
    };
}

macro_rules! whole {
    ($item:item) => { $item };
}

struct S;

impl S {
    make!(here);
    make!(there without companions);
}

whole! {
    #[cached(tll = 30)]
    fn free(n: u64) -> u64 { n }
}

fn main() {
    let _ = (S::here(1), S::there(1));
    let _ = (free(1), free::peek(1));
}
