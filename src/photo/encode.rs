//! A picture to JPEG bytes inside a byte band, with density and sRGB profile, without padding tricks.

use image::RgbImage;
use jpeg_encoder::{
    ChromaSubsamplingMethod, ColorType, Encoder, PixelDensity, PixelDensityUnit, SamplingFactor,
};
use serde::{Deserialize, Serialize};

use super::band;
use super::baseline::{Coding, FileFrame, TableScale, TransformedPicture};
use super::srgb::srgb_profile;
use super::units::Dpi;

/// Chroma resolution of a JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subsampling {
    #[serde(rename = "4:2:0")]
    Chroma420,
    #[serde(rename = "4:4:4")]
    Chroma444,
}

/// What the encoded file must be.
#[derive(Clone, Copy, Debug)]
pub struct JpegTarget {
    pub dpi: Dpi,
    /// Smallest and largest file in bytes, where the standard names them.
    pub min_bytes: Option<u64>,
    pub max_bytes: Option<u64>,
    /// Lowest quality the standard allows (libjpeg scale).
    pub min_quality: u8,
    /// Highest quality worth trying; exceeded only to reach `min_bytes`.
    pub max_quality: u8,
    /// Writes a small sRGB profile into the file.
    pub embed_icc: bool,
}

impl JpegTarget {
    /// A file of this quality, however large it becomes, without a profile.
    pub const fn of_quality(dpi: Dpi, quality: u8) -> Self {
        Self {
            dpi,
            min_bytes: None,
            max_bytes: None,
            min_quality: quality,
            max_quality: quality,
            embed_icc: false,
        }
    }
}

/// A finished JPEG and how it was reached.
#[derive(Clone, Debug)]
pub struct EncodedJpeg {
    pub bytes: Vec<u8>,
    /// As readers take it from the file, on libjpeg's scale.
    pub quality: u8,
    /// The fineness between two qualities, when the file was fitted into a band.
    pub scale: Option<TableScale>,
    pub subsampling: Subsampling,
    /// False when the code tables of the JPEG norm were kept, because the file would have been too small.
    pub optimized_tables: bool,
}

/// Why no file inside the target exists. `code()` is stable; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    #[error(
        "even at quality {quality} the photo has {bytes} bytes, more than the {max_bytes} allowed; allow a lower quality or a larger file in the standard"
    )]
    TooLarge { bytes: u64, max_bytes: u64, quality: u8 },
    #[error(
        "even at the best quality the photo has {bytes} bytes, {missing} fewer than the {min_bytes} asked for; allow a smaller file in the standard, for it is not padded"
    )]
    TooSmall { bytes: u64, min_bytes: u64, missing: u64 },
    #[error("no quality gives a file from {min_bytes} to {max_bytes} bytes; widen the band in the standard")]
    NoFit { min_bytes: u64, max_bytes: u64 },
    #[error("a JPEG cannot have {width} × {height} pixels; choose sides from 1 to 65535")]
    BadSize { width: u32, height: u32 },
    #[error("the JPEG encoder failed: {0}; report this with the program's version")]
    Encoder(String),
}

impl EncodeError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "jpeg_too_large",
            Self::TooSmall { .. } => "jpeg_too_small",
            Self::NoFit { .. } => "jpeg_no_fit",
            Self::BadSize { .. } => "jpeg_bad_size",
            Self::Encoder(_) => "jpeg_encoder",
        }
    }
}

/// The JPEG of `pixels` at exactly this fineness, byte for byte the one [`encode_jpeg`] gave back with it.
///
/// # Errors
/// When a side is 0 or longer than 65,535 pixels.
pub fn encode_jpeg_as(
    pixels: &RgbImage,
    frame: FileFrame,
    coding: Coding,
) -> Result<EncodedJpeg, EncodeError> {
    let bytes = TransformedPicture::new(pixels)?.encode(frame, coding);
    Ok(EncodedJpeg::new(bytes, coding))
}

impl EncodedJpeg {
    pub(super) fn new(bytes: Vec<u8>, coding: Coding) -> Self {
        Self {
            bytes,
            quality: coding.scale.nearest_quality(),
            scale: Some(coding.scale),
            subsampling: coding.subsampling,
            optimized_tables: coding.optimized_tables,
        }
    }
}

