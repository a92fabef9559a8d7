//! Closes in on the fineness at which a file's weight crosses a limit, with as few weighings as it can.

/// A file that fills its band up to this share is not improved any more.
pub(super) const CLOSE_SHARE: f64 = 0.003;
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
    /// Where to weigh first.
    pub first: Option<u32>,
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
/// Ends when `close` is content, when neighbouring scales lie on both sides, or at an end that never crosses.
pub(super) fn narrow(
    mut bracket: Bracket,
    ends: (u32, u32),
    goal: Goal,
    close: impl Fn(&Bracket) -> bool,
    weigh: impl Fn(u32) -> Weighed,
) -> Bracket {
    while !close(&bracket) {
        let Some(scale) = next_scale(&bracket, ends, goal.aim) else { break };
        let weighed = weigh(scale);
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

/// Where to weigh next: where a power law through what is known comes to `aim`, kept inside the bracket.
fn next_scale(bracket: &Bracket, (finest, coarsest): (u32, u32), aim: u64) -> Option<u32> {
    let from = bracket.finer.map_or(finest, |at| at.scale + 1);
    let to = match bracket.coarser {
        Some(at) if at.scale <= finest => return None,
        Some(at) => at.scale - 1,
        None => coarsest,
    };
    if from > to {
        return None;
    }
    let usual = bracket.power.unwrap_or(USUAL_POWER);
    let guess = match (bracket.finer, bracket.coarser) {
        (None, None) => bracket.first.unwrap_or(finest),
        (Some(at), None) | (None, Some(at)) => aim_from(at, aim, usual),
        (Some(fine), Some(coarse)) => {
            let power = power_between(fine, coarse).unwrap_or(USUAL_POWER);
            // Never so near an end that the other stays far off.
            let inside = (coarse.scale - fine.scale) / 16;
            aim_from(fine, aim, power).clamp(fine.scale + inside, coarse.scale - inside)
        }
    };
    Some(guess.clamp(from, to))
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

    /// A picture whose weight falls as the square root of the scale.
    fn weight(scale: u32) -> Weighed {
        Weighed { scale, bytes: (3_000_000.0 / f64::from(scale.max(1)).sqrt()) as u64 }
    }

    fn exact(limit: u64) -> Bracket {
        narrow(Bracket::default(), (1000, 20_000), Goal::below(limit), |_| false, weight)
    }

    #[test]
    fn the_crossing_is_found_to_the_last_step() {
        for limit in [22_000, 40_000, 60_000, 94_000] {
            let found = exact(limit);
            let (finer, coarser) = (found.finer.unwrap(), found.coarser.unwrap());
            assert_eq!(finer.scale + 1, coarser.scale);
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
        let close = |found: &Bracket| found.coarser.is_some_and(|at| at.bytes >= 39_880);
        narrow(Bracket::default(), (1000, 20_000), Goal::below(40_000), close, |scale| {
            count.set(count.get() + 1);
            weight(scale)
        });
        assert!(count.get() <= 6, "{}", count.get());
    }
}
