//! The desk in step with its hub: enrol, one round, and how it stands.

use super::desk::now_ms;
use super::hub_state::{HubFacts, HubState};
use super::job::Job;
use super::{Desk, DeskError};
use crate::store::outbox::Conflict;
use crate::sync::captures::{self, HandIn};
use crate::sync::limits::HubLimits;
use crate::sync::protocol::{BatchRow, Enrolled};
use crate::sync::round::{self, SyncError, Watcher};

pub use crate::sync::captures::Pace;
pub use crate::sync::round::{Fetched, Plan, RoundReport};

/// Makes this desk a device of the hub at `url` with a code the administrator gave.
pub fn enrol(desk: &Desk, url: &str, code: &str) -> Result<Enrolled, DeskError> {
    round::enrol(&desk.store, url, code).map_err(said)
}

/// Address of the hub this desk is enrolled at.
pub fn hub_url(desk: &Desk) -> Result<Option<String>, DeskError> {
    Ok(desk.store.hub_link()?.map(|link| link.url))
}

/// What a window keeps: as much as one claim gives, so that photos can be decoded ahead.
pub fn usual_plan() -> Result<Plan, DeskError> {
    Ok(Plan { hold: hub_limits()?.lease.claim_at_most, ..Plan::default() })
}

/// The times and sizes this desk and its hub go by.
pub(super) fn hub_limits() -> Result<HubLimits, DeskError> {
    HubLimits::built_in()
        .map_err(|error| DeskError::Refused { code: "hub_limits", message: error.to_string() })
}

/// One round with the hub: outbox up, changes down, leases kept, new work pulled. Progress counts the photos.
pub fn sync_now(desk: &Desk, plan: &Plan, job: &Job) -> Result<RoundReport, DeskError> {
    let client = round::client(&desk.store).map_err(said)?;
    round::run(&desk.store, &client, plan, job, &now_ms).map_err(said)
}

/// The batches at the hub, with how many submissions of each may be printed.
pub fn hub_batches(desk: &Desk) -> Result<Vec<BatchRow>, DeskError> {
    let client = round::client(&desk.store).map_err(said)?;
    Ok(client.batches().map_err(|error| said(error.into()))?.batches)
}

/// Brings everything of a batch here that may be printed, whoever approved it. Progress counts the photos.
pub fn fetch_approved(desk: &Desk, batch: &str, job: &Job) -> Result<Fetched, DeskError> {
    let client = round::client(&desk.store).map_err(said)?;
    round::fetch_approved(&desk.store, &client, batch, job, &now_ms).map_err(said)
}

/// Brings orders for prints here that students placed at the hub and that nobody else prints; gives how many came now.
pub fn fetch_orders(desk: &Desk, job: &Job) -> Result<usize, DeskError> {
    let client = round::client(&desk.store).map_err(said)?;
    round::fetch_orders(&desk.store, &client, job, &now_ms).map_err(said)
}

/// Sends what is finalised of a batch to the hub and lets it prove what it holds. Progress counts the shots.
pub fn hand_in(desk: &Desk, batch: &str, pace: Pace, job: &Job) -> Result<HandIn, DeskError> {
    let batch = desk.batch(batch)?.code;
    let client = round::client(&desk.store).map_err(said)?;
    captures::hand_in(&desk.store, &client, &batch, pace, job, &now_ms).map_err(said)
}

/// How the desk stands to its hub. `is_unreachable` is what the last round found.
pub fn hub_state(desk: &Desk, is_unreachable: bool) -> Result<HubState, DeskError> {
    let (waiting, waiting_since_ms) = desk.store.outbox_depth()?;
    let (_, in_step_at_ms) = desk.store.hub_cursor()?;
    Ok(HubState::of(HubFacts {
        is_enrolled: desk.store.hub_link()?.is_some(),
        waiting,
        waiting_since_ms,
        conflicts: desk.store.conflicts()?.len(),
        in_step_at_ms,
        is_unreachable,
    }))
}

/// Decisions that wait to be sent.
pub fn decisions_waiting(desk: &Desk) -> Result<usize, DeskError> {
    Ok(desk.store.outbox_depth()?.0)
}

/// Exported submissions of which the hub has not heard everything.
pub fn exports_waiting(desk: &Desk) -> Result<usize, DeskError> {
    Ok(desk.store.export_reports_waiting()?)
}

/// Decisions the hub refused, oldest first.
pub fn conflicts(desk: &Desk) -> Result<Vec<Conflict>, DeskError> {
    Ok(desk.store.conflicts()?)
}

impl Watcher for Job {
    fn is_cancelled(&self) -> bool {
        Self::is_cancelled(self)
    }

    fn begun(&self, photos: usize) {
        self.set_total(photos);
    }

    fn step(&self) {
        Self::step(self);
    }
}

fn said(error: SyncError) -> DeskError {
    match error {
        SyncError::Store(error) => error.into(),
        error => DeskError::Refused { code: error.code(), message: error.to_string() },
    }
}
