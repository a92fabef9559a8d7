//! What lies over the original: the lit evidence, stripes where no tone is left, the eyes at full size.

use egui::{Align2, Rect, Stroke, StrokeKind, Ui, vec2};

use super::ReviewScreen;
use super::stage::name_picture;
use crate::i18n::words;
use crate::ui::photos::ShownPhoto;
use crate::ui::theme::{GUIDE, HALO, space};
use crate::ui::widgets::photo_view::{self, Placement};
use crate::ui::widgets::{evidence, guides};

/// The loupe takes at most this share of the stage, in width and height.
const WIDEST_SHARE: f32 = 0.92;
const HIGHEST_SHARE: f32 = 0.4;
const LARGEST_ZOOM: u32 = 4;

/// Paints the layers that are on.
pub fn paint(ui: &mut Ui, area: Rect, placement: Placement, screen: &ReviewScreen) {
    let Some(Ok(photo)) = screen.loaded().map(|loaded| &loaded.picture) else { return };
    if screen.show_clipping {
        photo_view::paint(ui.painter(), photo.clipping.id(), placement.rect);
    }
    if let Some(finding) = screen.lit() {
        evidence::paint(ui.painter(), placement, finding);
    }
    if screen.show_loupe {
        loupe(ui, area, photo);
    }
}

/// The eyes pixel by pixel at the foot of the stage: at 100 %, or at the largest whole multiple that fits.
fn loupe(ui: &mut Ui, area: Rect, photo: &ShownPhoto) {
    let Some(eyes) = &photo.eyes else {
        return guides::chip(
            ui.painter(),
            area.center_bottom() - vec2(0.0, space::S),
            Align2::CENTER_BOTTOM,
            &words!("review.no_eyes"),
        );
    };
    let ppp = ui.ctx().pixels_per_point();
    let size = eyes.size_vec2() / ppp;
    let most = vec2(area.width() * WIDEST_SHARE, area.height() * HIGHEST_SHARE);
    let zoom = whole_zoom(size, most);
    let shown = (size * zoom as f32).min(vec2(most.x, f32::INFINITY));
    let corner = area.center_bottom() - vec2(shown.x / 2.0, shown.y + space::S);
    let rect = Rect::from_min_size((corner.to_vec2() * ppp).round().to_pos2() / ppp, shown);
    // Wider than the stage: its middle is shown, never a smaller picture.
    let share = shown.x / (size.x * zoom as f32);
    let cut = Rect::from_center_size(egui::pos2(0.5, 0.5), vec2(share, 1.0));
    ui.painter().image(eyes.id(), rect, cut, egui::Color32::WHITE);
    ui.painter().rect_stroke(rect, 0.0, Stroke::new(3.0, HALO), StrokeKind::Outside);
    ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, GUIDE), StrokeKind::Outside);
    let text = words!("review.loupe", percent = zoom * 100);
    guides::chip(ui.painter(), rect.left_top() + vec2(space::XS, space::XS), Align2::LEFT_TOP, &text);
    name_picture(ui, rect, "eyes", &words!("review.loupe_name"));
}

/// The largest whole multiple of `size` that fits into `most`; 1 when not even that does.
fn whole_zoom(size: egui::Vec2, most: egui::Vec2) -> u32 {
    (1..=LARGEST_ZOOM).rev().find(|zoom| (size * *zoom as f32).min(most) == size * *zoom as f32).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loupe_enlarges_by_whole_steps_only_and_never_shrinks() {
        let most = vec2(800.0, 300.0);
        for (width, height, expect) in
            [(900.0, 200.0, 1), (700.0, 200.0, 1), (350.0, 140.0, 2), (10.0, 4.0, 4)]
        {
            assert_eq!(whole_zoom(vec2(width, height), most), expect, "{width} × {height}");
        }
    }
}
