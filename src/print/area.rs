//! Rectangles on paper in tenths of a millimetre: x to the right, y down, origin at the sheet's top-left corner.

use serde::{Deserialize, Serialize};

use crate::photo::units::Mm;

/// A rectangle on a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Area {
    pub x: Mm,
    pub y: Mm,
    pub width: Mm,
    pub height: Mm,
}

impl Area {
    pub const fn new(x: Mm, y: Mm, width: Mm, height: Mm) -> Self {
        Self { x, y, width, height }
    }

    /// A whole sheet of this size.
    pub const fn sheet(width: Mm, height: Mm) -> Self {
        Self::new(Mm::ZERO, Mm::ZERO, width, height)
    }

    pub fn right(self) -> Mm {
        self.x + self.width
    }

    pub fn bottom(self) -> Mm {
        self.y + self.height
    }

    /// Whether the two share more than an edge.
    pub fn overlaps(self, other: Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Whether `inner` lies in here completely; edges may touch.
    pub fn contains(self, inner: Self) -> bool {
        self.x <= inner.x
            && self.y <= inner.y
            && inner.right() <= self.right()
            && inner.bottom() <= self.bottom()
    }

    /// This rectangle larger by `by` on every side.
    pub fn grown(self, by: Mm) -> Self {
        Self::new(self.x - by, self.y - by, self.width + by + by, self.height + by + by)
    }

    /// This rectangle moved to the right and down.
    pub fn moved(self, dx: Mm, dy: Mm) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(x: i32, y: i32, width: i32, height: i32) -> Area {
        Area::new(Mm(x), Mm(y), Mm(width), Mm(height))
    }

    #[test]
    fn neighbours_that_share_an_edge_do_not_overlap() {
        assert!(!area(0, 0, 10, 10).overlaps(area(10, 0, 10, 10)));
        assert!(area(0, 0, 10, 10).overlaps(area(9, 9, 10, 10)));
    }

    #[test]
    fn growing_reaches_out_on_every_side() {
        assert_eq!(area(10, 20, 30, 40).grown(Mm(5)), area(5, 15, 40, 50));
        assert!(area(5, 15, 40, 50).contains(area(10, 20, 30, 40)));
    }
}
