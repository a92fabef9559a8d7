//! The check before an export: counts, and everything that stands in the way or should be known, each with its fix.

use std::fs;
use std::path::{Path, PathBuf};

use super::deliver::Target;
use super::slips;
use super::{ExportPlan, ExportRequest, SheetFormat, names, people, printing, recall, sheet_plan, template};
use crate::photo::units::{Dpi, MM_PER_INCH};
use crate::print::caption::missing_characters;
use crate::print::preflight::PreflightRules;
use crate::print::sheet::{SheetPlan, cover_piece};
use crate::submission::{Batch, BatchSummary, QueueItem};
use crate::workflow::{Desk, DeskError};

/// Most people who are named one by one for the same thing.
const MOST_NAMED: usize = 20;
const MIB: u64 = 1 << 20;

/// Something that stands in the way, or that should be known, with its fix.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub submission: Option<String>,
    /// Which kind it is, for texts in another language than that of `message` and `remedy`, which is English; empty
    /// where no other text is known.
    pub code: &'static str,
    /// What the kind's text names, in order.
    pub values: Vec<String>,
    pub message: String,
    pub remedy: String,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>, remedy: &str) -> Self {
        let (message, remedy) = (message.into(), remedy.into());
        Self { submission: None, code: "", values: Vec::new(), message, remedy }
    }

    /// The same as one of a known kind.
    pub(super) fn coded(self, code: &'static str, values: &[&dyn std::fmt::Display]) -> Self {
        Self { code, values: values.iter().map(ToString::to_string).collect(), ..self }
    }

    /// Of one person.
    pub(super) fn of(submission: &str, message: impl Into<String>, remedy: &str) -> Self {
        Self { submission: Some(submission.into()), ..Self::new(message, remedy) }
    }
}

/// Counts and problems, before anything is written.
pub fn plan(desk: &Desk, request: &ExportRequest) -> Result<ExportPlan, DeskError> {
    let batch = desk.batch(&request.batch)?;
    let sheet = sheet_plan(desk, request)?;
    let rules = rules()?;
    let items = people::of(desk, request, &batch)?;
    let (standard, _) = desk.standard_of(&batch)?;
    let photo_px = (standard.size.width_px, standard.size.height_px);
    let classes = if request.slips { people::classes(desk, &items)? } else { Vec::new() };
    let slips = slips::count(&classes);
    let sheets = sheet.sheets_for(items.len() + slips);
    let mut problems = too_few_pixels(&sheet, request.dpi, photo_px);
    problems.extend(hot_folder(request, &sheet, items.len() + slips)?);
    problems.extend(printing::problems(desk, request, &sheet)?);
    problems.extend(folder(request));
    let photo_bytes = standard.file.max_kb.map_or(MIB / 16, |kb| u64::from(kb) * 1024);
    problems.extend(disk(request, &rules, &sheet, (sheets, items.len()), photo_bytes));
    let (names, unnamed) = names::photo_names(desk, &batch, &template(request)?, &items)?;
    problems.extend(unnamed);
    if items.is_empty() {
        problems.push(
            Problem::new(
                format!("batch {} has no approved photo that is not exported yet", batch.code),
                "approve photos first",
            )
            .coded("nobody", &[&batch.code]),
        );
    }
    let mut notices = not_approved(desk, request, &batch)?;
    notices.extend(resolution(&sheet, request.dpi, &rules, photo_px));
    notices.extend(cut_off(&sheet, &rules, photo_px));
    notices.extend(captions(request, &items));
    notices.extend(without_class(&classes));
    notices.extend(waiting_sheets(request, &sheet)?);
    let recalls: Vec<_> =
        recall::open(desk)?.into_iter().filter(|recall| recall.batch == batch.code).collect();
    let unprinted = printing::open(desk)?.into_iter().filter(|printing| printing.batch == batch.code);
    let unprinted = unprinted.map(|printing| printing.sheets - printing.printed).sum();
    Ok(ExportPlan {
        people: items.len(),
        pieces: items.len() * sheet.layout.pieces(),
        sheets,
        slips,
        first_name: names.into_iter().find(|name| !name.is_empty()),
        problems,
        notices,
        recalls,
        unprinted,
    })
}

/// What cannot take the sheets is refused before anybody is claimed.
pub(super) fn refuse_unready(
    request: &ExportRequest,
    sheet: &SheetPlan,
    people: usize,
) -> Result<(), DeskError> {
    if request.slips && !request.gang {
        return Err(DeskError::Refused {
            code: "slips_without_gang",
            message: "separator slips stand between people who share sheets; ask for several people on a sheet, too"
                .into(),
        });
    }
    let problems = hot_folder(request, sheet, people)?;
    let Some(Problem { message, remedy, .. }) = problems.into_iter().next() else { return Ok(()) };
    Err(DeskError::Refused { code: "hot_folder_not_ready", message: format!("{message}; {remedy}") })
}

