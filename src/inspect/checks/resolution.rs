//! C29 resolution: has the photo enough pixels for the finished one?
//!
//! Eye distance in the source (band `ied`, px) and the scale of the solved crop, output px per source px
//! (band `scale`, ratio; above 1 the photo is enlarged). Source: ISO/IEC 19794-5 (90 px at least); the
//! centres refuse enlarged 1-inch pictures. Limits: the standard's `resolution` bands.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Held, unknown};
use super::{Check, Context};

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
        let evidence = vec![Evidence::line("eye_distance", face.eye_left, face.eye_right)];
        context.hold(self.id(), &numbers).finding(self.id(), "Q02", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, solved};

    #[test]
    fn enough_pixels_pass() {
        assert_eq!(judged(&Resolution, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn an_enlarged_picture_fails() {
        let finding = judged(&Resolution, |measures| solved(measures).crop.scale = 2.0);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("Q02")));
    }
}
