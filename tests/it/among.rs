//! `single_flight = "shared"`: several processes on one directory share one run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use larder::{Cache, Clock, Disk, cached};

use crate::processes::{Other, line, reply};
use crate::support::{Rig, Runs, eventually, rig};

#[cached(name = "among::row", handler = "disk", single_flight = "shared")]
fn row(id: u32) -> u32 {
    run(id)
}

#[cached(name = "among::row_async", handler = "disk", single_flight = "shared")]
async fn row_async(id: u32) -> u32 {
    run(id)
}

/// It cannot be copied, so those who wait run for themselves.
#[derive(Debug)]
struct Broken;

#[cached(name = "among::failing", handler = "disk", single_flight = "shared")]
fn failing(id: u32) -> Result<u32, Broken> {
    run(id);
    Err(Broken)
}

#[cached(name = "among::ping", handler = "disk", single_flight = "shared")]
fn ping(id: u32) -> u32 {
    outermost(id, pong)
}

#[cached(name = "among::pong", handler = "disk", single_flight = "shared")]
fn pong(id: u32) -> u32 {
    outermost(id, ping)
}

/// The first run of a process waits for the test, and then calls `inside`.
fn outermost(id: u32, inside: fn(u32) -> u32) -> u32 {
    static DEPTH: Runs = Runs::new();
    if DEPTH.add() > 1 {
        return std::process::id();
    }
    run(id);
    inside(id)
}

/// Beside the store, the processes that ran, one a line.
fn runs_file(directory: &Path) -> PathBuf {
    directory.with_extension("runs")
}

/// A run that says so, and lasts until the test says `go`; its result is the process that ran.
fn run(_id: u32) -> u32 {
    use std::io::Write as _;
    let directory = PathBuf::from(std::env::var_os("LARDER_IT_DISK").unwrap());
    let mut file = std::fs::File::options().append(true).create(true).open(runs_file(&directory)).unwrap();
    writeln!(file, "{}", std::process::id()).unwrap();
    reply("running");
    assert_eq!(line(), "go");
    std::process::id()
}

