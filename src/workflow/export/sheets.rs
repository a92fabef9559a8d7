//! Writes an export's files into its hidden folder: sheets, final photos, roster, and the manifest last.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::folder::{ExportFolder, PHOTOS, SHEETS};
use super::manifest::{FileEntry, Manifest, NAME, Person, fingerprint};
use super::{ExportRequest, SheetFormat, io_error};
use crate::print::pdf::PdfSheets;
use crate::print::raster::SheetRenderer;
use crate::print::sheet::{SheetPhoto, SheetPlan};
use crate::retouch::Prepared;
use crate::submission::QueueItem;
use crate::workflow::desk::now_ms;
use crate::workflow::job::{Failure, Job, map_in_parallel};
use crate::workflow::prepare::final_photo;
use crate::workflow::{Desk, DeskError};

const ROSTER: &str = "roster.csv";
const PDF: &str = "sheets/sheets.pdf";

/// Writes everything; `None` when the job was cancelled on the way.
pub(super) fn write(
    desk: &Desk,
    request: &ExportRequest,
    sheet: &SheetPlan,
    folder: &ExportFolder,
    items: &[QueueItem],
    job: &Job,
) -> Result<Option<Manifest>, DeskError> {
    let renderer = SheetRenderer::new(sheet, request.dpi);
    let writer = Writer { desk, request, sheet, renderer, stage: &folder.stage };
    let written = if request.format == SheetFormat::Pdf {
        writer.pdf(items, job)?
    } else {
        writer.sheets(items, job)?
    };
    let Some((people, mut files)) = written else { return Ok(None) };
    files.push(writer.file(ROSTER, &roster(items, &people)?)?);
    sync_all(&folder.stage, &files)?;
    let manifest = Manifest {
        program: concat!("photodesk ", env!("CARGO_PKG_VERSION")).to_owned(),
        job: folder.job.clone(),
        batch: request.batch.to_uppercase(),
        created_at_ms: now_ms(),
        layout: sheet.layout.to_string(),
        paper: sheet.paper.name.clone(),
        dpi: request.dpi.0,
        gap_mm: request.gap.mm(),
        margin_mm: request.margin.mm(),
        pieces_per_person: sheet.layout.pieces(),
        people,
        files,
    };
    let json = serde_json::to_vec_pretty(&manifest).map_err(|error| unwritable(NAME, &error))?;
    writer.file(NAME, &json)?;
    sync_file(&folder.stage.join(NAME))?;
    Ok(Some(manifest))
}

/// The people of an export and the files written for them.
type Written = (Vec<Person>, Vec<FileEntry>);

struct Writer<'a> {
    desk: &'a Desk,
    request: &'a ExportRequest,
    sheet: &'a SheetPlan,
    renderer: SheetRenderer<'a>,
    stage: &'a Path,
}

