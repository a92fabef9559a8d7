//! This photo and the other of the same exposure, both in one frame about the eyes, so that a copy shows at a glance.

use egui::{Mesh, Rect, TextureId, Ui, pos2, vec2};

use super::ReviewScreen;
use super::stage::{caption, name_picture, painted};
use crate::i18n::words;
use crate::inspect::Twin;
use crate::photo::Point;
use crate::ui::photos::{ShownPhoto, ShownTwin};
use crate::ui::screens::queue::person;

/// Frames reach no farther from the eyes than this, in eye distances: sideways, up, down.
const FARTHEST: Reach = Reach { left: 2.2, right: 2.2, up: 2.4, down: 3.6 };

/// How far a frame reaches from the middle of the eyes, in eye distances.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reach {
    left: f32,
    right: f32,
    up: f32,
    down: f32,
}

/// A picture with its eyes.
struct Side {
    texture: TextureId,
    size: (f32, f32),
    middle: Point,
    distance: f32,
    /// Drawn with left and right exchanged.
    flipped: bool,
}

/// Draws both into these halves; false when there is no other photo to be shown.
pub fn draw(ui: &mut Ui, [left, right]: [Rect; 2], screen: &mut ReviewScreen) -> bool {
    let Some(loaded) = screen.loaded() else { return false };
    let (Ok(photo), Some(report), Some(shown)) = (&loaded.picture, &loaded.report, &loaded.twin) else {
        return false;
    };
    let Some(twin) = &report.twin else { return false };
    let (this, other) = (this_side(photo, twin), other_side(shown, twin));
    let reach = this.reach().least(other.reach()).least(FARTHEST);
    let frame = fitted(left, reach);
    let other_frame = Rect::from_center_size(right.center(), frame.size());
    ui.painter().add(this.in_frame(frame, reach));
    ui.painter().add(other.in_frame(other_frame, reach));
    let name = words!("review.twin_name", name = person(&shown.item), batch = shown.item.batch);
    let shown_as = match twin.mirrored {
        true => words!("review.twin_mirrored", name = name),
        false => name,
    };
    caption(ui, frame, &words!("review.photo_name"));
    caption(ui, other_frame, &shown_as);
    name_picture(ui, frame, "original", &words!("review.photo_name"));
    name_picture(ui, other_frame, "twin", &shown_as);
    painted(screen);
    true
}

fn this_side(photo: &ShownPhoto, twin: &Twin) -> Side {
    Side::of(photo.texture.id(), (photo.width_px, photo.height_px), twin.own_eyes, false)
}

fn other_side(shown: &ShownTwin, twin: &Twin) -> Side {
    let size = (shown.width_px, shown.height_px);
    Side::of(shown.texture.id(), size, twin.eyes, twin.mirrored)
}

impl Side {
    fn of(texture: TextureId, size: (u32, u32), (left, right): (Point, Point), flipped: bool) -> Self {
        Self {
            texture,
            size: (size.0 as f32, size.1 as f32),
            middle: left.midpoint(right),
            distance: left.distance(right).max(1.0),
            flipped,
        }
    }

    /// How far the picture itself reaches.
    fn reach(&self) -> Reach {
        let (x, y) = (self.middle.x / self.distance, self.middle.y / self.distance);
        let (width, height) = (self.size.0 / self.distance, self.size.1 / self.distance);
        let (left, right) = if self.flipped { (width - x, x) } else { (x, width - x) };
        Reach { left, right, up: y, down: height - y }
    }

    fn in_frame(&self, frame: Rect, reach: Reach) -> Mesh {
        let across = if self.flipped { -self.distance } else { self.distance };
        let (from, to) = (self.middle.x - reach.left * across, self.middle.x + reach.right * across);
        let top = self.middle.y - reach.up * self.distance;
        let bottom = self.middle.y + reach.down * self.distance;
        let (width, height) = self.size;
        let uv = Rect { min: pos2(from / width, top / height), max: pos2(to / width, bottom / height) };
        let mut mesh = Mesh::with_texture(self.texture);
        mesh.add_rect_with_uv(frame, uv, egui::Color32::WHITE);
        mesh
    }
}

impl Reach {
    fn least(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            right: self.right.min(other.right),
            up: self.up.min(other.up),
            down: self.down.min(other.down),
        }
    }
}

/// The largest frame of this reach in the middle of `area`.
fn fitted(area: Rect, reach: Reach) -> Rect {
    let (width, height) = ((reach.left + reach.right).max(0.1), (reach.up + reach.down).max(0.1));
    let scale = (area.width() / width).min(area.height() / height);
    Rect::from_center_size(area.center(), vec2(width, height) * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(flipped: bool) -> Side {
        let eyes = (Point::new(100.0, 150.0), Point::new(200.0, 150.0));
        Side::of(TextureId::default(), (400, 500), eyes, flipped)
    }

    #[test]
    fn a_mirrored_picture_reaches_to_the_other_side_and_is_turned_back() {
        assert_eq!(side(false).reach(), Reach { left: 1.5, right: 2.5, up: 1.5, down: 3.5 });
        assert_eq!(side(true).reach(), Reach { left: 2.5, right: 1.5, up: 1.5, down: 3.5 });
        let frame = Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 100.0));
        let reach = Reach { left: 1.0, right: 1.0, up: 1.0, down: 1.0 };
        let columns = |flipped| {
            side(flipped).in_frame(frame, reach).vertices.iter().map(|v| v.uv.x).collect::<Vec<_>>()
        };
        assert_eq!((columns(false)[0], columns(true)[0]), (0.125, 0.625));
    }

    #[test]
    fn the_frame_keeps_the_shape_of_what_it_shows() {
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(300.0, 300.0));
        let frame = fitted(area, Reach { left: 1.0, right: 1.0, up: 2.0, down: 2.0 });
        assert_eq!((frame.size(), frame.center()), (vec2(150.0, 300.0), area.center()));
    }
}
