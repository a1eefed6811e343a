//! Rows of what takes a turn in each round, and their figures.

use larder_benches::figures::Figures;
use larder_benches::report::Table;

/// A line of a table: its name, and what a call costs in a turn of the round with this number.
pub struct Row<'a> {
    pub name: String,
    cost: Box<dyn Fn(usize) -> f64 + 'a>,
}

impl<'a> Row<'a> {
    pub fn new(name: impl Into<String>, cost: impl Fn(usize) -> f64 + 'a) -> Self {
        Self { name: name.into(), cost: Box::new(cost) }
    }
}

/// Gives all of them their turns.
pub fn take(rounds: usize, rows: &[Row<'_>]) -> Figures {
    // What is first done once is no part of a figure.
    for row in rows {
        (row.cost)(rounds);
    }
    Figures::take(rounds, rows.len(), |round, index| (rows[index].cost)(round))
}

/// A table of the rows, beside the first of them.
pub fn print(rows: &[Row<'_>], figures: &Figures) {
    let mut table = Table::new(["", "a call", &format!("beside {}", rows[0].name)]);
    for (index, row) in rows.iter().enumerate() {
        let cost = format!("{:.2}", figures.of(index));
        table.row(vec![row.name.clone(), cost, format!("{:.2}", figures.ratio(index, 0).median)]);
    }
    table.print();
}
