//! Separator slips: a picture that takes the place of a person's photo and names the class that follows in the pile.

use image::{Rgb, RgbImage};

use super::caption;
use super::grid::PixelArea;
use super::raster::jpeg_setting;
use super::sheet::SheetPhoto;
use super::typeset;
use crate::photo::encode::{EncodeError, encode_jpeg_at};
use crate::photo::units::{Dpi, MM_PER_INCH};

/// Three to four, as photos are; every piece shows the middle of it.
const SIZE_PX: (u32, u32) = (480, 640);
const DPI: Dpi = Dpi(300);
/// Dark along all sides, so that the slip shows at the edge of a pile.
const EDGE: Rgb<u8> = Rgb([40; 3]);
const EDGE_PX: u32 = 56;
const PAPER: Rgb<u8> = Rgb([255; 3]);
/// No piece of the catalogue shows less of a photo's width.
const SHOWN_MM: f64 = 26.0;
const TITLE_MM: f64 = 9.0;
const LINE_MM: f64 = 3.6;
const LINE_HEIGHT: f64 = 1.5;

/// A slip ready to stand where a photo would.
#[derive(Clone, Debug)]
pub struct Slip {
    pixels: RgbImage,
    jpeg: Vec<u8>,
}

impl Slip {
    /// `title` stands large, `lines` below it; both become smaller where they are long.
    pub fn new(title: &str, lines: &[String]) -> Result<Self, EncodeError> {
        let (width, height) = SIZE_PX;
        let mut pixels = RgbImage::from_fn(width, height, |x, y| {
            let is_edge = x < EDGE_PX || y < EDGE_PX || x >= width - EDGE_PX || y >= height - EDGE_PX;
            if is_edge { EDGE } else { PAPER }
        });
        let mut top_mm = f64::from(height) / px_per_mm() * 0.3;
        top_mm += write(&mut pixels, title, TITLE_MM, top_mm);
        for line in lines {
            top_mm += write(&mut pixels, line, LINE_MM, top_mm);
        }
        let jpeg = encode_jpeg_at(&pixels, jpeg_setting(DPI))?.bytes;
        Ok(Self { pixels, jpeg })
    }

    /// As a page embeds it.
    pub fn jpeg(&self) -> &[u8] {
        &self.jpeg
    }

    /// As a sheet takes it, with the words below its place.
    pub fn sheet_photo<'a>(&'a self, caption: Option<&'a str>) -> SheetPhoto<'a> {
        SheetPhoto { pixels: &self.pixels, jpeg: Some(&self.jpeg), caption }
    }
}

fn px_per_mm() -> f64 {
    f64::from(DPI.0) / MM_PER_INCH
}

/// Writes a centred line; gives the height it takes in millimetres.
fn write(pixels: &mut RgbImage, text: &str, largest_mm: f64, top_mm: f64) -> f64 {
    let Some(natural) = caption::line_of(text, 1.0) else { return 0.0 };
    let size_mm = largest_mm.min(SHOWN_MM / natural.length_mm);
    let Some(line) = caption::line_of(text, size_mm) else { return 0.0 };
    let height_mm = size_mm * LINE_HEIGHT;
    let px = |mm: f64| (mm * px_per_mm()).round().max(0.0) as u32;
    let left_mm = (f64::from(pixels.width()) / px_per_mm() - line.length_mm) / 2.0;
    let area = PixelArea {
        x: px(left_mm),
        y: px(top_mm),
        width: px(line.length_mm + size_mm),
        height: px(height_mm),
    };
    typeset::draw(pixels, &line, false, area, DPI);
    height_mm
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(slip: &Slip) -> usize {
        let (width, height) = SIZE_PX;
        let inside = |x: u32, y: u32| {
            (EDGE_PX + 4..width - EDGE_PX - 4).contains(&x)
                && (EDGE_PX + 4..height - EDGE_PX - 4).contains(&y)
        };
        slip.pixels.enumerate_pixels().filter(|(x, y, pixel)| inside(*x, *y) && pixel.0[0] < 100).count()
    }

    #[test]
    fn a_slip_has_a_dark_edge_and_its_words_inside_however_long() {
        for title in ["高三2班", "2026 届计算机科学与技术学院软件工程专业（中外合作办学）1 班"]
        {
            let slip = Slip::new(title, &["42 人".into(), "张* – 李*".into()]).unwrap();
            assert_eq!(*slip.pixels.get_pixel(3, 3), EDGE);
            assert!(ink(&slip) > 800, "{title}: {}", ink(&slip));
            let beside = slip.pixels.get_pixel(EDGE_PX + 1, 320).0[0];
            assert!(beside > 200, "{title} runs into the edge: {beside}");
        }
        assert_eq!(ink(&Slip::new("", &[]).unwrap()), 0);
    }
}
