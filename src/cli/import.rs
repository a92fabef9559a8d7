//! `photodesk import`.

#[derive(Debug, clap::Args)]
pub(super) struct Args {}
