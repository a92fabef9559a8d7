//! C12 shoulders: are both in the picture, and level?
//!
//! Slope of the line through both shoulders on the matte, beside the neck from 1.35 to 2.1 eye distances
//! (band `slope`, deg), and how many shoulders there are (band `present`). Source: graduation text
//! (shoulders balanced); 8 degrees in other open checkers; starting values. Limits: the standard's
//! `shoulders` bands. Long hair and loose clothes move the line: a suggestion, it never fails.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_DEG: f64 = 1.5;

#[derive(Debug)]
pub struct Shoulders;

impl Check for Shoulders {
    fn id(&self) -> CheckId {
        CheckId::Shoulders
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(shoulders) = &context.measures.shoulders else { return unknown(self.id(), "deg") };
        let present = Held {
            band: "present",
            value: Some(f64::from(shoulders.present)),
            unit: "shoulders",
            spread: 0.2,
        };
        let slope = Held { band: "slope", value: shoulders.slope_deg, unit: "deg", spread: SPREAD_DEG };
        let missing = context.hold(self.id(), &[present]);
        let (judged, reason) = if missing.verdict == Verdict::Pass {
            (context.hold(self.id(), &[slope]), "G09")
        } else {
            (missing, "G10")
        };
        let evidence =
            shoulders.line.iter().map(|(from, to)| Evidence::line("shoulders", *from, *to)).collect();
        judged.at_worst(Verdict::Warn).finding(self.id(), reason, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{judged, shoulders};

    #[test]
    fn level_shoulders_pass() {
        assert_eq!(judged(&Shoulders, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn sloping_and_missing_shoulders_are_pointed_out() {
        let sloping = judged(&Shoulders, |measures| shoulders(measures).slope_deg = Some(12.0));
        assert_eq!((sloping.verdict, sloping.reason.as_deref()), (Verdict::Warn, Some("G09")));
        let missing = judged(&Shoulders, |measures| shoulders(measures).present = 1);
        assert_eq!((missing.verdict, missing.reason.as_deref()), (Verdict::Warn, Some("G10")));
    }

    #[test]
    fn a_picture_that_ends_at_the_neck_is_unknown() {
        assert_eq!(judged(&Shoulders, |measures| measures.shoulders = None).verdict, Verdict::Unknown);
    }
}
