//! Tables in markdown, and which targets were met.

use crate::rounds::{Spread, met};

/// A table of texts, with its columns as wide as they have to be.
pub struct Table(Vec<Vec<String>>);

impl Table {
    pub fn new<Head: Into<String>>(heads: impl IntoIterator<Item = Head>) -> Self {
        Self(vec![heads.into_iter().map(Into::into).collect()])
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.0.push(cells);
    }

    /// The first column to the left, the others to the right.
    pub fn print(&self) {
        let width = |column: usize| self.0.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3);
        let widths: Vec<_> = (0..self.0[0].len()).map(width).collect();
        for (number, row) in self.0.iter().enumerate() {
            let cell = |(column, cell): (usize, &String)| {
                let width = widths[column];
                if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            };
            println!("| {} |", row.iter().enumerate().map(cell).collect::<Vec<_>>().join(" | "));
            if number == 0 {
                let rule = |(column, width): (usize, &usize)| {
                    if column == 0 { "-".repeat(*width) } else { format!("{}:", "-".repeat(width - 1)) }
                };
                println!("| {} |", widths.iter().enumerate().map(rule).collect::<Vec<_>>().join(" | "));
            }
        }
        println!();
    }
}

/// What was wanted, and what was seen: the median and the quartiles, unless it says otherwise.
pub struct Targets(Table);

impl Default for Targets {
    fn default() -> Self {
        Self(Table::new(["target", "wanted", "seen", "verdict"]))
    }
}

impl Targets {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn at_most(&mut self, what: impl Into<String>, most: f64, seen: &Spread) {
        self.add(what.into(), format!("<= {most}"), seen.to_string(), seen.median <= most);
    }

    pub fn at_least(&mut self, what: impl Into<String>, least: f64, seen: &Spread) {
        self.add(what.into(), format!(">= {least}"), seen.to_string(), seen.median >= least);
    }

    pub fn add(&mut self, what: String, wanted: String, seen: String, is_met: bool) {
        self.0.row(vec![what, wanted, seen, met(is_met).to_owned()]);
    }

    /// What cannot be measured here.
    pub fn unknown(&mut self, what: String, wanted: String, why: &str) {
        self.0.row(vec![what, wanted, why.to_owned(), "not measured".to_owned()]);
    }

    pub fn print(&self) {
        self.0.print();
    }
}

/// Whether it can do something, as tables say it.
pub fn mark(can: bool) -> String {
    if can { "yes" } else { "" }.to_owned()
}
