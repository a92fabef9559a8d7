//! One frame as the camera sent it, to be shown as pixels or kept as a JPEG file.

use image::{Rgb, RgbImage};

use super::CameraError;
use crate::photo::encode::{JpegSetting, Subsampling, encode_jpeg_at};
use crate::photo::motion::jpeg_of_frame;
use crate::photo::units::Dpi;
use crate::photo::{DecodeLimits, decode};

/// Stills that come as plain pixels are kept at this quality (libjpeg scale), without thinning the colours.
const STILL_QUALITY: u8 = 97;
/// A camera's picture has no size on paper; this is what other cameras write.
const STILL_DPI: Dpi = Dpi(72);

/// How the bytes of a frame stand for pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Motion JPEG.
    Mjpeg,
    /// Two pixels in four bytes, Y U Y V, ITU-R BT.601 in video range.
    Yuyv,
    /// Red, green, blue.
    Rgb,
}

/// One frame, row by row without gaps unless `row_bytes` says more.
#[derive(Clone, Debug)]
pub struct Frame {
    pub width_px: u32,
    pub height_px: u32,
    pub coding: Coding,
    /// Bytes from one row to the next; of no meaning in Motion JPEG.
    pub row_bytes: usize,
    pub bytes: Vec<u8>,
}

impl Frame {
    pub fn of_pixels(pixels: RgbImage) -> Self {
        let (width_px, height_px) = pixels.dimensions();
        let row_bytes = width_px as usize * 3;
        Self { width_px, height_px, coding: Coding::Rgb, row_bytes, bytes: pixels.into_raw() }
    }

    /// The pixels, sRGB.
    pub fn pixels(&self, limits: &DecodeLimits) -> Result<RgbImage, CameraError> {
        match self.coding {
            Coding::Mjpeg => {
                let photo = decode(&self.whole_jpeg()?, limits)
                    .map_err(|error| CameraError::BadFrame { cause: error.code().to_owned() })?;
                Ok(photo.pixels)
            }
            Coding::Yuyv => self.yuyv_pixels(),
            Coding::Rgb => RgbImage::from_raw(self.width_px, self.height_px, self.bytes.clone())
                .ok_or_else(|| bad("it is shorter than its size")),
        }
    }

    /// The frame as a file to be kept. Motion JPEG is not coded anew.
    pub fn jpeg(&self, limits: &DecodeLimits) -> Result<Vec<u8>, CameraError> {
        if self.coding == Coding::Mjpeg {
            return self.whole_jpeg();
        }
        let setting = JpegSetting {
            dpi: STILL_DPI,
            quality: STILL_QUALITY,
            subsampling: Subsampling::Chroma444,
            optimized_tables: true,
            embed_icc: false,
        };
        let coded = encode_jpeg_at(&self.pixels(limits)?, setting).map_err(|error| bad(error.code()))?;
        Ok(coded.bytes)
    }

    fn whole_jpeg(&self) -> Result<Vec<u8>, CameraError> {
        jpeg_of_frame(&self.bytes).ok_or_else(|| bad("it is cut off"))
    }

    fn yuyv_pixels(&self) -> Result<RgbImage, CameraError> {
        let row_used = self.width_px as usize * 2;
        let row_bytes = self.row_bytes.max(row_used);
        let needed = row_bytes * (self.height_px as usize).saturating_sub(1) + row_used;
        if !self.width_px.is_multiple_of(2) || self.bytes.len() < needed {
            return Err(bad("it is shorter than its size"));
        }
        let mut pixels = RgbImage::new(self.width_px, self.height_px);
        for (row, out) in pixels.rows_mut().enumerate() {
            let bytes = &self.bytes[row * row_bytes..row * row_bytes + row_used];
            for (pair, out) in bytes.chunks_exact(4).zip(out.collect::<Vec<_>>().chunks_exact_mut(2)) {
                *out[0] = rgb(pair[0], pair[1], pair[3]);
                *out[1] = rgb(pair[2], pair[1], pair[3]);
            }
        }
        Ok(pixels)
    }
}

/// ITU-R BT.601, video range (16–235 and 16–240) to full range, in 1/256.
fn rgb(luma: u8, blue: u8, red: u8) -> Rgb<u8> {
    let y = 298 * (i32::from(luma) - 16);
    let (u, v) = (i32::from(blue) - 128, i32::from(red) - 128);
    let level = |sum: i32| ((sum + 128) >> 8).clamp(0, 255) as u8;
    Rgb([level(y + 409 * v), level(y - 100 * u - 208 * v), level(y + 516 * u)])
}

fn bad(cause: &str) -> CameraError {
    CameraError::BadFrame { cause: cause.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> DecodeLimits {
        DecodeLimits::built_in().unwrap()
    }

    fn yuyv(width_px: u32, height_px: u32, row_bytes: usize, bytes: Vec<u8>) -> Frame {
        Frame { width_px, height_px, coding: Coding::Yuyv, row_bytes, bytes }
    }

    #[test]
    fn yuyv_gives_black_white_and_red_with_gaps_between_the_rows() {
        let black_white = [16, 128, 235, 128];
        let red = [81, 90, 81, 240];
        let bytes = [&black_white[..], &[9, 9, 9], &red[..]].concat();
        let pixels = yuyv(2, 2, 7, bytes).pixels(&limits()).unwrap();
        assert_eq!(pixels.get_pixel(0, 0).0, [0, 0, 0]);
        assert_eq!(pixels.get_pixel(1, 0).0, [255, 255, 255]);
        let [r, g, b] = pixels.get_pixel(0, 1).0;
        assert!(r > 250 && g < 4 && b < 4, "{r} {g} {b}");
    }

    #[test]
    fn a_frame_cut_short_is_told() {
        let cut = yuyv(4, 2, 8, vec![0; 15]).pixels(&limits());
        assert!(matches!(cut, Err(CameraError::BadFrame { .. })));
        let frame =
            Frame { width_px: 8, height_px: 8, coding: Coding::Mjpeg, row_bytes: 0, bytes: vec![0xFF, 0xD8] };
        assert!(frame.jpeg(&limits()).is_err() && frame.pixels(&limits()).is_err());
    }

    #[test]
    fn plain_pixels_are_kept_nearly_as_they_are() {
        let pixels = RgbImage::from_fn(64, 64, |x, y| Rgb([(x * 3) as u8, (y * 3) as u8, 120]));
        let file = Frame::of_pixels(pixels.clone()).jpeg(&limits()).unwrap();
        let back = decode(&file, &limits()).unwrap().pixels;
        let worst = pixels.as_raw().iter().zip(back.as_raw()).map(|(one, other)| one.abs_diff(*other)).max();
        assert!(worst.unwrap() <= 8, "{worst:?}");
    }
}
