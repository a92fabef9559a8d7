//! QR codes from grey pixels: by two decoders of different ancestry, and by a reader of our own for what both miss.

use std::borrow::Cow;
use std::cell::LazyCell;

use image::imageops::{FilterType, resize};
use image::{GrayImage, RgbImage};
use rqrr::PreparedImage;
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BinaryBitmap, DecodeHints, Luma8Source};

use super::hard;

/// Longer sides are made smaller first: a code that fills a fifth of the frame still has pixels enough.
const LONGEST_SIDE_PX: u32 = 1600;

/// Grey pixels, row by row.
pub struct Luma<'a> {
    pub width: usize,
    pub height: usize,
    pub pixels: Cow<'a, [u8]>,
}

/// What stands in a picture. Contents are bytes as they were encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Codes {
    None,
    One(Vec<u8>),
    /// This many different codes.
    Several(usize),
}

/// Reads whatever codes stand in the picture; the first look that reads anything ends the search.
pub fn codes(luma: &Luma<'_>) -> Codes {
    let calm = LazyCell::new(|| luma.calmed());
    // The cheapest first; in this order by measurement, see BENCHMARKS.md.
    let looks: [&dyn Fn() -> Vec<Vec<u8>>; 4] = [
        &|| rxing(luma),
        &|| hard(calm.as_ref().unwrap_or(luma)),
        &|| {
            let (found, smaller) = rayon::join(|| rqrr(luma), || rxing(&luma.halved()));
            if found.is_empty() { smaller } else { found }
        },
        // What looks like a screen's waves can be the code itself.
        &|| calm.as_ref().map(|_| hard(luma)).unwrap_or_default(),
    ];
    for look in looks {
        let mut found = look();
        found.sort();
        found.dedup();
        match found.len() {
            0 => {}
            1 => return Codes::One(found.remove(0)),
            count => return Codes::Several(count),
        }
    }
    Codes::None
}

fn hard(luma: &Luma<'_>) -> Vec<Vec<u8>> {
    hard::codes(luma.width, luma.height, &luma.pixels)
}

/// The contents that the first decoder reads.
pub fn rqrr(luma: &Luma<'_>) -> Vec<Vec<u8>> {
    let light = |x: usize, y: usize| luma.pixels.get(y * luma.width + x).copied().unwrap_or(u8::MAX);
    let mut image = PreparedImage::prepare_from_greyscale(luma.width, luma.height, light);
    let content = |grid: rqrr::Grid<_>| {
        let mut content = Vec::new();
        grid.decode_to(&mut content).is_ok().then_some(content)
    };
    image.detect_grids().into_iter().filter_map(content).collect()
}

/// The contents that the second decoder reads.
pub fn rxing(luma: &Luma<'_>) -> Vec<Vec<u8>> {
    let (width, height) = (luma.width as u32, luma.height as u32);
    let Ok(source) = Luma8Source::new_with_slice(&luma.pixels, width, height) else { return Vec::new() };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let found = QrReader.decode_multiple_with_hints(&mut bitmap, &hints).unwrap_or_default();
    found.into_iter().map(|code| code.getRawBytes().to_vec()).collect()
}

impl Luma<'_> {
    /// The lightness of a picture, made smaller where it is very large.
    pub fn of(pixels: &RgbImage) -> Self {
        let grey = image::imageops::grayscale(pixels);
        let longest = grey.width().max(grey.height());
        let grey = if longest > LONGEST_SIDE_PX {
            let scale = f64::from(LONGEST_SIDE_PX) / f64::from(longest);
            let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
            resize(&grey, side(grey.width()), side(grey.height()), FilterType::Triangle)
        } else {
            grey
        };
        let (width, height) = (grey.width() as usize, grey.height() as usize);
        Self { width, height, pixels: Cow::Owned(grey.into_raw()) }
    }

    fn halved(&self) -> Luma<'_> {
        let (width, height) = (self.width as u32, self.height as u32);
        let grey = GrayImage::from_raw(width, height, self.pixels.to_vec()).unwrap_or_default();
        let side = |length: u32| (length / 2).max(1);
        let grey = resize(&grey, side(width), side(height), FilterType::Triangle);
        Luma {
            width: grey.width() as usize,
            height: grey.height() as usize,
            pixels: Cow::Owned(grey.into_raw()),
        }
    }

    /// Without the waves of a photographed screen, when it has any.
    fn calmed(&self) -> Option<Luma<'_>> {
        let pixels = hard::screen::without_waves(self.width, self.height, &self.pixels)?;
        Some(Luma { pixels: Cow::Owned(pixels), ..*self })
    }
}
