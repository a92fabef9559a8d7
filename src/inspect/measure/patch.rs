//! A piece of the photo in the face's own axes at a fixed eye distance, so that measures compare across photos.

use image::RgbImage;

use crate::inspect::warp::whole;
use crate::photo::Point;

use super::geometry::FaceAxes;

/// Most samples a side that are averaged into one patch pixel.
const MAX_TAPS: usize = 8;

/// A region in eye distances from the point between the eyes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// An upright, resampled piece of the face.
#[derive(Clone, Debug)]
pub struct Patch {
    pub pixels: RgbImage,
    pub region: Region,
    /// Patch pixels per eye distance.
    pub ied_px: f64,
}

impl Patch {
    /// Cuts `region` out of `source`, in whose pixels `axes` are given; edges are repeated outside.
    pub fn cut(source: &RgbImage, axes: &FaceAxes, region: Region, ied_px: f64) -> Self {
        let width = ((region.right - region.left) * ied_px).round().max(1.0) as u32;
        let height = ((region.bottom - region.top) * ied_px).round().max(1.0) as u32;
        let step = axes.ied_px / ied_px;
        let taps = (step.ceil().max(1.0) as usize).min(MAX_TAPS);
        let grid = Grid { axes, corner: (region.left * ied_px, region.top * ied_px), step, taps };
        let values = if taps > 2 {
            grid.means(width, height, source, nearest)
        } else {
            grid.means(width, height, source, between)
        };
        let pixels =
            RgbImage::from_raw(width, height, values).unwrap_or_else(|| RgbImage::new(width, height));
        Self { pixels, region, ied_px }
    }

    /// Patch position of a place given in eye distances.
    pub fn locate(&self, (x, y): (f64, f64)) -> Point {
        Point::new(
            ((x - self.region.left) * self.ied_px) as f32,
            ((y - self.region.top) * self.ied_px) as f32,
        )
    }

    /// Place in eye distances of a patch position.
    pub fn place(&self, column: f64, row: f64) -> (f64, f64) {
        (self.region.left + column / self.ied_px, self.region.top + row / self.ied_px)
    }

    /// Coded luma 0..=255, row by row.
    pub fn luma(&self) -> Plane {
        let values = self.pixels.pixels().map(|pixel| luma(pixel.0)).collect();
        Plane { width: self.pixels.width() as usize, height: self.pixels.height() as usize, values }
    }
}

/// Where the samples of a patch lie in the picture it is cut out of.
struct Grid<'a> {
    axes: &'a FaceAxes,
    /// The patch's corner in patch pixels from the point between the eyes.
    corner: (f64, f64),
    /// Picture pixels a patch pixel.
    step: f64,
    /// Samples a side that make one patch pixel.
    taps: usize,
}

impl Grid<'_> {
    /// The mean of each patch pixel's samples, row by row; built once for each way to sample, which is most of the work.
    #[inline(always)]
    fn means(
        &self,
        width: u32,
        height: u32,
        source: &RgbImage,
        sample: impl Fn(&RgbImage, f64, f64) -> [f32; 3],
    ) -> Vec<u8> {
        let (sin, cos) = self.axes.roll_deg.to_radians().sin_cos();
        let origin = (f64::from(self.axes.origin.x), f64::from(self.axes.origin.y));
        let places = |corner: f64, length: u32| -> Vec<f64> {
            let offset = |tap: usize| (tap as f64 + 0.5) / self.taps as f64;
            let at = |index: u32| {
                (0..self.taps).map(move |tap| (corner + f64::from(index) + offset(tap)) * self.step)
            };
            (0..length).flat_map(at).collect()
        };
        // What a column adds to the place is the same in every row.
        let across: Vec<(f64, f64)> = places(self.corner.0, width)
            .into_iter()
            .map(|x| (origin.0 + cos * x, origin.1 + sin * x))
            .collect();
        let down: Vec<(f64, f64)> =
            places(self.corner.1, height).into_iter().map(|y| (sin * y, cos * y)).collect();
        let samples = (self.taps * self.taps) as f32;
        let mut values = Vec::with_capacity(width as usize * height as usize * 3);
        for rows in down.chunks_exact(self.taps) {
            for columns in across.chunks_exact(self.taps) {
                let mut sum = [0.0_f32; 3];
                for row in rows {
                    for column in columns {
                        let colour = sample(source, column.0 - row.0, column.1 + row.1);
                        (0..3).for_each(|channel| sum[channel] += colour[channel]);
                    }
                }
                values.extend_from_slice(&sum.map(|value| (value / samples + 0.5) as u8));
            }
        }
        values
    }
}

/// One number a pixel, row by row.
#[derive(Clone, Debug)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Plane {
    /// Value at a pixel, edges repeated.
    pub fn at(&self, x: isize, y: isize) -> f32 {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.values[y * self.width + x]
    }
}

