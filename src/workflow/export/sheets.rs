//! Writes an export's files into its hidden folder: sheets and photos, roster, ticket, and the manifest last.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::deliver::{Delivery, Target};
use super::drive::with_drive;
use super::folder::{ExportFolder, PHOTOS, SHEETS};
use super::manifest::{FileEntry, Manifest, NAME, PROGRAM, Person, fingerprint};
use super::pages::Writer;
use super::roster::{Roster, stored};
use super::slips::Seating;
use super::{ExportRequest, SheetFormat, io_error, people, ticket};
use crate::print::hot_folder::HotFolderOrder;
use crate::print::raster::SheetRenderer;
use crate::print::sheet::SheetPlan;
use crate::submission::{Batch, QueueItem};
use crate::workflow::desk::now_ms;
use crate::workflow::job::{Job, map_in_parallel};
use crate::workflow::{Desk, DeskError};

const ROSTER: &str = "roster.csv";
const WORKBOOK: &str = "roster.xlsx";
const TICKET: &str = "ticket.pdf";
const ZIP: &str = "photos.zip";

/// Everything that stays the same while one export is written.
#[derive(Clone, Copy)]
pub(super) struct Order<'a> {
    pub desk: &'a Desk,
    pub request: &'a ExportRequest,
    pub batch: &'a Batch,
    pub sheet: &'a SheetPlan,
    pub folder: &'a ExportFolder,
    pub job: &'a Job,
}

impl Order<'_> {
    /// Writes everything; `None` when the job was cancelled on the way. `names` are the photos' paths.
    pub fn write(self, items: &[QueueItem], names: &[String]) -> Result<Option<Manifest>, DeskError> {
        let renderer = SheetRenderer::new(self.sheet, self.request.dpi);
        let seating = Seating::new(self.desk, self.request, self.sheet, items)?;
        let copies = people::copies(self.desk, self.request)?;
        let writer = Writer { order: self, renderer, items, seating: &seating, copies: &copies, names };
        let written =
            if self.request.format == SheetFormat::Pdf { writer.pdf()? } else { writer.sheets()? };
        let Some((mut people, mut files)) = written else { return Ok(None) };
        people.sort_by_key(|(at, _)| *at);
        let people: Vec<Person> = people.into_iter().map(|(_, person)| person).collect();
        files.extend(self.papers(items, &people, seating.sheets.len())?);
        if self.request.zip {
            files.push(self.zip(&people)?);
        }
        self.sync_all(&files)?;
        let deliveries = match Target::of(self.request)? {
            Some(target) => self.stage_deliveries(&target, &people, &files)?,
            None => Vec::new(),
        };
        let manifest = Manifest {
            program: PROGRAM.to_owned(),
            job: self.folder.job.clone(),
            batch: self.batch.code.clone(),
            created_at_ms: now_ms(),
            layout: self.sheet.layout.to_string(),
            paper: self.sheet.paper.name.clone(),
            dpi: self.request.dpi.0,
            gap_mm: self.request.gap.mm(),
            margin_mm: self.request.margin.mm(),
            printer: self.request.printer.clone(),
            pieces_per_person: self.sheet.layout.pieces(),
            people_per_sheet: self.sheet.people().max(1),
            slips: seating.slips(),
            sheets: seating.sheets.len(),
            people,
            reprint: self.request.is_reprint(),
            files,
            deliveries,
        };
        let json = serde_json::to_vec_pretty(&manifest).map_err(|error| unwritable(NAME, &error))?;
        self.file(NAME, &json)?;
        let path = self.stage().join(NAME);
        self.with_drive(|| synced(&path)).map_err(|cause| io_error("synced", &path, &cause))?;
        Ok(Some(manifest))
    }

    pub fn stage(&self) -> &Path {
        &self.folder.stage
    }

    /// Roster and ticket.
    fn papers(
        &self,
        items: &[QueueItem],
        people: &[Person],
        sheets: usize,
    ) -> Result<Vec<FileEntry>, DeskError> {
        let roster = Roster::new(items, people);
        let csv = roster.csv().map_err(|error| unwritable(ROSTER, &error))?;
        let xlsx = roster.xlsx().map_err(|error| unwritable(WORKBOOK, &error))?;
        let ticket = ticket::pdf(self, items, sheets).map_err(|error| unwritable(TICKET, &error))?;
        [(ROSTER, csv), (WORKBOOK, xlsx), (TICKET, ticket)]
            .into_iter()
            .map(|(name, bytes)| self.file(name, &bytes))
            .collect()
    }

    /// All electronic photos under their names in one file.
    fn zip(&self, people: &[Person]) -> Result<FileEntry, DeskError> {
        let failed = |error: &dyn std::fmt::Display| unwritable(ZIP, error);
        let path = self.stage().join(ZIP);
        let out = File::create_new(&path).map_err(|cause| io_error("written", &path, &cause))?;
        let mut zip = zip::ZipWriter::new(BufWriter::new(out));
        for person in people {
            let photo = self.stage().join(&person.photo);
            let bytes = fs::read(&photo).map_err(|cause| io_error("read", &photo, &cause))?;
            let name = person.photo.strip_prefix(PHOTOS).unwrap_or(&person.photo).trim_start_matches('/');
            zip.start_file(name, stored()).map_err(|error| failed(&error))?;
            zip.write_all(&bytes).map_err(|error| failed(&error))?;
        }
        zip.finish().and_then(|mut out| Ok(out.flush()?)).map_err(|error| failed(&error))?;
        self.written(ZIP)
    }

    /// Copies of the sheets for the watched folder, each once and in the order of the people.
    fn stage_deliveries(
        &self,
        target: &Target,
        people: &[Person],
        files: &[FileEntry],
    ) -> Result<Vec<Delivery>, DeskError> {
        let sheets = in_order(people, files, self.sheet.people());
        let order = HotFolderOrder {
            batch: &self.batch.code,
            job: &self.folder.job,
            paper: &self.sheet.paper,
            format: self.request.format,
            sheets: sheets.len(),
        };
        target.stage(self.stage(), &order, &sheets)
    }

    /// Writes a new file; it is made durable later, together with the others.
    pub fn file(&self, relative: &str, bytes: &[u8]) -> Result<FileEntry, DeskError> {
        let path = self.stage().join(relative);
        let mut begun = false;
        let write = || {
            // What a drive that went away has kept of the last try is not whole.
            if begun {
                fs::remove_file(&path).or_else(not_found_is_fine)?;
            }
            begun = true;
            File::create_new(&path).and_then(|mut file| file.write_all(bytes))
        };
        self.with_drive(write).map_err(|cause| io_error("written", &path, &cause))?;
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes));
        Ok(FileEntry { path: relative.to_owned(), bytes: bytes.len() as u64, sha256, drawn_from: None })
    }

    /// Does file work, waiting while the drive is away.
    pub fn with_drive<T>(&self, work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
        with_drive(self.folder.out(), self.job, work)
    }

    /// The entry of a file that was written piece by piece.
    pub fn written(&self, relative: &str) -> Result<FileEntry, DeskError> {
        let path = self.stage().join(relative);
        let (bytes, sha256) = fingerprint(&path).map_err(|cause| io_error("read", &path, &cause))?;
        Ok(FileEntry { path: relative.to_owned(), bytes, sha256, drawn_from: None })
    }

    /// Makes all files durable at once: the disk writes them together, where one by one each would wait.
    fn sync_all(&self, files: &[FileEntry]) -> Result<(), DeskError> {
        let sync = |entry: &FileEntry| {
            let path = self.stage().join(&entry.path);
            self.with_drive(|| synced(&path)).map_err(|cause| io_error("synced", &path, &cause))
        };
        map_in_parallel(files, sync).into_iter().collect()
    }
}

