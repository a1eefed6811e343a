use larder::cached;

#[cached(key = "user:{id")]
fn open(id: u64) -> u64 { id }

#[cached(key = "user:id}")]
fn closed(id: u64) -> u64 { id }

#[cached(key = "user:{}")]
fn empty(id: u64) -> u64 { id }

#[cached(key = "user:{id:width$}")]
fn width(id: u64) -> u64 { id }

#[cached(key = "user:{i d}")]
fn no_expression(id: u64) -> u64 { id }

fn main() {}
