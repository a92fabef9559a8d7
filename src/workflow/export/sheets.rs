//! Writes an export's files into its hidden folder: sheets, final photos, roster, and the manifest last.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::folder::{ExportFolder, PHOTOS, SHEETS};
use super::manifest::{FileEntry, Manifest, NAME, Person, fingerprint};
use super::{ExportRequest, SheetFormat, io_error};
use crate::print::pdf::PdfSheets;
use crate::print::raster;
use crate::print::sheet::{SheetPhoto, SheetPlan};
use crate::submission::QueueItem;
use crate::workflow::desk::now_ms;
use crate::workflow::job::Job;
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
    let mut writer = Writer { request, sheet, stage: &folder.stage, files: Vec::new(), pdf: None };
    let mut people = Vec::new();
    for item in items {
        if job.is_cancelled() {
            return Ok(None);
        }
        people.push(writer.person(desk, item)?);
        job.step();
    }
    writer.end_pdf()?;
    writer.file(ROSTER, &roster(items, &people)?)?;
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
        files: writer.files,
    };
    let json = serde_json::to_vec_pretty(&manifest).map_err(|error| unwritable(NAME, &error))?;
    write_synced(&folder.stage.join(NAME), &json)?;
    Ok(Some(manifest))
}

struct Writer<'a> {
    request: &'a ExportRequest,
    sheet: &'a SheetPlan,
    stage: &'a Path,
    files: Vec<FileEntry>,
    pdf: Option<(PdfSheets<BufWriter<File>>, usize)>,
}

impl Writer<'_> {
    fn person(&mut self, desk: &Desk, item: &QueueItem) -> Result<Person, DeskError> {
        let prepared = final_photo(desk, &item.submission)?;
        let name = file_safe(&item.submission);
        let photo = format!("{PHOTOS}/{name}.jpg");
        self.file(&photo, &prepared.jpeg.bytes)?;
        let on_sheet =
            SheetPhoto { pixels: &prepared.pixels, jpeg: Some(&prepared.jpeg.bytes), caption: None };
        let (sheet, page) = match self.request.format {
            SheetFormat::Pdf => (PDF.to_owned(), Some(self.page(on_sheet)?)),
            format => {
                let sheet = format!("{SHEETS}/{name}.{}", format.extension());
                let pixels = raster::render(self.sheet, self.request.dpi, &[on_sheet]);
                let bytes = raster::encode(&pixels, self.request.dpi, format)
                    .map_err(|error| DeskError::Refused { code: error.code(), message: error.to_string() })?;
                self.file(&sheet, &bytes)?;
                (sheet, None)
            }
        };
        Ok(Person {
            submission: item.submission.clone(),
            photo_sha256: item.photo_sha256.clone(),
            revision: item.revision,
            photo,
            sheet,
            page,
            pieces: self.sheet.packing.placements.len(),
        })
    }

    /// Adds a page to the PDF, which is begun with the first; gives its number.
    fn page(&mut self, photo: SheetPhoto<'_>) -> Result<usize, DeskError> {
        let failed = |error: crate::print::pdf::PdfError| unwritable(PDF, &error);
        if self.pdf.is_none() {
            let path = self.stage.join(PDF);
            let file = File::create_new(&path).map_err(|cause| io_error("written", &path, &cause))?;
            self.pdf = Some((PdfSheets::new(BufWriter::new(file)).map_err(failed)?, 0));
        }
        let Some((pdf, pages)) = &mut self.pdf else { return Ok(0) };
        pdf.page(self.sheet, self.request.dpi, &[photo]).map_err(failed)?;
        *pages += 1;
        Ok(*pages)
    }

    fn end_pdf(&mut self) -> Result<(), DeskError> {
        let Some((pdf, _)) = self.pdf.take() else { return Ok(()) };
        let path = self.stage.join(PDF);
        let out = pdf.finish().map_err(|error| unwritable(PDF, &error))?;
        out.get_ref().sync_all().map_err(|cause| io_error("synced", &path, &cause))?;
        let (bytes, sha256) = fingerprint(&path).map_err(|cause| io_error("read", &path, &cause))?;
        self.files.push(FileEntry { path: PDF.to_owned(), bytes, sha256 });
        Ok(())
    }

    fn file(&mut self, relative: &str, bytes: &[u8]) -> Result<(), DeskError> {
        write_synced(&self.stage.join(relative), bytes)?;
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes));
        self.files.push(FileEntry { path: relative.to_owned(), bytes: bytes.len() as u64, sha256 });
        Ok(())
    }
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

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    let written = File::create_new(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|cause| io_error("written", path, &cause))
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
