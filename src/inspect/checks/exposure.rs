//! C24 exposure: is the face neither too dark nor too bright?
//!
//! Median L* of the facial skin; where it is dark but the white of the eyes and the whole picture are not, what the white
//! of the eyes lets expect instead, because skin tone must not decide (band `lightness`, L*). A face that is not clearly
//! light (band `light_face`, L*) must be in a picture in which something is (band `brightest`, L* that a hundredth of the
//! picture exceeds): a stop too little light leaves nothing bright anywhere. Shares of skin pixels with a channel from 250
//! on and with luma up to 25 (bands `clipped_high` and `clipped_low`, ratio), and of the person, clothes included, that is
//! white in all channels (band `burnt_person`, ratio). A dark face of which some part is well lit (band `lit_part`, L* that
//! two hundredths of the face exceed) is lit unevenly rather than too little: here it only warns. Source: OFIQ's exposure measures; figures calibrated here.
//! Limits: the standard's `exposure` bands. Cannot see a stop too much light on dark skin in dark clothes.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::{Held, Side, unknown};
use super::{Check, Context};

const SPREAD_L: f64 = 1.5;

#[derive(Debug)]
pub struct Exposure;

impl Check for Exposure {
    fn id(&self) -> CheckId {
        CheckId::Exposure
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let measures = context.measures;
        let (Some(light), Some(scene)) = (&measures.light, &measures.scene) else {
            return unknown(self.id(), "L*");
        };
        let lightness = light.fair_lightness(scene.brightest);
        let of = |band, value, unit, spread| Held { band, value: Some(value), unit, spread };
        let mut numbers = vec![
            of("lightness", lightness, "L*", SPREAD_L),
            of("clipped_high", light.clipped_high, "ratio", 0.01),
            of("clipped_low", light.clipped_low, "ratio", 0.02),
            of("burnt_person", scene.burnt_person, "ratio", 0.01),
        ];
        let light_face = context.hold(self.id(), &[of("light_face", lightness, "L*", SPREAD_L)]);
        if light_face.verdict != Verdict::Pass {
            numbers.push(of("brightest", scene.brightest, "L*", SPREAD_L));
        }
        let judged = context.hold(self.id(), &numbers);
        let dark = judged.band == "clipped_low" || judged.side == Side::Below;
        let lit = of("lit_part", light.brightest, "L*", SPREAD_L);
        let partly_lit = context.hold(self.id(), &[lit]).verdict == Verdict::Pass;
        let judged = if dark && partly_lit { judged.at_worst(Verdict::Warn) } else { judged };
        let evidence = light.zones.iter().map(|(zone, _)| Evidence::rect("skin", *zone)).collect();
        judged.finding(self.id(), if dark { "L01" } else { "L02" }, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{judged, light, scene};

    #[test]
    fn a_well_lit_face_passes() {
        assert_eq!(judged(&Exposure, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn dark_and_burnt_faces_fail_with_their_own_reason() {
        let dark = judged(&Exposure, |measures| {
            let face = light(measures);
            (face.lightness, face.eye_white, face.brightest) = (20.0, 22.0, 40.0);
        });
        assert_eq!((dark.verdict, dark.reason.as_deref()), (Verdict::Fail, Some("L01")));
        let dark_skin = judged(&Exposure, |measures| light(measures).lightness = 20.0);
        assert_eq!(dark_skin.verdict, Verdict::Pass);
        let burnt = judged(&Exposure, |measures| light(measures).clipped_high = 0.3);
        assert_eq!((burnt.verdict, burnt.reason.as_deref()), (Verdict::Fail, Some("L02")));
    }

    #[test]
    fn a_face_of_middling_lightness_needs_something_bright_in_the_picture() {
        let with = |lightness: f64, brightest: f64| {
            judged(&Exposure, |measures| {
                light(measures).lightness = lightness;
                scene(measures).brightest = brightest;
            })
        };
        assert_eq!(with(50.0, 98.0).verdict, Verdict::Pass);
        assert_eq!(with(66.0, 70.0).verdict, Verdict::Pass);
        let dim = with(50.0, 72.0);
        assert_eq!((dim.verdict, dim.reason.as_deref()), (Verdict::Warn, Some("L01")));
    }

    #[test]
    fn a_face_half_in_the_shade_is_not_failed_as_too_dark() {
        let with = |brightest: f64| {
            judged(&Exposure, |measures| {
                let face = light(measures);
                (face.lightness, face.eye_white, face.brightest) = (25.0, 27.0, brightest);
            })
            .verdict
        };
        assert_eq!((with(55.0), with(86.0)), (Verdict::Fail, Verdict::Warn));
    }

    #[test]
    fn burnt_out_clothes_are_pointed_at() {
        let burnt = judged(&Exposure, |measures| scene(measures).burnt_person = 0.4);
        assert_eq!((burnt.verdict, burnt.reason.as_deref()), (Verdict::Warn, Some("L02")));
    }
}
