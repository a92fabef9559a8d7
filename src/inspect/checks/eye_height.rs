//! C03 eye height: do the eyes stand at the right height of the finished photo?
//!
//! Row of the eye midpoint in the solved crop, output px from the top. Source: graduation text (200–300 px
//! of 640). Limits: the standard's `eye_height.value`.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_PX: f64 = 1.5;

#[derive(Debug)]
pub struct EyeHeight;

impl Check for EyeHeight {
    fn id(&self) -> CheckId {
        CheckId::EyeHeight
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let (Some(solved), Some(face)) = (&context.measures.solved, &context.measures.geometry) else {
            return unknown(self.id(), "px");
        };
        let evidence = vec![Evidence::line("eye_line", face.eye_left, face.eye_right)];
        let value = f64::from(solved.crop.eye_y);
        context.hold_value(self.id(), Some(value), "px", SPREAD_PX).finding(self.id(), "G01", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, solved};

    #[test]
    fn eyes_in_the_band_pass() {
        assert_eq!(judged(&EyeHeight, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn eyes_too_low_fail() {
        let finding = judged(&EyeHeight, |measures| solved(measures).crop.eye_y = 330.0);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("G01")));
    }
}