fn rules() -> Result<PreflightRules, DeskError> {
    PreflightRules::built_in()
        .map_err(|error| DeskError::Refused { code: error.code(), message: error.to_string() })
}

fn hot_folder(request: &ExportRequest, sheet: &SheetPlan, people: usize) -> Result<Vec<Problem>, DeskError> {
    let Some(target) = Target::of(request)? else { return Ok(Vec::new()) };
    let files = if request.format == SheetFormat::Pdf { 1 } else { sheet.sheets_for(people) };
    Ok(target.problems(&sheet.paper, request.format, files))
}

/// Sizes for which the final photos have fewer pixels than the sheet prints.
fn too_few_pixels(sheet: &SheetPlan, dpi: Dpi, photo_px: (u32, u32)) -> Vec<Problem> {
    let pieces = sheet.layout.items().iter().map(|item| &item.piece);
    let short = pieces.filter(|piece| cover_piece(photo_px, piece).width.ceil() < piece.width.px(dpi) as f32);
    let told = short.map(|piece| {
        let (width, height) = (piece.width.px(dpi), piece.height.px(dpi));
        Problem::new(
            format!(
                "{} at {} dpi prints {width}×{height} px, more than the final photos of {}×{} px hold",
                piece.name, dpi.0, photo_px.0, photo_px.1
            ),
            "choose a smaller size or a lower density, or accept softer prints",
        )
        .coded("too_few_pixels", &[&piece.name, &dpi.0, &format!("{}×{}", photo_px.0, photo_px.1)])
    });
    told.collect()
}

/// Sizes that are printed with fewer dots than good prints have.
fn resolution(sheet: &SheetPlan, dpi: Dpi, rules: &PreflightRules, photo_px: (u32, u32)) -> Vec<Problem> {
    let mut found = Vec::new();
    if dpi.0 < rules.least_dpi {
        let (has, least) = (dpi.0, rules.least_dpi);
        found.push(
            Problem::new(
                format!("the sheets have {has} dpi, good prints have {least}"),
                "choose a density of 300 dpi",
            )
            .coded("low_density", &[&has, &least]),
        );
    }
    for item in sheet.layout.items() {
        let inches = item.piece.width.mm() / MM_PER_INCH;
        let has = (f64::from(cover_piece(photo_px, &item.piece).width) / inches).floor();
        // What the sheet itself cannot hold is told as a problem.
        if has < f64::from(rules.least_dpi) && has >= f64::from(dpi.0) {
            found.push(
                Problem::new(
                    format!(
                        "{} shows the photo at {has} dpi, good prints have {}",
                        item.piece.name, rules.least_dpi
                    ),
                    "choose a smaller size, or accept softer prints",
                )
                .coded("low_resolution", &[&item.piece.name, &has, &rules.least_dpi]),
            );
        }
    }
    found
}

/// Sizes of other proportions than the photos, which lose more than a little of them.
fn cut_off(sheet: &SheetPlan, rules: &PreflightRules, photo_px: (u32, u32)) -> Vec<Problem> {
    let whole = f64::from(photo_px.0) * f64::from(photo_px.1);
    let pieces = sheet.layout.items().iter().map(|item| &item.piece);
    let lost = pieces.map(|piece| {
        let shown = cover_piece(photo_px, piece);
        (piece, 1.0 - f64::from(shown.width) * f64::from(shown.height) / whole)
    });
    let told = lost.filter(|(_, lost)| *lost > rules.most_cut_off).map(|(piece, lost)| {
        Problem::new(
            format!(
                "{} has other proportions than the photos: {:.0} % of each is cut off",
                piece.name,
                lost * 100.0
            ),
            "look at the sheet, and choose the size that the photos were made for where a face is cut",
        )
        .coded("cut_off", &[&piece.name, &format!("{:.0}", lost * 100.0)])
    });
    told.collect()
}

