//! C10 mouth closed: are the lips together and the teeth hidden?
//!
//! Largest gap of the inner lips over T, the distance from the pupil line to the chin (ratio, band `gap`),
//! and the bright colourless area between the lips over the mouth's area (ratio, band `teeth`). A smile
//! with closed lips passes. Source: OFIQ (closed ≤ 0.009, open ≥ 0.05); the graduation text asks for
//! closed lips. Limits: the standard's `mouth_closed` bands.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_GAP: f64 = 0.004;
const SPREAD_TEETH: f64 = 0.01;

#[derive(Debug)]
pub struct MouthClosed;

impl Check for MouthClosed {
    fn id(&self) -> CheckId {
        CheckId::MouthClosed
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(mouth) = &context.measures.mouth else { return unknown(self.id(), "ratio") };
        let numbers = [
            Held { band: "gap", value: Some(mouth.gap_per_face), unit: "ratio", spread: SPREAD_GAP },
            Held { band: "teeth", value: Some(mouth.teeth_share), unit: "ratio", spread: SPREAD_TEETH },
        ];
        let evidence = vec![Evidence::outline("mouth", mouth.opening.clone())];
        context.hold(self.id(), &numbers).finding(self.id(), "F05", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, mouth};

    #[test]
    fn closed_lips_pass() {
        assert_eq!(judged(&MouthClosed, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn an_open_mouth_and_teeth_fail() {
        assert_eq!(
            judged(&MouthClosed, |measures| mouth(measures).gap_per_face = 0.08).verdict,
            Verdict::Fail
        );
        let teeth = judged(&MouthClosed, |measures| mouth(measures).teeth_share = 0.2);
        assert_eq!((teeth.verdict, teeth.reason.as_deref()), (Verdict::Fail, Some("F05")));
    }
}
