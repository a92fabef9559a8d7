//! C17 sunglasses: do dark or tinted lenses hide the eyes?
//!
//! Probability from the eye region (see `measure::glasses`): how much darker the lens area is than the
//! cheeks. No standard accepts such lenses, whatever it says of clear ones. Between the limits the model does
//! not know and says so. Source: every norm read; limits calibrated. Limits: the standard's
//! `sunglasses.value`. Cannot see a light tint.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_PROBABILITY: f64 = 0.1;

#[derive(Debug)]
pub struct Sunglasses;

impl Check for Sunglasses {
    fn id(&self) -> CheckId {
        CheckId::Sunglasses
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(glasses) = &context.measures.glasses else { return unknown(self.id(), "probability") };
        let mut judged = context.hold_value(self.id(), Some(glasses.dark), "probability", SPREAD_PROBABILITY);
        if judged.verdict == Verdict::Warn {
            judged.verdict = Verdict::Unknown;
        }
        let evidence = match judged.verdict {
            Verdict::Pass => Vec::new(),
            _ => glasses.places.iter().skip(1).map(|lens| Evidence::outline("lens", lens.clone())).collect(),
        };
        judged.finding(self.id(), "A02", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{glasses, judged};

    #[test]
    fn open_eyes_pass() {
        assert_eq!(judged(&Sunglasses, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn dark_lenses_fail_and_doubt_is_unknown() {
        let with = |dark: f64| judged(&Sunglasses, |measures| glasses(measures).dark = dark);
        assert_eq!((with(0.97).verdict, with(0.97).reason.as_deref()), (Verdict::Fail, Some("A02")));
        assert_eq!(with(0.5).verdict, Verdict::Unknown);
    }
}
