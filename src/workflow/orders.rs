//! Orders for prints (加洗): taken from a list, printed, packed, sent off, each with its papers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::desk::now_ms;
use super::export::{self, ExportReport, ExportRequest};
use super::job::Job;
use super::{Desk, DeskError};
use crate::durable::write_shared;
use crate::i18n::{self, words};
use crate::print::labels::LabelSheets;
use crate::print::order_papers::{OrderPage, PickingList, order_pages};
use crate::print::pdf::PdfPageError;
use crate::print::{Layout, Layouts, Papers, Pieces};
use crate::settings::Language;
use crate::store::print_orders::NewPrintOrder;
use crate::submission::print_order::order_number;
use crate::submission::{OrderEvent, OrderState, PrintOrder, Recipient};

/// Of a desk that was given no code of its own.
pub const USUAL_CENTRE: &str = "000000";
/// The label sheet most offices have.
pub const USUAL_LABELS: &str = "3x7";
/// Names that no two copies of orders share.
const PHOTO_NAMES: &str = "{number}-{submission}";
const MOST_COPIES: u32 = 999;

/// An order to be placed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewOrder {
    pub submission: String,
    pub layout: String,
    pub paper: String,
    pub copies: u32,
    /// False while the payment is awaited.
    pub paid: bool,
    pub recipient: Recipient,
}

/// Files written for orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderPapers {
    pub orders: usize,
    pub files: Vec<PathBuf>,
}

/// What papers are wanted.
#[derive(Clone, Debug)]
pub struct PapersRequest {
    pub out: PathBuf,
    /// Id of the label sheet.
    pub labels: String,
    /// Labels of the first sheet that are gone.
    pub used_labels: usize,
    pub language: Language,
}

/// Orders in a state, or all, oldest first.
pub fn list(desk: &Desk, state: Option<OrderState>) -> Result<Vec<PrintOrder>, DeskError> {
    Ok(desk.store.print_orders(state)?)
}

/// How many orders stand in each state.
pub fn counts(desk: &Desk) -> Result<Vec<(OrderState, usize)>, DeskError> {
    Ok(desk.store.print_order_counts()?)
}

/// Places all orders or none; each is checked as a print room would. Gives their numbers.
pub fn place(desk: &Desk, centre: &str, orders: &[NewOrder], actor: &str) -> Result<Vec<String>, DeskError> {
    if centre.len() != 6 || !centre.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(refused("bad_centre", format!("{centre:?} is no centre code; write six digits")));
    }
    for (line, order) in (1..).zip(orders) {
        check(desk, order).map_err(|message| refused("bad_order", format!("order {line}: {message}")))?;
    }
    desk.store.write(|tx| {
        let (mut numbers, mut at_ms) = (Vec::new(), now_ms());
        for order in orders {
            let mut number = number_at(centre, at_ms);
            while tx.has_print_order(&number)? {
                at_ms += 1;
                number = number_at(centre, at_ms);
            }
            let new = NewPrintOrder {
                number: &number,
                submission: &order.submission,
                layout: &order.layout,
                paper: &order.paper,
                copies: order.copies,
                paid: order.paid,
                recipient: &order.recipient,
            };
            tx.add_print_order(&new, at_ms, actor)?;
            numbers.push(number);
        }
        Ok(numbers)
    })
}

/// Moves orders on; all or none.
pub fn advance(desk: &Desk, numbers: &[String], event: OrderEvent, actor: &str) -> Result<(), DeskError> {
    desk.store.write(|tx| {
        for number in numbers {
            tx.move_print_order(number, event, now_ms(), actor)?;
        }
        Ok(())
    })
}

/// Sends an order off: 待发货 → 已发货.
pub fn ship(
    desk: &Desk,
    number: &str,
    carrier: &str,
    tracking_number: &str,
    actor: &str,
) -> Result<(), DeskError> {
    let (carrier, tracking_number) = (carrier.trim(), tracking_number.trim());
    if carrier.is_empty() || tracking_number.is_empty() {
        return Err(refused("no_tracking", format!("order {number} needs carrier and number; give both")));
    }
    desk.store.write(|tx| Ok(tx.ship_print_order(number, carrier, tracking_number, now_ms(), actor)?))
}

