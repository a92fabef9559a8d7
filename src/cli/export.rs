//! `photodesk export`.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::sheet_options::{self, Format};
use super::{DeskPlace, Outcome, wrong_use};
use crate::photo::units::{Dpi, Mm};
use crate::workflow::export::{ExportPlan, ExportReport, ExportRequest, SheetFormat, plan, run as export};
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
    #[arg(long, value_enum, default_value_t = Format::Jpeg)]
    format: Format,
    /// Space between pieces in millimetres.
    #[arg(long, value_name = "MM", default_value_t = Mm::ZERO, value_parser = sheet_options::length)]
    gap: Mm,
    /// Space at the sheet's edge in millimetres.
    #[arg(long, value_name = "MM", default_value_t = Mm::ZERO, value_parser = sheet_options::length)]
    margin: Mm,
    /// Draw cut marks.
    #[arg(long)]
    cut_marks: bool,
    /// Folder of the sheets; made when it is absent.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let desk = place.open()?;
    let request = ExportRequest {
        dpi: Dpi(args.dpi),
        gap: args.gap,
        margin: args.margin,
        format: args.format.into(),
        cut_marks: args.cut_marks,
        ..sheet_request(&desk.batch(&args.batch)?.code, &args.layout, &args.paper, &args.out)
    };
    let planned = match plan(&desk, &request) {
        Err(error) if sheet_options::is_bad_spacing(error.code()) => return wrong_use(&error),
        planned => planned?,
    };
    if !planned.problems.is_empty() {
        return tell_problems(&planned, out);
    }
    let report = export(&desk, &request, &Job::default())?;
    print_report(out, &report)?;
    Ok(if report.difference == 0 { Outcome::Done } else { Outcome::SomeFailed })
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
        out: out.to_owned(),
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
