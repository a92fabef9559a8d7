//! Sheets as pages of one PDF, written as they come: each photo embedded once and placed as often as needed.

mod content;
mod font;
mod objects;
pub(super) mod page;

use std::borrow::Cow;
use std::io::{self, Write};

use pdf_writer::types::OutputIntentSubtype;
use pdf_writer::writers::{Catalog, OutputIntent, Page, Pages};
use pdf_writer::{Chunk, Finish, Name, Rect, Ref, Settings, TextStr};

use super::raster::jpeg_setting;
use super::raster::tiles::Tiling;
use super::sheet::{SheetPhoto, SheetPlan};
use crate::photo::encode::{EncodeError, encode_jpeg_at};
use crate::photo::srgb::{SRGB_NAME, srgb_profile};
use crate::photo::units::Dpi;
use crate::photo::{ColorModel, FileFacts, FileFormat, Photo};
use font::CaptionFont;
use objects::Objects;
pub use page::PdfPageError;

/// A PDF that could not be written. `code()` is stable; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error("the PDF could not be written: {0}; check the disk and try again")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Photo(#[from] EncodeError),
    #[error("the PDF's {what} could not be made: {reason}; report this with the program's version")]
    Build { what: &'static str, reason: String },
}

impl PdfError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "pdf_not_written",
            Self::Photo(error) => error.code(),
            Self::Build { .. } => "pdf_not_built",
        }
    }
}

/// A PDF being written; memory holds one page at a time.
pub struct PdfSheets<W: Write> {
    objects: Objects<W>,
    catalog: Ref,
    page_tree: Ref,
    profile: Ref,
    pages: Vec<Ref>,
    font: Option<CaptionFont>,
    /// The last page: pages that draw alike share one object.
    last: Option<LastPage>,
}

/// What a page's drawing instructions depend on, and the object that holds them.
struct LastPage {
    plan: SheetPlan,
    dpi: Dpi,
    sizes: Vec<(u32, u32)>,
    tiling: Tiling,
    content: Option<Ref>,
}

impl LastPage {
    /// Nothing drawn yet.
    fn new(plan: &SheetPlan, dpi: Dpi) -> Self {
        let (plan, tiling) = (plan.clone(), Tiling::new(plan, &plan.as_printed().grid(dpi)));
        Self { plan, dpi, sizes: Vec::new(), tiling, content: None }
    }
}

/// One person's photo on a page: a JPEG that is embedded as it is.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedPhoto<'a> {
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// Upright 8-bit sRGB.
    pub jpeg: &'a [u8],
    pub caption: Option<&'a str>,
}

