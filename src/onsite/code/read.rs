//! QR codes from grey pixels by two decoders of different ancestry: what one misses the other often reads.

use std::borrow::Cow;

use image::imageops::{FilterType, fast_blur, resize};
use image::{GrayImage, RgbImage};
use rqrr::PreparedImage;
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BinaryBitmap, DecodeHints, Luma8Source};

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

/// How a picture is prepared for the decoders.
#[derive(Clone, Copy, Debug)]
enum View {
    /// Smaller by this factor: averages noise and the grid of a photographed screen away.
    Scaled(f64),
    /// Edges raised against a blur of this many pixels: brings back a code out of focus.
    Sharpened(f32),
}

/// Each view is shown to both decoders; the first that reads anything ends the search. In this order by measurement,
/// see BENCHMARKS.md.
const VIEWS: [View; 5] =
    [View::Scaled(1.0), View::Scaled(0.7), View::Scaled(0.5), View::Sharpened(3.0), View::Sharpened(6.0)];
/// How much of what a blur takes away is added again.
const SHARPENING: f32 = 3.0;

/// Reads whatever codes stand in the picture.
pub fn codes(luma: &Luma<'_>) -> Codes {
    VIEWS.into_iter().map(|view| view.read(luma)).find(|found| *found != Codes::None).unwrap_or(Codes::None)
}

impl View {
    /// The second decoder sees the picture only when the quicker one reads nothing.
    fn read(self, luma: &Luma<'_>) -> Codes {
        let seen = match self {
            Self::Scaled(scale) => luma.scaled(scale),
            Self::Sharpened(sigma_px) => luma.sharpened(sigma_px),
        };
        let mut found = rxing(&seen);
        if found.is_empty() {
            found = rqrr(&seen);
        }
        found.sort();
        found.dedup();
        match found.len() {
            0 => Codes::None,
            1 => Codes::One(found.remove(0)),
            count => Codes::Several(count),
        }
    }
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

    fn sharpened(&self, sigma_px: f32) -> Luma<'_> {
        let whole = || Luma { width: self.width, height: self.height, pixels: Cow::Borrowed(&self.pixels) };
        let (width, height) = (self.width as u32, self.height as u32);
        let Some(grey) = GrayImage::from_raw(width, height, self.pixels.to_vec()) else { return whole() };
        let soft = fast_blur(&grey, sigma_px);
        let raised = self.pixels.iter().zip(soft.as_raw()).map(|(sharp, soft)| {
            let (sharp, soft) = (f32::from(*sharp), f32::from(*soft));
            (sharp + SHARPENING * (sharp - soft)).clamp(0.0, 255.0) as u8
        });
        Luma { pixels: Cow::Owned(raised.collect()), ..whole() }
    }

    fn scaled(&self, scale: f64) -> Luma<'_> {
        let side = |length: usize| ((length as f64 * scale).round() as u32).max(1);
        let whole = || Luma { width: self.width, height: self.height, pixels: Cow::Borrowed(&self.pixels) };
        if scale == 1.0 {
            return whole();
        }
        let (width, height) = (self.width as u32, self.height as u32);
        let Some(grey) = GrayImage::from_raw(width, height, self.pixels.to_vec()) else { return whole() };
        let grey = resize(&grey, side(self.width), side(self.height), FilterType::Triangle);
        Luma {
            width: grey.width() as usize,
            height: grey.height() as usize,
            pixels: Cow::Owned(grey.into_raw()),
        }
    }
}
