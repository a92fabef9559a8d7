//! Print sheets of a batch's approved photos: planned, previewed, written, read back and reconciled.
//!
//! The states never move ahead of the files: a job is recorded, everything is written and synced in a hidden
//! folder, the folder gets its name in one rename, it is read back and counted, and then all states move in one
//! transaction. What a crash leaves in between is finished or rolled back when the desk opens again.

mod deliver;
mod drawn;
mod drive;
pub mod exported;
mod folder;
mod manifest;
mod names;
mod pages;
mod people;
mod preflight;
pub mod printing;
pub mod recall;
mod recover;
mod reprint;
mod roster;
mod sheets;
mod slips;
mod ticket;

use std::path::{Path, PathBuf};

use super::desk::{QueueItem, now_ms};
use super::job::{Job, map_in_parallel};
use super::prepare::final_file;
use super::printers::QueueAddress;
use super::{Desk, DeskError};
use crate::photo::units::{Dpi, Mm};
use crate::print::impose::USUAL_LIFT;
use crate::print::printer::Press;
use crate::print::sheet::{SheetOrder, SheetPhoto, SheetPlan};
use crate::print::{Area, Layout, Layouts, Papers, Pieces, Spacing, raster};
use crate::settings::Language;
use deliver::Target;
use folder::ExportFolder;
use manifest::Manifest;

pub use crate::print::sheet::SheetFormat;
pub use names::{Field, NameTemplate, USUAL_NAMES};
pub use preflight::{Problem, plan};
pub(super) use recover::recover;
pub use reprint::people_on_sheets;

/// Density of sheets unless another is asked for.
pub const SHEET_DPI: Dpi = Dpi(300);
/// Who signs exports.
const EXPORTER: &str = "export";

/// What to export and how.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportRequest {
    pub batch: String,
    /// Layout expression.
    pub layout: String,
    /// Paper name.
    pub paper: String,
    pub dpi: Dpi,
    pub gap: Mm,
    pub margin: Mm,
    pub format: SheetFormat,
    pub cut_marks: bool,
    /// As many people's sets on one sheet as the paper holds, so that cut stacks lie in the order of the people.
    pub gang: bool,
    /// Sheets that the cutter takes at once; the order of ganged sets starts anew after so many.
    pub lift: usize,
    /// Masked name and number below each set or in the sheet's margin.
    pub captions: bool,
    /// Template of the electronic photos' names, for example `{school}/{student_no}`.
    pub photo_names: String,
    /// The electronic photos once more in one ZIP file.
    pub zip: bool,
    /// Of the printed ticket.
    pub language: Language,
    /// People to print again, by submission; empty for an export of whoever is approved.
    pub reprint: Vec<String>,
    /// Paid orders to print, by number; each in the request's layout, in its copies. Nobody's state moves but theirs.
    pub orders: Vec<String>,
    /// Before each class a slip in the place of a set, so that the cut piles fall into classes; people are ordered by
    /// class. Only with `gang`.
    pub slips: bool,
    /// Id of the printer whose border, pixels and calibration the sheets keep to.
    pub printer: Option<String>,
    /// Print queue that the sheets are for, beside their files; the export itself does not print.
    pub queue: Option<QueueAddress>,
    /// Folder in which the export makes its own folder, named after batch and time; the watched folder when the
    /// sheets go to one.
    pub out: PathBuf,
    /// Kind of watched folder that the sheets are delivered into, by its id in `assets/print/hot_folders.toml`.
    pub hot_folder: Option<String>,
}

impl ExportRequest {
    /// Sheets as a print room asks for them: JPEG at 300 dpi, pieces side by side.
    pub fn usual(batch: &str, layout: &str, paper: &str, out: &Path) -> Self {
        Self {
            batch: batch.to_owned(),
            layout: layout.to_owned(),
            paper: paper.to_owned(),
            dpi: SHEET_DPI,
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
            orders: Vec::new(),
            slips: false,
            printer: None,
            queue: None,
            out: out.to_owned(),
            hot_folder: None,
        }
    }

