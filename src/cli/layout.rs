//! `photodesk layout`: photos to print sheets, without a desk.

mod photos;
mod write;

use std::io::Write;
use std::path::{Path, PathBuf};

use super::memory::keep_freed_blocks;
use super::sheet_options::{self, Format};
use super::{DeskPlace, Outcome, wrong_use};
use crate::photo::units::{Dpi, Mm};
use crate::print::impose::USUAL_LIFT;
use crate::print::printer::Press;
use crate::print::sheet::{SheetOrder, SheetPlan};
use crate::print::{Layout, Layouts, Paper, Papers, Pieces, Spacing};
use crate::workflow::printers::PrinterRoom;
use crate::workflow::walk::photo_files;
use photos::Captions;
use write::Run;

/// Print sheets of photos in a layout, one sheet a photo (a PDF has one page a photo).
///
/// Photos are cropped to each piece's proportions, never stretched: evenly at both sides when they are too
/// wide, at the bottom when they are too high. A layout that does not fit is refused, never shrunk.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Photos, or folders of photos.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Expression such as 1寸×8+2寸×4 or 33mm×48mm×6, or a known layout such as 版式一.
    #[arg(long, value_name = "EXPR")]
    layout: String,
    /// Paper such as 6寸, 4R or A4.
    #[arg(long, value_name = "NAME")]
    paper: String,
    /// Dots per inch of the sheets.
    #[arg(long, default_value_t = 300, value_parser = sheet_options::dpi)]
    dpi: u32,
    /// File kind of the sheets.
    #[arg(long, value_enum, default_value_t = Format::Jpeg)]
    format: Format,
    /// Millimetres between pieces, 0 to 5.
    #[arg(long, value_name = "MM", default_value_t = Mm::ZERO, value_parser = sheet_options::length)]
    gap: Mm,
    /// Least millimetres between pieces and the paper's edge.
    #[arg(long, value_name = "MM", default_value_t = Mm::ZERO, value_parser = sheet_options::length)]
    margin: Mm,
    /// Lines in the waste where the blade goes.
    #[arg(long)]
    cut_marks: bool,
    /// A line of text for each photo: CSV with the columns file and text.
    #[arg(long, value_name = "CSV")]
    captions: Option<PathBuf>,
    /// As many persons' sets on one sheet as the paper holds, so that cut stacks lie in the order of the photos.
    #[arg(long)]
    gang: bool,
    /// Sheets that the cutter takes at once; the order of --gang starts anew after so many.
    #[arg(long, value_name = "SHEETS", default_value_t = USUAL_LIFT, requires = "gang")]
    lift: usize,
    /// Printer whose border, own pixels and calibration the sheets keep to; see `photodesk printers`.
    #[arg(long, value_name = "ID")]
    printer: Option<String>,
    /// Folder for the sheets; made when it is absent.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    keep_freed_blocks();
    let papers = Papers::built_in()?;
    let order = match order(args, &papers, place) {
        Ok(order) => order,
        Err(Misuse(message)) => return wrong_use(&message),
    };
    let captions = match &args.captions {
        Some(path) => match Captions::read(path) {
            Ok(captions) => Some(captions),
            Err(message) => return wrong_use(&message),
        },
        None => None,
    };
    let plan = match SheetPlan::new(&order, &papers) {
        Err(error) if sheet_options::is_bad_spacing(error.code()) => return wrong_use(&error),
        plan => plan?,
    };
    let files = photo_files(&args.paths);
    let run =
        Run { plan: &plan, dpi: Dpi(args.dpi), format: args.format.into(), out: &args.out, lift: args.lift };
    if let Err(Misuse(message)) = run.check_names(&files) {
        return wrong_use(&message);
    }
    let done = run.write(&files, captions.as_ref(), out)?;
    let failed = done.failed;
    writeln!(
        out,
        "{}: {} people, {} pieces on {} sheets in {}; {failed} failed",
        plan.layout,
        done.people,
        done.people * plan.layout.pieces(),
        done.sheets,
        args.out.display()
    )?;
    Ok(if failed == 0 { Outcome::Done } else { Outcome::SomeFailed })
}

/// A command that asks for something impossible; the text carries the remedy.
struct Misuse(String);

impl<E: std::error::Error> From<E> for Misuse {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

fn order(args: &Args, papers: &Papers, place: &DeskPlace) -> Result<SheetOrder, Misuse> {
    let layout = Layout::parse(&args.layout, &Pieces::built_in()?, &Layouts::built_in()?)
        .map_err(|error| Misuse(format!("--layout {:?}: {error}", args.layout)))?;
    let paper = papers.find(&args.paper)?;
    let press = match &args.printer {
        Some(id) => press(id, paper, Dpi(args.dpi), place)?,
        None => Press::default(),
    };
    Ok(SheetOrder {
        layout,
        paper: paper.clone(),
        spacing: Spacing { gap: args.gap, margin: args.margin },
        cut_marks: args.cut_marks,
        captions: args.captions.is_some(),
        gang: args.gang,
        press,
    })
}

/// What the printer does to sheets of this paper, as it was measured on this computer.
fn press(id: &str, paper: &Paper, dpi: Dpi, place: &DeskPlace) -> Result<Press, Misuse> {
    let room = PrinterRoom::of(&place.folder()?)?;
    let chosen = room.choose(id, paper)?;
    chosen.check_dpi(dpi)?;
    Ok(chosen.press)
}

#[allow(clippy::print_stderr, reason = "errors of a verb go to standard error")]
fn complain(message: &str) {
    eprintln!("photodesk layout: {message}");
}

/// Names a file without the folders above it.
fn short_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
