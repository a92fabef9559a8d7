//! The papers that go with orders: the picking list, and a page with a code to scan for each order.

use super::area::Area;
use super::caption;
use super::pdf::page::{Drawing, DrawnPages, PdfPageError};
use super::ticket::{qr_code, text};
use crate::photo::units::Mm;

/// Office paper: ISO 216 A4, portrait.
const PAGE: Area = Area::sheet(Mm::from_tenths(2100), Mm::from_tenths(2970));
const MARGIN_MM: f64 = 16.0;
const TITLE_MM: f64 = 6.5;
const TEXT_MM: f64 = 3.4;
const ROW_MM: f64 = 7.0;
const QR_SIDE_MM: f64 = 32.0;
const LABEL_MM: f64 = 30.0;
const LINE_MM: f64 = 0.15;
const BOX_MM: f64 = 3.6;

/// A list to tick off while prints are picked.
#[derive(Clone, Debug)]
pub struct PickingList {
    pub title: String,
    /// Below the title: time, counts.
    pub below: String,
    /// Names and relative widths of the columns.
    pub columns: Vec<(String, f64)>,
    pub rows: Vec<Vec<String>>,
}

/// A page of one order.
#[derive(Clone, Debug)]
pub struct OrderPage {
    pub title: String,
    /// What the code holds: the order's number.
    pub code: String,
    /// Label and value.
    pub rows: Vec<(String, String)>,
    /// A line at the foot.
    pub foot: String,
}

impl PickingList {
    /// The list as a PDF of as many pages as it needs.
    pub fn pdf(&self) -> Result<Vec<u8>, PdfPageError> {
        let mut pages = DrawnPages::new(PAGE);
        let mut top = self.head(pages.drawing());
        for row in &self.rows {
            if top + ROW_MM > PAGE.height.mm() - MARGIN_MM {
                pages.turn();
                top = self.head(pages.drawing());
            }
            self.row(pages.drawing(), row, top);
            top += ROW_MM;
        }
        pages.finish()
    }

    /// Title and column names; gives where the rows begin.
    fn head(&self, drawing: &mut Drawing) -> f64 {
        text(drawing, &self.title, (MARGIN_MM, MARGIN_MM), TITLE_MM);
        text(drawing, &self.below, (MARGIN_MM, MARGIN_MM + TITLE_MM * 1.6), TEXT_MM);
        let top = MARGIN_MM + TITLE_MM * 1.6 + ROW_MM;
        let names: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        self.cells(drawing, &names, top);
        line_below(drawing, top + ROW_MM - 1.2);
        top + ROW_MM
    }

    fn row(&self, drawing: &mut Drawing, row: &[String], top: f64) {
        drawing.outline((MARGIN_MM, top + 0.4), (BOX_MM, BOX_MM), 0.25);
        self.cells(drawing, row, top);
        line_below(drawing, top + ROW_MM - 1.2);
    }

    fn cells(&self, drawing: &mut Drawing, cells: &[String], top: f64) {
        let whole: f64 = self.columns.iter().map(|(_, share)| share).sum();
        let room = PAGE.width.mm() - 2.0 * MARGIN_MM - BOX_MM - 3.0;
        let mut left = MARGIN_MM + BOX_MM + 3.0;
        for ((_, share), cell) in self.columns.iter().zip(cells) {
            let width = room * share / whole;
            let natural = caption::line_of(cell, TEXT_MM).map_or(0.0, |line| line.length_mm);
            let size = TEXT_MM * ((width - 1.5) / natural.max(0.1)).min(1.0);
            text(drawing, cell, (left, top + (TEXT_MM - size) / 2.0), size);
            left += width;
        }
    }
}

/// A page for each order.
pub fn order_pages(orders: &[OrderPage]) -> Result<Vec<u8>, PdfPageError> {
    let mut pages = DrawnPages::new(PAGE);
    for (index, order) in orders.iter().enumerate() {
        if index > 0 {
            pages.turn();
        }
        order.draw(pages.drawing())?;
    }
    pages.finish()
}

impl OrderPage {
    fn draw(&self, drawing: &mut Drawing) -> Result<(), PdfPageError> {
        text(drawing, &self.title, (MARGIN_MM, MARGIN_MM), TITLE_MM);
        qr_code(drawing, &self.code, (PAGE.width.mm() - MARGIN_MM - QR_SIDE_MM, MARGIN_MM), QR_SIDE_MM)?;
        let mut top = MARGIN_MM + TITLE_MM + ROW_MM;
        for (label, value) in &self.rows {
            // Beside the code a line is shorter.
            let right = if top < MARGIN_MM + QR_SIDE_MM + 3.0 { QR_SIDE_MM + 4.0 } else { 0.0 };
            let room = PAGE.width.mm() - 2.0 * MARGIN_MM - LABEL_MM - right;
            let natural = caption::line_of(value, TEXT_MM).map_or(0.0, |line| line.length_mm);
            let size = TEXT_MM * (room / natural.max(0.1)).min(1.0);
            text(drawing, label, (MARGIN_MM, top), TEXT_MM);
            text(drawing, value, (MARGIN_MM + LABEL_MM, top), size);
            top += ROW_MM;
        }
        top = top.max(MARGIN_MM + QR_SIDE_MM + ROW_MM);
        line_below(drawing, top);
        text(drawing, &self.foot, (MARGIN_MM, top + 2.0), TEXT_MM);
        Ok(())
    }
}

fn line_below(drawing: &mut Drawing, y: f64) {
    drawing.line((MARGIN_MM, y), (PAGE.width.mm() - MARGIN_MM, y), LINE_MM);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(pdf: &[u8]) -> String {
        let text = String::from_utf8_lossy(pdf).into_owned();
        let at = text.find("/Count ").unwrap();
        text[at + 7..].chars().take_while(char::is_ascii_digit).collect()
    }

    #[test]
    fn a_long_list_goes_on_the_next_page_and_every_order_has_its_own() {
        let row = |number: usize| vec![format!("000000-{number}"), "吴*兰".into(), "1寸×8+2寸×4".into()];
        let list = PickingList {
            title: "拣货单".into(),
            below: "50 单".into(),
            columns: vec![("订单".into(), 2.0), ("收件人".into(), 1.0), ("版式".into(), 1.0)],
            rows: (0..50).map(row).collect(),
        };
        assert_eq!(pages(&list.pdf().unwrap()), "2");
        let order = OrderPage {
            title: "加洗工单".into(),
            code: "000000-20260101120000000".into(),
            rows: vec![("收件人".into(), "吴*兰".into())],
            foot: String::new(),
        };
        assert_eq!(pages(&order_pages(&[order.clone(), order]).unwrap()), "2");
    }
}
