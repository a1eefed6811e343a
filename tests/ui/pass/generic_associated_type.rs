//! A result may be an associated type of a parameter.
#![deny(warnings)]

use larder::cached;

trait Table {
    type Row: Clone + Send + Sync + 'static;
    fn row(id: u8) -> Self::Row;
}
struct Users;
struct Posts;
impl Table for Users {
    type Row = String;
    fn row(id: u8) -> String {
        format!("user {id}")
    }
}
impl Table for Posts {
    type Row = (u8, u8);
    fn row(id: u8) -> (u8, u8) {
        (id, id)
    }
}

#[cached]
fn row<T: Table>(id: u8) -> Result<T::Row, String> {
    if id == 0 { Err("zero".into()) } else { Ok(T::row(id)) }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((row::<Users>(1), row::<Posts>(1)), (Ok("user 1".into()), Ok((1, 1))));
        assert_eq!(row::<Users>(0), Err("zero".into()));
    }
    assert_eq!((row::stats().runs, row::peek::<Posts>(1).unwrap()), (4, Some((1, 1))));
}
