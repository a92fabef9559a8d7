//! C04 crown margin: is there enough, and not too much, above the hair?
//!
//! Row of the crown in the solved crop, output px from the top; the crown is the top of the matte after
//! stray hairs are removed. A head that touches the photo's own upper edge fails whatever the row.
//! Source: graduation text (50–110 px of 640). Limits: the standard's `crown_margin.value`.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_PX: f64 = 3.0;

#[derive(Debug)]
pub struct CrownMargin;

impl Check for CrownMargin {
    fn id(&self) -> CheckId {
        CheckId::CrownMargin
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let (Some(solved), Some(crown)) = (&context.measures.solved, context.measures.crown) else {
            return unknown(self.id(), "px");
        };
        let mut judged = context.hold_value(self.id(), Some(f64::from(solved.crop.crown_y)), "px", SPREAD_PX);
        if context.measures.touches.top {
            judged.verdict = Verdict::Fail;
        }
        judged.finding(self.id(), "G02", vec![Evidence::point("crown", crown)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, solved};

    #[test]
    fn a_crown_in_the_band_passes() {
        assert_eq!(judged(&CrownMargin, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_cut_head_fails_whatever_the_row() {
        assert_eq!(judged(&CrownMargin, |measures| measures.touches.top = true).verdict, Verdict::Fail);
    }

    #[test]
    fn too_much_room_above_fails() {
        assert_eq!(
            judged(&CrownMargin, |measures| solved(measures).crop.crown_y = 140.0).verdict,
            Verdict::Fail
        );
    }
}
