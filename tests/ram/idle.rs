//! A program that calls nothing has a store that does nothing.

use std::time::Duration;

use larder::{Ram, cached};

use crate::{eventually, install};

#[cached]
fn number(n: u64) -> u64 {
    n
}

#[cached(tags = ["all"], ttl = 3_600)]
fn tagged(n: u64) -> String {
    n.to_string()
}

#[cached(ttl = "30ms")]
fn soon_over(n: u64) -> u64 {
    n
}

/// What the thread of the stores has done: how often it gave its processor away, and how often that was taken. None
/// while there is no such thread.
fn switches() -> Option<Vec<u64>> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let is_ours =
        |path: &std::path::PathBuf| std::fs::read_to_string(path.join("comm")).is_ok_and(|it| it == "larder-ram\n");
    let task = tasks.map(|task| task.unwrap().path()).find(is_ours)?;
    let status = std::fs::read_to_string(task.join("status")).unwrap();
    let lines = status.lines().filter(|line| line.contains("ctxt_switches"));
    Some(lines.filter_map(|line| line.split_whitespace().last()?.parse().ok()).collect())
}

/// The processor's time that this process has used, in ticks of a hundredth of a second.
fn used() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let behind_its_name = stat.rsplit(") ").next().unwrap();
    // Of the whole process: in user mode, and in the kernel.
    behind_its_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

/// What happens within a second in which this thread does nothing: switches of the thread, and ticks.
fn in_a_second() -> (u64, u64) {
    let (switches_before, used_before) = (switches().unwrap(), used());
    std::thread::park_timeout(Duration::from_secs(1));
    let (switches_after, used_after) = (switches().unwrap(), used());
    (switches_after.iter().zip(&switches_before).map(|(after, before)| after - before).sum(), used_after - used_before)
}

fn sleeps_when_nobody_calls() {
    // It works for a while after the last call; on a loaded machine that may be a long one.
    let asleep = (0..20).any(|_| in_a_second() == (0, 0));
    assert!(asleep, "it does not go to sleep");
    let (switches, used) = in_a_second();
    assert_eq!(switches, 0, "it was awake");
    assert!(used <= 1, "{used} hundredths of a second were used");
}

#[test]
fn there_is_no_thread_before_the_first_call() {
    install(Ram::builder());
    assert_eq!(switches(), None);
    number(1);
    // A thread gives itself its name.
    eventually("there is a thread", || switches().is_some());
}

#[test]
fn an_idle_program_uses_no_time() {
    install(Ram::builder().threshold(50_000));
    (0..1_000).for_each(|n| _ = (number(n), number(n), tagged(n), tagged(n)));
    sleeps_when_nobody_calls();
    // Also when it was woken again, and what is over was reclaimed.
    (0..100).for_each(|n| _ = (number(n), soon_over(n)));
    number::clear().unwrap();
    sleeps_when_nobody_calls();
    assert_eq!(number(7), 7);
}
