//! Cuts the solved crop out of the photo and marks what lies outside of the photo.

use image::{Rgb, RgbImage};

use crate::inspect::CropSolution;
use crate::photo::resize::crop_and_resize;
use crate::photo::{Point, Rect};

/// Output pixels beside the photo's edge that the resampling filter mixes with the fill.
const FILTER_REACH_PX: usize = 2;

/// A crop at its working size.
#[derive(Clone, Debug)]
pub(super) struct Cropped {
    pub pixels: RgbImage,
    /// True where the photo had no pixel and the fill is seen, row by row.
    pub outside: Vec<bool>,
}

/// The crop scaled to `width_px` × `height_px`; where it overshoots the photo it is filled with the photo's own border.
pub(super) fn cropped(photo: &RgbImage, crop: &CropSolution, width_px: u32, height_px: u32) -> Cropped {
    let source = Rect::new(crop.x, crop.y, crop.width, crop.height);
    let pixels = crop_and_resize(photo, source, crop.angle, width_px, height_px, border_colour(photo));
    Cropped { pixels, outside: outside(photo, source, crop.angle, width_px as usize, height_px as usize) }
}

/// Mean colour of both side edges in the upper half, where a portrait shows its background.
pub(super) fn border_colour(photo: &RgbImage) -> Rgb<u8> {
    let right = photo.width().saturating_sub(1);
    let rows = 0..photo.height().div_ceil(2);
    let mut sum = [0_u64; 3];
    for pixel in rows.clone().flat_map(|y| [photo.get_pixel(0, y), photo.get_pixel(right, y)]) {
        for (total, value) in sum.iter_mut().zip(pixel.0) {
            *total += u64::from(value);
        }
    }
    let count = rows.len().max(1) as u64 * 2;
    Rgb(sum.map(|total| (total / count) as u8))
}

fn outside(photo: &RgbImage, source: Rect, angle_degrees: f32, width: usize, height: usize) -> Vec<bool> {
    let (photo_width, photo_height) = (photo.width() as f32, photo.height() as f32);
    let (step_x, step_y) = (source.width / width as f32, source.height / height as f32);
    let centre = source.centre();
    let is_outside = |x: usize, y: usize| {
        let straight = Point::new(source.x + (x as f32 + 0.5) * step_x, source.y + (y as f32 + 0.5) * step_y);
        let at = straight.rotated_about(centre, angle_degrees);
        at.x < 0.0 || at.y < 0.0 || at.x > photo_width || at.y > photo_height
    };
    let bare: Vec<bool> = (0..width * height).map(|index| is_outside(index % width, index / width)).collect();
    if !bare.contains(&true) {
        return bare;
    }
    let near = |index: usize| {
        let (x, y) = (index % width, index / width);
        let columns = x.saturating_sub(FILTER_REACH_PX)..=(x + FILTER_REACH_PX).min(width - 1);
        let mut rows = y.saturating_sub(FILTER_REACH_PX)..=(y + FILTER_REACH_PX).min(height - 1);
        rows.any(|row| columns.clone().any(|column| bare[row * width + column]))
    };
    (0..width * height).map(near).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solution(x: f32, width: f32) -> CropSolution {
        CropSolution {
            x,
            y: 0.0,
            width,
            height: 100.0,
            angle: 0.0,
            scale: 1.0,
            crown_y: 0.0,
            eye_y: 0.0,
            face_width: 0.0,
        }
    }

    #[test]
    fn overshoot_is_filled_with_the_border_and_marked() {
        let mut photo = RgbImage::from_pixel(100, 100, Rgb([9, 9, 9]));
        for y in 0..100 {
            photo.put_pixel(0, y, Rgb([200, 210, 220]));
            photo.put_pixel(99, y, Rgb([200, 210, 220]));
        }
        let crop = cropped(&photo, &solution(-20.0, 140.0), 140, 100);
        assert_eq!(crop.pixels.get_pixel(3, 50).0, [200, 210, 220]);
        assert_eq!(crop.pixels.get_pixel(70, 50).0, [9, 9, 9]);
        assert!(crop.outside[50 * 140 + 3] && crop.outside[50 * 140 + 21] && !crop.outside[50 * 140 + 70]);
    }

    #[test]
    fn a_crop_inside_has_no_outside() {
        let photo = RgbImage::from_pixel(100, 100, Rgb([9, 9, 9]));
        assert!(!cropped(&photo, &solution(10.0, 75.0), 75, 100).outside.contains(&true));
    }
}
