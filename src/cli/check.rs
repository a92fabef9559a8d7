//! `photodesk check`.

#[derive(Debug, clap::Args)]
pub(super) struct Args {}
