//! The queue's verbs inside one transaction: claim, renew, release, decide.

use super::Call;
use super::error::{HubError, fault};
use super::once::{json, other_request};
use crate::store::answers::Known;
use crate::store::journal::JournalEvent;
use crate::store::submissions::Standing;
use crate::store::{StoreError, Tx};
use crate::submission::lease::{self, Fenced, Late};
use crate::submission::{QueueItem, State, Verb, decision};
use crate::sync::protocol::{
    self, Claim, Claimed, DecisionRow, Decisions, Leased, Leases, Released, Renewed, RowVerdict, Verdicts,
};

/// Leases up to `count` submissions that nobody holds, oldest first.
pub(super) fn claim(tx: &Tx<'_>, call: &Call<'_>, claim: &Claim) -> Result<Claimed, HubError> {
    let limits = &call.hub.limits;
    let count = claim.count.min(limits.lease.claim_at_most) as usize;
    if let Some(code) = &claim.batch {
        tx.batch(code)?;
    }
    let mut leases = Vec::with_capacity(count);
    for item in tx.free_to_claim(claim.batch.as_deref(), call.now_ms, count)? {
        let held = tx.lease(&item.submission)?;
        let Some(lease) = held.claim(item.state, &call.device.id, call.now_ms, limits.lease_ms()) else {
            continue;
        };
        tx.set_lease(&item.submission, &lease)?;
        let photo_bytes = tx.photo_bytes(&item.photo_sha256)?.unwrap_or_default();
        leases.push(Leased { submission: shown(item), photo_bytes, token: lease.token });
    }
    Ok(Claimed { leases, lease_seconds: limits.lease.seconds })
}

