//! `photodesk layout`.

#[derive(Debug, clap::Args)]
pub(super) struct Args {}
