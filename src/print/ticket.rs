//! The ticket that goes with a run of sheets: what it is, a code to scan, and how the sheets are cut.

use qrcode::{EcLevel, QrCode};

use super::area::Area;
use super::caption;
use super::pack::{Axis, CutProgram};
use super::pdf::page::{Drawing, DrawnPages, PdfPageError};
use super::sheet::SheetPlan;
use crate::photo::units::Mm;

/// Office paper: ISO 216 A4, portrait.
const PAGE: Area = Area::sheet(Mm::from_tenths(2100), Mm::from_tenths(2970));
const MARGIN_MM: f64 = 18.0;
const QR_SIDE_MM: f64 = 32.0;
const TITLE_MM: f64 = 7.0;
const TEXT_MM: f64 = 3.6;
const SMALL_MM: f64 = 2.9;
const ROW_MM: f64 = 6.0;
const VALUE_AT_MM: f64 = 34.0;
/// Four modules stay white around a code (ISO/IEC 18004).
const QR_CLEAR_MM: f64 = 5.0;
/// Share of the usual letters below which a value cannot be read.
const SMALLEST_VALUE: f64 = 0.6;
/// The drawing of the sheet is this wide or high at most.
const SKETCH_MM: (f64, f64) = (174.0, 92.0);
const STROKE_ROW_MM: f64 = 4.6;
const STROKE_COLUMNS: usize = 3;

/// What a ticket says; all words come from the caller.
#[derive(Clone, Debug)]
pub struct Ticket<'a> {
    pub title: String,
    /// Label and value.
    pub rows: Vec<(String, String)>,
    /// What the code holds.
    pub code: &'a str,
    pub plan: &'a SheetPlan,
    pub cut_title: String,
    pub words: CutWords,
}

/// How strokes are told.
#[derive(Clone, Debug)]
pub struct CutWords {
    /// A stroke from top to bottom, measured from the left edge.
    pub from_left: String,
    /// A stroke from left to right, measured from the upper edge.
    pub from_top: String,
    /// Parts lying on each other.
    pub stacked: String,
}

impl Ticket<'_> {
    /// The ticket as a PDF of one page.
    pub fn pdf(&self) -> Result<Vec<u8>, PdfPageError> {
        let mut page = DrawnPages::new(PAGE);
        let mut y_mm = MARGIN_MM;
        text(page.drawing(), &self.title, (MARGIN_MM, y_mm), TITLE_MM);
        qr_code(page.drawing(), self.code, (PAGE.width.mm() - MARGIN_MM - QR_SIDE_MM, y_mm), QR_SIDE_MM)?;
        y_mm += TITLE_MM + ROW_MM;
        for (label, value) in &self.rows {
            text(page.drawing(), label, (MARGIN_MM, y_mm), TEXT_MM);
            text(page.drawing(), value, (MARGIN_MM + VALUE_AT_MM, y_mm), value_size(value));
            y_mm += ROW_MM;
        }
        y_mm = y_mm.max(MARGIN_MM + QR_SIDE_MM) + ROW_MM;
        text(page.drawing(), &self.cut_title, (MARGIN_MM, y_mm), TEXT_MM * 1.2);
        y_mm += ROW_MM * 1.5;
        y_mm += self.sketch(page.drawing(), (MARGIN_MM, y_mm)) + ROW_MM;
        self.strokes(page.drawing(), y_mm);
        page.finish()
    }

    /// The sheet with its pieces and numbered strokes, to scale; gives its height.
    fn sketch(&self, drawing: &mut Drawing, (left, top): (f64, f64)) -> f64 {
        let packing = &self.plan.packing;
        let sheet = packing.sheet;
        let scale = (SKETCH_MM.0 / sheet.width.mm()).min(SKETCH_MM.1 / sheet.height.mm()).min(1.0);
        let at = |x: Mm, y: Mm| (left + x.mm() * scale, top + y.mm() * scale);
        let size = |area: Area| (area.width.mm() * scale, area.height.mm() * scale);
        for placed in &packing.placements {
            drawing.fill(at(placed.area.x, placed.area.y), size(placed.area), 0.88);
        }
        drawing.outline(at(sheet.x, sheet.y), size(sheet), 0.3);
        for (number, stroke) in (1..).zip(&packing.program.strokes) {
            for part in &stroke.parts {
                let (from, to) = match stroke.axis {
                    Axis::Vertical => {
                        ((part.x + stroke.offset, part.y), (part.x + stroke.offset, part.bottom()))
                    }
                    Axis::Horizontal => {
                        ((part.x, part.y + stroke.offset), (part.right(), part.y + stroke.offset))
                    }
                };
                drawing.line(at(from.0, from.1), at(to.0, to.1), 0.15);
            }
            if let Some(part) = stroke.parts.first() {
                // Along its stroke each number stands a little further on, so that crossing ones stay apart.
                let along = f64::from(number % 5) * 0.15 + 0.2;
                let (x, y) = match stroke.axis {
                    Axis::Vertical => {
                        (part.x.mm() + stroke.offset.mm(), part.y.mm() + part.height.mm() * along)
                    }
                    Axis::Horizontal => {
                        (part.x.mm() + part.width.mm() * along, part.y.mm() + stroke.offset.mm())
                    }
                };
                let (x, y) = (left + x * scale, top + y * scale);
                drawing.fill((x - 2.0, y - 1.7), (4.0, 3.4), 1.0);
                drawing.outline((x - 2.0, y - 1.7), (4.0, 3.4), 0.1);
                let label = number.to_string();
                let width = caption::line_of(&label, SMALL_MM).map_or(0.0, |line| line.length_mm);
                text(drawing, &label, (x - width / 2.0, y - SMALL_MM * 0.52), SMALL_MM);
            }
        }
        sheet.height.mm() * scale
    }

    fn strokes(&self, drawing: &mut Drawing, top_mm: f64) {
        let texts = stroke_texts(&self.plan.packing.program, &self.words);
        let rows = texts.len().div_ceil(STROKE_COLUMNS).max(1);
        let width = (PAGE.width.mm() - 2.0 * MARGIN_MM) / STROKE_COLUMNS as f64;
        for (index, line) in texts.iter().enumerate() {
            let x = MARGIN_MM + (index / rows) as f64 * width;
            text(drawing, line, (x, top_mm + (index % rows) as f64 * STROKE_ROW_MM), SMALL_MM);
        }
    }
}

