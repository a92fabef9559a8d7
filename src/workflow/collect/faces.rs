//! Faces of the session against each other: one face under two students, two faces under one. In memory only.

use image::RgbImage;

use super::super::DeskError;
use super::{Happened, Inner, locked};
use crate::identity::{Descriptor, PersonLimits};
use crate::inspect::FaceMesh;
use crate::onsite::shot::{Doubt, ShotState};
use crate::photo::decode::decode;
use crate::store::shots::Shot;

/// The faces seen so far, and the shots of earlier sessions whose faces have not been seen yet.
#[derive(Default)]
pub(super) struct Faces {
    known: Vec<Known>,
    /// Newest last.
    not_seen: Vec<String>,
}

struct Known {
    shot: String,
    subject: Option<String>,
    face: Descriptor,
}

/// What a new face has in common with the others.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    doubt: Doubt,
    other: Option<String>,
}

impl Faces {
    pub(super) fn begin(&mut self, shots: &[Shot]) {
        let seen = shots.iter().filter(|shot| shot.verdict.is_some() && shot.state != ShotState::Wiped);
        self.not_seen = seen.map(|shot| shot.id.clone()).collect();
    }

    pub(super) fn reassigned(&mut self, shot: &str, subject: &str) {
        for known in self.known.iter_mut().filter(|known| known.shot == shot) {
            known.subject = Some(subject.to_owned());
        }
    }

    fn add(
        &mut self,
        shot: &str,
        subject: Option<&str>,
        face: Descriptor,
        limits: PersonLimits,
    ) -> Option<Found> {
        let found = self.compared(shot, subject, &face, limits);
        self.known.retain(|known| known.shot != shot);
        self.known.push(Known { shot: shot.to_owned(), subject: subject.map(str::to_owned), face });
        found
    }

    /// The nearest face under another name comes first: it is the graver slip.
    fn compared(
        &self,
        shot: &str,
        subject: Option<&str>,
        face: &Descriptor,
        limits: PersonLimits,
    ) -> Option<Found> {
        let subject = subject?;
        let others = self.known.iter().filter(|known| known.shot != shot && known.subject.is_some());
        let (own, foreign): (Vec<_>, Vec<_>) =
            others.partition(|known| known.subject.as_deref() == Some(subject));
        let nearest = foreign
            .iter()
            .map(|known| (known.face.distance(face), *known))
            .min_by(|one, other| one.0.total_cmp(&other.0));
        if let Some((_, known)) = nearest.filter(|(distance, _)| *distance <= limits.same_to) {
            return Some(Found { doubt: Doubt::SameFace, other: known.subject.clone() });
        }
        let is_other = own.iter().any(|known| known.face.distance(face) > limits.perhaps_to);
        is_other.then_some(Found { doubt: Doubt::OtherFace, other: None })
    }
}

impl Inner {
    /// Compares the face of a shot with all others of the session.
    pub(super) fn compare(&self, id: &str, pixels: &RgbImage, mesh: &FaceMesh) -> Result<(), DeskError> {
        let describer = self.desk.describer()?;
        let face = describer.describe(pixels, mesh)?;
        let shot = self.desk.store.shot(id)?;
        let found = locked(&self.faces).add(id, shot.subject.as_deref(), face, describer.limits());
        let Some(Found { doubt, other }) = found.filter(|_| shot.state == ShotState::Draft) else {
            return Ok(());
        };
        self.desk.store.write(|tx| tx.doubt_shot(id, doubt, other.as_deref()))?;
        self.tell(Happened::Doubted { shot: id.to_owned(), doubt, other });
        Ok(())
    }

    /// Looks at one face of an earlier session, when there is nothing else to do.
    pub(super) fn compare_one_earlier(&self) {
        let Some(id) = locked(&self.faces).not_seen.pop() else { return };
        if let Err(error) = self.see_earlier(&id) {
            tracing::warn!(code = error.code(), "a face of an earlier session could not be looked at");
        }
    }

    fn see_earlier(&self, id: &str) -> Result<(), DeskError> {
        let shot = self.desk.store.shot(id)?;
        let bytes = self.desk.store.photo(&shot.photo_sha256)?;
        let Ok(photo) = decode(&bytes, &self.desk.limits) else { return Ok(()) };
        let model = self.desk.models()?.face;
        let faces = model.detect(&photo.pixels)?;
        let Some(sitter) = faces.first() else { return Ok(()) };
        let mesh = model.mesh(&photo.pixels, sitter)?;
        let describer = self.desk.describer()?;
        let face = describer.describe(&photo.pixels, &mesh)?;
        // Whoever looked at it in its own session has said what there was to say.
        locked(&self.faces).add(id, shot.subject.as_deref(), face, describer.limits());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: PersonLimits = PersonLimits { same_to: 0.47, perhaps_to: 0.57 };

    fn face(along: f32) -> Descriptor {
        Descriptor::of(vec![along])
    }

    #[test]
    fn one_face_under_two_names_and_two_faces_under_one_are_told() {
        let mut faces = Faces::default();
        assert_eq!(faces.add("1", Some("anna"), face(0.0), LIMITS), None);
        assert_eq!(faces.add("2", Some("anna"), face(0.2), LIMITS), None);
        assert_eq!(
            faces.add("3", Some("ben"), face(0.1), LIMITS),
            Some(Found { doubt: Doubt::SameFace, other: Some("anna".into()) })
        );
        assert_eq!(
            faces.add("4", Some("anna"), face(2.0), LIMITS),
            Some(Found { doubt: Doubt::OtherFace, other: None })
        );
        assert_eq!(faces.add("5", None, face(0.0), LIMITS), None, "nobody's yet");
        faces.reassigned("4", "cleo");
        assert_eq!(faces.add("6", Some("cleo"), face(2.1), LIMITS), None);
    }
}
