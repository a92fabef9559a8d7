//! One settled file or still: read, proved whole, stored and paired in one durable step, then checked and told.

use std::sync::Arc;

use image::RgbImage;

use super::super::desk::{DESK, now_ms};
use super::super::{DeskError, preview};
use super::{Change, Happened, Inner, Waiting, folder, locked};
use crate::inspect::{Examined, Report, Verdict, examine};
use crate::onsite::best::{Grade, grade, replaces};
use crate::onsite::shot::{Doubt, ShotState};
use crate::onsite::watch::{Arrival, Present};
use crate::photo::Photo;
use crate::photo::decode::decode;
use crate::photo::file::{ReadError, read_limited};
use crate::photo::resize::resize;
use crate::store::reports::Checked;
use crate::store::shots::{Mark, Shot};
use crate::store::{StoreError, Tx};
use crate::submission::PhotoFault;

/// So many decoded photos are kept for their check; further ones are decoded again when their turn comes.
const KEPT_DECODED: usize = 2;
/// Longest side of the picture that is shown.
const SHOWN_PX: u32 = 1200;

impl Inner {
    /// Takes one file. What is not whole yet, or changes under our hands, is offered again.
    pub(super) fn take(&self, arrival: &Arrival) -> Result<(), DeskError> {
        let bytes = match read_limited(&arrival.path, &self.desk.limits) {
            Ok(bytes) => bytes,
            Err(ReadError::Missing(_)) => return Ok(()),
            Err(ReadError::Io { .. }) => {
                self.again(arrival);
                return Ok(());
            }
            Err(error) => return self.refuse(arrival, error.code(), &error.to_string()),
        };
        let is_as_listed = folder::listed(&arrival.path)
            .is_some_and(|now| (now.bytes, now.modified_ms) == (arrival.bytes, arrival.modified_ms));
        if !is_as_listed || bytes.len() as u64 != arrival.bytes {
            self.again(arrival);
            return Ok(());
        }
        let photo = match decode(&bytes, &self.desk.limits) {
            Ok(photo) => photo,
            Err(error) if error.is_damage() || bytes.is_empty() => {
                locked(&self.watching).watch.incomplete(&arrival.path);
                return Ok(());
            }
            Err(error) => return self.refuse(arrival, error.code(), &error.to_string()),
        };
        let photo_sha256 = self.desk.store.put_photo(&bytes)?;
        let doubt = match &arrival.owner {
            None => Some(Doubt::Nobody),
            Some(_) if arrival.is_late(&self.rules.folder) => Some(Doubt::Late),
            Some(_) => None,
        };
        let shot = self.new_shot(arrival.owner.as_ref(), doubt, photo_sha256);
        let path = arrival.path.to_string_lossy();
        let known = self.desk.store.write(|tx| {
            tx.keep_watched(&path, arrival.bytes, arrival.modified_ms)?;
            add(tx, &shot, arrival.bytes)
        })?;
        locked(&self.watching).watch.done(&arrival.path);
        let file = self.shown(&arrival.path);
        match known {
            Some(known) => self.tell(Happened::Duplicate { shot: known.id, file }),
            None => self.taken(arrival.complete_ms, shot, photo, file),
        }
        Ok(())
    }

    /// Takes a still of a camera of this computer, released while `present` stood there.
    pub(super) fn take_still(&self, bytes: &[u8], present: Present, source: &str) -> Result<(), DeskError> {
        let complete_ms = now_ms();
        let photo = decode(bytes, &self.desk.limits).map_err(|error| DeskError::Refused {
            code: "camera_bad_frame",
            message: format!("the still of the camera is not whole ({}); take another one", error.code()),
        })?;
        let photo_sha256 = self.desk.store.put_photo(bytes)?;
        let shot = self.new_shot(Some(&present), None, photo_sha256);
        let known = self.desk.store.write(|tx| add(tx, &shot, bytes.len() as u64))?;
        let file = source.to_owned();
        match known {
            Some(known) => self.tell(Happened::Duplicate { shot: known.id, file }),
            None => self.taken(complete_ms, shot, photo, file),
        }
        Ok(())
    }

    fn taken(&self, complete_ms: i64, shot: Shot, photo: Photo, file: String) {
        {
            let mut watching = locked(&self.watching);
            let is_theirs =
                watching.present.as_ref().map(|present| &present.subject) == shot.subject.as_ref();
            watching.is_settled |= is_theirs;
        }
        let (id, subject) = (shot.id.clone(), shot.subject.clone());
        self.tell(Happened::Taken { shot: id.clone(), subject: subject.clone(), file, doubt: shot.doubt });
        let mut waiting = locked(&self.waiting);
        let photo = (waiting.len() < KEPT_DECODED).then_some(photo);
        waiting.push_back(Waiting {
            shot: id,
            photo_sha256: shot.photo_sha256,
            subject,
            photo,
            complete_ms: Some(complete_ms),
        });
        self.has_work.notify_all();
    }

    fn new_shot(&self, owner: Option<&Present>, doubt: Option<Doubt>, photo_sha256: String) -> Shot {
        Shot {
            id: uuid::Uuid::now_v7().to_string(),
            batch: self.batch.code.clone(),
            subject: owner.map(|owner| owner.subject.clone()),
            photo_sha256,
            taken_at_ms: now_ms(),
            state: ShotState::Draft,
            mark: None,
            doubt,
            doubt_other: None,
            verdict: None,
            score: 0.0,
            submission: None,
        }
    }

