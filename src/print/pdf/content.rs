//! The drawing instructions of one page: photos clipped to their pieces, marks, captions.

use pdf_writer::{Content, Name, Str};

use super::EmbeddedPhoto;
use super::font::CaptionFont;
use crate::photo::units::{Dpi, MM_PER_INCH, Mm};
use crate::print::area::Area;
use crate::print::calibration::Calibration;
use crate::print::caption::{self, Line, Slot};
use crate::print::raster::tiles::Tiling;
use crate::print::sheet::{SheetPlan, cover};

pub(super) const FONT_NAME: Name<'static> = Name(b"F");
const POINTS_PER_MM: f64 = 72.0 / MM_PER_INCH;

/// The resource name of a set's photo.
pub(super) fn image_name(set: usize) -> String {
    format!("I{set}")
}

/// A page's plan and how its pieces show their photos.
pub(super) struct PdfSheet<'a> {
    pub plan: &'a SheetPlan,
    pub tiling: &'a Tiling,
    pub dpi: Dpi,
}

pub(super) fn page(
    sheet: &PdfSheet<'_>,
    photos: &[EmbeddedPhoto<'_>],
    font: Option<&mut CaptionFont>,
) -> Vec<u8> {
    let plan = sheet.plan;
    let mut content = Content::new();
    if plan.press.calibration != Calibration::default() {
        content.transform(calibrating(plan).map(|number| number as f32));
    }
    for (index, placed) in plan.packing.placements.iter().enumerate() {
        if let Some(photo) = photos.get(placed.set) {
            draw_piece(&mut content, sheet, index, photo);
        }
    }
    content.set_fill_gray(0.0);
    for mark in &plan.marks {
        let [x, y, width, height] = points(*mark, plan.paper.height);
        content.rect(x, y, width, height);
    }
    if !plan.marks.is_empty() {
        content.fill_nonzero();
    }
    if let Some(font) = font {
        for (slot, photo) in plan.captions.iter().zip(photos) {
            if let Some(line) = photo.caption.and_then(|text| caption::set_line(text, *slot)) {
                draw_line(&mut content, plan, *slot, &line, font);
            }
        }
    }
    content.finish().into_vec()
}

/// Takes every place on the paper to where it must be sent to end up there.
fn calibrating(plan: &SheetPlan) -> [f64; 6] {
    let Calibration { x, y } = plan.press.calibration;
    let (offset_x, offset_y) = (x.offset_mm * POINTS_PER_MM, y.offset_mm * POINTS_PER_MM);
    let height = plan.paper.height.points();
    [1.0 / x.scale, 0.0, 0.0, 1.0 / y.scale, -offset_x / x.scale, height - (height - offset_y) / y.scale]
}

/// A rectangle in points from the lower left corner: x, y, width, height.
fn points(area: Area, paper_height: Mm) -> [f32; 4] {
    let y = paper_height - area.bottom();
    [area.x, y, area.width, area.height].map(|length| length.points() as f32)
}

fn draw_piece(content: &mut Content, sheet: &PdfSheet<'_>, index: usize, photo: &EmbeddedPhoto<'_>) {
    let placed = &sheet.plan.packing.placements[index];
    let [x, y, width, height] = points(placed.area, sheet.plan.paper.height);
    content.save_state();
    content.rect(x, y, width, height).clip_nonzero().end_path();
    content.transform(image_matrix(sheet, index, photo).map(|number| number as f32));
    content.x_object(Name(image_name(placed.set).as_bytes()));
    content.restore_state();
}

/// Takes the unit square of the whole photo to the sheet so that the piece shows what it shows in pixels.
fn image_matrix(sheet: &PdfSheet<'_>, index: usize, photo: &EmbeddedPhoto<'_>) -> [f64; 6] {
    let placed = &sheet.plan.packing.placements[index];
    let window = &sheet.tiling.windows[index];
    let tile = &sheet.tiling.tiles[window.tile];
    let points_per_px = 72.0 / f64::from(sheet.dpi.0);
    let of_px = |px: u32| f64::from(px) * points_per_px;
    let upright = tile.upright();
    let visible = cover(photo.size, (f64::from(upright.0), f64::from(upright.1)));
    let scale = of_px(upright.0) / f64::from(visible.width);
    let (photo_width, photo_height) = photo.size;
    let (width, height) = (f64::from(photo_width) * scale, f64::from(photo_height) * scale);
    let (hidden_left, hidden_above) = (f64::from(visible.x) * scale, f64::from(visible.y) * scale);
    let left = placed.area.x.points() - of_px(window.offset.0);
    let top = (sheet.plan.paper.height - placed.area.y).points() + of_px(window.offset.1);
    if placed.turned {
        // Clockwise: the photo's right points down the page, its top to the right.
        let right = left + of_px(tile.width);
        [0.0, -width, height, 0.0, right + hidden_above - height, top + hidden_left]
    } else {
        [width, 0.0, 0.0, height, left - hidden_left, top + hidden_above - height]
    }
}

fn draw_line(content: &mut Content, plan: &SheetPlan, slot: Slot, line: &Line, font: &mut CaptionFont) {
    let top = (plan.paper.height - slot.area.y).points();
    let baseline = line.baseline_mm * POINTS_PER_MM;
    let matrix = if slot.turned {
        [0.0, -1.0, 1.0, 0.0, slot.area.right().points() - baseline, top]
    } else {
        [1.0, 0.0, 0.0, 1.0, slot.area.x.points(), top - baseline]
    };
    let text: Vec<u8> = line.glyphs.iter().flat_map(|glyph| font.code(glyph).to_be_bytes()).collect();
    content.begin_text();
    content.set_font(FONT_NAME, (line.size_mm * POINTS_PER_MM) as f32);
    content.set_text_matrix(matrix.map(|number| number as f32));
    content.show(Str(&text));
    content.end_text();
}
