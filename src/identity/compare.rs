//! C39 and C40: what two photos have in common, held against the limits. Neither answer rejects anybody by itself.

use image::RgbImage;

use super::descriptor::{Descriptor, FaceDescriber, PersonLimits};
use super::exposure::{ExposureMatch, matched};
use super::limits::IdentityLimits;
use super::patch::FacePatch;
use crate::inspect::measure::FaceGeometry;
use crate::inspect::{FaceError, FaceMesh, FaceModel};

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
        Self::of_mesh(pixels, &models.face.mesh(pixels, sitter)?, models.describer)
    }

    /// The same of a face whose mesh is known; `None` when it is no face.
    pub fn of_mesh(
        pixels: &RgbImage,
        mesh: &FaceMesh,
        describer: &dyn FaceDescriber,
    ) -> Result<Option<Self>, FaceError> {
        let Some(geometry) = FaceGeometry::of(mesh) else { return Ok(None) };
        let Some(patch) = FacePatch::of(pixels, geometry.eye_left, geometry.eye_right) else {
            return Ok(None);
        };
        Ok(Some(Self { patch, descriptor: describer.describe(pixels, mesh)? }))
    }
}

impl Subject {
    /// The level inner face.
    pub fn patch(&self) -> &FacePatch {
        &self.patch
    }

    /// Distance of the two descriptors.
    pub fn distance(&self, other: &Self) -> f64 {
        self.descriptor.distance(&other.descriptor)
    }
}

/// Compares two faces.
pub fn compare(one: &Subject, other: &Subject) -> Comparison {
    Comparison { exposure: matched(&one.patch, &other.patch), distance: one.distance(other) }
}

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Same,
    /// A person must look.
    Perhaps,
    Different,
}

impl ExposureMatch {
    /// C39: whether both come from one exposure.
    pub fn answer(&self, limits: &IdentityLimits) -> Answer {
        match self.score {
            score if score >= limits.exposure.same_from => Answer::Same,
            score if score >= limits.exposure.perhaps_from => Answer::Perhaps,
            _ => Answer::Different,
        }
    }
}

impl Comparison {
    /// C39: whether both come from one exposure.
    pub fn same_exposure(&self, limits: &IdentityLimits) -> Answer {
        self.exposure.answer(limits)
    }

    /// C40: whether both show one person.
    pub fn same_person(&self, limits: PersonLimits) -> Answer {
        match self.distance {
            distance if distance <= limits.same_to => Answer::Same,
            distance if distance <= limits.perhaps_to => Answer::Perhaps,
            _ => Answer::Different,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_follow_the_limits() {
        let limits = IdentityLimits::built_in().unwrap();
        let person = PersonLimits { same_to: 0.47, perhaps_to: 0.57 };
        let answers = |score, distance| {
            let found = Comparison { exposure: ExposureMatch { score, mirrored: false }, distance };
            (found.same_exposure(&limits), found.same_person(person))
        };
        assert_eq!(answers(0.99, 0.1), (Answer::Same, Answer::Same));
        assert_eq!(answers(0.8, 0.55), (Answer::Perhaps, Answer::Perhaps));
        assert_eq!(answers(0.2, 1.2), (Answer::Different, Answer::Different));
    }
}
