//! Reduced copies of a part of the photo: head and surroundings for matte, light and background; the face
//! for eyes, mouth, glasses and sharpness.

use image::RgbImage;

use crate::inspect::crop::Touches;
use crate::inspect::matte::fitting_size;
use crate::inspect::warp::mean;
use crate::photo::{Point, Rect};

use super::geometry::FaceAxes;

/// Longer side of the working copy at most, pixels; no finer than what the matte knows.
const LONGEST_PX: u32 = 512;
/// How far the copy reaches from the point between the eyes, in eye distances: a good deal more than any
/// crop keeps, and no more, so that a small figure in a large photo is still seen large.
const REACH_SIDE_IED: f64 = 4.5;
const REACH_UP_IED: f64 = 4.5;
const REACH_DOWN_IED: f64 = 6.5;
/// The copy of the face keeps at least this eye distance, pixels: more than any patch is cut at.
const FACE_IED_PX: f64 = 180.0;
const FACE: (f64, f64, f64, f64) = (-1.5, -1.0, 1.5, 1.7);

/// A reduced copy of a part of the photo.
#[derive(Clone, Debug)]
pub struct WorkingCopy {
    pub pixels: RgbImage,
    /// The part of the photo it shows, in whole photo pixels.
    pub part: Rect,
    /// Working pixels per photo pixel.
    pub scale: f64,
    /// Which of its edges are edges of the photo.
    pub photo_edges: Touches,
}

impl WorkingCopy {
    /// The part of `photo` around the face.
    pub fn around(photo: &RgbImage, axes: &FaceAxes) -> Self {
        let (x, y, ied) = (f64::from(axes.origin.x), f64::from(axes.origin.y), axes.ied_px);
        let span = |from: f64, to: f64, length: u32| {
            let from = from.clamp(0.0, f64::from(length - 1)) as u32;
            (from, (to.clamp(0.0, f64::from(length)).ceil() as u32).max(from + 1))
        };
        let (left, right) = span(x - REACH_SIDE_IED * ied, x + REACH_SIDE_IED * ied, photo.width());
        let (top, bottom) = span(y - REACH_UP_IED * ied, y + REACH_DOWN_IED * ied, photo.height());
        let size = (right - left, bottom - top);
        Self::of(photo, (left, top), size, fitting_size(size, LONGEST_PX))
    }

    /// The face alone, reduced by a whole factor so that fine edges keep their width.
    pub fn of_face(photo: &RgbImage, axes: &FaceAxes) -> Self {
        let factor = (axes.ied_px / FACE_IED_PX).floor().max(1.0) as u32;
        let corners = [(FACE.0, FACE.1), (FACE.2, FACE.1), (FACE.2, FACE.3), (FACE.0, FACE.3)];
        let corners = corners.map(|corner| axes.to_photo(corner));
        let span = |value: fn(&Point) -> f32, length: u32| {
            let least =
                corners.iter().map(value).fold(f32::MAX, f32::min).clamp(0.0, (length - 1) as f32) as u32;
            let most = corners.iter().map(value).fold(f32::MIN, f32::max).clamp(0.0, length as f32) as u32;
            // Whole blocks only; a face at the very edge gives up less than one block.
            let blocks = (most.saturating_sub(least) / factor).max(1);
            (least.min(length.saturating_sub(blocks * factor)), blocks)
        };
        let (left, columns) = span(|corner| corner.x, photo.width());
        let (top, rows) = span(|corner| corner.y, photo.height());
        let width = (columns * factor).min(photo.width() - left);
        let height = (rows * factor).min(photo.height() - top);
        Self::of(photo, (left, top), (width, height), (columns, rows))
    }

    fn of(
        photo: &RgbImage,
        (left, top): (u32, u32),
        (width, height): (u32, u32),
        (copy_width, copy_height): (u32, u32),
    ) -> Self {
        Self {
            pixels: average(photo, (left, top), (width, height), (copy_width, copy_height)),
            part: Rect::new(left as f32, top as f32, width as f32, height as f32),
            scale: f64::from(copy_width.max(copy_height)) / f64::from(width.max(height)),
            photo_edges: Touches {
                top: top == 0,
                left: left == 0,
                right: left + width == photo.width(),
                bottom: top + height == photo.height(),
            },
        }
    }

    /// A point of the copy in photo pixels.
    pub fn to_photo(&self, point: Point) -> Point {
        let scale = self.scale as f32;
        Point::new(self.part.x + point.x / scale, self.part.y + point.y / scale)
    }

    /// A rectangle of the copy in photo pixels.
    pub fn rect_to_photo(&self, rect: Rect) -> Rect {
        let (corner, scale) = (self.to_photo(Point::new(rect.x, rect.y)), self.scale as f32);
        Rect::new(corner.x, corner.y, rect.width / scale, rect.height / scale)
    }

