//! A type parameter that only the result mentions tells instances apart.
#![deny(warnings)]

use larder::cached;

#[cached]
fn parse<T: std::str::FromStr + Clone + Send + Sync + 'static>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cached]
fn default<T: Default + Clone + Send + Sync + 'static>() -> T {
    T::default()
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((parse::<u8>("7"), parse::<f64>("7"), parse::<String>("7")), (Some(7), Some(7.0), Some("7".into())));
        assert_eq!((default::<u8>(), default::<String>(), default::<Vec<u8>>()), (0, String::new(), vec![]));
    }
    assert_eq!((parse::stats().runs, default::stats().runs), (3, 3));
    assert_eq!((parse::peek::<u8>("7").unwrap(), parse::peek::<u16>("7").unwrap()), (Some(7), None));
}
