//! C06 roll: is the pupil line level?
//!
//! Slope of the line through both iris centres, in degrees, clockwise positive (band
//! `value`), cross-checked by the line from forehead to chin (band `lean`), which also sees a head that is
//! turned and tilted at once. Source: GB-style "eyes level" of the graduation text, ISO/IEC 19794-5 allows ±8°, centres ±5°.
//! Limits: the standard's `roll` bands.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Held, unknown};
use super::{Check, Context};

/// Repeatability of the iris line and of the face's middle line, degrees.
const SPREAD_DEG: f64 = 0.3;
const SPREAD_LEAN_DEG: f64 = 1.0;

#[derive(Debug)]
pub struct Roll;

impl Check for Roll {
    fn id(&self) -> CheckId {
        CheckId::Roll
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(face) = &context.measures.geometry else { return unknown(self.id(), "deg") };
        let evidence = vec![Evidence::line("pupils", face.eye_left, face.eye_right)];
        let numbers = [
            Held { band: "value", value: Some(face.roll_deg), unit: "deg", spread: SPREAD_DEG },
            Held { band: "lean", value: Some(face.lean_deg), unit: "deg", spread: SPREAD_LEAN_DEG },
        ];
        context.hold(self.id(), &numbers).finding(self.id(), "G06", evidence)
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
