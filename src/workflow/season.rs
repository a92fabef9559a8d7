//! Copies across the season: what is kept of every photo's exposure is searched for each new one (C39), and a photo sent
//! again is compared with the person of the one before (C40).

use std::sync::{Mutex, PoisonError};

use super::{Desk, DeskError};
use crate::identity::compare::{IdentityModels, Subject};
use crate::identity::exposure::{ExposureMatch, matched};
use crate::identity::kept::KeptExposure;
use crate::identity::{Answer, ExposureIndex, FacePatch, HashPair, IdentityLimits, PersonLimits, findings};
use crate::inspect::measure::FaceGeometry;
use crate::inspect::{FaceMesh, Report, Twin, TwinRelation};
use crate::photo::{Photo, decode};
use crate::standard::Standard;
use crate::store::exposures::StoredExposure;
use crate::store::submissions::PersonalField;
use crate::store::{Store, StoreError};

/// Hashes of the season in memory; they are read from the store when they are first needed, and then as they come.
#[derive(Default)]
struct Known {
    index: ExposureIndex,
    up_to: u64,
}

/// The search across the season.
pub(super) struct Season {
    known: Mutex<Known>,
    limits: IdentityLimits,
}

/// A photo that was just examined.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub submission: &'a str,
    pub photo_sha256: &'a str,
    pub photo: &'a Photo,
    pub mesh: Option<&'a FaceMesh>,
}

impl Season {
    pub(super) fn new() -> Result<Self, DeskError> {
        let limits = IdentityLimits::built_in()
            .map_err(|error| DeskError::Refused { code: "identity_limits", message: error.to_string() })?;
        Ok(Self { known: Mutex::default(), limits })
    }

    /// Numbers of the exposures near this one, nearest first; those stored meanwhile are searched too.
    fn near(&self, store: &Store, wanted: &HashPair) -> Result<Vec<u64>, StoreError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { index, up_to } = &mut *known;
        store.exposures_after(*up_to, |number, content| {
            if let Some(kept) = KeptExposure::from_bytes(content) {
                index.add(number, kept.hash);
            }
            *up_to = number;
            Ok(())
        })?;
        Ok(index.nearest(wanted, &self.limits.search).into_iter().map(|near| near.owner).collect())
    }
}

/// Adds `reuse` to the report, and `face_match` where the submission had a photo before.
pub(super) fn add_findings(
    desk: &Desk,
    seen: Seen<'_>,
    standard: &Standard,
    report: &mut Report,
) -> Result<(), DeskError> {
    let (face, limits) = (report.faces.first().copied(), &desk.season.limits);
    let before = desk.store.photo_before(seen.submission, seen.photo_sha256)?;
    let Some((kept, patch, hashes)) = kept(seen, limits) else {
        report.add(findings::reuse(None, face, limits), standard);
        return Ok(());
    };
    // Kept before the search: of two copies that come at once, each finds the other.
    desk.store.write(|tx| tx.add_exposure(seen.submission, seen.photo_sha256, &kept.to_bytes()))?;
    report.twin = twin(desk, seen, &kept, &patch, &hashes)?;
    let reuse = match &report.twin {
        Some(twin) => findings::reuse_in_season(twin, face, limits),
        None => findings::no_reuse(),
    };
    report.add(reuse, standard);
    let found = report.twin.as_ref().map(|twin| ExposureMatch { score: twin.score, mirrored: twin.mirrored });
    let mirror = found.and_then(|found| findings::mirror(found, face, limits, standard));
    mirror.into_iter().for_each(|finding| report.add(finding, standard));
    if let Some(before) = before {
        report.add(findings::face_match(person_before(desk, seen, &before)?, face), standard);
    }
    Ok(())
}

fn kept(seen: Seen<'_>, limits: &IdentityLimits) -> Option<(KeptExposure, FacePatch, HashPair)> {
    let face = FaceGeometry::of(seen.mesh?)?;
    let (eye_left, eye_right) = (face.eye_left, face.eye_right);
    let patch = FacePatch::of(&seen.photo.pixels, eye_left, eye_right)?;
    let hashes = HashPair::of(&patch, &limits.search);
    Some((KeptExposure { hash: hashes.upright, eye_left, eye_right }, patch, hashes))
}