    /// Whether people are printed again who were exported before.
    pub fn is_reprint(&self) -> bool {
        !self.reprint.is_empty() || !self.orders.is_empty()
    }
}

/// What an export will write.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportPlan {
    pub people: usize,
    pub pieces: usize,
    pub sheets: usize,
    /// Name that the first person's electronic photo will get.
    pub first_name: Option<String>,
    /// Slips among the sets.
    pub slips: usize,
    /// What stands in the way; nothing is exported by the command line while there is any.
    pub problems: Vec<Problem>,
    /// What the operator should know, and may leave as it is.
    pub notices: Vec<Problem>,
    /// Prints of this batch that must not be given out.
    pub recalls: Vec<recall::Recall>,
    /// Sheets of earlier exports of this batch that went to a printer and have not come out.
    pub unprinted: usize,
}

/// What an export wrote, counted again from the disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportReport {
    pub job: String,
    pub people: usize,
    pub pieces: usize,
    pub sheets: usize,
    /// Planned minus found; zero when all reconciles.
    pub difference: usize,
    pub files: Vec<PathBuf>,
    pub manifest: PathBuf,
    pub cancelled: bool,
    /// Approved people who were left out, each with the reason; they stay approved.
    pub problems: Vec<Problem>,
}

/// A sheet before it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetPreview {
    /// At the request's density.
    pub pixels: image::RgbImage,
    pub pieces: Vec<PreviewPiece>,
}

/// A piece on a sheet and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewPiece {
    pub area: Area,
    /// Name of its size.
    pub size: String,
    pub masked_name: String,
    pub submission: String,
}

/// The `index`-th sheet as it will be written.
pub fn preview(desk: &Desk, request: &ExportRequest, index: usize) -> Result<SheetPreview, DeskError> {
    let batch = desk.batch(&request.batch)?;
    let sheet = sheet_plan(desk, request)?;
    let items = people::of(desk, request, &batch)?;
    let seating = slips::Seating::new(desk, request, &sheet, &items)?;
    let group = seating.sheets.get(index).ok_or_else(|| nothing_to_export(&batch.code))?;
    let seats = group.iter();
    let on_sheet = seats.map(|seat| pages::OnSheet::pixels(desk, request, &items, &seating, *seat));
    let on_sheet = on_sheet.collect::<Result<Vec<_>, _>>()?;
    let photos: Vec<SheetPhoto<'_>> = on_sheet.iter().map(|shown| shown.sheet_photo()).collect();
    let pieces = sheet.packing.placements.iter().filter_map(|placed| {
        let slips::Seat::Person(at) = group.get(placed.set)? else { return None };
        let item = &items[*at];
        Some(PreviewPiece {
            area: placed.area,
            size: sheet.layout.items()[placed.item].piece.name.clone(),
            masked_name: item.masked_name.clone(),
            submission: item.submission.clone(),
        })
    });
    let pieces = pieces.collect();
    // What lies on the table: neither overprint nor what undoes the printer's errors is seen there.
    Ok(SheetPreview { pixels: raster::render(&sheet.as_printed(), request.dpi, &photos), pieces })
}