/// How one JPEG of a whole quality is encoded; the same setting gives the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JpegSetting {
    pub dpi: Dpi,
    pub quality: u8,
    pub subsampling: Subsampling,
    pub optimized_tables: bool,
    pub embed_icc: bool,
}

/// The best JPEG of `pixels` inside the target's byte band.
///
/// # Errors
/// Where the band cannot be reached within the target's qualities; nothing is padded.
pub fn encode_jpeg(pixels: &RgbImage, target: &JpegTarget) -> Result<EncodedJpeg, EncodeError> {
    band::fit(pixels, target)
}

/// The JPEG of `pixels` at exactly this setting.
pub fn encode_jpeg_at(pixels: &RgbImage, setting: JpegSetting) -> Result<EncodedJpeg, EncodeError> {
    let (width, height) = pixels.dimensions();
    let bad_size = || EncodeError::BadSize { width, height };
    let sides =
        (u16::try_from(width).map_err(|_| bad_size())?, u16::try_from(height).map_err(|_| bad_size())?);
    if sides.0 == 0 || sides.1 == 0 {
        return Err(bad_size());
    }
    let failed = |error: &dyn ToString| EncodeError::Encoder(error.to_string());
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, setting.quality);
    let density = u16::try_from(setting.dpi.0).unwrap_or(u16::MAX);
    encoder.set_density(PixelDensity { density: (density, density), unit: PixelDensityUnit::Inches });
    encoder.set_optimized_huffman_tables(setting.optimized_tables);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_sampling_factor(match setting.subsampling {
        Subsampling::Chroma420 => SamplingFactor::F_2_2,
        Subsampling::Chroma444 => SamplingFactor::F_1_1,
    });
    if setting.embed_icc {
        encoder.add_icc_profile(srgb_profile()).map_err(|error| failed(&error))?;
    }
    encoder.encode(pixels.as_raw(), sides.0, sides.1, ColorType::Rgb).map_err(|error| failed(&error))?;
    Ok(EncodedJpeg {
        bytes,
        quality: setting.quality,
        scale: None,
        subsampling: setting.subsampling,
        optimized_tables: setting.optimized_tables,
    })
}

#[cfg(test)]
mod tests {
    use image::Rgb;
    use proptest::prelude::*;

    use super::*;
    use crate::photo::{DecodeLimits, decode};

    const KB: u64 = 1024;

    fn target(min_kb: Option<u64>, max_kb: Option<u64>) -> JpegTarget {
        JpegTarget {
            dpi: Dpi(300),
            min_bytes: min_kb.map(|kb| kb * KB),
            max_bytes: max_kb.map(|kb| kb * KB),
            min_quality: 60,
            max_quality: 95,
            embed_icc: false,
        }
    }

