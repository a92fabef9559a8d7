//! Address labels: how they lie on their sheet, as data, and their pages.

use serde::Deserialize;

use super::area::Area;
use super::caption;
use super::data::{self, DataError, UnknownName};
use super::pdf::page::{Drawing, DrawnPages, PdfPageError};
use super::ticket::text;
use crate::photo::units::Mm;

const FILE: &str = "assets/print/labels.toml";
/// The largest type of a line, and the share of a label's height that a line takes at most.
const LARGEST_TYPE_MM: f64 = 6.0;
const LARGEST_LINE: f64 = 0.17;
const LINE_HEIGHT: f64 = 1.35;
/// Order numbers have 24.
const UNBROKEN_CHARACTERS: usize = 26;
/// Smaller type the post does not read.
const SMALLEST_TYPE_MM: f64 = 2.2;

/// One kind of label sheet.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelSheet {
    pub id: String,
    pub name: String,
    pub name_en: String,
    page_mm: [Mm; 2],
    label_mm: [Mm; 2],
    /// Upper left corner of the first label.
    first_mm: [Mm; 2],
    /// From one label to the next.
    pitch_mm: [Mm; 2],
    columns: usize,
    rows: usize,
    inset_mm: Mm,
    pub source: String,
}

/// The known label sheets.
#[derive(Clone, Debug)]
pub struct LabelSheets {
    sheets: Vec<LabelSheet>,
}

#[derive(Deserialize)]
struct File {
    label: Vec<LabelSheet>,
}

impl LabelSheets {
    /// The label sheets that come with the program.
    pub fn built_in() -> Result<Self, DataError> {
        let File { label } = data::parse(FILE, include_str!("../../assets/print/labels.toml"))?;
        for sheet in &label {
            let page = Area::sheet(sheet.page_mm[0], sheet.page_mm[1]);
            if sheet.places() == 0 || (0..sheet.places()).any(|place| !page.contains(sheet.label(place))) {
                let (file, name) = (FILE.into(), sheet.id.clone());
                let reason = "puts a label beyond the page".into();
                return Err(DataError::Entry { file, name, key: "label_mm", reason });
            }
        }
        Ok(Self { sheets: label })
    }

    pub fn entries(&self) -> &[LabelSheet] {
        &self.sheets
    }

    pub fn find(&self, id: &str) -> Result<&LabelSheet, UnknownName> {
        self.sheets.iter().find(|known| known.id == id.trim()).ok_or_else(|| UnknownName {
            what: "label sheet",
            name: id.trim().into(),
            known: self.sheets.iter().map(|known| known.id.clone()).collect(),
        })
    }
}

impl LabelSheet {
    /// Labels on one sheet.
    pub fn places(&self) -> usize {
        self.columns * self.rows
    }

    /// Where a label lies on its page, row by row.
    pub fn label(&self, place: usize) -> Area {
        let (column, row) = (place % self.columns.max(1), place / self.columns.max(1));
        let at = |axis: usize, step: usize| {
            Mm(self.first_mm[axis].tenths() + self.pitch_mm[axis].tenths() * step as i32)
        };
        Area::new(at(0, column), at(1, row), self.label_mm[0], self.label_mm[1])
    }

    /// The labels as a PDF; the first `used` places of the first sheet are left free, for they are gone.
    pub fn pdf(&self, labels: &[Vec<String>], used: usize) -> Result<Vec<u8>, PdfPageError> {
        let mut pages = DrawnPages::new(Area::sheet(self.page_mm[0], self.page_mm[1]));
        let places = self.places().max(1);
        let used = used % places;
        for (index, lines) in labels.iter().enumerate() {
            let place = (used + index) % places;
            if place == 0 && index > 0 {
                pages.turn();
            }
            self.draw(pages.drawing(), self.label(place), lines);
        }
        pages.finish()
    }

    fn draw(&self, drawing: &mut Drawing, label: Area, lines: &[String]) {
        let inside = label.grown(Mm::ZERO - self.inset_mm);
        let (width, height) = (inside.width.mm(), inside.height.mm());
        let lines: Vec<String> = lines.iter().filter(|line| !line.trim().is_empty()).cloned().collect();
        // Numbers and names stay on one line; an address may be broken.
        let short = lines.iter().filter(|line| line.chars().count() <= UNBROKEN_CHARACTERS);
        let longest = short.map(|line| ems(line)).fold(1.0, f64::max);
        let mut size = LARGEST_TYPE_MM.min(label.height.mm() * LARGEST_LINE).min(width / longest);
        let mut set = wrapped(&lines, width / size);
        while size > SMALLEST_TYPE_MM && set.len() as f64 * size * LINE_HEIGHT > height {
            size = (size * 0.93).max(SMALLEST_TYPE_MM);
            set = wrapped(&lines, width / size);
        }
        let mut top = inside.y.mm();
        for line in set {
            text(drawing, &line, (inside.x.mm(), top), size);
            top += size * LINE_HEIGHT;
        }
    }
}

fn ems(text: &str) -> f64 {
    caption::line_of(text, 1.0).map_or(0.0, |line| line.length_mm)
}

/// Lines broken so that none is longer than `most_ems`.
fn wrapped(lines: &[String], most_ems: f64) -> Vec<String> {
    let mut set = Vec::new();
    for line in lines {
        let mut kept = String::new();
        for character in line.chars() {
            kept.push(character);
            if ems(&kept) > most_ems && kept.chars().count() > 1 {
                kept.pop();
                set.push(std::mem::take(&mut kept));
                kept.push(character);
            }
        }
        set.push(kept);
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_label_of_every_sheet_ends_within_the_page() {
        let sheets = LabelSheets::built_in().unwrap();
        for sheet in sheets.entries() {
            let last = sheet.label(sheet.places() - 1);
            assert!(last.right() <= sheet.page_mm[0] && last.bottom() <= sheet.page_mm[1], "{}", sheet.id);
            assert!(!sheet.label(0).overlaps(sheet.label(sheet.places() - 1)) || sheet.places() == 1);
        }
    }

    #[test]
    fn labels_go_on_the_next_sheet_after_the_used_places() {
        let sheets = LabelSheets::built_in().unwrap();
        let sheet = sheets.find("3x7").unwrap();
        let labels = vec![vec!["吴小兰".to_owned(), "示范路 1 号".to_owned()]; 20];
        let count = |used: usize| {
            let pdf = sheet.pdf(&labels, used).unwrap();
            let text = String::from_utf8_lossy(&pdf).into_owned();
            let at = text.find("/Count ").unwrap();
            text[at + 7..].chars().take_while(char::is_ascii_digit).collect::<String>()
        };
        assert_eq!(
            (count(0), count(1), count(2), count(21)),
            ("1".into(), "1".into(), "2".into(), "1".into())
        );
    }

    #[test]
    fn a_long_address_is_broken_not_cut() {
        let address = "示范省示范市示范区示范街道示范路 1 号示范大学西校区学生公寓 12 号楼 305 室".to_owned();
        let lines = wrapped(std::slice::from_ref(&address), 15.0);
        assert!(lines.len() >= 3 && lines.concat() == address, "{lines:?}");
    }
}
