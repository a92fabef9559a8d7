//! A picture's pixels with their three channels side by side in one number, so that they are weighed and added together.

use image::RgbImage;

/// Bits of one channel's field: 8 of the channel, 11 of the weights and 2 of four samples fill them.
const FIELD_BITS: u32 = 21;
const FIELD: u64 = (1 << FIELD_BITS) - 1;
const WEIGHT_BITS: u32 = 11;
/// What the weights of one sample between pixels add up to.
pub(super) const WHOLE: u64 = 1 << WEIGHT_BITS;
/// Bits behind the point of a place.
const PLACE_BITS: u32 = 20;

/// A place in a picture in whole numbers; places add up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub x: i64,
    pub y: i64,
}

impl Place {
    /// Pixel (0, 0) covers the square from (0, 0) to (1, 1).
    pub fn of(x: f64, y: f64) -> Self {
        let fixed = |value: f64| (value * f64::from(1 << PLACE_BITS)).round() as i64;
        Self { x: fixed(x), y: fixed(y) }
    }

    pub fn plus(self, other: Self) -> Self {
        Self { x: self.x + other.x, y: self.y + other.y }
    }

    /// The lesser of both, each way by itself.
    pub fn least(self, other: Self) -> Self {
        Self { x: self.x.min(other.x), y: self.y.min(other.y) }
    }

    /// The greater of both, each way by itself.
    pub fn most(self, other: Self) -> Self {
        Self { x: self.x.max(other.x), y: self.y.max(other.y) }
    }
}

/// A part of a picture; outside the picture its edges are repeated.
pub(super) struct Texels {
    /// The first pixel's place in the picture.
    left: i64,
    top: i64,
    width: usize,
    values: Vec<u64>,
}

impl Texels {
    /// All pixels that samples at places between `least` and `most` are made of.
    pub fn around(source: &RgbImage, least: Place, most: Place) -> Self {
        let (left, top) = (pixel(least.x) - 1, pixel(least.y) - 1);
        let (right, bottom) = (pixel(most.x) + 2, pixel(most.y) + 2);
        let stride = source.width() as usize * 3;
        let mut values = Vec::with_capacity(((right - left) * (bottom - top)) as usize);
        for y in top..bottom {
            let start = inside(y, source.height()) * stride;
            let line = &source.as_raw()[start..start + stride];
            values.extend((left..right).map(|x| side_by_side(&line[inside(x, source.width()) * 3..][..3])));
        }
        Self { left, top, width: (right - left) as usize, values }
    }

    /// The colour between the four pixels around a place, `WHOLE` times.
    #[inline(always)]
    pub fn between(&self, place: Place) -> u64 {
        let half = 1 << (PLACE_BITS - 1);
        let (x, y) = (place.x - half, place.y - half);
        let (column, row) = ((pixel(x) - self.left) as usize, (pixel(y) - self.top) as usize);
        let share = |place: i64| (place as u64 >> (PLACE_BITS - WEIGHT_BITS)) & (WHOLE - 1);
        let (right, below) = (share(x), share(y));
        let both = (right * below) >> WEIGHT_BITS;
        let start = row * self.width + column;
        let (upper, lower) = (&self.values[start..start + 2], &self.values[start + self.width..][..2]);
        upper[0] * (WHOLE + both - right - below)
            + upper[1] * (right - both)
            + lower[0] * (below - both)
            + lower[1] * both
    }
}

/// The colour of the pixel at a place, edges repeated outside.
#[inline(always)]
pub(super) fn nearest(source: &RgbImage, place: Place) -> u64 {
    let (column, row) = (inside(pixel(place.x), source.width()), inside(pixel(place.y), source.height()));
    let start = (row * source.width() as usize + column) * 3;
    side_by_side(&source.as_raw()[start..start + 3])
}

/// The three channels' sums, as numbers.
#[inline(always)]
pub(super) fn apart(sums: u64) -> [f32; 3] {
    [sums, sums >> FIELD_BITS, sums >> (2 * FIELD_BITS)].map(|sum| (sum & FIELD) as f32)
}

#[inline(always)]
fn side_by_side(rgb: &[u8]) -> u64 {
    u64::from(rgb[0]) | u64::from(rgb[1]) << FIELD_BITS | u64::from(rgb[2]) << (2 * FIELD_BITS)
}

/// The nearest of so many pixels.
#[inline(always)]
fn inside(at: i64, length: u32) -> usize {
    at.clamp(0, i64::from(length) - 1) as usize
}

/// The pixel a place is in.
#[inline(always)]
fn pixel(place: i64) -> i64 {
    place >> PLACE_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn picture() -> RgbImage {
        RgbImage::from_fn(9, 7, |x, y| Rgb([(x * 20) as u8, (y * 30) as u8, 255]))
    }

    #[test]
    fn between_pixels_the_channels_are_mixed_each_by_itself() {
        let texels = Texels::around(&picture(), Place::of(0.0, 0.0), Place::of(9.0, 7.0));
        let colour = |x: f64, y: f64| apart(texels.between(Place::of(x, y))).map(|sum| sum / WHOLE as f32);
        for (x, y) in [(0.5, 0.5), (3.7, 2.25), (8.5, 6.5), (4.0, 6.1)] {
            let expected = [(x - 0.5) * 20.0, (y - 0.5) * 30.0, 255.0];
            let near =
                colour(x, y).iter().zip(expected).all(|(got, want)| (f64::from(*got) - want).abs() < 0.1);
            assert!(near, "{x} {y}: {:?} for {expected:?}", colour(x, y));
        }
    }

    #[test]
    fn outside_the_edges_are_repeated() {
        let texels = Texels::around(&picture(), Place::of(-3.0, -2.0), Place::of(12.0, 9.0));
        let colour = |x: f64, y: f64| apart(texels.between(Place::of(x, y))).map(|sum| sum / WHOLE as f32);
        assert_eq!(colour(-3.0, -2.0), [0.0, 0.0, 255.0]);
        assert_eq!(colour(12.0, 9.0), [160.0, 180.0, 255.0]);
        assert_eq!(apart(nearest(&picture(), Place::of(-3.0, 40.0))), [0.0, 180.0, 255.0]);
    }

    #[test]
    fn four_samples_of_white_fill_no_field_over() {
        let white = RgbImage::from_pixel(4, 4, Rgb([255; 3]));
        let texels = Texels::around(&white, Place::of(1.0, 1.0), Place::of(3.0, 3.0));
        let four = (0..4).map(|_| texels.between(Place::of(1.3, 1.9))).sum::<u64>();
        assert_eq!(apart(four), [255.0 * 4.0 * WHOLE as f32; 3]);
    }
}
