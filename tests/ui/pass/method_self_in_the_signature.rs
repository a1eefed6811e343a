//! `Self` may stand in the arguments and in the result.
#![deny(warnings)]

use larder::cached;

#[derive(Clone, Debug, Hash, PartialEq)]
struct Vector(i32, i32);

impl Vector {
    #[cached(companions)]
    fn plus(&self, others: &[Self], scale: Option<Self>) -> Result<Self, Box<Self>> {
        let scale = scale.unwrap_or(Self(1, 1));
        let sum = others.iter().fold(self.clone(), |sum, other| Self(sum.0 + other.0, sum.1 + other.1));
        if sum.0 < 0 { Err(Box::new(sum)) } else { Ok(Self(sum.0 * scale.0, sum.1 * scale.1)) }
    }
}

fn main() {
    let _lab = larder::test::lab();
    let one = Vector(1, 1);
    for _ in 0..2 {
        assert_eq!(one.plus(&[Vector(1, 2)], None), Ok(Vector(2, 3)));
        assert_eq!(one.plus(&[Vector(1, 2)], Some(Vector(2, 2))), Ok(Vector(4, 6)));
        assert_eq!(one.plus(&[Vector(-5, 2)], None), Err(Box::new(Vector(-4, 3))));
    }
    assert_eq!(one.plus_peek(&[Vector(1, 2)], None).unwrap(), Some(Vector(2, 3)));
    assert_eq!((Vector::plus_stats().runs, Vector::plus_stats().hits), (4, 2));
}