/// The sheets' files in the order of the people, or of the cut stack, each with how many people it holds.
pub(super) fn in_order<'a>(
    people: &[Person],
    files: &'a [FileEntry],
    people_per_sheet: usize,
) -> Vec<(&'a FileEntry, usize)> {
    let mut people_on: HashMap<&str, (usize, usize)> = HashMap::new();
    for (at, person) in people.iter().enumerate() {
        people_on.entry(&person.sheet).or_insert((at, 0)).1 += 1;
    }
    // A sheet may hold nothing but slips; ganged sheets lie in the order of their numbers, as the stack needs them.
    let is_sheet = |entry: &&FileEntry| entry.path.starts_with(&format!("{SHEETS}/"));
    let mut sheets: Vec<(&FileEntry, usize)> = files
        .iter()
        .filter(is_sheet)
        .map(|entry| (entry, people_on.get(entry.path.as_str()).map_or(0, |(_, count)| *count)))
        .collect();
    sheets.sort_by_key(|(entry, _)| match people_per_sheet {
        0 | 1 => (people_on.get(entry.path.as_str()).map(|(at, _)| *at), entry.path.as_str()),
        _ => (None, entry.path.as_str()),
    });
    sheets
}

fn synced(path: &Path) -> io::Result<()> {
    // Windows syncs only what is open for writing.
    File::options().write(true).open(path).and_then(|file| file.sync_all())
}

fn not_found_is_fine(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

pub(super) fn unwritable(file: &str, cause: &dyn std::fmt::Display) -> DeskError {
    DeskError::Refused {
        code: "export_io",
        message: format!("{file} cannot be written ({cause}); check that the disk is there and not full"),
    }
}
