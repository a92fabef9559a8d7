//! Writes an export's files into its hidden folder: sheets, final photos, roster, ticket, and the manifest last.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::deliver::{Delivery, Target};
use super::drive::with_drive;
use super::folder::{ExportFolder, PHOTOS, SHEETS};
use super::manifest::{FileEntry, Manifest, NAME, Person, fingerprint};
use super::roster::{Roster, stored};
use super::{ExportRequest, SheetFormat, io_error, ticket};
use crate::print::hot_folder::HotFolderOrder;
use crate::print::impose::cut_and_stack;
use crate::print::pdf::{EmbeddedPhoto, PdfSheets};
use crate::print::raster::SheetRenderer;
use crate::print::sheet::{SheetPhoto, SheetPlan};
use crate::retouch::Prepared;
use crate::submission::{Batch, QueueItem};
use crate::workflow::desk::now_ms;
use crate::workflow::job::{Failure, Job, map_in_parallel};
use crate::workflow::prepare::final_photo;
use crate::workflow::{Desk, DeskError};

const ROSTER: &str = "roster.csv";
const WORKBOOK: &str = "roster.xlsx";
const TICKET: &str = "ticket.pdf";
const ZIP: &str = "photos.zip";
const PDF: &str = "sheets/sheets.pdf";

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

/// One person on a sheet: the final photo and the words below it.
pub(super) struct OnSheet {
    prepared: Prepared,
    caption: Option<String>,
}

impl OnSheet {
    pub fn new(desk: &Desk, request: &ExportRequest, item: &QueueItem) -> Result<Self, DeskError> {
        let caption = request.captions.then(|| format!("{}  {}", item.masked_name, item.submission));
        Ok(Self { prepared: final_photo(desk, &item.submission)?, caption })
    }

    pub fn sheet_photo(&self) -> SheetPhoto<'_> {
        SheetPhoto {
            pixels: &self.prepared.pixels,
            jpeg: Some(&self.prepared.jpeg.bytes),
            caption: self.caption.as_deref(),
        }
    }

    fn embedded(&self) -> EmbeddedPhoto<'_> {
        EmbeddedPhoto {
            size: self.prepared.pixels.dimensions(),
            jpeg: &self.prepared.jpeg.bytes,
            caption: self.caption.as_deref(),
        }
    }
}

/// Who is on each sheet, as indices into the items and by place.
pub(super) fn groups(request: &ExportRequest, sheet: &SheetPlan, items: &[QueueItem]) -> Vec<Vec<usize>> {
    cut_and_stack(items.len(), sheet.people(), request.lift)
}

/// The people of an export, by their index into the items, and the files written for them.
type Written = (Vec<(usize, Person)>, Vec<FileEntry>);

