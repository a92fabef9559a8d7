//! Opens the desk window on this user's desk.

use std::sync::Arc;

use super::{DeskPlace, Outcome, log};
use crate::camera::{self, Cameras};
use crate::ui::{self, MakeSamples, OpenDesk, UiStart};
use crate::workflow::samples::make_samples_quietly;

/// Which desk the window opens, and how.
pub(super) struct Opening {
    pub place: DeskPlace,
    pub open: OpenDesk,
    pub samples: MakeSamples,
    /// An empty desk is filled with the samples at once.
    pub samples_at_start: bool,
    pub cameras: Arc<dyn Cameras>,
}

/// Opens the window on this user's desk and returns when it is closed.
pub(super) fn run(place: &DeskPlace) -> anyhow::Result<Outcome> {
    let opened = place.clone();
    show(Opening {
        place: place.clone(),
        open: Arc::new(move || opened.open()),
        samples: Arc::new(make_samples_quietly),
        samples_at_start: false,
        cameras: camera::system(),
    })
}

/// Opens the window and returns when it is closed.
pub(super) fn show(opening: Opening) -> anyhow::Result<Outcome> {
    log::to_stderr("photodesk=warn");
    ui::run(UiStart {
        profile: opening.place.folder()?,
        open: opening.open,
        samples: Some(opening.samples),
        samples_at_start: opening.samples_at_start,
        cameras: opening.cameras,
        reviewer: reviewer(),
    })?;
    Ok(Outcome::Done)
}

/// The login name, until the person chooses another in the settings.
fn reviewer() -> String {
    ["USER", "USERNAME", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "reviewer".to_owned())
}
