//! C36 retouch, with C21 make-up: was the skin smoothed, a part of the picture exchanged, or the face painted?
//!
//! How many times, in doublings, the strongest fine detail of the eyes exceeds the typical fine detail of the skin
//! (band `value`, log2; detail is what a Gaussian of 2 px takes away at an eye distance of 120 px). Filters that smooth skin
//! spare the eyes; blur and compression take from both. And how much nearer the blocks of the face, or those of its
//! surroundings, lie to the steps of an earlier compression than the other's do (band `apart`, ratio; `measure::former`):
//! what was smoothed, reshaped or pasted in a photo that had been a JPEG has lost them, the rest has kept them. And how much
//! redder the lips are than the cheeks (band `lips`, a*; `measure::lips`), where strong lipstick shows. Source: graduation
//! text, no retouching, light make-up at most. Limits: the standard's `retouch` bands, calibrated on portraits changed by
//! us, of `lips` on portraits as taken. A suggestion, it never fails: thick make-up smooths as well. Cannot see reshaping or
//! light smoothing of what had not been a JPEG of quality 88 or less, or was scaled afterwards, smoothing of a face of less
//! than 60 px between the eyes, lipstick of a natural or brown tone, or paint on lids and lashes.

use crate::inspect::measure::FaceGeometry;
use crate::inspect::{CheckId, Evidence, Finding, Verdict};
use crate::photo::{Point, Rect};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_LOG2: f64 = 0.3;
const SPREAD_RATIO: f64 = 0.05;
const SPREAD_A: f64 = 1.5;
/// The cheeks, which are pointed at: half width, top and height in eye distances.
const CHEEKS: (f32, f32, f32) = (0.75, 0.35, 0.6);
/// The whole face likewise.
const FACE: (f32, f32, f32) = (0.85, -0.75, 2.2);

#[derive(Debug)]
pub struct Retouch;

impl Check for Retouch {
    fn id(&self) -> CheckId {
        CheckId::Retouch
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(face) = &context.measures.geometry else { return unknown(self.id(), "log2") };
        let value = context.measures.smoothing.map(|smoothing| smoothing.eyes_over_skin);
        let mut numbers = vec![Held { band: "value", value, unit: "log2", spread: SPREAD_LOG2 }];
        let apart = context.measures.former.and_then(|former| former.apart);
        if let Some(apart) = apart {
            let value = Some(apart.difference);
            numbers.push(Held { band: "apart", value, unit: "ratio", spread: SPREAD_RATIO });
        }
        let lips = context.measures.lips.as_ref();
        if let Some(lips) = lips {
            numbers.push(Held { band: "lips", value: Some(lips.redness), unit: "a*", spread: SPREAD_A });
        }
        let judged = context.hold(self.id(), &numbers).at_worst(Verdict::Warn);
        let (reason, place) = match (judged.band.as_str(), apart, lips) {
            ("apart", Some(apart), _) => {
                ("R03", area(face, if apart.face_lost_it { "changed" } else { "kept" }, FACE))
            }
            ("lips", _, Some(lips)) => ("A07", Evidence::outline("lips", lips.outline.clone())),
            _ => ("R02", area(face, "skin", CHEEKS)),
        };
        let evidence = if judged.verdict == Verdict::Warn { vec![place] } else { Vec::new() };
        judged.finding(self.id(), reason, evidence)
    }
}

/// A rectangle about the middle of the face: half width, top and height in eye distances.
fn area(face: &FaceGeometry, label: &str, (half, top, height): (f32, f32, f32)) -> Evidence {
    let ied = face.ied_px as f32;
    let corner = Point::new(face.eyes.x - half * ied, face.eyes.y + top * ied);
    Evidence::rect(label, Rect::new(corner.x, corner.y, 2.0 * half * ied, height * ied))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{judged, lips};
    use crate::inspect::measure::former::{Apart, Former, Trace};
    use crate::inspect::measure::smoothing::Smoothing;

    #[test]
    fn natural_skin_passes() {
        assert_eq!(judged(&Retouch, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn smoothed_skin_is_pointed_out_and_never_fails() {
        let smoothed = Some(Smoothing { eyes_over_skin: 6.0 });
        let finding = judged(&Retouch, |measures| measures.smoothing = smoothed);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Warn, Some("R02")));
        assert_eq!(finding.evidence.len(), 1);
    }

    #[test]
    fn a_face_that_lost_what_its_surroundings_kept_is_pointed_out() {
        let apart = |difference| {
            let trace = Trace { quality: 75, nearness: 0.9 };
            let apart = Some(Apart { difference, trace, face_lost_it: true });
            judged(&Retouch, |measures| measures.former = Some(Former { whole: Some(trace), apart }))
        };
        assert_eq!(apart(0.1).verdict, Verdict::Pass);
        let finding = apart(0.8);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Warn, Some("R03")));
        assert!(matches!(&finding.evidence[..], [Evidence::Box { label, .. }] if label == "changed"));
    }

    #[test]
    fn painted_lips_are_pointed_out_and_never_fail() {
        let with = |redness| judged(&Retouch, |measures| lips(measures).redness = redness);
        assert_eq!(with(18.0).verdict, Verdict::Pass);
        let finding = with(40.0);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Warn, Some("A07")));
        assert!(matches!(&finding.evidence[..], [Evidence::Curve { label, .. }] if label == "lips"));
    }

    #[test]
    fn a_small_face_is_unknown() {
        assert_eq!(judged(&Retouch, |measures| measures.smoothing = None).verdict, Verdict::Unknown);
    }
}
