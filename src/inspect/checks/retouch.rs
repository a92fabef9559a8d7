//! C36 retouch: was the skin smoothed?
//!
//! How many times, in doublings, the strongest fine detail of the eyes exceeds the typical fine detail of the skin
//! (band `value`, log2; detail is what a Gaussian of 2 px takes away at an eye distance of 120 px). Filters that smooth skin
//! spare the eyes; blur and compression take from both. Source: graduation text, no retouching. Limits: the standard's
//! `retouch.value`, calibrated on portraits smoothed by us. A suggestion, it never fails: thick make-up smooths as well.
//! Cannot see reshaping, nor light smoothing, nor any on a face of less than 60 px between the eyes.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};
use crate::photo::{Point, Rect};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_LOG2: f64 = 0.3;
/// The cheeks, which are pointed at: half width, top and height in eye distances.
const CHEEKS: (f32, f32, f32) = (0.75, 0.35, 0.6);

#[derive(Debug)]
pub struct Retouch;

impl Check for Retouch {
    fn id(&self) -> CheckId {
        CheckId::Retouch
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(face) = &context.measures.geometry else { return unknown(self.id(), "log2") };
        let value = context.measures.smoothing.map(|smoothing| smoothing.eyes_over_skin);
        let judged = context.hold_value(self.id(), value, "log2", SPREAD_LOG2).at_worst(Verdict::Warn);
        let (ied, (half, top, height)) = (face.ied_px as f32, CHEEKS);
        let corner = Point::new(face.eyes.x - half * ied, face.eyes.y + top * ied);
        let cheeks = Rect::new(corner.x, corner.y, 2.0 * half * ied, height * ied);
        let evidence = match judged.verdict {
            Verdict::Warn => vec![Evidence::rect("skin", cheeks)],
            _ => Vec::new(),
        };
        judged.finding(self.id(), "R02", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::judged;
    use crate::inspect::measure::smoothing::Smoothing;

    #[test]
    fn natural_skin_passes() {
        assert_eq!(judged(&Retouch, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn smoothed_skin_is_pointed_out_and_never_fails() {
        let smoothed = Some(Smoothing { eyes_over_skin: 6.0 });
        let finding = judged(&Retouch, |measures| measures.smoothing = smoothed);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Warn, Some("R02")));
        assert_eq!(finding.evidence.len(), 1);
    }

    #[test]
    fn a_small_face_is_unknown() {
        assert_eq!(judged(&Retouch, |measures| measures.smoothing = None).verdict, Verdict::Unknown);
    }
}
