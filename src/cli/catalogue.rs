//! `photodesk standards | layouts | reasons`.

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
}
