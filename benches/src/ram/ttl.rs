//! What a ttl costs a hit. Statistics cannot be switched off, so what they cost is in both figures.

use crate::clock::hit;
use crate::contender::{About, Contender, LARDER};
use crate::figures::Figures;
use crate::keys::{hot, uniform};
use crate::report::{Table, Targets};
use crate::shape::Number;
use crate::{ROUNDS, annotated};

pub fn measure() {
    let contenders = [
        Contender::new(About::new(LARDER, "ttl = \"1h\"").ttl().bound(), annotated::number),
        Contender::new(About::new(LARDER, "ttl = \"forever\"").bound(), annotated::number_forever),
    ];
    let patterns = [("hot key", hot::<Number>()), ("10,000 keys", uniform::<Number>())];
    let figures: Vec<_> = patterns
        .iter()
        .map(|(_, keys)| Figures::take(ROUNDS, contenders.len(), |_, index| hit(&contenders[index], keys)))
        .collect();

    let before = annotated::number::stats().hits;
    contenders[0].pass(&patterns[0].1);
    let counted = annotated::number::stats().hits - before;
    assert_eq!(counted, patterns[0].1.len() as u64, "statistics count every hit");

    println!("## Parts of a hit: the ttl\n\nns a call: median (minimum; quartiles)\n");
    let mut table = Table::new(["", patterns[0].0, patterns[1].0]);
    for (index, contender) in contenders.iter().enumerate() {
        let mut cells = vec![contender.about.title()];
        cells.extend(figures.iter().map(|figures| figures.of(index).to_string()));
        table.row(cells);
    }
    table.print();

    let mut targets = Targets::new();
    for ((keys, _), figures) in patterns.iter().zip(&figures) {
        targets.at_most(format!("{keys}: ns that a ttl adds"), 0.5, &figures.difference(0, 1));
    }
    targets.print();
}
