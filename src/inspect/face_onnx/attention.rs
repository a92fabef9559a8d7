//! The attention mesh's work between its networks: where each head looks, and how its points come back.

use crate::inspect::net_onnx::Chw;

use super::regions::RefinedRegion;

/// Side of the mesh's input picture in pixels.
pub const INPUT_PX: usize = 192;
/// Points of the unrefined mesh.
pub const STEM_POINTS: usize = 468;
/// The stem's feature map: channels, and the side of the square.
pub const FEATURE_CHANNELS: usize = 32;
pub const FEATURE_SIDE: usize = 48;
/// Side of the square of features a head looks at.
const HEAD_SIDE: usize = 16;
/// Input pixels per feature cell.
const CELL_PX: f32 = (INPUT_PX / FEATURE_SIDE) as f32;
/// A head sees this much more than the box around its points (the model's own custom operator).
const HEAD_MARGIN: f32 = 1.5;

/// A point in the mesh's input picture, in its pixels; `z` on the same scale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct InputPoint {
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

/// Reads the stem's flat output.
pub fn stem_points(values: &[f32]) -> Vec<InputPoint> {
    values.as_chunks::<3>().0.iter().map(|&[x, y, z]| InputPoint { x, y, z }).collect()
}

/// Where a head looks: a turned rectangle on the stem's feature map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeadWindow {
    /// From head cells to feature cells: `x' = m[0]·x + m[1]·y + m[2]`, `y' = m[3]·x + m[4]·y + m[5]`.
    map: [f32; 6],
}

impl HeadWindow {
    /// The window around the region's points, level with its axis.
    pub fn around(region: &RefinedRegion, points: &[InputPoint]) -> Self {
        let cell = |index: usize| (points[index].x / CELL_PX, points[index].y / CELL_PX);
        let (left, right) = (cell(region.axis.0), cell(region.axis.1));
        let (sin, cos) = (right.1 - left.1).atan2(right.0 - left.0).sin_cos();
        let level = region.points.iter().map(|&index| {
            let (x, y) = cell(index);
            (cos * x + sin * y, cos * y - sin * x)
        });
        let (across, down): (Vec<f32>, Vec<f32>) = level.unzip();
        let (left, right) = extent(&across);
        let (top, bottom) = extent(&down);
        let (middle_x, middle_y) = ((left + right) / 2.0, (top + bottom) / 2.0);
        let (centre_x, centre_y) = (cos * middle_x - sin * middle_y, sin * middle_x + cos * middle_y);
        let half = HEAD_SIDE as f32 / 2.0;
        let step_x = HEAD_MARGIN * (right - left) / HEAD_SIDE as f32;
        let step_y = HEAD_MARGIN * (bottom - top) / HEAD_SIDE as f32;
        Self {
            map: [
                cos * step_x,
                -sin * step_y,
                centre_x - half * cos * step_x + half * sin * step_y,
                sin * step_x,
                cos * step_y,
                centre_y - half * sin * step_x - half * cos * step_y,
            ],
        }
    }

    /// The features under the window; zero outside the map.
    pub fn features(&self, stem: &[f32]) -> Chw {
        let m = self.map;
        let plane = HEAD_SIDE * HEAD_SIDE;
        let mut values = vec![0.0; FEATURE_CHANNELS * plane];
        for at in 0..plane {
            // Cells are sampled at their centres.
            let (x, y) = ((at % HEAD_SIDE) as f32 + 0.5, (at / HEAD_SIDE) as f32 + 0.5);
            let u = m[0] * x + m[1] * y + m[2] - 0.5;
            let v = m[3] * x + m[4] * y + m[5] - 0.5;
            for (channel, features) in stem.chunks_exact(FEATURE_SIDE * FEATURE_SIDE).enumerate() {
                values[channel * plane + at] = feature_between(features, u, v);
            }
        }
        Chw { channels: FEATURE_CHANNELS, height: HEAD_SIDE, width: HEAD_SIDE, values }
    }

