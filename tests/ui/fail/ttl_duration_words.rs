use larder::cached;

#[cached(ttl = "Forever")]
fn upper_case(n: u64) -> u64 { n }

#[cached(ttl = "never")]
fn never(n: u64) -> u64 { n }

#[cached(ttl = "default")]
fn default(n: u64) -> u64 { n }

#[cached(ttl = "Duration::from_secs(30)")]
fn expression(n: u64) -> u64 { n }

#[cached(ttl = "*/5 * * * *")]
fn cron(n: u64) -> u64 { n }

fn main() {
    let _ = (upper_case(1), upper_case::peek(1));
    let _ = (never(1), never::peek(1));
    let _ = (default(1), default::peek(1));
    let _ = (expression(1), expression::peek(1));
    let _ = (cron(1), cron::peek(1));
}
