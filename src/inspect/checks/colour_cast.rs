//! C30 colour cast: is the skin's colour natural, and is there colour at all?
//!
//! Distance of the cheeks' mean a*, b* from the box a* 5–25, b* 5–35 (band `cheek`, CIELAB units), the b* of the
//! white of the eyes, which yellow light raises whatever the skin (band `eyes`, CIELAB units), and the
//! 95th percentile of the greatest difference between a skin pixel's channels (band `grey`, levels; a grey
//! picture has none). Source: OFIQ natural colour. Limits: the standard's `colour_cast` bands.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Held, unknown};
use super::{Check, Context};

#[derive(Debug)]
pub struct ColourCast;

impl Check for ColourCast {
    fn id(&self) -> CheckId {
        CheckId::ColourCast
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(light) = &context.measures.light else { return unknown(self.id(), "Lab") };
        let numbers = [
            Held { band: "grey", value: Some(light.channel_spread), unit: "levels", spread: 2.0 },
            Held { band: "cheek", value: Some(light.cast), unit: "Lab", spread: 0.8 },
            Held { band: "eyes", value: Some(light.eye_white_b), unit: "Lab", spread: 2.0 },
        ];
        let judged = context.hold(self.id(), &numbers);
        let reason = if judged.band == "grey" { "L08" } else { "L07" };
        let evidence = light.zones.iter().map(|(zone, _)| Evidence::rect("skin", *zone)).collect();
        judged.finding(self.id(), reason, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, light};

    #[test]
    fn natural_skin_passes() {
        assert_eq!(judged(&ColourCast, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_cast_and_a_grey_picture_fail_with_their_own_reason() {
        let cast = judged(&ColourCast, |measures| light(measures).cast = 15.0);
        assert_eq!((cast.verdict, cast.reason.as_deref()), (Verdict::Fail, Some("L07")));
        let yellow = judged(&ColourCast, |measures| light(measures).eye_white_b = 35.0);
        assert_eq!((yellow.verdict, yellow.reason.as_deref()), (Verdict::Warn, Some("L07")));
        let grey = judged(&ColourCast, |measures| light(measures).channel_spread = 0.0);
        assert_eq!((grey.verdict, grey.reason.as_deref()), (Verdict::Fail, Some("L08")));
    }
}
