//! The open desk's tie to its hub: rounds in the background, told to the window as they end.

use std::sync::Arc;

use super::crew::Crew;
use crate::submission::Batch;
use crate::workflow::hub_state::{Conflict, HubState};
use crate::workflow::job::Job;
use crate::workflow::{Desk, DeskError};

#[cfg(feature = "hub")]
use super::crew::Done;
#[cfg(feature = "hub")]
use crate::workflow::{in_step::InStep, sync};

/// What screens may know of the hub.
pub struct HubView {
    pub state: HubState,
    /// Where it is; `None` for a desk that works alone.
    pub url: Option<String>,
    /// Refused decisions nobody has looked at.
    pub unseen_conflicts: usize,
}

/// A batch at the hub, and how many of its submissions may be printed.
pub struct AtHub {
    pub batch: Batch,
    pub approved: usize,
}

/// What came of a batch to be printed.
#[derive(Clone, Copy, Debug)]
pub struct FetchEnd {
    pub fetched: usize,
    pub known: usize,
    pub failed: usize,
}

/// What a round changed on this desk.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundEnd {
    /// Photos that came and want their check.
    pub pulled: usize,
    /// Rows that are no longer as they were drawn.
    pub changed: usize,
}

/// Rounds with the hub while the desk is open; nothing for a desk that works alone. Dropped, it gives back what is
/// held and undecided.
#[derive(Default)]
pub struct HubTie {
    url: Option<String>,
    #[cfg(feature = "hub")]
    in_step: Option<InStep>,
}

impl HubTie {
    /// Whether this program can speak to a hub.
    pub const IS_BUILT_IN: bool = cfg!(feature = "hub");

    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}

#[cfg(feature = "hub")]
impl HubTie {
    /// Ties an enrolled desk to its hub.
    pub fn begin(desk: &Arc<Desk>, crew: &Crew) -> Result<Self, DeskError> {
        let Some(url) = sync::hub_url(desk)? else { return Ok(Self::default()) };
        let report = crew.reporter();
        let in_step = InStep::begin(Arc::clone(desk), sync::usual_plan()?, move |ended| {
            let ended = ended.as_ref().map_or_else(
                |_| RoundEnd::default(),
                |round| RoundEnd {
                    pulled: round.pulled.len(),
                    changed: round.followed + round.lost + round.refused.len() + round.refused_exports.len(),
                },
            );
            report(Done::RoundEnded(ended));
        })?;
        Ok(Self { url: Some(url), in_step: Some(in_step) })
    }

    /// Something was decided: it goes to the hub at once.
    pub fn nudge(&self) {
        self.in_step.iter().for_each(InStep::nudge);
    }

    pub fn state(&self) -> HubState {
        self.in_step.as_ref().map_or(HubState::Alone, InStep::state)
    }

    /// Makes the desk a device of the hub at `url` with the administrator's code; gives the desk's name there.
    pub fn enrol(desk: &Desk, url: &str, code: &str) -> Result<String, DeskError> {
        sync::enrol(desk, url, code).map(|enrolled| enrolled.name)
    }

    /// Decisions the hub refused, oldest first.
    pub fn conflicts(desk: &Desk) -> Result<Vec<Conflict>, DeskError> {
        sync::conflicts(desk)
    }

    /// The batches at the hub.
    pub fn batches(desk: &Desk) -> Result<Vec<AtHub>, DeskError> {
        let rows = sync::hub_batches(desk)?;
        Ok(rows.into_iter().map(|row| AtHub { batch: row.batch, approved: row.approved }).collect())
    }

    /// Brings everything of a batch here that may be printed.
    pub fn fetch_approved(desk: &Desk, batch: &str, job: &Job) -> Result<FetchEnd, DeskError> {
        let done = sync::fetch_approved(desk, batch, job)?;
        Ok(FetchEnd { fetched: done.fetched, known: done.known, failed: done.not_fetched.len() })
    }

    /// Brings orders for prints here that nobody else prints; gives how many came now.
    pub fn fetch_orders(desk: &Desk, job: &Job) -> Result<usize, DeskError> {
        sync::fetch_orders(desk, job)
    }
}

#[cfg(not(feature = "hub"))]
impl HubTie {
    pub fn begin(_desk: &Arc<Desk>, _crew: &Crew) -> Result<Self, DeskError> {
        Ok(Self::default())
    }

    pub fn nudge(&self) {}

    pub fn state(&self) -> HubState {
        HubState::Alone
    }

    pub fn enrol(_desk: &Desk, _url: &str, _code: &str) -> Result<String, DeskError> {
        Err(not_built_in())
    }

    pub fn batches(_desk: &Desk) -> Result<Vec<AtHub>, DeskError> {
        Err(not_built_in())
    }

    pub fn fetch_approved(_desk: &Desk, _batch: &str, _job: &Job) -> Result<FetchEnd, DeskError> {
        Err(not_built_in())
    }

    pub fn fetch_orders(_desk: &Desk, _job: &Job) -> Result<usize, DeskError> {
        Err(not_built_in())
    }

    pub fn conflicts(_desk: &Desk) -> Result<Vec<Conflict>, DeskError> {
        Ok(Vec::new())
    }
}

#[cfg(not(feature = "hub"))]
fn not_built_in() -> DeskError {
    let message = "this program was built without the hub; install the usual one".to_owned();
    DeskError::Refused { code: "no_hub", message }
}
