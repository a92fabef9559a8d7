//! A sheet as pixels: photos resampled to their pieces, marks and captions drawn, encoded with its density.

mod blocks;
pub(super) mod tiles;

use image::{Rgb, RgbImage};

use super::area::Area;
use super::caption;
use super::grid::{Grid, PixelArea};
use super::sheet::{SheetFormat, SheetPhoto, SheetPlan};
use super::typeset;
use crate::photo::baseline::{BaselineCoder, EncodedTile};
use crate::photo::encode::{EncodeError, JpegSetting, Subsampling};
use crate::photo::lossless::{LosslessError, encode_png, encode_tiff};
use crate::photo::units::{Dpi, Mm};
use blocks::Run;
use tiles::{Tiling, Window};

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

/// The sheets of one plan at one density, prepared so that a run pays for it once.
pub struct SheetRenderer<'a> {
    plan: &'a SheetPlan,
    grid: Grid,
    tiling: Tiling,
    rows: Vec<Vec<Run>>,
    coder: BaselineCoder,
}

impl<'a> SheetRenderer<'a> {
    pub fn new(plan: &'a SheetPlan, dpi: Dpi) -> Self {
        let grid = plan.grid(dpi);
        let tiling = Tiling::new(plan, &grid);
        let rows = blocks::rows(plan, &grid, &tiling);
        Self { plan, grid, tiling, rows, coder: BaselineCoder::new(JPEG_QUALITY) }
    }

