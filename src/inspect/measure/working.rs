//! The small copy of a photo on which matte, light and background are measured.

use image::{Rgb, RgbImage};

use crate::photo::Point;

/// Longer side of the working copy at most, pixels.
const LONGEST_PX: u32 = 640;

/// A reduced copy and how it relates to the photo.
#[derive(Clone, Debug)]
pub struct WorkingCopy {
    pub pixels: RgbImage,
    /// Working pixels per photo pixel.
    pub scale: f64,
}

impl WorkingCopy {
    /// Averages blocks of the photo; a photo that is small already is kept as it is.
    pub fn of(photo: &RgbImage) -> Self {
        let longest = photo.width().max(photo.height());
        if longest <= LONGEST_PX {
            return Self { pixels: photo.clone(), scale: 1.0 };
        }
        let scale = f64::from(LONGEST_PX) / f64::from(longest);
        let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
        Self { pixels: average(photo, side(photo.width()), side(photo.height())), scale }
    }

    /// A point of the copy in photo pixels.
    pub fn to_photo(&self, point: Point) -> Point {
        let scale = self.scale as f32;
        Point::new(point.x / scale, point.y / scale)
    }
}

/// Mean of the block of photo pixels under each pixel of the copy; blocks share no pixel.
fn average(photo: &RgbImage, width: u32, height: u32) -> RgbImage {
    let bounds = |index: u32, count: u32, length: u32| {
        let at = |index: u32| (u64::from(index) * u64::from(length) / u64::from(count)) as usize;
        (at(index), at(index + 1).max(at(index) + 1))
    };
    let columns: Vec<(usize, usize)> = (0..width).map(|column| bounds(column, width, photo.width())).collect();
    let stride = photo.width() as usize * 3;
    let mut copy = RgbImage::new(width, height);
    let mut sums = vec![[0_u32; 3]; width as usize];
    for row in 0..height {
        let (top, bottom) = bounds(row, height, photo.height());
        sums.fill([0; 3]);
        for line in photo.as_raw()[top * stride..bottom * stride].chunks_exact(stride) {
            for (sum, (left, right)) in sums.iter_mut().zip(&columns) {
                for pixel in line[left * 3..right * 3].chunks_exact(3) {
                    sum[0] += u32::from(pixel[0]);
                    sum[1] += u32::from(pixel[1]);
                    sum[2] += u32::from(pixel[2]);
                }
            }
        }
        for (column, (sum, (left, right))) in sums.iter().zip(&columns).enumerate() {
            let count = ((right - left) * (bottom - top)) as u32;
            copy.put_pixel(column as u32, row, Rgb(sum.map(|value| ((value + count / 2) / count) as u8)));
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_photo_is_averaged_down() {
        let photo = RgbImage::from_fn(1280, 320, |x, _| Rgb([if x % 2 == 0 { 0 } else { 200 }; 3]));
        let copy = WorkingCopy::of(&photo);
        assert_eq!(copy.pixels.dimensions(), (640, 160));
        assert!(copy.pixels.pixels().all(|pixel| pixel.0 == [100; 3]));
        assert_eq!(copy.to_photo(Point::new(320.0, 80.0)), Point::new(640.0, 160.0));
    }

    #[test]
    fn a_small_photo_is_kept() {
        let photo = RgbImage::from_pixel(480, 640, Rgb([1, 2, 3]));
        assert_eq!(WorkingCopy::of(&photo).scale, 1.0);
    }
}
