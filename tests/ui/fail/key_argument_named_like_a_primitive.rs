#![allow(non_camel_case_types)]
use larder::cached;

#[derive(Hash)]
struct u64;

#[derive(Hash)]
struct str;

#[cached]
fn number(n: u64) -> bool { true }

#[cached(companions = false)]
async fn beside_a_text(n: u64, text: &core::primitive::str, m: u8) -> bool { true }

#[cached(companions = false)]
fn borrowed(n: &u64, m: u8) -> bool { true }

#[cached]
fn text(text: &str) -> bool { true }

fn main() {
    let _ = (number(u64), beside_a_text(u64, "", 1), borrowed(&u64, 1), text(&str));
    let _ = (number::peek(u64), text::peek(&str));
}
