//! C07 pitch: is the camera at eye height, the chin neither raised nor lowered?
//!
//! Two estimators by two models: the angle of the mesh's chin-to-forehead axis in depth, degrees, without the
//! mesh's own bias, positive is chin up (band `value`); and how far the detector's ear points lie below the
//! pupil line, eye distances, more as the chin rises (band `ears`). Either alone is thrown off by the shape of a
//! face, so a fail needs both to leave their pass band to the same side, and one alone warns only beyond its
//! warn band. Source: ISO/IEC 19794-5 (±5°), confirmation rules of the postgraduate examination (±10°).
//! Limits: the standard's `pitch` bands.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::{Held, Judged, unknown};
use super::{Check, Context};

const SPREAD_DEG: f64 = 4.0;
const SPREAD_EARS: f64 = 0.06;

#[derive(Debug)]
pub struct Pitch;

impl Check for Pitch {
    fn id(&self) -> CheckId {
        CheckId::Pitch
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let (Some(pose), Some(face)) = (&context.measures.pose, &context.measures.geometry) else {
            return unknown(self.id(), "deg");
        };
        let evidence =
            vec![Evidence::line("face_axis", face.eyes, face.chin), Evidence::point("nose", face.nose_tip)];
        let depth = Held { band: "value", value: Some(pose.pitch_deg), unit: "deg", spread: SPREAD_DEG };
        let ears = Held { band: "ears", value: pose.ear_drop, unit: "IED", spread: SPREAD_EARS };
        agreed(context.hold(self.id(), &[depth]), &context.hold(self.id(), &[ears])).finding(
            self.id(),
            "G08",
            evidence,
        )
    }
}

/// The mesh's judgement as far as the ears bear it out.
fn agreed(depth: Judged, ears: &Judged) -> Judged {
    match (depth.verdict, ears.verdict) {
        (Verdict::Warn | Verdict::Fail, Verdict::Warn | Verdict::Fail) if depth.side == ears.side => depth,
        (Verdict::Fail, _) => depth.at_worst(Verdict::Warn),
        (Verdict::Warn, Verdict::Pass | Verdict::Warn | Verdict::Fail) => depth.at_worst(Verdict::Pass),
        _ => depth,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, pose};
    use crate::inspect::measure::Measures;

    #[test]
    fn a_level_face_passes() {
        assert_eq!(judged(&Pitch, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_raised_chin_fails() {
        let raised = |measures: &mut Measures| {
            pose(measures).pitch_deg = 35.0;
            pose(measures).ear_drop = Some(0.8);
        };
        assert_eq!(judged(&Pitch, raised).verdict, Verdict::Fail);
    }

    #[test]
    fn what_only_one_estimator_sees_never_fails() {
        let with = |pitch_deg: f64, ear_drop: Option<f64>| {
            judged(&Pitch, |measures| {
                pose(measures).pitch_deg = pitch_deg;
                pose(measures).ear_drop = ear_drop;
            })
            .verdict
        };
        assert_eq!(with(7.0, Some(0.3)), Verdict::Pass);
        assert_eq!(with(35.0, Some(0.3)), Verdict::Warn);
        assert_eq!(with(35.0, Some(-0.2)), Verdict::Warn);
        assert_eq!((with(35.0, None), with(7.0, None)), (Verdict::Warn, Verdict::Warn));
        assert_eq!(with(1.0, Some(0.8)), Verdict::Pass);
    }
}
