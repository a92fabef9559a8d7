//! The desk's hub behind the window: rounds run in the background, and the window is told what they did.

use std::sync::Arc;

use crate::ui::crew::Crew;
use crate::workflow::hub_state::HubState;
use crate::workflow::{Desk, DeskError};

#[cfg(feature = "hub")]
use crate::ui::crew::Done;
#[cfg(feature = "hub")]
use crate::workflow::in_step::InStep;
#[cfg(feature = "hub")]
use crate::workflow::sync;

/// Undecided submissions this desk holds at a time: a bundle to work on, and one more to go on without waiting.
#[cfg(feature = "hub")]
const HOLD: u32 = 16;

/// What a round with the hub did, as far as the window must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Photos that came and have no check yet.
    pub pulled: usize,
    /// Rows or counts are others now.
    pub changed: bool,
    /// Decisions the hub refused.
    pub refused: usize,
}

/// The background rounds, while this desk is enrolled at a hub.
#[derive(Default)]
pub struct HubLink {
    #[cfg(feature = "hub")]
    in_step: Option<InStep>,
}

#[cfg(feature = "hub")]
impl HubLink {
    /// Begins rounds when the desk is enrolled.
    pub fn start(desk: &Arc<Desk>, crew: &Crew) -> Result<Self, DeskError> {
        if sync::hub_state(desk, false)? == HubState::Alone {
            return Ok(Self::default());
        }
        let tell = crew.teller();
        let plan = sync::Plan { hold: HOLD, ..sync::Plan::default() };
        let in_step = InStep::begin(desk.clone(), plan, move |report| {
            tell(Done::Round(Round {
                pulled: report.pulled.len(),
                changed: *report != sync::RoundReport::default(),
                refused: report.refused.len(),
            }));
        })?;
        Ok(Self { in_step: Some(in_step) })
    }

    /// Something was decided: it is sent at once.
    pub fn nudge(&self) {
        if let Some(in_step) = &self.in_step {
            in_step.nudge();
        }
    }

    /// How the desk stands to its hub.
    pub fn state(&self) -> HubState {
        self.in_step.as_ref().map_or(HubState::Alone, InStep::state)
    }
}

/// Enrols this desk at a hub with the one-time code of its administrator.
#[cfg(feature = "hub")]
pub fn connect(desk: &Desk, url: &str, code: &str) -> Result<(), DeskError> {
    sync::enrol(desk, url, code).map(|enrolled| {
        tracing::info!(role = %enrolled.role, "this desk is enrolled");
    })
}

#[cfg(not(feature = "hub"))]
impl HubLink {
    pub fn start(_desk: &Arc<Desk>, _crew: &Crew) -> Result<Self, DeskError> {
        Ok(Self::default())
    }

    pub fn nudge(&self) {}

    pub fn state(&self) -> HubState {
        HubState::Alone
    }
}

#[cfg(not(feature = "hub"))]
pub fn connect(_desk: &Desk, _url: &str, _code: &str) -> Result<(), DeskError> {
    Err(DeskError::Refused {
        code: "no_hub_built_in",
        message: "this program was built without the way to a hub; install the usual one".to_owned(),
    })
}
