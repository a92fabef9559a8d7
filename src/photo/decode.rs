//! Bytes to an upright sRGB picture, refusing before it decodes whatever is too large or not a photo.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sha2::{Digest, Sha256};

use super::exif::ExifFacts;
use super::sniff::{Kind, sniff};
use super::stored::Stored;
use super::{FileFacts, FileFormat, Photo, bmp, icc, jpeg, orient, png, tiff, webp};

pub use super::limits::{DecodeLimits, LimitsError};

/// Why a file did not become a photo. `code()` is stable; the text carries the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("the file is empty; copy or send it again")]
    Empty,
    #[error("the file is no photo, whatever its name says; send a JPEG")]
    NotAPhoto,
    #[error(
        "the file is a HEIC photo, which is not read; set the phone camera to 'most compatible' (JPEG), or convert the photo to JPEG"
    )]
    Heic,
    #[error("the file is {what}, which is not read; send a JPEG")]
    Unsupported { what: String },
    #[error("the photo is cut off: {detail}; copy or send the original file again")]
    Truncated { detail: String },
    #[error(
        "the file has {bytes} bytes, more than the {max_bytes} allowed; send the photo as the camera made it"
    )]
    FileTooLarge { bytes: u64, max_bytes: u64 },
    #[error(
        "the photo claims {width} × {height} pixels, more than the {max_pixels} allowed; send a smaller one"
    )]
    TooManyPixels { width: u32, height: u32, max_pixels: u64 },
    #[error(
        "the photo claims {width} × {height} pixels in a file of only {bytes} bytes, which no camera makes; send the original photo"
    )]
    Hollow { width: u32, height: u32, bytes: u64 },
    #[error(
        "the photo needs {needed} bytes of memory, more than the {max_bytes} allowed; send a smaller one"
    )]
    TooMuchMemory { needed: u64, max_bytes: u64 },
    #[error("the photo is damaged: {cause}; copy or send the original file again")]
    Unreadable { cause: String },
}

impl DecodeError {
    /// A damaged photo is a photo; whoever sent it must hear of it. Any other refusal means it never was one.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Truncated { .. } | Self::Unreadable { .. })
    }

    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotAPhoto => "not_a_photo",
            Self::Heic => "heic",
            Self::Unsupported { .. } => "unsupported",
            Self::Truncated { .. } => "truncated",
            Self::FileTooLarge { .. }
            | Self::TooManyPixels { .. }
            | Self::Hollow { .. }
            | Self::TooMuchMemory { .. } => "too_large",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    pub(super) fn unreadable(cause: impl ToString) -> Self {
        Self::Unreadable { cause: cause.to_string() }
    }

    pub(super) fn truncated(detail: impl ToString) -> Self {
        Self::Truncated { detail: detail.to_string() }
    }
}

/// Decodes a whole file held in memory.
///
/// # Errors
/// Every way in which the bytes are not one complete photo within `limits`.
pub fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Photo, DecodeError> {
    let (format, ..) = probe(bytes, limits)?;
    guarded(|| {
        let stored = match format {
            FileFormat::Jpeg => jpeg::read(bytes, limits),
            FileFormat::Png => png::read(bytes, limits),
            FileFormat::WebP => webp::read(bytes, limits),
            FileFormat::Tiff => tiff::read(bytes, limits),
            FileFormat::Bmp => bmp::read(bytes, limits),
        }?;
        photo_from_stored(bytes, format, stored)
    })
}

/// Format and stored size from the header alone; decodes no pixel.
pub fn probe(bytes: &[u8], limits: &DecodeLimits) -> Result<(FileFormat, u32, u32), DecodeError> {
    let format = photo_format(bytes, limits)?;
    let (width, height) = guarded(|| match format {
        FileFormat::Jpeg => jpeg::size(bytes),
        FileFormat::Png => png::size(bytes, limits),
        FileFormat::WebP => webp::size(bytes),
        FileFormat::Tiff => tiff::size(bytes),
        FileFormat::Bmp => bmp::size(bytes),
    })?;
    limits.check_size(width, height)?;
    limits.check_hollow(width, height, bytes.len() as u64)?;
    Ok((format, width, height))
}

/// The size of a whole JPEG whose own bytes may stand for its pixels elsewhere: upright sRGB, 8 bits, nothing behind
/// the picture. Every coded block is counted, none is decoded; `None` where only [`decode`] can tell.
pub fn as_it_stands(bytes: &[u8], limits: &DecodeLimits) -> Option<(u32, u32)> {
    match photo_format(bytes, limits) {
        Ok(FileFormat::Jpeg) => guarded(|| jpeg::as_it_stands(bytes, limits)).ok().flatten(),
        _ => None,
    }
}

/// The same as [`as_it_stands`] of bytes that are known to be those of a whole JPEG, since they have the SHA-256 that was
/// noted when they were proved: only their header is read.
pub fn whole_as_it_stands(bytes: &[u8], limits: &DecodeLimits) -> Option<(u32, u32)> {
    match photo_format(bytes, limits) {
        Ok(FileFormat::Jpeg) => guarded(|| jpeg::whole_as_it_stands(bytes, limits)).ok().flatten(),
        _ => None,
    }
}

