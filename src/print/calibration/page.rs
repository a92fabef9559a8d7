//! The page that is printed to measure a printer: numbered crosses at known places, rulers, and how to measure.

use image::{Rgb, RgbImage};

use crate::photo::units::{Dpi, Mm};
use crate::print::area::Area;
use crate::print::caption;
use crate::print::grid::{Grid, PixelArea};
use crate::print::paper::Paper;
use crate::print::pdf::page::{DrawnPages, PdfPageError};
use crate::print::printer::Press;
use crate::print::raster::{self, RasterError};
use crate::print::sheet::SheetFormat;
use crate::print::typeset;

/// How far the outer crosses stand from the paper's edge, beyond the border that the printer leaves white.
const INSET: Mm = Mm::from_tenths(120);
/// From a cross's middle to the end of its arms.
const ARM: Mm = Mm::from_tenths(50);
/// Two pixels at 300 dpi.
const LINE: Mm = Mm::from_tenths(2);
/// Marks of the rulers each millimetre, five and ten millimetres.
const TICKS: [Mm; 3] = [Mm::from_tenths(15), Mm::from_tenths(25), Mm::from_tenths(35)];
const NUMBER_MM: f64 = 4.0;
const SMALL_MM: f64 = 2.2;
const WORDS_MM: f64 = 2.6;
/// Smaller words nobody reads.
const SMALLEST_WORDS_MM: f64 = 1.6;
const LINE_HEIGHT: f64 = 1.4;

/// What the page says; all words come from the caller.
#[derive(Clone, Debug)]
pub struct PageWords {
    pub title: String,
    /// What to do, a line each.
    pub lines: Vec<String>,
}

/// The page of one printer and paper.
#[derive(Clone, Debug)]
pub struct CalibrationPage {
    paper: Paper,
    press: Press,
    bars: Vec<Area>,
    texts: Vec<Text>,
}

#[derive(Clone, Debug)]
struct Text {
    text: String,
    corner_mm: (f64, f64),
    size_mm: f64,
}

/// Where the page's crosses stand, number 1 first: three rows of three, from the upper left.
pub fn crosses(paper: &Paper, unprintable: Mm) -> Vec<(Mm, Mm)> {
    let inset = unprintable + INSET;
    let places = |side: Mm| [inset, Mm(side.tenths() / 2), side - inset];
    let columns = places(paper.width);
    places(paper.height).into_iter().flat_map(|y| columns.map(|x| (x, y))).collect()
}

impl CalibrationPage {
    /// `press` tells border and pixels of the printer; whatever calibration it has is not applied, for this page
    /// shows what the printer does by itself.
    pub fn new(paper: &Paper, press: &Press, words: &PageWords) -> Self {
        let press = Press { calibration: super::Calibration::default(), ..*press };
        let mut page = Self { paper: paper.clone(), press, bars: Vec::new(), texts: Vec::new() };
        page.rulers();
        for (number, (x, y)) in (1..).zip(crosses(paper, press.unprintable)) {
            page.cross(number, x, y);
        }
        page.words(words);
        page
    }

    /// As a PDF of one page of the paper's size.
    pub fn pdf(&self) -> Result<Vec<u8>, PdfPageError> {
        let mut page = DrawnPages::new(self.paper.area());
        for bar in &self.bars {
            let (corner, size) = ((bar.x.mm(), bar.y.mm()), (bar.width.mm(), bar.height.mm()));
            page.drawing().fill(corner, size, 0.0);
        }
        for text in &self.texts {
            if let Some(line) = caption::line_of(&text.text, text.size_mm) {
                page.drawing().text(&line, text.corner_mm);
            }
        }
        page.finish()
    }

    /// As the bytes of a JPEG, PNG or TIFF file in the printer's pixels.
    pub fn raster(&self, dpi: Dpi, format: SheetFormat) -> Result<Vec<u8>, RasterError> {
        raster::encode(&self.pixels(dpi), dpi, format)
    }

