//! What was seen in many rounds, of each contender and of one beside another.

use std::fmt::{self, Display, Formatter};

use crate::rounds::{Shuffle, Spread};

/// For each round, a figure of each contender.
pub struct Figures(Vec<Vec<f64>>);

impl Figures {
    /// Gives each of the contenders its turn in each round, in another order each time.
    pub fn take(rounds: usize, contenders: usize, mut figure: impl FnMut(usize, usize) -> f64) -> Self {
        let mut shuffle = Shuffle(11);
        let mut round = |round| {
            let mut figures = vec![0.0; contenders];
            for index in shuffle.order(contenders) {
                figures[index] = figure(round, index);
            }
            figures
        };
        Self((0..rounds).map(&mut round).collect())
    }

    pub fn of(&self, index: usize) -> Cost {
        let each = || self.0.iter().map(|round| round[index]);
        Cost { least: each().fold(f64::INFINITY, f64::min), spread: Spread::of(each()) }
    }

    /// The figure of one divided by that of another, within each round.
    pub fn ratio(&self, index: usize, to: usize) -> Spread {
        Spread::of(self.0.iter().map(|round| round[index] / round[to]))
    }

    /// The figure of one less that of another, within each round.
    pub fn difference(&self, index: usize, to: usize) -> Spread {
        Spread::of(self.0.iter().map(|round| round[index] - round[to]))
    }

    /// What one takes more than another, divided by the same of two others, within each round. A round that was disturbed may
    /// be anything: only the median and the quartiles say something.
    pub fn ratio_of_differences(&self, (more, less): (usize, usize), to: (usize, usize)) -> Spread {
        Spread::of(self.0.iter().map(|round| (round[more] - round[less]) / (round[to.0] - round[to.1])))
    }

    /// The one with the lowest median of those that count.
    pub fn best(&self, counts: impl Fn(usize) -> bool) -> usize {
        let median = |index: &usize| self.of(*index).spread.median;
        let all = (0..self.0[0].len()).filter(|index| counts(*index));
        all.min_by(|one, other| median(one).total_cmp(&median(other))).expect("one of them counts")
    }
}

/// What a call costs, in nanoseconds unless a table says otherwise. It is written with one digit behind the point, or as
/// many as `{:.N}` asks for.
pub struct Cost {
    pub least: f64,
    pub spread: Spread,
}

impl Display for Cost {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Spread { low, median, high } = self.spread;
        let digits = f.precision().unwrap_or(1);
        write!(f, "{median:.digits$} ({:.digits$}; {low:.digits$} to {high:.digits$})", self.least)
    }
}
