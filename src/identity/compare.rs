//! C39 and C40: what two photos have in common, held against the limits.
//!
//! Neither judges alone: a same exposure or another person is put before the reviewer with its score.

use image::RgbImage;

use super::descriptor::{Descriptor, FaceDescriber};
use super::exposure::{ExposureMatch, matched};
use super::exposure_hash::ExposureHash;
use super::limits::IdentityLimits;
use super::patch::FacePatch;
use crate::inspect::checks::judge::{Held, Judged, judge};
use crate::inspect::measure::FaceGeometry;
use crate::inspect::{CheckId, FaceError, FaceModel, Finding, Verdict};

/// How far a repeated correlation and a repeated distance stray, by re-encoding at quality 85.
const SPREAD_SCORE: f64 = 0.01;
const SPREAD_DISTANCE: f64 = 0.02;

/// The face of one photo, ready to be compared.
#[derive(Clone, Debug)]
pub struct Subject {
    patch: FacePatch,
    descriptor: Descriptor,
}

/// What two photos have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub exposure: ExposureMatch,
    /// Distance of the two descriptors.
    pub distance: f64,
}

/// The models a comparison needs.
#[derive(Clone, Copy)]
pub struct IdentityModels<'a> {
    pub face: &'a dyn FaceModel,
    pub describer: &'a dyn FaceDescriber,
}

impl Subject {
    /// Prepares the sitter of upright pixels; `None` when no face is found.
    pub fn of(pixels: &RgbImage, models: IdentityModels<'_>) -> Result<Option<Self>, FaceError> {
        let faces = models.face.detect(pixels)?;
        let Some(sitter) = faces.first() else { return Ok(None) };
        let mesh = models.face.mesh(pixels, sitter)?;
        let Some(geometry) = FaceGeometry::of(&mesh) else { return Ok(None) };
        let Some(patch) = FacePatch::of(pixels, geometry.eye_left, geometry.eye_right) else {
            return Ok(None);
        };
        Ok(Some(Self { patch, descriptor: models.describer.describe(pixels, &mesh)? }))
    }

    /// The level inner face.
    pub fn patch(&self) -> &FacePatch {
        &self.patch
    }

    /// The face as numbers.
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The hash by which copies of the exposure are found, and that of its mirror image.
    pub fn hashes(&self, limits: &IdentityLimits) -> (ExposureHash, ExposureHash) {
        let of = |patch: &FacePatch| ExposureHash::of(patch, limits);
        (of(&self.patch), of(&self.patch.mirrored()))
    }
}

/// Compares two faces.
pub fn compare(one: &Subject, other: &Subject) -> Comparison {
    Comparison {
        exposure: matched(&one.patch, &other.patch),
        distance: one.descriptor.distance(&other.descriptor),
    }
}

impl Comparison {
    /// C39 reuse: fails on the same exposure, warns where a person must look.
    pub fn reuse(&self, limits: &IdentityLimits) -> Finding {
        self.exposure_judged(limits).finding(CheckId::Reuse, "R05", Vec::new())
    }

    /// C40 face match: warns when the faces may be two people's; never fails.
    pub fn face_match(&self, limits: &IdentityLimits) -> Finding {
        self.person_judged(limits).at_worst(Verdict::Warn).finding(CheckId::FaceMatch, "R06", Vec::new())
    }

    fn exposure_judged(&self, limits: &IdentityLimits) -> Judged {
        let value = Some(self.exposure.score);
        let held = Held { band: "same_exposure", value, unit: "correlation", spread: SPREAD_SCORE };
        judge(&held, Some(limits.same_exposure))
    }

    fn person_judged(&self, limits: &IdentityLimits) -> Judged {
        let value = Some(self.distance);
        let held = Held { band: "same_person", value, unit: "distance", spread: SPREAD_DISTANCE };
        judge(&held, Some(limits.same_person))
    }

    /// One exposure (`Fail` of the band), perhaps (`Warn`), or two (`Pass`).
    pub fn exposure_verdict(&self, limits: &IdentityLimits) -> Verdict {
        self.exposure_judged(limits).verdict
    }

    /// One person (`Pass`), perhaps (`Warn`), or two (`Fail`).
    pub fn person_verdict(&self, limits: &IdentityLimits) -> Verdict {
        self.person_judged(limits).verdict
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    fn found(score: f64, distance: f64) -> Comparison {
        Comparison { exposure: ExposureMatch { score, mirrored: false }, distance }
    }

    #[test]
    fn a_copy_fails_and_another_exposure_passes() {
        let limits = IdentityLimits::built_in().unwrap();
        let copy = found(0.99, 0.1).reuse(&limits);
        assert_eq!((copy.verdict, copy.reason.as_deref()), (Verdict::Fail, Some("R05")));
        assert_eq!(found(0.2, 0.1).reuse(&limits).verdict, Verdict::Pass);
    }

    #[test]
    fn another_person_is_put_before_the_reviewer_and_never_rejected() {
        let limits = IdentityLimits::built_in().unwrap();
        let other = found(0.0, 1.2).face_match(&limits);
        assert_eq!((other.verdict, other.reason.as_deref()), (Verdict::Warn, Some("R06")));
        assert_eq!(found(0.0, 0.2).face_match(&limits).verdict, Verdict::Pass);
        assert_eq!(found(0.0, 1.2).person_verdict(&limits), Verdict::Fail);
    }
}