fn photo_format(bytes: &[u8], limits: &DecodeLimits) -> Result<FileFormat, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    limits.check_file(bytes.len() as u64)?;
    match sniff(bytes) {
        Kind::Photo(format) => Ok(format),
        Kind::Heic => Err(DecodeError::Heic),
        Kind::Raw => Err(DecodeError::Unsupported { what: "a camera's raw file".to_owned() }),
        Kind::Foreign(name) => Err(DecodeError::Unsupported { what: format!("of the kind {name}") }),
        Kind::Unknown => Err(DecodeError::NotAPhoto),
    }
}

/// A hostile file may trip an assertion inside a codec; that must not take the program down.
fn guarded<T>(work: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(DecodeError::unreadable("it breaks the decoder")))
}

fn photo_from_stored(bytes: &[u8], format: FileFormat, stored: Stored) -> Result<Photo, DecodeError> {
    let exif = stored.exif.map(ExifFacts::read).unwrap_or_default();
    let color_model = stored.samples.color_model();
    let (pixels, icc_profile) =
        icc::to_srgb(stored.samples, stored.width, stored.height, stored.icc.as_deref())?;
    let file = FileFacts {
        format,
        bytes: bytes.len() as u64,
        sha256: hex::encode(Sha256::digest(bytes)),
        stored_width_px: stored.width,
        stored_height_px: stored.height,
        color_model,
        bits_per_sample: stored.bits_per_sample,
        dpi: stored.dpi.or(exif.dpi),
        orientation: exif.orientation,
        icc_profile,
        jpeg_quality: stored.jpeg_quality,
        jpeg_progressive: stored.jpeg_progressive,
        trailing_bytes: stored.trailing_bytes,
        camera_make: exif.make,
        camera_model: exif.model,
        software: exif.software,
        taken_at: exif.taken_at,
    };
    Ok(Photo { pixels: orient::upright(pixels, file.orientation), file })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
    use proptest::prelude::*;

    use super::*;
    use crate::photo::ColorModel;

    fn limits() -> DecodeLimits {
        DecodeLimits::built_in().unwrap()
    }

    #[test]
    fn a_whole_upright_srgb_jpeg_may_stand_for_its_pixels() {
        use crate::photo::exif::tests::block;

        let jpeg = written(picture(), ImageFormat::Jpeg);
        assert_eq!(as_it_stands(&jpeg, &limits()), Some((61, 40)));
        assert_eq!(whole_as_it_stands(&jpeg, &limits()), Some((61, 40)));
        let cut = &jpeg[..jpeg.len() * 3 / 4];
        for damaged in [cut.to_vec(), [cut, &[0xFF, 0xD9]].concat(), [&jpeg[..], b"behind"].concat()] {
            assert_eq!(as_it_stands(&damaged, &limits()), None);
        }
        let exif = [&b"Exif\0\0"[..], &block(6, "Canon")].concat();
        let length = (exif.len() as u16 + 2).to_be_bytes();
        let turned = [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat();
        assert_eq!(decode(&turned, &limits()).unwrap().file.orientation, 6);
        assert_eq!(as_it_stands(&turned, &limits()), None);
        assert_eq!(whole_as_it_stands(&turned, &limits()), None);
        assert_eq!(whole_as_it_stands(&jpeg[..100], &limits()), None);
        assert_eq!(as_it_stands(&written(picture(), ImageFormat::Png), &limits()), None);
    }

    fn picture() -> RgbImage {
        RgbImage::from_fn(61, 40, |x, y| Rgb([(x * 4) as u8, (y * 6) as u8, 90]))
    }

    fn written(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn code(bytes: &[u8]) -> &'static str {
        decode(bytes, &limits()).unwrap_err().code()
    }

    #[test]
    fn lossless_formats_give_the_same_pixels() {
        let check = |format, expect| {
            let bytes = written(picture(), format);
            let photo = decode(&bytes, &limits()).unwrap();
            assert!(photo.pixels == picture(), "{expect:?}");
            assert_eq!((photo.file.format, photo.file.color_model), (expect, ColorModel::Rgb));
            assert_eq!((photo.file.bits_per_sample, photo.file.trailing_bytes), (8, 0));
            assert_eq!(probe(&bytes, &limits()).unwrap(), (expect, 61, 40));
        };
        check(ImageFormat::Png, FileFormat::Png);
        check(ImageFormat::Tiff, FileFormat::Tiff);
        check(ImageFormat::Bmp, FileFormat::Bmp);
        check(ImageFormat::WebP, FileFormat::WebP);
    }

    #[test]
    fn sixteen_bits_and_grey_are_reduced() {
        let deep = DynamicImage::ImageRgb8(picture()).into_rgb16();
        for format in [ImageFormat::Png, ImageFormat::Tiff] {
            let photo = decode(&written(deep.clone(), format), &limits()).unwrap();
            assert!(photo.pixels == picture(), "{format:?}");
            assert_eq!(photo.file.bits_per_sample, 16);
        }
        let gray = DynamicImage::ImageRgb8(picture()).into_luma8();
        let photo = decode(&written(gray.clone(), ImageFormat::Png), &limits()).unwrap();
        assert_eq!(photo.file.color_model, ColorModel::Gray);
        assert!(photo.pixels == DynamicImage::ImageLuma8(gray).into_rgb8());
    }

    #[test]
    fn the_hash_is_of_the_file() {
        let bytes = written(picture(), ImageFormat::Png);
        let photo = decode(&bytes, &limits()).unwrap();
        assert_eq!(photo.file.sha256, hex::encode(Sha256::digest(&bytes)));
        assert_eq!(photo.file.bytes, bytes.len() as u64);
    }

    #[test]
    fn what_is_no_photo_has_its_own_code() {
        assert_eq!(code(b""), "empty");
        assert_eq!(code(b"Dear teacher, here is my photo"), "not_a_photo");
        assert_eq!(code(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), "heic");
        assert_eq!(code(b"GIF89a\x01\0\x01\0"), "unsupported");
        assert_eq!(code(b"%PDF-1.4 \xFF\xD8\xFF\xE0"), "unsupported");
        assert!(
            decode(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", &limits())
                .unwrap_err()
                .to_string()
                .contains("JPEG")
        );
    }

    #[test]
    fn files_beyond_the_limits_are_refused_before_decoding() {
        let bytes = written(picture(), ImageFormat::Png);
        let check =
            |limits: DecodeLimits| assert_eq!(decode(&bytes, &limits).unwrap_err().code(), "too_large");
        check(DecodeLimits { max_file_bytes: 20, ..limits() });
        check(DecodeLimits { max_pixels: 61 * 40 - 1, ..limits() });
        check(DecodeLimits { max_memory_bytes: 1000, ..limits() });
    }

    #[test]
    fn bombs_claiming_60000_pixels_square_are_refused() {
        let mut png = written(picture(), ImageFormat::Png);
        png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        png.resize(100_000, 0);
        // the header's checksum no longer fits; a bomb's would, but either refusal comes before any pixel
        assert!(["too_large", "unreadable"].contains(&code(&png)));
        let mut bmp = written(picture(), ImageFormat::Bmp);
        bmp[18..22].copy_from_slice(&60_000_u32.to_le_bytes());
        bmp[22..26].copy_from_slice(&60_000_u32.to_le_bytes());
        assert_eq!(code(&bmp), "too_large");
        let mut jpeg = written(picture(), ImageFormat::Jpeg);
        let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
        jpeg.resize(100_000, 0);
        assert_eq!(code(&jpeg), "too_large");
    }

    #[test]
    fn cut_files_are_refused_wherever_they_end() {
        for format in
            [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff]
        {
            let bytes = written(picture(), format);
            for part in 1..16 {
                let cut = &bytes[..bytes.len() * part / 16];
                // a TIFF may lack nothing but its directory's unused end
                if let Ok(photo) = decode(cut, &limits()) {
                    assert!(
                        photo.pixels == picture(),
                        "{format:?} cut at {part}/16 passed with other pixels"
                    );
                }
            }
        }
        let jpeg = written(picture(), ImageFormat::Jpeg);
        assert_eq!(code(&jpeg[..jpeg.len() - 2]), "truncated");
        let png = written(picture(), ImageFormat::Png);
        assert_eq!(code(&png[..png.len() - 4]), "truncated");
    }

    #[test]
    fn garbage_after_the_picture_is_counted() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let mut bytes = written(picture(), format);
            bytes.extend(b"PK\x03\x04 and more");
            let photo = decode(&bytes, &limits()).unwrap();
            assert_eq!(photo.file.trailing_bytes, 13, "{format:?}");
        }
    }

    #[test]
    fn transparency_is_white() {
        let clear = image::RgbaImage::from_pixel(5, 5, image::Rgba([0, 0, 0, 0]));
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff] {
            let photo = decode(&written(clear.clone(), format), &limits()).unwrap();
            assert!(photo.pixels.pixels().all(|pixel| pixel.0 == [255; 3]), "{format:?}");
            assert_eq!(photo.file.color_model, ColorModel::Rgba);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn scrambled_files_never_do_harm(
            format in prop::sample::select(vec![
                ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff,
            ]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        ) {
            let mut bytes = written(picture(), format);
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            // small limits keep a scrambled size from costing the test its time
            let limits = DecodeLimits { max_pixels: 4_000_000, ..limits() };
            match decode(&bytes, &limits) {
                Ok(photo) => prop_assert!(photo.width_px() > 0),
                Err(error) => prop_assert!(!error.code().is_empty()),
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(decode(&bytes, &limits()).is_err());
        }
    }
}
