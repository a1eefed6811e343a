//! `single_flight = "shared"`: several processes on one store share one run.

use std::time::Duration;

use larder::{Cache, Clock, Disk, Redis, cached};

use crate::processes::{Other, line, reply};
use crate::support::{Rig, Runs, eventually, rig};

#[cached(name = "among::row", handler = "store", single_flight = "shared")]
fn row(id: u32) -> u32 {
    run(id)
}

#[cached(name = "among::row_async", handler = "store", single_flight = "shared")]
async fn row_async(id: u32) -> u32 {
    run(id)
}

/// It cannot be copied, so those who wait run for themselves.
#[derive(Debug)]
struct Broken;

#[cached(name = "among::failing", handler = "store", single_flight = "shared")]
fn failing(id: u32) -> Result<u32, Broken> {
    run(id);
    Err(Broken)
}

#[cached(name = "among::ping", handler = "store", single_flight = "shared")]
fn ping(id: u32) -> u32 {
    outermost(id, pong)
}

#[cached(name = "among::pong", handler = "store", single_flight = "shared")]
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

/// The stores that processes share.
const KINDS: [&str; 2] = ["disk", "redis"];

/// A run that says so, and lasts until the test says `go`; its result is the process that ran.
fn run(_id: u32) -> u32 {
    use std::io::Write as _;
    let runs = std::env::var_os("LARDER_IT_RUNS").unwrap();
    let mut file = std::fs::File::options().append(true).create(true).open(runs).unwrap();
    writeln!(file, "{}", std::process::id()).unwrap();
    reply("running");
    assert_eq!(line(), "go");
    std::process::id()
}

