//! A piece of the photo in the face's own axes at a fixed eye distance, so that measures compare across photos.

use image::RgbImage;

use crate::photo::Point;

use super::geometry::FaceAxes;
use super::texels::{Place, Texels, WHOLE, apart, nearest};

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
        let grid = Grid::of(axes, (region.left * ied_px, region.top * ied_px), (width, height), taps, step);
        let values = if taps > 2 {
            grid.means(1, |place| nearest(source, place))
        } else {
            let (least, most) = grid.bounds();
            let texels = Texels::around(source, least, most);
            grid.means(WHOLE, |place| texels.between(place))
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

    /// Which pixels lie inside the polygon of places given in eye distances.
    pub fn mask(&self, places: impl IntoIterator<Item = (f64, f64)>) -> Vec<bool> {
        let outline: Vec<Point> = places.into_iter().map(|place| self.locate(place)).collect();
        polygon_mask(self.pixels.width() as usize, self.pixels.height() as usize, &outline)
    }

    /// Coded luma 0..=255, row by row.
    pub fn luma(&self) -> Plane {
        let values = self.pixels.pixels().map(|pixel| luma(pixel.0)).collect();
        Plane { width: self.pixels.width() as usize, height: self.pixels.height() as usize, values }
    }
}

/// Where the samples of a patch lie in the picture it is cut out of.
struct Grid {
    /// Samples a side that make one patch pixel.
    taps: usize,
    /// What each column of samples, and what each row, adds to a place.
    across: Vec<Place>,
    down: Vec<Place>,
}

impl Grid {
    /// `corner` is the patch's in patch pixels from the point between the eyes, `step` counts picture pixels a patch pixel.
    fn of(axes: &FaceAxes, corner: (f64, f64), (width, height): (u32, u32), taps: usize, step: f64) -> Self {
        let (sin, cos) = axes.roll_deg.to_radians().sin_cos();
        let origin = (f64::from(axes.origin.x), f64::from(axes.origin.y));
        let along = |corner: f64, length: u32, place: &dyn Fn(f64) -> Place| -> Vec<Place> {
            let samples = 0..length as usize * taps;
            samples.map(|sample| place((corner + (sample as f64 + 0.5) / taps as f64) * step)).collect()
        };
        Self {
            taps,
            across: along(corner.0, width, &|x| Place::of(origin.0 + cos * x, origin.1 + sin * x)),
            down: along(corner.1, height, &|y| Place::of(-sin * y, cos * y)),
        }
    }

    /// Least and greatest place of a sample, each way by itself.
    fn bounds(&self) -> (Place, Place) {
        let ends = |places: &[Place]| (places[0], places[places.len() - 1]);
        let ((first, last), (top, bottom)) = (ends(&self.across), ends(&self.down));
        (first.least(last).plus(top.least(bottom)), first.most(last).plus(top.most(bottom)))
    }

    /// The mean of each patch pixel's samples, row by row; a sample is a colour `weight` times. Built once for each way to
    /// sample, which is most of the work.
    #[inline(always)]
    fn means(&self, weight: u64, sample: impl Fn(Place) -> u64) -> Vec<u8> {
        let total = (weight * (self.taps * self.taps) as u64) as f32;
        let mut values = Vec::with_capacity(self.across.len() * self.down.len() * 3);
        for rows in self.down.chunks_exact(self.taps) {
            for columns in self.across.chunks_exact(self.taps) {
                let mut sums = 0;
                for row in rows {
                    for column in columns {
                        sums += sample(column.plus(*row));
                    }
                }
                values.extend_from_slice(&apart(sums).map(|sum| (sum / total + 0.5) as u8));
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

    /// Each value made of itself and its two neighbours in the row, edges repeated.
    pub fn across(&self, of: impl Fn(f32, f32, f32) -> f32) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for row in self.values.chunks_exact(self.width) {
            let (first, last) = (row[0], row[self.width - 1]);
            values.push(of(first, first, row[1.min(self.width - 1)]));
            values.extend(row.windows(3).map(|three| of(three[0], three[1], three[2])));
            if self.width > 1 {
                values.push(of(row[self.width - 2], last, last));
            }
        }
        Self { values, ..*self }
    }

    /// Each value made of itself and its two neighbours in the column, edges repeated.
    pub fn down(&self, of: impl Fn(f32, f32, f32) -> f32) -> Self {
        let line = |y: usize| &self.values[y * self.width..(y + 1) * self.width];
        let mut values = Vec::with_capacity(self.values.len());
        for y in 0..self.height {
            let (before, after) = (line(y.saturating_sub(1)), line((y + 1).min(self.height - 1)));
            let threes = before.iter().zip(line(y)).zip(after);
            values.extend(threes.map(|((before, here), after)| of(*before, *here, *after)));
        }
        Self { values, ..*self }
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
    fn neighbours_are_those_at_hand_and_the_edges_repeated() {
        let sums = |before: f32, here: f32, after: f32| 100.0 * before + 10.0 * here + after;
        let plane = Plane { width: 3, height: 2, values: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0] };
        assert_eq!(plane.across(sums).values, [112.0, 123.0, 233.0, 445.0, 456.0, 566.0]);
        assert_eq!(plane.down(sums).values, [114.0, 225.0, 336.0, 144.0, 255.0, 366.0]);
        let column = Plane { width: 1, height: 2, values: vec![7.0, 8.0] };
        assert_eq!(column.across(sums).values, [777.0, 888.0]);
    }

    #[test]
    fn a_polygon_covers_its_area() {
        let square = [(2.0, 2.0), (8.0, 2.0), (8.0, 7.0), (2.0, 7.0)].map(|(x, y)| Point::new(x, y));
        let count = polygon_mask(10, 10, &square).iter().filter(|inside| **inside).count();
        assert_eq!(count, 30);
    }
}
