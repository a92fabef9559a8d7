//! A photo on the neutral grey: placed as large as it may be, with a map from photo pixels to the window.

use egui::emath::GuiRounding as _;
use egui::{Color32, Painter, Pos2, Rect, TextureId, pos2, vec2};

use crate::photo::Point;

/// Photos are never enlarged beyond this many device pixels per photo pixel.
const LARGEST_ZOOM: f32 = 2.0;

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
    fn the_middle_of_a_photo_lies_in_the_middle_of_its_place() {
        let place = Placement::fit(area(), 480, 640, 1.0);
        assert!(place.at(Point::new(240.0, 320.0)).distance(area().center()) < 1e-3);
    }
}
