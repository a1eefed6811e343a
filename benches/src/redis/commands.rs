//! What a hit, a miss and a set are, as the server sees them.

use larder::Cache;
use larder_benches::report::{Table, Targets};

use crate::annotated;
use crate::at_once::WAYS;
use crate::server::Server;
use crate::values::{TTL, User};

/// How often each is done.
const TIMES: u64 = 1_000;

/// Keys that no other part asks for.
const HIT: u64 = 1 << 40;
const COLD: u64 = 1 << 41;

pub fn measure(server: &Server, cache: &Cache) {
    println!("## Commands\n");
    let runtime = WAYS[0].runtime();
    // The first calls connect, and make the function's epochs.
    runtime.block_on(async {
        annotated::user(HIT).await;
        annotated::missed(COLD).await;
        annotated::user(HIT).await;
    });
    let count = |work: &dyn Fn(u64)| server.calls(|| (0..TIMES).for_each(work));
    let hits = count(&|_| drop(runtime.block_on(annotated::user(HIT))));
    let misses = count(&|number| drop(runtime.block_on(annotated::missed(COLD + 1 + number))));
    let sets = count(&|_| runtime.block_on(cache.set("commands", User::of(1), TTL)).expect("a store"));
    let mut table = Table::new(vec![String::new(), format!("commands of {TIMES}")]);
    for (name, calls) in [("a hit", &hits), ("a miss", &misses), ("a set", &sets)] {
        let calls: Vec<_> = calls.iter().map(|(command, count)| format!("{command} {count}")).collect();
        table.row(vec![name.to_owned(), calls.join(", ")]);
    }
    table.print();

    let lines = server.watch(|| drop(runtime.block_on(annotated::missed(COLD + 1 + TIMES))));
    println!("A miss, by the words that `MONITOR` shows, without what is stored:\n");
    let lines: Vec<_> = lines.iter().map(|line| words(line)).collect();
    lines.iter().for_each(|line| println!("    {line}"));
    println!();

    let mut targets = Targets::new();
    let only = |calls: &[(String, u64)], wanted: &[&str]| {
        calls.len() == wanted.len() && wanted.iter().all(|name| calls.contains(&((*name).to_owned(), TIMES)))
    };
    let mut say = |what: &str, wanted: &str, is_met: bool| {
        let seen = if is_met { "this" } else { "more, see above" };
        targets.add(what.to_owned(), wanted.to_owned(), seen.to_owned(), is_met);
    };
    say("a hit", "one `GET`", only(&hits, &["get"]));
    say("a miss", "one `GET`, one `SET`", only(&misses, &["get", "set"]));
    say("its commit", "`SET .. NX PX`", lines.iter().any(|line| line.starts_with("SET") && line.ends_with("NX PX")));
    say("a set", "one `SET`", only(&sets, &["set"]));
    targets.print();
}

/// The command of a line, and its words that are in capitals.
fn words(line: &str) -> String {
    let command = line.split_once("] ").map_or(line, |(_, command)| command);
    let words =
        command.split('"').filter(|word| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_uppercase()));
    let mut words: Vec<_> = words.collect();
    words[1..].sort_unstable();
    words.join(" ")
}
