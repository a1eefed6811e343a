use larder::cached;

#[cached(key = "user:{team}:{idd}", tags = ["team:{tem}"])]
fn template(team: &str, id: u64) -> u64 { id + team.len() as u64 }

#[cached(key = (team, idd))]
fn expression(team: &str, id: u64) -> u64 { id + team.len() as u64 }

fn main() {}