/// Prints paid orders: an export for each batch, layout and paper among them. `usual` says everything else.
///
/// Each export is whole or not at all; the first that fails ends the run, those before it stand.
pub fn print(
    desk: &Desk,
    numbers: &[String],
    usual: &ExportRequest,
    job: &Job,
) -> Result<Vec<ExportReport>, DeskError> {
    let mut groups: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for number in numbers {
        let order = desk.store.print_order(number)?;
        groups.entry((order.batch, order.layout, order.paper)).or_default().push(order.number);
    }
    if groups.is_empty() {
        return Err(refused("no_orders", "no paid order waits; mark orders as paid first".into()));
    }
    let mut reports = Vec::new();
    for ((batch, layout, paper), orders) in groups {
        let request =
            ExportRequest { batch, layout, paper, orders, photo_names: PHOTO_NAMES.into(), ..usual.clone() };
        let report = export::run(desk, &request, job)?;
        let is_cancelled = report.cancelled;
        reports.push(report);
        if is_cancelled {
            break;
        }
    }
    Ok(reports)
}

/// Writes picking list, order tickets, packing slips and address labels.
pub fn papers(desk: &Desk, numbers: &[String], request: &PapersRequest) -> Result<OrderPapers, DeskError> {
    let before = i18n::locale();
    i18n::set_locale(request.language.tag());
    let written = in_language(desk, numbers, request);
    i18n::set_locale(before);
    written
}

fn in_language(desk: &Desk, numbers: &[String], request: &PapersRequest) -> Result<OrderPapers, DeskError> {
    let sheets = LabelSheets::built_in().map_err(|error| refused(error.code(), error.to_string()))?;
    let labels =
        sheets.find(&request.labels).map_err(|error| refused("unknown_labels", error.to_string()))?;
    let mut orders = Vec::new();
    for number in numbers {
        orders.push((desk.store.print_order(number)?, desk.store.recipient(number)?));
    }
    if orders.is_empty() {
        return Err(refused("no_orders", "there is no order to write papers for".into()));
    }
    let tickets: Vec<OrderPage> = orders.iter().map(|(order, _)| ticket(order)).collect();
    let slips: Vec<OrderPage> = orders.iter().map(|(order, to)| packing_slip(order, to)).collect();
    let addresses: Vec<Vec<String>> = orders.iter().map(|(order, to)| address(order, to)).collect();
    let files: [(&str, Result<Vec<u8>, PdfPageError>); 4] = [
        ("picking-list.pdf", picking_list(&orders).pdf()),
        ("order-tickets.pdf", order_pages(&tickets)),
        ("packing-slips.pdf", order_pages(&slips)),
        ("labels.pdf", labels.pdf(&addresses, request.used_labels)),
    ];
    let mut written = Vec::new();
    for (name, bytes) in files {
        let bytes = bytes.map_err(|error| refused("order_papers", error.to_string()))?;
        written.push(write(&request.out, name, &bytes)?);
    }
    Ok(OrderPapers { orders: orders.len(), files: written })
}

fn picking_list(orders: &[(PrintOrder, Recipient)]) -> PickingList {
    let copies: u32 = orders.iter().map(|(order, _)| order.copies).sum();
    let columns = [
        (words!("ticket.order"), 2.6),
        (words!("ticket.recipient"), 1.2),
        (words!("ticket.layout"), 1.7),
        (words!("ticket.paper"), 0.8),
        (words!("ticket.copies"), 0.7),
        (words!("ticket.sheet"), 2.6),
    ];
    let row = |(order, _): &(PrintOrder, Recipient)| {
        vec![
            order.number.clone(),
            order.masked_name.clone(),
            order.layout.clone(),
            order.paper.clone(),
            order.copies.to_string(),
            order.submission.clone(),
        ]
    };
    PickingList {
        title: words!("ticket.picking_list").into_owned(),
        below: format!(
            "{} · {}",
            words!("ticket.orders", n = orders.len(), copies = copies),
            local_time(now_ms())
        ),
        columns: columns.map(|(name, share)| (name.into_owned(), share)).to_vec(),
        rows: orders.iter().map(row).collect(),
    }
}

