//! C27 red eye: did a flash make the pupils red?
//!
//! Share of the less red iris whose red exceeds green and blue together at a* above 25 (ratio). Source:
//! ISO/IEC 19794-5 and the graduation text (no red eyes); starting values. Limits: the standard's
//! `red_eye.value`. Cannot see the white or golden reflex of a flash.

use crate::inspect::{CheckId, Evidence, Finding};
use crate::photo::Rect;

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.02;

#[derive(Debug)]
pub struct RedEye;

impl Check for RedEye {
    fn id(&self) -> CheckId {
        CheckId::RedEye
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(irises) = &context.measures.irises else { return unknown(self.id(), "ratio") };
        let evidence = irises
            .disks
            .iter()
            .map(|(centre, radius)| {
                let side = 2.0 * radius;
                Evidence::rect("iris", Rect::new(centre.x - radius, centre.y - radius, side, side))
            })
            .collect();
        context.hold_value(self.id(), irises.red_share, "ratio", SPREAD_RATIO).finding(
            self.id(),
            "L06",
            evidence,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{irises, judged};

    #[test]
    fn natural_irises_pass() {
        assert_eq!(judged(&RedEye, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn red_irises_fail_and_tiny_ones_are_unknown() {
        let finding = judged(&RedEye, |measures| irises(measures).red_share = Some(0.6));
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("L06")));
        assert_eq!(judged(&RedEye, |measures| irises(measures).red_share = None).verdict, Verdict::Unknown);
    }
}
