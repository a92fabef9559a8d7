//! The people of an export and their files as tables: CSV, and XLSX whose cells are all text.

use std::io::{self, Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::manifest::Person;
use crate::submission::QueueItem;

const HEADINGS: [&str; 7] = ["submission", "name", "photo", "sheet", "page", "pieces", "place"];

/// Rows of text under their headings; names stay masked.
pub(super) struct Roster {
    rows: Vec<[String; HEADINGS.len()]>,
}

impl Roster {
    pub fn new(items: &[QueueItem], people: &[Person]) -> Self {
        let number = |number: Option<usize>| number.map_or_else(String::new, |number| number.to_string());
        let row = |(item, person): (&QueueItem, &Person)| {
            [
                item.submission.clone(),
                item.masked_name.clone(),
                person.photo.clone(),
                person.sheet.clone(),
                number(person.page),
                person.pieces.to_string(),
                number(person.place),
            ]
        };
        Self { rows: items.iter().zip(people).map(row).collect() }
    }

    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        // Spreadsheets take a file without this mark for the system's old code page.
        let mut table = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
        table.write_record(HEADINGS)?;
        for row in &self.rows {
            table.write_record(row)?;
        }
        table.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }

    /// A workbook of one sheet (ECMA-376). Text cells keep leading zeros and long numbers as they are.
    pub fn xlsx(&self) -> io::Result<Vec<u8>> {
        let mut book = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", RELATIONS),
            ("xl/workbook.xml", WORKBOOK),
            ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS),
            ("xl/styles.xml", STYLES),
            ("xl/worksheets/sheet1.xml", self.sheet().as_str()),
        ] {
            book.start_file(name, stored()).map_err(io::Error::other)?;
            book.write_all(content.as_bytes())?;
        }
        Ok(book.finish().map_err(io::Error::other)?.into_inner())
    }

    fn sheet(&self) -> String {
        let mut sheet = String::from(SHEET_START);
        let headings = HEADINGS.map(String::from);
        for (number, row) in (1..).zip(std::iter::once(&headings).chain(&self.rows)) {
            sheet.push_str(&format!("<row r=\"{number}\">"));
            for (column, text) in ('A'..).zip(row) {
                let text = escaped(text);
                sheet.push_str(&format!(
                    "<c r=\"{column}{number}\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
                ));
            }
            sheet.push_str("</row>");
        }
        sheet.push_str("</sheetData></worksheet>");
        sheet
    }
}

/// Without compression and without a time, so that the same content gives the same bytes.
pub(super) fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .large_file(false)
}

/// Text inside XML; characters that XML cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="roster" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const WORKBOOK_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
/// Cell format 1 is number format 49, text.
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" numFmtId="49" applyNumberFormat="1"/></cellXfs></styleSheet>"#;
const SHEET_START: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="2" width="16" customWidth="1"/><col min="3" max="4" width="32" customWidth="1"/></cols><sheetData>"#;

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn every_cell_of_the_workbook_is_text() {
        let row = ["007", "张<*>&", "photos/a.jpg", "sheets/a.jpg", "", "12", ""].map(String::from);
        let bytes = Roster { rows: vec![row] }.xlsx().unwrap();
        let mut book = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut sheet = String::new();
        book.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
        assert_eq!(sheet.matches("<c r=").count(), 2 * HEADINGS.len());
        assert_eq!(sheet.matches("s=\"1\" t=\"inlineStr\"").count(), 2 * HEADINGS.len());
        assert!(sheet.contains("<c r=\"A2\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">007</t>"));
        assert!(sheet.contains("张&lt;*&gt;&amp;"));
    }
}
