//! `photodesk export`.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::sheet_options::{self, Format};
use super::{DeskPlace, Outcome, wrong_use};
use crate::photo::units::{Dpi, Mm};
use crate::print::hot_folder::HotFolders;
use crate::print::impose::USUAL_LIFT;
use crate::settings::Language;
use crate::workflow::export::{
    ExportPlan, ExportReport, ExportRequest, SheetFormat, USUAL_NAMES, people_on_sheets, plan, run as export,
};
use crate::workflow::job::Job;

/// Density of print sheets unless another is asked for.
const SHEET_DPI: u32 = 300;

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
    #[arg(long, value_name = "DPI", default_value_t = SHEET_DPI, value_parser = sheet_options::dpi)]
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
    /// Masked name and number below each set or in the sheet's margin.
    #[arg(long)]
    captions: bool,
    /// Names of the electronic photos, made of text and the fields {school} {title} {batch} {submission}
    /// {student_no} {number}; / makes folders.
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
    /// Tells what would be exported and what stands in the way, and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Folder of the sheets; made when it is absent.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The folder of --out is watched by print software of this kind: plain, dnp, dpof or pdf. Its sheets appear
    /// there whole, the ticket last.
    #[arg(long, value_name = "PROFILE")]
    hot_folder: Option<String>,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
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
    let request = ExportRequest {
        dpi: Dpi(args.dpi),
        gap: args.gap,
        margin: args.margin,
        format,
        cut_marks: args.cut_marks,
        gang: args.gang,
        lift: args.lift,
        captions: args.captions,
        photo_names: args.names.clone(),
        zip: args.zip,
        reprint,
        hot_folder: args.hot_folder.clone(),
        ..sheet_request(&desk.batch(&args.batch)?.code, &args.layout, &args.paper, &args.out)
    };
    let planned = match plan(&desk, &request) {
        Err(error) if is_wrong_use(error.code()) => return wrong_use(&error),
        planned => planned?,
    };
    if args.dry_run {
        let ExportPlan { people, pieces, sheets, .. } = planned;
        writeln!(out, "would export: {people} people, {pieces} pieces on {sheets} sheets")?;
    }
    if !planned.problems.is_empty() {
        return tell_problems(&planned, out);
    }
    if args.dry_run {
        return Ok(Outcome::Done);
    }
    let report = export(&desk, &request, &Job::default())?;
    print_report(out, &report)?;
    Ok(if report.difference == 0 { Outcome::Done } else { Outcome::SomeFailed })
}

fn is_wrong_use(code: &str) -> bool {
    sheet_options::is_bad_spacing(code) || code == "name_template"
}

/// Sheets as a print room asks for them: JPEG at 300 dpi, pieces side by side.
pub(super) fn sheet_request(batch: &str, layout: &str, paper: &str, out: &Path) -> ExportRequest {
    ExportRequest {
        batch: batch.to_owned(),
        layout: layout.to_owned(),
        paper: paper.to_owned(),
        dpi: Dpi(SHEET_DPI),
        gap: Mm::ZERO,
        margin: Mm::ZERO,
        format: SheetFormat::Jpeg,
        cut_marks: false,
        gang: false,
        lift: USUAL_LIFT,
        captions: false,
        photo_names: USUAL_NAMES.into(),
        zip: false,
        language: Language::Chinese,
        reprint: Vec::new(),
        out: out.to_owned(),
        hot_folder: None,
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

fn print_report(out: &mut dyn Write, report: &ExportReport) -> std::io::Result<()> {
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
