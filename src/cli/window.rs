//! Opens the desk window on this user's desk.

use std::sync::Arc;

use super::{DeskPlace, Outcome, log};
use crate::ui::{self, UiStart};
use crate::workflow::samples::make_samples_quietly;

/// Opens the window and returns when it is closed.
pub(super) fn run(place: &DeskPlace) -> anyhow::Result<Outcome> {
    show(place, false)
}

/// The window on this desk; with `samples_at_start` an empty desk is filled with drawn sitters at once.
pub(super) fn show(place: &DeskPlace, samples_at_start: bool) -> anyhow::Result<Outcome> {
    log::to_stderr("photodesk=warn");
    let opened = place.clone();
    ui::run(UiStart {
        profile: place.folder()?,
        open: Arc::new(move || opened.open()),
        samples: Some(Arc::new(make_samples_quietly)),
        samples_at_start,
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
