use larder::cached;

struct Point { x: u64, y: u64 }

#[cached(skip(a))]
fn tuple((a, b): (u64, u64)) -> u64 { a + b }

#[cached(skip(y))]
fn fields(Point { x, y }: Point) -> u64 { x + y }

#[cached(skip(Point))]
fn by_its_type(Point { x, y }: Point) -> u64 { x + y }

fn main() {
    let _ = (tuple((1, 1)), tuple::peek());
    let _ = (fields(Point { x: 1, y: 1 }), fields::peek());
    let _ = (by_its_type(Point { x: 1, y: 1 }), by_its_type::clear());
}
