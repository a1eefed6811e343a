use larder::cached;

#[cached(cache_if = |v| v + 1)]
fn number(n: u64) -> u64 { n }

#[cached(cache_if = |v| Some(*v > 1))]
fn option(n: u64) -> u64 { n }

#[cached(cache_if = |v| { v.is_power_of_two(); })]
fn nothing(n: u64) -> u64 { n }

fn main() {
    let _ = (number(1), number::peek(1));
    let _ = (option(1), option::peek(1));
    let _ = (nothing(1), nothing::peek(1));
}
