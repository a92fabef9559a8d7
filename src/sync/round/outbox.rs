//! Sends what was decided, in order. A row the hub refuses is kept as a conflict and holds up no other.

use super::{Round, RoundReport, SyncError};
use crate::store::hub_link::HubItem;
use crate::store::journal::JournalEvent;
use crate::store::outbox::{Conflict, Outgoing};
use crate::store::{StoreError, Tx};
use crate::submission::State;
use crate::sync::client::ClientError;
use crate::sync::protocol::{DecisionRow, Decisions, Fault, RowVerdict, Standing};

/// Signs what the desk takes over from the hub.
pub(super) const HUB: &str = "hub";

impl Round<'_> {
    /// Sends until the outbox is empty.
    pub(super) fn send(&self, report: &mut RoundReport) -> Result<(), SyncError> {
        loop {
            let waiting = self.store.outgoing(self.limits.requests.max_decisions)?;
            if waiting.is_empty() {
                return Ok(());
            }
            match self.answers(&waiting) {
                Ok(verdicts) => self.settle(&waiting, &verdicts, report)?,
                // Something in the bundle is not understood as a whole: find the row that spoils it.
                Err(SyncError::Client(ClientError::Refused(fault))) if is_about_the_rows(&fault) => {
                    self.send_singly(&waiting, report)?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn send_singly(&self, waiting: &[Outgoing], report: &mut RoundReport) -> Result<(), SyncError> {
        for row in waiting {
            let alone = std::slice::from_ref(row);
            match self.answers(alone) {
                Ok(verdicts) => self.settle(alone, &verdicts, report)?,
                Err(SyncError::Client(ClientError::Refused(fault))) if is_about_the_rows(&fault) => {
                    self.settle_one(row, None, Some(&fault), report)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn answers(&self, waiting: &[Outgoing]) -> Result<Vec<RowVerdict>, SyncError> {
        let decisions = waiting.iter().map(|row| DecisionRow {
            key: row.key.clone(),
            token: row.token,
            at_ms: row.at_ms,
            decision: row.decision.clone(),
        });
        let verdicts = self.client.decide(&Decisions { decisions: decisions.collect() })?.verdicts;
        let is_complete = waiting.iter().all(|row| verdicts.iter().any(|verdict| verdict.key == row.key));
        if is_complete {
            Ok(verdicts)
        } else {
            let cause = "some decisions were not answered".to_owned();
            Err(ClientError::NotUnderstood { cause }.into())
        }
    }

    fn settle(
        &self,
        waiting: &[Outgoing],
        verdicts: &[RowVerdict],
        report: &mut RoundReport,
    ) -> Result<(), SyncError> {
        for row in waiting {
            if let Some(verdict) = verdicts.iter().find(|verdict| verdict.key == row.key) {
                self.settle_one(row, verdict.now, verdict.refused.as_ref(), report)?;
            }
        }
        Ok(())
    }

    fn settle_one(
        &self,
        row: &Outgoing,
        now: Option<Standing>,
        refused: Option<&Fault>,
        report: &mut RoundReport,
    ) -> Result<(), SyncError> {
        let at_ms = (self.now_ms)();
        let conflict = refused.map(|fault| Conflict {
            decision: row.decision.clone(),
            code: fault.code.clone(),
            message: fault.message.clone(),
            remedy: fault.remedy.clone(),
            at_ms,
        });
        let was_waiting = self.store.write(|tx| {
            let was_waiting = tx.settle(row.seq)?;
            if let (true, Some(conflict)) = (was_waiting, &conflict) {
                tx.keep_conflict(conflict)?;
                give_way(tx, conflict, now, at_ms)?;
            }
            Ok::<_, StoreError>(was_waiting)
        })?;
        match conflict {
            Some(conflict) if was_waiting => report.refused.push(conflict),
            None if was_waiting => report.committed += 1,
            _ => {}
        }
        Ok(())
    }
}

/// The desk's own decision did not count: it no longer holds the submission and shows what the hub says.
fn give_way(tx: &Tx<'_>, conflict: &Conflict, now: Option<Standing>, at_ms: i64) -> Result<(), StoreError> {
    let submission = &conflict.decision.submission;
    if let Some(item) = tx.hub_item(submission)? {
        tx.set_hub_item(submission, &HubItem { is_held: false, ..item })?;
    }
    match now {
        Some(now) if !tx.has_unsent(submission)? => {
            take_over(tx, submission, now, &conflict.code, at_ms).map(drop)
        }
        _ => Ok(()),
    }
}

/// Takes over the hub's state of a submission whose photo is the same here; `false` when there was nothing to do.
pub(super) fn take_over(
    tx: &Tx<'_>,
    submission: &str,
    now: Standing,
    code: &str,
    at_ms: i64,
) -> Result<bool, StoreError> {
    let item = tx.standing(submission)?.item;
    let is_erased = now.state == State::Erased;
    // A newer photo is not here yet; it comes with its lease. Of what is erased nothing more comes.
    if item.state == now.state || (item.revision != now.revision && !is_erased) {
        return Ok(false);
    }
    let event = JournalEvent::HubFollowed {
        submission: submission.to_owned(),
        code: code.to_owned(),
        revision: now.revision,
        from: item.state,
        to: now.state,
    };
    tx.append(at_ms, HUB, &event)?;
    tx.set_decided(submission, now.state, None)?;
    if is_erased {
        tx.erase_facts(submission, at_ms)?;
    }
    Ok(true)
}

/// Whether the refusal is about what was sent, not about who sent it or about the hub.
fn is_about_the_rows(fault: &Fault) -> bool {
    ["bad_request", "too_large"].contains(&fault.code.as_str())
}
