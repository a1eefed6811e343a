//! A hit of an async function, beside the same function without `async`.

use hitbox_backend::format::BincodeFormat;
use hitbox_moka::MokaBackend;

use crate::clock::hit;
use crate::contender::{About, Contender, LARDER, index_of};
use crate::figures::Figures;
use crate::keys::hot;
use crate::peers::TTL;
use crate::report::{Table, Targets, mark};
use crate::shape::{Number, Shape, Text, TextArgs};
use crate::{ENTRIES, ROUNDS, annotated, peers_cached};

const SYNC: &str = "sync";

pub fn measure() {
    println!("## A hit, `async fn`, one task of a current-thread runtime, a hot key\n");
    table::<Number>(&numbers());
    table::<Text>(&texts());
}

const OURS: About = About::new(LARDER, "").ttl().bound();
const BARE: About = About::new("cached", "#[cached]");
const TIMED: About = About::new("cached", "#[cached(ttl, max_size)]").ttl().bound();
const CONCURRENT: About = About::new("cached", "#[concurrent_cached(ttl, max_size)]").ttl().bound();
const HITBOX: About = About::new("hitbox-fn", "moka, bincode").ttl().bound();

fn numbers() -> Vec<Contender<u64>> {
    let backend = hitbox();
    let mut contenders = vec![
        Contender::new(About::new(LARDER, SYNC).ttl().bound(), annotated::number),
        Contender::asynchronous(OURS, annotated::async_number),
        Contender::asynchronous(BARE, peers_cached::bare::async_number),
        Contender::asynchronous(TIMED, peers_cached::timed::async_number),
        Contender::asynchronous(CONCURRENT, peers_cached::concurrent::async_number),
        Contender::asynchronous(HITBOX, async move |id| hitbox_number(id).cache(&backend).await),
    ];
    contenders.extend(stores::<Number>());
    contenders
}

fn texts() -> Vec<Contender<TextArgs>> {
    let backend = hitbox();
    let mut contenders = vec![
        Contender::new(About::new(LARDER, SYNC).ttl().bound(), |TextArgs(name, id)| annotated::text(name, id)),
        Contender::asynchronous(OURS, async |TextArgs(name, id)| annotated::async_text(name, id).await),
        Contender::asynchronous(BARE, async |TextArgs(name, id)| peers_cached::bare::async_text(name, id).await),
        Contender::asynchronous(TIMED, async |TextArgs(name, id)| peers_cached::timed::async_text(name, id).await),
        Contender::asynchronous(CONCURRENT, async |TextArgs(name, id)| {
            peers_cached::concurrent::async_text(name, id).await
        }),
        Contender::asynchronous(HITBOX, async move |TextArgs(name, id)| {
            hitbox_text(name.to_owned(), id).cache(&backend).await
        }),
    ];
    contenders.extend(stores::<Text>());
    contenders
}

/// Stores with an async function that runs what is missing, once for several callers.
fn stores<S: Shape>() -> Vec<Contender<S::Args>> {
    let quick = quick_cache::sync::Cache::<S::Key, S::Value>::new(ENTRIES);
    let moka = moka::future::Cache::builder().max_capacity(ENTRIES as u64).time_to_live(TTL).build();
    vec![
        Contender::asynchronous(About::new("quick_cache", "").bound(), async move |args: S::Args| {
            let run = async { Ok::<_, std::convert::Infallible>(S::body(args)) };
            let Ok(value) = quick.get_or_insert_async(&S::own(args), run).await;
            value
        }),
        Contender::asynchronous(About::new("moka", "future, + ttl").ttl().bound(), async move |args: S::Args| {
            moka.get_with(S::own(args), async { S::body(args) }).await
        }),
    ]
}

#[hitbox_fn::cached]
async fn hitbox_number(id: u64) -> u64 {
    Number::body(id)
}

/// It takes no argument by reference.
#[hitbox_fn::cached]
async fn hitbox_text(name: String, id: u64) -> String {
    Text::write(&name, id)
}

type Hitbox = hitbox_fn::Cache<MokaBackend<BincodeFormat>>;

fn hitbox() -> Hitbox {
    let backend = MokaBackend::builder().max_entries(ENTRIES as u64).value_format(BincodeFormat).build();
    let policy = hitbox::policy::PolicyConfig::builder().ttl(TTL).build();
    hitbox_fn::Cache::builder().backend(backend).policy(policy).build()
}

fn table<S: Shape>(contenders: &[Contender<S::Args>]) {
    let keys = hot::<S>();
    let figures = Figures::take(ROUNDS, contenders.len(), |_, index| hit(&contenders[index], &keys));
    let larder = index_of(contenders, LARDER, "");
    let sync = index_of(contenders, LARDER, SYNC);

    println!("`{}`, ns a call: median (minimum; quartiles)\n", S::SIGNATURE);
    let mut table = Table::new(["", "ttl", "bound", "a call", "larder is times as fast"]);
    for (index, contender) in contenders.iter().enumerate() {
        let about = contender.about;
        let faster = format!("{:.2}", figures.ratio(index, larder).median);
        table.row(vec![about.title(), mark(about.ttl), mark(about.bound), figures.of(index).to_string(), faster]);
    }
    table.print();

    let mut targets = Targets::new();
    targets.at_most("ns more than the sync hit", 5.0, &figures.difference(larder, sync));
    targets.print();
}