    fn again(&self, arrival: &Arrival) {
        locked(&self.watching).watch.again(&arrival.path, now_ms());
    }

    /// A whole file that is no photo we can take: told, and passed over from now on.
    fn refuse(&self, arrival: &Arrival, code: &str, message: &str) -> Result<(), DeskError> {
        let path = arrival.path.to_string_lossy();
        self.desk.store.write(|tx| tx.keep_watched(&path, arrival.bytes, arrival.modified_ms))?;
        locked(&self.watching).watch.done(&arrival.path);
        let file = self.shown(&arrival.path);
        self.tell(Happened::Refused { file, code: code.to_owned(), message: message.to_owned() });
        Ok(())
    }

    /// Shows and checks one kept photo, then compares its face with the others'.
    pub(super) fn check(&self, waiting: Waiting) -> Result<(), DeskError> {
        let Waiting { shot, photo_sha256, subject, photo, complete_ms } = waiting;
        let decoded = match photo {
            Some(photo) => Ok(photo),
            None => decode(&self.desk.store.photo(&photo_sha256)?, &self.desk.limits),
        };
        let photo = match decoded {
            Ok(photo) => photo,
            Err(error) => {
                let fault = PhotoFault { code: error.code().to_owned(), message: error.to_string() };
                return Ok(self.desk.store.write(|tx| tx.set_shot_report(&shot, &Err(fault), 0.0))?);
            }
        };
        let picture = Arc::new(shown(&photo.pixels));
        self.tell(Happened::Seen {
            shot: shot.clone(),
            subject: subject.clone(),
            picture: Arc::clone(&picture),
        });
        let standard = self.desk.standard_of(&self.batch)?.0;
        let Examined { report, mesh } = examine(&photo, standard, self.desk.models()?)?;
        let is_marked = self.keep_report(&shot, &report)?;
        let (verdict, changes) = (report.verdict, changes(&report));
        let millis = complete_ms.map(|complete_ms| now_ms() - complete_ms);
        self.tell(Happened::Checked { shot: shot.clone(), subject, verdict, changes, is_marked, millis });
        if let Some(small) = preview::make(&picture) {
            self.desk.store.write(|tx| tx.set_preview(&photo_sha256, &small))?;
        }
        match mesh {
            Some(mesh) => self.compare(&shot, &photo.pixels, &mesh),
            None => Ok(()),
        }
    }

    /// Stores the report, and marks the photo when it should take the place of the one before; true when it is the
    /// marked one.
    fn keep_report(&self, id: &str, report: &Report) -> Result<bool, DeskError> {
        let burst = &self.rules.burst;
        let new = grade(report, burst);
        let checked: Checked = Ok(report.clone());
        let is_marked = self.desk.store.write(|tx| {
            tx.set_shot_report(id, &checked, new.score)?;
            let shot = tx.shot(id)?;
            let Some(subject) = shot.subject.as_deref().filter(|_| shot.state == ShotState::Draft) else {
                return Ok::<_, StoreError>(shot.mark.is_some());
            };
            let others = tx.shots_of(subject)?;
            let Some(before) = others.iter().find(|other| other.mark.is_some()) else { return Ok(false) };
            if before.id == id {
                return Ok(true);
            }
            let before_grade =
                Grade { verdict: before.verdict.unwrap_or(Verdict::Unknown), score: before.score };
            let same_burst = (shot.taken_at_ms - before.taken_at_ms).abs() <= burst.gap_ms;
            let is_free = before.mark == Some(Mark::Auto) && before.state == ShotState::Draft;
            let is_later = shot.taken_at_ms >= before.taken_at_ms;
            let is_better = is_free && (is_later || same_burst) && replaces(new, before_grade, same_burst);
            if is_better {
                tx.mark_shot(id, Mark::Auto, now_ms(), DESK)?;
            }
            Ok(is_better)
        })?;
        Ok(is_marked)
    }
}

/// Keeps a new shot, marked when it is its person's first; otherwise gives the shot that has this very photo.
fn add(tx: &Tx<'_>, shot: &Shot, bytes: u64) -> Result<Option<Shot>, StoreError> {
    if tx.add_shot(shot, bytes, DESK)? {
        mark_first(tx, shot)?;
        return Ok(None);
    }
    tx.shot_with_photo(&shot.batch, &shot.photo_sha256)
}

/// A person's first photo is the one to be sent until a better one comes.
fn mark_first(tx: &Tx<'_>, shot: &Shot) -> Result<(), StoreError> {
    let Some(subject) = &shot.subject else { return Ok(()) };
    if tx.shots_of(subject)?.iter().any(|other| other.mark.is_some()) {
        return Ok(());
    }
    tx.mark_shot(&shot.id, Mark::Auto, shot.taken_at_ms, DESK)
}

/// What to change: the failed checks, or else those a person must look at.
pub(super) fn changes(report: &Report) -> Vec<Change> {
    let of = |wanted: Verdict| {
        report.findings.iter().filter(move |finding| finding.verdict == wanted).map(|finding| Change {
            check: finding.check.as_str(),
            verdict: finding.verdict,
            reason: finding.reason.clone(),
        })
    };
    of(Verdict::Fail).chain(of(Verdict::Warn)).collect()
}

fn shown(pixels: &RgbImage) -> RgbImage {
    let scale = f64::from(SHOWN_PX) / f64::from(pixels.width().max(pixels.height()).max(1));
    if scale >= 1.0 {
        return pixels.clone();
    }
    let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    resize(pixels, side(pixels.width()), side(pixels.height()))
}
