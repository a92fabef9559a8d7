//! C13 hair: does hair, or anything else, cover the brows?
//!
//! Share of bare skin in the strip right above each brow, the smaller one (band `brows`, ratio): a fringe that reaches the
//! brows covers it. A suggestion: scars, dark shade and wrinkles look alike. Source: graduation text and ISO (brows
//! visible); calibrated here. Limits: the standard's `hair_occlusion` bands. Cannot see single strands, hair over the eyes
//! or over the cheeks.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::{Held, unknown};
use super::{Check, Context};

#[derive(Debug)]
pub struct HairOcclusion;

impl Check for HairOcclusion {
    fn id(&self) -> CheckId {
        CheckId::HairOcclusion
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(skin) = &context.measures.bare_skin else { return unknown(self.id(), "ratio") };
        let [left, right] = skin.above_brows;
        let numbers = [Held { band: "brows", value: Some(left.min(right)), unit: "ratio", spread: 0.08 }];
        let judged = context.hold(self.id(), &numbers).at_worst(Verdict::Warn);
        let evidence = match judged.verdict {
            Verdict::Pass => Vec::new(),
            _ => skin.places[..2].iter().map(|place| Evidence::outline("brow", place.clone())).collect(),
        };
        judged.finding(self.id(), "F08", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{bare_skin, judged};

    #[test]
    fn a_clear_forehead_passes() {
        assert_eq!(judged(&HairOcclusion, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_fringe_over_one_brow_is_pointed_out_but_never_fails() {
        let finding = judged(&HairOcclusion, |measures| bare_skin(measures).above_brows = [0.0, 0.9]);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Warn, Some("F08")));
    }
}
