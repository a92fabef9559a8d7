//! What two stations, or a station and the hub, say differently, with what a person needs to settle it.

use super::bundle::{self, OnsiteConflict};
use super::{Desk, DeskError, shots};
use crate::onsite::merge::ConflictKind;
use crate::store::shots::Shot;
use crate::submission::Subject;

/// One open conflict.
#[derive(Clone, Debug)]
pub struct OpenConflict {
    pub conflict: OnsiteConflict,
    pub subject: Subject,
    /// The other person, where two people are meant.
    pub other: Option<Subject>,
    /// The photos to choose between: the one that is marked, then the other.
    pub photos: Vec<Shot>,
}

/// Open conflicts of every batch, newest first.
pub fn open(desk: &Desk) -> Result<Vec<OpenConflict>, DeskError> {
    let mut all = Vec::new();
    for summary in desk.batches()? {
        for conflict in desk.store.onsite_conflicts(&summary.batch.code)? {
            all.push(with_people(desk, conflict)?);
        }
    }
    all.sort_by_key(|open| std::cmp::Reverse((open.conflict.at_ms, open.conflict.seq)));
    Ok(all)
}

/// Sends this photo of the two, which settles the conflict.
pub fn choose_photo(desk: &Desk, seq: u64, shot: &str, by: &str) -> Result<(), DeskError> {
    shots::mark(desk, shot, by)?;
    bundle::resolve(desk, seq, by)?;
    Ok(())
}

fn with_people(desk: &Desk, conflict: OnsiteConflict) -> Result<OpenConflict, DeskError> {
    let subject = desk.store.subject(&conflict.subject)?;
    let other = match conflict.kind {
        ConflictKind::TwoPeople | ConflictKind::PhotoOfAnother => desk.store.subject(&conflict.other).ok(),
        _ => None,
    };
    let photos = match conflict.kind {
        ConflictKind::TwoPhotos => two_photos(desk, &conflict)?,
        _ => Vec::new(),
    };
    Ok(OpenConflict { conflict, subject, other, photos })
}

/// The marked photo of the student and the one that came with the other station; when that one is marked, any other.
fn two_photos(desk: &Desk, conflict: &OnsiteConflict) -> Result<Vec<Shot>, DeskError> {
    let batch = desk.store.shots(&conflict.batch)?;
    let theirs: Vec<Shot> =
        batch.into_iter().filter(|shot| shot.subject.as_deref() == Some(&conflict.subject)).collect();
    let marked = theirs.iter().find(|shot| shot.mark.is_some());
    let is_marked = |shot: &Shot| marked.is_some_and(|marked| marked.id == shot.id);
    let foreign = theirs.iter().find(|shot| shot.id == conflict.other && !is_marked(shot));
    let other = foreign.or_else(|| theirs.iter().find(|shot| !is_marked(shot)));
    Ok([marked, other].into_iter().flatten().cloned().collect())
}
