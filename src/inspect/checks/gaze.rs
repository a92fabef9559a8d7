//! C09 gaze: does the sitter look into the camera?
//!
//! Iris centre beside the middle between the corners of the eye over the eye's width, mean of both eyes:
//! sideways (band `sideways`) and downwards (band `downwards`), ratio. Source: ICAO Doc 9303 (looking at the
//! camera); limits calibrated on portraits. Limits: the standard's `gaze` bands. The weakest measure of the
//! field (some 20 % equal error), and a turned head shifts it: a suggestion, it never fails.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.03;

#[derive(Debug)]
pub struct Gaze;

impl Check for Gaze {
    fn id(&self) -> CheckId {
        CheckId::Gaze
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(irises) = &context.measures.irises else { return unknown(self.id(), "ratio") };
        let held = |band, value| Held { band, value: Some(value), unit: "ratio", spread: SPREAD_RATIO };
        let numbers = [held("sideways", irises.sideways), held("downwards", irises.downwards)];
        let evidence = irises.disks.iter().map(|(centre, _)| Evidence::point("iris", *centre)).collect();
        context.hold(self.id(), &numbers).at_worst(Verdict::Warn).finding(self.id(), "F04", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{irises, judged};

    #[test]
    fn a_straight_look_passes() {
        assert_eq!(judged(&Gaze, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_look_aside_is_pointed_out_but_never_fails() {
        let finding = judged(&Gaze, |measures| irises(measures).sideways = 0.4);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Warn, Some("F04")));
    }
}
