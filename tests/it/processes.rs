//! Two real processes on one store: they share results, and an invalidation in one is not undone by a run in the other.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use larder::{Cache, Disk, Ram, Redis, Tiered, cached};
use serde::Serialize;

use crate::support::{Rig, Runs, eventually, rig};

static RUNS: Runs = Runs::new();
static SOURCE: AtomicU32 = AtomicU32::new(0);

/// What a child was told and has not read yet.
pub(crate) fn line() -> String {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    line.trim().to_owned()
}

/// A run that lasts until the test says `go`, if it is `slow`.
#[cached(name = "shared", key = "row:{id}", tags = ["rows"], skip(slow))]
fn shared(id: u32, slow: bool) -> u32 {
    RUNS.add();
    let read = SOURCE.load(Ordering::SeqCst);
    if slow {
        reply("running");
        assert_eq!(line(), "go");
    }
    read
}

#[derive(Serialize)]
struct Odd {
    ratio: f64,
    names: HashMap<String, u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<u8>,
}

#[cached(name = "of_everything")]
fn of_everything(path: &Path, odd: &Odd, list: &[Option<&str>], map: HashMap<u64, f32>, wide: (u128, char)) -> String {
    RUNS.add();
    format!("{path:?} {} {list:?} {} {wide:?}", odd.ratio, map.len())
}

fn call_of_everything() -> String {
    let names = (0..50).map(|n| (format!("name {n}"), n)).collect();
    let odd = Odd { ratio: 0.1, names, more: None };
    let map = (0..50_u8).map(|n| (u64::from(n), f32::from(n))).collect();
    of_everything(Path::new("/etc"), &odd, &[Some("a"), None], map, (u128::MAX, 'é'))
}

/// Answers the test.
pub(crate) fn reply(text: impl std::fmt::Display) {
    println!("reply:{text}");
    std::io::stdout().flush().unwrap();
}

/// The other process: this test, run by itself with a store to open. Alone it does nothing.
#[test]
fn child() {
    let cache = match (std::env::var("LARDER_IT_DISK"), std::env::var("LARDER_IT_REDIS")) {
        (Ok(directory), _) => Cache::builder().handler("it", Disk::builder().cache_dir(directory)),
        (_, Ok(url)) if std::env::var("LARDER_IT_NEAR").is_ok() => {
            Cache::builder().handler("it", Tiered::new(Ram::builder(), Redis::builder().url(url)))
        }
        (_, Ok(url)) => Cache::builder().handler("it", Redis::builder().url(url)),
        _ => return,
    };
    // As if it were installed, without the other tests' functions being checked against it.
    let _lab = larder::test::lab_with(cache.build().unwrap());
    reply("ready");
    loop {
        match line().as_str() {
            "call" => reply(shared(7, false)),
            "call slowly" => reply(shared(7, true)),
            "call of everything" => reply(call_of_everything()),
            "peek" => reply(format!("{:?}", shared::peek(7).unwrap())),
            "runs" => reply(RUNS.get()),
            "key" => reply(shared::invalidate(7).is_ok()),
            "function" => reply(shared::clear().is_ok()),
            "tag" => reply(larder::cache().blocking().invalidate_tag("rows").is_ok()),
            "handler" => reply(larder::cache().blocking().clear().is_ok()),
            "pattern" => reply(larder::cache().blocking().clear_matching("shared:row:*").is_ok()),
            "" => return,
            source => {
                SOURCE.store(source.parse().unwrap(), Ordering::SeqCst);
                reply("set");
            }
        }
    }
}

