//! Sheets as pages of one PDF, written as they come: each photo embedded once and placed as often as needed.

mod content;
mod font;
mod objects;

use std::io::{self, Write};

use pdf_writer::types::OutputIntentSubtype;
use pdf_writer::writers::{Catalog, OutputIntent, Page, Pages};
use pdf_writer::{Chunk, Filter, Finish, Name, Rect, Ref, Settings, TextStr};

use super::raster::jpeg_setting;
use super::raster::tiles::Tiling;
use super::sheet::{SheetPhoto, SheetPlan};
use crate::photo::encode::{EncodeError, encode_jpeg_at};
use crate::photo::srgb::srgb_profile;
use crate::photo::units::Dpi;
use crate::photo::{ColorModel, FileFacts, FileFormat};
use font::CaptionFont;
use objects::Objects;

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
    /// The last page's drawing instructions: pages that draw alike share one object.
    last_content: Option<(Vec<u8>, Ref)>,
}

impl<W: Write> PdfSheets<W> {
    /// Begins the file.
    pub fn new(out: W) -> Result<Self, PdfError> {
        let mut objects = Objects::new(out)?;
        let (catalog, page_tree, profile) = (objects.next(), objects.next(), objects.next());
        let srgb = srgb_profile();
        let mut chunk = compact();
        chunk.icc_profile(profile, &srgb).n(3).range([0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
        objects.write(profile, &chunk)?;
        Ok(Self { objects, catalog, page_tree, profile, pages: Vec::new(), font: None, last_content: None })
    }

    /// Adds one sheet; `photos` belong to the plan's sets in order. `dpi` is that of the sheet in pixels whose
    /// pieces the page matches, and is written into photos that must be encoded anew.
    pub fn page(&mut self, plan: &SheetPlan, dpi: Dpi, photos: &[SheetPhoto<'_>]) -> Result<(), PdfError> {
        let mut images = Vec::new();
        for photo in photos.iter().take(plan.people()) {
            images.push(self.image(photo, dpi)?);
        }
        if photos.iter().any(|photo| photo.caption.is_some()) && self.font.is_none() {
            let objects = &mut self.objects;
            self.font = Some(CaptionFont::new(|| objects.next()));
        }
        let tiling = Tiling::new(plan, dpi);
        let sheet = content::PdfSheet { plan, tiling: &tiling, dpi };
        let drawing = content::page(&sheet, photos, self.font.as_mut());
        let content = self.content(drawing)?;
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

    fn image(&mut self, photo: &SheetPhoto<'_>, dpi: Dpi) -> Result<Ref, PdfError> {
        let encoded;
        let bytes = match photo.jpeg {
            Some(bytes) => bytes,
            None => {
                encoded = encode_jpeg_at(photo.pixels, jpeg_setting(dpi))?.bytes;
                &encoded
            }
        };
        let id = self.objects.next();
        let mut chunk = compact();
        let mut image = chunk.image_xobject(id, bytes);
        image.filter(Filter::DctDecode);
        image.width(photo.pixels.width() as i32).height(photo.pixels.height() as i32).bits_per_component(8);
        image.color_space().icc_based(self.profile);
        image.finish();
        self.objects.write(id, &chunk)?;
        Ok(id)
    }

    fn content(&mut self, drawing: Vec<u8>) -> Result<Ref, PdfError> {
        if let Some((bytes, id)) = &self.last_content
            && *bytes == drawing
        {
            return Ok(*id);
        }
        let id = self.objects.next();
        let mut chunk = compact();
        chunk.stream(id, &drawing);
        self.objects.write(id, &chunk)?;
        self.last_content = Some((drawing, id));
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
            .output_condition_identifier(TextStr("sRGB IEC61966-2.1"))
            .info(TextStr("sRGB IEC61966-2.1"))
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

fn compact() -> Chunk {
    Chunk::with_settings(Settings { pretty: false })
}

#[cfg(test)]
mod tests;
