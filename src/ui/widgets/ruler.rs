//! Rulers in millimetres along a sheet's upper and left edge.

use egui::{Align2, FontId, Rect, Stroke, Ui, pos2};

use crate::ui::theme::{palette, size};

const LABEL_POINTS: f32 = 12.0;
/// Marks closer than this many points are left out.
const CLOSEST: f32 = 4.0;
const LONGEST_MARK: f32 = 8.0;
/// Numbers stand no closer than this many points along the upper ruler, where they lie side by side, and along the left one.
const NUMBERS_ABOVE: f32 = 26.0;
const NUMBERS_BESIDE: f32 = 14.0;

/// Paints both rulers along the edges of `whole`, their zero at the sheet's upper left corner.
pub fn paint(ui: &Ui, whole: Rect, sheet: Rect, points_per_mm: f32) {
    let painter = ui.painter();
    let p = palette(ui);
    let (mut above, mut beside) = (whole, whole);
    above.set_height(size::RULER);
    beside.set_width(size::RULER);
    painter.rect_filled(above, 0.0, p.panel);
    painter.rect_filled(beside, 0.0, p.panel);
    painter.hline(above.x_range(), above.bottom(), Stroke::new(1.0, p.hairline));
    painter.vline(beside.right(), whole.top() + size::RULER..=whole.bottom(), Stroke::new(1.0, p.hairline));
    let stroke = Stroke::new(1.0, p.weak);
    let font = FontId::proportional(LABEL_POINTS);
    let numbered = numbered_step(NUMBERS_ABOVE, points_per_mm);
    for mm in marks(sheet.width(), points_per_mm) {
        let x = sheet.left() + mm as f32 * points_per_mm;
        painter.vline(x, above.bottom() - mark_length(mm)..=above.bottom(), stroke);
        if mm % numbered == 0 {
            painter.text(pos2(x, above.top()), Align2::CENTER_TOP, mm, font.clone(), p.weak);
        }
    }
    let numbered = numbered_step(NUMBERS_BESIDE, points_per_mm);
    for mm in marks(sheet.height(), points_per_mm) {
        let y = sheet.top() + mm as f32 * points_per_mm;
        painter.hline(beside.right() - mark_length(mm)..=beside.right(), y, stroke);
        if mm % numbered == 0 {
            painter.text(
                pos2(beside.right() - LONGEST_MARK - 3.0, y),
                Align2::RIGHT_CENTER,
                mm,
                font.clone(),
                p.weak,
            );
        }
    }
}

/// Whole millimetres with room between them: every one, every fifth or every tenth.
fn marks(length: f32, points_per_mm: f32) -> impl Iterator<Item = u32> {
    let step = [1, 5, 10, 50].into_iter().find(|step| *step as f32 * points_per_mm >= CLOSEST).unwrap_or(100);
    let last = (length / points_per_mm + 0.01).floor() as u32;
    (0..=last).step_by(step)
}

/// From how many millimetres to the next a number has room.
fn numbered_step(closest: f32, points_per_mm: f32) -> u32 {
    [10, 20, 50].into_iter().find(|step| *step as f32 * points_per_mm >= closest).unwrap_or(100)
}

fn mark_length(mm: u32) -> f32 {
    match mm {
        mm if mm % 10 == 0 => LONGEST_MARK,
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

    #[test]
    fn numbers_do_not_run_into_each_other() {
        assert_eq!([3.0, 1.6, 0.6].map(|scale| numbered_step(NUMBERS_ABOVE, scale)), [10, 20, 50]);
        assert_eq!([3.0, 1.6, 0.6].map(|scale| numbered_step(NUMBERS_BESIDE, scale)), [10, 10, 50]);
    }
}
