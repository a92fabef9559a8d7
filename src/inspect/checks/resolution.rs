//! C29 resolution: has the photo enough pixels for the finished one?
//!
//! Eye distance in the source (band `ied`, px) and the scale of the solved crop, output px per source px
//! (band `scale`, ratio; above 1 the photo is enlarged). Pixels alone prove little, since a small photo can be enlarged
//! before it is sent: the width w of the steepest eye edges at an eye distance of 120 px tells the eye distance
//! 270 px / w at which they would be as steep as edges can be (band `detail`, px). Source: ISO/IEC 19794-5 (90 px at
//! least); the centres refuse enlarged 1-inch pictures. Limits: the standard's `resolution` bands. Cannot tell an enlarged
//! photo from one out of focus; both lack the detail.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Held, unknown};
use super::{Check, Context};

/// Edge width at an eye distance of 120 px times the eye distance the picture really resolves, px²: the median of portraits
/// with 50 to 70 px between the eyes.
const EDGE_TIMES_DETAIL_PX2: f64 = 270.0;

#[derive(Debug)]
pub struct Resolution;

impl Check for Resolution {
    fn id(&self) -> CheckId {
        CheckId::Resolution
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(face) = &context.measures.geometry else { return unknown(self.id(), "px") };
        let scale = context.measures.solved.as_ref().map(|solved| f64::from(solved.crop.scale));
        let numbers = [
            Held { band: "ied", value: Some(face.ied_px), unit: "px", spread: 0.5 },
            Held { band: "scale", value: scale, unit: "ratio", spread: 0.01 },
        ];
        let detail = context.measures.sharpness.map(|sharpness| EDGE_TIMES_DETAIL_PX2 / sharpness.edge_px);
        let resolved =
            detail.map(|detail| Held { band: "detail", value: Some(detail), unit: "px", spread: 6.0 });
        let numbers: Vec<Held<'_>> = numbers.into_iter().chain(resolved).collect();
        let evidence = vec![Evidence::line("eye_distance", face.eye_left, face.eye_right)];
        context.hold(self.id(), &numbers).finding(self.id(), "Q02", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, sharpness, solved};

    #[test]
    fn enough_pixels_pass() {
        assert_eq!(judged(&Resolution, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_small_photo_enlarged_before_it_was_sent_is_seen() {
        let with = |edge_px: f64| judged(&Resolution, |measures| sharpness(measures).edge_px = edge_px);
        assert_eq!(with(2.0).verdict, Verdict::Pass);
        assert_eq!((with(4.2).verdict, with(6.0).verdict), (Verdict::Warn, Verdict::Fail));
        assert_eq!(with(6.0).reason.as_deref(), Some("Q02"));
    }

    #[test]
    fn an_enlarged_picture_fails() {
        let finding = judged(&Resolution, |measures| solved(measures).crop.scale = 2.0);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("Q02")));
    }
}
