//! The encoder against another one's headers and decoders, and tiles against pictures encoded whole.

use image::{Rgb, RgbImage};

use super::*;
use crate::photo::encode::{JpegSetting, Subsampling, encode_jpeg_at};
use crate::photo::{DecodeLimits, decode};

fn portrait(width: u32, height: u32) -> RgbImage {
    let mut seed = 7_u32;
    RgbImage::from_fn(width, height, |x, y| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = seed >> 28;
        let head = (x as i32 - 90).pow(2) + (y as i32 - 80).pow(2) < 3000;
        let base = if head { [210, 160, 140] } else { [x % 256, 120 + y % 90, 220] };
        Rgb(base.map(|level| (level + grain).min(255) as u8))
    })
}

/// The mean squared error of the decoded file.
fn loss(pixels: &RgbImage, jpeg: &[u8]) -> f64 {
    let decoded = decode(jpeg, &DecodeLimits::built_in().unwrap()).unwrap().pixels;
    assert_eq!(decoded.dimensions(), pixels.dimensions());
    let squares = pixels.iter().zip(decoded.iter()).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
    squares.sum::<f64>() / pixels.len() as f64
}

fn setting(quality: u8) -> JpegSetting {
    JpegSetting {
        dpi: Dpi(300),
        quality,
        subsampling: Subsampling::Chroma444,
        optimized_tables: false,
        embed_icc: true,
    }
}

#[test]
fn files_are_as_good_and_as_small_as_those_of_the_other_encoder() {
    for (width, height) in [(200, 160), (203, 157), (8, 8), (1, 1), (7, 300)] {
        for quality in [30, 75, 95, 100] {
            let pixels = portrait(width, height);
            let own = BaselineCoder::new(quality).encode(&pixels, Dpi(300)).unwrap();
            let other = encode_jpeg_at(&pixels, setting(quality)).unwrap().bytes;
            let (own_loss, other_loss) = (loss(&pixels, &own), loss(&pixels, &other));
            let place = format!("{width}×{height} at {quality}: {own_loss} and {other_loss}");
            assert!(own_loss <= other_loss * 1.02 + 0.3, "{place}");
            assert!(own.len() as f64 <= other.len() as f64 * 1.02 + 16.0, "{place}");
        }
    }
}

#[test]
fn the_file_says_its_density_quality_and_profile() {
    let jpeg = BaselineCoder::new(92).encode(&portrait(64, 48), Dpi(254)).unwrap();
    let file = decode(&jpeg, &DecodeLimits::built_in().unwrap()).unwrap().file;
    assert_eq!((file.dpi, file.jpeg_quality), (Some((254.0, 254.0)), Some(92)));
    assert_eq!((file.trailing_bytes, file.jpeg_progressive), (0, false));
    assert!(file.icc_profile.is_some_and(|name| name.contains("sRGB")));
}

#[test]
fn blocks_of_tiles_make_the_same_bytes_wherever_they_are_laid() {
    let coder = BaselineCoder::new(95);
    let picture = portrait(30, 21);
    let tile = coder.tile(&picture, 3, 2);
    assert_eq!(tile.size(), (3, 2));
    let mut sheet = RgbImage::from_pixel(64, 24, Rgb([255; 3]));
    for (x, y) in [(8, 0), (40, 8)] {
        for (dx, dy, pixel) in picture.enumerate_pixels().filter(|(dx, dy, _)| *dx >= 3 && *dy >= 2) {
            if dx - 3 < 24 && dy - 2 < 16 {
                sheet.put_pixel(x + dx - 3, y + dy - 2, *pixel);
            }
        }
    }
    let mut mosaic = coder.mosaic(64, 24, Dpi(300)).unwrap();
    mosaic.white(1);
    mosaic.tile(&tile, 0, 0, 3);
    mosaic.white(4);
    mosaic.white(1);
    mosaic.tile(&tile, 1, 0, 2);
    mosaic.tile(&tile, 1, 2, 1);
    mosaic.block(&mut coder.blocks(std::iter::once(WHITE_BLOCK)));
    mosaic.tile(&tile, 0, 0, 3);
    mosaic.white(5);
    mosaic.tile(&tile, 1, 0, 3);
    assert!(mosaic.finish() == coder.encode(&sheet, Dpi(300)).unwrap());
}

#[test]
fn a_picture_without_pixels_is_refused() {
    assert_eq!(
        BaselineCoder::new(95).encode(&RgbImage::new(0, 5), Dpi(300)).unwrap_err().code(),
        "jpeg_bad_size"
    );
    assert!(BaselineCoder::new(95).mosaic(70_000, 8, Dpi(300)).is_err());
}