    /// A head's flat output (x and y in feature cells of its window, times the cell size) as input pixels.
    pub fn points(&self, values: &[f32]) -> Vec<(f32, f32)> {
        let m = self.map;
        let place =
            |&[x, y]: &[f32; 2]| (m[0] * x + m[1] * y + CELL_PX * m[2], m[3] * x + m[4] * y + CELL_PX * m[5]);
        values.as_chunks::<2>().0.iter().map(place).collect()
    }
}

/// Smallest and largest value.
fn extent(values: &[f32]) -> (f32, f32) {
    values
        .iter()
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)))
}

/// The feature between four cells; a position outside the map has none.
fn feature_between(features: &[f32], x: f32, y: f32) -> f32 {
    let last = (FEATURE_SIDE - 1) as f32;
    if !(0.0..=last).contains(&x) || !(0.0..=last).contains(&y) {
        return 0.0;
    }
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(FEATURE_SIDE - 1), (top + 1).min(FEATURE_SIDE - 1));
    let (right_share, bottom_share) = (x - left as f32, y - top as f32);
    let at = |row: usize, column: usize| features[row * FEATURE_SIDE + column];
    let upper = at(top, left) * (1.0 - right_share) + at(top, right) * right_share;
    let lower = at(bottom, left) * (1.0 - right_share) + at(bottom, right) * right_share;
    upper * (1.0 - bottom_share) + lower * bottom_share
}

#[cfg(test)]
mod tests {
    use super::super::regions::LIPS;
    use super::*;

    /// All lip points on a level 40 × 20 px ellipse about (96, 96), turned by `angle`.
    fn mouth(angle: f32) -> Vec<InputPoint> {
        let mut points = vec![InputPoint::default(); STEM_POINTS];
        let (sin, cos) = angle.sin_cos();
        let mut put = |index: usize, x: f32, y: f32| {
            points[index] = InputPoint { x: 96.0 + cos * x - sin * y, y: 96.0 + sin * x + cos * y, z: 0.0 };
        };
        for (order, &index) in LIPS.points.iter().enumerate() {
            let turn = order as f32 / LIPS.points.len() as f32 * std::f32::consts::TAU;
            put(index, 20.0 * turn.cos(), 10.0 * turn.sin());
        }
        put(LIPS.axis.0, -20.0, 0.0);
        put(LIPS.axis.1, 20.0, 0.0);
        points
    }

    #[test]
    fn a_window_is_centred_on_its_region() {
        for angle in [0.0, 0.4, -1.2] {
            let window = HeadWindow::around(&LIPS, &mouth(angle));
            let middle = HEAD_SIDE as f32 / 2.0 * CELL_PX;
            let (x, y) = window.points(&[middle, middle])[0];
            assert!((x - 96.0).abs() < 0.5 && (y - 96.0).abs() < 0.5, "{angle}: {x} {y}");
        }
    }

    #[test]
    fn a_window_is_half_as_large_again_as_its_region() {
        let window = HeadWindow::around(&LIPS, &mouth(0.0));
        let side = HEAD_SIDE as f32 * CELL_PX;
        let points = window.points(&[0.0, 0.0, side, side]);
        assert!((points[1].0 - points[0].0 - 60.0).abs() < 0.5, "{points:?}");
        assert!((points[1].1 - points[0].1 - 30.0).abs() < 0.5, "{points:?}");
    }

    #[test]
    fn features_outside_the_map_are_zero() {
        let ones = vec![1.0; FEATURE_SIDE * FEATURE_SIDE];
        assert_eq!(feature_between(&ones, 20.3, 47.0), 1.0);
        assert_eq!(feature_between(&ones, -0.1, 5.0), 0.0);
        assert_eq!(feature_between(&ones, 5.0, 47.1), 0.0);
        assert_eq!(feature_between(&ones, f32::NAN, 5.0), 0.0);
    }
}
