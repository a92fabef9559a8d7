//! `photodesk export`.

use std::io::Write;
use std::path::PathBuf;

use super::memory::keep_freed_blocks;
use super::print::print;
use super::sheet_options::{self, Format};
use super::{DeskPlace, Outcome, wrong_use};
use crate::photo::units::{Dpi, Mm};
use crate::print::hot_folder::HotFolders;
use crate::print::impose::USUAL_LIFT;
use crate::workflow::Desk;
use crate::workflow::export::printing::PrintingOrder;
use crate::workflow::export::{
    ExportPlan, ExportReport, ExportRequest, SHEET_DPI, SheetFormat, USUAL_NAMES, people_on_sheets, plan,
    recall, run as export,
};
use crate::workflow::job::Job;
use crate::workflow::printers::QueueAddress;

/// Print sheets of a batch's approved photos. The states move together with the files, or not at all.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Signature code of the batch.
    #[arg(long, value_name = "CODE")]
    batch: String,
    /// Layout expression or name, for example 1寸×8+2寸×4.
    #[arg(long, value_name = "EXPR")]
    layout: String,
    /// Paper name, for example 6寸.
    #[arg(long, value_name = "NAME")]
    paper: String,
    /// Density in dots per inch.
    #[arg(long, value_name = "DPI", default_value_t = SHEET_DPI.0, value_parser = sheet_options::dpi)]
    dpi: u32,
    /// File kind of the sheets; JPEG unless the hot folder takes another.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Space between pieces in millimetres.
    #[arg(long, value_name = "MM", default_value_t = Mm::ZERO, value_parser = sheet_options::length)]
    gap: Mm,
    /// Space at the sheet's edge in millimetres.
    #[arg(long, value_name = "MM", default_value_t = Mm::ZERO, value_parser = sheet_options::length)]
    margin: Mm,
    /// Draw cut marks.
    #[arg(long)]
    cut_marks: bool,
    /// As many people's sets on one sheet as the paper holds, so that cut stacks lie in the order of the people.
    #[arg(long)]
    gang: bool,
    /// Sheets that the cutter takes at once; the order of --gang starts anew after so many.
    #[arg(long, value_name = "SHEETS", default_value_t = USUAL_LIFT, requires = "gang")]
    lift: usize,
    /// Before each class of the roster a slip in the place of a set; people are ordered by class.
    #[arg(long, requires = "gang")]
    slips: bool,
    /// Masked name and number below each set or in the sheet's margin.
    #[arg(long)]
    captions: bool,
    /// Names of the electronic photos, made of text and the fields {school} {title} {batch} {class}
    /// {submission} {student_no} {number}; / makes folders.
    #[arg(long, value_name = "TEMPLATE", default_value = USUAL_NAMES)]
    names: String,
    /// The electronic photos once more in one ZIP file.
    #[arg(long)]
    zip: bool,
    /// Prints these people again, who were exported before; no state moves, every reprint is numbered.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    reprint: Vec<String>,
    /// Prints sheets of an earlier export again: its manifest.json.
    #[arg(long, value_name = "MANIFEST", requires = "sheets", conflicts_with = "reprint")]
    reprint_of: Option<PathBuf>,
    /// Which sheets of --reprint-of, such as 3-7,9, counted from 1 in the order of the people.
    #[arg(long, value_name = "NUMBERS", requires = "reprint_of")]
    sheets: Option<String>,
    /// Leaves out whoever of --reprint or --sheets must not be printed any more, instead of refusing all.
    #[arg(long)]
    without_recalled: bool,
    /// Tells what would be exported and what stands in the way, and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Folder of the sheets; made when it is absent.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Printer whose border, own pixels and calibration the sheets keep to; see `photodesk printers`.
    #[arg(long, value_name = "ID")]
    printer: Option<String>,
    /// The folder of --out is watched by print software of this kind: plain, dnp, dpof or pdf. Its sheets appear
    /// there whole, the ticket last.
    #[arg(long, value_name = "PROFILE")]
    hot_folder: Option<String>,
    /// Gives the sheets to the print queue of --printer as soon as they are whole; see `photodesk print`.
    #[arg(long, requires = "printer", conflicts_with = "hot_folder")]
    print: bool,
    /// Address of another print queue than the printer's own.
    #[arg(long, value_name = "ADDRESS", requires = "print")]
    queue: Option<String>,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    keep_freed_blocks();
    let hot_folders = HotFolders::built_in()?;
    let usual = match args.hot_folder.as_deref().map(|id| hot_folders.find(id)).transpose() {
        Ok(hot_folder) => hot_folder.and_then(|known| known.formats.first().copied()),
        Err(error) => return wrong_use(&error),
    };
    let format = args.format.map(SheetFormat::from).or(usual).unwrap_or(SheetFormat::Jpeg);
    let reprint = match (&args.reprint_of, &args.sheets) {
        (Some(manifest), Some(sheets)) => match people_on_sheets(manifest, sheets) {
            Ok(people) => people,
            Err(error) => return wrong_use(&error),
        },
        _ => args.reprint.clone(),
    };
    let desk = place.open()?;
    let reprint = if args.without_recalled { standing(&desk, reprint)? } else { reprint };
    let queue = match (args.print, &args.queue, &args.printer) {
        (true, Some(uri), _) => Some(QueueAddress { uri: uri.clone(), open_network: false }),
        (true, None, Some(printer)) => match desk.printers()?.queue(printer) {
            None => {
                return wrong_use(&format_args!(
                    "no print queue is known for {printer}; name it with photodesk printers --printer {printer} --queue ADDRESS"
                ));
            }
            kept => kept,
        },
        _ => None,
    };
    let request = ExportRequest {
        queue,
        dpi: Dpi(args.dpi),
        gap: args.gap,
        margin: args.margin,
        format,
        cut_marks: args.cut_marks,
        gang: args.gang,
        lift: args.lift,
        slips: args.slips,
        captions: args.captions,
        photo_names: args.names.clone(),
        zip: args.zip,
        reprint,
        hot_folder: args.hot_folder.clone(),
        printer: args.printer.clone(),
        ..ExportRequest::usual(&desk.batch(&args.batch)?.code, &args.layout, &args.paper, &args.out)
    };
    let planned = match plan(&desk, &request) {
        Err(error) if is_wrong_use(error.code()) => return wrong_use(&error),
        planned => planned?,
    };
    if args.dry_run {
        let ExportPlan { people, pieces, sheets, slips, .. } = planned;
        let slips = if slips > 0 { format!(", {slips} slips") } else { String::new() };
        writeln!(out, "would export: {people} people, {pieces} pieces on {sheets} sheets{slips}")?;
    }
    tell_notices(&planned);
    if !planned.problems.is_empty() {
        return tell_problems(&planned, out);
    }
    if args.dry_run {
        return Ok(Outcome::Done);
    }
    let report = export(&desk, &request, &Job::default())?;
    print_report(out, &report)?;
    match request.queue {
        Some(queue) if report.difference == 0 => {
            let order = PrintingOrder { job: report.job, printer: None, queue: Some(queue), copies: 1 };
            print(&desk, &order, out)
        }
        _ => Ok(if report.difference == 0 { Outcome::Done } else { Outcome::SomeFailed }),
    }
}

