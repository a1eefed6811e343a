use larder::cached;

#[cached(key = "user:{team}")]
fn user(db: &str, team: &str, id: u64) -> u64 { id + (db.len() + team.len()) as u64 }

fn main() {
    user("", "", 1);
}
