use larder::cached;

use std::borrow::Cow;

#[cached]
fn option<'a>(s: &'a str) -> Option<&'a str> { Some(s) }

#[cached]
fn vector(s: &str) -> Vec<&str> { vec![s] }

#[cached]
fn cow(s: &str) -> Cow<'_, str> { s.into() }

#[cached]
fn boxed<'a>(s: &'a str) -> Box<dyn Fn() -> usize + 'a> { Box::new(move || s.len()) }

fn main() {
    let _ = (option(""), vector(""), cow(""), boxed(""));
}
