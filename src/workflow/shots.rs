//! What a person does with shots: say whose they are, choose the one to send, finalise, wipe; and how many there are.

use std::collections::HashMap;

use serde::Serialize;

use super::desk::{DESK, now_ms};
use super::{Desk, DeskError, countersign};
use crate::inspect::Verdict;
use crate::onsite::rules::SessionRules;
use crate::onsite::shot::{ShotEvent, ShotState};
use crate::store::shots::Mark;
use crate::store::{StoreError, Tx};

pub use crate::store::shots::Shot;

/// How a batch stands on this station. The people add up, and so do the shots.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    pub people: usize,
    pub people_with_photo: usize,
    pub people_missing: usize,
    pub shots: usize,
    /// Shots whose person is not known.
    pub nobodys: usize,
    /// Shots a person must look at, nobody's among them.
    pub doubted: usize,
    pub drafts: usize,
    pub finalised: usize,
    pub sent: usize,
    pub safe_to_wipe: usize,
    pub wiped: usize,
    /// People with a photo and neither collection code nor number of a roster.
    pub codeless: usize,
    pub open_conflicts: usize,
    /// What was said of somebody and waits for a second person.
    pub countersigns: usize,
}

/// Why a person's photos were not finalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// A person must say first whose a photo is.
    Doubted,
    /// The local check has not run yet.
    NotChecked,
    /// Two stations say different things about this person; settle it first.
    Conflict,
    /// What one person said of them waits for a second person.
    Countersign,
    /// The photo fails; take another, or mark it by hand.
    Fails,
}

/// What finalising did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Finalised {
    /// People whose photos are finalised now.
    pub people: usize,
    pub shots: usize,
    /// Subject and why not.
    pub held: Vec<(String, Held)>,
    /// Shots that are nobody's stay drafts.
    pub nobodys: usize,
}

/// What a session goes by.
pub fn rules() -> Result<SessionRules, DeskError> {
    SessionRules::built_in()
        .map_err(|error| DeskError::Refused { code: "onsite_data", message: error.to_string() })
}

/// All shots of a batch in the order they were taken.
pub fn shots(desk: &Desk, batch: &str) -> Result<Vec<Shot>, DeskError> {
    let batch = desk.batch(batch)?.code;
    Ok(desk.store.shots(&batch)?)
}

/// Says whose a shot is; its doubt is settled by that. `by` is who looked.
pub fn assign(desk: &Desk, shot: &str, subject: &str, by: &str) -> Result<Shot, DeskError> {
    let at_ms = now_ms();
    desk.store.write(|tx| {
        let before = tx.shot(shot)?;
        if before.state != ShotState::Draft && before.subject.as_deref() != Some(subject) {
            return Err(refused(
                "shot_finalised",
                "this photo is finalised; reopen it before it is given to another",
            ));
        }
        countersign::shot_given(tx, &before, subject, by, at_ms)?;
        tx.assign_shot(shot, subject, at_ms, by)?;
        let others = tx.shots_of(subject)?;
        if !others.iter().any(|other| other.mark.is_some()) {
            tx.mark_shot(shot, Mark::Auto, at_ms, DESK)?;
        }
        if let Some(subject) = before.subject.as_deref().filter(|before| *before != subject) {
            mark_best(tx, subject, at_ms)?;
        }
        Ok(())
    })?;
    Ok(desk.store.shot(shot)?)
}

/// Chooses the photo of its person that is to be sent. The choice stays until another is chosen.
pub fn mark(desk: &Desk, shot: &str, by: &str) -> Result<Shot, DeskError> {
    desk.store.write(|tx| {
        let standing = tx.shot(shot)?;
        let Some(subject) = &standing.subject else {
            return Err(refused("nobodys_shot", "say first whose this photo is"));
        };
        if tx.shots_of(subject)?.iter().any(|other| other.state != ShotState::Draft) {
            return Err(refused("shot_finalised", "this person's photos are finalised; reopen them first"));
        }
        Ok(tx.mark_shot(shot, Mark::Hand, now_ms(), by)?)
    })?;
    Ok(desk.store.shot(shot)?)
}