    fn pixels(&self, dpi: Dpi) -> RgbImage {
        let grid = Grid::new(&self.paper, dpi, &self.press);
        let mut sheet = RgbImage::from_pixel(grid.width, grid.height, Rgb([255; 3]));
        for bar in &self.bars {
            raster::fill(&mut sheet, grid.area(*bar), Rgb([0; 3]));
        }
        for text in &self.texts {
            let Some(line) = caption::line_of(&text.text, text.size_mm) else { continue };
            let height = Mm::from_mm(text.size_mm * LINE_HEIGHT);
            let width = Mm::from_mm(line.length_mm + text.size_mm);
            let corner = (Mm::from_mm(text.corner_mm.0), Mm::from_mm(text.corner_mm.1));
            let area: PixelArea = grid.area(Area::new(corner.0, corner.1, width, height));
            typeset::draw(&mut sheet, &line, false, area, dpi);
        }
        sheet
    }

    fn cross(&mut self, number: usize, x: Mm, y: Mm) {
        let half = Mm(LINE.tenths() / 2);
        self.bars.push(Area::new(x - ARM, y - half, ARM + ARM, LINE));
        self.bars.push(Area::new(x - half, y - ARM, LINE, ARM + ARM));
        self.text(&number.to_string(), (x.mm() + 1.0, y.mm() - NUMBER_MM * LINE_HEIGHT), NUMBER_MM);
        self.text(&format!("{x} / {y}"), (x.mm() + 1.0, y.mm() + 0.8), SMALL_MM);
    }

    /// One scale across and one down, between the crosses and from edge to edge: where an edge cuts the scale, it reads
    /// what the printer moved.
    fn rulers(&mut self) {
        let Paper { width, height, .. } = self.paper;
        let (ruler_x, ruler_y) = (Mm(width.tenths() * 7 / 10), Mm(height.tenths() * 7 / 10));
        let half = Mm(LINE.tenths() / 2);
        for mm in 0..=width.tenths() / 10 {
            let at = Mm(mm * 10);
            self.bars.push(Area::new(at - half, ruler_y, LINE, tick(mm)));
            if mm % 10 == 0 {
                self.text(&mm.to_string(), (at.mm() + 0.3, ruler_y.mm() + TICKS[2].mm()), SMALL_MM);
            }
        }
        for mm in 0..=height.tenths() / 10 {
            let at = Mm(mm * 10);
            self.bars.push(Area::new(ruler_x, at - half, tick(mm), LINE));
            if mm % 10 == 0 {
                self.text(&mm.to_string(), (ruler_x.mm() + TICKS[2].mm() + 0.3, at.mm() - 1.4), SMALL_MM);
            }
        }
        self.bars.push(Area::new(Mm::ZERO, ruler_y - half, width, LINE));
        self.bars.push(Area::new(ruler_x - half, Mm::ZERO, LINE, height));
        // The scales begin beyond the paper where the printer moves them inwards.
        self.bars.retain(|bar| bar.width > Mm::ZERO && bar.height > Mm::ZERO);
        let paper = self.paper.area();
        self.bars = self.bars.iter().filter_map(|bar| clipped(*bar, paper)).collect();
    }

    /// The words in the quarter right of the upper left cross, as large as they fit.
    fn words(&mut self, words: &PageWords) {
        let inset = (self.press.unprintable + INSET).mm();
        let left = inset + ARM.mm() + 1.0;
        let room = self.paper.width.mm() / 2.0 - left - 1.0;
        let longest = words.lines.iter().chain([&words.title]);
        let natural = longest.filter_map(|line| caption::line_of(line, 1.0)).map(|line| line.length_mm);
        let fitting = room / natural.fold(1.0, f64::max);
        let size = fitting.clamp(SMALLEST_WORDS_MM, WORDS_MM);
        let mut top = inset + ARM.mm() + 1.5;
        for line in std::iter::once(&words.title).chain(&words.lines) {
            self.text(line, (inset - ARM.mm(), top), size);
            top += size * LINE_HEIGHT;
        }
    }

