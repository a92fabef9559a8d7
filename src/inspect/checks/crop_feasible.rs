//! C01 crop feasible: does a legal crop exist in this photo without enlarging and without inventing body?
//!
//! See `inspect::crop` for the solver. Band `bottom` holds the output px missing below (0 passes; up to the
//! warn limit warns when clothing reaches the edge), band `side_cut` the missing width at a cut shoulder over
//! the output width. A head cut at the top fails. Contradicting bands (tall hair, wide face) go to a person
//! as a warning. Enlarging is held against `resolution.scale`. Source: graduation text's bands. Value: the
//! missing output px, 0 when the crop is whole.

use crate::inspect::crop::{CropFault, CropSolution, Solved};
use crate::inspect::{CheckId, Evidence, Finding, Verdict};
use crate::photo::Point;

use super::judge::{Held, Judged, unknown};
use super::{Check, Context};

#[derive(Debug)]
pub struct CropFeasible;

impl Check for CropFeasible {
    fn id(&self) -> CheckId {
        CheckId::CropFeasible
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(solved) = &context.measures.solved else { return unknown(self.id(), "px") };
        let whole = (self.held(context, "bottom", 0.0, "px"), "");
        let faults = solved.faults.iter().map(|fault| self.judge_fault(context, fault));
        let (judged, reason) =
            faults.fold(whole, |worst, next| if next.0.verdict > worst.0.verdict { next } else { worst });
        let evidence =
            vec![Evidence::outline("crop", corners(&solved.crop, context)), crown_line(solved, context)];
        judged.finding(self.id(), reason, evidence)
    }
}

impl CropFeasible {
    /// Verdict and reason code of one fault.
    fn judge_fault(&self, context: &Context<'_>, fault: &CropFault) -> (Judged, &'static str) {
        let width = f64::from(context.standard.size.width_px);
        match *fault {
            CropFault::HeadCut => {
                let mut judged = self.held(context, "bottom", 0.0, "px");
                judged.verdict = Verdict::Fail;
                (judged, "G02")
            }
            CropFault::BodyMissing { px } => {
                let mut judged = self.held(context, "bottom", px, "px");
                if judged.verdict == Verdict::Warn && !context.measures.touches.bottom {
                    judged.verdict = Verdict::Fail;
                }
                (judged, "G03")
            }
            CropFault::ShoulderCut { px } => (self.held(context, "side_cut", px / width, "ratio"), "G10"),
            CropFault::SideMissing { px } => (self.held(context, "side_cut", px / width, "ratio"), "G05"),
            CropFault::TopMissing { px } => (self.held(context, "side_cut", px / width, "ratio"), "G02"),
            CropFault::Enlarged { scale } => {
                let held = Held { band: "scale", value: Some(scale), unit: "ratio", spread: 0.01 };
                (context.hold(CheckId::Resolution, &[held]), "Q02")
            }
            CropFault::NoLegalScale { eye_to_crown_per_face_width } => {
                let mut judged = self.held(context, "bottom", 0.0, "px");
                judged.verdict = judged.verdict.max(Verdict::Warn);
                // Hair above 3.06 eye distances has no legal crop at an average face width of 2.2.
                let tall = eye_to_crown_per_face_width > 1.0;
                (judged, if tall { "F09" } else { "G03" })
            }
        }
    }

    fn held(&self, context: &Context<'_>, band: &str, value: f64, unit: &'static str) -> Judged {
        context.hold(self.id(), &[Held { band, value: Some(value), unit, spread: 2.0 }])
    }
}

/// Corners of the crop in photo pixels.
fn corners(crop: &CropSolution, context: &Context<'_>) -> Vec<Point> {
    let (width, height) = (context.standard.size.width_px as f32, context.standard.size.height_px as f32);
    [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
        .map(|(x, y)| crop.to_photo(Point::new(x, y)))
        .to_vec()
}

fn crown_line(solved: &Solved, context: &Context<'_>) -> Evidence {
    let (width, row) = (context.standard.size.width_px as f32, solved.crop.crown_y);
    let end = |x: f32| solved.crop.to_photo(Point::new(x, row));
    Evidence::line("crown_row", end(0.0), end(width))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{judged, solved};

    #[test]
    fn a_whole_crop_passes() {
        assert_eq!(judged(&CropFeasible, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn each_fault_has_its_verdict_and_reason() {
        let of = |fault: CropFault| {
            let finding = judged(&CropFeasible, |measures| solved(measures).faults = vec![fault]);
            (finding.verdict, finding.reason.unwrap_or_default())
        };
        assert_eq!(of(CropFault::HeadCut), (Verdict::Fail, "G02".into()));
        assert_eq!(of(CropFault::BodyMissing { px: 40.0 }), (Verdict::Fail, "G03".into()));
        assert_eq!(of(CropFault::BodyMissing { px: 5.0 }), (Verdict::Warn, "G03".into()));
        assert_eq!(of(CropFault::ShoulderCut { px: 10.0 }), (Verdict::Warn, "G10".into()));
        assert_eq!(of(CropFault::ShoulderCut { px: 60.0 }), (Verdict::Fail, "G10".into()));
        assert_eq!(of(CropFault::Enlarged { scale: 1.1 }), (Verdict::Warn, "Q02".into()));
        assert_eq!(of(CropFault::Enlarged { scale: 1.5 }), (Verdict::Fail, "Q02".into()));
        let tall = CropFault::NoLegalScale { eye_to_crown_per_face_width: 1.45 };
        assert_eq!(of(tall), (Verdict::Warn, "F09".into()));
    }
}
