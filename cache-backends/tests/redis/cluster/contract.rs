//! What every backend promises, on a cluster.

use cache_core::contract;

use super::nodes::Nodes;
use crate::fresh_prefix;
use crate::server::opened;

#[test]
fn it_passes_the_contract_on_a_cluster() {
    let nodes = Nodes::start();
    contract::check(&|_| opened(nodes.builder().prefix(fresh_prefix())));
    contract::check_prefixes(&|_, prefixes| {
        let round = fresh_prefix();
        prefixes.map(|prefix| opened(nodes.builder().prefix(format!("{round}{prefix}"))))
    });
}

#[test]
fn it_passes_the_contract_on_a_cluster_without_tracking() {
    let nodes = Nodes::start();
    for node in nodes.all() {
        node.ask::<()>(&["ACL", "SETUSER", "plain", "on", ">plain", "~*", "&*", "+@all", "-client|tracking"]);
    }
    contract::check(&|_| opened(nodes.builder().prefix(fresh_prefix()).username("plain").password("plain")));
}

#[cfg(feature = "ram")]
#[test]
fn it_passes_the_contract_in_two_tiers_on_a_cluster() {
    use cache_backends::{Ram, Tiered};
    use cache_core::IntoHandler as _;

    let nodes = Nodes::start();
    contract::check(&|_| {
        Tiered::new(Ram::builder(), nodes.builder().prefix(fresh_prefix())).open(&crate::server::env()).unwrap()
    });
}
