//! A sheet as pixels: photos resampled to their pieces, marks and captions drawn, encoded with its density.

use std::collections::HashMap;

use image::{Rgb, RgbImage, imageops};

use super::area::Area;
use super::caption;
use super::sheet::{SheetFormat, SheetPhoto, SheetPlan, cover};
use super::typeset;
use crate::photo::encode::{EncodeError, JpegSetting, Subsampling, encode_jpeg_at};
use crate::photo::lossless::{LosslessError, encode_png, encode_tiff};
use crate::photo::resize::crop_and_resize;
use crate::photo::units::{Dpi, Mm};

const WHITE: Rgb<u8> = Rgb([255; 3]);
const BLACK: Rgb<u8> = Rgb([0; 3]);
/// Printers enlarge nothing at 4:4:4 and 95; larger files bring no visible gain.
const JPEG_QUALITY: u8 = 95;

/// A sheet that could not be encoded. `code()` is stable; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum RasterError {
    #[error(transparent)]
    Jpeg(#[from] EncodeError),
    #[error(transparent)]
    Lossless(#[from] LosslessError),
    #[error("a PDF is written page by page, not from pixels")]
    Pdf,
}

impl RasterError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Jpeg(error) => error.code(),
            Self::Lossless(error) => error.code(),
            Self::Pdf => "pdf_from_pixels",
        }
    }
}

/// A rectangle in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PixelArea {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Every edge is rounded on its own, so that none is off by more than half a pixel (0.042 mm at 300 dpi)
/// and neighbours never overlap.
pub fn pixel_area(area: Area, dpi: Dpi) -> PixelArea {
    let (x, y) = (area.x.px(dpi), area.y.px(dpi));
    PixelArea {
        x,
        y,
        width: area.right().px(dpi).saturating_sub(x),
        height: area.bottom().px(dpi).saturating_sub(y),
    }
}