    /// The sheet's pixels. `photos` belong to the sets in order; a set without a photo stays white.
    pub fn render(&self, photos: &[SheetPhoto<'_>]) -> RgbImage {
        let mut sheet = RgbImage::from_pixel(self.grid.width, self.grid.height, WHITE);
        let tiles = self.tiles(photos);
        for window in &self.tiling.windows {
            if let Some(tile) = &tiles[window.tile] {
                copy(&mut sheet, tile, window);
            }
        }
        for mark in &self.plan.marks {
            fill(&mut sheet, self.grid.area(*mark), BLACK);
        }
        for (slot, photo) in self.plan.captions.iter().zip(photos) {
            if let Some(line) = photo.caption.and_then(|text| caption::set_line(text, *slot)) {
                typeset::draw(&mut sheet, &line, slot.turned, self.grid.area(slot.area), self.grid.dpi);
            }
        }
        sheet
    }

    /// The sheet as the bytes of a JPEG, PNG or TIFF file.
    ///
    /// A JPEG is put together from blocks encoded once for all equal pieces of a photo; its bytes are those of
    /// [`encode`] on the rendered pixels.
    pub fn encode(&self, photos: &[SheetPhoto<'_>], format: SheetFormat) -> Result<Vec<u8>, RasterError> {
        match format {
            SheetFormat::Jpeg => self.put_together(photos),
            format => encode(&self.render(photos), self.grid.dpi, format),
        }
    }

    fn put_together(&self, photos: &[SheetPhoto<'_>]) -> Result<Vec<u8>, RasterError> {
        let tiles = self.tiles(photos);
        let encoded: Vec<Option<EncodedTile>> = tiles
            .iter()
            .zip(&self.tiling.tiles)
            .map(|(pixels, tile)| {
                let (left, top) = tile.first_block;
                pixels.as_ref().map(|pixels| self.coder.tile(pixels, left, top))
            })
            .collect();
        let captions = self.captions(photos);
        let Grid { width, height, dpi, .. } = self.grid;
        let mut mosaic = self.coder.mosaic(width, height, dpi)?;
        let mut drawn = self.coder.blocks(self.rows.iter().flatten().filter_map(|run| match run {
            Run::Drawn(block) => Some(block.pixels(&tiles, &captions)),
            Run::White { .. } | Run::Tile { .. } => None,
        }));
        for run in self.rows.iter().flatten() {
            match run {
                Run::White { count } => mosaic.white(*count),
                Run::Drawn(_) => mosaic.block(&mut drawn),
                Run::Tile { tile, row, column, count } => match &encoded[*tile] {
                    Some(tile) => mosaic.tile(tile, *row, *column, *count),
                    None => mosaic.white(*count),
                },
            }
        }
        Ok(mosaic.finish())
    }

    /// The pixels of each tile whose set has a photo.
    fn tiles(&self, photos: &[SheetPhoto<'_>]) -> Vec<Option<RgbImage>> {
        self.tiling.tiles.iter().map(|tile| photos.get(tile.set).map(|photo| tile.pixels(photo))).collect()
    }

    /// Each set's caption as ink on white, the size of its slot.
    fn captions(&self, photos: &[SheetPhoto<'_>]) -> Vec<Option<RgbImage>> {
        let drawn = |slot: &caption::Slot, photo: &SheetPhoto<'_>| {
            let line = photo.caption.and_then(|text| caption::set_line(text, *slot))?;
            let area = PixelArea { x: 0, y: 0, ..self.grid.area(slot.area) };
            let mut ink = RgbImage::from_pixel(area.width, area.height, WHITE);
            typeset::draw(&mut ink, &line, slot.turned, area, self.grid.dpi);
            Some(ink)
        };
        self.plan.captions.iter().zip(photos).map(|(slot, photo)| drawn(slot, photo)).collect()
    }
}

/// The sheet's pixels, for a single look.
pub fn render(plan: &SheetPlan, dpi: Dpi, photos: &[SheetPhoto<'_>]) -> RgbImage {
    SheetRenderer::new(plan, dpi).render(photos)
}

/// A sheet's pixels as the bytes of a JPEG, PNG or TIFF file.
pub fn encode(sheet: &RgbImage, dpi: Dpi, format: SheetFormat) -> Result<Vec<u8>, RasterError> {
    match format {
        SheetFormat::Jpeg => Ok(BaselineCoder::new(JPEG_QUALITY).encode(sheet, dpi)?),
        SheetFormat::Png => Ok(encode_png(sheet, dpi)?),
        SheetFormat::Tiff => Ok(encode_tiff(sheet, dpi)?),
        SheetFormat::Pdf => Err(RasterError::Pdf),
    }
}

/// How photos without a JPEG of their own are encoded for a PDF.
pub(super) fn jpeg_setting(dpi: Dpi) -> JpegSetting {
    JpegSetting {
        dpi,
        quality: JPEG_QUALITY,
        subsampling: Subsampling::Chroma444,
        optimized_tables: false,
        embed_icc: true,
    }
}

/// Copies a window's part of its tile to its place.
fn copy(sheet: &mut RgbImage, tile: &RgbImage, window: &Window) {
    let (from_stride, to_stride) = (tile.width() as usize * 3, sheet.width() as usize * 3);
    let length = window.area.width as usize * 3;
    let samples: &mut [u8] = sheet;
    for row in 0..window.area.height as usize {
        let from = (window.offset.1 as usize + row) * from_stride + window.offset.0 as usize * 3;
        let to = (window.area.y as usize + row) * to_stride + window.area.x as usize * 3;
        samples[to..to + length].copy_from_slice(&tile.as_raw()[from..from + length]);
    }
}

pub(super) fn fill(sheet: &mut RgbImage, area: PixelArea, colour: Rgb<u8>) {
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
    use image::imageops;
    use proptest::prelude::*;

    use super::*;
    use crate::print::printer::Press;
    use crate::print::sheet::SheetOrder;
    use crate::print::{Layout, Layouts, Papers, Pieces, Spacing};

    fn pixel_area(area: Area, dpi: Dpi) -> PixelArea {
        plan("版式一", "6寸").grid(dpi).area(area)
    }

    fn plan(expression: &str, paper: &str) -> SheetPlan {
        let (pieces, papers) = (Pieces::built_in().unwrap(), Papers::built_in().unwrap());
        let order = SheetOrder {
            layout: Layout::parse(expression, &pieces, &Layouts::built_in().unwrap()).unwrap(),
            paper: papers.find(paper).unwrap().clone(),
            spacing: Spacing::default(),
            cut_marks: true,
            captions: true,
            gang: false,
            press: Press::default(),
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

    fn sheet_plan(order: SheetOrder) -> SheetPlan {
        SheetPlan::new(&order, &Papers::built_in().unwrap()).unwrap()
    }

    /// The sheet put together from tiles against the same pixels encoded whole.
    fn assert_same_bytes(plan: &SheetPlan, dpi: Dpi, people: usize, caption: Option<&str>) {
        let pixels = photo();
        let photos = vec![SheetPhoto { pixels: &pixels, jpeg: None, caption }; people];
        let renderer = SheetRenderer::new(plan, dpi);
        let whole = encode(&renderer.render(&photos), dpi, SheetFormat::Jpeg).unwrap();
        assert!(
            renderer.encode(&photos, SheetFormat::Jpeg).unwrap() == whole,
            "{} at {}",
            plan.layout,
            dpi.0
        );
    }

    #[test]
    fn a_sheet_put_together_from_tiles_is_the_sheet_encoded_whole() {
        for layout in ["版式一", "版式二", "1寸×16"] {
            assert_same_bytes(&plan_without_captions(layout, "6寸"), Dpi(300), 1, None);
        }
        assert_same_bytes(&plan("版式一", "6寸"), Dpi(300), 1, Some("高三2班 张三"));
        assert_same_bytes(&plan("版式一", "6寸"), Dpi(150), 1, Some("高三2班 张三"));
        assert_same_bytes(&plan("版式一", "A6"), Dpi(254), 0, None);
    }

    fn plan_without_captions(expression: &str, paper: &str) -> SheetPlan {
        sheet_plan(order(expression, paper, Spacing::default(), (true, false, false)))
    }

    fn order(
        expression: &str,
        paper: &str,
        spacing: Spacing,
        (cut_marks, captions, gang): (bool, bool, bool),
    ) -> SheetOrder {
        SheetOrder {
            layout: Layout::parse(expression, &Pieces::built_in().unwrap(), &Layouts::built_in().unwrap())
                .unwrap(),
            paper: Papers::built_in().unwrap().find(paper).unwrap().clone(),
            spacing,
            cut_marks,
            captions,
            gang,
            press: Press::default(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn whatever_the_sheet_its_tiles_make_the_same_bytes(
            (width, height) in (150..400_i32, 150..400_i32),
            count in 1..5_u32,
            paper in 0..6_usize,
            gap in 0..20_i32,
            dpi in prop::sample::select(vec![120_u32, 200, 300, 301]),
            gang in any::<bool>(),
        ) {
            let papers = Papers::built_in().unwrap();
            let expression = format!("{}mm×{}mm×{count}+1寸×2", Mm(width), Mm(height));
            let spacing = Spacing { gap: Mm(gap), margin: Mm::ZERO };
            let order = order(&expression, &papers.entries()[paper].name, spacing, (true, gang, gang));
            if let Ok(plan) = SheetPlan::new(&order, &papers) {
                assert_same_bytes(&plan, Dpi(dpi), plan.people(), gang.then_some("张三"));
            }
        }
    }

    #[test]
    fn equal_pieces_are_encoded_once() {
        let plan = plan_without_captions("版式一", "6寸");
        let renderer = SheetRenderer::new(&plan, Dpi(300));
        assert_eq!(renderer.tiling.tiles.len(), 2);
        let count =
            |wanted: fn(&Run) -> Option<u32>| renderer.rows.iter().flatten().filter_map(wanted).sum::<u32>();
        let drawn = count(|run| matches!(run, Run::Drawn(_)).then_some(1));
        let of_tiles = count(|run| if let Run::Tile { count, .. } = run { Some(*count) } else { None });
        assert!(of_tiles > 12 * drawn, "{of_tiles} of tiles, {drawn} drawn");
    }
}