/// The other process: this test, run by itself with a store to open. Alone it does nothing.
#[test]
fn child() {
    let Ok(directory) = std::env::var("LARDER_IT_DISK") else { return };
    let cache = Cache::builder().handler("disk", Disk::builder().cache_dir(directory));
    let deadline = std::env::var("LARDER_IT_DEADLINE").map_or(30_000, |millis| millis.parse().unwrap());
    let lab = larder::test::lab_with(cache.flight_deadline(Duration::from_millis(deadline)).build().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    reply("ready");
    loop {
        match line().as_str() {
            "call" => reply(row(7)),
            "call async" => reply(runtime.block_on(lab.run(row_async(7)))),
            "call twice" => {
                let (one, other) = runtime.block_on(lab.run(async { tokio::join!(row_async(7), row_async(7)) }));
                reply(format!("{one} {other}"));
            }
            "fail" => reply(failing(7).is_err()),
            "ping" => reply(ping(7)),
            "pong" => reply(pong(7)),
            "refresh" => reply(row::refresh(7)),
            "invalidate" => reply(row::invalidate(7).is_ok()),
            "peek" => reply(format!("{:?}", row::peek(7).unwrap())),
            "" => return,
            other => panic!("there is no command `{other}`"),
        }
    }
}

/// Several processes on one directory.
struct Processes {
    all: Vec<Other>,
    rig: Rig,
}

impl Processes {
    fn start(count: usize) -> Self {
        Self::start_with(count, None)
    }

    fn start_with(count: usize, variable: Option<(&str, &str)>) -> Self {
        let rig = rig("disk");
        let all = (0..count).map(|_| Other::start_as("among::child", &rig, variable)).collect();
        Self { all, rig }
    }

    fn tell_all(&mut self, command: &str) {
        self.all.iter_mut().for_each(|process| process.tell(command));
    }

    /// Those that ran, in order.
    fn runs(&self) -> Vec<u32> {
        let directory = self.rig.directory.as_ref().unwrap().path().join("cache");
        let runs = std::fs::read_to_string(runs_file(&directory)).unwrap_or_default();
        runs.lines().map(|id| id.parse().unwrap()).collect()
    }

    /// Takes out the process that is the `count`th to run, when it does and all others wait for it.
    fn running(&mut self, count: usize) -> Other {
        eventually("somebody runs", || self.runs().len() >= count);
        eventually("the others wait", || self.all.iter().all(has_flights_open));
        let runs = self.runs();
        assert_eq!(runs.len(), count, "more than one runs");
        let at = self.all.iter().position(|process| process.process.id() == runs[count - 1]).unwrap();
        let mut running = self.all.swap_remove(at);
        assert_eq!(running.reply(), "running");
        running
    }
}

/// Whether a process runs, or waits for one that does.
fn has_flights_open(process: &Other) -> bool {
    let open = std::fs::read_dir(format!("/proc/{}/fd", process.process.id())).unwrap();
    open.flatten().any(|file| std::fs::read_link(file.path()).is_ok_and(|path| path.ends_with("v1/flights")))
}

#[test]
fn four_processes_on_a_cold_key_make_one_run() {
    for command in ["call", "call async"] {
        let mut processes = Processes::start(4);
        processes.tell_all(command);
        let mut running = processes.running(1);
        let id = running.process.id().to_string();
        assert_eq!(running.ask("go"), id);
        for process in &mut processes.all {
            assert_eq!(process.reply(), id, "{command}");
        }
        assert_eq!(processes.runs().len(), 1, "{command}");
    }
}

#[test]
fn many_callers_in_many_processes_make_one_run() {
    let mut processes = Processes::start(3);
    processes.tell_all("call twice");
    let mut running = processes.running(1);
    let id = running.process.id();
    assert_eq!(running.ask("go"), format!("{id} {id}"));
    for process in &mut processes.all {
        assert_eq!(process.reply(), format!("{id} {id}"));
    }
    assert_eq!(processes.runs().len(), 1);
}

#[test]
fn when_the_process_that_runs_is_killed_one_of_the_others_runs_within_a_second() {
    for command in ["call", "call async"] {
        let mut processes = Processes::start(4);
        processes.tell_all(command);
        let mut killed = processes.running(1);
        let clock = Clock::system();
        let before = clock.now();
        killed.process.kill().unwrap();
        eventually("another runs", || processes.runs().len() > 1);
        let took = clock.now() - before;
        assert!(took < 1_000, "{command}: another ran after {took} ms");
        let mut running = processes.running(2);
        let id = running.process.id().to_string();
        assert_eq!(running.ask("go"), id, "{command}");
        for process in &mut processes.all {
            assert_eq!(process.reply(), id, "{command}");
        }
        assert_eq!(processes.runs().len(), 2, "{command}");
    }
}

#[test]
fn a_run_that_fails_frees_the_others_one_after_the_other() {
    let mut processes = Processes::start(3);
    processes.tell_all("fail");
    for count in 1..=3 {
        let mut running = processes.running(count);
        assert_eq!(running.ask("go"), "true");
    }
    assert_eq!(processes.runs().len(), 3);
}

#[test]
fn an_invalidation_during_a_shared_run_is_not_undone() {
    let mut processes = Processes::start(3);
    processes.all[0].tell("call");
    eventually("it runs", || processes.runs().len() == 1);
    assert_eq!(processes.all[0].reply(), "running");
    assert_eq!(processes.all[1].ask("invalidate"), "true");
    // Who calls after that waits for the run, and does not get what it gives.
    processes.all[2].tell("call");
    eventually("the other waits", || has_flights_open(&processes.all[2]));
    let [first, last] = [0, 2].map(|index| processes.all[index].process.id().to_string());
    assert_eq!(processes.all[0].ask("go"), first, "who called before gets what was read");
    assert_eq!(processes.all[2].reply(), "running");
    assert_eq!(processes.all[1].ask("peek"), "None");
    assert_eq!(processes.all[2].ask("go"), last);
    for process in &mut processes.all {
        assert_eq!(process.ask("call"), last);
    }
}

#[test]
fn a_refresh_waits_for_nobody() {
    let mut processes = Processes::start(2);
    processes.all[0].tell("call");
    assert_eq!(processes.all[0].reply(), "running");
    assert_eq!(processes.all[1].ask("refresh"), "running");
    let [called, refreshed] = [0, 1].map(|index| processes.all[index].process.id().to_string());
    assert_eq!(processes.all[1].ask("go"), refreshed);
    assert_eq!(processes.all[0].ask("go"), called);
    assert_eq!(processes.all[0].ask("call"), refreshed, "and what it gave stays");
}

#[test]
fn who_waits_is_given_what_is_stored_while_another_runs() {
    let mut processes = Processes::start(3);
    processes.all[0].tell("call");
    assert_eq!(processes.all[0].reply(), "running");
    processes.all[1].tell("call");
    eventually("the other waits", || has_flights_open(&processes.all[1]));
    assert_eq!(processes.all[2].ask("refresh"), "running");
    let refreshed = processes.all[2].process.id().to_string();
    assert_eq!(processes.all[2].ask("go"), refreshed);
    assert_eq!(processes.all[1].reply(), refreshed, "the first run is still under way");
}

#[test]
fn two_processes_that_call_each_others_keys_end_by_the_deadline() {
    let mut processes = Processes::start_with(2, Some(("LARDER_IT_DEADLINE", "500")));
    let ids: Vec<String> = processes.all.iter().map(|process| process.process.id().to_string()).collect();
    assert_eq!((processes.all[0].ask("ping"), processes.all[1].ask("pong")), ("running".into(), "running".into()));
    let clock = Clock::system();
    let before = clock.now();
    processes.tell_all("go");
    for process in &mut processes.all {
        assert!(ids.contains(&process.reply()));
    }
    assert!(clock.now() - before < 5_000);
}
