//! `photodesk review`.

#[derive(Debug, clap::Args)]
pub(super) struct Args {}
