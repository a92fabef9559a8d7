//! C02 centring: does the face stand in the middle of the finished photo?
//!
//! The eye midpoint's or the cheek midpoint's sideways offset from the middle of the solved crop, whichever
//! is further off, over the output width (ratio, positive to the right). Source: ISO/IEC 19794-5 (eyes at 0.45–0.55 of the width); the
//! graduation text asks for symmetry. Limits: the standard's `centre.value`.

use crate::inspect::{CheckId, Evidence, Finding};
use crate::photo::Point;

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.004;

#[derive(Debug)]
pub struct Centre;

impl Check for Centre {
    fn id(&self) -> CheckId {
        CheckId::Centre
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let (Some(solved), Some(face)) = (&context.measures.solved, &context.measures.geometry) else {
            return unknown(self.id(), "ratio");
        };
        let width = f64::from(context.standard.size.width_px);
        let offset = |point: Point| f64::from(solved.crop.to_output(point).x) / width - 0.5;
        let cheeks = face.cheek_left.midpoint(face.cheek_right);
        let (eyes, cheeks) = (offset(face.eyes), offset(cheeks));
        let value = if eyes.abs() >= cheeks.abs() { eyes } else { cheeks };
        let middle = (width / 2.0) as f32;
        let bottom = context.standard.size.height_px as f32;
        let axis =
            (solved.crop.to_photo(Point::new(middle, 0.0)), solved.crop.to_photo(Point::new(middle, bottom)));
        let evidence = vec![Evidence::line("axis", axis.0, axis.1), Evidence::point("eyes", face.eyes)];
        context.hold_value(self.id(), Some(value), "ratio", SPREAD_RATIO).finding(self.id(), "G05", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, solved};

    #[test]
    fn a_centred_face_passes() {
        assert_eq!(judged(&Centre, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_face_off_the_middle_fails() {
        let finding = judged(&Centre, |measures| solved(measures).crop.x -= 60.0);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("G05")));
    }
}
