//! The person's opacity, and the trait behind which matting models stand.

use image::RgbImage;

use super::FaceError;

/// Opacity of the person, 0.0 background to 1.0 person, row by row.
///
/// A matte has its own size, often smaller than the photo's; it covers the same area. Matte position
/// `(u, v)` and photo position `(x, y)` (both with pixel (0, 0) covering the square from (0, 0) to (1, 1))
/// belong together when `u / width_px = x / photo_width_px` and `v / height_px = y / photo_height_px`.
#[derive(Clone, Debug, PartialEq)]
pub struct Matte {
    pub width_px: u32,
    pub height_px: u32,
    /// Size of the photo the matte was made of.
    pub photo_width_px: u32,
    pub photo_height_px: u32,
    pub alpha: Vec<f32>,
}

impl Matte {
    /// Opacity at a whole pixel of the matte itself.
    pub fn at(&self, column: u32, row: u32) -> f32 {
        self.alpha[(row * self.width_px + column) as usize]
    }

    /// Opacity at a photo position, between the matte's pixels; outside the photo that of the nearest edge.
    pub fn sample(&self, x_photo: f32, y_photo: f32) -> f32 {
        let (across, down) = self.scale();
        let (columns, rows) =
            (Between::at(x_photo * across, self.width_px), Between::at(y_photo * down, self.height_px));
        self.between(columns, rows)
    }

    fn between(&self, columns: Between, rows: Between) -> f32 {
        let across = |row: usize| {
            let line = row * self.width_px as usize;
            columns.mix(self.alpha[line + columns.before], self.alpha[line + columns.after])
        };
        rows.mix(across(rows.before), across(rows.after))
    }

    /// Matte pixels per photo pixel, across and down.
    pub fn scale(&self) -> (f32, f32) {
        (
            self.width_px as f32 / self.photo_width_px.max(1) as f32,
            self.height_px as f32 / self.photo_height_px.max(1) as f32,
        )
    }

    /// The same matte with one pixel for each of `pixels`, the picture it was made of.
    pub fn resized_to(self, pixels: &RgbImage) -> Self {
        if (self.width_px, self.height_px) == pixels.dimensions() {
            return self;
        }
        self.resized(pixels.width(), pixels.height())
    }

    /// The same matte with another number of pixels.
    pub fn resized(&self, width_px: u32, height_px: u32) -> Self {
        let (across, down) = (
            self.photo_width_px as f32 / width_px.max(1) as f32,
            self.photo_height_px as f32 / height_px.max(1) as f32,
        );
        let scale = self.scale();
        let place = |index: u32, step: f32, scale: f32, size: u32| {
            Between::at((index as f32 + 0.5) * step * scale, size)
        };
        let columns: Vec<Between> =
            (0..width_px).map(|column| place(column, across, scale.0, self.width_px)).collect();
        // Each line across once, for several rows lie between the same two.
        let across = |line: &[f32]| -> Vec<f32> {
            columns.iter().map(|column| column.mix(line[column.before], line[column.after])).collect()
        };
        let lines: Vec<Vec<f32>> = self.alpha.chunks_exact(self.width_px as usize).map(across).collect();
        let mut alpha = Vec::with_capacity(width_px as usize * height_px as usize);
        for row in (0..height_px).map(|row| place(row, down, scale.1, self.height_px)) {
            let pairs = lines[row.before].iter().zip(&lines[row.after]);
            alpha.extend(pairs.map(|(above, below)| row.mix(*above, *below)));
        }
        Self {
            width_px,
            height_px,
            photo_width_px: self.photo_width_px,
            photo_height_px: self.photo_height_px,
            alpha,
        }
    }
}

/// A position between two neighbouring columns or rows of a matte.
#[derive(Clone, Copy)]
struct Between {
    before: usize,
    after: usize,
    /// Weight of `after`, 0..=1.
    share: f32,
}

impl Between {
    /// `position` counts from the matte's edge, one for each of its `size` columns or rows.
    fn at(position: f32, size: u32) -> Self {
        let last = size.max(1) - 1;
        let position = (position - 0.5).clamp(0.0, last as f32);
        let before = position as u32;
        Self {
            before: before as usize,
            after: (before + 1).min(last) as usize,
            share: position - before as f32,
        }
    }

    fn mix(self, before: f32, after: f32) -> f32 {
        before * (1.0 - self.share) + after * self.share
    }
}

/// The size nearest to the photo's shape whose longer side is at most `longest_px`; never larger than the photo.
pub fn fitting_size(photo: (u32, u32), longest_px: u32) -> (u32, u32) {
    let longest = photo.0.max(photo.1).max(1);
    if longest <= longest_px {
        return (photo.0.max(1), photo.1.max(1));
    }
    let fit =
        |side: u32| (u64::from(side) * u64::from(longest_px)).div_ceil(u64::from(longest)).max(1) as u32;
    (fit(photo.0), fit(photo.1))
}

/// Separates person from background.
pub trait MatteModel: Send + Sync {
    /// A matte covering the whole of `pixels`, of a size the model chooses.
    fn matte(&self, pixels: &RgbImage) -> Result<Matte, FaceError>;

    /// The model's name, for the record of what was done to a photo.
    fn name(&self) -> String {
        std::any::type_name::<Self>().rsplit("::").next().unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Left half 0, right half 1, made of a photo ten times as large.
    fn halves() -> Matte {
        Matte {
            width_px: 4,
            height_px: 2,
            photo_width_px: 40,
            photo_height_px: 20,
            alpha: vec![0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0],
        }
    }

    #[test]
    fn a_photo_position_finds_its_matte_pixel() {
        fn check(x: f32, y: f32, expect: f32) {
            assert!((halves().sample(x, y) - expect).abs() < 1e-5, "{x} {y}");
        }
        check(5.0, 5.0, 0.0);
        check(20.0, 10.0, 0.5);
        check(25.0, 15.0, 1.0);
        check(-9.0, 99.0, 0.0);
        check(1000.0, -5.0, 1.0);
    }

    #[test]
    fn resizing_keeps_the_edge_in_its_place() {
        let large = halves().resized(40, 20);
        assert_eq!((large.at(5, 5), large.at(35, 5)), (0.0, 1.0));
        assert!((large.at(19, 10) - 0.45).abs() < 0.01);
        assert_eq!(large.scale(), (1.0, 1.0));
    }

    #[test]
    fn sizes_fit_and_never_vanish() {
        fn check(photo: (u32, u32), expect: (u32, u32)) {
            assert_eq!(fitting_size(photo, 512), expect, "{photo:?}");
        }
        check((300, 400), (300, 400));
        check((3000, 4000), (384, 512));
        check((10, 5000), (2, 512));
        check((1, 100_000), (1, 512));
    }
}
