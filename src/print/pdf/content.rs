//! The drawing instructions of one page: photos clipped to their pieces, marks, captions.

use pdf_writer::{Content, Name, Str};

use super::font::CaptionFont;
use crate::photo::units::{MM_PER_INCH, Mm};
use crate::print::area::Area;
use crate::print::caption::{self, Line, Slot};
use crate::print::pack::Placement;
use crate::print::sheet::{SheetPhoto, SheetPlan, cover};

pub(super) const FONT_NAME: Name<'static> = Name(b"F");
const POINTS_PER_MM: f64 = 72.0 / MM_PER_INCH;

/// The resource name of a set's photo.
pub(super) fn image_name(set: usize) -> String {
    format!("I{set}")
}

pub(super) fn page(plan: &SheetPlan, photos: &[SheetPhoto<'_>], font: Option<&mut CaptionFont>) -> Vec<u8> {
    let mut content = Content::new();
    for placed in &plan.packing.placements {
        if let Some(photo) = photos.get(placed.set) {
            draw_piece(&mut content, plan, placed, photo);
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

/// A rectangle in points from the lower left corner: x, y, width, height.
fn points(area: Area, paper_height: Mm) -> [f32; 4] {
    let y = paper_height - area.bottom();
    [area.x, y, area.width, area.height].map(|length| length.points() as f32)
}

fn draw_piece(content: &mut Content, plan: &SheetPlan, placed: &Placement, photo: &SheetPhoto<'_>) {
    let [x, y, width, height] = points(placed.area, plan.paper.height);
    content.save_state();
    content.rect(x, y, width, height).clip_nonzero().end_path();
    content.transform(image_matrix(plan, placed, photo).map(|number| number as f32));
    content.x_object(Name(image_name(placed.set).as_bytes()));
    content.restore_state();
}

/// Takes the unit square of the whole photo to the sheet so that its visible part fills the piece.
fn image_matrix(plan: &SheetPlan, placed: &Placement, photo: &SheetPhoto<'_>) -> [f64; 6] {
    let piece = &plan.layout.items()[placed.item].piece;
    let (photo_width, photo_height) = photo.pixels.dimensions();
    let visible = cover(photo_width, photo_height, piece);
    let scale = piece.width.points() / f64::from(visible.width);
    let (width, height) = (f64::from(photo_width) * scale, f64::from(photo_height) * scale);
    let (hidden_left, hidden_above) = (f64::from(visible.x) * scale, f64::from(visible.y) * scale);
    let top = (plan.paper.height - placed.area.y).points();
    if placed.turned {
        // Clockwise: the photo's right points down the page, its top to the right.
        let right = placed.area.right().points();
        [0.0, -width, height, 0.0, right + hidden_above - height, top + hidden_left]
    } else {
        let left = placed.area.x.points();
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