/// Finalises everybody of the batch whose photos are beyond doubt: the marked one is to be sent, the others are kept
/// and sent after all marked ones.
pub fn finalise(desk: &Desk, batch: &str, by: &str) -> Result<Finalised, DeskError> {
    let batch = desk.batch(batch)?.code;
    let at_ms = now_ms();
    let mut done = Finalised::default();
    let shots = desk.store.shots(&batch)?;
    let mut drafts: HashMap<&str, Vec<&Shot>> = HashMap::new();
    let mut order = Vec::new();
    for shot in shots.iter().filter(|shot| shot.state == ShotState::Draft) {
        let Some(subject) = shot.subject.as_deref() else {
            done.nobodys += 1;
            continue;
        };
        let theirs = drafts.entry(subject).or_default();
        if theirs.is_empty() {
            order.push(subject);
        }
        theirs.push(shot);
    }
    let conflicts = desk.store.onsite_conflicts(&batch)?;
    let waiting = desk.store.waiting_countersigns(&batch)?;
    for subject in order {
        let held = if conflicts.iter().any(|conflict| conflict.subject == subject) {
            Some(Held::Conflict)
        } else if waiting.iter().any(|it| it.countersign.subject == subject) {
            Some(Held::Countersign)
        } else {
            hold(&drafts[subject])
        };
        match held {
            Some(held) => done.held.push((subject.to_owned(), held)),
            None => {
                done.shots += finalise_one(desk, subject, at_ms, by)?;
                done.people += 1;
            }
        }
    }
    Ok(done)
}

/// Takes a person's photos back to drafts, as long as none was sent.
pub fn reopen(desk: &Desk, subject: &str, by: &str) -> Result<(), DeskError> {
    desk.store.write(|tx| {
        for shot in tx.shots_of(subject)? {
            tx.move_shot(&shot.id, ShotEvent::Reopened, now_ms(), by)?;
        }
        Ok(())
    })
}

/// Deletes the files that the hub has proved to hold; gives their number. What is not proved stays.
pub fn wipe(desk: &Desk, batch: &str, by: &str) -> Result<usize, DeskError> {
    let batch = desk.batch(batch)?.code;
    let mut wiped = 0;
    for shot in desk.store.shots(&batch)? {
        if shot.state == ShotState::SafeToWipe {
            desk.store.wipe_shot(&shot.id, now_ms(), by)?;
            wiped += 1;
        }
    }
    Ok(wiped)
}

/// Counts people and shots of a batch.
pub fn count(desk: &Desk, batch: &str) -> Result<Count, DeskError> {
    let batch = desk.batch(batch)?.code;
    let shots = desk.store.shots(&batch)?;
    let (people, people_missing) = desk.store.subject_counts(&batch)?;
    let of = |state: ShotState| shots.iter().filter(|shot| shot.state == state).count();
    Ok(Count {
        people,
        people_missing,
        people_with_photo: people - people_missing,
        shots: shots.len(),
        nobodys: shots.iter().filter(|shot| shot.subject.is_none()).count(),
        doubted: shots.iter().filter(|shot| shot.doubt.is_some()).count(),
        drafts: of(ShotState::Draft),
        finalised: of(ShotState::Finalised),
        sent: of(ShotState::Sent),
        safe_to_wipe: of(ShotState::SafeToWipe),
        wiped: of(ShotState::Wiped),
        codeless: desk.store.codeless(&batch)?,
        open_conflicts: desk.store.onsite_conflicts(&batch)?.len(),
        countersigns: desk.store.waiting_countersigns(&batch)?.len(),
    })
}

fn hold(drafts: &[&Shot]) -> Option<Held> {
    if drafts.iter().any(|shot| shot.doubt.is_some()) {
        return Some(Held::Doubted);
    }
    if drafts.iter().any(|shot| shot.verdict.is_none()) {
        return Some(Held::NotChecked);
    }
    let fails = |shot: &&&Shot| shot.mark == Some(Mark::Auto) && shot.verdict == Some(Verdict::Fail);
    drafts.iter().find(fails).map(|_| Held::Fails)
}

/// All of a person's drafts in one durable step, so that a cut never leaves half of them.
fn finalise_one(desk: &Desk, subject: &str, at_ms: i64, by: &str) -> Result<usize, DeskError> {
    desk.store.write(|tx| {
        let drafts = tx.shots_of(subject)?.into_iter().filter(|shot| shot.state == ShotState::Draft);
        let mut finalised = 0;
        for shot in drafts {
            tx.move_shot(&shot.id, ShotEvent::Finalised, at_ms, by)?;
            finalised += 1;
        }
        Ok(finalised)
    })
}

/// Marks the best of the photos a person still has, after the marked one turned out to be another's.
fn mark_best(tx: &Tx<'_>, subject: &str, at_ms: i64) -> Result<(), StoreError> {
    let theirs = tx.shots_of(subject)?;
    if theirs.iter().any(|shot| shot.mark.is_some()) {
        return Ok(());
    }
    let rank = |shot: &&Shot| match shot.verdict {
        Some(Verdict::Pass) => 2,
        Some(Verdict::Warn | Verdict::Unknown) => 1,
        _ => 0,
    };
    let best = theirs
        .iter()
        .max_by(|one, other| rank(one).cmp(&rank(other)).then(one.score.total_cmp(&other.score)));
    best.map_or(Ok(()), |shot| tx.mark_shot(&shot.id, Mark::Auto, at_ms, DESK))
}

fn refused(code: &'static str, message: &str) -> DeskError {
    DeskError::Refused { code, message: message.to_owned() }
}