/// The other process: this test, run by itself with a store to open. Alone it does nothing.
#[test]
fn child() {
    let cache = match (std::env::var("LARDER_IT_DISK"), std::env::var("LARDER_IT_REDIS")) {
        (Ok(directory), _) => Cache::builder().handler("store", Disk::builder().cache_dir(directory)),
        (_, Ok(url)) => Cache::builder().handler("store", Redis::builder().url(url)),
        _ => return,
    };
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

/// Several processes on one store.
struct Processes {
    all: Vec<Other>,
    rig: Rig,
    /// Those that ran, one a line.
    runs: tempfile::NamedTempFile,
}

impl Processes {
    fn start(kind: &'static str, count: usize) -> Self {
        Self::start_with(kind, count, None)
    }

    fn start_with(kind: &'static str, count: usize, variable: Option<(&str, &str)>) -> Self {
        let rig = rig(kind);
        let runs = tempfile::NamedTempFile::new().unwrap();
        let path = runs.path().to_str().unwrap().to_owned();
        let variables: Vec<(&str, &str)> = variable.into_iter().chain([("LARDER_IT_RUNS", &*path)]).collect();
        let all = (0..count).map(|_| Other::start_as("among::child", &rig, &variables)).collect();
        Self { all, rig, runs }
    }

    fn tell_all(&mut self, command: &str) {
        self.all.iter_mut().for_each(|process| process.tell(command));
    }

    /// Those that ran, in order.
    fn runs(&self) -> Vec<u32> {
        let runs = std::fs::read_to_string(self.runs.path()).unwrap_or_default();
        runs.lines().map(|id| id.parse().unwrap()).collect()
    }

    /// Takes out the process that is the `count`th to run, when it does and all others wait for it.
    fn running(&mut self, count: usize) -> Other {
        eventually("somebody runs", || self.runs().len() >= count);
        eventually("the others wait", || self.all.iter().all(|process| self.asks(process)));
        let runs = self.runs();
        assert_eq!(runs.len(), count, "more than one runs");
        let at = self.all.iter().position(|process| process.process.id() == runs[count - 1]).unwrap();
        let mut running = self.all.swap_remove(at);
        assert_eq!(running.reply(), "running");
        running
    }

    /// Whether a process runs, or waits for one that does.
    fn asks(&self, process: &Other) -> bool {
        let open = std::fs::read_dir(format!("/proc/{}/fd", process.process.id())).unwrap();
        let mut files = open.flatten().filter_map(|file| std::fs::read_link(file.path()).ok());
        let Some(server) = &self.rig.server else {
            return files.any(|path| path.ends_with("v3/flights"));
        };
        let sockets: Vec<String> = files.filter_map(|path| Some(inode(path.to_str()?)?.to_owned())).collect();
        let last: String = redis::cmd("CLIENT").arg("LIST").query(&mut server.raw()).unwrap();
        local_ports(&sockets).iter().any(|port| {
            let client = last.lines().find(|line| line.contains(&format!(" addr=127.0.0.1:{port} ")));
            client.is_some_and(|line| line.contains("cmd=eval"))
        })
    }
}

/// The number of a socket, by what `/proc/{process}/fd` says of it.
fn inode(link: &str) -> Option<&str> {
    link.strip_prefix("socket:[")?.strip_suffix(']')
}

/// The ports of these sockets on this side, by `/proc/net/tcp`.
fn local_ports(sockets: &[String]) -> Vec<u16> {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let rows = table.lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
    let ours = rows.filter(|row| row.get(9).is_some_and(|inode| sockets.iter().any(|socket| socket == inode)));
    ours.filter_map(|row| u16::from_str_radix(row.get(1)?.split_once(':')?.1, 16).ok()).collect()
}

#[test]
fn four_processes_on_a_cold_key_make_one_run() {
    for (kind, command) in KINDS.into_iter().flat_map(|kind| [(kind, "call"), (kind, "call async")]) {
        let mut processes = Processes::start(kind, 4);
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
    for kind in KINDS {
        let mut processes = Processes::start(kind, 3);
        processes.tell_all("call twice");
        let mut running = processes.running(1);
        let id = running.process.id();
        assert_eq!(running.ask("go"), format!("{id} {id}"));
        for process in &mut processes.all {
            assert_eq!(process.reply(), format!("{id} {id}"));
        }
        assert_eq!(processes.runs().len(), 1);
    }
}

#[test]
fn when_the_process_that_runs_is_killed_one_of_the_others_runs_within_a_second() {
    for (kind, command) in KINDS.into_iter().flat_map(|kind| [(kind, "call"), (kind, "call async")]) {
        let mut processes = Processes::start(kind, 4);
        processes.tell_all(command);
        let mut killed = processes.running(1);
        let clock = Clock::system();
        let before = clock.now();
        killed.process.kill().unwrap();
        eventually("another runs", || processes.runs().len() > 1);
        let took = clock.now() - before;
        assert!(took < 1_500, "{kind}, {command}: another ran after {took} ms");
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
    for kind in KINDS {
        let mut processes = Processes::start(kind, 3);
        processes.tell_all("fail");
        for count in 1..=3 {
            let mut running = processes.running(count);
            assert_eq!(running.ask("go"), "true");
        }
        assert_eq!(processes.runs().len(), 3);
    }
}

#[test]
fn an_invalidation_during_a_shared_run_is_not_undone() {
    for kind in KINDS {
        let mut processes = Processes::start(kind, 3);
        processes.all[0].tell("call");
        eventually("it runs", || processes.runs().len() == 1);
        assert_eq!(processes.all[0].reply(), "running");
        assert_eq!(processes.all[1].ask("invalidate"), "true");
        // Who calls after that waits for the run, and does not get what it gives.
        processes.all[2].tell("call");
        eventually("the other waits", || processes.asks(&processes.all[2]));
        let [first, last] = [0, 2].map(|index| processes.all[index].process.id().to_string());
        assert_eq!(processes.all[0].ask("go"), first, "who called before gets what was read");
        assert_eq!(processes.all[2].reply(), "running");
        assert_eq!(processes.all[1].ask("peek"), "None");
        assert_eq!(processes.all[2].ask("go"), last);
        for process in &mut processes.all {
            assert_eq!(process.ask("call"), last);
        }
    }
}

#[test]
fn a_refresh_waits_for_nobody() {
    for kind in KINDS {
        let mut processes = Processes::start(kind, 2);
        processes.all[0].tell("call");
        assert_eq!(processes.all[0].reply(), "running");
        assert_eq!(processes.all[1].ask("refresh"), "running");
        let [called, refreshed] = [0, 1].map(|index| processes.all[index].process.id().to_string());
        assert_eq!(processes.all[1].ask("go"), refreshed);
        assert_eq!(processes.all[0].ask("go"), called);
        assert_eq!(processes.all[0].ask("call"), refreshed, "and what it gave stays");
    }
}

#[test]
fn who_waits_is_given_what_is_stored_while_another_runs() {
    for kind in KINDS {
        let mut processes = Processes::start(kind, 3);
        processes.all[0].tell("call");
        assert_eq!(processes.all[0].reply(), "running");
        processes.all[1].tell("call");
        eventually("the other waits", || processes.asks(&processes.all[1]));
        assert_eq!(processes.all[2].ask("refresh"), "running");
        let refreshed = processes.all[2].process.id().to_string();
        assert_eq!(processes.all[2].ask("go"), refreshed);
        assert_eq!(processes.all[1].reply(), refreshed, "the first run is still under way");
    }
}

#[test]
fn two_processes_that_call_each_others_keys_end_by_the_deadline() {
    for kind in KINDS {
        let mut processes = Processes::start_with(kind, 2, Some(("LARDER_IT_DEADLINE", "500")));
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
}
