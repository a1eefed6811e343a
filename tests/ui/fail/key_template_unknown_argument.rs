use larder::cached;

#[cached(key = "user:{team}:{idd}")]
fn near(team: &str, id: u64) -> u64 { id + team.len() as u64 }

#[cached(key = "user:{context}")]
fn far(team: &str, id: u64) -> u64 { id + team.len() as u64 }

#[cached(key = "user:{idd}")]
fn only(id: u64) -> u64 { id }

#[cached(key = "user:{id}")]
fn none() -> u64 { 1 }

#[cached(key = "user:{self}:{id}")]
fn no_receiver(id: u64) -> u64 { id }

fn main() {
    let _ = (near("", 1), near::peek("", 1));
    let _ = (far("", 1), far::peek("", 1));
    let _ = (only(1), only::peek(1));
    let _ = (none(), none::peek());
    let _ = (no_receiver(1), no_receiver::peek(1));
}
