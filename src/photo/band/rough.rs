//! Where a file's weight comes to a goal, by weights that cost a fraction of the exact ones.

use std::cell::{Cell, RefCell};

use super::Kind;
use super::narrow::{Bracket, Goal, Weighed, narrow, share};

/// Rough weights as near to the goal as this are as good as the goal itself.
const CLOSE_SHARE: f64 = 0.007;
/// A guess that missed after so many exact weights is not followed any more.
const TRUSTED: u32 = 3;

/// Rough weights and what the exact ones said of them.
pub(super) struct RoughWeights<W> {
    /// Of the files weighed.
    pub kind: Kind,
    /// Where to begin.
    usual: u32,
    of_scale: W,
    /// As they were weighed, finest first.
    known: RefCell<Vec<Weighed>>,
    /// By what a rough weight is multiplied to come to the exact one: the two hardly part nearby.
    ratio: Cell<f64>,
    exact: Cell<u32>,
}

impl<W: Fn(u32) -> u64> RoughWeights<W> {
    pub fn new(kind: Kind, usual: u32, of_scale: W) -> Self {
        Self { kind, usual, of_scale, known: RefCell::default(), ratio: Cell::new(1.0), exact: Cell::new(0) }
    }

    /// Takes an exact weight into account.
    pub fn learn(&self, exact: Weighed) {
        self.ratio.set(exact.bytes as f64 / self.raw(exact.scale).max(1) as f64);
        self.exact.set(self.exact.get() + 1);
    }

    /// About where between `ends` the weight comes to the goal; nothing once that was wrong too often.
    pub fn guess(&self, ends: (u32, u32), goal: Goal) -> Option<u32> {
        if self.exact.get() >= TRUSTED {
            return None;
        }
        let near = |at: &Weighed| at.bytes.abs_diff(goal.aim) <= share(goal.aim, CLOSE_SHARE);
        let close = |found: &Bracket| found.sides().any(|at| near(&at));
        let first = |known: &Bracket, _: (u32, u32)| known.sides().next().is_none().then_some(self.usual);
        let found = narrow(self.around(ends, goal), ends, goal, close, first, |scale| self.weigh(scale));
        found.sides().min_by_key(|at| at.bytes.abs_diff(goal.aim)).map(|at| at.scale)
    }

    /// What is known around the goal.
    fn around(&self, (finest, coarsest): (u32, u32), goal: Goal) -> Bracket {
        let known = self.known.borrow();
        let inside =
            known.iter().filter(|at| (finest..=coarsest).contains(&at.scale)).map(|at| self.scaled(*at));
        let (finer, coarser): (Vec<_>, Vec<_>) = inside.partition(|at| at.bytes > goal.limit);
        Bracket { finer: finer.last().copied(), coarser: coarser.first().copied(), power: None }
    }

    /// About the weight.
    pub fn weigh(&self, scale: u32) -> Weighed {
        self.scaled(Weighed { scale, bytes: self.raw(scale) })
    }

    fn scaled(&self, at: Weighed) -> Weighed {
        Weighed { bytes: (at.bytes as f64 * self.ratio.get()) as u64, ..at }
    }

    fn raw(&self, scale: u32) -> u64 {
        let place = self.known.borrow().binary_search_by_key(&scale, |at| at.scale);
        match place {
            Ok(place) => self.known.borrow()[place].bytes,
            Err(place) => {
                let bytes = (self.of_scale)(scale);
                self.known.borrow_mut().insert(place, Weighed { scale, bytes });
                bytes
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::encode::Subsampling;

    #[test]
    fn what_an_exact_weight_said_moves_the_next_guess_without_weighing_anew() {
        let weighed = Cell::new(0);
        let rough = RoughWeights::new(
            Kind { subsampling: Subsampling::Chroma420, optimized_tables: true },
            2400,
            |scale| {
                weighed.set(weighed.get() + 1);
                (3_000_000.0 / f64::from(scale).sqrt()) as u64
            },
        );
        let goal = Goal::below(50_000);
        let at = rough.guess((1000, 20_000), goal).unwrap();
        assert!((3580..3720).contains(&at), "{at}");
        // A tenth heavier than it seemed: coarser by a fifth.
        rough.learn(Weighed { scale: at, bytes: (rough.weigh(at).bytes as f64 * 1.1) as u64 });
        let before = weighed.get();
        let next = rough.guess((at + 1, 20_000), goal).unwrap();
        assert!((4300..4540).contains(&next), "{next}");
        assert!(weighed.get() <= before + 3, "{}", weighed.get());
    }

    #[test]
    fn a_guess_that_was_wrong_too_often_is_not_followed() {
        let rough = RoughWeights::new(
            Kind { subsampling: Subsampling::Chroma444, optimized_tables: true },
            2400,
            |_| 9,
        );
        (0..TRUSTED).for_each(|_| rough.learn(Weighed { scale: 2400, bytes: 9 }));
        assert_eq!(rough.guess((1000, 20_000), Goal::below(5)), None);
    }
}
