//! `photodesk export`.

#[derive(Debug, clap::Args)]
pub(super) struct Args {}
