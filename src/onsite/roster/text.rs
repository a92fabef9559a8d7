//! Text tables: encoding recognised (UTF-8 with and without mark, UTF-16 with mark, GB18030), then the delimiter.

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::file::{MAX_COLUMNS, MAX_ROWS, TableError};
use super::table::{Cell, Table};

/// In the order they are tried; the one that is most frequent in the first lines divides the columns.
const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];
const SNIFFED_LINES: usize = 20;

pub(super) fn table(bytes: &[u8]) -> Result<Table, TableError> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    let (mut counted, mut line) = (0, 0);
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => return Err(TableError::Damaged { cause: error.to_string() }),
        }
        // Blank lines are passed over by the reader and quoted line breaks lie inside a row: a row's address is the
        // line it begins in.
        let begins = record.position().map_or(counted, |at| beginning(&text, at.byte() as usize));
        line += text.as_bytes()[counted..begins].iter().filter(|byte| **byte == b'\n').count();
        counted = begins;
        if line >= MAX_ROWS || record.len() > MAX_COLUMNS {
            return Err(TableError::TooLarge);
        }
        rows.resize_with(line.max(rows.len()), Vec::new);
        rows.push(record.iter().map(cell).collect());
    }
    Ok(Table { sheet: String::new(), rows })
}

/// The first byte at or after `from` that is no line break.
fn beginning(text: &str, from: usize) -> usize {
    let breaks = text.as_bytes()[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    from + breaks
}

fn cell(text: &str) -> Cell {
    if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

fn decode(bytes: &[u8]) -> Result<String, TableError> {
    let (encoding, skip) = if bytes.starts_with(b"\xef\xbb\xbf") {
        (UTF_8, 3)
    } else if bytes.starts_with(b"\xff\xfe") {
        (UTF_16LE, 2)
    } else if bytes.starts_with(b"\xfe\xff") {
        (UTF_16BE, 2)
    } else if std::str::from_utf8(bytes).is_ok() {
        (UTF_8, 0)
    } else {
        (GB18030, 0)
    };
    let body = bytes.get(skip..).unwrap_or_default();
    match encoding.decode_without_bom_handling_and_without_replacement(body) {
        Some(text) => Ok(text.into_owned()),
        None => Err(TableError::Encoding {
            at: skip + std::str::from_utf8(body).err().map_or(0, |error| error.valid_up_to()),
        }),
    }
}

fn delimiter(text: &str) -> u8 {
    let head: Vec<&str> = text.lines().take(SNIFFED_LINES).collect();
    let count = |delimiter: u8| head.iter().flat_map(|line| line.bytes()).filter(|b| *b == delimiter).count();
    // The first of equals stays, so that a single column is read with commas.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rare characters: of GB 18030-2000 (four bytes, in the basic plane and beyond it) and of its private area.
    const LIST: &str = "姓名,学号\r\n吴小兰,0012345\r\n㛃𠮷𬭎,0012346\r\n";

    fn shown(bytes: &[u8]) -> Vec<Vec<String>> {
        let rows = table(bytes).unwrap().rows;
        rows.iter().map(|row| row.iter().map(Cell::shown).collect()).collect()
    }

    #[test]
    fn the_encoding_is_recognised_and_rare_characters_are_kept() {
        let expect: Vec<Vec<&str>> =
            vec![vec!["姓名", "学号"], vec!["吴小兰", "0012345"], vec!["㛃𠮷𬭎", "0012346"]];
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(LIST.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let (gb18030, _, lost) = GB18030.encode(LIST);
        assert!(!lost);
        for bytes in [
            LIST.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", LIST.as_bytes()].concat(),
            utf16,
            gb18030.into_owned(),
        ] {
            assert_eq!(shown(&bytes), expect);
        }
    }

    #[test]
    fn bytes_of_no_known_encoding_are_refused_with_their_place() {
        assert_eq!(table(b"name\n\xff\xff\xff"), Err(TableError::Encoding { at: 5 }));
    }

    #[test]
    fn tabs_and_semicolons_divide_too_and_blank_lines_keep_their_numbers() {
        assert_eq!(shown("a\tb,c\n1\t2\n".as_bytes()), [["a", "b,c"], ["1", "2"]]);
        assert_eq!(shown("a;b\n\n1;2\n".as_bytes()), [vec!["a", "b"], vec![], vec!["1", "2"]]);
    }
}
