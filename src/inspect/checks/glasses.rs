//! C17 glasses: does the sitter wear glasses the standard does not allow?
//!
//! Probability from the eye region (see `measure::glasses`). Under `forbid` any glasses count, under
//! `allow_clean` only lenses that hide the eyes, under `ignore` none. Below the pass limit there are none,
//! above the warn limit there are; in between the model does not know and says so. Source: the 2017 text
//! keeps habitual glasses, collection centres forbid them since 2024. Limits: the standard's
//! `glasses.value`.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};
use crate::standard::GlassesPolicy;

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_PROBABILITY: f64 = 0.1;

#[derive(Debug)]
pub struct Glasses;

impl Check for Glasses {
    fn id(&self) -> CheckId {
        CheckId::Glasses
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(glasses) = &context.measures.glasses else { return unknown(self.id(), "probability") };
        let policy = context.standard.glasses;
        let probability = if policy == GlassesPolicy::AllowClean { glasses.dark } else { glasses.any };
        let mut judged = context.hold_value(self.id(), Some(probability), "probability", SPREAD_PROBABILITY);
        if judged.verdict == Verdict::Warn {
            judged.verdict = Verdict::Unknown;
        }
        if policy == GlassesPolicy::Ignore && judged.verdict != Verdict::Unknown {
            judged = judged.at_worst(Verdict::Pass);
        }
        let reason = if glasses.dark > 0.5 { "A02" } else { "A01" };
        let evidence = match judged.verdict {
            Verdict::Pass => Vec::new(),
            _ => glasses.places.iter().map(|place| Evidence::outline("glasses", place.clone())).collect(),
        };
        judged.finding(self.id(), reason, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{glasses, judged};

    #[test]
    fn a_bare_face_passes() {
        assert_eq!(judged(&Glasses, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn forbidden_glasses_fail_and_doubt_is_unknown() {
        let with = |any: f64| judged(&Glasses, |measures| glasses(measures).any = any);
        assert_eq!((with(0.99).verdict, with(0.99).reason.as_deref()), (Verdict::Fail, Some("A01")));
        assert_eq!(with(0.5).verdict, Verdict::Unknown);
    }
}
