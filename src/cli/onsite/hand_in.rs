//! `photodesk onsite send`.

use std::io::Write;
use std::num::NonZeroU32;

use super::{BatchArg, DeskPlace, Outcome, line};
use crate::workflow::job::Job;
use crate::workflow::sync::{Pace, enrol, hand_in};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    batch: BatchArg,
    /// Address of the hub, with --code: https://HOST, or http:// for a hub on this computer.
    #[arg(long, value_name = "URL", requires = "code")]
    hub: Option<String>,
    /// One-time enrolment code.
    #[arg(long = "code", value_name = "CODE", requires = "hub")]
    code: Option<String>,
    /// Send no faster than this many KiB a second.
    #[arg(long, value_name = "KIB")]
    limit: Option<NonZeroU32>,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let desk = place.open()?;
    if let (Some(url), Some(code)) = (&args.hub, &args.code) {
        enrol(&desk, url, code)?;
    }
    let done = hand_in(&desk, &args.batch.signature, Pace { kib_per_second: args.limit }, &Job::default())?;
    line(out, &done)?;
    let is_smooth = done.conflicts.is_empty() && done.not_proved.is_empty();
    Ok(if is_smooth { Outcome::Done } else { Outcome::SomeFailed })
}
