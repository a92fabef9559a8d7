//! Points and rectangles in pixel coordinates: x to the right, y down, origin at the top-left corner.

use serde::{Deserialize, Serialize};

/// A position in pixels; pixel (0, 0) covers the square from (0, 0) to (1, 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

impl Point {
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub fn midpoint(self, other: Self) -> Self {
        Self::new((self.x + other.x) / 2.0, (self.y + other.y) / 2.0)
    }

    /// Euclidean distance in pixels.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// This point turned about `centre` by `degrees`, clockwise as seen on screen.
    pub fn rotated_about(self, centre: Self, degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (dx, dy) = (self.x - centre.x, self.y - centre.y);
        Self::new(centre.x + cos * dx - sin * dy, centre.y + sin * dx + cos * dy)
    }
}

/// An axis-aligned rectangle in pixels; may reach outside the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Rect {
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    pub fn right(self) -> f32 {
        self.x + self.width
    }

    pub fn bottom(self) -> f32 {
        self.y + self.height
    }

    pub fn centre(self) -> Point {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    pub fn area(self) -> f32 {
        self.width * self.height
    }

    /// The part shared with `other`; zero-sized where they do not meet.
    pub fn intersection(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        Self::new(
            x,
            y,
            (self.right().min(other.right()) - x).max(0.0),
            (self.bottom().min(other.bottom()) - y).max(0.0),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotation_is_clockwise_on_screen() {
        let turned = Point::new(1.0, 0.0).rotated_about(Point::default(), 90.0);
        assert!(turned.distance(Point::new(0.0, 1.0)) < 1e-6);
    }

    #[test]
    fn rectangles_that_do_not_meet_share_nothing() {
        let shared = Rect::new(0.0, 0.0, 2.0, 2.0).intersection(Rect::new(5.0, 0.0, 2.0, 2.0));
        assert_eq!(shared.area(), 0.0);
    }
}
