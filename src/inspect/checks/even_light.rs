//! C25 even light: are both halves of the face lit alike?
//!
//! Median linear luminance of 0.3-eye-distance squares: darker over brighter cheek (band `cheeks`) and
//! darkest over brightest of forehead, cheeks and chin (band `zones`), ratios. A square covered by hair or
//! beard is left out. Source: ISO zones with the one-half rule. Limits: the standard's `even_light` bands.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.03;

#[derive(Debug)]
pub struct EvenLight;

impl Check for EvenLight {
    fn id(&self) -> CheckId {
        CheckId::EvenLight
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(light) = &context.measures.light else { return unknown(self.id(), "ratio") };
        let numbers = [
            Held { band: "cheeks", value: Some(light.cheek_ratio), unit: "ratio", spread: SPREAD_RATIO },
            Held { band: "zones", value: Some(light.zone_ratio), unit: "ratio", spread: SPREAD_RATIO },
        ];
        let judged = context.hold(self.id(), &numbers);
        let reason = if judged.band == "zones" { "L05" } else { "L03" };
        let evidence = light.zones.iter().map(|(zone, _)| Evidence::rect("zone", *zone)).collect();
        judged.finding(self.id(), reason, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, light};

    #[test]
    fn even_light_passes() {
        assert_eq!(judged(&EvenLight, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_half_lit_face_fails() {
        let finding = judged(&EvenLight, |measures| light(measures).cheek_ratio = 0.3);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("L03")));
    }
}
