//! What comes in, inside one transaction: batches, submissions, further photos, withdrawals.

use super::error::{HubError, fault};
use super::life::Hand;
use super::queue::shown;
use super::{Call, orders};
use crate::standard::Catalogue;
use crate::store::hub_link::NewRevision;
use crate::store::journal::JournalEvent;
use crate::store::{StoreError, Tx, submissions};
use crate::submission::rules::captured_at_ms;
use crate::submission::state::{Event, State, next};
use crate::submission::{Batch, Order, PaymentRule, QueueItem, SignatureCode, lease};
use crate::sync::protocol::{NewPhoto, NewRules, NewSubmission, Submission, Withdrawal};

/// Opens a batch; standard and background must be known here.
pub(super) fn add_batch(tx: &Tx<'_>, call: &Call<'_>, batch: Batch) -> Result<Batch, HubError> {
    let batch = checked_batch(&call.hub.standards, batch)?;
    tx.add_batch(&batch, call.now_ms)?;
    let event = JournalEvent::BatchCreated { batch: batch.clone() };
    tx.append(call.now_ms, &call.device.name, &event)?;
    Ok(batch)
}

/// The batch with its code in capitals, when standard and background are known.
pub(super) fn checked_batch(standards: &Catalogue, batch: Batch) -> Result<Batch, HubError> {
    let refuse = |code: &str, text: String| HubError { status: 400, fault: fault(code, &text) };
    let code =
        SignatureCode::parse(&batch.code).map_err(|error| refuse("bad_signature_code", error.to_string()))?;
    let standard = standards.get(&batch.standard).map_err(|error| refuse(error.code(), error.to_string()))?;
    let has_background = standard.backgrounds.iter().any(|background| background.id == batch.background);
    if !has_background {
        let known: Vec<_> = standard.backgrounds.iter().map(|background| background.id.as_str()).collect();
        let text = format!(
            "the standard {} has no background {}; choose one of: {}",
            standard.id,
            batch.background,
            known.join(", ")
        );
        return Err(refuse("unknown_background", text));
    }
    if batch.max_attempts == 0 {
        let text = "a batch must allow at least one attempt; set it to 1 or more".to_owned();
        return Err(refuse("no_attempts", text));
    }
    let rules = batch.rules.clone().checked().map_err(|error| refuse("bad_rules", error.to_string()))?;
    Ok(Batch { code: code.to_string(), rules, ..batch })
}

/// Sets what a batch asks of its students from now on. Orders that were opened keep their fee.
pub(super) fn set_rules(tx: &Tx<'_>, call: &Call<'_>, code: &str, new: &NewRules) -> Result<Batch, HubError> {
    set_rules_of(tx, call.hand(), &call.hub.standards, code, new)
}

/// The same at the hub's own machine.
pub(super) fn set_rules_of(
    tx: &Tx<'_>,
    hand: Hand<'_>,
    standards: &Catalogue,
    code: &str,
    new: &NewRules,
) -> Result<Batch, HubError> {
    let batch = Batch { max_attempts: new.max_attempts, rules: new.rules.clone(), ..tx.batch(code)? };
    let batch = checked_batch(standards, batch)?;
    tx.set_rules(&batch)?;
    let event = JournalEvent::RulesSet {
        batch: batch.code.clone(),
        max_attempts: batch.max_attempts,
        rules: batch.rules.clone(),
    };
    tx.append(hand.now_ms, hand.actor, &event)?;
    Ok(batch)
}

/// Adds an order with its first photo, which must be stored.
pub(super) fn submit(tx: &Tx<'_>, call: &Call<'_>, new: &NewSubmission) -> Result<Submission, HubError> {
    let batch = tx.batch(&new.batch)?;
    is_open(tx, &batch, call.now_ms)?;
    if batch.rules.payment == PaymentRule::BeforePhoto {
        return Err(orders::payment_first());
    }
    let number = orders::open_for(tx, call, &batch, &new.masked_name)?;
    first_photo(tx, call, &tx.order(&number)?, &new.photo_sha256, Arrived::now(call))
}

/// When a photo was taken and when it came.
#[derive(Clone, Copy)]
pub(super) struct Arrived {
    captured_at_ms: i64,
}

impl Arrived {
    /// Sent as it was taken, as far as anybody knows.
    pub(super) fn now(call: &Call<'_>) -> Self {
        Self { captured_at_ms: call.now_ms }
    }

    /// Taken when a station says, where that can be believed.
    pub(super) fn taken(call: &Call<'_>, told_ms: i64) -> Self {
        let believed_days = call.hub.limits.retention.believed_capture_days;
        Self { captured_at_ms: captured_at_ms(Some(told_ms), call.now_ms, believed_days) }
    }
}

