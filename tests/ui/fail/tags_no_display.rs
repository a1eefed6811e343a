use larder::cached;

#[derive(Hash)]
struct Team { id: u64 }

#[cached(tags = ["users", "team:{team}"])]
fn display(team: &Team) -> u64 { team.id }

#[cached(tags = ["team:{team.name}"])]
fn field(team: &Team) -> u64 { team.id }

fn main() {
    let team = Team { id: 1 };
    let _ = (display(&team), display::peek(&team));
    let _ = (field(&team), field::peek(&team));
}
