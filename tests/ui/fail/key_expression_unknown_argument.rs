use larder::cached;

#[cached(key = (team, idd))]
fn near(team: &str, id: u64) -> u64 { id + team.len() as u64 }

#[cached(key = context.user)]
fn far(team: &str, id: u64) -> u64 { id + team.len() as u64 }

#[cached(key = &self)]
fn no_self(team: &str, id: u64) -> u64 { id + team.len() as u64 }

#[cached(key = hash(team))]
fn unknown_function(team: &str, id: u64) -> u64 { id + team.len() as u64 }

#[cached(key = n)]
fn no_arguments() -> u64 { 1 }

fn main() {
    let _ = (near("", 1), near::peek("", 1));
    let _ = (far("", 1), far::peek("", 1));
    let _ = (no_self("", 1), no_self::peek("", 1));
    let _ = (unknown_function("", 1), unknown_function::peek("", 1));
    let _ = (no_arguments(), no_arguments::peek());
}
