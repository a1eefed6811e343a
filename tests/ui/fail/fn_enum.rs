use larder::cached;

#[cached]
enum Enum { A }

fn main() {
    let _ = Enum::A;
}
