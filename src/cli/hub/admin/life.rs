//! `photodesk hub admin rules`, `close`, `paid` and `refund`.

use std::io::Write;

use super::rules::RuleArgs;
use crate::cli::{Outcome, wrong_use};
use crate::hub::{HubError, admin};
use crate::standard::Catalogue;
use crate::store::Store;
use crate::sync::limits::HubLimits;
use crate::sync::protocol::{ClosingReport, Listed, NewRules, PaymentRecord, Refund};

pub(super) fn set_rules(
    store: &Store,
    code: &str,
    max_attempts: u32,
    rules: &RuleArgs,
    now_ms: i64,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let new = NewRules { max_attempts, rules: rules.rules() };
    let set = admin::set_rules(store, &Catalogue::built_in()?, &code.to_uppercase(), &new, now_ms);
    answered(set, |batch| {
        writeln!(out, "batch {} has new rules; orders that were opened keep their fee", batch.code)
    })
}

pub(super) fn close(
    store: &Store,
    code: &str,
    dry_run: bool,
    now_ms: i64,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let code = code.to_uppercase();
    let report = if dry_run {
        admin::closing_plan(store, &code)
    } else {
        admin::close(store, &code, now_ms, HubLimits::built_in()?.closing.at_once)
    };
    answered(report, |report| tell(&report, dry_run, out))
}

pub(super) fn paid(
    store: &Store,
    order: &str,
    asked: &PaymentRecord,
    now_ms: i64,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    answered(admin::record_payment(store, order, asked, now_ms), |order| {
        writeln!(out, "{}: {} fen recorded, {}", order.order, asked.amount_fen, order.state)
    })
}

pub(super) fn refund(
    store: &Store,
    order: &str,
    asked: &Refund,
    now_ms: i64,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    answered(admin::refund(store, order, asked, now_ms), |order| {
        writeln!(out, "{}: {}", order.order, order.state)
    })
}

fn tell(report: &ClosingReport, dry_run: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let (confirmed, closed) =
        if dry_run { ("would be confirmed", "would be closed") } else { ("confirmed", "closed") };
    rows(&report.confirmed, confirmed, out)?;
    rows(&report.closed, closed, out)?;
    rows(&report.to_refund, "to be refunded by hand", out)?;
    writeln!(
        out,
        "batch {}: {} {confirmed}, {} {closed}, {} wait for review and are still reviewed, {} to be refunded by hand",
        report.batch,
        report.confirmed.len(),
        report.closed.len(),
        report.still_reviewed,
        report.to_refund.len()
    )
}

fn rows(listed: &[Listed], what: &str, out: &mut dyn Write) -> std::io::Result<()> {
    for Listed { order, submission, masked_name, .. } in listed {
        let (order, submission) = (order.as_deref().unwrap_or("-"), submission.as_deref().unwrap_or("-"));
        writeln!(out, "{order} {submission} {masked_name}: {what}")?;
    }
    Ok(())
}

pub(super) fn answered<T>(
    result: Result<T, HubError>,
    tell: impl FnOnce(T) -> std::io::Result<()>,
) -> anyhow::Result<Outcome> {
    match result {
        Ok(done) => {
            tell(done)?;
            Ok(Outcome::Done)
        }
        Err(refused) if refused.status < 500 => {
            wrong_use(&format_args!("{}; {}", refused.fault.message, refused.fault.remedy))
        }
        Err(refused) => anyhow::bail!("{}; {}", refused.fault.message, refused.fault.remedy),
    }
}
