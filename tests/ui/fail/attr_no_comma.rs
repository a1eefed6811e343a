use larder::cached;

#[cached(ttl = 30 handler = "ram")]
fn after_a_value(n: u64) -> u64 { n }

#[cached(cache_err ttl = 30)]
fn after_a_flag(n: u64) -> Result<u64, ()> { Ok(n) }

#[cached(skip(n) ttl = 30)]
fn after_a_list(n: u64) -> u64 { n }

#[cached(ttl = 30; handler = "ram")]
fn semicolon(n: u64) -> u64 { n }

fn main() {
    let _ = (after_a_value(1), after_a_value::peek(1));
    let _ = (after_a_flag(1), after_a_flag::peek(1));
    let _ = (after_a_list(1), after_a_list::peek());
    let _ = (semicolon(1), semicolon::peek(1));
}
