use larder::cached;

#[cached(key = "user:{team}")]
fn two(db: &str, team: &str, id: u64) -> u64 { id + (db.len() + team.len()) as u64 }

#[cached(key = "users")]
fn all(id: u64) -> u64 { id }

struct S;

impl S {
    #[cached(key = "user:{id}")]
    fn itself(&self, id: u64) -> u64 { id }
}

#[cached(key = "user:{a}")]
fn part_of_a_pattern((a, b): (u64, u64)) -> u64 { a + b }

#[cached(key = "user:{id}")]
fn wild(id: u64, _: u64) -> u64 { id }

fn main() {
    let _ = (two("", "", 1), two::peek("", "", 1));
    let _ = (all(1), all::peek(1));
    let _ = S.itself(1);
    let _ = (part_of_a_pattern((1, 1)), part_of_a_pattern::peek((1, 1)));
    let _ = (wild(1, 1), wild::peek(1, 1));
}
