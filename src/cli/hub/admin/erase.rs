//! `photodesk hub admin erase`: what is due to be erased, listed or carried out.

use std::io::Write;
use std::time::Duration;

use super::life::answered;
use crate::cli::Outcome;
use crate::hub::admin::{self, Due, Erasure, Hindrance};
use crate::store::Store;
use crate::sync::limits::HubLimits;

#[derive(Debug, clap::Args)]
pub(in crate::cli::hub) struct EraseArgs {
    /// Only list what is due; nothing changes.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(
    store: &Store,
    args: &EraseArgs,
    now_ms: i64,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let limits = HubLimits::built_in()?;
    let days = limits.retention.days;
    if args.dry_run {
        return answered(admin::erasing_plan(store, days, now_ms), |due| {
            let (stays, goes): (Vec<Due>, Vec<Due>) =
                due.into_iter().partition(|due| due.hindrance.is_some());
            list(&goes, &stays, "would be erased", out)?;
            writeln!(out, "{} would be erased, {} stay", goes.len(), stays.len())?;
            Ok(())
        });
    }
    let settle = Duration::from_secs(limits.page.dropped_kept_seconds.into());
    answered(admin::erase(store, days, settle, now_ms), |Erasure { erased, stays, photos }| {
        list(&erased, &stays, "erased", out)?;
        writeln!(out, "{} erased, {} stay", erased.len(), stays.len())?;
        writeln!(out, "photos: {} are gone", photos.gone)?;
        if photos.still_there > 0 {
            writeln!(
                out,
                "{} are marked and still there, because they were stored or set aside a short while ago; they go with the next run",
                photos.still_there
            )?;
        }
        Ok(())
    })
}

fn list(goes: &[Due], stays: &[Due], what: &str, out: &mut dyn Write) -> std::io::Result<()> {
    for due in goes {
        writeln!(out, "{} {}: {what}", due.submission, due.batch)?;
    }
    for due in stays {
        let why = match &due.hindrance {
            Some(Hindrance::Open(state)) => {
                format!("it is {state}; bring it to an end, or close the batch")
            }
            Some(Hindrance::Money(order)) => format!("order {order} is to be given back first"),
            Some(Hindrance::Prints(number)) => format!("prints {number} are not settled"),
            None => continue,
        };
        writeln!(out, "{} {}: stays, {why}", due.submission, due.batch)?;
    }
    Ok(())
}
