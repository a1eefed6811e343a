//! Entries on many servers: where they are, what a hit costs, and that clearing reaches all of them and nobody else's.

use std::time::Duration;

use cache_core::key::Key;
use cache_core::{Backend, Cache, Epoch, EpochName, Lead, Life, Pattern, Slot, Stored, When, block_on};

use super::nodes::Nodes;
use crate::server::{eventually, open};

fn set(backend: &dyn Backend, key: &str) {
    let value = Some(Stored::Bytes(b"value".to_vec()));
    assert!(block_on(backend.put(Slot::Entry(&Key::direct(key)), value, Life::FOREVER, When::Always)).unwrap());
}

fn is_there(backend: &dyn Backend, key: &str) -> bool {
    block_on(backend.get(&[Slot::Entry(&Key::direct(key))])).unwrap()[0].is_some()
}

fn cache(nodes: &Nodes) -> Cache {
    Cache::builder().handler("redis", nodes.builder()).build().unwrap()
}

#[test]
fn entries_are_spread_and_each_is_its_own_servers_business() {
    let nodes = Nodes::start();
    let backend = nodes.backend();
    keys_are_on_all_servers(&nodes, &*backend);
    a_hit_is_one_get(&nodes, &*backend);
    clearing_reaches_all_servers_and_nobody_elses_keys(&nodes);
    a_renewal_is_seen_wherever_the_epoch_is(&nodes);
    a_run_that_a_pattern_overtakes_is_not_stored(&nodes);
    one_of_two_processes_runs(&nodes);
    the_rights_that_are_documented_are_enough(&nodes);
    a_handler_that_is_dropped_closes_all_its_connections(&nodes);
}

fn keys_are_on_all_servers(nodes: &Nodes, backend: &dyn Backend) {
    let keys: Vec<String> = (0..60).map(|number| format!("a{number}")).collect();
    keys.iter().for_each(|key| set(backend, key));
    assert!(keys.iter().all(|key| is_there(backend, key)));
    for node in &nodes.primaries {
        let here: Vec<String> = node.ask(&["KEYS", "cache:k:a*"]);
        assert!(here.len() > 5, "one server has {} of 60 keys", here.len());
    }
}

fn a_hit_is_one_get(nodes: &Nodes, backend: &dyn Backend) {
    let watch = [EpochName::HANDLER, EpochName::function("f"), EpochName::tag("t")];
    let epochs = block_on(backend.epochs(&watch, Life::FOREVER)).unwrap();
    let look = |key: &str| {
        let look = block_on(backend.look(&Key::direct(key), &watch)).unwrap();
        assert_eq!(look.stored.as_ref().and_then(Stored::as_bytes), Some(&b"value"[..]));
        assert_eq!(look.epochs, epochs.iter().copied().map(Some).collect::<Vec<_>>());
    };
    let calls = || nodes.calls("get") + nodes.calls("mget");
    // Where the machine is slow the lease of an epoch may end in between.
    eventually("every hit is one GET", || {
        let before = calls();
        (0..50).for_each(|number| look(&format!("a{number}")));
        calls() == before + 50
    });
}

fn clearing_reaches_all_servers_and_nobody_elses_keys(nodes: &Nodes) {
    let (one, other) = (open(nodes.builder().prefix("one:")), open(nodes.builder().prefix("other:")));
    for number in 0..30 {
        for backend in [&one, &other] {
            set(&**backend, &format!("a{number}"));
            set(&**backend, &format!("b{number}"));
        }
        let theirs = format!("theirs:{number}");
        nodes.primaries[nodes.home(&theirs)].put(theirs.as_bytes(), b"theirs");
    }
    let before = nodes.keys();
    block_on(one.remove_matching(&Pattern::new("a*"))).unwrap();
    let expected = |is_gone: fn(&str) -> bool| before.iter().filter(|key| !is_gone(key)).cloned().collect::<Vec<_>>();
    assert_eq!(nodes.keys(), expected(|key| key.starts_with("one:k:a")));
    block_on(one.reclaim()).unwrap();
    assert_eq!(nodes.keys(), expected(|key| key.starts_with("one:k:")));

    let (one, other) = (cache(nodes), cache(nodes));
    for number in 0..30 {
        one.blocking().set(&format!("c{number}"), number, 300).unwrap();
    }
    other.blocking().clear().unwrap();
    for number in 0..30 {
        let key = format!("c{number}");
        eventually("it is cleared", || one.blocking().get::<i32>(&key).unwrap().is_none());
    }
    assert_eq!(nodes.keys().iter().filter(|key| key.starts_with("theirs:")).count(), 30);
}