/// Letters of a value that keeps clear of the code beside it: a long name is written smaller, to a limit.
fn value_size(value: &str) -> f64 {
    let room = PAGE.width.mm() - 2.0 * MARGIN_MM - VALUE_AT_MM - QR_SIDE_MM - QR_CLEAR_MM;
    let length = caption::line_of(value, TEXT_MM).map_or(0.0, |line| line.length_mm);
    TEXT_MM * (room / length.max(room)).max(SMALLEST_VALUE)
}

/// One line a stroke, in the order in which they are made.
fn stroke_texts(program: &CutProgram, words: &CutWords) -> Vec<String> {
    let told = |(number, stroke): (usize, &super::pack::Stroke)| {
        let from = match stroke.axis {
            Axis::Vertical => &words.from_left,
            Axis::Horizontal => &words.from_top,
        };
        let stacked = match stroke.parts.len() {
            1 => String::new(),
            parts => format!(" · {} {parts}", words.stacked),
        };
        format!("{number}. {from} {} mm{stacked}", stroke.offset)
    };
    (1..).zip(&program.strokes).map(told).collect()
}

/// Draws a code to scan, `side_mm` wide.
pub(super) fn qr_code(
    drawing: &mut Drawing,
    content: &str,
    (left, top): (f64, f64),
    side_mm: f64,
) -> Result<(), PdfPageError> {
    let failed = |error: qrcode::types::QrError| PdfPageError::no_code(&error);
    let code = QrCode::with_error_correction_level(content, EcLevel::M).map_err(failed)?;
    let modules = code.width();
    let side = side_mm / modules as f64;
    for (index, colour) in code.to_colors().into_iter().enumerate() {
        if colour == qrcode::Color::Dark {
            let (column, row) = ((index % modules) as f64, (index / modules) as f64);
            drawing.fill((left + column * side, top + row * side), (side, side), 0.0);
        }
    }
    Ok(())
}

pub(super) fn text(drawing: &mut Drawing, text: &str, corner: (f64, f64), size_mm: f64) {
    if let Some(line) = caption::line_of(text, size_mm) {
        drawing.text(&line, corner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::sheet::SheetOrder;
    use crate::print::{Layout, Layouts, Papers, Pieces, Spacing};

    fn plan(gap: Mm) -> SheetPlan {
        let papers = Papers::built_in().unwrap();
        let order = SheetOrder {
            layout: Layout::parse("版式一", &Pieces::built_in().unwrap(), &Layouts::built_in().unwrap())
                .unwrap(),
            paper: papers.find("7寸").unwrap().clone(),
            spacing: Spacing { gap, margin: Mm::ZERO },
            cut_marks: false,
            captions: false,
            gang: false,
            press: Default::default(),
        };
        SheetPlan::new(&order, &papers).unwrap()
    }

    fn words() -> CutWords {
        CutWords { from_left: "down".into(), from_top: "across".into(), stacked: "stacked".into() }
    }

    #[test]
    fn every_stroke_is_told_once_and_in_order() {
        let plan = plan(Mm(10));
        let texts = stroke_texts(&plan.packing.program, &words());
        assert_eq!(texts.len(), plan.packing.program.strokes.len());
        for (number, (text, stroke)) in (1..).zip(texts.iter().zip(&plan.packing.program.strokes)) {
            assert!(text.starts_with(&format!("{number}. ")), "{text}");
            assert!(text.contains(&format!("{} mm", stroke.offset)), "{text}");
            assert_eq!(text.contains("stacked"), stroke.parts.len() > 1, "{text}");
        }
    }

    #[test]
    fn the_ticket_is_one_page_with_its_text() {
        let plan = plan(Mm::ZERO);
        let (title, rows) = ("印制工单".to_owned(), vec![("批次".to_owned(), "AB12CD".to_owned())]);
        let ticket =
            Ticket {
                title, rows, code: "0190-7c0f", plan: &plan, cut_title: "裁切".into(), words: words()
            };
        let pdf = ticket.pdf().unwrap();
        let has = |needle: &str| pdf.windows(needle.len()).any(|window| window == needle.as_bytes());
        // 印 is U+5370.
        assert!(has("/Count 1") && has("/MediaBox[0 0 595.27") && has("<5370>"));
    }
}
