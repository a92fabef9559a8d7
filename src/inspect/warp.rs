//! Cuts a turned, scaled piece out of a photo into the tensor a network takes.

use image::RgbImage;

use crate::inspect::net_onnx::Chw;

/// Most samples per axis that are averaged for one reduced pixel; more would cost time without showing.
const SAMPLES_PER_AXIS: u32 = 4;

/// A map from target pixels to photo pixels, both counted by index:
/// `x' = m[0]·x + m[1]·y + m[2]`, `y' = m[3]·x + m[4]·y + m[5]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine(pub [f32; 6]);

impl Affine {
    /// Where a target position lies in the photo.
    pub fn apply(self, x: f32, y: f32) -> (f32, f32) {
        let m = self.0;
        (m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5])
    }

    /// This map of what `first` makes of a position.
    pub fn after(self, first: Self) -> Self {
        let (m, n) = (self.0, first.0);
        Self([
            m[0] * n[0] + m[1] * n[3],
            m[0] * n[1] + m[1] * n[4],
            m[0] * n[2] + m[1] * n[5] + m[2],
            m[3] * n[0] + m[4] * n[3],
            m[3] * n[1] + m[4] * n[4],
            m[3] * n[2] + m[4] * n[5] + m[5],
        ])
    }

    /// Photo pixels per target pixel, on the coarser axis.
    pub fn scale(self) -> f32 {
        let m = self.0;
        m[0].hypot(m[3]).max(m[1].hypot(m[4]))
    }
}

/// A rectangle in the photo, turned about its centre; the piece a network looks at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    pub centre: (f32, f32),
    pub width: f32,
    pub height: f32,
    /// Radians, clockwise as seen on screen.
    pub angle: f32,
}

impl Region {
    /// The whole picture.
    pub fn whole(pixels: &RgbImage) -> Self {
        let (width, height) = (pixels.width() as f32, pixels.height() as f32);
        Self { centre: (width / 2.0, height / 2.0), width, height, angle: 0.0 }
    }

    /// The map that fills `width` × `height` target pixels with this region.
    ///
    /// Pixel indices are mapped straight, without a half-pixel shift, as the reference pipeline of the models does.
    pub fn map(&self, width: usize, height: usize) -> Affine {
        let (sin, cos) = self.angle.sin_cos();
        let (across, down) = (self.width / width as f32, self.height / height as f32);
        let (half_width, half_height) = (self.width / 2.0, self.height / 2.0);
        Affine([
            cos * across,
            -sin * down,
            self.centre.0 - cos * half_width + sin * half_height,
            sin * across,
            cos * down,
            self.centre.1 - sin * half_width - cos * half_height,
        ])
    }

    /// A place given as shares (0..=1) of this region, in photo pixels.
    pub fn place(&self, across: f32, down: f32) -> (f32, f32) {
        let (sin, cos) = self.angle.sin_cos();
        let (x, y) = ((across - 0.5) * self.width, (down - 0.5) * self.height);
        (self.centre.0 + cos * x - sin * y, self.centre.1 + sin * x + cos * y)
    }
}

/// What stands outside the photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    Black,
    /// The nearest pixel of the photo.
    Nearest,
}

/// How 0..=255 becomes a network's input: `value * scale + shift`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub scale: f32,
    pub shift: f32,
}

impl Range {
    /// 0..=1, as the mesh and the segmentation take it.
    pub const UNIT: Self = Self { scale: 1.0 / 255.0, shift: 0.0 };
    /// -1..=1, as the detectors take it.
    pub const SIGNED: Self = Self { scale: 1.0 / 127.5, shift: -1.0 };
}

/// Samples `width` × `height` pixels of `pixels` through `map`; what would alias is averaged first.
pub fn sample(
    pixels: &RgbImage,
    map: Affine,
    (width, height): (usize, usize),
    border: Border,
    range: Range,
) -> Chw {
    let factor = map.scale() as u32;
    if factor < 2 {
        return bilinear(pixels, map, (width, height), border, range);
    }
    let (left, top, right, bottom) = bounds(pixels, map, width, height);
    let reduced = reduce(pixels, (left, top, right - left, bottom - top), factor);
    let m = map.0;
    let (scale, centre) = (factor as f32, (factor - 1) as f32 / 2.0);
    let map = Affine([
        m[0] / scale,
        m[1] / scale,
        (m[2] - left as f32 - centre) / scale,
        m[3] / scale,
        m[4] / scale,
        (m[5] - top as f32 - centre) / scale,
    ]);
    bilinear(&reduced, map, (width, height), border, range)
}

/// The whole photo with every `factor` × `factor` block averaged to one pixel; the rest at the far edges
/// becomes a last, narrower block.
pub fn reduced(pixels: &RgbImage, factor: u32) -> RgbImage {
    reduce(pixels, (0, 0, pixels.width(), pixels.height()), factor)
}

