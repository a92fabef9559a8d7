//! The order ticket of an export in the desk's language: counts, settings, job code, cut program.

use super::sheets::Order;
use crate::i18n::{self, words};
use crate::print::pdf::PdfPageError;
use crate::print::ticket::{CutWords, Ticket};
use crate::submission::QueueItem;
use crate::workflow::desk::now_ms;

/// The ticket's bytes.
pub(super) fn pdf(order: &Order<'_>, items: &[QueueItem], sheets: usize) -> Result<Vec<u8>, PdfPageError> {
    // The thread that works need not be the one whose language the person reads.
    let before = i18n::locale();
    i18n::set_locale(order.request.language.tag());
    let ticket = ticket(order, items, sheets);
    i18n::set_locale(before);
    ticket.pdf()
}

fn ticket<'a>(order: &Order<'a>, items: &[QueueItem], sheets: usize) -> Ticket<'a> {
    Ticket {
        title: words!("ticket.title").into_owned(),
        rows: rows(order, items, sheets),
        code: &order.folder.job,
        plan: order.sheet,
        cut_title: words!("ticket.cuts", n = order.sheet.packing.program.strokes.len()).into_owned(),
        words: CutWords {
            from_left: words!("ticket.from_left").into_owned(),
            from_top: words!("ticket.from_top").into_owned(),
            stacked: words!("ticket.stacked").into_owned(),
        },
    }
}

fn rows(order: &Order<'_>, items: &[QueueItem], sheets: usize) -> Vec<(String, String)> {
    let (request, plan) = (order.request, order.sheet);
    let name = |item: Option<&QueueItem>| item.map_or_else(String::new, |item| item.masked_name.clone());
    let people = format!(
        "{} · {} – {}",
        words!("ticket.people", n = items.len()),
        name(items.first()),
        name(items.last())
    );
    let counts = words!("ticket.counts", sheets = sheets, pieces = items.len() * plan.layout.pieces());
    let paper = format!("{} · {}×{} mm", plan.paper.name, plan.paper.width, plan.paper.height);
    let output = words!(
        "ticket.output",
        format = request.format.name(),
        dpi = request.dpi.0,
        gap = request.gap,
        margin = request.margin
    );
    let time = jiff::Timestamp::from_millisecond(now_ms()).unwrap_or_default();
    let time = time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string();
    vec![
        (words!("ticket.batch").into(), format!("{} · {}", order.batch.full_name(), order.batch.code)),
        (words!("ticket.whose").into(), people),
        (words!("ticket.sheets").into(), counts.into_owned()),
        (words!("ticket.layout").into(), plan.layout.to_string()),
        (words!("ticket.paper").into(), paper),
        (words!("ticket.settings").into(), output.into_owned()),
        (words!("ticket.made").into(), time),
        (words!("ticket.job").into(), order.folder.job.clone()),
    ]
}
