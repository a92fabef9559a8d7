//! A photo on the neutral grey: placed as large as it may be, with a map from photo pixels to the window.

use egui::emath::GuiRounding as _;
use egui::{Color32, Painter, Pos2, Rect, TextureId, Vec2, pos2, vec2};

use crate::photo::Point;

/// Photos are never enlarged beyond this many device pixels per photo pixel.
const LARGEST_ZOOM: f32 = 2.0;

/// Looked at closely, a photo pixel takes at most this many device pixels.
const CLOSEST: f32 = 8.0;

/// Where a picture lies in the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    pub rect: Rect,
    /// Points per picture pixel.
    pub scale: f32,
}

impl Placement {
    /// The largest place inside `area` that keeps the shape and does not enlarge beyond 200 %.
    pub fn fit(area: Rect, width_px: u32, height_px: u32, pixels_per_point: f32) -> Self {
        let (width, height) = (width_px.max(1) as f32, height_px.max(1) as f32);
        let fitting = (area.width() / width).min(area.height() / height);
        let scale = fitting.min(LARGEST_ZOOM / pixels_per_point).max(0.0);
        // Whole device pixels: an edge between two would shine through whatever is laid over the picture.
        let rect = Rect::from_center_size(area.center(), vec2(width, height) * scale);
        Self { rect: rect.round_to_pixels(pixels_per_point), scale }
    }

    /// A picture position in the window.
    pub fn at(self, point: Point) -> Pos2 {
        pos2(self.rect.left() + point.x * self.scale, self.rect.top() + point.y * self.scale)
    }
}

/// How closely a picture is looked at, and which part of it: the pictures of a comparison share one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// 1 shows the whole picture.
    zoom: f32,
    /// The part in the middle, as shares of width and height.
    middle: Pos2,
}

impl Default for View {
    fn default() -> Self {
        Self { zoom: 1.0, middle: pos2(0.5, 0.5) }
    }
}

impl View {
    pub fn is_whole(self) -> bool {
        self.zoom <= 1.0
    }

    /// Where a picture lies that fills `whole` when it is seen whole.
    pub fn place(self, area: Rect, whole: Placement) -> Placement {
        if self.is_whole() {
            return whole;
        }
        let size = whole.rect.size() * self.zoom;
        let corner = area.center() - size * self.middle.to_vec2();
        Placement { rect: Rect::from_min_size(corner, size), scale: whole.scale * self.zoom }
    }

    /// Closer or farther by `factor`; what lies under `pointer` stays there.
    pub fn zoomed(self, factor: f32, pointer: Pos2, area: Rect, whole: Placement, ppp: f32) -> Self {
        let before = self.place(area, whole).rect;
        let at = (pointer - before.min) / before.size();
        let closest = (CLOSEST / (whole.scale * ppp)).max(1.0);
        let zoom = (self.zoom * factor).clamp(1.0, closest);
        let size = whole.rect.size() * zoom;
        let middle = at + (area.center() - pointer) / size;
        Self { zoom, middle: middle.to_pos2() }.inside(area, whole)
    }

    /// So that a photo pixel takes one device pixel, about the pointer.
    pub fn at_full_size(self, pointer: Pos2, area: Rect, whole: Placement, ppp: f32) -> Self {
        let factor = 1.0 / (whole.scale * ppp) / self.zoom;
        self.zoomed(factor, pointer, area, whole, ppp)
    }

    /// Moved as the hand drags the picture.
    pub fn dragged(self, by: Vec2, area: Rect, whole: Placement) -> Self {
        let size = whole.rect.size() * self.zoom;
        Self { middle: self.middle - by / size, ..self }.inside(area, whole)
    }

    /// The picture never leaves a gap on one side while it reaches beyond the other.
    fn inside(self, area: Rect, whole: Placement) -> Self {
        if self.is_whole() {
            return Self::default();
        }
        let half = area.size() / (whole.rect.size() * self.zoom) / 2.0;
        let bound = |middle: f32, half: f32| if half >= 0.5 { 0.5 } else { middle.clamp(half, 1.0 - half) };
        Self { middle: pos2(bound(self.middle.x, half.x), bound(self.middle.y, half.y)), ..self }
    }
}

/// Paints the whole texture into its place.
pub fn paint(painter: &Painter, texture: TextureId, place: Rect) {
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(texture, place, whole, Color32::WHITE);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area() -> Rect {
        Rect::from_min_size(pos2(100.0, 50.0), vec2(600.0, 800.0))
    }

    #[test]
    fn a_large_photo_fills_the_height_or_the_width() {
        let place = Placement::fit(area(), 3000, 4000, 1.0);
        assert_eq!(place.rect, area());
    }

    #[test]
    fn a_small_photo_is_not_enlarged_beyond_twice() {
        let check = |ppp: f32, expect: f32| {
            let place = Placement::fit(area(), 60, 80, ppp);
            assert!((place.scale * ppp - expect).abs() < 1e-5);
            assert_eq!(place.rect.center(), area().center());
        };
        check(1.0, 2.0);
        check(2.0, 2.0);
    }

    #[test]
    fn what_lies_under_the_pointer_stays_there_when_the_hand_zooms() {
        let whole = Placement::fit(area(), 3000, 4000, 1.0);
        let pointer = pos2(250.0, 300.0);
        let share = |place: Placement| (pointer - place.rect.min) / place.rect.size();
        let view = View::default().zoomed(3.0, pointer, area(), whole, 1.0);
        assert!((share(view.place(area(), whole)) - share(whole)).length() < 1e-4);
        assert_eq!(view.zoomed(0.01, pointer, area(), whole, 1.0), View::default());
        let full = view.at_full_size(pointer, area(), whole, 1.0).place(area(), whole);
        assert!((full.scale - 1.0).abs() < 1e-4, "{}", full.scale);
    }

    #[test]
    fn a_close_picture_always_fills_its_area() {
        let whole = Placement::fit(area(), 3000, 4000, 1.0);
        let view = View::default().zoomed(4.0, area().left_top(), area(), whole, 1.0);
        for by in [vec2(5000.0, 0.0), vec2(-5000.0, -9000.0), vec2(0.0, 9000.0)] {
            assert!(
                view.dragged(by, area(), whole).place(area(), whole).rect.expand(0.1).contains_rect(area())
            );
        }
    }

    #[test]
    fn the_middle_of_a_photo_lies_in_the_middle_of_its_place() {
        let place = Placement::fit(area(), 480, 640, 1.0);
        assert!(place.at(Point::new(240.0, 320.0)).distance(area().center()) < 1e-3);
    }
}
