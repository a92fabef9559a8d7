//! Draws a caption's glyph outlines into a sheet's pixels, with coverage for smooth edges.

use ab_glyph_rasterizer::{Point, Rasterizer};
use image::RgbImage;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::caption::{FONT, Line};
use super::grid::PixelArea;
use crate::photo::units::{Dpi, MM_PER_INCH};

/// Draws `line` in black into `area`; `turned` reads from top to bottom.
pub(super) fn draw(sheet: &mut RgbImage, line: &Line, turned: bool, area: PixelArea, dpi: Dpi) {
    let Ok(font) = FontRef::new(FONT) else { return };
    let mut rasterizer = Rasterizer::new(area.width as usize, area.height as usize);
    let px_per_mm = f64::from(dpi.0) / MM_PER_INCH;
    let outlines = font.outline_glyphs();
    for glyph in &line.glyphs {
        let Some(outline) = outlines.get(GlyphId::new(glyph.id.into())) else { continue };
        let mut pen = Pen {
            rasterizer: &mut rasterizer,
            turned,
            width_px: area.width as f32,
            along_px: (glyph.at_mm * px_per_mm) as f32,
            baseline_px: (line.baseline_mm * px_per_mm) as f32,
            start: Point::default(),
            last: Point::default(),
        };
        let size = Size::new((line.size_mm * px_per_mm) as f32);
        // An outline the font cannot draw leaves a gap; the caption's other characters still stand.
        let _ = outline.draw(DrawSettings::unhinted(size, LocationRef::default()), &mut pen);
    }
    blend(sheet, &rasterizer, area);
}

fn blend(sheet: &mut RgbImage, rasterizer: &Rasterizer, area: PixelArea) {
    rasterizer.for_each_pixel_2d(|x, y, coverage| {
        let (x, y) = (area.x + x, area.y + y);
        if coverage > 0.0 && x < sheet.width() && y < sheet.height() {
            let pixel = sheet.get_pixel_mut(x, y);
            pixel.0 = pixel.0.map(|level| (f32::from(level) * (1.0 - coverage.min(1.0))).round() as u8);
        }
    });
}

/// Takes outline points (y up, from the baseline) to pixels of the slot.
struct Pen<'a> {
    rasterizer: &'a mut Rasterizer,
    turned: bool,
    width_px: f32,
    along_px: f32,
    baseline_px: f32,
    start: Point,
    last: Point,
}

impl Pen<'_> {
    fn point(&self, x: f32, y: f32) -> Point {
        let (along, down) = (self.along_px + x, self.baseline_px - y);
        let (x, y) = if self.turned { (self.width_px - down, along) } else { (along, down) };
        Point { x, y }
    }
}

impl OutlinePen for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = self.point(x, y);
        self.last = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.point(x, y);
        self.rasterizer.draw_line(self.last, to);
        self.last = to;
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (control, to) = (self.point(cx, cy), self.point(x, y));
        self.rasterizer.draw_quad(self.last, control, to);
        self.last = to;
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (first, second, to) = (self.point(cx0, cy0), self.point(cx1, cy1), self.point(x, y));
        self.rasterizer.draw_cubic(self.last, first, second, to);
        self.last = to;
    }

    fn close(&mut self) {
        self.rasterizer.draw_line(self.last, self.start);
        self.last = self.start;
    }
}
