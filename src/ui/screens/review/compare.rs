//! Two pictures beside each other in one frame, so that eye lies beside eye: the photo and its result, or an earlier
//! photo and the present one. Both are moved and enlarged together. Where the check found another photo of the same
//! exposure, that photo stands beside it instead of the result.

use egui::{Mesh, Pos2, Rect, TextureId, Ui, Vec2, pos2, vec2};

use super::stage::{caption, loading, message, name_picture, painted, place};
use super::{FinalPhoto, Made, ReviewScreen, twin, zoom};
use crate::i18n::words;
use crate::inspect::CropSolution;
use crate::photo::Point;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::photos::ShownPhoto;
use crate::ui::screens::Scene;
use crate::ui::theme::{size, space};
use crate::ui::widgets::chip;
use crate::ui::widgets::photo_view::{self, Placement};

/// What stands on one side.
struct Side {
    texture: TextureId,
    size_px: Vec2,
    /// The part shown; the whole picture without one.
    crop: Option<CropSolution>,
    caption: String,
    id: &'static str,
    name: String,
}

/// Draws both; while the flip key is held they change places.
pub fn draw(ui: &mut Ui, area: Rect, screen: &mut ReviewScreen, scene: &mut Scene<'_>) {
    let area = choices(ui, area, screen, scene);
    let half = vec2((area.width() - space::M) / 2.0, area.height());
    let mut sides = [
        Rect::from_min_size(area.left_top(), half),
        Rect::from_min_size(area.right_top() - vec2(half.x, 0.0), half),
    ];
    if screen.is_flipped {
        sides.reverse();
    }
    if screen.against.is_none() && twin::draw(ui, sides, screen) {
        return;
    }
    let [left, right] = sides;
    let Some(loaded) = screen.loaded() else { return loading(ui, area, screen) };
    let Ok(photo) = &loaded.picture else { return };
    let crop = loaded.report.as_ref().and_then(|report| report.crop);
    let present = Side {
        texture: photo.texture.id(),
        size_px: vec2(photo.width_px as f32, photo.height_px as f32),
        crop,
        caption: words!("review.photo_name").into_owned(),
        id: "original",
        name: words!("review.photo_name").into_owned(),
    };
    if let Some(earlier) = screen.against() {
        let name = words!("review.earlier_name", n = earlier.attempt).into_owned();
        match screen.earlier_picture() {
            Some(Made::Here(framed)) => {
                let before = Side {
                    texture: framed.texture.id(),
                    size_px: vec2(framed.width_px as f32, framed.height_px as f32),
                    crop: framed.crop,
                    caption: before_caption(&name, &earlier.reasons, scene),
                    id: "earlier",
                    name,
                };
                both(ui, [left, right], [before, present], screen);
                painted(screen);
            }
            Some(Made::Failed(why)) => {
                message(ui, area, icons::PROBLEM, &words!("review.no_earlier"), why);
            }
            _ => caption(ui, area, &words!("review.reading_earlier")),
        }
        return;
    }
    match screen.final_photo() {
        Some(FinalPhoto::Here(texture)) => {
            let [width_px, height_px] = texture.size().map(|side| side as u32);
            let result = Side {
                texture: texture.id(),
                size_px: vec2(width_px as f32, height_px as f32),
                crop: None,
                caption: words!("review.result_size", width = width_px, height = height_px).into_owned(),
                id: "result",
                name: words!("review.result_name").into_owned(),
            };
            both(ui, [left, right], [present, result], screen);
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

/// What the photo may be compared with, once there is a choice; gives the room that is left.
fn choices(ui: &mut Ui, area: Rect, screen: &ReviewScreen, scene: &mut Scene<'_>) -> Rect {
    let earlier = screen.earlier_photos();
    if earlier.is_empty() {
        return area;
    }
    let (row, rest) = area.split_top_bottom_at_y(area.top() + size::CONTROL);
    ui.scope_builder(egui::UiBuilder::new().max_rect(row), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            if chip::show(ui, &words!("review.with_result"), None, screen.against.is_none()).clicked() {
                scene.ask(Action::CompareWith(None));
            }
            for (index, photo) in earlier.iter().enumerate() {
                let text = words!("review.with_earlier", n = photo.attempt);
                if chip::show(ui, &text, None, screen.against == Some(index)).clicked() {
                    scene.ask(Action::CompareWith(Some(index)));
                }
            }
        });
    });
    rest.with_min_y(rest.top() + space::S)
}

/// The attempt, and why it was rejected.
fn before_caption(name: &str, reasons: &[String], scene: &Scene<'_>) -> String {
    let titles = reasons.iter().filter_map(|code| scene.desk.reasons.get(code));
    let titles: Vec<&str> = titles.map(|reason| scene.text(&reason.title)).collect();
    if titles.is_empty() { name.to_owned() } else { format!("{name} · {}", titles.join(" · ")) }
}

/// Two pictures in frames of one size; the hand on either moves both.
fn both(ui: &mut Ui, areas: [Rect; 2], sides: [Side; 2], screen: &mut ReviewScreen) {
    let ppp = ui.ctx().pixels_per_point();
    let shapes = sides.each_ref().map(|side| {
        let frame = side.crop.map_or(side.size_px, |crop| vec2(crop.width, crop.height) * crop.scale);
        Placement::fit(areas[0], frame.x.round() as u32, frame.y.round() as u32, ppp)
    });
    for ((area, side), shape) in areas.into_iter().zip(&sides).zip(shapes) {
        let whole = Placement { rect: shape.rect.translate(area.center() - areas[0].center()), ..shape };
        let (placed, _) = zoom::follow(ui, area, whole, screen, side.id);
        let painter = ui.painter_at(area);
        match side.crop {
            Some(crop) => drop(painter.add(in_frame(side.texture, side.size_px, &crop, placed.rect))),
            None => photo_view::paint(&painter, side.texture, placed.rect),
        }
        let shown = placed.rect.intersect(area);
        zoom::tell(ui, area, placed, screen);
        caption(ui, shown, &side.caption);
        name_picture(ui, shown, side.id, &side.name);
    }
}

fn whole(ui: &Ui, side: Rect, photo: &ShownPhoto) -> Rect {
    let rect = place(ui, side, photo).rect;
    photo_view::paint(ui.painter(), photo.texture.id(), rect);
    rect
}

/// The part of the original that the crop takes, turned as it turns it.
fn in_frame(texture: TextureId, size_px: Vec2, crop: &CropSolution, frame: Rect) -> Mesh {
    let mut mesh = Mesh::with_texture(texture);
    let corners = [frame.left_top(), frame.right_top(), frame.right_bottom(), frame.left_bottom()];
    for (corner, uv) in corners.into_iter().zip(crop_corners(crop, (size_px.x, size_px.y))) {
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