/// Writes all sheets and final photos, verifies them and moves the states.
///
/// A photo of which no final photo can be made is left out and reported. Any other fault takes everything back.
pub fn run(desk: &Desk, request: &ExportRequest, job: &Job) -> Result<ExportReport, DeskError> {
    let batch = desk.batch(&request.batch)?;
    let sheet = sheet_plan(desk, request)?;
    let items = people::of(desk, request, &batch)?;
    if items.is_empty() {
        return Err(nothing_to_export(&batch.code));
    }
    preflight::refuse_unready(request, &sheet, items.len())?;
    job.set_total(items.len() * 2);
    let (ready, problems) = with_final_photos(desk, items, job);
    if job.is_cancelled() {
        return Ok(ExportReport { cancelled: true, problems, ..ExportReport::default() });
    }
    // An order is printed whole or not at all.
    let broken = problems.first().filter(|_| !request.orders.is_empty());
    if let Some(Problem { submission, message, remedy, .. }) = broken {
        let whose = submission.as_deref().unwrap_or_default();
        let message = format!("{whose}: {message}; {remedy}");
        return Err(DeskError::Refused { code: "no_final_photo", message });
    }
    if ready.is_empty() {
        let first = problems.first().map_or_else(String::new, |problem| problem.message.clone());
        return Err(DeskError::Refused {
            code: "no_final_photo",
            message: format!("none of the approved photos can be printed: {first}"),
        });
    }
    let (names, unnamed) = names::photo_names(desk, &batch, &template(request)?, &ready)?;
    if let Some(Problem { submission, message, remedy, .. }) = unnamed.into_iter().next() {
        let whose = submission.map(|id| format!("{id}: ")).unwrap_or_default();
        return Err(DeskError::Refused {
            code: "photo_names",
            message: format!("{whose}{message}; {remedy}"),
        });
    }
    let folder = match Target::of(request)? {
        Some(target) => ExportFolder::watched(&target.root, &batch.code, now_ms())?,
        None => ExportFolder::new(&request.out, &batch.code, now_ms())?,
    };
    begin(desk, request, &folder, &ready)?;
    let order = sheets::Order { desk, request, batch: &batch, sheet: &sheet, folder: &folder, job };
    let written = folder.make().and_then(|()| order.write(&ready, &names));
    match written {
        Ok(Some(manifest)) => {
            finish(desk, &folder, &manifest).map(|report| ExportReport { problems, ..report })
        }
        Ok(None) => {
            take_back(desk, &folder)?;
            Ok(ExportReport { job: folder.job.clone(), cancelled: true, problems, ..ExportReport::default() })
        }
        Err(error) => {
            take_back(desk, &folder)?;
            Err(error)
        }
    }
}

fn template(request: &ExportRequest) -> Result<NameTemplate, DeskError> {
    NameTemplate::parse(&request.photo_names)
        .map_err(|error| DeskError::Refused { code: "name_template", message: error.to_string() })
}

/// The sheet that every person of the request gets.
fn sheet_plan(desk: &Desk, request: &ExportRequest) -> Result<SheetPlan, DeskError> {
    let refused = |code, message| DeskError::Refused { code, message };
    let data = |error: crate::print::data::DataError| refused(error.code(), error.to_string());
    let papers = Papers::built_in().map_err(data)?;
    let layout = Layout::parse(
        &request.layout,
        &Pieces::built_in().map_err(data)?,
        &Layouts::built_in().map_err(data)?,
    )
    .map_err(|error| refused(error.code(), error.to_string()))?;
    let paper = papers.find(&request.paper).map_err(|error| refused("unknown_paper", error.to_string()))?;
    let press = match &request.printer {
        Some(id) => {
            let room = desk.printers()?;
            let chosen = room.choose(id, paper)?;
            chosen.check_dpi(request.dpi)?;
            chosen.press
        }
        None => Press::default(),
    };
    let order = SheetOrder {
        layout,
        paper: paper.clone(),
        spacing: Spacing { gap: request.gap, margin: request.margin },
        cut_marks: request.cut_marks,
        captions: request.captions,
        gang: request.gang,
        press,
    };
    SheetPlan::new(&order, &papers).map_err(|error| refused(error.code(), error.to_string()))
}

fn nothing_to_export(batch: &str) -> DeskError {
    DeskError::Refused {
        code: "nothing_to_export",
        message: format!(
            "batch {batch} has no approved photo that is not exported yet; approve photos first"
        ),
    }
}

/// Makes every final photo before anything is claimed or written; most are already in the store.
fn with_final_photos(desk: &Desk, items: Vec<QueueItem>, job: &Job) -> (Vec<QueueItem>, Vec<Problem>) {
    let made = map_in_parallel(&items, |item| {
        let made = (!job.is_cancelled()).then(|| final_file(desk, &item.submission).map(drop));
        job.step();
        made
    });
    let (mut ready, mut problems) = (Vec::new(), Vec::new());
    for (item, made) in items.into_iter().zip(made) {
        match made {
            Some(Ok(())) => ready.push(item),
            Some(Err(error)) => problems.push(Problem::of(
                &item.submission,
                error.to_string(),
                "undo the approval, then reject it with a reason",
            )),
            None => {}
        }
    }
    (ready, problems)
}

