//! Memory in front of a cluster.

use cache_backends::{Ram, Tiered};
use cache_core::{Cache, Clock};

use super::nodes::Nodes;
use crate::server::eventually;

fn cache(nodes: &Nodes) -> Cache {
    Cache::builder().handler("tiered", Tiered::new(Ram::builder(), nodes.builder())).build().unwrap()
}

fn get(cache: &Cache, key: &str) -> Option<String> {
    cache.blocking().get(key).unwrap()
}

fn set(cache: &Cache, key: &str, value: &str) {
    cache.blocking().set(key, value.to_owned(), 300).unwrap();
}

#[test]
fn memory_in_front_of_a_cluster_is_as_true_as_in_front_of_a_server() {
    let mut nodes = Nodes::start();
    what_was_read_once_is_read_of_memory(&nodes);
    what_another_process_changes_is_seen_within_a_round_trip(&nodes);
    nothing_of_memory_is_given_when_one_server_is_lost(&mut nodes);
}

fn what_was_read_once_is_read_of_memory(nodes: &Nodes) {
    let cache = cache(nodes);
    let keys: Vec<String> = (0..20).map(|number| format!("a{number}")).collect();
    keys.iter().for_each(|key| set(&cache, key, "one"));
    let calls = || nodes.calls("get") + nodes.calls("pttl");
    eventually("all are near", || {
        let before = calls();
        assert!(keys.iter().all(|key| get(&cache, key).as_deref() == Some("one")));
        calls() == before
    });
}

fn what_another_process_changes_is_seen_within_a_round_trip(nodes: &Nodes) {
    let (one, other) = (cache(nodes), cache(nodes));
    let clock = Clock::system();
    let mut slowest = 0;
    for round in 0..80 {
        let (key, before, after) = (format!("k{}", round % 5), format!("{round}"), format!("{round} and more"));
        set(&other, &key, &before);
        for _ in 0..3 {
            eventually("the new value is seen", || get(&one, &key).as_ref() == Some(&before));
        }
        match round % 4 {
            0 => set(&other, &key, &after),
            1 => other.blocking().remove(&key).unwrap(),
            2 => other.blocking().clear_matching("k*").unwrap(),
            _ => other.blocking().clear().unwrap(),
        }
        let changed = clock.now();
        eventually("the old value is gone", || get(&one, &key).as_ref() != Some(&before));
        slowest = slowest.max(clock.now() - changed);
    }
    assert!(slowest < 1_000, "a change was seen after {slowest} ms only");
}

/// Its messages can be missed, also those about epochs of what other servers have.
fn nothing_of_memory_is_given_when_one_server_is_lost(nodes: &mut Nodes) {
    let cache = cache(nodes);
    let keys: Vec<String> = (0..20).map(|number| format!("b{number}")).collect();
    keys.iter().for_each(|key| set(&cache, key, "one"));
    for _ in 0..3 {
        assert!(keys.iter().all(|key| get(&cache, key).as_deref() == Some("one")));
    }
    nodes.primaries[2].kill();
    let clock = Clock::system();
    let killed = clock.now();
    // The cluster is down as a whole: not all slots have a server.
    eventually("nothing is given", || {
        keys.iter().all(|key| cache.blocking().get::<String>(key).ok().flatten().is_none())
    });
    assert!(clock.now() - killed < 3_000, "values were given for {} ms", clock.now() - killed);
}
