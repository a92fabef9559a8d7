//! `photodesk demo`.

#[derive(Debug, clap::Args)]
pub(super) struct Args {}