/// Those whose approval stands.
fn standing(desk: &Desk, people: Vec<String>) -> anyhow::Result<Vec<String>> {
    let recalled = recall::open(desk)?;
    let is_recalled = |id: &String| recalled.iter().any(|recall| recall.submission == *id);
    Ok(people.into_iter().filter(|id| !is_recalled(id)).collect())
}

fn is_wrong_use(code: &str) -> bool {
    sheet_options::is_bad_spacing(code) || code == "name_template"
}

/// What should be known; it stands in nobody's way, nor in that of whoever reads standard output.
#[expect(clippy::print_stderr, reason = "what should be known is told on standard error")]
fn tell_notices(planned: &ExportPlan) {
    for notice in &planned.notices {
        let whose = notice.submission.as_deref().map(|id| format!("{id}: ")).unwrap_or_default();
        eprintln!("note: {whose}{}; {}", notice.message, notice.remedy);
    }
    let prints = planned.recalls.len();
    if prints > 0 {
        eprintln!("note: prints of this batch that must not be given out: {prints}; see `photodesk recalls`");
    }
}

/// Nothing is written while something stands in the way.
fn tell_problems(planned: &ExportPlan, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    for problem in &planned.problems {
        let whose = problem.submission.as_deref().map(|id| format!("{id}: ")).unwrap_or_default();
        writeln!(out, "{whose}{}; {}", problem.message, problem.remedy)?;
    }
    writeln!(out, "nothing was exported")?;
    Ok(Outcome::SomeFailed)
}

pub(super) fn print_report(out: &mut dyn Write, report: &ExportReport) -> std::io::Result<()> {
    for file in &report.files {
        writeln!(out, "{}", file.display())?;
    }
    writeln!(
        out,
        "job {}: {} people, {} pieces on {} sheets, difference {}; manifest {}",
        report.job,
        report.people,
        report.pieces,
        report.sheets,
        report.difference,
        report.manifest.display()
    )
}
