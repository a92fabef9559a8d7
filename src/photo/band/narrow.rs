//! Closes in on the fineness at which a file's weight crosses a limit, with as few weighings as it can.

use crate::photo::baseline::TableScale;

/// A file that fills its band up to this share is not improved any more.
pub(super) const CLOSE_SHARE: f64 = 0.02;
/// The power of the scale with which a photo's bytes shrink, for the first guess.
pub(super) const USUAL_POWER: f64 = 0.7;
/// Flatter than this a curve says nothing about where it meets a limit.
const LEAST_POWER: f64 = 0.05;

/// A fineness and the weight of its file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weighed {
    pub scale: u32,
    pub bytes: u64,
}

/// The finenesses around a limit: `finer` is too heavy, `coarser` is not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bracket {
    pub finer: Option<Weighed>,
    pub coarser: Option<Weighed>,
    /// The power of the scale with which the bytes shrank between the last two weighings.
    pub power: Option<f64>,
}

impl Bracket {
    /// What is known, the finer first.
    pub fn sides(&self) -> impl Iterator<Item = Weighed> {
        self.finer.into_iter().chain(self.coarser)
    }

    /// The scales between what is known, within `ends`; nothing when there are none.
    fn open(&self, (finest, coarsest): (u32, u32)) -> Option<(u32, u32)> {
        let from = self.finer.map_or(finest, |at| TableScale(at.scale).alike().1 + 1);
        let to = match self.coarser {
            Some(at) => TableScale(at.scale).alike().0.checked_sub(1)?,
            None => coarsest,
        };
        (from <= to).then_some((from, to))
    }
}

/// What a search looks for, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal {
    /// More than this is too heavy.
    pub limit: u64,
    /// Where a search steps: inside what is close enough.
    pub aim: u64,
}

impl Goal {
    /// The most that does not exceed `limit`.
    pub fn below(limit: u64) -> Self {
        Self { limit, aim: limit - share(limit, CLOSE_SHARE / 2.0) }
    }
}

/// Closes in on the scale at which the weight crosses the goal's limit, from `ends` (the finest and the coarsest scale).
///
/// `guess` says which scale to weigh next where it knows better than a power law through what is known. Ends when
/// `close` is content, when neighbouring scales lie on both sides, or at an end that never crosses.
pub(super) fn narrow(
    mut bracket: Bracket,
    ends: (u32, u32),
    goal: Goal,
    close: impl Fn(&Bracket) -> bool,
    guess: impl Fn(&Bracket, (u32, u32)) -> Option<u32>,
    weigh: impl Fn(u32) -> Weighed,
) -> Bracket {
    while !close(&bracket) {
        let Some(open) = bracket.open(ends) else { break };
        let scale = guess(&bracket, open).unwrap_or_else(|| by_power(&bracket, open.0, goal.aim));
        let weighed = weigh(scale.clamp(open.0, open.1));
        // Where both sides are known they tell the power themselves.
        let last = bracket.finer.or(bracket.coarser);
        bracket.power = last.and_then(|last| power_between(last, weighed)).or(bracket.power);
        if weighed.bytes > goal.limit {
            bracket.finer = Some(weighed);
        } else {
            bracket.coarser = Some(weighed);
        }
    }
    bracket
}

/// Where a power law through what is known comes to `aim`; `finest` where nothing is known.
fn by_power(bracket: &Bracket, finest: u32, aim: u64) -> u32 {
    let usual = bracket.power.unwrap_or(USUAL_POWER);
    match (bracket.finer, bracket.coarser) {
        (None, None) => finest,
        (Some(at), None) | (None, Some(at)) => aim_from(at, aim, usual),
        (Some(fine), Some(coarse)) => {
            let power = power_between(fine, coarse).unwrap_or(USUAL_POWER);
            // Never so near an end that the other stays far off.
            let inside = (coarse.scale - fine.scale) / 16;
            aim_from(fine, aim, power).clamp(fine.scale + inside, coarse.scale - inside)
        }
    }
}

/// Where the weight comes to `aim` if it shrinks with this power of the scale.
pub(super) fn aim_from(at: Weighed, aim: u64, power: f64) -> u32 {
    let log = |value: u64| (value.max(1) as f64).ln();
    (log(at.scale.into()) + (log(at.bytes) - log(aim)) / power).exp().clamp(0.0, f64::from(u32::MAX)) as u32
}

/// The power of the scale with which the bytes shrink from one weighing to another; nothing where they do not.
fn power_between(one: Weighed, other: Weighed) -> Option<f64> {
    let ratio = |a: f64, b: f64| (a.max(1.0) / b.max(1.0)).ln();
    let power = ratio(one.bytes as f64, other.bytes as f64) / ratio(other.scale.into(), one.scale.into());
    (power.is_finite() && power > LEAST_POWER).then_some(power)
}

pub(super) fn share(bytes: u64, share: f64) -> u64 {
    (bytes as f64 * share) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose weight falls as the square root of the scale, as far as the tables differ.
    fn weight(scale: u32) -> Weighed {
        let finest_alike = TableScale(scale).alike().0;
        Weighed { scale, bytes: (3_000_000.0 / f64::from(finest_alike.max(1)).sqrt()) as u64 }
    }

    fn exact(limit: u64) -> Bracket {
        narrow(Bracket::default(), (1000, 20_000), Goal::below(limit), |_| false, |_, _| None, weight)
    }

    #[test]
    fn the_crossing_is_found_to_the_last_change_of_the_tables() {
        for limit in [22_000, 40_000, 60_000, 94_000] {
            let found = exact(limit);
            let (finer, coarser) = (found.finer.unwrap(), found.coarser.unwrap());
            assert_eq!(TableScale(finer.scale).alike().1 + 1, TableScale(coarser.scale).alike().0);
            assert!(finer.bytes > limit && coarser.bytes <= limit);
        }
    }

    #[test]
    fn an_end_that_never_crosses_is_told() {
        assert_eq!(exact(1_000_000).coarser.unwrap().scale, 1000);
        let heavy = exact(100);
        assert!(heavy.coarser.is_none() && heavy.finer.unwrap().scale == 20_000);
    }

    #[test]
    fn few_weighings_come_close() {
        let count = std::cell::Cell::new(0);
        let enough = 40_000 - share(40_000, CLOSE_SHARE);
        let close = |found: &Bracket| found.coarser.is_some_and(|at| at.bytes >= enough);
        narrow(
            Bracket::default(),
            (1000, 20_000),
            Goal::below(40_000),
            close,
            |_, _| None,
            |scale| {
                count.set(count.get() + 1);
                weight(scale)
            },
        );
        assert!(count.get() <= 6, "{}", count.get());
    }
}
