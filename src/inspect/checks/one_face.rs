//! C31 one face: is exactly one person in the photo?
//!
//! Faces the detector is sure of and that are at least a fifth as large in area as the sitter's count, and so
//! do smaller ones down to a fortieth of which it is very sure (faces, band `value`); other small ones are
//! shown and warn. Source: every standard asks for one person; shares and scores calibrated on photos with a
//! bystander. Limits: the standard's `one_face.value`.

use crate::inspect::face::DetectedFace;
use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::{Check, Context};

/// Detector score from which a second face counts, and from which a small one does.
const SURE: f32 = 0.6;
const VERY_SURE: f32 = 0.8;
/// Area over the sitter's face from which another face counts, and from which it is pointed at.
const COUNTED_AREA: f32 = 0.2;
const SMALL_AREA: f32 = 0.025;
/// Belief of the mesh below which the one face found may be none.
const SURE_PRESENCE: f64 = 0.5;

#[derive(Debug)]
pub struct OneFace;

impl Check for OneFace {
    fn id(&self) -> CheckId {
        CheckId::OneFace
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let measures = context.measures;
        let main_area = measures.faces.first().map_or(0.0, |face| face.rect.area());
        let at_least = |score: f32, share: f32| {
            move |face: &&DetectedFace| face.score >= score && face.rect.area() >= share * main_area
        };
        let counts = |face: &&DetectedFace| {
            at_least(SURE, COUNTED_AREA)(face) || at_least(VERY_SURE, SMALL_AREA)(face)
        };
        let others = measures.faces.get(1..).unwrap_or_default();
        let counted = measures.faces.len().min(1) + others.iter().filter(counts).count();
        let mut judged = context.hold_value(self.id(), Some(counted as f64), "faces", 0.3);
        let shown: Vec<&DetectedFace> = others.iter().filter(at_least(SURE, SMALL_AREA)).collect();
        if judged.verdict == Verdict::Pass && !shown.is_empty() {
            judged.verdict = Verdict::Warn;
        }
        if judged.verdict == Verdict::Pass && measures.presence < SURE_PRESENCE {
            judged.verdict = Verdict::Unknown;
        }
        judged.confidence = confidence(counted, measures.presence, measures.faces.first());
        let main = measures.faces.first().map(|face| Evidence::rect("sitter", face.rect));
        let evidence =
            main.into_iter().chain(shown.iter().map(|face| Evidence::rect("other", face.rect))).collect();
        judged.finding(self.id(), if counted == 0 { "F02" } else { "F01" }, evidence)
    }
}

/// The models' own belief in the face; nothing better is known when there is none.
fn confidence(counted: usize, presence: f64, main: Option<&DetectedFace>) -> f64 {
    let score = main.map_or(0.0, |face| f64::from(face.score));
    if counted == 0 { 0.9 } else { presence.min(score).clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{another_face, judged};

    #[test]
    fn one_face_passes() {
        assert_eq!(judged(&OneFace, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn no_face_and_two_faces_fail_with_their_own_reason() {
        let none = judged(&OneFace, |measures| measures.faces.clear());
        assert_eq!((none.verdict, none.reason.as_deref()), (Verdict::Fail, Some("F02")));
        let two = judged(&OneFace, |measures| another_face(measures, 0.8));
        assert_eq!((two.verdict, two.value, two.reason.as_deref()), (Verdict::Fail, Some(2.0), Some("F01")));
    }

    #[test]
    fn a_small_face_behind_warns_and_fails_where_it_is_clearly_one() {
        let behind = |score: f32| {
            judged(&OneFace, |measures| {
                another_face(measures, 0.1);
                measures.faces[1].score = score;
            })
            .verdict
        };
        assert_eq!(behind(0.7), Verdict::Warn);
        assert_eq!(behind(0.95), Verdict::Fail);
        assert_eq!(judged(&OneFace, |measures| another_face(measures, 0.01)).verdict, Verdict::Pass);
    }
}
