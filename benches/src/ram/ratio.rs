//! How many calls hit: larder beside its peers, over traces.

use std::collections::HashSet;

use crate::child::{run, say};
use crate::report::{Table, Targets};
use larder_benches::runs::runs;

use crate::shape::Number;
use crate::{peers, simple, traces};

/// How many entries a cache may keep, in percent of the different keys of a trace.
const PERCENTS: [usize; 3] = [1, 5, 20];

pub fn measure(folder: Option<&str>) {
    println!("## Hit ratios\n\n%, each cache with room for 1, 5 and 20 % of the keys\n");
    let mut cases = Vec::new();
    for name in traces::all(folder) {
        for percent in PERCENTS {
            let ratios = run(&["ratio", &name, &percent.to_string()]);
            cases.push((format!("{} {percent} %", traces::title(&name)), ratios));
        }
    }

    let names: Vec<_> = cases[0].1.iter().map(|(name, _)| name.as_str()).collect();
    let ratio = |case: usize, contender: usize| cases[case].1[contender].1[0];
    let best = |case: usize| (1..names.len()).map(|peer| ratio(case, peer)).fold(0.0, f64::max);
    let gaps: Vec<_> = (0..cases.len()).map(|case| ratio(case, 0) - best(case)).collect();
    let mean = |contender| (0..cases.len()).map(|case| ratio(case, contender)).sum::<f64>() / cases.len() as f64;
    let mean_gap = gaps.iter().sum::<f64>() / gaps.len() as f64;

    let mut table = Table::new([""].iter().chain(&names).copied().chain(["larder less the best peer"]));
    for (case, (title, _)) in cases.iter().enumerate() {
        table.row(cells(title, (0..names.len()).map(|contender| ratio(case, contender)), gaps[case]));
    }
    table.row(cells("mean", (0..names.len()).map(mean), mean_gap));
    table.print();

    let peer = (1..names.len()).max_by(|one, other| mean(*one).total_cmp(&mean(*other))).expect("there are peers");
    let mut targets = Targets::new();
    let ahead = mean(0) - mean(peer);
    let what = format!("points of the mean ahead of the best peer, {}", names[peer]);
    targets.add(what, "> 0".to_owned(), format!("{ahead:+.2}"), ahead > 0.0);
    let mut gap = |cases: &str, gaps: &[f64]| {
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let what = format!("{cases}: mean gap to the best peer of each, in points");
        targets.add(what, ">= -0.6".to_owned(), format!("{mean:+.2}"), mean >= -0.6);
        let worst = gaps.iter().copied().fold(f64::INFINITY, f64::min);
        targets.add(format!("{cases}: the worst gap"), ">= -2".to_owned(), format!("{worst:+.2}"), worst >= -2.0);
    };
    gap("all cases", &gaps);
    let traced = cases.len() - traces::GENERATED.len() * PERCENTS.len();
    if traced > 0 {
        gap("traces alone", &gaps[..traced]);
    }
    targets.print();
}

fn cells(title: &str, ratios: impl Iterator<Item = f64>, gap: f64) -> Vec<String> {
    let mut cells = vec![title.to_owned()];
    cells.extend(ratios.map(|ratio| format!("{ratio:.2}")));
    cells.push(format!("{gap:+.2}"));
    cells
}

/// One trace and one size, over all contenders.
pub fn child(arguments: &[&str]) {
    let [name, percent] = arguments else { panic!("a trace and a size in percent") };
    let keys = traces::read(name);
    let different = keys.iter().collect::<HashSet<_>>().len();
    let capacity = (different * percent.parse::<usize>().expect("a size in percent") / 100).max(1);
    let mut contenders = vec![simple::larder(capacity)];
    contenders.extend(peers::bounded::<Number>(capacity));
    contenders.extend(peers::policies::<Number>(capacity));
    for contender in contenders {
        let before = runs();
        contender.pass(&keys);
        let misses = runs() - before;
        say(&contender.about.title(), &[100.0 - misses as f64 / keys.len() as f64 * 100.0]);
    }
}
