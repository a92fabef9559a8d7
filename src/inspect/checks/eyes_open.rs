//! C08 eyes open: are both eyes open?
//!
//! Largest lid gap of the narrower eye over T, the distance from the pupil line to the chin (ratio, band
//! `value`). Narrow eyes are not closed eyes: the fail is softened to a warning when the lids leave as
//! much of the iris free as in an open eye. Source: OFIQ (open ≥ 0.050, closed 0.023). Limits: the
//! standard's `eyes_open.value` and, for the visible share of the iris, `eyes_open.iris`.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.004;
const SPREAD_SHARE: f64 = 0.06;

#[derive(Debug)]
pub struct EyesOpen;

impl Check for EyesOpen {
    fn id(&self) -> CheckId {
        CheckId::EyesOpen
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(eyes) = &context.measures.eyes else { return unknown(self.id(), "ratio") };
        let narrower = eyes.narrower();
        let gap =
            Held { band: "value", value: Some(narrower.gap_per_face), unit: "ratio", spread: SPREAD_RATIO };
        let iris =
            Held { band: "iris", value: Some(narrower.iris_share), unit: "ratio", spread: SPREAD_SHARE };
        let iris_is_free = context.hold(self.id(), &[iris]).verdict == Verdict::Pass;
        let judged = context.hold(self.id(), &[gap]);
        let judged = if iris_is_free { judged.at_worst(Verdict::Warn) } else { judged };
        let evidence = vec![
            Evidence::outline("eye_left", eyes.left.outline.clone()),
            Evidence::outline("eye_right", eyes.right.outline.clone()),
        ];
        judged.finding(self.id(), "F03", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{eyes, judged};

    #[test]
    fn open_eyes_pass() {
        assert_eq!(judged(&EyesOpen, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn one_closed_eye_fails() {
        let finding = judged(&EyesOpen, |measures| {
            eyes(measures).left.gap_per_face = 0.008;
            eyes(measures).left.iris_share = 0.1;
        });
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("F03")));
    }

    #[test]
    fn a_narrow_eye_with_a_free_iris_only_warns() {
        let finding = judged(&EyesOpen, |measures| {
            eyes(measures).left.gap_per_face = 0.008;
            eyes(measures).left.iris_share = 0.9;
        });
        assert_eq!(finding.verdict, Verdict::Warn);
    }
}
