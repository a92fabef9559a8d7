//! C07 pitch: is the camera at eye height, the chin neither raised nor lowered?
//!
//! Angle of the mesh's chin-to-forehead axis in depth, degrees, without the model's own bias; positive is
//! chin up. Source: ISO/IEC 19794-5 (±5°), confirmation rules of the postgraduate examination (±10°).
//! Limits: the standard's `pitch.value`.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_DEG: f64 = 4.0;

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
        context.hold_value(self.id(), Some(pose.pitch_deg), "deg", SPREAD_DEG).finding(
            self.id(),
            "G08",
            evidence,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, pose};

    #[test]
    fn a_level_face_passes() {
        assert_eq!(judged(&Pitch, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_raised_chin_fails() {
        assert_eq!(judged(&Pitch, |measures| pose(measures).pitch_deg = 35.0).verdict, Verdict::Fail);
    }
}
