use larder::cached;

unsafe extern "C" {
    #[cached]
    safe fn abs(n: i32) -> i32;

    #[cached]
    fn labs(n: i64) -> i64;
}

fn main() {
    let _ = (abs(1), unsafe { labs(1) });
}