    fn text(&mut self, text: &str, corner_mm: (f64, f64), size_mm: f64) {
        self.texts.push(Text { text: text.to_owned(), corner_mm, size_mm });
    }
}

fn tick(mm: i32) -> Mm {
    TICKS[usize::from(mm % 5 == 0) + usize::from(mm % 10 == 0)]
}

fn clipped(bar: Area, paper: Area) -> Option<Area> {
    let (x, y) = (bar.x.max(paper.x), bar.y.max(paper.y));
    let (right, bottom) = (bar.right().min(paper.right()), bar.bottom().min(paper.bottom()));
    (right > x && bottom > y).then(|| Area::new(x, y, right - x, bottom - y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::calibration::{Axis, Calibration};
    use crate::print::{Papers, printer::Printers};

    fn page(printer: &str, paper: &str) -> CalibrationPage {
        let paper = Papers::built_in().unwrap().find(paper).unwrap().clone();
        let wrong =
            Calibration { x: Axis { offset_mm: 3.0, scale: 1.01 }, y: Axis { offset_mm: 3.0, scale: 1.0 } };
        let press = Printers::built_in().unwrap().find(printer).unwrap().press(&paper, wrong);
        let words =
            PageWords { title: "校准页".into(), lines: vec!["从纸的左边和上边量起".into()] };
        CalibrationPage::new(&paper, &press, &words)
    }

    /// Dark pixels of a line, as the middle of each run.
    fn middles(dark: impl Iterator<Item = bool>) -> Vec<f64> {
        let (mut runs, mut begun) = (Vec::new(), None);
        for (at, dark) in dark.chain([false]).enumerate() {
            match (dark, begun) {
                (true, None) => begun = Some(at),
                (false, Some(from)) => {
                    runs.push((from + at) as f64 / 2.0);
                    begun = None;
                }
                _ => {}
            }
        }
        runs
    }

    #[test]
    fn every_cross_stands_where_it_says_whatever_was_measured_before() {
        for (printer, name, ring) in
            [("plain", "6寸", (0, 0)), ("dnp_ds620", "6寸", (22, 20)), ("office", "A4", (0, 0))]
        {
            let page = page(printer, name);
            let sheet = page.pixels(Dpi(300));
            for (x, y) in crosses(&page.paper, page.press.unprintable) {
                let (x_px, y_px) =
                    (x.px_exact(Dpi(300)) + f64::from(ring.0), y.px_exact(Dpi(300)) + f64::from(ring.1));
                // Along a line a little beside the cross, so that only its other arm is met.
                let beside = Mm::from_mm(4.0).px_exact(Dpi(300));
                let row = (y_px - beside) as u32;
                let near = (x_px - 6.0) as u32..(x_px + 6.0) as u32;
                let across = middles(near.clone().map(|at| sheet.get_pixel(at, row).0[0] < 128));
                assert_eq!(across.len(), 1, "{printer} at {x}, {y}");
                assert!(
                    (across[0] + f64::from(near.start) - x_px).abs() <= 1.0,
                    "{printer}: {across:?} for {x_px}"
                );
                let column = (x_px - beside) as u32;
                let near = (y_px - 6.0) as u32..(y_px + 6.0) as u32;
                let down = middles(near.clone().map(|at| sheet.get_pixel(column, at).0[0] < 128));
                assert!(
                    (down[0] + f64::from(near.start) - y_px).abs() <= 1.0,
                    "{printer}: {down:?} for {y_px}"
                );
            }
        }
    }

    #[test]
    fn the_page_is_a_pdf_of_the_papers_size_too() {
        let pdf = page("office", "A4").pdf().unwrap();
        let has = |needle: &[u8]| pdf.windows(needle.len()).any(|window| window == needle);
        assert!(has(b"/PrintScaling/None") && has(b"/MediaBox[0 0 595.27"));
    }
}