    /// A photo point in pixels of the copy.
    pub fn to_copy(&self, point: Point) -> Point {
        let scale = self.scale as f32;
        Point::new((point.x - self.part.x) * scale, (point.y - self.part.y) * scale)
    }

    /// The face's axes in pixels of the copy.
    pub fn axes(&self, axes: &FaceAxes) -> FaceAxes {
        FaceAxes {
            origin: self.to_copy(axes.origin),
            roll_deg: axes.roll_deg,
            ied_px: axes.ied_px * self.scale,
        }
    }
}

/// Mean of the block of photo pixels under each pixel of the copy; blocks share no pixel.
fn average(
    photo: &RgbImage,
    (photo_left, photo_top): (u32, u32),
    (part_width, part_height): (u32, u32),
    (width, height): (u32, u32),
) -> RgbImage {
    let bounds = |index: u32, count: u32, length: u32, offset: u32| {
        let at = |index: u32| (u64::from(index) * u64::from(length) / u64::from(count)) as usize;
        (offset as usize + at(index), offset as usize + at(index + 1).max(at(index) + 1))
    };
    let columns: Vec<(usize, usize)> =
        (0..width).map(|column| bounds(column, width, part_width, 0)).collect();
    let stride = photo.width() as usize * 3;
    let part = photo_left as usize * 3..(photo_left + part_width) as usize * 3;
    let mut copy = RgbImage::new(width, height);
    // The rows added up first, value by value, then the columns.
    let mut sums = vec![0_u32; part.len()];
    for (row, into) in copy.chunks_exact_mut(width as usize * 3).enumerate() {
        let (top, bottom) = bounds(row as u32, height, part_height, photo_top);
        sums.fill(0);
        for line in photo.as_raw()[top * stride..bottom * stride].chunks_exact(stride) {
            for (sum, value) in sums.iter_mut().zip(&line[part.clone()]) {
                *sum += u32::from(*value);
            }
        }
        for (into, &(left, right)) in into.chunks_exact_mut(3).zip(&columns) {
            let mut sum = [0; 3];
            for pixel in sums[left * 3..right * 3].chunks_exact(3) {
                (0..3).for_each(|channel| sum[channel] += pixel[channel]);
            }
            into.copy_from_slice(&mean(sum, ((right - left) * (bottom - top)) as u32));
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn axes(x: f32, y: f32, ied_px: f64) -> FaceAxes {
        FaceAxes { origin: Point::new(x, y), roll_deg: 0.0, ied_px }
    }

    #[test]
    fn a_large_photo_is_averaged_down() {
        let photo = RgbImage::from_fn(1024, 256, |x, _| Rgb([if x % 2 == 0 { 0 } else { 200 }; 3]));
        let copy = WorkingCopy::around(&photo, &axes(512.0, 128.0, 200.0));
        assert_eq!(copy.pixels.dimensions(), (512, 128));
        assert!(copy.pixels.pixels().all(|pixel| pixel.0 == [100; 3]));
        assert_eq!(copy.to_photo(Point::new(256.0, 64.0)), Point::new(512.0, 128.0));
    }

    #[test]
    fn a_small_figure_is_seen_large() {
        let photo = RgbImage::from_pixel(3000, 4000, Rgb([1, 2, 3]));
        let copy = WorkingCopy::around(&photo, &axes(1500.0, 900.0, 50.0));
        assert_eq!(copy.part, Rect::new(1275.0, 675.0, 450.0, 550.0));
        assert_eq!(copy.photo_edges, Touches::default());
        let there = Point::new(1500.0, 900.0);
        assert!(copy.to_photo(copy.to_copy(there)).distance(there) < 0.01);
    }

    #[test]
    fn the_face_is_reduced_by_a_whole_factor() {
        let photo = RgbImage::from_pixel(3000, 4000, Rgb([1, 2, 3]));
        let large = WorkingCopy::of_face(&photo, &axes(1500.0, 1500.0, 900.0));
        assert!((large.scale - 0.2).abs() < 1e-9);
        let small = WorkingCopy::of_face(&photo, &axes(20.0, 10.0, 100.0));
        assert_eq!((small.scale, small.part.x, small.part.y), (1.0, 0.0, 0.0));
        let tiny = RgbImage::from_pixel(3, 2, Rgb([1, 2, 3]));
        assert!(WorkingCopy::of_face(&tiny, &axes(900.0, -900.0, 800.0)).pixels.width() >= 1);
    }

    #[test]
    fn a_finished_photo_is_kept_whole() {
        let photo = RgbImage::from_pixel(384, 512, Rgb([1, 2, 3]));
        let copy = WorkingCopy::around(&photo, &axes(192.0, 200.0, 80.0));
        assert_eq!((copy.scale, copy.pixels.dimensions()), (1.0, (384, 512)));
        assert_eq!(copy.photo_edges, Touches { top: true, left: true, right: true, bottom: true });
    }
}
