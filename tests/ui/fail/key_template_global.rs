use larder::cached;

const TEAM: &str = "eng";
static SHARD: u64 = 1;

#[cached(key = "user:{TEAM}:{id}")]
fn constants_are_fine(id: u64) -> u64 { id }

#[cached(key = "user:{team}:{id}")]
fn local(id: u64) -> u64 {
    let team = "eng";
    id + team.len() as u64
}

#[cached(key = "user:{shard}:{id}")]
fn misspelt(id: u64) -> u64 { id + SHARD }

fn main() {
    let _ = (constants_are_fine(1), constants_are_fine::peek(1));
    let _ = (local(1), local::peek(1));
    let _ = (misspelt(1), misspelt::peek(1));
    let _ = TEAM;
}
