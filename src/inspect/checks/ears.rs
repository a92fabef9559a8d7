//! C11 ears: do both ears show?
//!
//! Share of bare skin in the strip right beside the face at the height of the ears, the smaller side (band `value`, ratio):
//! hair that hangs over an ear, or a turned head, leaves none. A suggestion: sideburns and shade look alike. Source:
//! graduation text (both ears visible); calibrated here. Limits: the standard's `ears.value`; standards that do not ask for
//! the ears switch it off. Cannot tell an ear from the skin of the neck behind it.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.1;

#[derive(Debug)]
pub struct Ears;

impl Check for Ears {
    fn id(&self) -> CheckId {
        CheckId::Ears
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(skin) = &context.measures.bare_skin else { return unknown(self.id(), "ratio") };
        let [left, right] = skin.beside_face;
        let judged = context
            .hold_value(self.id(), Some(left.min(right)), "ratio", SPREAD_RATIO)
            .at_worst(Verdict::Warn);
        let evidence = match judged.verdict {
            Verdict::Pass => Vec::new(),
            _ => skin.places[2..].iter().map(|place| Evidence::outline("ear", place.clone())).collect(),
        };
        judged.finding(self.id(), "F07", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{bare_skin, judged};

    #[test]
    fn two_ears_pass() {
        assert_eq!(judged(&Ears, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_covered_ear_is_pointed_out_but_never_fails() {
        let finding = judged(&Ears, |measures| bare_skin(measures).beside_face = [0.6, 0.0]);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Warn, Some("F07")));
    }
}