/// Prolongs what the device holds and tells what it holds no longer.
pub(super) fn renew(tx: &Tx<'_>, call: &Call<'_>, asked: &Leases) -> Result<Renewed, HubError> {
    let limits = &call.hub.limits;
    let (mut held, mut lost) = (Vec::new(), Vec::new());
    for protocol::LeaseRef { submission, token } in &asked.leases {
        let state = match tx.standing(submission) {
            Ok(standing) => Some(standing.item.state),
            Err(StoreError::UnknownSubmission { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let lease = tx.lease(submission)?;
        let renewed = state
            .and_then(|state| lease.renew(state, &call.device.id, *token, call.now_ms, limits.lease_ms()));
        match renewed {
            Some(lease) => {
                tx.set_lease(submission, &lease)?;
                held.push(submission.clone());
            }
            None => lost.push(submission.clone()),
        }
    }
    Ok(Renewed { held, lost, lease_seconds: limits.lease.seconds })
}

/// Gives leases back into the queue.
pub(super) fn release(tx: &Tx<'_>, call: &Call<'_>, asked: &Leases) -> Result<Released, HubError> {
    let mut released = 0;
    for protocol::LeaseRef { submission, token } in &asked.leases {
        if let Some(lease) = tx.lease(submission)?.release(&call.device.id, *token) {
            tx.set_lease(submission, &lease)?;
            released += 1;
        }
    }
    Ok(Released { released })
}

/// Decides row by row in the order given; every row has its answer, a refused one stops no other.
pub(super) fn decide(tx: &Tx<'_>, call: &Call<'_>, asked: &Decisions) -> Result<Verdicts, HubError> {
    let most = call.hub.limits.requests.max_decisions;
    if asked.decisions.len() > most {
        return Err(HubError::bad_request(format!("more than {most} decisions in one request")));
    }
    let verdicts = asked.decisions.iter().map(|row| decide_once(tx, call, row));
    Ok(Verdicts { verdicts: verdicts.collect::<Result<_, _>>()? })
}

fn decide_once(tx: &Tx<'_>, call: &Call<'_>, row: &DecisionRow) -> Result<RowVerdict, HubError> {
    let request = json(row)?;
    match tx.known_answer(&call.device.id, &row.key, request.as_bytes())? {
        Known::Answer(body) => {
            return serde_json::from_str(&body)
                .map_err(|_| HubError::bug("a stored answer cannot be understood"));
        }
        Known::OtherRequest => {
            let refused = Some(other_request().fault);
            let now = standing_of(tx, row)?.as_ref().map(now_of);
            return Ok(verdict(row, now, refused));
        }
        Known::Nothing => {}
    }
    let answer = decide_row(tx, call, row)?;
    tx.keep_answer(&call.device.id, &row.key, request.as_bytes(), &json(&answer)?, call.now_ms)?;
    Ok(answer)
}

fn decide_row(tx: &Tx<'_>, call: &Call<'_>, row: &DecisionRow) -> Result<RowVerdict, HubError> {
    let Some(standing) = standing_of(tx, row)? else {
        let unknown = StoreError::UnknownSubmission { id: row.decision.submission.clone() };
        return Ok(verdict(row, None, Some(fault(unknown.code(), &unknown.to_string()))));
    };
    let Standing { item, is_damaged, decided_by, .. } = &standing;
    let known = decision::Standing { item, is_damaged: *is_damaged, decided_by: decided_by.as_deref() };
    let fenced = Fenced { decision: &row.decision, device: &call.device.id, token: row.token };
    let lease = tx.lease(&item.submission)?;
    let until_ms = call.now_ms + call.hub.limits.lease_ms();
    match lease::decide(fenced, known, &lease, &call.hub.reasons, until_ms) {
        Ok((to, lease)) => {
            commit(tx, call, row, item.state, to)?;
            tx.set_lease(&item.submission, &lease)?;
            let now = protocol::Standing { state: to, revision: item.revision };
            Ok(verdict(row, Some(now), None))
        }
        Err(late) => {
            keep_attempt(tx, call, row, &late)?;
            Ok(verdict(row, Some(now_of(&standing)), Some(fault(late.code(), &late.to_string()))))
        }
    }
}

fn commit(tx: &Tx<'_>, call: &Call<'_>, row: &DecisionRow, from: State, to: State) -> Result<(), StoreError> {
    let decision = &row.decision;
    let event = JournalEvent::Decision { decision: decision.clone(), from, to };
    let seq = tx.append(call.now_ms, &signature(call, row), &event)?;
    let in_force = (decision.verb != Verb::Undo).then_some((decision.reviewer.as_str(), seq));
    tx.set_decided(&decision.submission, to, in_force)
}

/// Somebody looked and judged; the audit keeps it although it changes nothing.
fn keep_attempt(tx: &Tx<'_>, call: &Call<'_>, row: &DecisionRow, late: &Late) -> Result<(), StoreError> {
    let event = JournalEvent::LateDecision {
        decision: row.decision.clone(),
        device: call.device.id.clone(),
        code: late.code().to_owned(),
    };
    tx.append(call.now_ms, &signature(call, row), &event).map(drop)
}

fn signature(call: &Call<'_>, row: &DecisionRow) -> String {
    format!("{} at {}", row.decision.reviewer, call.device.name)
}

fn standing_of(tx: &Tx<'_>, row: &DecisionRow) -> Result<Option<Standing>, StoreError> {
    match tx.standing(&row.decision.submission) {
        Ok(standing) => Ok(Some(standing)),
        Err(StoreError::UnknownSubmission { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn now_of(standing: &Standing) -> protocol::Standing {
    protocol::Standing { state: standing.item.state, revision: standing.item.revision }
}

fn verdict(
    row: &DecisionRow,
    now: Option<protocol::Standing>,
    refused: Option<protocol::Fault>,
) -> RowVerdict {
    RowVerdict { key: row.key.clone(), submission: row.decision.submission.clone(), now, refused }
}

/// The row as it may leave the hub.
pub(super) fn shown(item: QueueItem) -> protocol::Submission {
    protocol::Submission {
        submission: item.submission,
        batch: item.batch,
        masked_name: item.masked_name,
        state: item.state,
        attempt: item.attempt,
        revision: item.revision,
        photo_sha256: item.photo_sha256,
        received_at_ms: item.received_at_ms,
        same_photo_as: None,
    }
}
