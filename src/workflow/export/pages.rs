//! Renders an export's sheets and lays the electronic photos beside them.

use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

use super::drawn::{Drawing, DrawnSheets};
use super::drive::create_below;
use super::folder::{PHOTOS, SHEETS};
use super::manifest::{FileEntry, Person};
use super::people::Copy;
use super::sheets::{Order, unwritable};
use super::slips::{Seat, Seating};
use super::{ExportRequest, io_error};
use crate::print::pdf::{EmbeddedPhoto, PdfSheets};
use crate::print::raster::SheetRenderer;
use crate::print::sheet::SheetPhoto;
use crate::print::slip::Slip;
use crate::retouch::Prepared;
use crate::submission::QueueItem;
use crate::workflow::job::{Failure, map_in_parallel};
use crate::workflow::prepare::{FinalFile, final_file, final_photo};
use crate::workflow::{Desk, DeskError};

const PDF: &str = "sheets/sheets.pdf";
/// Bytes of a PDF that are handed to the system at once.
const BUFFER: usize = 1 << 18;

/// What stands in one place of a sheet, and the words below it: a person's photo with pixels for a sheet that is drawn,
/// as a file for a page that embeds it, or a slip.
pub(super) struct OnSheet<P> {
    shown: Shown<P>,
    caption: Option<String>,
}

enum Shown<P> {
    Person(P),
    Slip(Arc<Slip>),
}

/// A person's photo with its delivered bytes.
pub(super) trait Delivered {
    fn jpeg(&self) -> &[u8];
}

impl Delivered for Box<Prepared> {
    fn jpeg(&self) -> &[u8] {
        &self.jpeg.bytes
    }
}

impl Delivered for FinalFile {
    fn jpeg(&self) -> &[u8] {
        &self.jpeg
    }
}

impl<P> OnSheet<P> {
    fn new(
        request: &ExportRequest,
        items: &[QueueItem],
        seating: &Seating,
        seat: Seat,
        photo: impl FnOnce(&str) -> Result<P, DeskError>,
    ) -> Result<Self, DeskError> {
        match seat {
            Seat::Person(at) => {
                let item = &items[at];
                let caption = request.captions.then(|| format!("{}  {}", item.masked_name, item.submission));
                Ok(Self { shown: Shown::Person(photo(&item.submission)?), caption })
            }
            Seat::Slip(number) => {
                let (slip, title) = seating.slip(number);
                Ok(Self { shown: Shown::Slip(slip), caption: request.captions.then_some(title) })
            }
        }
    }
}

impl<P: Delivered> OnSheet<P> {
    /// The file of what is shown.
    pub fn jpeg(&self) -> &[u8] {
        match &self.shown {
            Shown::Person(photo) => photo.jpeg(),
            Shown::Slip(slip) => slip.jpeg(),
        }
    }

    /// The words below it.
    pub fn caption(&self) -> Option<&str> {
        self.caption.as_deref()
    }
}

impl OnSheet<Box<Prepared>> {
    pub fn pixels(
        desk: &Desk,
        request: &ExportRequest,
        items: &[QueueItem],
        seating: &Seating,
        seat: Seat,
    ) -> Result<Self, DeskError> {
        Self::new(request, items, seating, seat, |submission| final_photo(desk, submission).map(Box::new))
    }

    pub fn sheet_photo(&self) -> SheetPhoto<'_> {
        let caption = self.caption.as_deref();
        match &self.shown {
            Shown::Person(prepared) => {
                SheetPhoto { pixels: &prepared.pixels, jpeg: Some(&prepared.jpeg.bytes), caption }
            }
            Shown::Slip(slip) => slip.sheet_photo(caption),
        }
    }
}