/// Another process, which is told what to do line by line.
pub(crate) struct Other {
    pub(crate) process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Other {
    fn start(rig: &Rig) -> Self {
        Self::start_as("processes::child", rig, &[])
    }

    /// One that runs the test `child` alone, on the store of `rig`, with more variables in its environment.
    pub(crate) fn start_as(child: &str, rig: &Rig, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .envs(variables.iter().copied())
            .args(["--exact", child, "--nocapture"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        match (&rig.directory, &rig.server) {
            (Some(directory), _) => command.env("LARDER_IT_DISK", directory.path().join("cache")),
            (_, Some(server)) => command.env("LARDER_IT_REDIS", format!("redis://127.0.0.1:{}/0", server.port)),
            _ => panic!("other processes see nothing of this handler"),
        };
        if rig.has_near {
            command.env("LARDER_IT_NEAR", "");
        }
        let mut process = command.spawn().unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut other = Self { process, input, output };
        assert_eq!(other.reply(), "ready");
        other
    }

    pub(crate) fn tell(&mut self, command: &str) {
        writeln!(self.input, "{command}").unwrap();
    }

    pub(crate) fn ask(&mut self, command: &str) -> String {
        self.tell(command);
        self.reply()
    }

    pub(crate) fn reply(&mut self) -> String {
        for line in self.output.by_ref().lines() {
            if let Some((_, reply)) = line.unwrap().split_once("reply:") {
                return reply.to_owned();
            }
        }
        panic!("the other process ended");
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const SHARED: [&str; 3] = ["disk", "redis", "tiered"];

#[test]
fn one_process_finds_what_the_other_stored() {
    for kind in SHARED {
        let rig = rig(kind);
        let (mut one, mut other) = (Other::start(&rig), Other::start(&rig));
        one.ask("1");
        other.ask("2");
        assert_eq!((one.ask("call"), other.ask("call")), ("1".into(), "1".into()), "{kind}");
        assert_eq!(other.ask("runs"), "0", "{kind}");
    }
}

#[test]
fn equal_arguments_are_equal_in_every_process() {
    for kind in SHARED {
        let rig = rig(kind);
        let mut answers = Vec::new();
        for runs in ["1", "0", "0"] {
            let mut one = Other::start(&rig);
            answers.push(one.ask("call of everything"));
            assert_eq!(one.ask("runs"), runs, "{kind}");
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{kind}: {answers:?}");
    }
}

#[test]
fn an_invalidation_in_one_process_holds_in_the_other() {
    for kind in SHARED {
        let rig = rig(kind);
        let (mut one, mut other) = (Other::start(&rig), Other::start(&rig));
        for way in ["key", "function", "tag", "handler", "pattern"] {
            one.ask("1");
            other.ask("2");
            one.ask("key");
            assert_eq!((one.ask("call"), other.ask("call")), ("1".into(), "1".into()), "{kind}, {way}");
            assert_eq!(one.ask(way), "true", "{kind}, {way}");
            if rig.has_near {
                // As soon as the server's message is there.
                eventually("it is gone in the other", || other.ask("peek") == "None");
            }
            assert_eq!(other.ask("peek"), "None", "{kind}, {way}");
            assert_eq!(other.ask("call"), "2", "{kind}, {way}");
        }
    }
}

#[test]
fn a_run_in_one_process_does_not_undo_an_invalidation_in_the_other() {
    for kind in SHARED {
        let rig = rig(kind);
        let (mut one, mut other) = (Other::start(&rig), Other::start(&rig));
        for way in ["key", "function", "tag", "handler", "pattern"] {
            assert_eq!(other.ask("handler"), "true");
            one.ask("1");
            assert_eq!(one.ask("call slowly"), "running", "{kind}, {way}");
            other.ask("2");
            assert_eq!(other.ask(way), "true", "{kind}, {way}");
            assert_eq!(one.ask("go"), "1", "{kind}, {way}: who called before gets what was read");
            assert_eq!(one.ask("peek"), "None", "{kind}, {way}");
            if rig.has_near {
                // As soon as the server's message is there.
                eventually("it is gone in the other", || other.ask("peek") == "None");
            }
            assert_eq!(other.ask("peek"), "None", "{kind}, {way}");
            assert_eq!(other.ask("call"), "2", "{kind}, {way}");
            assert_eq!(one.ask("call"), "2", "{kind}, {way}");
        }
    }
}

#[test]
fn a_newer_result_of_one_process_is_not_replaced_by_an_older_run_of_the_other() {
    for kind in SHARED {
        let rig = rig(kind);
        let (mut one, mut other) = (Other::start(&rig), Other::start(&rig));
        one.ask("1");
        assert_eq!(one.ask("call slowly"), "running");
        other.ask("2");
        assert_eq!(other.ask("call"), "2", "{kind}");
        assert_eq!(one.ask("go"), "1", "{kind}");
        assert_eq!((one.ask("peek"), other.ask("call")), ("Some(2)".into(), "2".into()), "{kind}");
    }
}
