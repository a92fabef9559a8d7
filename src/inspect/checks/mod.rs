//! The checks: one file each, listed once.

pub mod background_colour;
pub mod background_objects;
pub mod background_shadow;
pub mod background_uniform;
pub mod centre;
pub mod clothing_contrast;
pub mod clothing_kind;
pub mod colour_cast;
pub mod compression;
pub mod crop_feasible;
pub mod crown_margin;
pub mod ears;
pub mod even_light;
pub mod exposure;
pub mod eye_height;
pub mod eyes_open;
pub mod face_width;
pub mod file;
pub mod gaze;
pub mod glare;
pub mod glasses;
pub mod hair_occlusion;
pub mod halo;
pub mod head_covering;
pub mod head_size;
pub mod highlights;
pub mod jewellery;
pub mod judge;
pub mod metadata;
pub mod mouth_closed;
pub mod one_face;
pub mod pitch;
pub mod recapture;
pub mod red_eye;
pub mod resolution;
pub mod retouch;
pub mod roll;
pub mod sharpness;
pub mod shoulders;
pub mod sunglasses;
pub mod yaw;

use crate::photo::FileFacts;
use crate::standard::{Severity, Standard};

use super::measure::Measures;
use super::{CheckId, Finding, Verdict};

/// What a check may look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub file: &'a FileFacts,
    pub standard: &'a Standard,
    pub measures: &'a Measures,
}

/// One rule: holds measures against the standard's limits.
pub trait Check: Sync {
    fn id(&self) -> CheckId;

    /// The finding before the standard's severity is applied.
    fn judge(&self, context: &Context<'_>) -> Finding;
}

/// Every check, in the order findings are reported.
pub const CHECKS: &[&dyn Check] = &[
    &file::File,
    &resolution::Resolution,
    &one_face::OneFace,
    &crop_feasible::CropFeasible,
    &centre::Centre,
    &eye_height::EyeHeight,
    &crown_margin::CrownMargin,
    &face_width::FaceWidth,
    &head_size::HeadSize,
    &roll::Roll,
    &yaw::Yaw,
    &pitch::Pitch,
    &eyes_open::EyesOpen,
    &gaze::Gaze,
    &mouth_closed::MouthClosed,
    &ears::Ears,
    &hair_occlusion::HairOcclusion,
    &shoulders::Shoulders,
    &background_uniform::BackgroundUniform,
    &background_shadow::BackgroundShadow,
    &background_colour::BackgroundColour,
    &background_objects::BackgroundObjects,
    &halo::Halo,
    &glasses::Glasses,
    &sunglasses::Sunglasses,
    &glare::Glare,
    &head_covering::HeadCovering,
    &jewellery::Jewellery,
    &clothing_contrast::ClothingContrast,
    &clothing_kind::ClothingKind,
    &exposure::Exposure,
    &even_light::EvenLight,
    &highlights::Highlights,
    &red_eye::RedEye,
    &sharpness::Sharpness,
    &compression::Compression,
    &colour_cast::ColourCast,
    &metadata::Metadata,
    &recapture::Recapture,
    &retouch::Retouch,
];

/// Judges every check the standard does not switch off; a verdict is never worse than its severity.
pub fn run_all(context: &Context<'_>) -> Vec<Finding> {
    CHECKS
        .iter()
        .filter(|check| severity(check.id(), context.standard) != Severity::Off)
        .filter_map(|check| by_severity(check.judge(context), context.standard))
        .collect()
}

/// The finding as severe as the standard takes its check; `None` when it switches it off.
pub fn by_severity(mut finding: Finding, standard: &Standard) -> Option<Finding> {
    match severity(finding.check, standard) {
        Severity::Off => return None,
        Severity::Warn => finding.verdict = finding.verdict.min(Verdict::Warn),
        Severity::Fail => {}
    }
    Some(finding)
}

fn severity(check: CheckId, standard: &Standard) -> Severity {
    standard.checks.get(check.as_str()).map_or(Severity::Fail, |limits| limits.severity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;

    #[test]
    fn an_ideal_portrait_passes_every_check() {
        let (measures, standard, file) = (fixture::measures(), fixture::standard(), fixture::file());
        let findings = run_all(&Context { file: &file, standard: &standard, measures: &measures });
        let others: Vec<_> = findings.iter().filter(|finding| finding.verdict != Verdict::Pass).collect();
        assert!(others.is_empty(), "{others:#?}");
        assert_eq!(findings.len(), CHECKS.len());
    }

    #[test]
    fn without_a_face_nothing_about_the_face_passes() {
        let (measures, standard, file) = (fixture::no_face(), fixture::standard(), fixture::file());
        let findings = run_all(&Context { file: &file, standard: &standard, measures: &measures });
        let passed: Vec<_> = findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Pass)
            .map(|finding| finding.check)
            .collect();
        // What the file itself says needs no face.
        assert_eq!(passed, [CheckId::File, CheckId::Metadata]);
    }

    #[test]
    fn severity_caps_a_verdict_and_off_removes_it() {
        let (mut measures, mut standard, file) = (fixture::measures(), fixture::standard(), fixture::file());
        if let Some(pose) = &mut measures.pose {
            (pose.yaw_deg, pose.asymmetry) = (40.0, 0.6);
        }
        let verdict = |standard: &Standard| {
            let findings = run_all(&Context { file: &file, standard, measures: &measures });
            findings.iter().find(|finding| finding.check == CheckId::Yaw).map(|finding| finding.verdict)
        };
        assert_eq!(verdict(&standard), Some(Verdict::Fail));
        set_severity(&mut standard, Severity::Warn);
        assert_eq!(verdict(&standard), Some(Verdict::Warn));
        set_severity(&mut standard, Severity::Off);
        assert_eq!(verdict(&standard), None);
    }

    fn set_severity(standard: &mut Standard, severity: Severity) {
        if let Some(limits) = standard.checks.get_mut("yaw") {
            limits.severity = severity;
        }
    }

    #[test]
    fn the_words_of_the_checks_are_their_json_names() {
        for check in CHECKS {
            let word = serde_json::to_value(check.id()).unwrap_or_default();
            assert_eq!(word, check.id().as_str());
        }
    }
}