/// The part of the photo that the map touches, as left, top, right, bottom; never empty.
fn bounds(pixels: &RgbImage, map: Affine, width: usize, height: usize) -> (u32, u32, u32, u32) {
    let (right, bottom) = (width as f32, height as f32);
    let corners = [(0.0, 0.0), (right, 0.0), (0.0, bottom), (right, bottom)].map(|(x, y)| map.apply(x, y));
    let span = |values: [f32; 4], size: u32| {
        let low = values.into_iter().fold(f32::INFINITY, f32::min) - 1.0;
        let high = values.into_iter().fold(f32::NEG_INFINITY, f32::max) + 2.0;
        let low = (low.max(0.0) as u32).min(size - 1);
        (low, (high.max(0.0) as u32).clamp(low + 1, size))
    };
    let (left, right) = span(corners.map(|corner| corner.0), pixels.width());
    let (top, bottom) = span(corners.map(|corner| corner.1), pixels.height());
    (left, top, right, bottom)
}

fn reduce(pixels: &RgbImage, (left, top, width, height): (u32, u32, u32, u32), factor: u32) -> RgbImage {
    let step = factor.div_ceil(SAMPLES_PER_AXIS).max(1) as usize;
    let row_length = pixels.width() as usize * 3;
    let columns = width.div_ceil(factor) as usize;
    let mut result = Vec::with_capacity(columns * height.div_ceil(factor) as usize * 3);
    let mut sums = vec![[0u32; 3]; columns];
    let mut counts = vec![0u32; columns];
    for block_top in (top..top + height).step_by(factor as usize) {
        sums.fill([0; 3]);
        counts.fill(0);
        for y in (block_top..(block_top + factor).min(top + height)).step_by(step) {
            let start = y as usize * row_length + left as usize * 3;
            let row = &pixels.as_raw()[start..start + width as usize * 3];
            let blocks = row.chunks(factor as usize * 3);
            for ((block, sum), count) in blocks.zip(&mut sums).zip(&mut counts) {
                for pixel in block.chunks_exact(3).step_by(step) {
                    sum[0] += u32::from(pixel[0]);
                    sum[1] += u32::from(pixel[1]);
                    sum[2] += u32::from(pixel[2]);
                    *count += 1;
                }
            }
        }
        for (sum, &count) in sums.iter().zip(&counts) {
            result.extend(mean(*sum, count));
        }
    }
    let rows = height.div_ceil(factor);
    RgbImage::from_raw(columns as u32, rows, result).unwrap_or_else(|| RgbImage::new(1, 1))
}

/// 2³² over each count, rounded up: the product's upper half is the quotient, exactly, while dividend times count stays
/// below 2³².
const RECIPROCALS: [u64; 257] = {
    let mut table = [0; 257];
    let mut count = 1;
    while count < table.len() {
        table[count] = (1 << 32) / count as u64 + 1;
        count += 1;
    }
    table
};

/// Means of `count` 8-bit values in three channels, of which the sums are given, to the nearest; `count` is not 0.
pub fn mean(sums: [u32; 3], count: u32) -> [u8; 3] {
    match RECIPROCALS.get(count as usize) {
        Some(reciprocal) => sums.map(|sum| ((u64::from(sum + count / 2) * reciprocal) >> 32) as u8),
        None => sums.map(|sum| ((sum + count / 2) / count) as u8),
    }
}

fn bilinear(
    pixels: &RgbImage,
    map: Affine,
    (width, height): (usize, usize),
    border: Border,
    range: Range,
) -> Chw {
    let plane = width * height;
    let mut values = vec![0.0; 3 * plane];
    let (red, rest) = values.split_at_mut(plane);
    let (green, blue) = rest.split_at_mut(plane);
    let rows =
        red.chunks_exact_mut(width).zip(green.chunks_exact_mut(width)).zip(blue.chunks_exact_mut(width));
    for (row, ((red, green), blue)) in rows.enumerate() {
        for (column, ((red, green), blue)) in red.iter_mut().zip(green).zip(blue).enumerate() {
            let (x, y) = map.apply(column as f32, row as f32);
            let colour = pixel_between(pixels, x, y, border);
            *red = colour[0] * range.scale + range.shift;
            *green = colour[1] * range.scale + range.shift;
            *blue = colour[2] * range.scale + range.shift;
        }
    }
    Chw { channels: 3, height, width, values }
}

/// The whole number at or below; `floor` would call the C library on processors without the instruction.
fn whole(value: f32) -> i64 {
    let towards_zero = value as i64;
    towards_zero - i64::from((towards_zero as f32) > value)
}

/// The colour between the four pixels around a position, counted by index.
#[inline(always)]
pub fn pixel_between(pixels: &RgbImage, x: f32, y: f32, border: Border) -> [f32; 3] {
    let (left, top) = (whole(x), whole(y));
    let (right_share, bottom_share) = (x - left as f32, y - top as f32);
    let shares = [
        (1.0 - right_share) * (1.0 - bottom_share),
        right_share * (1.0 - bottom_share),
        (1.0 - right_share) * bottom_share,
        right_share * bottom_share,
    ];
    let (width, height) = (i64::from(pixels.width()), i64::from(pixels.height()));
    if left >= 0 && top >= 0 && left + 1 < width && top + 1 < height {
        let (above, row) = ((top * width + left) as usize * 3, width as usize * 3);
        let (above, below) =
            (&pixels.as_raw()[above..above + 6], &pixels.as_raw()[above + row..above + row + 6]);
        let mixed = |channel: usize| {
            f32::from(above[channel]) * shares[0]
                + f32::from(above[channel + 3]) * shares[1]
                + f32::from(below[channel]) * shares[2]
                + f32::from(below[channel + 3]) * shares[3]
        };
        return [mixed(0), mixed(1), mixed(2)];
    }
    across_the_edge(pixels, (left, top), shares, border)
}