    /// Smooth shading with grain of the given strength: from a drawing to a noisy phone picture.
    fn portrait_like(grain: u32) -> RgbImage {
        let mut seed = 7_u32;
        RgbImage::from_fn(480, 640, |x, y| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (seed >> 16) % (grain + 1);
            let (dx, dy) = (x as f32 - 240.0, y as f32 - 280.0);
            let head = (dx * dx / 1.4 + dy * dy / 2.2).sqrt() < 110.0;
            let base = if head { [200.0 - dy * 0.2, 160.0 - dx * 0.1, 140.0] } else { [100.0, 197.0, 255.0] };
            Rgb(base.map(|value| (value as u32 + noise).min(255) as u8))
        })
    }

    #[test]
    fn the_file_says_density_size_and_quality() {
        let jpeg = encode_jpeg(&portrait_like(20), &target(Some(20), Some(60))).unwrap();
        let photo = decode(&jpeg.bytes, &DecodeLimits::built_in().unwrap()).unwrap();
        assert_eq!(photo.file.dpi, Some((300.0, 300.0)));
        assert_eq!(photo.file.jpeg_quality, Some(jpeg.quality));
        assert_eq!((photo.width_px(), photo.height_px()), (480, 640));
        assert_eq!((photo.file.trailing_bytes, photo.file.jpeg_progressive), (0, false));
        assert_eq!(photo.file.icc_profile, None);
    }

    #[test]
    fn the_profile_is_small_and_stable() {
        let plain = target(None, None);
        let tagged = JpegTarget { embed_icc: true, ..plain };
        let pixels = portrait_like(0);
        let without = encode_jpeg(&pixels, &plain).unwrap();
        let with = encode_jpeg(&pixels, &tagged).unwrap();
        assert!(with.bytes.len() - without.bytes.len() < 1024);
        assert_eq!(with.bytes, encode_jpeg(&pixels, &tagged).unwrap().bytes);
        let photo = decode(&with.bytes, &DecodeLimits::built_in().unwrap()).unwrap();
        assert!(photo.file.icc_profile.unwrap().contains("sRGB"));
    }

    #[test]
    fn the_highest_quality_that_fits_is_taken() {
        let pixels = portrait_like(40);
        let wanted = target(Some(30), Some(60));
        let jpeg = encode_jpeg(&pixels, &wanted).unwrap();
        let setting = JpegSetting {
            dpi: Dpi(300),
            quality: jpeg.quality + 1,
            subsampling: jpeg.subsampling,
            optimized_tables: true,
            embed_icc: false,
        };
        assert!(jpeg.bytes.len() as u64 <= 60 * KB);
        assert!(encode_jpeg_at(&pixels, setting).unwrap().bytes.len() as u64 > 60 * KB);
    }

    #[test]
    fn a_picture_too_rich_is_refused_with_its_size() {
        let error = encode_jpeg(&portrait_like(255), &target(None, Some(20))).unwrap_err();
        assert_eq!(error.code(), "jpeg_too_large");
    }

    #[test]
    fn a_picture_too_plain_is_refused_and_not_padded() {
        let flat = RgbImage::from_pixel(480, 640, Rgb([255; 3]));
        let error = encode_jpeg(&flat, &target(Some(30), Some(60))).unwrap_err();
        let EncodeError::TooSmall { bytes, min_bytes, missing } = error else { panic!("{error}") };
        assert_eq!(bytes + missing, min_bytes);
    }

    #[test]
    fn sides_beyond_the_format_are_refused() {
        assert_eq!(
            encode_jpeg(&RgbImage::new(70_000, 1), &target(None, None)).unwrap_err().code(),
            "jpeg_bad_size"
        );
        assert_eq!(
            encode_jpeg(&RgbImage::new(0, 0), &target(None, None)).unwrap_err().code(),
            "jpeg_bad_size"
        );
    }

    fn every_setting() -> impl Iterator<Item = (u8, Subsampling, bool)> {
        let of = |quality| {
            [Subsampling::Chroma444, Subsampling::Chroma420]
                .into_iter()
                .flat_map(move |chroma| [true, false].map(|optimized| (quality, chroma, optimized)))
        };
        (60..=100).flat_map(of)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn every_file_lies_inside_its_band(grain in 0_u32..120, min_kb in 5_u64..60, width_kb in 2_u64..40) {
            let wanted = target(Some(min_kb), Some(min_kb + width_kb));
            match encode_jpeg(&portrait_like(grain), &wanted) {
                Ok(jpeg) => {
                    let bytes = jpeg.bytes.len() as u64;
                    prop_assert!((min_kb * KB..=(min_kb + width_kb) * KB).contains(&bytes));
                    prop_assert!(jpeg.quality >= 60);
                }
                Err(EncodeError::TooLarge { bytes, max_bytes, .. }) => prop_assert!(bytes > max_bytes),
                Err(EncodeError::TooSmall { bytes, min_bytes, .. }) => prop_assert!(bytes < min_bytes),
                // A plain picture's bytes jump from one quality to the next: then none of them lies inside.
                Err(EncodeError::NoFit { min_bytes, max_bytes }) => {
                    for (quality, subsampling, optimized_tables) in every_setting() {
                        let (dpi, embed_icc) = (wanted.dpi, wanted.embed_icc);
                        let setting = JpegSetting { dpi, quality, subsampling, optimized_tables, embed_icc };
                        let bytes = encode_jpeg_at(&portrait_like(grain), setting).unwrap().bytes.len() as u64;
                        prop_assert!(!(min_bytes..=max_bytes).contains(&bytes), "quality {quality} has {bytes}");
                    }
                }
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }
}
