//! What every backend promises, on a cluster.

use std::sync::atomic::{AtomicUsize, Ordering};

use cache_core::contract;

use super::nodes::Nodes;
use crate::server::opened;

#[test]
fn it_passes_the_contract_on_a_cluster() {
    let nodes = Nodes::start();
    let number = AtomicUsize::new(0);
    contract::check(&|_| {
        let prefix = format!("{}:", number.fetch_add(1, Ordering::SeqCst));
        opened(nodes.builder().prefix(prefix))
    });
    contract::check_prefixes(&|_, prefixes| {
        let round = number.fetch_add(1, Ordering::SeqCst);
        prefixes.map(|prefix| opened(nodes.builder().prefix(format!("{round}:{prefix}"))))
    });
}

#[test]
fn it_passes_the_contract_on_a_cluster_without_tracking() {
    let nodes = Nodes::start();
    for node in nodes.all() {
        node.ask::<()>(&["ACL", "SETUSER", "plain", "on", ">plain", "~*", "&*", "+@all", "-client|tracking"]);
    }
    let number = AtomicUsize::new(0);
    contract::check(&|_| {
        let prefix = format!("{}:", number.fetch_add(1, Ordering::SeqCst));
        opened(nodes.builder().prefix(prefix).username("plain").password("plain"))
    });
}

#[cfg(feature = "ram")]
#[test]
fn it_passes_the_contract_in_two_tiers_on_a_cluster() {
    use cache_backends::{Ram, Tiered};
    use cache_core::IntoHandler as _;

    let nodes = Nodes::start();
    let number = AtomicUsize::new(0);
    contract::check(&|_| {
        let prefix = format!("{}:", number.fetch_add(1, Ordering::SeqCst));
        Tiered::new(Ram::builder(), nodes.builder().prefix(prefix)).open(&crate::server::env()).unwrap()
    });
}