/// Makes the submission of an order that has none, with its first photo, which must be stored.
pub(super) fn first_photo(
    tx: &Tx<'_>,
    call: &Call<'_>,
    order: &Order,
    photo_sha256: &str,
    arrived: Arrived,
) -> Result<Submission, HubError> {
    let photo_bytes = stored_bytes(tx, photo_sha256)?;
    let same_photo_as = tx.with_photo(&order.batch, photo_sha256)?;
    let id = uuid::Uuid::now_v7().to_string();
    let from = order.state;
    tx.add_submission(&submissions::NewSubmission {
        id: &id,
        batch: &order.batch,
        masked_name: &order.masked_name,
        state: next(from, Event::PhotoSubmitted)?,
        photo_sha256,
        photo_bytes,
        received_at_ms: call.now_ms,
    })?;
    tx.set_captured(&id, arrived.captured_at_ms)?;
    tx.bind_order(&order.order, &id)?;
    let bound = JournalEvent::OrderBound { order: order.order.clone(), submission: id.clone() };
    tx.append(call.now_ms, &call.device.name, &bound)?;
    let item = tx.standing(&id)?.item;
    record(tx, call, &item, from)?;
    Ok(Submission { same_photo_as, ..shown(item) })
}

/// Whether the batch takes photos now.
pub(super) fn is_open(tx: &Tx<'_>, batch: &Batch, now_ms: i64) -> Result<(), HubError> {
    let is_closed = tx.closing(&batch.code)?.is_some();
    batch
        .rules
        .takes_photos(now_ms, is_closed)
        .map_err(|closed| HubError { status: 409, fault: fault(closed.code(), &closed.to_string()) })
}

/// Takes a further photo: again after a rejection while attempts and window last, or anew after a withdrawal.
pub(super) fn resubmit(
    tx: &Tx<'_>,
    call: &Call<'_>,
    id: &str,
    new: &NewPhoto,
) -> Result<Submission, HubError> {
    let item = tx.standing(id)?.item;
    let batch = tx.batch(&item.batch)?;
    is_open(tx, &batch, call.now_ms)?;
    let photo_bytes = stored_bytes(tx, &new.photo_sha256)?;
    let rejected_at_ms = tx.decided_at_ms(id)?;
    let until_ms = rejected_at_ms.and_then(|rejected_at_ms| batch.rules.reupload_until_ms(rejected_at_ms));
    let is_in_time = until_ms.is_none_or(|until_ms| call.now_ms < until_ms);
    let lease = tx.lease(id)?;
    let (to, attempt, lease) =
        lease::new_photo(item.state, item.attempt, batch.max_attempts, is_in_time, &lease)?;
    tx.set_revision(&NewRevision {
        id,
        state: to,
        photo_sha256: &new.photo_sha256,
        photo_bytes,
        attempt,
        revision: item.revision + 1,
        at_ms: call.now_ms,
    })?;
    tx.set_lease(id, &lease)?;
    let after = tx.standing(id)?.item;
    record(tx, call, &after, item.state)?;
    Ok(shown(after))
}

/// Takes the photo back for the student: wins until a decision has been committed.
pub(super) fn withdraw(
    tx: &Tx<'_>,
    call: &Call<'_>,
    id: &str,
    asked: &Withdrawal,
) -> Result<Submission, HubError> {
    let item = tx.standing(id)?.item;
    if item.revision != asked.revision {
        let text = format!(
            "revision {} is not the present one ({}); look at the present photo, then choose anew",
            asked.revision, item.revision
        );
        return Err(HubError { status: 409, fault: fault("stale_photo", &text) });
    }
    let (to, lease) = lease::withdraw(item.state, &tx.lease(id)?)?;
    tx.set_decided(id, to, None)?;
    tx.set_lease(id, &lease)?;
    let event = JournalEvent::Withdrawn {
        submission: id.to_owned(),
        photo_sha256: item.photo_sha256.clone(),
        revision: item.revision,
        from: item.state,
        to,
    };
    tx.append(call.now_ms, &call.device.name, &event)?;
    Ok(shown(QueueItem { state: to, ..item }))
}

pub(super) fn record(tx: &Tx<'_>, call: &Call<'_>, item: &QueueItem, from: State) -> Result<(), StoreError> {
    let event = JournalEvent::PhotoSubmitted {
        submission: item.submission.clone(),
        batch: item.batch.clone(),
        photo_sha256: item.photo_sha256.clone(),
        attempt: item.attempt,
        revision: item.revision,
        from,
        to: item.state,
    };
    tx.append(call.now_ms, &call.device.name, &event).map(drop)
}

pub(super) fn stored_bytes(tx: &Tx<'_>, photo_sha256: &str) -> Result<u64, HubError> {
    tx.photo_bytes(photo_sha256)?.ok_or_else(|| {
        HubError::new(
            409,
            "photo_not_stored",
            "the photo this submission names is not stored at the hub",
            "send the photo first, then the submission again with the same key",
        )
    })
}
