//! What the hub knows of the student at the page, read at once for every page that is about them.

use std::sync::Arc;

use super::visit::{Student, Visit};
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::store::StoreError;
use crate::store::journal::JournalEvent;
use crate::store::page::Draft;
use crate::submission::{QueueItem, State, Verb};

/// The student's photo and how far it is.
pub(super) struct Mine {
    pub(super) student: Student,
    pub(super) item: Option<QueueItem>,
    /// A photo that was checked and not submitted yet.
    pub(super) draft: Option<Draft>,
    /// Codes of the reasons, while it is rejected.
    pub(super) reasons: Vec<String>,
}

/// Reads it for the session's person.
pub(super) async fn mine(hub: &Arc<Hub>, visit: &Visit) -> Result<Mine, HubError> {
    let student = visit.student(hub).await?;
    hub.read(move |hub| {
        let subject = &student.subject.id;
        let item = match hub.store.latest_submission_of(subject)? {
            Some(id) => Some(hub.store.item(&id)?),
            None => None,
        };
        let draft = hub.store.draft(subject)?;
        let reasons = item.as_ref().map(|item| reasons(hub, item)).transpose()?.unwrap_or_default();
        Ok(Mine { student, item, draft, reasons })
    })
    .await
}

fn reasons(hub: &Hub, item: &QueueItem) -> Result<Vec<String>, StoreError> {
    if item.state != State::Rejected {
        return Ok(Vec::new());
    }
    let mut reasons = Vec::new();
    for entry in hub.store.history(&item.submission)? {
        if let JournalEvent::Decision { decision, .. } = JournalEvent::of(&entry)?
            && decision.verb == Verb::Reject
        {
            reasons = decision.reasons;
        }
    }
    Ok(reasons)
}

impl Mine {
    pub(super) fn state(&self) -> Option<State> {
        self.item.as_ref().map(|item| item.state)
    }

    /// Attempts that are left after the present photo, should it be rejected or is it so.
    pub(super) fn attempts_left(&self) -> u32 {
        let used = self.item.as_ref().map_or(0, |item| item.attempt);
        self.student.batch.max_attempts.saturating_sub(used)
    }

    /// Whether a photo may be sent now.
    pub(super) fn may_send(&self) -> bool {
        match self.state() {
            None | Some(State::AwaitingPayment | State::Paid) => true,
            Some(State::Rejected) => self.attempts_left() > 0,
            Some(_) => false,
        }
    }
}

/// Where a photo may come from on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sources {
    pub(super) camera: bool,
    pub(super) album: bool,
}

impl Mine {
    pub(super) fn sources(&self) -> Sources {
        Sources { camera: true, album: true }
    }
}
