//! C28b compression: has the photo kept its detail, or only blocks?
//!
//! Band `quality`: the JPEG quality read back from the luma table (libjpeg scale). Band `former`: the quality of an
//! earlier compression, read from the pixels (`measure::former`), however fine the last one is. Band `blocks`: mean step
//! across the borders of the 8 × 8 blocks over that inside them (ratio, 1 without compression), which a
//! better encoding afterwards does not undo. Source: graduation text (quality 60 or more); blockiness after
//! Wang, Sheikh and Bovik (2002), calibrated here. Limits: the standard's `compression` bands. Cannot see
//! hard compression that was followed by scaling.

use crate::inspect::{CheckId, Finding};

use super::judge::{Held, unknown};
use super::{Check, Context};

#[derive(Debug)]
pub struct Compression;

impl Check for Compression {
    fn id(&self) -> CheckId {
        CheckId::Compression
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let blocks = context.measures.blocks.map(|blocks| blocks.ratio);
        let quality = context.file.jpeg_quality.map(f64::from);
        let mut numbers = vec![Held { band: "blocks", value: blocks, unit: "ratio", spread: 0.03 }];
        // A picture that is no JPEG has no table; its pixels still tell what it was before.
        if quality.is_some() {
            numbers.push(Held { band: "quality", value: quality, unit: "quality", spread: 0.5 });
        }
        // A picture without a sure trace was never compressed that hard, or was scaled or cropped since.
        if let Some(trace) = context.measures.former.and_then(|former| former.whole) {
            let value = Some(f64::from(trace.quality));
            numbers.push(Held { band: "former", value, unit: "quality", spread: 0.5 });
        }
        if blocks.is_none() && quality.is_none() {
            return unknown(self.id(), "ratio");
        }
        let judged = context.hold(self.id(), &numbers);
        judged.finding(self.id(), "Q03", Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, judged_file};
    use crate::inspect::measure::blocks::Blocks;
    use crate::inspect::measure::former::{Former, Trace};

    #[test]
    fn a_camera_jpeg_passes() {
        assert_eq!(judged(&Compression, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn visible_blocks_and_a_low_table_fail() {
        let blocky = judged(&Compression, |measures| measures.blocks = Some(Blocks { ratio: 2.5 }));
        assert_eq!((blocky.verdict, blocky.reason.as_deref()), (Verdict::Fail, Some("Q03")));
        assert_eq!(judged_file(&Compression, |file| file.jpeg_quality = Some(15)).verdict, Verdict::Fail);
    }

    #[test]
    fn a_hard_compression_behind_a_fine_one_fails() {
        let after = |quality| {
            let whole = Some(Trace { quality, nearness: 0.9 });
            judged(&Compression, |measures| measures.former = Some(Former { whole, apart: None }))
        };
        assert_eq!(
            [75, 50, 20].map(|quality| after(quality).verdict),
            [Verdict::Pass, Verdict::Warn, Verdict::Fail]
        );
        assert_eq!((after(20).value, after(20).unit.as_str()), (Some(20.0), "quality"));
    }

    #[test]
    fn without_pixels_to_judge_it_does_not_pass() {
        assert_eq!(judged(&Compression, |measures| measures.blocks = None).verdict, Verdict::Unknown);
    }
}
