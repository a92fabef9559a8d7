//! A finished picture to the bytes of a PNG or TIFF file that says its density and that it is sRGB.

use std::borrow::Cow;
use std::io::Cursor;

use image::RgbImage;
use tiff::encoder::colortype::RGB8;
use tiff::encoder::{Compression, Predictor, Rational, TiffEncoder};
use tiff::tags::{ResolutionUnit, Tag};

use super::srgb::srgb_profile;
use super::units::{Dpi, MM_PER_INCH};

/// A picture that could not be written. `code()` is stable; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
#[error(
    "the {format} of {width_px}×{height_px} px could not be made: {reason}; use a lower density or another format"
)]
pub struct LosslessError {
    pub format: &'static str,
    pub width_px: u32,
    pub height_px: u32,
    pub reason: String,
}

impl LosslessError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        "picture_not_encoded"
    }

    fn new(format: &'static str, pixels: &RgbImage, reason: &dyn ToString) -> Self {
        let (width_px, height_px) = pixels.dimensions();
        Self { format, width_px, height_px, reason: reason.to_string() }
    }
}

/// A PNG file with `pHYs` density and sRGB profile.
pub fn encode_png(pixels: &RgbImage, dpi: Dpi) -> Result<Vec<u8>, LosslessError> {
    write_png(pixels, dpi).map_err(|reason| LosslessError::new("PNG", pixels, &reason))
}

/// An LZW-compressed TIFF file with resolution tags and sRGB profile.
pub fn encode_tiff(pixels: &RgbImage, dpi: Dpi) -> Result<Vec<u8>, LosslessError> {
    write_tiff(pixels, dpi).map_err(|reason| LosslessError::new("TIFF", pixels, &reason))
}

fn write_png(pixels: &RgbImage, dpi: Dpi) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut info = png::Info::with_size(pixels.width(), pixels.height());
    info.color_type = png::ColorType::Rgb;
    info.bit_depth = png::BitDepth::Eight;
    let per_metre = (f64::from(dpi.0) * 1000.0 / MM_PER_INCH).round() as u32;
    info.pixel_dims = Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter });
    info.icc_profile = Some(Cow::Borrowed(srgb_profile()));
    let mut encoder = png::Encoder::with_info(&mut bytes, info).map_err(|error| error.to_string())?;
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(|error| error.to_string())?;
    writer.write_image_data(pixels.as_raw()).map_err(|error| error.to_string())?;
    writer.finish().map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn write_tiff(pixels: &RgbImage, dpi: Dpi) -> Result<Vec<u8>, String> {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes)
        .map_err(|error| error.to_string())?
        .with_compression(Compression::Lzw)
        .with_predictor(Predictor::Horizontal);
    let mut image =
        encoder.new_image::<RGB8>(pixels.width(), pixels.height()).map_err(|error| error.to_string())?;
    image.resolution(ResolutionUnit::Inch, Rational { n: dpi.0, d: 1 });
    image.encoder().write_tag(Tag::IccProfile, srgb_profile()).map_err(|error| error.to_string())?;
    image.write_data(pixels.as_raw()).map_err(|error| error.to_string())?;
    Ok(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use tiff::decoder::ifd::Value;

    use super::*;

    fn gradient() -> RgbImage {
        RgbImage::from_fn(61, 37, |x, y| image::Rgb([(x * 4) as u8, (y * 6) as u8, (x * y) as u8]))
    }

    #[test]
    fn a_png_keeps_pixels_density_and_profile() {
        let bytes = encode_png(&gradient(), Dpi(300)).unwrap();
        assert_eq!(image::load_from_memory(&bytes).unwrap().to_rgb8(), gradient());
        let reader = png::Decoder::new(Cursor::new(&bytes)).read_info().unwrap();
        assert_eq!(reader.info().pixel_dims.unwrap().xppu, 11_811);
        assert_eq!(reader.info().icc_profile.as_deref(), Some(srgb_profile()));
    }

    #[test]
    fn a_tiff_keeps_pixels_density_and_profile() {
        let bytes = encode_tiff(&gradient(), Dpi(350)).unwrap();
        assert_eq!(image::load_from_memory(&bytes).unwrap().to_rgb8(), gradient());
        let mut decoder = tiff::decoder::Decoder::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(decoder.get_tag(Tag::XResolution).unwrap(), Value::Rational(350, 1));
        assert_eq!(decoder.get_tag_u32(Tag::ResolutionUnit).unwrap(), 2);
        assert_eq!(decoder.get_tag_u8_vec(Tag::IccProfile).unwrap(), srgb_profile());
    }
}
