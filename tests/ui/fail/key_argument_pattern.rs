use larder::cached;

struct Point { x: u64, y: u64 }

#[cached]
fn point(Point { x, y }: Point) -> u64 { x + y }

fn main() {
    let _ = (point(Point { x: 1, y: 1 }), point::peek(Point { x: 1, y: 1 }));
}
