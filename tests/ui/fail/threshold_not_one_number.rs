use larder::cached;

#[cached(threshold = n as usize)]
fn argument(n: u64) -> u64 { n }

#[cached(threshold = size_of::<T>())]
fn parameter<T: std::hash::Hash>(t: T) -> u64 { let _ = t; 1 }

#[cached(threshold = N * 2)]
fn constant_parameter<const N: usize>(n: u64) -> u64 { n }

struct Shop<T>(T);

impl<T: std::hash::Hash> Shop<T> {
    const ROOM: usize = 3;

    #[cached(threshold = Self::ROOM, companions)]
    fn price(&self) -> u64 { 1 }
}

fn main() {
    let _ = (argument(1), argument::peek(1));
    let _ = (parameter(1), parameter::peek(1));
    let _ = (constant_parameter::<1>(1), constant_parameter::peek::<1>(1));
    let _ = (Shop(1).price(), Shop(1).price_peek());
}
