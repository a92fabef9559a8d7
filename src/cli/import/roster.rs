//! `photodesk import --roster`: which columns were taken for what, every rejected row by its cell, what did not match.

use std::io::Write;
use std::path::Path;

use super::super::Outcome;
use crate::onsite::roster::table::column_letters;
use crate::onsite::roster::{Address, Field};
use crate::workflow::desk::Batch;
use crate::workflow::roster::{self, RosterFile, RosterReport};
use crate::workflow::{Desk, DeskError};

/// Spreadsheets letter three signs of columns at most.
const LONGEST_COLUMN: usize = 3;

/// `student_number=C` as a field and its column counted from 0.
pub(super) fn column(text: &str) -> Result<(Field, usize), String> {
    let (field, letters) = text.split_once('=').unwrap_or((text, ""));
    let known = || Field::ALL.map(Field::as_str).join(", ");
    let field = Field::from_word(field.trim())
        .ok_or_else(|| format!("{field:?} is no field; the fields are {}", known()))?;
    let letters = letters.trim().to_ascii_uppercase();
    let is_column = (1..=LONGEST_COLUMN).contains(&letters.len())
        && letters.bytes().all(|letter| letter.is_ascii_uppercase());
    if !is_column {
        return Err(format!("{text:?} names no column; give its letter, for example {}=C", field.as_str()));
    }
    let number = letters.bytes().fold(0, |number, letter| number * 26 + usize::from(letter - b'A') + 1);
    Ok((field, number - 1))
}

pub(super) fn read(path: &Path, columns: &[(Field, usize)]) -> Result<RosterFile, DeskError> {
    let mut file = roster::open(path)?;
    for (field, column) in columns {
        file.mapping.set(*column, Some(*field));
    }
    Ok(file)
}

pub(super) fn import(
    desk: &Desk,
    batch: &Batch,
    file: &RosterFile,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let columns = Field::ALL.into_iter().filter_map(|field| {
        let column = file.mapping.column(field)?;
        Some(format!("{} {}", column_letters(column), field.as_str()))
    });
    writeln!(
        out,
        "columns {} (headers in row {})",
        columns.collect::<Vec<_>>().join(", "),
        file.mapping.header_row + 1
    )?;
    let report = roster::import(desk, &batch.code, file)?;
    print(out, &batch.code, &report)?;
    let whole = report.roster.rejected.is_empty() && report.two_people.is_empty();
    Ok(if whole { Outcome::Done } else { Outcome::SomeFailed })
}

fn print(out: &mut dyn Write, code: &str, report: &RosterReport) -> std::io::Result<()> {
    for rejection in &report.roster.rejected {
        let (at, field) = (rejection.at, rejection.field.as_str());
        writeln!(out, "rejected {at} {field}: {}: {}", rejection.fault.code(), rejection.fault)?;
    }
    for known in &report.two_people {
        let at = Address { row: known.row, column: 0 };
        writeln!(
            out,
            "rejected {at}: row_two_people: its document number is one person's of this batch, its student number another's; correct the row"
        )?;
    }
    for notice in &report.roster.from_number_cells {
        let (at, field) = (notice.at, notice.field.as_str());
        writeln!(out, "note {at} {field}: read from a number cell; a leading zero would be lost")?;
    }
    for photo in &report.binding.unmatched {
        let why = if photo.people == 0 { "names nobody of the roster" } else { "names more than one person" };
        writeln!(out, "unmatched {}: the file name {} {why}", photo.submission, photo.file_name)?;
    }
    let counts = report.counts;
    let rejected = report.roster.rejected.len() + report.two_people.len();
    writeln!(
        out,
        "{code}: {} added, {} updated, {} unchanged, {rejected} rejected",
        counts.added, counts.updated, counts.unchanged
    )?;
    writeln!(
        out,
        "{code}: {} photos bound, {} unmatched; {} of {} people have no photo",
        report.binding.bound,
        report.binding.unmatched.len(),
        report.without_photo,
        report.people
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_by_field_and_letter() {
        assert_eq!(column("student_number=C"), Ok((Field::StudentNumber, 2)));
        assert_eq!(column(" name = aa"), Ok((Field::Name, 26)));
        assert!(column("nickname=C").is_err_and(|error| error.contains("student_number")));
        assert!(column("name=7").is_err());
        assert!(column("name").is_err());
    }
}
