//! The smallest Excel workbook: one sheet, text cells inline, number cells as numbers.
#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each user takes its part; a test may stop on a broken fixture"
)]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub use Value::{Number, Text};

#[derive(Clone, Copy)]
pub enum Value<'a> {
    Text(&'a str),
    Number(&'a str),
}

pub fn texts<'a>(texts: &[&'a str]) -> Vec<Value<'a>> {
    texts.iter().map(|text| Text(text)).collect()
}

/// The workbook's bytes; an empty text leaves the cell out.
pub fn workbook(rows: &[&[Value<'_>]]) -> Vec<u8> {
    let parts = [
        ("[Content_Types].xml", TYPES.to_owned()),
        ("_rels/.rels", relations("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", BOOK.to_owned()),
        ("xl/_rels/workbook.xml.rels", relations("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", sheet(rows)),
    ];
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in parts {
        file.start_file(name, options).expect("begins a part");
        file.write_all(content.as_bytes()).expect("writes a part");
    }
    file.finish().expect("ends the file").into_inner()
}

fn sheet(rows: &[&[Value<'_>]]) -> String {
    let mut xml = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>");
    for (row, cells) in rows.iter().enumerate() {
        let row = row + 1;
        write!(xml, "<row r=\"{row}\">").expect("writes");
        for (column, cell) in cells.iter().enumerate() {
            let letter = char::from(b'A' + column as u8);
            match cell {
                Text("") => Ok(()),
                Text(text) => {
                    write!(xml, "<c r=\"{letter}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
                }
                Number(number) => write!(xml, "<c r=\"{letter}{row}\"><v>{number}</v></c>"),
            }
            .expect("writes");
        }
        xml.push_str("</row>");
    }
    xml + "</sheetData></worksheet>"
}

fn relations(kind: &str, target: &str) -> String {
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{RELATION}/{kind}\" Target=\"{target}\"/></Relationships>"
    )
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
    <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
    <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>";
const BOOK: &str = "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
    <sheets><sheet name=\"名单\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