impl<W: Write> PdfSheets<W> {
    /// Begins the file.
    pub fn new(out: W) -> Result<Self, PdfError> {
        let mut objects = Objects::new(out)?;
        let (catalog, page_tree, profile) = (objects.next(), objects.next(), objects.next());
        let mut chunk = compact();
        chunk.icc_profile(profile, srgb_profile()).n(3).range([0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
        objects.write(profile, &chunk)?;
        Ok(Self { objects, catalog, page_tree, profile, pages: Vec::new(), font: None, last: None })
    }

    /// Adds one sheet; `photos` belong to the plan's sets in order. `dpi` is that of the sheet in pixels whose
    /// pieces the page matches, and is written into photos that must be encoded anew.
    pub fn page(&mut self, plan: &SheetPlan, dpi: Dpi, photos: &[SheetPhoto<'_>]) -> Result<(), PdfError> {
        let setting = jpeg_setting(dpi);
        let mut encoded = Vec::new();
        for photo in photos {
            encoded.push(match photo.jpeg {
                Some(bytes) => Cow::Borrowed(bytes),
                None => Cow::Owned(encode_jpeg_at(photo.pixels, setting)?.bytes),
            });
        }
        let embedded: Vec<EmbeddedPhoto<'_>> = photos
            .iter()
            .zip(&encoded)
            .map(|(photo, jpeg)| EmbeddedPhoto {
                size: photo.pixels.dimensions(),
                jpeg,
                caption: photo.caption,
            })
            .collect();
        self.embed(plan, dpi, &embedded)
    }

    /// Adds one sheet of photos whose pixels nobody needs to know; else as [`Self::page`].
    pub fn embed(
        &mut self,
        plan: &SheetPlan,
        dpi: Dpi,
        photos: &[EmbeddedPhoto<'_>],
    ) -> Result<(), PdfError> {
        let photos = &photos[..photos.len().min(plan.people())];
        let images = photos.iter().map(|photo| self.image(photo)).collect::<Result<Vec<_>, _>>()?;
        if photos.iter().any(|photo| photo.caption.is_some()) && self.font.is_none() {
            let objects = &mut self.objects;
            self.font = Some(CaptionFont::new(|| objects.next()));
        }
        let content = self.content(plan, dpi, photos)?;
        let page = self.objects.next();
        let chunk = self.page_object(page, plan, content, &images);
        self.objects.write(page, &chunk)?;
        self.pages.push(page);
        Ok(())
    }

    /// Ends the file and hands its sink back, flushed.
    pub fn finish(mut self) -> Result<W, PdfError> {
        if let Some(font) = self.font.take() {
            for (id, chunk) in font.objects()? {
                self.objects.write(id, &chunk)?;
            }
        }
        let mut tree = compact();
        let count = i32::try_from(self.pages.len()).unwrap_or(i32::MAX);
        tree.indirect(self.page_tree).start::<Pages<'_>>().kids(self.pages.iter().copied()).count(count);
        self.objects.write(self.page_tree, &tree)?;
        let catalog = self.catalog_object();
        self.objects.write(self.catalog, &catalog)?;
        Ok(self.objects.finish(self.catalog)?)
    }

    fn image(&mut self, photo: &EmbeddedPhoto<'_>) -> Result<Ref, PdfError> {
        let id = self.objects.next();
        let (width, height) = photo.size;
        let entries = format!(
            "/Type/XObject/Subtype/Image/Filter/DCTDecode/Width {width}/Height {height}/BitsPerComponent 8/ColorSpace[/ICCBased {} 0 R]",
            self.profile.get()
        );
        self.objects.write_stream(id, &entries, photo.jpeg)?;
        Ok(id)
    }

    /// The drawing instructions of a page, those of the last page when nothing about them has changed.
    fn content(&mut self, plan: &SheetPlan, dpi: Dpi, photos: &[EmbeddedPhoto<'_>]) -> Result<Ref, PdfError> {
        let sizes: Vec<(u32, u32)> = photos.iter().map(|photo| photo.size).collect();
        let last = match self.last.take().filter(|last| last.dpi == dpi && last.plan == *plan) {
            Some(last) => last,
            None => LastPage::new(plan, dpi),
        };
        let last = self.last.insert(last);
        let silent = photos.iter().all(|photo| photo.caption.is_none());
        if let Some(content) = last.content.filter(|_| silent && last.sizes == sizes) {
            return Ok(content);
        }
        let sheet = content::PdfSheet { plan, tiling: &last.tiling, dpi };
        let drawing = content::page(&sheet, photos, self.font.as_mut());
        let id = self.objects.next();
        let mut chunk = compact();
        chunk.stream(id, &drawing);
        self.objects.write(id, &chunk)?;
        (last.sizes, last.content) = (sizes, silent.then_some(id));
        Ok(id)
    }

    fn page_object(&self, id: Ref, plan: &SheetPlan, content: Ref, images: &[Ref]) -> Chunk {
        let paper = Rect::new(0.0, 0.0, plan.paper.width.points() as f32, plan.paper.height.points() as f32);
        let mut chunk = compact();
        let mut page: Page<'_> = chunk.page(id);
        page.parent(self.page_tree).media_box(paper).trim_box(paper).bleed_box(paper).contents(content);
        let mut resources = page.resources();
        let mut xobjects = resources.x_objects();
        for (set, image) in images.iter().enumerate() {
            xobjects.pair(Name(content::image_name(set).as_bytes()), *image);
        }
        xobjects.finish();
        if let Some(font) = &self.font {
            resources.fonts().pair(content::FONT_NAME, font.id());
        }
        resources.finish();
        page.finish();
        chunk
    }

    fn catalog_object(&self) -> Chunk {
        let mut chunk = compact();
        let mut catalog: Catalog<'_> = chunk.indirect(self.catalog).start();
        catalog.pages(self.page_tree);
        // Viewers shrink to the printable area unless told otherwise, and millimetres are the product.
        catalog.viewer_preferences().pair(Name(b"PrintScaling"), Name(b"None"));
        let mut intents = catalog.output_intents();
        let mut intent: OutputIntent<'_> = intents.push();
        intent
            .subtype(OutputIntentSubtype::PDFX)
            .output_condition_identifier(TextStr(SRGB_NAME))
            .info(TextStr(SRGB_NAME))
            .dest_output_profile(self.profile);
        intent.finish();
        intents.finish();
        catalog.finish();
        chunk
    }
}

/// Whether a decoded file's own bytes may stand for its pixels in a PDF.
pub fn may_embed(file: &FileFacts) -> bool {
    let srgb = file.icc_profile.as_deref().is_none_or(|name| name.to_lowercase().contains("srgb"));
    file.format == FileFormat::Jpeg
        && file.color_model == ColorModel::Rgb
        && file.bits_per_sample == 8
        && file.orientation <= 1
        && file.trailing_bytes == 0
        && srgb
}

/// The bytes that stand for a decoded photo in a PDF: its file's own where they may, else its pixels encoded anew.
/// `dpi` is written into the latter.
pub fn pdf_jpeg(photo: &Photo, file: Vec<u8>, dpi: Dpi) -> Result<Vec<u8>, EncodeError> {
    if may_embed(&photo.file) {
        return Ok(file);
    }
    Ok(encode_jpeg_at(&photo.pixels, jpeg_setting(dpi))?.bytes)
}

fn compact() -> Chunk {
    Chunk::with_settings(Settings { pretty: false })
}

#[cfg(test)]
mod tests;
