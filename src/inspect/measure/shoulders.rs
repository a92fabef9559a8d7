//! Both shoulders as the matte shows them: how level they are, and whether both are there.

use crate::inspect::matte::Matte;
use crate::photo::Point;

use super::WorkingCopy;
use super::geometry::FaceAxes;
use super::median;

/// Opacity from which a pixel belongs to the person.
const SOLID: f32 = 0.5;
/// Columns at which shoulders are looked for, in eye distances beside the middle of the face.
const NEAR_IED: f64 = 1.35;
const FAR_IED: f64 = 2.1;
const COLUMNS: usize = 16;
/// Shoulders begin below this level under the eyes, in eye distances.
const HIGHEST_IED: f64 = 1.2;
/// Fewest pairs of columns that must reach a shoulder on both sides.
const LEAST_PAIRS: usize = 6;
/// How far below the eyes the picture must reach before a missing shoulder means something.
const DEEP_ENOUGH_IED: f64 = 3.2;

/// Both shoulders.
#[derive(Clone, Debug, PartialEq)]
pub struct Shoulders {
    /// Clockwise slope of the line through both in degrees: the right one lower on screen is positive.
    pub slope_deg: Option<f64>,
    /// Shoulders that are in the picture, 0..=2.
    pub present: u8,
    /// The line through both, in pixels of the matte until `in_photo`.
    pub line: Option<(Point, Point)>,
}

/// Distance of a pair of columns from the middle, and the row at which each reaches a shoulder.
type Columns = (f64, Option<f64>, Option<f64>);

impl Shoulders {
    /// `axes` are the face's in pixels of the matte; `None` where the picture ends above the shoulders.
    pub fn of(matte: &Matte, axes: &FaceAxes) -> Option<Self> {
        let (middle, eyes) = (f64::from(axes.origin.x), f64::from(axes.origin.y));
        if (f64::from(matte.height_px) - eyes) / axes.ied_px < DEEP_ENOUGH_IED {
            return None;
        }
        let top_at = |x: f64| top(matte, x, eyes + HIGHEST_IED * axes.ied_px);
        let offsets = (0..COLUMNS)
            .map(|step| NEAR_IED + (FAR_IED - NEAR_IED) * step as f64 / (COLUMNS - 1) as f64)
            .map(|offset| offset * axes.ied_px);
        let sides: Vec<Columns> =
            offsets.map(|offset| (offset, top_at(middle - offset), top_at(middle + offset))).collect();
        let seen = |side: fn(&Columns) -> Option<f64>| {
            sides.iter().filter(|columns| side(columns).is_some()).count() >= LEAST_PAIRS
        };
        let present = u8::from(seen(|columns| columns.1)) + u8::from(seen(|columns| columns.2));
        let pairs: Vec<(f64, f64, f64)> =
            sides.iter().filter_map(|(offset, left, right)| Some((*offset, (*left)?, (*right)?))).collect();
        if pairs.len() < LEAST_PAIRS {
            return Some(Self { slope_deg: None, present, line: None });
        }
        let slopes: Vec<f32> =
            pairs.iter().map(|(offset, left, right)| ((right - left) / (2.0 * offset)) as f32).collect();
        let slope = median(&slopes)?;
        let outer = pairs[pairs.len() - 1];
        let level = ((outer.1 + outer.2) / 2.0) as f32;
        let reach = outer.0 as f32;
        let end = |sign: f32| Point::new(axes.origin.x + sign * reach, level + sign * reach * slope);
        Some(Self {
            slope_deg: Some(f64::from(slope.atan().to_degrees())),
            present,
            line: Some((end(-1.0), end(1.0))),
        })
    }

    /// The same with its line in photo pixels.
    pub fn in_photo(mut self, copy: &WorkingCopy) -> Self {
        self.line = self.line.map(|(from, to)| (copy.to_photo(from), copy.to_photo(to)));
        self
    }
}

/// First row of the person in a column, from `from_row` downwards; absent where the person is not in the
/// column, where it is there already at the first row (hair, a hand), or where the column is outside.
fn top(matte: &Matte, column: f64, from_row: f64) -> Option<f64> {
    if column < 0.0 || column >= f64::from(matte.width_px) || from_row < 0.0 {
        return None;
    }
    let first = from_row as u32;
    let row = (first..matte.height_px).find(|&row| matte.at(column as u32, row) >= SOLID)?;
    (row > first).then_some(f64::from(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Head and shoulders whose line falls by `slope` px a px to the right; `right` says whether that side is there.
    fn shoulders(slope: f64, right: bool) -> Shoulders {
        let (width, height) = (400_u32, 400_u32);
        let person = |x: f64, y: f64| {
            let head = ((x - 200.0) / 45.0).powi(2) + ((y - 130.0) / 65.0).powi(2) < 1.0;
            let body = y > 230.0 + slope * (x - 200.0) + (x - 200.0).abs() * 0.2;
            head || body && (x - 200.0).abs() < 140.0 && (right || x < 215.0)
        };
        let alpha = (0..width * height)
            .map(|index| f32::from(u8::from(person(f64::from(index % width), f64::from(index / width)))))
            .collect();
        let matte = Matte {
            width_px: width,
            height_px: height,
            photo_width_px: width,
            photo_height_px: height,
            alpha,
        };
        let axes = FaceAxes { origin: Point::new(200.0, 120.0), roll_deg: 0.0, ied_px: 50.0 };
        Shoulders::of(&matte, &axes).unwrap()
    }

    #[test]
    fn the_slope_follows_the_shoulders() {
        for degrees in [-8.0_f64, -3.0, 0.0, 4.0, 9.0] {
            let found = shoulders(degrees.to_radians().tan(), true);
            assert_eq!(found.present, 2);
            assert!((found.slope_deg.unwrap() - degrees).abs() < 0.7, "{degrees}: {found:?}");
        }
    }

    #[test]
    fn a_missing_shoulder_is_missing() {
        let found = shoulders(0.0, false);
        assert_eq!((found.present, found.slope_deg), (1, None));
    }
}
