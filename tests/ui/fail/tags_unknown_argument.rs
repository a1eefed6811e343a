use larder::cached;

#[cached(tags = ["users", "team:{tem}"])]
fn near(team: &str, id: u64) -> u64 { id + team.len() as u64 }

#[cached(tags = "team:{context.team}")]
fn far(team: &str, id: u64) -> u64 { id + team.len() as u64 }

#[cached(tags = ["{a}", "{b}"])]
fn both(id: u64) -> u64 { id }

fn main() {
    let _ = (near("", 1), near::peek("", 1));
    let _ = (far("", 1), far::peek("", 1));
    let _ = (both(1), both::peek(1));
}
