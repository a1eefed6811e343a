use larder::cached;

#[cached]
fn pointer(p: *const u8) -> u64 { let _ = p; 1 }

#[cached]
async fn mutable(p: *mut u8) -> u64 { let _ = p; 1 }

fn main() {
    let _ = (pointer(&1), pointer::peek(&1));
    drop(mutable(&mut 1));
}
