//! Rulers in millimetres along a sheet's upper and left edge.

use egui::{Align2, FontId, Painter, Rect, Stroke, Ui, pos2};

use crate::ui::theme::{palette, size};

const LABEL_POINTS: f32 = 12.0;
/// Marks closer than this many points are left out.
const CLOSEST: f32 = 4.0;

/// Paints both rulers beside `sheet`, which is `mm_per_point` millimetres a point.
pub fn paint(ui: &Ui, painter: &Painter, sheet: Rect, points_per_mm: f32) {
    let ink = palette(ui).weak;
    let stroke = Stroke::new(1.0, ink);
    let font = FontId::proportional(LABEL_POINTS);
    let (top, left) = (sheet.top() - 4.0, sheet.left() - 4.0);
    for mm in marks(sheet.width(), points_per_mm) {
        let (x, length) = (sheet.left() + mm as f32 * points_per_mm, mark_length(mm));
        painter.vline(x, top - length..=top, stroke);
        if mm % 10 == 0 {
            painter.text(pos2(x, top - size::RULER + 14.0), Align2::CENTER_BOTTOM, mm, font.clone(), ink);
        }
    }
    for mm in marks(sheet.height(), points_per_mm) {
        let (y, length) = (sheet.top() + mm as f32 * points_per_mm, mark_length(mm));
        painter.hline(left - length..=left, y, stroke);
        if mm % 10 == 0 {
            painter.text(pos2(left - 12.0, y), Align2::RIGHT_CENTER, mm, font.clone(), ink);
        }
    }
}

/// Whole millimetres with room between them: every one, every fifth or every tenth.
fn marks(length: f32, points_per_mm: f32) -> impl Iterator<Item = u32> {
    let step = [1, 5, 10, 50].into_iter().find(|step| *step as f32 * points_per_mm >= CLOSEST).unwrap_or(100);
    let last = (length / points_per_mm + 0.01).floor() as u32;
    (0..=last).step_by(step)
}

fn mark_length(mm: u32) -> f32 {
    match mm {
        mm if mm % 10 == 0 => 8.0,
        mm if mm % 5 == 0 => 6.0,
        _ => 3.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_marks_are_thinned_out() {
        let check = |points_per_mm: f32, expect: usize| {
            assert_eq!(marks(100.0 * points_per_mm, points_per_mm).count(), expect);
        };
        check(5.0, 101);
        check(1.0, 21);
        check(0.5, 11);
    }
}
