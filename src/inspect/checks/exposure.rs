//! C24 exposure: is the face neither too dark nor too bright?
//!
//! Median L* of the facial skin, or the white of the eyes less 8 where that is more (band `lightness`, L*), and the shares of skin pixels with luma ≥ 247 and
//! ≤ 25 (bands `clipped_high` and `clipped_low`, ratio). The eyes are asked because skin tone
//! must not decide. Source: OFIQ's exposure measures; figures calibrated here. Limits: the standard's
//! `exposure` bands.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Held, Side, unknown};
use super::{Check, Context};

#[derive(Debug)]
pub struct Exposure;

impl Check for Exposure {
    fn id(&self) -> CheckId {
        CheckId::Exposure
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(light) = &context.measures.light else { return unknown(self.id(), "L*") };
        let numbers = [
            Held { band: "lightness", value: Some(light.fair_lightness()), unit: "L*", spread: 1.5 },
            Held { band: "clipped_high", value: Some(light.clipped_high), unit: "ratio", spread: 0.005 },
            Held { band: "clipped_low", value: Some(light.clipped_low), unit: "ratio", spread: 0.02 },
        ];
        let judged = context.hold(self.id(), &numbers);
        let dark = judged.band == "clipped_low" || (judged.band == "lightness" && judged.side == Side::Below);
        let evidence = light.zones.iter().map(|(zone, _)| Evidence::rect("skin", *zone)).collect();
        judged.finding(self.id(), if dark { "L01" } else { "L02" }, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, light};

    #[test]
    fn a_well_lit_face_passes() {
        assert_eq!(judged(&Exposure, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn dark_and_burnt_faces_fail_with_their_own_reason() {
        let dark = judged(&Exposure, |measures| {
            light(measures).lightness = 20.0;
            light(measures).eye_white = 22.0;
        });
        assert_eq!((dark.verdict, dark.reason.as_deref()), (Verdict::Fail, Some("L01")));
        let dark_skin = judged(&Exposure, |measures| light(measures).lightness = 20.0);
        assert_eq!(dark_skin.verdict, Verdict::Pass);
        let burnt = judged(&Exposure, |measures| light(measures).clipped_high = 0.3);
        assert_eq!((burnt.verdict, burnt.reason.as_deref()), (Verdict::Fail, Some("L02")));
    }
}
