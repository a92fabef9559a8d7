//! Resampling with a Lanczos filter, and the upright or turned crop of a picture.

use image::{Rgb, RgbImage};

use super::geometry::Rect;

/// `pixels` scaled to exactly `width_px` × `height_px` (Lanczos3, convolution).
pub fn resize(_pixels: &RgbImage, _width_px: u32, _height_px: u32) -> RgbImage {
    todo!()
}

/// The rectangle `source` (turned by `angle_degrees` about its centre) scaled to the given size.
/// Where it reaches outside the picture, `fill` is used.
pub fn crop_and_resize(
    _pixels: &RgbImage,
    _source: Rect,
    _angle_degrees: f32,
    _width_px: u32,
    _height_px: u32,
    _fill: Rgb<u8>,
) -> RgbImage {
    todo!()
}
