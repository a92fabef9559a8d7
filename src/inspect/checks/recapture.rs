//! C35 recapture: was a screen or a print photographed?
//!
//! Value: strength of the strongest fine regular pattern over the face, as the natural logarithm of its power over the
//! median power of waves as fine as it (256 × 256 pixels of the unscaled photo, 0.09 to 0.46 cycles a pixel, off the
//! axes and off the frequencies of compression in blocks). Source: screens and raster prints are periodic, faces are not.
//! Limits: the standard's `recapture` band, calibrated. A suggestion, it never fails. Cannot see a screen or print whose
//! raster the camera no longer resolves, nor one that was scaled down afterwards; clothes are not looked at.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::{Check, Context};

#[derive(Debug)]
pub struct Recapture;

impl Check for Recapture {
    fn id(&self) -> CheckId {
        CheckId::Recapture
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let pattern = context.measures.pattern;
        let place = pattern.map(|pattern| Evidence::rect("pattern", pattern.place));
        let strength = pattern.map(|pattern| pattern.strength);
        let judged = context.hold_value(self.id(), strength, "log", 0.2).at_worst(Verdict::Warn);
        judged.finding(self.id(), "R01", place.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::judged;

    fn with_strength(strength: f64) -> Finding {
        judged(&Recapture, |measures| {
            if let Some(pattern) = &mut measures.pattern {
                pattern.strength = strength;
            }
        })
    }

    #[test]
    fn a_photo_of_a_person_passes() {
        assert_eq!(judged(&Recapture, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_raster_over_the_face_is_pointed_out_and_never_fails() {
        let screen = with_strength(12.0);
        assert_eq!((screen.verdict, screen.reason.as_deref()), (Verdict::Warn, Some("R01")));
        assert_eq!(screen.evidence.len(), 1);
    }

    #[test]
    fn a_picture_too_small_to_hold_one_is_unknown() {
        assert_eq!(judged(&Recapture, |measures| measures.pattern = None).verdict, Verdict::Unknown);
    }
}
