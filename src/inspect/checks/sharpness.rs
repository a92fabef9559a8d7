//! C28 sharpness: is the face in focus and still?
//!
//! Median 10–90 % width of the steepest edges around eyes and brows at an eye distance of 120 px (px).
//! Source: edge width as in slanted-edge practice; figures calibrated here. Limits: the standard's
//! `sharpness.value`.

use crate::inspect::{CheckId, Evidence, Finding};
use crate::photo::{Point, Rect};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_PX: f64 = 0.2;

#[derive(Debug)]
pub struct Sharpness;

impl Check for Sharpness {
    fn id(&self) -> CheckId {
        CheckId::Sharpness
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(face) = &context.measures.geometry else { return unknown(self.id(), "px") };
        let edge_px = context.measures.sharpness.map(|sharpness| sharpness.edge_px);
        let ied = face.ied_px as f32;
        let corner = Point::new(face.eyes.x - ied, face.eyes.y - 0.45 * ied);
        let evidence = vec![Evidence::rect("eyes", Rect::new(corner.x, corner.y, 2.0 * ied, 0.8 * ied))];
        context.hold_value(self.id(), edge_px, "px", SPREAD_PX).finding(self.id(), "Q01", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, sharpness};

    #[test]
    fn a_sharp_face_passes() {
        assert_eq!(judged(&Sharpness, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_blurred_face_fails() {
        let finding = judged(&Sharpness, |measures| sharpness(measures).edge_px = 9.0);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("Q01")));
    }
}