/// Whoever of the batch is left out because nobody has approved the photo.
fn not_approved(desk: &Desk, request: &ExportRequest, batch: &Batch) -> Result<Vec<Problem>, DeskError> {
    if request.is_reprint() {
        return Ok(Vec::new());
    }
    let known = desk.store.batches()?;
    let Some(BatchSummary { pending, rejected, .. }) =
        known.into_iter().find(|summary| summary.batch.code == batch.code)
    else {
        return Ok(Vec::new());
    };
    let told = [
        (pending, "waiting for review", "decide on them first, or export them later", "still_waiting"),
        (rejected, "rejected", "export them when they were sent again and approved", "still_rejected"),
    ];
    let told = told.into_iter().filter(|(photos, ..)| *photos > 0).map(|(photos, how, remedy, code)| {
        Problem::new(format!("photos of the batch that are {how} and not on the sheets: {photos}"), remedy)
            .coded(code, &[&photos])
    });
    Ok(told.collect())
}

/// Names that a strip cannot show.
fn captions(request: &ExportRequest, items: &[QueueItem]) -> Vec<Problem> {
    if !request.captions {
        return Vec::new();
    }
    let told = items.iter().filter_map(|item| {
        let name = item.masked_name.trim_matches(['*', ' ']);
        let missing: String = missing_characters(&item.masked_name).into_iter().collect();
        let (message, code) = match (name.is_empty(), missing.is_empty()) {
            (true, _) => ("has no name for its strip".to_owned(), "strip_without_name"),
            (_, false) => (format!("the strip's font lacks {missing}"), "strip_font"),
            _ => return None,
        };
        Some(
            Problem::of(
                &item.submission,
                message,
                "take the person's name from a roster; the number stands there",
            )
            .coded(code, &[&missing]),
        )
    });
    told.take(MOST_NAMED).collect()
}

fn without_class(classes: &[String]) -> Option<Problem> {
    let unknown = classes.iter().filter(|class| class.is_empty()).count();
    (unknown > 0).then(|| {
        Problem::new(
            format!("{unknown} people have no class and come last, behind a slip of their own"),
            "import a roster with a class column to sort them in",
        )
        .coded("without_class", &[&unknown])
    })
}

/// Sheets that the print software has not taken yet.
fn waiting_sheets(request: &ExportRequest, sheet: &SheetPlan) -> Result<Option<Problem>, DeskError> {
    let Some(target) = Target::of(request)? else { return Ok(None) };
    let folder = target.root.join(target.hot_folder.folder(&sheet.paper).unwrap_or(""));
    let is_sheet = |path: &Path| path.extension().is_some_and(|kind| kind == request.format.extension());
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
    let waiting = entries.filter(|entry| is_sheet(&entry.path())).count();
    Ok((waiting > 0).then(|| {
        Problem::new(
            format!("{waiting} sheets still lie in {}", folder.display()),
            "see that the print software runs and has paper",
        )
        .coded("sheets_lie", &[&waiting, &folder.display()])
    }))
}

/// A folder that cannot be written to.
fn folder(request: &ExportRequest) -> Option<Problem> {
    if request.out.as_os_str().is_empty() {
        return None;
    }
    let nearest = nearest(&request.out);
    let is_writable = nearest
        .as_ref()
        .is_some_and(|path| fs::metadata(path).is_ok_and(|m| m.is_dir() && !m.permissions().readonly()));
    (!is_writable).then(|| {
        Problem::new(
            format!("nothing can be written into {}", request.out.display()),
            "see that the drive is there, or choose another folder",
        )
        .coded("unwritable", &[&request.out.display()])
    })
}

fn disk(
    request: &ExportRequest,
    rules: &PreflightRules,
    sheet: &SheetPlan,
    (sheets, people): (usize, usize),
    photo_bytes: u64,
) -> Option<Problem> {
    let free = fs4::available_space(nearest(&request.out)?).ok()?;
    let grid = sheet.grid(request.dpi);
    let pixels = u64::from(grid.width) * u64::from(grid.height);
    let once = rules.bytes(request.format, sheets, pixels, people, photo_bytes);
    // A watched folder gets copies; a ZIP holds the photos once more.
    let copies = if request.hot_folder.is_some() { once } else { 0 };
    let zip = if request.zip { people as u64 * photo_bytes } else { 0 };
    let needed = (once + copies + zip) / MIB + rules.least_spare_mib;
    (free / MIB < needed).then(|| {
        Problem::new(
            format!(
                "the disk of {} has {} MiB left, the export takes about {needed}",
                request.out.display(),
                free / MIB
            ),
            "free some space, choose another folder, or export fewer people at once",
        )
        .coded("disk_full", &[&request.out.display(), &(free / MIB), &needed])
    })
}

/// The folder itself, or the nearest above it that is there.
fn nearest(folder: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(folder).ok()?;
    absolute.ancestors().find(|path| path.exists()).map(Path::to_owned)
}
