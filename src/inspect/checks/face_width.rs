//! C05 face width: is the face wide enough, and not too wide, in the finished photo?
//!
//! Cheek to cheek along the pupil line at the widest level between eyes and mouth, ears excluded, times
//! the crop's scale: output px. Source: graduation text (180–300 px of 480). Limits: the standard's
//! `face_width.value`.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Side, unknown};
use super::{Check, Context};

const SPREAD_PX: f64 = 4.0;

#[derive(Debug)]
pub struct FaceWidth;

impl Check for FaceWidth {
    fn id(&self) -> CheckId {
        CheckId::FaceWidth
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let (Some(solved), Some(face)) = (&context.measures.solved, &context.measures.geometry) else {
            return unknown(self.id(), "px");
        };
        let evidence = vec![Evidence::line("cheeks", face.cheek_left, face.cheek_right)];
        let judged = context.hold_value(self.id(), Some(f64::from(solved.crop.face_width)), "px", SPREAD_PX);
        let reason = if judged.side == Side::Below { "G04" } else { "G03" };
        judged.finding(self.id(), reason, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, solved};

    #[test]
    fn a_face_in_the_band_passes() {
        assert_eq!(judged(&FaceWidth, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn small_and_large_faces_fail_with_their_own_reason() {
        let of = |width: f32| {
            let finding = judged(&FaceWidth, |measures| solved(measures).crop.face_width = width);
            (finding.verdict, finding.reason)
        };
        assert_eq!(of(150.0), (Verdict::Fail, Some("G04".into())));
        assert_eq!(of(320.0), (Verdict::Fail, Some("G03".into())));
    }
}
