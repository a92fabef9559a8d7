//! `photodesk sync`.

use std::io::Write;

use super::{DeskPlace, Outcome, wrong_use};
use crate::submission::SignatureCode;
use crate::workflow::intake::check_waiting;
use crate::workflow::job::Job;
use crate::workflow::sync::{
    Fetched, Plan, RoundReport, conflicts, decisions_waiting, enrol, exports_waiting, fetch_approved,
    fetch_orders, sync_now,
};

/// One round with the hub: decisions up, changes down, new submissions pulled and checked.
///
/// The first time, name the hub and the one-time code its administrator gave.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address of the hub, with --code: https://HOST, or http:// for a hub on this computer.
    #[arg(long, value_name = "URL", requires = "code")]
    hub: Option<String>,
    /// One-time enrolment code.
    #[arg(long, value_name = "CODE", requires = "hub")]
    code: Option<String>,
    /// Hold so many undecided submissions; 0 pulls none.
    #[arg(long, value_name = "N", default_value_t = 8)]
    hold: u32,
    /// Pull from this batch only.
    #[arg(long, value_name = "CODE")]
    batch: Option<String>,
    /// Fetch everything of this batch that may be printed, whoever approved it.
    #[arg(long, value_name = "CODE")]
    approved: Option<String>,
    /// Fetch orders for prints that nobody else prints.
    #[arg(long)]
    print_orders: bool,
    /// Give back what is held and undecided instead of pulling.
    #[arg(long)]
    release: bool,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let batch = match args.batch.as_deref().map(SignatureCode::parse).transpose() {
        Ok(batch) => batch.map(|code| code.to_string()),
        Err(error) => return wrong_use(&format_args!("--batch: {error}")),
    };
    let to_print = match args.approved.as_deref().map(SignatureCode::parse).transpose() {
        Ok(batch) => batch,
        Err(error) => return wrong_use(&format_args!("--approved: {error}")),
    };
    let desk = place.open()?;
    if let (Some(url), Some(code)) = (&args.hub, &args.code) {
        let enrolled = enrol(&desk, url, code)?;
        writeln!(out, "enrolled as {} ({})", enrolled.name, enrolled.role)?;
    }
    let plan = Plan { hold: args.hold, batch, release: args.release };
    let report = match sync_now(&desk, &plan, &Job::default()) {
        Ok(report) => report,
        Err(error) => {
            let waiting = decisions_waiting(&desk)?;
            writeln!(out, "{waiting} decisions wait on this desk")?;
            let exports = exports_waiting(&desk)?;
            if exports > 0 {
                writeln!(out, "{exports} exports wait on this desk to be reported")?;
            }
            return Err(error.into());
        }
    };
    print_report(out, &report)?;
    if report.exported + report.published > 0 {
        writeln!(out, "{} exports on record, {} photos published", report.exported, report.published)?;
    }
    let mut is_smooth = report.refused.is_empty() && report.not_pulled.is_empty();
    is_smooth &= report.refused_exports.is_empty();
    if let Some(batch) = to_print {
        let Fetched { fetched, known, not_fetched } = fetch_approved(&desk, batch.as_str(), &Job::default())?;
        for (id, why) in &not_fetched {
            writeln!(out, "not fetched {id}: {why}")?;
        }
        writeln!(out, "{fetched} approved photos fetched, {known} were here")?;
        is_smooth &= not_fetched.is_empty();
    }
    if args.print_orders {
        writeln!(out, "{} orders for prints fetched", fetch_orders(&desk, &Job::default())?)?;
    }
    let checked = check_waiting(&desk, &Job::default())?;
    writeln!(
        out,
        "{} decisions committed, {} refused, {} followed, {} leases lost, {} given back, {} pulled, {checked} checked",
        report.committed,
        report.refused.len(),
        report.followed,
        report.lost,
        report.released,
        report.pulled.len(),
    )?;
    let kept = conflicts(&desk)?.len();
    if kept > 0 {
        writeln!(out, "{kept} refused decisions are kept on this desk")?;
    }
    Ok(if is_smooth { Outcome::Done } else { Outcome::SomeFailed })
}

fn print_report(out: &mut dyn Write, report: &RoundReport) -> std::io::Result<()> {
    for id in &report.pulled {
        writeln!(out, "pulled {id}")?;
    }
    for (id, why) in &report.not_pulled {
        writeln!(out, "not pulled {id}: {why}")?;
    }
    for refused in &report.refused_exports {
        let fault = &refused.fault;
        writeln!(
            out,
            "{}: the print of {} must not be given out, {}: {}; {}",
            refused.submission, refused.job, fault.code, fault.message, fault.remedy
        )?;
    }
    for conflict in &report.refused {
        let decision = &conflict.decision;
        writeln!(
            out,
            "{}: {} refused, {}: {}; {}",
            decision.submission,
            decision.verb.as_str(),
            conflict.code,
            conflict.message,
            conflict.remedy
        )?;
    }
    Ok(())
}