fn a_renewal_is_seen_wherever_the_epoch_is(nodes: &Nodes) {
    let (one, other) = (nodes.backend(), nodes.backend());
    let look = |backend: &dyn Backend, name: &EpochName<'_>| -> Option<Epoch> {
        block_on(backend.look(&Key::direct("a"), std::slice::from_ref(name))).unwrap().epochs[0]
    };
    let tags = (0..10).map(|number| EpochName::tag(&number.to_string()).into_owned());
    for name in tags.chain([EpochName::function("f"), EpochName::HANDLER]) {
        let names = std::slice::from_ref(&name);
        let before = block_on(one.epochs(names, Life::FOREVER)).unwrap()[0];
        eventually("it is near", || look(&*other, &name) == Some(before));
        block_on(one.renew(names)).unwrap();
        let now = look(&*one, &name);
        assert_ne!(now, Some(before), "by its own process");
        eventually("the other one hears of it", || look(&*other, &name) == now);
        assert_eq!(block_on(other.epochs(names, Life::FOREVER)).unwrap()[0], now.unwrap());
    }
}

fn a_run_that_a_pattern_overtakes_is_not_stored(nodes: &Nodes) {
    let (one, other) = (cache(nodes), cache(nodes));
    let patterns = format!("cache:{}", EpochName::PATTERNS.text());
    let elsewhere = |key: &String| nodes.home(&format!("cache:k:{key}")) != nodes.home(&patterns);
    for key in (0..20).map(|number| format!("run:{number}")).filter(elsewhere) {
        let ran = one.blocking().get_or_set_with(&key, 300, || {
            other.blocking().clear_matching("run:*").unwrap();
            "older".to_owned()
        });
        assert_eq!(ran.unwrap(), "older");
        assert_eq!(other.blocking().get::<String>(&key).unwrap(), None, "what a pattern cleared was stored");
        let next = one.blocking().get_or_set_with(&key, 300, || "newer".to_owned()).unwrap();
        assert_eq!(next, "newer");
        assert_eq!(other.blocking().get::<String>(&key).unwrap().as_deref(), Some("newer"));
    }
}

fn one_of_two_processes_runs(nodes: &Nodes) {
    let (one, other) = (nodes.backend(), nodes.backend());
    let patience = Duration::from_secs(10);
    for number in 0..6 {
        let name = format!("lead:{number}");
        let key = Key::direct(&name);
        let seen = block_on(one.look(&key, &[])).unwrap().seen();
        let first = block_on(one.lead(&key, &seen, patience)).unwrap();
        assert!(matches!(first, Lead::Unchanged(_) | Lead::Granted(_)), "{first:?}");
        std::thread::scope(|scope| {
            let second = scope.spawn(|| block_on(other.lead(&key, &seen, patience)).unwrap());
            set(&*one, &name);
            drop(first);
            let second = second.join().unwrap();
            assert!(!matches!(second, Lead::Unshared), "nobody was waited for");
        });
    }
}

fn the_rights_that_are_documented_are_enough(nodes: &Nodes) {
    let page = include_str!("../../../../src/deployment.md");
    let rule = page.lines().find_map(|line| line.strip_prefix("user larder ")).unwrap();
    let rule: Vec<&str> = ["ACL", "SETUSER", "larder"].into_iter().chain(rule.split(' ')).collect();
    for node in nodes.all() {
        node.ask::<()>(&rule);
    }
    let backend = open(nodes.builder().username("larder").password("password"));
    set(&*backend, "rights");
    block_on(backend.remove_matching(&Pattern::new("rights"))).unwrap();
    assert!(!is_there(&*backend, "rights"));
    for node in nodes.all() {
        node.ask::<()>(&["ACL", "SETUSER", "larder", "-cluster|nodes"]);
    }
    let error = block_on(backend.remove_matching(&Pattern::new("rights"))).unwrap_err().to_string();
    assert!(error.contains("'cluster|nodes'") && error.contains("in the server's ACL"), "{error}");
}

fn a_handler_that_is_dropped_closes_all_its_connections(nodes: &Nodes) {
    let clients = || nodes.all().map(super::nodes::Node::clients).sum::<usize>();
    let mut before = clients();
    eventually("what came before has closed its own", || {
        std::thread::park_timeout(Duration::from_millis(100));
        std::mem::replace(&mut before, clients()) == before
    });
    let backend = open(nodes.builder().prefix("dropped:"));
    set(&*backend, "a");
    eventually("it has a connection to each", || clients() >= before + 3);
    drop(backend);
    eventually("its connections are closed", || clients() <= before);
}
