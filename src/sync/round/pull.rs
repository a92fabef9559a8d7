//! Claims submissions and brings their photos to this desk.

use super::outbox::HUB;
use super::{Plan, Round, RoundReport, SyncError, new_key};
use crate::store::blobs::sha256_hex;
use crate::store::hub_link::{HubItem, NewRevision};
use crate::store::journal::JournalEvent;
use crate::store::submissions::NewSubmission;
use crate::store::{StoreError, Tx};
use crate::submission::State;
use crate::sync::client::ClientError;
use crate::sync::protocol::{Claim, LeaseRef, Leased, Leases, Submission};

impl Round<'_> {
    /// Claims until the desk holds what the plan says; a photo that cannot be fetched is given back.
    pub(super) fn pull(&self, plan: &Plan, report: &mut RoundReport) -> Result<(), SyncError> {
        let held = self.held()?.leases.len();
        let wanted = (plan.hold as usize).saturating_sub(held) as u32;
        if wanted == 0 || self.watcher.is_cancelled() {
            return Ok(());
        }
        let count = wanted.min(self.limits.lease.claim_at_most);
        let claim = Claim { batch: plan.batch.clone(), count };
        let claimed = match self.client.claim(&new_key(), &claim) {
            // A desk that only prints, or only photographs, has nothing to review.
            Err(ClientError::Refused(fault)) if fault.code == "not_allowed" => return Ok(()),
            claimed => claimed?,
        };
        let until_ms = self.until_ms(claimed.lease_seconds);
        self.watcher.begun(claimed.leases.len());
        let mut unwanted = Vec::new();
        for leased in claimed.leases {
            let id = leased.submission.submission.clone();
            let lease = LeaseRef { submission: id.clone(), token: leased.token };
            let fetched = if self.watcher.is_cancelled() {
                Err("the pull was cancelled".to_owned())
            } else {
                self.fetch(&leased, until_ms).map_err(|error| error.to_string())
            };
            match fetched {
                Ok(()) => report.pulled.push(id),
                Err(why) => {
                    report.not_pulled.push((id, why));
                    unwanted.push(lease);
                }
            }
            self.watcher.step();
        }
        // When this fails too, the leases end by themselves.
        drop(self.give_back(&Leases { leases: unwanted }));
        Ok(())
    }

    fn fetch(&self, leased: &Leased, until_ms: i64) -> Result<(), SyncError> {
        let item = HubItem { token: leased.token, until_ms, is_held: true };
        self.take(&leased.submission, leased.photo_bytes, item)
    }

    /// Stores a submission with its photo, and its batch where that is new here.
    pub(super) fn take(
        &self,
        submission: &Submission,
        photo_bytes: u64,
        item: HubItem,
    ) -> Result<(), SyncError> {
        self.require_photo(&submission.photo_sha256)?;
        let batch = match self.store.batch(&submission.batch) {
            Err(StoreError::UnknownBatch { .. }) => Some(self.client.batch(&submission.batch)?),
            known => known.map(|_| None)?,
        };
        let at_ms = (self.now_ms)();
        self.store.write(|tx| {
            if let Some(batch) = &batch {
                tx.add_batch(batch, at_ms)?;
                tx.append(at_ms, HUB, &JournalEvent::BatchCreated { batch: batch.clone() })?;
            }
            take_in(tx, submission, photo_bytes, at_ms)?;
            tx.set_hub_item(&submission.submission, &item)
        })?;
        Ok(())
    }

    /// Fetches the photo unless it is here, compares it with its hash and stores it.
    fn require_photo(&self, sha256: &str) -> Result<(), SyncError> {
        if self.store.photo(sha256).is_ok() {
            return Ok(());
        }
        let content = self.client.photo(sha256)?;
        if sha256_hex(&content) != sha256 {
            let cause = "the photo that came is not the one that was asked for".to_owned();
            return Err(ClientError::NotUnderstood { cause }.into());
        }
        self.store.put_photo(&content)?;
        Ok(())
    }
}

/// Adds the submission, or brings the known one to the photo that came.
fn take_in(tx: &Tx<'_>, new: &Submission, photo_bytes: u64, at_ms: i64) -> Result<(), StoreError> {
    let id = new.submission.as_str();
    let from = if tx.has_submission(id)? {
        let item = tx.standing(id)?.item;
        if (item.revision, item.state) == (new.revision, new.state) {
            return Ok(());
        }
        item.state
    } else {
        tx.add_submission(&NewSubmission {
            id,
            batch: &new.batch,
            masked_name: &new.masked_name,
            state: new.state,
            photo_sha256: &new.photo_sha256,
            photo_bytes,
            received_at_ms: new.received_at_ms,
        })?;
        State::first(false)
    };
    tx.set_revision(&NewRevision {
        id,
        state: new.state,
        photo_sha256: &new.photo_sha256,
        photo_bytes,
        attempt: new.attempt,
        revision: new.revision,
        at_ms: new.received_at_ms,
    })?;
    let event = JournalEvent::PhotoSubmitted {
        submission: id.to_owned(),
        batch: new.batch.clone(),
        photo_sha256: new.photo_sha256.clone(),
        attempt: new.attempt,
        revision: new.revision,
        from,
        to: new.state,
    };
    tx.append(at_ms, HUB, &event).map(drop)
}