/// The photo of the season that concerns a person most: a certain copy before a possible one, another's before the
/// person's own, then the nearest.
fn twin(
    desk: &Desk,
    seen: Seen<'_>,
    own: &KeptExposure,
    patch: &FacePatch,
    hashes: &HashPair,
) -> Result<Option<Twin>, DeskError> {
    let certain_from = desk.season.limits.search.certain_from;
    let mut worst: Option<Twin> = None;
    for number in desk.season.near(&desk.store, hashes)? {
        let Some(other) = desk.store.exposure(number)? else { continue };
        if other.submission == seen.submission && other.photo_sha256 == seen.photo_sha256 {
            continue;
        }
        let Some((found, kept)) = closely(desk, seen, patch, &other) else { continue };
        if found.answer(&desk.season.limits) == Answer::Different {
            continue;
        }
        let twin = Twin {
            relation: relation(&desk.store, seen.submission, &other.submission)?,
            submission: other.submission,
            photo_sha256: other.photo_sha256,
            score: found.score,
            mirrored: found.mirrored,
            eyes: (kept.eye_left, kept.eye_right),
            own_eyes: (own.eye_left, own.eye_right),
        };
        let rank = |twin: &Twin| {
            (twin.score >= certain_from, twin.relation == TwinRelation::AnotherSubject, twin.score)
        };
        if worst.as_ref().is_none_or(|before| rank(before) < rank(&twin)) {
            worst = Some(twin);
        }
    }
    Ok(worst)
}

/// The exact comparison with one stored photo. A photo that can no longer be read says nothing; its own check tells why.
fn closely(
    desk: &Desk,
    seen: Seen<'_>,
    patch: &FacePatch,
    other: &StoredExposure,
) -> Option<(ExposureMatch, KeptExposure)> {
    let kept = KeptExposure::from_bytes(&other.content)?;
    if other.photo_sha256 == seen.photo_sha256 {
        return Some((ExposureMatch { score: 1.0, mirrored: false }, kept));
    }
    let photo = stored_photo(desk, &other.photo_sha256)?;
    let theirs = FacePatch::of(&photo.pixels, kept.eye_left, kept.eye_right)?;
    Some((matched(patch, &theirs), kept))
}

fn stored_photo(desk: &Desk, photo_sha256: &str) -> Option<Photo> {
    let bytes = desk.store.photo(photo_sha256).ok()?;
    decode(&bytes, &desk.limits).ok()
}

/// One submission is one person's; two are when both name the same document or student number.
fn relation(store: &Store, one: &str, other: &str) -> Result<TwinRelation, StoreError> {
    let same_number = |field: PersonalField| -> Result<bool, StoreError> {
        let of = |submission: &str| store.personal(submission, field);
        Ok(of(one)?
            .filter(|number| !number.is_empty())
            .is_some_and(|number| of(other).ok().flatten().is_some_and(|others| others == number)))
    };
    let is_same = one == other
        || same_number(PersonalField::DocumentNumber)?
        || same_number(PersonalField::StudentNumber)?;
    Ok(if is_same { TwinRelation::EarlierAttempt } else { TwinRelation::AnotherSubject })
}

/// How far the sitter is from the one of the photo before, and what that means; `None` when either face cannot be described.
fn person_before(
    desk: &Desk,
    seen: Seen<'_>,
    before: &str,
) -> Result<Option<(f64, PersonLimits)>, DeskError> {
    let (Some(mesh), Some(photo)) = (seen.mesh, stored_photo(desk, before)) else { return Ok(None) };
    let face = desk.models()?.face;
    // The rest of the check does not wait until somebody has mended the desk's own descriptor.
    let describer = match desk.describer() {
        Ok(describer) => describer,
        Err(error) => {
            tracing::warn!(code = error.code(), %error, "no face can be described");
            return Ok(None);
        }
    };
    let now = Subject::of_mesh(&seen.photo.pixels, mesh, describer)?;
    let then = Subject::of(&photo.pixels, IdentityModels { face, describer })?;
    Ok(now.zip(then).map(|(now, then)| (now.distance(&then), describer.limits())))
}