/// The same where one of the four pixels lies outside; out of line, so that the usual case stays short.
#[inline(never)]
fn across_the_edge(pixels: &RgbImage, (left, top): (i64, i64), shares: [f32; 4], border: Border) -> [f32; 3] {
    let (width, height) = (i64::from(pixels.width()), i64::from(pixels.height()));
    let mut sum = [0.0; 3];
    let corners = [(left, top), (left + 1, top), (left, top + 1), (left + 1, top + 1)];
    for ((column, row), share) in corners.into_iter().zip(shares) {
        let outside = column < 0 || row < 0 || column >= width || row >= height;
        if outside && border == Border::Black {
            continue;
        }
        let at = ((row.clamp(0, height - 1) * width + column.clamp(0, width - 1)) * 3) as usize;
        for (sum, value) in sum.iter_mut().zip(&pixels.as_raw()[at..at + 3]) {
            *sum += f32::from(*value) * share;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    const RAW: Range = Range { scale: 1.0, shift: 0.0 };

    /// Red grows with x, green with y.
    fn ramp(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 7]))
    }

    #[test]
    fn an_upright_region_maps_its_corners() {
        let region = Region { centre: (50.0, 40.0), width: 20.0, height: 10.0, angle: 0.0 };
        assert_eq!(region.map(10, 10).apply(0.0, 0.0), (40.0, 35.0));
        assert_eq!(region.map(10, 10).apply(10.0, 10.0), (60.0, 45.0));
        assert_eq!(region.place(0.0, 1.0), (40.0, 45.0));
    }

    #[test]
    fn a_turned_region_agrees_with_its_places() {
        let region = Region { centre: (50.0, 40.0), width: 20.0, height: 10.0, angle: 0.7 };
        let (x, y) = region.map(64, 32).apply(16.0, 24.0);
        let (u, v) = region.place(0.25, 0.75);
        assert!((x - u).abs() < 1e-4 && (y - v).abs() < 1e-4, "{x} {y} {u} {v}");
    }

    #[test]
    fn sampling_by_the_identity_returns_the_pixels() {
        let chw = sample(&ramp(8, 6), Affine([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]), (8, 6), Border::Black, RAW);
        assert_eq!(chw.values[3], 3.0);
        assert_eq!(chw.values[48 + 2 * 8], 2.0);
        assert_eq!(chw.values[96], 7.0);
    }

    #[test]
    fn outside_is_black_or_the_nearest_pixel() {
        let map = Affine([1.0, 0.0, 10.0, 0.0, 1.0, 0.0]);
        let black = sample(&ramp(8, 6), map, (1, 1), Border::Black, RAW);
        let nearest = sample(&ramp(8, 6), map, (1, 1), Border::Nearest, RAW);
        assert_eq!((black.values[0], nearest.values[0]), (0.0, 7.0));
    }

    #[test]
    fn a_reduced_ramp_keeps_its_positions() {
        let map = Affine([5.0, 0.0, 3.0, 0.0, 5.0, 9.0]);
        let chw = sample(&ramp(200, 200), map, (30, 30), Border::Nearest, RAW);
        for (column, row) in [(2usize, 3usize), (20, 7), (28, 28)] {
            let (x, y) = map.apply(column as f32, row as f32);
            assert!((chw.values[row * 30 + column] - x).abs() < 1.1, "{column} {row}");
            assert!((chw.values[900 + row * 30 + column] - y).abs() < 1.1, "{column} {row}");
        }
    }

    #[test]
    fn a_mean_without_division_is_the_rounded_mean() {
        for count in 1..300_u32 {
            for sum in (0..=255 * count).step_by(1 + count as usize / 9) {
                assert_eq!(mean([sum, 0, 255 * count], count), [((sum + count / 2) / count) as u8, 0, 255]);
            }
        }
    }

    #[test]
    fn whole_numbers_are_at_or_below() {
        for value in [-2.0_f32, -1.5, -0.0, 0.0, 0.4, 3.0, 3.9] {
            assert_eq!(whole(value), value.floor() as i64);
        }
    }

    #[test]
    fn odd_sizes_reduce_without_loss() {
        fn check(width: u32, height: u32, factor: u32, expect: (u32, u32)) {
            assert_eq!(reduced(&ramp(width, height), factor).dimensions(), expect);
        }
        check(1, 1, 5, (1, 1));
        check(10, 5000, 7, (2, 715));
        check(9, 9, 3, (3, 3));
    }
}
