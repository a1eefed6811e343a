//! A hit of two threads at once on the same key, beside a hit of one.

use crate::ROUNDS;
use crate::clock::slice;
use crate::contender::{Contender, LARDER, index_of};
use crate::cores::{together, two};
use crate::figures::Figures;
use crate::hits::{CACHED, numbers, texts};
use crate::keys::hot;
use crate::report::{Table, Targets, mark};
use crate::shape::{Number, Shape, Text};

pub fn measure() {
    println!("## A hit, two threads, the same key\n");
    let processors = two();
    if processors.len() < 2 {
        println!("Left out: this process may use one core only.\n");
        return;
    }
    table::<Number>(&processors, &numbers(), 20.0);
    table::<Text>(&processors, &texts(), 5.0);
}

/// What a call takes each of the threads, on average.
fn hit<A: Copy + Sync + 'static>(contender: &Contender<A>, keys: &[A], processors: &[usize]) -> f64 {
    let seen = together(processors, |_, start| {
        contender.pass(keys);
        start();
        slice(contender, keys)
    });
    seen.iter().sum::<f64>() / seen.len() as f64
}

fn table<S: Shape>(processors: &[usize], contenders: &[Contender<S::Args>], cached: f64) {
    let keys = hot::<S>();
    let count = contenders.len();
    // One thread and two in the same rounds, so that they can be divided.
    let figures = Figures::take(ROUNDS, count * 2, |_, index| {
        let processors = if index < count { &processors[..1] } else { processors };
        hit(&contenders[index % count], &keys, processors)
    });
    let larder = index_of(contenders, LARDER, "");
    let peer = index_of(contenders, CACHED.name, CACHED.form);

    println!("`{}`, ns a call of each thread: median (minimum; quartiles)\n", S::SIGNATURE);
    let mut table = Table::new(["", "ttl", "bound", "one thread", "two threads", "two / one"]);
    for (index, contender) in contenders.iter().enumerate() {
        let about = contender.about;
        table.row(vec![
            about.title(),
            mark(about.ttl),
            mark(about.bound),
            figures.of(index).to_string(),
            figures.of(index + count).to_string(),
            format!("{:.2}", figures.ratio(index + count, index).median),
        ]);
    }
    table.print();

    let mut targets = Targets::new();
    targets.at_most("two threads beside one", 1.2, &figures.ratio(larder + count, larder));
    let what = format!("two threads: times as fast as {}", CACHED.title());
    targets.at_least(what, cached, &figures.ratio(peer + count, larder + count));
    targets.print();
}