fn begin(
    desk: &Desk,
    request: &ExportRequest,
    folder: &ExportFolder,
    ready: &[QueueItem],
) -> Result<(), DeskError> {
    // Who is printed again is not claimed: no state moves.
    let claimed = ready.iter().filter(|_| !request.is_reprint());
    let ids: Vec<String> = claimed.map(|item| item.submission.clone()).collect();
    let record = folder.record(&request.layout, &request.paper);
    desk.store.write(|tx| {
        tx.begin_export(&folder.job, &request.batch.to_uppercase(), &record, &ids, now_ms(), EXPORTER)?;
        Ok(tx.claim_print_orders(&folder.job, &request.orders)?)
    })
}

/// Gives the folder its name, reads everything back, and only then moves the states.
fn finish(desk: &Desk, folder: &ExportFolder, planned: &Manifest) -> Result<ExportReport, DeskError> {
    if let Err(error) = folder.publish() {
        take_back(desk, folder)?;
        return Err(error);
    }
    let found = match manifest::read_back(&folder.place) {
        Ok(found) if found.manifest == *planned => found,
        Ok(_) => return Err(not_reconciled(desk, folder, "the manifest changed while it was written")),
        Err(cause) => return Err(not_reconciled(desk, folder, &cause)),
    };
    // From the first delivered sheet on nothing can be taken back: the job stays open and goes on later.
    folder.deliver(&planned.deliveries)?;
    commit(desk, &found)?;
    Ok(report(folder, planned, &found))
}

/// Moves the states, or numbers the reprints, in one transaction.
fn commit(desk: &Desk, found: &manifest::ReadBack) -> Result<(), DeskError> {
    let Manifest { job, people, reprint, .. } = &found.manifest;
    let at_ms = now_ms();
    desk.store.write(|tx| {
        tx.commit_export(job, &found.sha256, at_ms, EXPORTER)?;
        for person in people.iter().filter(|person| *reprint && person.copy <= 1) {
            let photo = (person.photo_sha256.as_str(), person.revision);
            tx.record_reprint(job, &person.submission, photo, at_ms, EXPORTER)?;
        }
        Ok::<_, DeskError>(())
    })
}

fn report(folder: &ExportFolder, planned: &Manifest, found: &manifest::ReadBack) -> ExportReport {
    ExportReport {
        job: folder.job.clone(),
        people: found.people,
        pieces: found.pieces,
        sheets: found.sheets,
        difference: (planned.people.len() * planned.pieces_per_person).saturating_sub(found.pieces),
        files: found.files.clone(),
        manifest: folder.place.join(manifest::NAME),
        cancelled: false,
        problems: Vec::new(),
    }
}

fn not_reconciled(desk: &Desk, folder: &ExportFolder, cause: &str) -> DeskError {
    let taken_back = take_back(desk, folder).map_or_else(|error| format!(" ({error})"), |()| String::new());
    DeskError::Refused {
        code: "not_reconciled",
        message: format!(
            "what was read back from {} is not what was written: {cause}; check the disk and export again{taken_back}",
            folder.place.display()
        ),
    }
}

/// Removes what was written and frees the submissions.
fn take_back(desk: &Desk, folder: &ExportFolder) -> Result<(), DeskError> {
    folder.remove();
    desk.store.write(|tx| Ok(tx.abandon_export(&folder.job, now_ms(), EXPORTER)?))
}

fn io_error(what: &str, path: &Path, cause: &std::io::Error) -> DeskError {
    DeskError::Refused {
        code: "export_io",
        message: format!(
            "{} cannot be {what} ({cause}); check that the disk is there, writable and not full",
            path.display()
        ),
    }
}

#[cfg(test)]
mod tests;
