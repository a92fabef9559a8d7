//! Original and result beside each other, the original in the very frame of the result, so that eye lies beside eye.
//! Where the check found another photo of the same exposure, that photo stands beside it instead of the result.

use egui::{Mesh, Pos2, Rect, Ui, pos2, vec2};

use super::stage::{caption, loading, message, name_picture, painted, place};
use super::{FinalPhoto, ReviewScreen, twin};
use crate::i18n::words;
use crate::inspect::CropSolution;
use crate::photo::Point;
use crate::ui::icons;
use crate::ui::photos::ShownPhoto;
use crate::ui::theme::space;
use crate::ui::widgets::photo_view::{self, Placement};

/// Draws both; while the flip key is held they change places.
pub fn draw(ui: &mut Ui, area: Rect, screen: &mut ReviewScreen) {
    let half = vec2((area.width() - space::M) / 2.0, area.height());
    let mut sides = [
        Rect::from_min_size(area.left_top(), half),
        Rect::from_min_size(area.right_top() - vec2(half.x, 0.0), half),
    ];
    if screen.is_flipped {
        sides.reverse();
    }
    if twin::draw(ui, sides, screen) {
        return;
    }
    let [left, right] = sides;
    let Some(loaded) = screen.loaded() else { return loading(ui, area, screen) };
    let Ok(photo) = &loaded.picture else { return };
    let crop = loaded.report.as_ref().and_then(|report| report.crop);
    match screen.final_photo() {
        Some(FinalPhoto::Here(texture)) => {
            let [width_px, height_px] = texture.size().map(|side| side as u32);
            let ppp = ui.ctx().pixels_per_point();
            let result = Placement::fit(right, width_px, height_px, ppp);
            photo_view::paint(ui.painter(), texture.id(), result.rect);
            let framed = Rect::from_center_size(left.center(), result.rect.size());
            let original = match crop {
                Some(crop) => {
                    ui.painter().add(in_frame(photo, &crop, framed));
                    framed
                }
                None => whole(ui, left, photo),
            };
            caption(ui, original, &words!("review.photo_name"));
            caption(ui, result.rect, &words!("review.result_size", width = width_px, height = height_px));
            name_picture(ui, original, "original", &words!("review.photo_name"));
            name_picture(ui, result.rect, "result", &words!("review.result_name"));
        }
        other => {
            let why = match other {
                Some(FinalPhoto::Failed(why)) => Some(why.clone()),
                _ => None,
            };
            let rect = whole(ui, left, photo);
            name_picture(ui, rect, "original", &words!("review.photo_name"));
            match why {
                Some(why) => message(ui, right, icons::PROBLEM, &words!("review.no_result"), &why),
                None => caption(ui, right, &words!("review.making_result")),
            }
        }
    }
    painted(screen);
}

fn whole(ui: &Ui, side: Rect, photo: &ShownPhoto) -> Rect {
    let rect = place(ui, side, photo).rect;
    photo_view::paint(ui.painter(), photo.texture.id(), rect);
    rect
}

/// The part of the original that the crop takes, turned as it turns it.
fn in_frame(photo: &ShownPhoto, crop: &CropSolution, frame: Rect) -> Mesh {
    let mut mesh = Mesh::with_texture(photo.texture.id());
    let corners = [frame.left_top(), frame.right_top(), frame.right_bottom(), frame.left_bottom()];
    let size = (photo.width_px as f32, photo.height_px as f32);
    for (corner, uv) in corners.into_iter().zip(crop_corners(crop, size)) {
        mesh.vertices.push(egui::epaint::Vertex { pos: corner, uv, color: egui::Color32::WHITE });
    }
    mesh.indices = vec![0, 1, 2, 0, 2, 3];
    mesh
}

/// The crop's corners as shares of the photo, clockwise from the upper left one.
fn crop_corners(crop: &CropSolution, (width_px, height_px): (f32, f32)) -> [Pos2; 4] {
    let centre = Point::new(crop.x + crop.width / 2.0, crop.y + crop.height / 2.0);
    [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y)| {
        let upright = Point::new(crop.x + x * crop.width, crop.y + y * crop.height);
        let turned = upright.rotated_about(centre, crop.angle);
        pos2(turned.x / width_px, turned.y / height_px)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crop(angle: f32) -> CropSolution {
        CropSolution {
            x: 100.0,
            y: 200.0,
            width: 300.0,
            height: 400.0,
            angle,
            scale: 1.6,
            crown_y: 0.0,
            eye_y: 0.0,
            face_width: 0.0,
        }
    }

    #[test]
    fn the_frame_takes_the_same_part_as_the_crop() {
        let corners = crop_corners(&crop(0.0), (1000.0, 1000.0));
        assert_eq!(corners, [pos2(0.1, 0.2), pos2(0.4, 0.2), pos2(0.4, 0.6), pos2(0.1, 0.6)]);
    }

    #[test]
    fn a_turned_crop_turns_about_its_middle() {
        let corners = crop_corners(&crop(90.0), (1000.0, 1000.0));
        // Upper left goes where the upper right of the turned frame lies: middle (250, 400).
        assert!(corners[0].distance(pos2(0.45, 0.25)) < 1e-5, "{:?}", corners[0]);
    }
}
