use larder::cached;

const NOTHING: usize = 0;
const TEXT: &str = "1000";

#[cached(threshold = NOTHING)]
fn zero(n: u64) -> u64 { n }

#[cached(threshold = TEXT)]
fn text(n: u64) -> u64 { n }

#[cached(threshold = 1_000_u64 + 1)]
fn of_another_type(n: u64) -> u64 { n }

#[cached(threshold = std::env::args().count())]
fn not_constant(n: u64) -> u64 { n }

#[cached(threshold = THERE_IS_NONE)]
fn unknown(n: u64) -> u64 { n }

fn main() {
    let _ = (zero(1), zero::peek(1));
    let _ = (text(1), text::peek(1));
    let _ = (of_another_type(1), of_another_type::peek(1));
    let _ = (not_constant(1), not_constant::peek(1));
    let _ = (unknown(1), unknown::peek(1));
}
