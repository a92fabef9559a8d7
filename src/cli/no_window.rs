//! Stands in for the window in a build without the `desk` feature.

use super::{DeskPlace, Outcome};

/// Says how to get the window.
pub(super) fn run(_place: &DeskPlace) -> anyhow::Result<Outcome> {
    anyhow::bail!("this build has no window; name a command (see --help), or build with the feature `desk`")
}
