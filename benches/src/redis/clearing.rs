//! Clearing a function and a tag among a million entries, and what another client sees of it.

use std::thread;
use std::time::Duration;

use larder::Cache;
use larder_benches::figures::Figures;
use larder_benches::report::{Table, Targets};
use larder_benches::rounds::now;
use tokio::runtime::Runtime;

use crate::annotated::{CLEARED, many, redis};
use crate::at_once::WAYS;
use crate::server::Server;
use crate::trips::Trips;
use crate::{ROUNDS, bystander};

/// How many entries there are.
const ENTRIES: u64 = 1_000_000;

/// How many tasks store them.
const TASKS: u64 = 256;

/// How many clearings are looked at in a turn, and how long it is quiet behind each.
const CLEARINGS: usize = 20;
const QUIET: Duration = Duration::from_millis(2);

/// How often what a pattern matches is cleared: a tenth of all each time.
const PATTERNS: usize = 5;

pub fn measure(server: &Server) {
    println!("## Clearing among {ENTRIES} entries\n");
    let runtime = WAYS[1].runtime();
    let began = now();
    fill(&runtime);
    println!("They were stored in {:.1} s, each behind a miss.\n", began.elapsed().as_secs_f64());
    // A tag is cleared on every handler of a cache. Where there is one, as in most programs, that is one command.
    let only = Cache::builder().handler("cleared", redis(server.port, CLEARED)).build().expect("a handler");
    let (function, tag) = commands(server, &runtime, &only);
    rounds(server, &runtime, &only, function && tag);
    patterns(server, &runtime, &only);
}

fn fill(runtime: &Runtime) {
    runtime.block_on(async {
        let task = |task: u64| {
            tokio::spawn(async move {
                for id in (task..ENTRIES).step_by(TASKS as usize) {
                    many(id).await;
                }
            })
        };
        for task in (0..TASKS).map(task).collect::<Vec<_>>() {
            task.await.expect("a task ends");
        }
        assert_eq!(many::peek(ENTRIES - 1).await.expect("a store"), Some(ENTRIES - 1));
    });
}

fn clear_function(runtime: &Runtime) {
    runtime.block_on(many::clear()).expect("a store");
}

fn clear_tag(runtime: &Runtime, cache: &Cache) {
    runtime.block_on(cache.invalidate_tag("rows")).expect("a store");
}

/// What clearing asks the server, and that it clears: whether each is one command.
fn commands(server: &Server, runtime: &Runtime, cache: &Cache) -> (bool, bool) {
    let peek = |id| runtime.block_on(many::peek(id)).expect("a store");
    // The first call connects.
    clear_tag(runtime, cache);
    runtime.block_on(many(7));
    let function = server.calls(|| clear_function(runtime));
    assert_eq!(peek(7), None);
    runtime.block_on(many(7));
    assert_eq!(peek(7), Some(7));
    let tag = server.calls(|| clear_tag(runtime, cache));
    // The other cache hears of it by the server.
    thread::park_timeout(QUIET * 10);
    assert_eq!(peek(7), None);
    println!("Clearing the function is {function:?}, and the tag {tag:?}.\n");
    let is_one = |calls: &[(String, u64)]| calls == [("set".to_owned(), 1)];
    (is_one(&function), is_one(&tag))
}

fn rounds(server: &Server, runtime: &Runtime, cache: &Cache, is_one: bool) {
    let trips = Trips::new(server);
    let pause = || thread::park_timeout(QUIET);
    let turn = |work: &dyn Fn()| {
        bystander::slow(server, || {
            for _ in 0..CLEARINGS {
                work();
                pause();
            }
        })
        .0
    };
    let cost = |work: &dyn Fn()| {
        let began = now();
        (0..CLEARINGS).for_each(|_| work());
        began.elapsed().as_nanos() as f64 / 1e3 / CLEARINGS as f64
    };
    let function = || clear_function(runtime);
    let tag = || clear_tag(runtime, cache);
    let figures = Figures::take(ROUNDS, 6, |_, index| match index {
        0 => turn(&|| ()),
        1 => turn(&function),
        2 => turn(&tag),
        3 => cost(&|| {
            trips.one();
        }),
        4 => cost(&function),
        _ => cost(&tag),
    });
    println!("µs: median (minimum; quartiles)\n");
    let mut table = Table::new(["", "takes", "in round trips", "a bystander's p99", "beside the quiet one"]);
    for (name, slow, takes) in [("nothing, or a round trip", 0, 3), ("a function", 1, 4), ("a tag", 2, 5)] {
        table.row(vec![
            name.to_owned(),
            figures.of(takes).to_string(),
            format!("{:.2}", figures.ratio(takes, 3).median),
            figures.of(slow).to_string(),
            format!("{:.2}", figures.ratio(slow, 0).median),
        ]);
    }
    table.print();
    let mut targets = Targets::new();
    let seen = if is_one { "one `SET`" } else { "more, see above" };
    targets.add("commands of clearing".to_owned(), "one".to_owned(), seen.to_owned(), is_one);
    targets.at_most("a function: round trips", 1.5, &figures.ratio(4, 3));
    targets.at_most("a tag: round trips", 1.5, &figures.ratio(5, 3));
    targets.at_most("a function: a bystander's p99 beside its quiet one", 1.25, &figures.ratio(1, 0));
    targets.at_most("a tag: a bystander's p99 beside its quiet one", 1.25, &figures.ratio(2, 0));
    targets.print();
}

/// What a pattern matches, which has to be looked for.
fn patterns(server: &Server, runtime: &Runtime, cache: &Cache) {
    let figures = Figures::take(PATTERNS, 1, |round, _| {
        let pattern = format!("many:row:*{round}");
        let clear = || runtime.block_on(cache.clear_matching(&pattern)).expect("a store");
        let (slow, took) = bystander::slow(server, clear);
        println!("`{pattern}`: {:.2} s, a bystander's p99 is {slow:.0} µs", took / 1e6);
        took
    });
    println!("\nClearing a tenth by a pattern takes {:.2} s in the median.\n", figures.of(0).spread.median / 1e6);
}
