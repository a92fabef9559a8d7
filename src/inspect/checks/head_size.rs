//! C05 head size: does the head fill its share of the finished photo and leave body below?
//!
//! Crown to chin over the output height (band `head_ratio`) and chin to lower edge over the output height
//! (band `body_ratio`), both in the solved crop. Source: collection centres (head about one half, body
//! about one third); ISO/IEC 19794-5 uses other shares. Limits: the standard's `head_size` bands.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Held, Side, unknown};
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.008;

#[derive(Debug)]
pub struct HeadSize;

impl Check for HeadSize {
    fn id(&self) -> CheckId {
        CheckId::HeadSize
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let measures = context.measures;
        let (Some(solved), Some(face), Some(crown)) = (&measures.solved, &measures.geometry, measures.crown)
        else {
            return unknown(self.id(), "ratio");
        };
        let height = f64::from(context.standard.size.height_px);
        let chin = f64::from(solved.crop.to_output(face.chin).y);
        let ratio = |band, value| Held { band, value: Some(value), unit: "ratio", spread: SPREAD_RATIO };
        let numbers = [
            ratio("head_ratio", (chin - f64::from(solved.crop.crown_y)) / height),
            ratio("body_ratio", (height - chin) / height),
        ];
        let judged = context.hold(self.id(), &numbers);
        let small = judged.band == "head_ratio" && judged.side == Side::Below;
        let evidence = vec![Evidence::line("head", crown, face.chin)];
        judged.finding(self.id(), if small { "G04" } else { "G03" }, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, solved};

    #[test]
    fn an_average_head_passes() {
        assert_eq!(judged(&HeadSize, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_head_that_fills_the_frame_fails() {
        let finding = judged(&HeadSize, |measures| {
            let crop = &mut solved(measures).crop;
            (crop.x, crop.y, crop.scale, crop.crown_y) = (80.0, 60.0, 1.6, 30.0);
        });
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("G03")));
    }
}
