//! `photodesk orders`: orders for prints, from a list to the post.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::sheet_options::Format;
use super::{DeskPlace, Outcome, wrong_use};
use crate::settings::Language;
use crate::submission::{OrderEvent, OrderState, PrintOrder, Recipient};
use crate::workflow::export::ExportRequest;
use crate::workflow::job::Job;
use crate::workflow::orders::{self, NewOrder, PapersRequest, USUAL_CENTRE, USUAL_LABELS};
use crate::workflow::{Desk, DeskError};

/// Orders for prints of finished photos (加洗). Without a sub-command they are listed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Who works; stands in the journal.
    #[arg(
        long,
        value_name = "NAME",
        env = "PHOTODESK_REVIEWER",
        default_value = "command line",
        global = true
    )]
    operator: String,
    #[command(subcommand)]
    step: Option<Step>,
}

#[derive(Debug, clap::Subcommand)]
enum Step {
    /// The orders with their states.
    List {
        /// awaiting_payment, approved, in_production, awaiting_shipment, shipped, completed, closed or refunded.
        #[arg(long, value_name = "STATE", value_parser = state)]
        state: Option<OrderState>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Takes orders from a CSV file with the columns submission, layout, paper, copies, name, phone, address and,
    /// if wanted, postcode and paid (yes or no). All are taken or none.
    Add {
        #[arg(long, value_name = "CSV")]
        file: PathBuf,
        /// Six digits that order numbers begin with.
        #[arg(long, value_name = "CODE", default_value = USUAL_CENTRE)]
        centre: String,
    },
    /// The payment came in.
    Pay { numbers: Vec<String> },
    /// Prints paid orders, all that wait unless some are named; the orders go into production with their files.
    Print {
        numbers: Vec<String>,
        /// Folder of the sheets; made when it is absent.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[arg(long, value_enum, default_value_t = Format::Jpeg)]
        format: Format,
        /// Printer whose border, own pixels and calibration the sheets keep to.
        #[arg(long, value_name = "ID")]
        printer: Option<String>,
        /// The folder of --out is watched by print software of this kind.
        #[arg(long, value_name = "PROFILE")]
        hot_folder: Option<String>,
        #[arg(long)]
        cut_marks: bool,
    },
    /// Writes picking list, order tickets, packing slips and address labels; of all orders in production or waiting
    /// for shipment unless some are named.
    Papers {
        numbers: Vec<String>,
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Label sheet: 3x7, 2x7, 2x4 or thermal100x150.
        #[arg(long, value_name = "ID", default_value = USUAL_LABELS)]
        labels: String,
        /// Labels of the first sheet that are gone.
        #[arg(long, value_name = "N", default_value_t = 0)]
        used: usize,
        /// Language of the papers: zh-CN or en.
        #[arg(long, value_name = "TAG", default_value = "zh-CN", value_parser = ["zh-CN", "en"])]
        language: String,
    },
    /// The prints are packed: the orders wait for shipment.
    Pack { numbers: Vec<String> },
    /// The parcel is on its way.
    Ship {
        number: String,
        #[arg(long, value_name = "NAME")]
        carrier: String,
        #[arg(long, value_name = "NUMBER")]
        tracking: String,
    },
    /// The parcel came in.
    Complete { numbers: Vec<String> },
    /// Nothing more happens: before the printing.
    Cancel { numbers: Vec<String> },
    /// The money went back: before the shipment.
    Refund { numbers: Vec<String> },
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let desk = place.open()?;
    let actor = &args.operator;
    let advance = |numbers: &[String], event, out: &mut dyn Write| match orders::advance(
        &desk, numbers, event, actor,
    ) {
        Ok(()) => told(&desk, numbers, out),
        Err(error) => refused(error),
    };
    match &args.step {
        None => list(&desk, None, false, out),
        Some(Step::List { state, json }) => list(&desk, *state, *json, out),
        Some(Step::Add { file, centre }) => {
            let rows = match rows(file)? {
                Ok(rows) => rows,
                Err(fault) => {
                    return wrong_use(&format_args!("{}: {fault}. No order was taken.", file.display()));
                }
            };
            match orders::place(&desk, centre, &rows, actor) {
                Ok(numbers) => told(&desk, &numbers, out),
                Err(error) => refused(error),
            }
        }
        Some(Step::Pay { numbers }) => advance(numbers, OrderEvent::Paid, out),
        Some(Step::Pack { numbers }) => advance(numbers, OrderEvent::Packed, out),
        Some(Step::Complete { numbers }) => advance(numbers, OrderEvent::Received, out),
        Some(Step::Cancel { numbers }) => advance(numbers, OrderEvent::Cancelled, out),
        Some(Step::Refund { numbers }) => advance(numbers, OrderEvent::Refunded, out),
        Some(Step::Ship { number, carrier, tracking }) => {
            match orders::ship(&desk, number, carrier, tracking, actor) {
                Ok(()) => told(&desk, std::slice::from_ref(number), out),
                Err(error) => refused(error),
            }
        }
        Some(Step::Print { numbers, out: folder, format, printer, hot_folder, cut_marks }) => {
            let numbers = named_or(&desk, numbers, &[OrderState::Approved])?;
            let usual = ExportRequest {
                format: (*format).into(),
                printer: printer.clone(),
                hot_folder: hot_folder.clone(),
                cut_marks: *cut_marks,
                ..ExportRequest::usual("", "", "", folder)
            };
            match orders::print(&desk, &numbers, &usual, &Job::default()) {
                Ok(reports) => {
                    for report in &reports {
                        super::export::print_report(out, report)?;
                    }
                    told(&desk, &numbers, out)
                }
                Err(error) => refused(error),
            }
        }
        Some(Step::Papers { numbers, out: folder, labels, used, language }) => {
            let states = [OrderState::InProduction, OrderState::AwaitingShipment];
            let language = if language == "en" { Language::English } else { Language::Chinese };
            let request =
                PapersRequest { out: folder.clone(), labels: labels.clone(), used_labels: *used, language };
            match orders::papers(&desk, &named_or(&desk, numbers, &states)?, &request) {
                Ok(papers) => {
                    for file in &papers.files {
                        writeln!(out, "{}", file.display())?;
                    }
                    Ok(Outcome::Done)
                }
                Err(error) => refused(error),
            }
        }
    }
}

/// What the desk refuses is no fault of the work; anything else is.
fn refused(error: DeskError) -> anyhow::Result<Outcome> {
    let is_refusal = matches!(error, DeskError::Refused { .. })
        || ["unknown_order", "illegal_order", "being_exported"].contains(&error.code());
    if !is_refusal {
        return Err(error.into());
    }
    super::tell(&error);
    Ok(Outcome::SomeFailed)
}

fn named_or(desk: &Desk, numbers: &[String], states: &[OrderState]) -> Result<Vec<String>, DeskError> {
    if !numbers.is_empty() {
        return Ok(numbers.to_vec());
    }
    let mut found = Vec::new();
    for state in states {
        found.extend(orders::list(desk, Some(*state))?.into_iter().map(|order| order.number));
    }
    Ok(found)
}

fn told(desk: &Desk, numbers: &[String], out: &mut dyn Write) -> anyhow::Result<Outcome> {
    for order in orders::list(desk, None)?.iter().filter(|order| numbers.contains(&order.number)) {
        line(order, out)?;
    }
    Ok(Outcome::Done)
}

fn list(desk: &Desk, state: Option<OrderState>, json: bool, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    for order in orders::list(desk, state)? {
        if json {
            writeln!(out, "{}", serde_json::to_string(&order)?)?;
        } else {
            line(&order, out)?;
        }
    }
    if !json {
        let counts = orders::counts(desk)?;
        let counts: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
        writeln!(out, "{}", if counts.is_empty() { "no orders".into() } else { counts.join(", ") })?;
    }
    Ok(Outcome::Done)
}

fn line(order: &PrintOrder, out: &mut dyn Write) -> std::io::Result<()> {
    let sent = [&order.carrier, &order.tracking_number].into_iter().flatten();
    let sent: Vec<&str> = sent.map(String::as_str).collect();
    writeln!(
        out,
        "{}  {}  {}  {} × {} on {}  {}",
        order.number,
        order.state,
        order.masked_name,
        order.copies,
        order.layout,
        order.paper,
        sent.join(" ")
    )
}

fn state(word: &str) -> Result<OrderState, String> {
    OrderState::from_word(word).ok_or_else(|| {
        let known = OrderState::ALL.map(OrderState::as_str).join(", ");
        format!("no state is called {word:?}; known are {known}")
    })
}

/// The orders of a CSV file, or why none can be taken.
fn rows(path: &Path) -> anyhow::Result<Result<Vec<NewOrder>, String>> {
    let bytes = std::fs::read(path)
        .with_context(|| format!("{} cannot be read; check the path and its permissions", path.display()))?;
    Ok(read(&bytes))
}

fn read(bytes: &[u8]) -> Result<Vec<NewOrder>, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let head = table.headers().map_err(|error| format!("not readable as CSV ({error})"))?.clone();
    let column = |name: &str| head.iter().position(|known| known.eq_ignore_ascii_case(name));
    for name in ["submission", "layout", "paper", "copies", "name", "phone", "address"] {
        if column(name).is_none() {
            return Err(format!("line 1: the column {name} is missing"));
        }
    }
    let mut orders = Vec::new();
    for (line, row) in (2..).zip(table.records()) {
        let row = row.map_err(|error| format!("line {line}: not readable as CSV ({error})"))?;
        let field = |name: &str| column(name).and_then(|at| row.get(at)).unwrap_or_default().to_owned();
        let copies = field("copies");
        let copies = copies.parse().map_err(|_| format!("line {line}: copies {copies:?} is no number"))?;
        let paid = match field("paid").to_lowercase().as_str() {
            "" | "yes" | "是" | "1" | "true" => true,
            "no" | "否" | "0" | "false" => false,
            other => return Err(format!("line {line}: paid {other:?} is neither yes nor no")),
        };
        orders.push(NewOrder {
            submission: field("submission"),
            layout: field("layout"),
            paper: field("paper"),
            copies,
            paid,
            recipient: Recipient {
                name: field("name"),
                phone: field("phone"),
                address: field("address"),
                postcode: field("postcode"),
            },
        });
    }
    if orders.is_empty() { Err("it holds no order".into()) } else { Ok(orders) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_with_their_columns_in_any_order() {
        let text = "name,phone,address,submission,layout,paper,copies,paid\n吴小兰,138,示范路 1 号,p1,版式一,6寸,2,否\n";
        let orders = read(text.as_bytes()).unwrap();
        assert_eq!(
            (orders[0].copies, orders[0].paid, orders[0].recipient.name.as_str()),
            (2, false, "吴小兰")
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, part) in [
            ("name,phone\n", "the column submission is missing"),
            ("submission,layout,paper,copies,name,phone,address\np,a,b,x,n,1,a\n", "line 2: copies \"x\""),
            ("submission,layout,paper,copies,name,phone,address\n", "no order"),
        ] {
            let fault = read(text.as_bytes()).unwrap_err();
            assert!(fault.contains(part), "{fault}");
        }
    }
}