impl Writer<'_> {
    /// A sheet file for each person, on all processors.
    fn sheets(&self, items: &[QueueItem], job: &Job) -> Result<Option<Written>, DeskError> {
        let failure = Failure::default();
        let written = map_in_parallel(items, |item| {
            if job.is_cancelled() || failure.happened() {
                return None;
            }
            let person = failure.catch(self.person(item));
            job.step();
            person
        });
        failure.into_result()?;
        let Some(written) = written.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
        let (people, files): (Vec<Person>, Vec<[FileEntry; 2]>) = written.into_iter().unzip();
        Ok(Some((people, files.into_iter().flatten().collect())))
    }

    fn person(&self, item: &QueueItem) -> Result<(Person, [FileEntry; 2]), DeskError> {
        let prepared = final_photo(self.desk, &item.submission)?;
        let photo = self.photo(item, &prepared)?;
        let format = self.request.format;
        let path = format!("{SHEETS}/{}.{}", file_safe(&item.submission), format.extension());
        let bytes = self
            .renderer
            .encode(&[sheet_photo(&prepared)], format)
            .map_err(|error| DeskError::Refused { code: error.code(), message: error.to_string() })?;
        let sheet = self.file(&path, &bytes)?;
        Ok((self.entry(item, &photo, path, None), [photo, sheet]))
    }

    /// One PDF with a page for each person.
    fn pdf(&self, items: &[QueueItem], job: &Job) -> Result<Option<Written>, DeskError> {
        let failed = |error: crate::print::pdf::PdfError| unwritable(PDF, &error);
        let path = self.stage.join(PDF);
        let out = File::create_new(&path).map_err(|cause| io_error("written", &path, &cause))?;
        let mut pdf = PdfSheets::new(BufWriter::new(out)).map_err(failed)?;
        let (mut people, mut files) = (Vec::new(), Vec::new());
        for (page, item) in (1..).zip(items) {
            if job.is_cancelled() {
                return Ok(None);
            }
            let prepared = final_photo(self.desk, &item.submission)?;
            let photo = self.photo(item, &prepared)?;
            pdf.page(self.sheet, self.request.dpi, &[sheet_photo(&prepared)]).map_err(failed)?;
            people.push(self.entry(item, &photo, PDF.to_owned(), Some(page)));
            files.push(photo);
            job.step();
        }
        pdf.finish().map_err(failed)?;
        let (bytes, sha256) = fingerprint(&path).map_err(|cause| io_error("read", &path, &cause))?;
        files.push(FileEntry { path: PDF.to_owned(), bytes, sha256 });
        Ok(Some((people, files)))
    }

    fn photo(&self, item: &QueueItem, prepared: &Prepared) -> Result<FileEntry, DeskError> {
        self.file(&format!("{PHOTOS}/{}.jpg", file_safe(&item.submission)), &prepared.jpeg.bytes)
    }

    fn entry(&self, item: &QueueItem, photo: &FileEntry, sheet: String, page: Option<usize>) -> Person {
        Person {
            submission: item.submission.clone(),
            photo_sha256: item.photo_sha256.clone(),
            revision: item.revision,
            photo: photo.path.clone(),
            sheet,
            page,
            pieces: self.sheet.packing.placements.len(),
        }
    }

    /// Writes a new file; it is made durable later, together with the others.
    fn file(&self, relative: &str, bytes: &[u8]) -> Result<FileEntry, DeskError> {
        let path = self.stage.join(relative);
        File::create_new(&path)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(|cause| io_error("written", &path, &cause))?;
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes));
        Ok(FileEntry { path: relative.to_owned(), bytes: bytes.len() as u64, sha256 })
    }
}

fn sheet_photo(prepared: &Prepared) -> SheetPhoto<'_> {
    SheetPhoto { pixels: &prepared.pixels, jpeg: Some(&prepared.jpeg.bytes), caption: None }
}

/// Makes all files durable at once: the disk writes them together, where one by one each would wait.
fn sync_all(stage: &Path, files: &[FileEntry]) -> Result<(), DeskError> {
    map_in_parallel(files, |entry| sync_file(&stage.join(&entry.path))).into_iter().collect()
}

fn sync_file(path: &Path) -> Result<(), DeskError> {
    // Windows syncs only what is open for writing.
    let synced = File::options().write(true).open(path).and_then(|file| file.sync_all());
    synced.map_err(|cause| io_error("synced", path, &cause))
}

/// The people and their files as a table for spreadsheets; names stay masked.
fn roster(items: &[QueueItem], people: &[Person]) -> Result<Vec<u8>, DeskError> {
    // Spreadsheets take a file without this mark for the system's old code page.
    let mut table = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    let mut rows = vec![["submission", "name", "photo", "sheet", "page", "pieces"].map(str::to_owned)];
    for (item, person) in items.iter().zip(people) {
        let page = person.page.map_or_else(String::new, |page| page.to_string());
        let (photo, sheet) = (person.photo.clone(), person.sheet.clone());
        let pieces = person.pieces.to_string();
        rows.push([item.submission.clone(), item.masked_name.clone(), photo, sheet, page, pieces]);
    }
    for row in rows {
        table.write_record(row).map_err(|error| unwritable(ROSTER, &error))?;
    }
    table.into_inner().map_err(|error| unwritable(ROSTER, &error))
}

/// Submission numbers as file names on every system.
fn file_safe(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '_' }).collect()
}

fn unwritable(file: &str, cause: &dyn std::fmt::Display) -> DeskError {
    DeskError::Refused {
        code: "export_io",
        message: format!("{file} cannot be written ({cause}); check that the disk is there and not full"),
    }
}
