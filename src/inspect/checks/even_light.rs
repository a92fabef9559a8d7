//! C25 even light: are both halves of the face lit alike?
//!
//! Median over 36 mirrored pairs of skin points of how many stops one side has more light than the other (band
//! `sides`, stops), and the darkest over the brightest of 0.3-eye-distance squares on forehead, cheeks and chin in linear
//! light (band `zones`, ratio). A point or square covered by hair or beard is left out. Source: ISO zones with the
//! one-half rule, which is one stop. Limits: the standard's `even_light` bands.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_STOPS: f64 = 0.1;
const SPREAD_RATIO: f64 = 0.03;

#[derive(Debug)]
pub struct EvenLight;

impl Check for EvenLight {
    fn id(&self) -> CheckId {
        CheckId::EvenLight
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(light) = &context.measures.light else { return unknown(self.id(), "stops") };
        let numbers = [
            Held { band: "sides", value: Some(light.side_stops.abs()), unit: "stops", spread: SPREAD_STOPS },
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
    fn a_half_lit_face_fails_from_either_side() {
        for stops in [1.8, -1.8] {
            let finding = judged(&EvenLight, |measures| light(measures).side_stops = stops);
            assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("L03")));
        }
    }

    #[test]
    fn a_shaded_forehead_is_a_shadow() {
        let finding = judged(&EvenLight, |measures| light(measures).zone_ratio = 0.2);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("L05")));
    }
}
