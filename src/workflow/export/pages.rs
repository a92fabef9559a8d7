//! Renders an export's sheets and lays the electronic photos beside them.

use std::fs::File;
use std::io::BufWriter;

use super::drive::create_below;
use super::folder::{PHOTOS, SHEETS};
use super::manifest::{FileEntry, Person};
use super::sheets::{Order, unwritable};
use super::{ExportRequest, io_error};
use crate::print::impose::cut_and_stack;
use crate::print::pdf::{EmbeddedPhoto, PdfSheets};
use crate::print::raster::SheetRenderer;
use crate::print::sheet::{SheetPhoto, SheetPlan};
use crate::retouch::Prepared;
use crate::submission::QueueItem;
use crate::workflow::job::{Failure, map_in_parallel};
use crate::workflow::prepare::final_photo;
use crate::workflow::{Desk, DeskError};

const PDF: &str = "sheets/sheets.pdf";

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
pub(super) type Written = (Vec<(usize, Person)>, Vec<FileEntry>);

/// Everything that each sheet of an export needs.
pub(super) struct Writer<'a> {
    pub order: Order<'a>,
    pub renderer: SheetRenderer<'a>,
    pub items: &'a [QueueItem],
    /// Paths of the electronic photos.
    pub names: &'a [String],
}

impl Writer<'_> {
    /// A file for each sheet, on all processors.
    pub fn sheets(&self, groups: &[Vec<usize>]) -> Result<Option<Written>, DeskError> {
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
    pub fn pdf(&self, groups: &[Vec<usize>]) -> Result<Option<Written>, DeskError> {
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
            .with_drive(|| create_below(self.order.stage(), folder))
            .map_err(|cause| io_error("made", folder, &cause))?;
        self.order.file(&relative, &prepared.jpeg.bytes)
    }
}

/// Submission numbers as file names on every system.
fn file_safe(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '_' }).collect()
}