/// Coded (gamma) luma 0..=255 with BT.709 weights.
pub fn luma(rgb: [u8; 3]) -> f32 {
    0.2126 * f32::from(rgb[0]) + 0.7152 * f32::from(rgb[1]) + 0.0722 * f32::from(rgb[2])
}

/// Which pixels of a `width` × `height` raster have their centre inside the polygon (even-odd rule).
pub fn polygon_mask(width: usize, height: usize, polygon: &[Point]) -> Vec<bool> {
    let mut mask = vec![false; width * height];
    for row in 0..height {
        let y = row as f32 + 0.5;
        let mut crossings: Vec<f32> = edges(polygon)
            .filter(|(from, to)| (from.y <= y) != (to.y <= y))
            .map(|(from, to)| from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x))
            .collect();
        crossings.sort_by(f32::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let first = (pair[0] - 0.5).ceil().max(0.0) as usize;
            let end = ((pair[1] - 0.5).ceil().max(0.0) as usize).min(width);
            (first..end).for_each(|column| mask[row * width + column] = true);
        }
    }
    mask
}

fn edges(polygon: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    (0..polygon.len()).map(|index| (polygon[index], polygon[(index + 1) % polygon.len()]))
}

#[inline(always)]
fn nearest(source: &RgbImage, x: f64, y: f64) -> [f32; 3] {
    let column = (x.max(0.0) as u32).min(source.width() - 1);
    let row = (y.max(0.0) as u32).min(source.height() - 1);
    let [red, green, blue] = source.get_pixel(column, row).0;
    [f32::from(red), f32::from(green), f32::from(blue)]
}

/// The colour between the four pixels around a position, edges repeated outside.
#[inline(always)]
pub(super) fn between(source: &RgbImage, x: f64, y: f64) -> [f32; 3] {
    let (x, y) = ((x - 0.5) as f32, (y - 0.5) as f32);
    let (column, row) = (whole(x), whole(y));
    let (share_x, share_y) = (x - column as f32, y - row as f32);
    let (width, height) = (i64::from(source.width()), i64::from(source.height()));
    let pixels = source.as_raw().as_slice();
    let mix = |left: u8, right: u8| f32::from(left) + (f32::from(right) - f32::from(left)) * share_x;
    let join = |above: f32, below: f32| above + (below - above) * share_y;
    if column >= 0 && row >= 0 && column + 1 < width && row + 1 < height {
        let (start, stride) = ((row * width + column) as usize * 3, width as usize * 3);
        let (a, b) = (&pixels[start..start + 6], &pixels[start + stride..start + stride + 6]);
        return [
            join(mix(a[0], a[3]), mix(b[0], b[3])),
            join(mix(a[1], a[4]), mix(b[1], b[4])),
            join(mix(a[2], a[5]), mix(b[2], b[5])),
        ];
    }
    at_the_edge(source, (column, row), (share_x, share_y))
}

/// The same where one of the four pixels lies outside; out of line, for it is rare.
#[cold]
fn at_the_edge(source: &RgbImage, (column, row): (i64, i64), (share_x, share_y): (f32, f32)) -> [f32; 3] {
    let (width, height) = (i64::from(source.width()), i64::from(source.height()));
    let pixels = source.as_raw().as_slice();
    let mix = |left: u8, right: u8| f32::from(left) + (f32::from(right) - f32::from(left)) * share_x;
    let start = |row: i64| row.clamp(0, height - 1) as usize * width as usize;
    let (left, right) = (column.clamp(0, width - 1) as usize, (column + 1).clamp(0, width - 1) as usize);
    let (above, below) = (start(row), start(row + 1));
    let at = |index: usize, channel: usize| pixels[index * 3 + channel];
    let blend = |channel: usize| {
        let upper = mix(at(above + left, channel), at(above + right, channel));
        let lower = mix(at(below + left, channel), at(below + right, channel));
        upper + (lower - upper) * share_y
    };
    [blend(0), blend(1), blend(2)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn a_patch_is_upright_and_centred_between_the_eyes() {
        let mut source = RgbImage::from_pixel(200, 200, Rgb([10, 10, 10]));
        source.put_pixel(100, 100, Rgb([250, 250, 250]));
        let axes = FaceAxes { origin: Point::new(100.5, 100.5), roll_deg: 30.0, ied_px: 40.0 };
        let region = Region { left: -0.5125, top: -0.5125, right: 0.5125, bottom: 0.5125 };
        let patch = Patch::cut(&source, &axes, region, 40.0);
        assert_eq!(patch.pixels.get_pixel(20, 20).0[0], 250);
    }

    #[test]
    fn a_polygon_covers_its_area() {
        let square = [(2.0, 2.0), (8.0, 2.0), (8.0, 7.0), (2.0, 7.0)].map(|(x, y)| Point::new(x, y));
        let count = polygon_mask(10, 10, &square).iter().filter(|inside| **inside).count();
        assert_eq!(count, 30);
    }
}