fn what(order: &PrintOrder) -> Vec<(String, String)> {
    vec![
        (words!("ticket.order").into(), order.number.clone()),
        (words!("ticket.layout").into(), order.layout.clone()),
        (words!("ticket.paper").into(), order.paper.clone()),
        (words!("ticket.copies").into(), order.copies.to_string()),
    ]
}

/// Goes with the work: names stay masked.
fn ticket(order: &PrintOrder) -> OrderPage {
    let mut rows = what(order);
    rows.push((words!("ticket.recipient").into(), order.masked_name.clone()));
    rows.push((words!("ticket.sheet").into(), order.submission.clone()));
    rows.push((words!("ticket.batch").into(), order.batch.clone()));
    rows.push((words!("ticket.made").into(), local_time(order.created_at_ms)));
    rows.push((words!("ticket.job").into(), order.job.clone().unwrap_or_default()));
    OrderPage {
        title: words!("ticket.order_ticket").into_owned(),
        code: order.number.clone(),
        rows,
        foot: words!("ticket.order_foot").into_owned(),
    }
}

/// Goes into the parcel: whom it is for, and what it holds.
fn packing_slip(order: &PrintOrder, to: &Recipient) -> OrderPage {
    let mut rows = what(order);
    rows.insert(1, (words!("ticket.recipient").into(), to.name.clone()));
    rows.insert(2, (words!("ticket.phone").into(), to.phone.clone()));
    rows.insert(3, (words!("ticket.address").into(), format!("{} {}", to.address, to.postcode)));
    let sent = [order.carrier.clone(), order.tracking_number.clone()].into_iter().flatten();
    rows.push((words!("ticket.carrier").into(), sent.collect::<Vec<_>>().join(" ")));
    OrderPage {
        title: words!("ticket.packing_slip").into_owned(),
        code: order.number.clone(),
        rows,
        foot: words!("ticket.packing_foot").into_owned(),
    }
}

fn address(order: &PrintOrder, to: &Recipient) -> Vec<String> {
    vec![to.postcode.clone(), to.address.clone(), format!("{}  {}", to.name, to.phone), order.number.clone()]
}

/// What is wrong with an order, and what to do.
fn check(desk: &Desk, order: &NewOrder) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    desk.item(&order.submission).map_err(|error| text(&error))?;
    let pieces = Pieces::built_in().map_err(|error| text(&error))?;
    let layouts = Layouts::built_in().map_err(|error| text(&error))?;
    Layout::parse(&order.layout, &pieces, &layouts).map_err(|error| text(&error))?;
    Papers::built_in().map_err(|error| text(&error))?.find(&order.paper).map_err(|error| text(&error))?;
    if order.copies == 0 || order.copies > MOST_COPIES {
        return Err(format!("{} copies; order from 1 to {MOST_COPIES}", order.copies));
    }
    let Recipient { name, phone, address, .. } = &order.recipient;
    if [name, phone, address].into_iter().any(|field| field.trim().is_empty()) {
        return Err("name, phone and address are needed; fill in what is missing".into());
    }
    Ok(())
}

fn write(out: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, DeskError> {
    let path = out.join(name);
    let written = fs::create_dir_all(out).and_then(|()| write_shared(&path, bytes));
    written.map_err(|cause| {
        let message = format!("{} cannot be written ({cause}); choose another folder", path.display());
        refused("not_written", message)
    })?;
    Ok(path)
}

fn number_at(centre: &str, at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    order_number(centre, &at.to_zoned(jiff::tz::TimeZone::system()))
}

fn local_time(at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn refused(code: &'static str, message: String) -> DeskError {
    DeskError::Refused { code, message }
}