/// The sheet's pixels. `photos` belong to the sets in order; a set without a photo stays white.
pub fn render(plan: &SheetPlan, dpi: Dpi, photos: &[SheetPhoto<'_>]) -> RgbImage {
    let (width, height) = (plan.paper.width.px(dpi), plan.paper.height.px(dpi));
    let mut sheet = RgbImage::from_pixel(width, height, WHITE);
    draw_photos(&mut sheet, plan, dpi, photos);
    for mark in &plan.marks {
        fill(&mut sheet, pixel_area(*mark, dpi), BLACK);
    }
    for (slot, photo) in plan.captions.iter().zip(photos) {
        let line = photo.caption.and_then(|text| caption::set_line(text, *slot));
        if let Some(line) = line {
            typeset::draw(&mut sheet, &line, *slot, dpi);
        }
    }
    sheet
}

/// The sheet as the bytes of a JPEG, PNG or TIFF file.
pub fn encode(sheet: &RgbImage, dpi: Dpi, format: SheetFormat) -> Result<Vec<u8>, RasterError> {
    match format {
        SheetFormat::Jpeg => Ok(encode_jpeg_at(sheet, jpeg_setting(dpi))?.bytes),
        SheetFormat::Png => Ok(encode_png(sheet, dpi)?),
        SheetFormat::Tiff => Ok(encode_tiff(sheet, dpi)?),
        SheetFormat::Pdf => Err(RasterError::Pdf),
    }
}

/// How print JPEGs are encoded, of sheets and of photos that enter a PDF.
pub(super) fn jpeg_setting(dpi: Dpi) -> JpegSetting {
    JpegSetting {
        dpi,
        quality: JPEG_QUALITY,
        subsampling: Subsampling::Chroma444,
        optimized_tables: false,
        embed_icc: true,
    }
}

fn draw_photos(sheet: &mut RgbImage, plan: &SheetPlan, dpi: Dpi, photos: &[SheetPhoto<'_>]) {
    let mut tiles: HashMap<Tile, RgbImage> = HashMap::new();
    for placed in &plan.packing.placements {
        let Some(photo) = photos.get(placed.set) else { continue };
        let area = pixel_area(placed.area, dpi);
        let (turned, item) = (placed.turned, placed.item);
        let key = Tile { set: placed.set, item, turned, width: area.width, height: area.height };
        let tile = tiles.entry(key).or_insert_with(|| tile(plan, photo, &key));
        imageops::replace(sheet, tile, area.x.into(), area.y.into());
    }
}

/// Equal pieces of one photo share their pixels.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Tile {
    set: usize,
    item: usize,
    turned: bool,
    width: u32,
    height: u32,
}

fn tile(plan: &SheetPlan, photo: &SheetPhoto<'_>, key: &Tile) -> RgbImage {
    let piece = &plan.layout.items()[key.item].piece;
    let source = cover(photo.pixels.width(), photo.pixels.height(), piece);
    let (width, height) = if key.turned { (key.height, key.width) } else { (key.width, key.height) };
    let upright = crop_and_resize(photo.pixels, source, 0.0, width, height, WHITE);
    if key.turned { imageops::rotate90(&upright) } else { upright }
}

fn fill(sheet: &mut RgbImage, area: PixelArea, colour: Rgb<u8>) {
    for y in area.y..(area.y + area.height.max(1)).min(sheet.height()) {
        for x in area.x..(area.x + area.width.max(1)).min(sheet.width()) {
            sheet.put_pixel(x, y, colour);
        }
    }
}

/// How far the placed edges lie from the truth, at most, in millimetres.
pub fn worst_edge_error_mm(plan: &SheetPlan, dpi: Dpi) -> f64 {
    let off =
        |edge: Mm| (f64::from(edge.px(dpi)) - edge.px_exact(dpi)).abs() / Mm::from_mm(1.0).px_exact(dpi);
    let edges = |area: Area| [area.x, area.y, area.right(), area.bottom()];
    plan.packing.placements.iter().flat_map(|placed| edges(placed.area)).map(off).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::sheet::SheetOrder;
    use crate::print::{Layout, Layouts, Papers, Pieces, Spacing};

    fn plan(expression: &str, paper: &str) -> SheetPlan {
        let (pieces, papers) = (Pieces::built_in().unwrap(), Papers::built_in().unwrap());
        let order = SheetOrder {
            layout: Layout::parse(expression, &pieces, &Layouts::built_in().unwrap()).unwrap(),
            paper: papers.find(paper).unwrap().clone(),
            spacing: Spacing::default(),
            cut_marks: true,
            captions: true,
            gang: false,
        };
        SheetPlan::new(&order, &papers).unwrap()
    }

    /// Red above, blue below, a green stripe on the left: enough to tell how a piece lies.
    fn photo() -> RgbImage {
        RgbImage::from_fn(480, 640, |x, y| match (x, y) {
            (0..80, _) => Rgb([0, 200, 0]),
            (_, 0..320) => Rgb([200, 0, 0]),
            _ => Rgb([0, 0, 200]),
        })
    }

    fn rendered(plan: &SheetPlan) -> RgbImage {
        let pixels = photo();
        render(plan, Dpi(300), &[SheetPhoto { pixels: &pixels, jpeg: None, caption: Some("高三2班 张三") }])
    }

    #[test]
    fn six_inch_sheets_have_the_trade_size() {
        assert_eq!(rendered(&plan("版式一", "6寸")).dimensions(), (1800, 1200));
    }

    #[test]
    fn every_piece_begins_and_ends_where_it_should() {
        for layout in ["版式一", "版式二"] {
            let plan = plan(layout, "6寸");
            assert!(worst_edge_error_mm(&plan, Dpi(300)) <= 0.0424);
            let sheet = rendered(&plan);
            for placed in &plan.packing.placements {
                let area = pixel_area(placed.area, Dpi(300));
                let (right, bottom) = (area.x + area.width - 1, area.y + area.height - 1);
                for (x, y) in [(area.x, area.y), (right, area.y), (area.x, bottom), (right, bottom)] {
                    assert_ne!(*sheet.get_pixel(x, y), WHITE, "{placed:?} at {x}, {y}");
                }
            }
        }
    }

    #[test]
    fn beyond_the_block_only_marks_and_captions_are_drawn() {
        let plan = plan("版式一", "6寸");
        let sheet = rendered(&plan);
        let block = pixel_area(plan.packing.block, Dpi(300));
        assert_eq!(*sheet.get_pixel(block.x - 1, block.y + 100), WHITE);
        assert_eq!(*sheet.get_pixel(block.x + block.width, block.y + 100), WHITE);
        assert_eq!(*sheet.get_pixel(block.x + 100, block.y - 1), WHITE);
    }

    #[test]
    fn a_turned_piece_has_its_head_to_the_right() {
        let plan = plan("版式一", "6寸");
        let sheet = rendered(&plan);
        let turned = plan.packing.placements.iter().find(|placed| placed.turned).unwrap();
        let area = pixel_area(turned.area, Dpi(300));
        let (centre_y, below) = (area.y + area.height / 2, area.y + area.height - 5);
        assert_eq!(sheet.get_pixel(area.x + area.width - 10, centre_y).0, [200, 0, 0]);
        assert_eq!(sheet.get_pixel(area.x + 10, centre_y).0, [0, 0, 200]);
        assert_eq!(sheet.get_pixel(area.x + area.width / 2, area.y + 5).0, [0, 200, 0]);
        assert_ne!(sheet.get_pixel(area.x + area.width / 2, below).0, [0, 200, 0]);
    }

    #[test]
    fn a_set_without_photo_stays_white() {
        let sheet = render(&plan("版式一", "6寸"), Dpi(100), &[]);
        let block = pixel_area(plan("版式一", "6寸").packing.block, Dpi(100));
        assert_eq!(*sheet.get_pixel(block.x + 50, block.y + 50), WHITE);
    }

    #[test]
    fn a_jpeg_sheet_says_300_dpi_and_comes_back_alike() {
        let sheet = rendered(&plan("版式一", "6寸"));
        let bytes = encode(&sheet, Dpi(300), SheetFormat::Jpeg).unwrap();
        assert_eq!(&bytes[6..11], b"JFIF\0");
        assert_eq!((bytes[13], &bytes[14..18]), (1, [1, 44, 1, 44].as_slice()));
        let back = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert_eq!(back.dimensions(), (1800, 1200));
        let centre = plan("版式一", "6寸").packing.placements[0].area;
        let at = pixel_area(centre, Dpi(300));
        let (x, y) = (at.x + at.width / 2, at.y + at.height / 4);
        let (a, b) = (sheet.get_pixel(x, y), back.get_pixel(x, y));
        assert!(a.0.iter().zip(b.0).all(|(a, b)| a.abs_diff(b) < 8), "{a:?} {b:?}");
    }

    #[test]
    fn captions_leave_ink_in_their_slot() {
        let plan = plan("版式一", "6寸");
        let slot = pixel_area(plan.captions[0].area, Dpi(300));
        let sheet = rendered(&plan);
        let dark = imageops::crop_imm(&sheet, slot.x, slot.y, slot.width, slot.height)
            .to_image()
            .pixels()
            .filter(|pixel| pixel.0[0] < 100)
            .count();
        assert!(dark > 300, "{dark}");
    }
}
