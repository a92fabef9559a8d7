//! A PDF of pages with text, lines and filled rectangles, in millimetres from the upper left corner.

use pdf_writer::writers::{Catalog, Page, Pages};
use pdf_writer::{Content, Finish, Name, Rect, Str};

use super::content::FONT_NAME;
use super::font::CaptionFont;
use super::objects::Objects;
use super::{PdfError, compact};
use crate::photo::units::MM_PER_INCH;
use crate::print::area::Area;
use crate::print::caption::Line;

const POINTS_PER_MM: f64 = 72.0 / MM_PER_INCH;

/// Why a page could not be made; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum PdfPageError {
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error("the code to scan could not be made: {0}; report this with the program's version")]
    Code(String),
}

impl PdfPageError {
    pub(in crate::print) fn no_code(cause: &dyn std::fmt::Display) -> Self {
        Self::Code(cause.to_string())
    }
}

/// The pages drawn so far and the one being drawn; all have one size.
pub(in crate::print) struct DrawnPages {
    size: Area,
    objects: Objects<Vec<u8>>,
    done: Vec<Vec<u8>>,
    drawing: Drawing,
}

/// What is drawn on a page.
pub(in crate::print) struct Drawing {
    content: Content,
    font: CaptionFont,
    height_mm: f64,
}

impl DrawnPages {
    pub fn new(size: Area) -> Self {
        let mut objects = Objects::in_memory();
        let font = CaptionFont::new(|| objects.next());
        let drawing = Drawing { content: Content::new(), font, height_mm: size.height.mm() };
        Self { size, objects, done: Vec::new(), drawing }
    }

    pub fn drawing(&mut self) -> &mut Drawing {
        &mut self.drawing
    }

    /// Begins another page.
    pub fn turn(&mut self) {
        let content = std::mem::replace(&mut self.drawing.content, Content::new());
        self.done.push(content.finish().into_vec());
    }

    /// The file.
    pub fn finish(mut self) -> Result<Vec<u8>, PdfPageError> {
        self.turn();
        let Self { size, mut objects, done, drawing } = self;
        let font = drawing.font;
        let [catalog, tree] = [(); 2].map(|()| objects.next());
        for (id, chunk) in font.objects()? {
            objects.write(id, &chunk).map_err(PdfError::from)?;
        }
        let media = Rect::new(0.0, 0.0, size.width.points() as f32, size.height.points() as f32);
        let mut pages = Vec::new();
        for content in done {
            let [page, drawn] = [(); 2].map(|()| objects.next());
            let mut chunk = compact();
            chunk.stream(drawn, &content);
            objects.write(drawn, &chunk).map_err(PdfError::from)?;
            let mut chunk = compact();
            let mut entry: Page<'_> = chunk.page(page);
            entry.parent(tree).media_box(media).contents(drawn);
            entry.resources().fonts().pair(FONT_NAME, font.id());
            entry.finish();
            objects.write(page, &chunk).map_err(PdfError::from)?;
            pages.push(page);
        }
        let mut chunk = compact();
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        chunk.indirect(tree).start::<Pages<'_>>().kids(pages).count(count);
        objects.write(tree, &chunk).map_err(PdfError::from)?;
        let mut chunk = compact();
        let mut entry: Catalog<'_> = chunk.indirect(catalog).start();
        entry.pages(tree);
        entry.viewer_preferences().pair(Name(b"PrintScaling"), Name(b"None"));
        entry.finish();
        objects.write(catalog, &chunk).map_err(PdfError::from)?;
        Ok(objects.finish(catalog).map_err(PdfError::from)?)
    }
}

impl Drawing {
    fn point(&self, (x, y): (f64, f64)) -> (f32, f32) {
        ((x * POINTS_PER_MM) as f32, ((self.height_mm - y) * POINTS_PER_MM) as f32)
    }

    fn rectangle(&mut self, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let (left, bottom) = self.point((x, y + height));
        let [width, height] = [width, height].map(|side| (side * POINTS_PER_MM) as f32);
        self.content.rect(left, bottom, width, height);
    }

    /// A rectangle filled with a grey, 0 black to 1 white.
    pub fn fill(&mut self, corner: (f64, f64), size: (f64, f64), grey: f32) {
        self.content.set_fill_gray(grey);
        self.rectangle(corner, size);
        self.content.fill_nonzero();
        self.content.set_fill_gray(0.0);
    }

    /// A black frame of lines `width_mm` thick.
    pub fn outline(&mut self, corner: (f64, f64), size: (f64, f64), width_mm: f64) {
        self.content.set_line_width((width_mm * POINTS_PER_MM) as f32);
        self.rectangle(corner, size);
        self.content.stroke();
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), width_mm: f64) {
        let ((x1, y1), (x2, y2)) = (self.point(from), self.point(to));
        self.content.set_line_width((width_mm * POINTS_PER_MM) as f32);
        self.content.move_to(x1, y1).line_to(x2, y2).stroke();
    }

    /// A line of text whose upper left corner is `corner`.
    pub fn text(&mut self, line: &Line, (x, y): (f64, f64)) {
        let (x, y) = self.point((x, y + line.baseline_mm));
        let codes: Vec<u8> =
            line.glyphs.iter().flat_map(|glyph| self.font.code(glyph).to_be_bytes()).collect();
        self.content.begin_text();
        self.content.set_font(FONT_NAME, (line.size_mm * POINTS_PER_MM) as f32);
        self.content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]);
        self.content.show(Str(&codes));
        self.content.end_text();
    }
}
