//! C07 yaw: does the face look straight ahead, left to right?
//!
//! Two independent estimators: the mesh's cross axis in depth (degrees, band `value`) and the nose tip
//! between the cheeks, a = (dL − dR) / (dL + dR) (ratio, band `asymmetry`). A fail needs both to leave
//! their pass band towards the same side; one alone warns. Source: ISO/IEC 19794-5 (±5°), confirmation
//! rules of the postgraduate examination (±10°). Limits: the standard's `yaw` bands.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_DEG: f64 = 2.0;
const SPREAD_RATIO: f64 = 0.03;

#[derive(Debug)]
pub struct Yaw;

impl Check for Yaw {
    fn id(&self) -> CheckId {
        CheckId::Yaw
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let (Some(pose), Some(face)) = (&context.measures.pose, &context.measures.geometry) else {
            return unknown(self.id(), "deg");
        };
        let depth = Held { band: "value", value: Some(pose.yaw_deg), unit: "deg", spread: SPREAD_DEG };
        let plane =
            Held { band: "asymmetry", value: Some(pose.asymmetry), unit: "ratio", spread: SPREAD_RATIO };
        let both = [context.hold(self.id(), &[depth]), context.hold(self.id(), &[plane])];
        let agree = both.iter().all(|judged| judged.verdict >= Verdict::Warn)
            && pose.yaw_deg.signum() == pose.asymmetry.signum();
        let worst = context.hold(self.id(), &[depth, plane]);
        let judged = if agree { worst } else { worst.at_worst(Verdict::Warn) };
        let evidence = vec![
            Evidence::line("cheeks", face.cheek_left, face.cheek_right),
            Evidence::point("nose", face.nose_tip),
        ];
        judged.finding(self.id(), "G07", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, pose};

    #[test]
    fn a_frontal_face_passes() {
        assert_eq!(judged(&Yaw, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_turned_face_fails_when_both_estimators_say_so() {
        let turned = |yaw_deg: f64, asymmetry: f64| {
            judged(&Yaw, |measures| {
                pose(measures).yaw_deg = yaw_deg;
                pose(measures).asymmetry = asymmetry;
            })
            .verdict
        };
        assert_eq!(turned(30.0, 0.5), Verdict::Fail);
        assert_eq!(turned(30.0, 0.01), Verdict::Warn);
        assert_eq!(turned(30.0, -0.5), Verdict::Warn);
    }
}
