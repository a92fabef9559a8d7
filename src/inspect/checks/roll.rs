//! C06 roll: is the pupil line level?
//!
//! Slope of the line through both iris centres, in degrees, clockwise positive. Source: GB-style "eyes level" of the graduation text, ISO/IEC 19794-5 allows ±8°, centres ±5°.
//! Limits: the standard's `roll.value`.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::unknown;
use super::{Check, Context};

/// Repeatability of the iris line, degrees.
const SPREAD_DEG: f64 = 0.3;

#[derive(Debug)]
pub struct Roll;

impl Check for Roll {
    fn id(&self) -> CheckId {
        CheckId::Roll
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(face) = &context.measures.geometry else { return unknown(self.id(), "deg") };
        let evidence = vec![Evidence::line("pupils", face.eye_left, face.eye_right)];
        context.hold_value(self.id(), Some(face.roll_deg), "deg", SPREAD_DEG).finding(
            self.id(),
            "G06",
            evidence,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{self, judged};

    #[test]
    fn a_level_pupil_line_passes() {
        assert_eq!(judged(&Roll, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_tilted_head_fails() {
        let finding = judged(&Roll, |measures| fixture::face(measures).roll_deg = -12.0);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("G06")));
    }
}
