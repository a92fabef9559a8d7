//! C18 glare: does a lamp mirror in the lenses?
//!
//! Where glasses are worn: share of the lens area that is burnt out and colourless, L* above 96 at a chroma
//! below 8 (ratio). Without glasses there is nothing to judge and the check passes. Source: graduation text
//! (no glare); starting values. Limits: the standard's `glare.value`. A suggestion: it never fails.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.003;
/// Probability of glasses from which lenses are looked at.
const WORN: f64 = 0.5;

#[derive(Debug)]
pub struct Glare;

impl Check for Glare {
    fn id(&self) -> CheckId {
        CheckId::Glare
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(glasses) = &context.measures.glasses else { return unknown(self.id(), "ratio") };
        let share = if glasses.any >= WORN { glasses.glare() } else { Some(0.0) };
        let judged = context.hold_value(self.id(), share, "ratio", SPREAD_RATIO).at_worst(Verdict::Warn);
        let evidence = match judged.verdict {
            Verdict::Pass => Vec::new(),
            _ => glasses.places.iter().skip(1).map(|lens| Evidence::outline("lens", lens.clone())).collect(),
        };
        judged.finding(self.id(), "A03", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{glasses, judged};
    use crate::inspect::measure::glasses::FEATURES;

    fn with(any: f64, glare: f64) -> Finding {
        judged(&Glare, |measures| {
            let worn = glasses(measures);
            worn.any = any;
            let index = FEATURES.iter().position(|name| *name == "glare").unwrap_or_default();
            worn.features.values[index] = glare;
        })
    }

    #[test]
    fn clear_lenses_and_bare_eyes_pass() {
        assert_eq!(with(0.99, 0.0).verdict, Verdict::Pass);
        assert_eq!(with(0.01, 0.2).verdict, Verdict::Pass);
    }

    #[test]
    fn glaring_lenses_are_pointed_out_but_never_fail() {
        assert_eq!(
            (with(0.99, 0.2).verdict, with(0.99, 0.2).reason.as_deref()),
            (Verdict::Warn, Some("A03"))
        );
    }
}
