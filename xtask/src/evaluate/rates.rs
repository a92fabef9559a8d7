//! A confusion of two by two and what follows from it.

use serde::Serialize;

/// Counts of photos with and without the fault, flagged or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Confusion {
    pub caught: usize,
    pub missed: usize,
    pub false_alarms: usize,
    pub passed: usize,
}

impl Confusion {
    pub fn add(&mut self, faulty: bool, flagged: bool) {
        match (faulty, flagged) {
            (true, true) => self.caught += 1,
            (true, false) => self.missed += 1,
            (false, true) => self.false_alarms += 1,
            (false, false) => self.passed += 1,
        }
    }

    pub fn total(&self) -> usize {
        self.caught + self.missed + self.false_alarms + self.passed
    }

    /// Share of the faulty photos that were flagged.
    pub fn recall(&self) -> Option<f64> {
        share(self.caught, self.caught + self.missed)
    }

    /// Share of the good photos that were flagged.
    pub fn false_reject_rate(&self) -> Option<f64> {
        share(self.false_alarms, self.false_alarms + self.passed)
    }

    /// Mean of the two shares that were judged rightly; needs photos of both kinds.
    pub fn balanced_accuracy(&self) -> Option<f64> {
        Some((self.recall()? + 1.0 - self.false_reject_rate()?) / 2.0)
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_accuracy_weighs_both_kinds_alike() {
        let confusion = Confusion { caught: 9, missed: 1, false_alarms: 20, passed: 80 };
        assert_eq!(confusion.balanced_accuracy(), Some(0.85));
        assert_eq!(Confusion { caught: 1, ..Confusion::default() }.balanced_accuracy(), None);
    }
}
