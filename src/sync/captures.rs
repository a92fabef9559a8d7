//! Sends finalised shots to the hub, marked ones first, and lets it prove what it holds. A shot the hub refuses is kept
//! as a conflict and holds up no other.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use super::client::{Client, ClientError};
use super::protocol::{Capture, PART_BYTES, ProofsWanted, proof_of};
use super::round::{SyncError, Watcher};
use crate::onsite::merge::ConflictKind;
use crate::onsite::shot::{ShotEvent, ShotState};
use crate::store::shots::Shot;
use crate::store::{Store, StoreError, seal};

/// Signs what the hub said.
const HUB: &str = "hub";
/// Photos asked for in one request; the hub takes no more.
const PROOFS_AT_A_TIME: usize = 16;

/// What one handing-in did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct HandIn {
    /// Shots the hub has taken in now.
    pub sent: usize,
    /// Shots whose files the hub has proved now.
    pub proved: usize,
    /// Shot, what the hub knows differently.
    pub conflicts: Vec<(String, ConflictKind)>,
    /// Shots of people of whom something waits for a second person; they were not sent.
    pub waiting: Vec<String>,
    /// Shots the hub said it holds and could not prove.
    pub not_proved: Vec<String>,
}

/// How fast photos may be sent, so that a phone's hotspot serves others too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// As fast as it goes when absent.
    pub kib_per_second: Option<NonZeroU32>,
}

/// Sends every finalised shot of a batch, then asks for the proofs that are missing. Whatever was sent before is not sent
/// again: the shot's id names it at the hub.
pub fn hand_in(
    store: &Store,
    client: &Client,
    batch: &str,
    pace: Pace,
    watcher: &dyn Watcher,
    now_ms: &dyn Fn() -> i64,
) -> Result<HandIn, SyncError> {
    let mut done = HandIn::default();
    let mut finalised: Vec<Shot> =
        store.shots(batch)?.into_iter().filter(|shot| shot.state == ShotState::Finalised).collect();
    let waiting = store.waiting_countersigns(batch)?;
    let waits = |shot: &Shot| {
        waiting.iter().any(|it| Some(it.countersign.subject.as_str()) == shot.subject.as_deref())
    };
    let held = finalised.extract_if(.., |shot| waits(shot)).map(|shot| shot.id);
    done.waiting.extend(held);
    // What is to be reviewed comes before what is only kept.
    finalised.sort_by_key(|shot| shot.mark.is_none());
    watcher.begun(finalised.len());
    for shot in finalised {
        if watcher.is_cancelled() {
            return Ok(done);
        }
        send(store, client, &shot, pace, now_ms, &mut done)?;
        watcher.step();
    }
    prove(store, client, batch, now_ms, &mut done)?;
    Ok(done)
}

fn send(
    store: &Store,
    client: &Client,
    shot: &Shot,
    pace: Pace,
    now_ms: &dyn Fn() -> i64,
    done: &mut HandIn,
) -> Result<(), SyncError> {
    let Some(subject) = &shot.subject else { return Ok(()) };
    let person = store.known_person(subject)?;
    upload(client, &shot.photo_sha256, store.photo(&shot.photo_sha256)?, pace)?;
    let capture = Capture {
        shot: shot.id.clone(),
        batch: shot.batch.clone(),
        photo_sha256: shot.photo_sha256.clone(),
        taken_at_ms: shot.taken_at_ms,
        is_marked: shot.mark.is_some(),
        person,
    };
    let at_ms = now_ms();
    match client.capture(&shot.id, &capture) {
        Ok(captured) => {
            store.write(|tx| {
                tx.move_shot(&shot.id, ShotEvent::Sent, at_ms, HUB)?;
                let submission = captured.submission.as_deref();
                submission.map_or(Ok(()), |submission| tx.set_shot_submission(&shot.id, submission))
            })?;
            done.sent += 1;
            Ok(())
        }
        Err(ClientError::Refused(fault)) => match ConflictKind::from_word(&fault.code) {
            Some(kind) => {
                store.write(|tx| tx.keep_onsite_conflict(&shot.batch, kind, subject, &shot.id, at_ms))?;
                done.conflicts.push((shot.id.clone(), kind));
                Ok(())
            }
            None => Err(ClientError::Refused(fault).into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// Sends a photo in parts and goes on behind those the hub has, so that a cut costs one part.
fn upload(client: &Client, sha256: &str, content: Vec<u8>, pace: Pace) -> Result<(), SyncError> {
    let begun = Instant::now();
    if content.len() <= PART_BYTES {
        let bytes = content.len();
        client.put_photo(sha256, content)?;
        pace.rest(bytes, begun);
        return Ok(());
    }
    let count = content.len().div_ceil(PART_BYTES) as u32;
    let here = client.parts(sha256)?.parts.min(count);
    for (number, part) in (0..).zip(content.chunks(PART_BYTES)).skip(here as usize) {
        let begun = Instant::now();
        client.put_part(sha256, number, part.to_vec())?;
        pace.rest(part.len(), begun);
    }
    Ok(client.join_parts(sha256, count).map(drop)?)
}

impl Pace {
    /// Waits until so many bytes may have been sent since `begun`.
    fn rest(self, bytes: usize, begun: Instant) {
        let Some(kib) = self.kib_per_second else { return };
        let due = Duration::from_secs_f64(bytes as f64 / 1024.0 / f64::from(kib.get()));
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
    }
}

/// Asks the hub to prove every file it said it stored. What it cannot prove stays as it is and is not wiped.
fn prove(
    store: &Store,
    client: &Client,
    batch: &str,
    now_ms: &dyn Fn() -> i64,
    done: &mut HandIn,
) -> Result<(), SyncError> {
    let sent: Vec<Shot> =
        store.shots(batch)?.into_iter().filter(|shot| shot.state == ShotState::Sent).collect();
    for shots in sent.chunks(PROOFS_AT_A_TIME) {
        let mut random = [0; 32];
        seal::fill_random(&mut random).map_err(StoreError::from)?;
        let nonce = hex::encode(random);
        let photos = shots.iter().map(|shot| shot.photo_sha256.clone()).collect();
        let proofs = client.proofs(&ProofsWanted { nonce: nonce.clone(), photos })?.proofs;
        for shot in shots {
            let given = proofs.iter().find(|proof| proof.photo_sha256 == shot.photo_sha256);
            let given = given.and_then(|proof| proof.proof.as_deref());
            // Compared with our own file, never with what the hub says about itself.
            let own = proof_of(&nonce, &store.photo(&shot.photo_sha256)?);
            if given == Some(own.as_str()) {
                store.write(|tx| tx.move_shot(&shot.id, ShotEvent::Proved, now_ms(), HUB))?;
                done.proved += 1;
            } else {
                done.not_proved.push(shot.id.clone());
            }
        }
    }
    Ok(())
}
