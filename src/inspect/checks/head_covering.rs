//! C19 head covering: does a hat, cap, scarf or hood cover the head?
//!
//! Probability from the aligned head by a network trained on drawn headwear (see `measure::covering`, band `value`). A
//! suggestion, for the network is weak: of photographs of hats it finds some eight in nine, and one bare head in twelve is
//! taken for covered. A photo that ends below the hair passes where the forehead is bare up to the hairline
//! (`measure::forehead`) and is unknown otherwise. Source: every norm forbids head coverings, with exceptions for religion and
//! medicine that a person decides. Limits: the standard's `head_covering.value`. Cannot tell hair that lies like a cap from a
//! cap, nor what sits on hair that is not in the picture.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_PROBABILITY: f64 = 0.1;

#[derive(Debug)]
pub struct HeadCovering;

impl Check for HeadCovering {
    fn id(&self) -> CheckId {
        CheckId::HeadCovering
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(covering) = &context.measures.covering else { return unknown(self.id(), "probability") };
        let value = Some(covering.probability);
        let judged =
            context.hold_value(self.id(), value, "probability", SPREAD_PROBABILITY).at_worst(Verdict::Warn);
        let evidence = match judged.verdict {
            Verdict::Pass => Vec::new(),
            _ => vec![Evidence::outline("covering", covering.place.clone())],
        };
        judged.finding(self.id(), "A05", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{covering, judged};

    #[test]
    fn a_bare_head_passes() {
        assert_eq!(judged(&HeadCovering, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_hat_is_pointed_out_but_never_fails() {
        let with = |p: f64| judged(&HeadCovering, |measures| covering(measures).probability = p);
        assert_eq!((with(0.99).verdict, with(0.99).reason.as_deref()), (Verdict::Warn, Some("A05")));
        assert_eq!(judged(&HeadCovering, |measures| measures.covering = None).verdict, Verdict::Unknown);
    }
}