impl Order<'_> {
    /// Writes everything; `None` when the job was cancelled on the way. `names` are the photos' paths.
    pub fn write(self, items: &[QueueItem], names: &[String]) -> Result<Option<Manifest>, DeskError> {
        let renderer = SheetRenderer::new(self.sheet, self.request.dpi);
        let writer = Writer { order: self, renderer, items, names };
        let groups = groups(self.request, self.sheet, items);
        let written = if self.request.format == SheetFormat::Pdf {
            writer.pdf(&groups)?
        } else {
            writer.sheets(&groups)?
        };
        let Some((mut people, mut files)) = written else { return Ok(None) };
        people.sort_by_key(|(at, _)| *at);
        let people: Vec<Person> = people.into_iter().map(|(_, person)| person).collect();
        files.extend(self.papers(items, &people, groups.len())?);
        if self.request.zip {
            files.push(self.zip(&people)?);
        }
        self.sync_all(&files)?;
        let deliveries = match Target::of(self.request)? {
            Some(target) => self.stage_deliveries(&target, &people, &files)?,
            None => Vec::new(),
        };
        let manifest = Manifest {
            program: concat!("photodesk ", env!("CARGO_PKG_VERSION")).to_owned(),
            job: self.folder.job.clone(),
            batch: self.batch.code.clone(),
            created_at_ms: now_ms(),
            layout: self.sheet.layout.to_string(),
            paper: self.sheet.paper.name.clone(),
            dpi: self.request.dpi.0,
            gap_mm: self.request.gap.mm(),
            margin_mm: self.request.margin.mm(),
            pieces_per_person: self.sheet.layout.pieces(),
            people_per_sheet: self.sheet.people().max(1),
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

    fn stage(&self) -> &Path {
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
        let mut people_on: HashMap<&str, usize> = HashMap::new();
        let mut order_of_sheets = Vec::new();
        for person in people {
            let count = people_on.entry(&person.sheet).or_default();
            if *count == 0 {
                order_of_sheets.push(person.sheet.as_str());
            }
            *count += 1;
        }
        let by_path: HashMap<&str, &FileEntry> =
            files.iter().map(|entry| (entry.path.as_str(), entry)).collect();
        let sheets: Vec<(&FileEntry, usize)> = order_of_sheets
            .into_iter()
            .filter_map(|path| Some((*by_path.get(path)?, *people_on.get(path)?)))
            .collect();
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
    fn file(&self, relative: &str, bytes: &[u8]) -> Result<FileEntry, DeskError> {
        let path = self.stage().join(relative);
        let mut begun = false;
        let write = || {
            // What a drive that went away has kept of the last try is not whole.
            if begun {
                fs::remove_file(&path).or_else(|error| not_found_is_fine(error))?;
            }
            begun = true;
            File::create_new(&path).and_then(|mut file| file.write_all(bytes))
        };
        self.with_drive(write).map_err(|cause| io_error("written", &path, &cause))?;
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes));
        Ok(FileEntry { path: relative.to_owned(), bytes: bytes.len() as u64, sha256 })
    }

    /// Does file work, waiting while the drive is away.
    fn with_drive<T>(&self, work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
        with_drive(self.folder.out(), self.job, work)
    }

    /// The entry of a file that was written piece by piece.
    fn written(&self, relative: &str) -> Result<FileEntry, DeskError> {
        let path = self.stage().join(relative);
        let (bytes, sha256) = fingerprint(&path).map_err(|cause| io_error("read", &path, &cause))?;
        Ok(FileEntry { path: relative.to_owned(), bytes, sha256 })
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

struct Writer<'a> {
    order: Order<'a>,
    renderer: SheetRenderer<'a>,
    items: &'a [QueueItem],
    names: &'a [String],
}

impl Writer<'_> {
    /// A file for each sheet, on all processors.
    fn sheets(&self, groups: &[Vec<usize>]) -> Result<Option<Written>, DeskError> {
        let (failure, job) = (Failure::default(), self.order.job);
        let numbered: Vec<(usize, &Vec<usize>)> = (1..).zip(groups).collect();
        let written = map_in_parallel(&numbered, |(number, group)| {
            if job.is_cancelled() || failure.happened() {
                return None;
            }
            let sheet = failure.catch(self.sheet(*number, group));
            group.iter().for_each(|_| job.step());
            sheet
        });
        failure.into_result()?;
        let Some(written) = written.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
        let (people, files): (Vec<_>, Vec<_>) = written.into_iter().unzip();
        Ok(Some((people.into_iter().flatten().collect(), files.into_iter().flatten().collect())))
    }

    fn sheet(&self, number: usize, group: &[usize]) -> Result<Written, DeskError> {
        let order = &self.order;
        let format = order.request.format;
        let name = match group {
            // A sheet of one person carries that person's number.
            [only] if order.sheet.people() <= 1 => file_safe(&self.items[*only].submission),
            _ => format!("{number:05}"),
        };
        let path = format!("{SHEETS}/{name}.{}", format.extension());
        let people = self.people(group)?;
        let photos: Vec<SheetPhoto<'_>> = people.iter().map(OnSheet::sheet_photo).collect();
        let bytes = self
            .renderer
            .encode(&photos, format)
            .map_err(|error| DeskError::Refused { code: error.code(), message: error.to_string() })?;
        let (people, mut files) = self.entries(group, &people, &path, None)?;
        files.push(order.file(&path, &bytes)?);
        Ok((people, files))
    }

    /// One PDF with a page for each sheet.
    fn pdf(&self, groups: &[Vec<usize>]) -> Result<Option<Written>, DeskError> {
        let failed = |error: crate::print::pdf::PdfError| unwritable(PDF, &error);
        let order = &self.order;
        let path = order.stage().join(PDF);
        let out = File::create_new(&path).map_err(|cause| io_error("written", &path, &cause))?;
        let mut pdf = PdfSheets::new(BufWriter::new(out)).map_err(failed)?;
        let (mut people, mut files) = (Vec::new(), Vec::new());
        for (page, group) in (1..).zip(groups) {
            if order.job.is_cancelled() {
                return Ok(None);
            }
            let on_sheet = self.people(group)?;
            let photos: Vec<EmbeddedPhoto<'_>> = on_sheet.iter().map(OnSheet::embedded).collect();
            pdf.embed(order.sheet, order.request.dpi, &photos).map_err(failed)?;
            let (own, photos) = self.entries(group, &on_sheet, PDF, Some(page))?;
            people.extend(own);
            files.extend(photos);
            group.iter().for_each(|_| order.job.step());
        }
        pdf.finish().map_err(failed)?;
        files.push(order.written(PDF)?);
        Ok(Some((people, files)))
    }

    fn people(&self, group: &[usize]) -> Result<Vec<OnSheet>, DeskError> {
        let Order { desk, request, .. } = self.order;
        group.iter().map(|at| OnSheet::new(desk, request, &self.items[*at])).collect()
    }

    /// Writes the group's electronic photos; gives the people with their photos' entries.
    fn entries(
        &self,
        group: &[usize],
        people: &[OnSheet],
        sheet: &str,
        page: Option<usize>,
    ) -> Result<Written, DeskError> {
        let plan = self.order.sheet;
        let (mut entries, mut files) = (Vec::new(), Vec::new());
        for (place, (at, person)) in group.iter().zip(people).enumerate() {
            let item = &self.items[*at];
            let photo = self.photo(&self.names[*at], &person.prepared)?;
            let placements = plan.packing.placements.iter().filter(|placed| placed.set == place);
            entries.push((
                *at,
                Person {
                    submission: item.submission.clone(),
                    photo_sha256: item.photo_sha256.clone(),
                    revision: item.revision,
                    photo: photo.path.clone(),
                    sheet: sheet.to_owned(),
                    page,
                    pieces: placements.count(),
                    place: (plan.people() > 1).then_some(place + 1),
                },
            ));
            files.push(photo);
        }
        Ok((entries, files))
    }

    fn photo(&self, name: &str, prepared: &Prepared) -> Result<FileEntry, DeskError> {
        let relative = format!("{PHOTOS}/{name}");
        let path = self.order.stage().join(&relative);
        let folder = path.parent().unwrap_or(self.order.stage());
        self.order
            .with_drive(|| fs::create_dir_all(folder))
            .map_err(|cause| io_error("made", folder, &cause))?;
        self.order.file(&relative, &prepared.jpeg.bytes)
    }
}

fn synced(path: &Path) -> io::Result<()> {
    // Windows syncs only what is open for writing.
    File::options().write(true).open(path).and_then(|file| file.sync_all())
}

fn not_found_is_fine(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
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
