//! `photodesk prepare`.

#[derive(Debug, clap::Args)]
pub(super) struct Args {}
