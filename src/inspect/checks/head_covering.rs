//! C19 head covering: does a hat, cap, scarf or hood cover the head?
//!
//! Probability from the aligned head by a network trained on drawn headwear (see `measure::covering`). Between the limits
//! the network does not know and says so; so does a photo that ends at the forehead. Source: every norm forbids head
//! coverings, with exceptions for religion and medicine that a person decides. Limits: the standard's
//! `head_covering.value`. Cannot tell hair bands and clips, which cover nothing, from narrow scarves.

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
        let mut judged = context.hold_value(self.id(), value, "probability", SPREAD_PROBABILITY);
        if judged.verdict == Verdict::Warn {
            judged.verdict = Verdict::Unknown;
        }
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
    fn a_hat_fails_and_doubt_is_unknown() {
        let with = |p: f64| judged(&HeadCovering, |measures| covering(measures).probability = p);
        assert_eq!((with(0.99).verdict, with(0.99).reason.as_deref()), (Verdict::Fail, Some("A05")));
        assert_eq!(with(0.5).verdict, Verdict::Unknown);
        assert_eq!(judged(&HeadCovering, |measures| measures.covering = None).verdict, Verdict::Unknown);
    }
}