impl OnSheet<FinalFile> {
    fn embedded(&self) -> EmbeddedPhoto<'_> {
        let caption = self.caption.as_deref();
        match &self.shown {
            Shown::Person(file) => EmbeddedPhoto { size: file.size, jpeg: &file.jpeg, caption },
            Shown::Slip(slip) => {
                let SheetPhoto { pixels, jpeg, caption } = slip.sheet_photo(caption);
                EmbeddedPhoto { size: pixels.dimensions(), jpeg: jpeg.unwrap_or_default(), caption }
            }
        }
    }
}

/// The people of an export, by their index into the items, and the files written for them.
pub(super) type Written = (Vec<(usize, Person)>, Vec<FileEntry>);

/// Everything that each sheet of an export needs.
pub(super) struct Writer<'a> {
    pub order: Order<'a>,
    pub renderer: SheetRenderer<'a>,
    pub items: &'a [QueueItem],
    pub seating: &'a Seating,
    /// Of orders; none for people.
    pub copies: &'a [Copy],
    /// Paths of the electronic photos.
    pub names: &'a [String],
}

impl Writer<'_> {
    /// A file for each sheet, on all processors.
    pub fn sheets(&self) -> Result<Option<Written>, DeskError> {
        let (failure, job) = (Failure::default(), self.order.job);
        let drawing = Drawing::new(self.order.sheet, self.order.request)?;
        let drawn = DrawnSheets::of_batch(self.order.desk, &self.order.batch.code)?;
        let numbered: Vec<(usize, &Vec<Seat>)> = (1..).zip(&self.seating.sheets).collect();
        let written = map_in_parallel(&numbered, |(number, group)| {
            if job.is_cancelled() || failure.happened() {
                return None;
            }
            let sheet = failure.catch(self.sheet(*number, group, &drawing, &drawn));
            people_in(group).for_each(|_| job.step());
            sheet
        });
        failure.into_result()?;
        let Some(written) = written.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
        let (people, files): (Vec<_>, Vec<_>) = written.into_iter().unzip();
        Ok(Some((people.into_iter().flatten().collect(), files.into_iter().flatten().collect())))
    }

    /// `drawn` need not be drawn again.
    fn sheet(
        &self,
        number: usize,
        group: &[Seat],
        drawing: &Drawing,
        drawn: &DrawnSheets,
    ) -> Result<Written, DeskError> {
        let order = &self.order;
        let format = order.request.format;
        let name = match group {
            // A sheet of one person carries that person's number.
            [Seat::Person(only)] if order.sheet.people() <= 1 => match self.copies.get(*only) {
                Some(copy) => file_safe(&format!("{}-{:02}", copy.order, copy.number)),
                None => file_safe(&self.items[*only].submission),
            },
            _ => format!("{number:05}"),
        };
        let path = format!("{SHEETS}/{name}.{}", format.extension());
        if !drawn.is_empty() {
            let on_sheet = self.files(group)?;
            let drawn_from = drawing.of(&on_sheet);
            if let Some(bytes) = drawn.bytes(&drawn_from) {
                return self.written(group, &on_sheet, drawn_from, &path, &bytes);
            }
        }
        let Order { desk, request, .. } = self.order;
        let seats = group.iter();
        let people = seats.map(|seat| OnSheet::pixels(desk, request, self.items, self.seating, *seat));
        let people = people.collect::<Result<Vec<_>, _>>()?;
        let photos: Vec<SheetPhoto<'_>> = people.iter().map(OnSheet::sheet_photo).collect();
        let bytes = self
            .renderer
            .encode(&photos, format)
            .map_err(|error| DeskError::Refused { code: error.code(), message: error.to_string() })?;
        self.written(group, &people, drawing.of(&people), &path, &bytes)
    }

    /// Writes a sheet and the electronic photos of whoever is on it.
    fn written<P: Delivered>(
        &self,
        group: &[Seat],
        on_sheet: &[OnSheet<P>],
        drawn_from: String,
        path: &str,
        bytes: &[u8],
    ) -> Result<Written, DeskError> {
        let (people, mut files) = self.entries(group, on_sheet, path, None)?;
        files.push(FileEntry { drawn_from: Some(drawn_from), ..self.order.file(path, bytes)? });
        Ok((people, files))
    }

    /// One PDF with a page for each sheet.
    pub fn pdf(&self) -> Result<Option<Written>, DeskError> {
        let failed = |error: crate::print::pdf::PdfError| unwritable(PDF, &error);
        let order = &self.order;
        let path = order.stage().join(PDF);
        let out = File::create_new(&path).map_err(|cause| io_error("written", &path, &cause))?;
        let mut pdf = PdfSheets::new(BufWriter::with_capacity(BUFFER, out)).map_err(failed)?;
        let (mut people, mut files) = (Vec::new(), Vec::new());
        for (page, group) in (1..).zip(&self.seating.sheets) {
            if order.job.is_cancelled() {
                return Ok(None);
            }
            let on_sheet = self.files(group)?;
            let photos: Vec<EmbeddedPhoto<'_>> = on_sheet.iter().map(OnSheet::embedded).collect();
            pdf.embed(order.sheet, order.request.dpi, &photos).map_err(failed)?;
            let (own, photos) = self.entries(group, &on_sheet, PDF, Some(page))?;
            people.extend(own);
            files.extend(photos);
            people_in(group).for_each(|_| order.job.step());
        }
        pdf.finish().map_err(failed)?;
        files.push(order.written(PDF)?);
        Ok(Some((people, files)))
    }

    fn files(&self, group: &[Seat]) -> Result<Vec<OnSheet<FinalFile>>, DeskError> {
        let Order { desk, request, .. } = self.order;
        let file = |submission: &str| final_file(desk, submission);
        group.iter().map(|seat| OnSheet::new(request, self.items, self.seating, *seat, file)).collect()
    }

    /// Writes the group's electronic photos; gives the people with their photos' entries.
    fn entries<P: Delivered>(
        &self,
        group: &[Seat],
        people: &[OnSheet<P>],
        sheet: &str,
        page: Option<usize>,
    ) -> Result<Written, DeskError> {
        let plan = self.order.sheet;
        let (mut entries, mut files) = (Vec::new(), Vec::new());
        for (place, (seat, on_sheet)) in group.iter().zip(people).enumerate() {
            let (Seat::Person(at), Shown::Person(delivered)) = (seat, &on_sheet.shown) else { continue };
            let item = &self.items[*at];
            let copy = self.copies.get(*at);
            let photo = match copy {
                Some(copy) if copy.number > 1 => None,
                _ => Some(self.photo(&self.names[*at], delivered.jpeg())?),
            };
            let named = copy.map_or(*at, |copy| copy.first);
            let placements = plan.packing.placements.iter().filter(|placed| placed.set == place);
            entries.push((
                *at,
                Person {
                    submission: item.submission.clone(),
                    photo_sha256: item.photo_sha256.clone(),
                    revision: item.revision,
                    photo: format!("{PHOTOS}/{}", self.names[named]),
                    sheet: sheet.to_owned(),
                    page,
                    pieces: placements.count(),
                    place: (plan.people() > 1).then_some(place + 1),
                    order: copy.map(|copy| copy.order.clone()),
                    copy: copy.map_or(1, |copy| copy.number),
                },
            ));
            files.extend(photo);
        }
        Ok((entries, files))
    }

    fn photo(&self, name: &str, jpeg: &[u8]) -> Result<FileEntry, DeskError> {
        let relative = format!("{PHOTOS}/{name}");
        let path = self.order.stage().join(&relative);
        let folder = path.parent().unwrap_or(self.order.stage());
        self.order
            .with_drive(|| create_below(self.order.stage(), folder))
            .map_err(|cause| io_error("made", folder, &cause))?;
        self.order.file(&relative, jpeg)
    }
}

fn people_in(group: &[Seat]) -> impl Iterator<Item = &Seat> {
    group.iter().filter(|seat| matches!(seat, Seat::Person(_)))
}

/// Submission numbers as file names on every system.
fn file_safe(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '_' }).collect()
}
