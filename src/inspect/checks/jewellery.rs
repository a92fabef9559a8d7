//! C20 jewellery: does something hang at an ear?
//!
//! Probability by a network trained on drawn earrings that looks beside both jaws (see `measure::earrings`, band `value`); the
//! surer side counts. Source: graduation text, no earrings or necklaces. Limits: the standard's `jewellery.value`, set so
//! that few bare ears are pointed at. A suggestion, it never fails: the network is weak and finds only the plainest. Cannot
//! see necklaces, rings, piercings elsewhere or earphones, nor what hair hides; unknown where no ear's place is in the picture
//! or fewer than 32 px lie between the eyes.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_PROBABILITY: f64 = 0.1;

#[derive(Debug)]
pub struct Jewellery;

impl Check for Jewellery {
    fn id(&self) -> CheckId {
        CheckId::Jewellery
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let surest = context.measures.earrings.as_ref().and_then(|earrings| earrings.surest());
        let Some(side) = surest else { return unknown(self.id(), "probability") };
        let value = Some(side.probability);
        let judged =
            context.hold_value(self.id(), value, "probability", SPREAD_PROBABILITY).at_worst(Verdict::Warn);
        let evidence = match judged.verdict {
            Verdict::Pass => Vec::new(),
            _ => vec![Evidence::outline("earring", side.place.clone())],
        };
        judged.finding(self.id(), "A06", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::judged;
    use crate::inspect::measure::earrings::{Earrings, Side};

    fn with(probabilities: [Option<f64>; 2]) -> Finding {
        let side = |probability| Side { probability, learned: 0.0, place: Vec::new() };
        let sides = probabilities.map(|probability| probability.map(side));
        judged(&Jewellery, |measures| measures.earrings = Some(Earrings { sides }))
    }

    #[test]
    fn bare_ears_pass() {
        assert_eq!(judged(&Jewellery, |_| ()).verdict, Verdict::Pass);
        assert_eq!(with([Some(0.1), None]).verdict, Verdict::Pass);
    }

    #[test]
    fn an_earring_on_either_side_is_pointed_out_but_never_fails() {
        for sides in [[Some(0.99), Some(0.01)], [Some(0.01), Some(0.99)], [None, Some(0.99)]] {
            let finding = with(sides);
            assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Warn, Some("A06")));
            assert_eq!(finding.evidence.len(), 1);
        }
    }

    #[test]
    fn ears_outside_the_picture_are_unknown() {
        assert_eq!(judged(&Jewellery, |measures| measures.earrings = None).verdict, Verdict::Unknown);
        assert_eq!(with([None, None]).verdict, Verdict::Unknown);
    }
}
