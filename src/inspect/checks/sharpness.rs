//! C28 sharpness: is the face in focus and still?
//!
//! Median 10–90 % width of the steepest edges around eyes and brows at an eye distance of 120 px (band `value`, px), and how
//! many times wider the edges across one direction are than those across the other (band `motion`, ratio): a camera or
//! head that moved blurs one direction. Source: edge width as in slanted-edge practice; figures calibrated here. Limits: the
//! standard's `sharpness` bands; motion only warns. Cannot see motion along a diagonal, which widens both alike.

use crate::inspect::{CheckId, Evidence, Finding};
use crate::photo::{Point, Rect};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_PX: f64 = 0.2;
const SPREAD_RATIO: f64 = 0.15;

#[derive(Debug)]
pub struct Sharpness;

impl Check for Sharpness {
    fn id(&self) -> CheckId {
        CheckId::Sharpness
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(face) = &context.measures.geometry else { return unknown(self.id(), "px") };
        let sharpness = context.measures.sharpness;
        let numbers = [
            Held {
                band: "value",
                value: sharpness.map(|sharpness| sharpness.edge_px),
                unit: "px",
                spread: SPREAD_PX,
            },
            Held {
                band: "motion",
                value: sharpness.map(|sharpness| sharpness.anisotropy.max(1.0 / sharpness.anisotropy)),
                unit: "ratio",
                spread: SPREAD_RATIO,
            },
        ];
        let ied = face.ied_px as f32;
        let corner = Point::new(face.eyes.x - ied, face.eyes.y - 0.45 * ied);
        let evidence = vec![Evidence::rect("eyes", Rect::new(corner.x, corner.y, 2.0 * ied, 0.8 * ied))];
        context.hold(self.id(), &numbers).finding(self.id(), "Q01", evidence)
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
    fn edges_blurred_in_one_direction_are_motion() {
        for anisotropy in [3.0, 1.0 / 3.0] {
            let finding = judged(&Sharpness, |measures| sharpness(measures).anisotropy = anisotropy);
            assert_eq!((finding.verdict, finding.unit.as_str()), (Verdict::Warn, "ratio"));
        }
    }

    #[test]
    fn a_blurred_face_fails() {
        let finding = judged(&Sharpness, |measures| sharpness(measures).edge_px = 9.0);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("Q01")));
    }
}
