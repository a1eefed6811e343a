use larder::cached;

#[cached]
type Alias = u64;

fn main() {
    let _: Alias = 1;
}
