//! `photodesk hub admin sweep`: photos that nothing names, listed or deleted.

use std::io::Write;
use std::time::Duration;

use crate::cli::Outcome;
use crate::store::Store;
use crate::sync::limits::HubLimits;

#[derive(Debug, clap::Args)]
pub(in crate::cli::hub) struct SweepArgs {
    /// Delete them; without this they are only listed.
    #[arg(long)]
    delete: bool,
    /// Leave what was stored within so many hours (default: a week).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=87_600))]
    older_than_hours: Option<u32>,
}

pub(super) fn run(
    store: &Store,
    args: &SweepArgs,
    now_ms: i64,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let limits = HubLimits::built_in()?;
    let hours = args.older_than_hours.unwrap_or(limits.requests.unnamed_kept_hours);
    let kept = Duration::from_secs(u64::from(hours) * 3600);
    let before_ms = now_ms - i64::from(hours) * 3_600_000;
    let unnamed = store.unnamed_photos(before_ms, kept)?;
    for sha256 in &unnamed.recorded {
        writeln!(out, "{sha256}: sent and never submitted")?;
    }
    for name in &unnamed.strays {
        writeln!(out, "{name}: stored and not on record")?;
    }
    let found = unnamed.recorded.len() + unnamed.strays.len();
    if !args.delete {
        writeln!(
            out,
            "{found} photos that nothing names, older than {hours} hours; delete them with --delete"
        )?;
        return Ok(Outcome::Done);
    }
    let gone = store.remove_unnamed(&unnamed, before_ms, kept)?;
    let settle = Duration::from_secs(limits.page.dropped_kept_seconds.into());
    store.clear_aside(settle)?;
    writeln!(
        out,
        "{gone} of {found} photos that nothing names are deleted; the others were named or sent meanwhile"
    )?;
    Ok(Outcome::Done)
}
