//! `photodesk review`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

use super::{DeskPlace, Outcome, wrong_use};
use crate::submission::{Decision, Verb};
use crate::workflow::{Desk, DeskError, review};

/// Applies decisions made elsewhere. Each row is verified like a key press; a refused row stops no other.
///
/// The CSV file has a head line. Columns: `id`, `decision` (approve, reject or undo), `reasons` (codes separated
/// by `;` or blanks). Optional columns `photo_sha256` and `revision` bind a row to the photo that was looked at.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The decisions, as CSV.
    #[arg(long, value_name = "FILE")]
    decisions: PathBuf,
    /// Who decided; stands in the journal.
    #[arg(long, value_name = "NAME", env = "PHOTODESK_REVIEWER", default_value = "command line")]
    reviewer: String,
}

/// One row of the file, not yet held against the desk.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    /// Line in the file, counting from 1.
    line: u64,
    id: String,
    verb: Verb,
    reasons: Vec<String>,
    photo_sha256: Option<String>,
    revision: Option<u32>,
}

/// A row or head line that cannot be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum RowError {
    #[error("line 1: the column `{0}` is missing; the head line must name id, decision and reasons")]
    NoColumn(&'static str),
    #[error(
        "line {line}: not readable as CSV ({cause}); save the file as UTF-8 CSV with one decision a line"
    )]
    Csv { line: u64, cause: String },
    #[error("line {line}, column {column}: {given:?} {fault}")]
    Field { line: u64, column: &'static str, given: String, fault: &'static str },
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let file = &args.decisions;
    let bytes = std::fs::read(file)
        .with_context(|| format!("{} cannot be read; check the path and its permissions", file.display()))?;
    let rows = match rows(&bytes) {
        Ok(rows) => rows,
        // Nothing is applied from a file that is not understood as a whole.
        Err(fault) => return wrong_use(&format_args!("{}: {fault}. Nothing was applied.", file.display())),
    };
    let desk = place.open()?;
    let mut refused = 0;
    for row in &rows {
        let verdict = apply(&desk, row, &args.reviewer);
        refused += usize::from(verdict.is_err());
        print_verdict(out, row, &verdict)?;
    }
    writeln!(out, "{} decisions: {} taken, {refused} refused", rows.len(), rows.len() - refused)?;
    Ok(if refused == 0 { Outcome::Done } else { Outcome::SomeFailed })
}

fn print_verdict(out: &mut dyn Write, row: &Row, verdict: &Result<String, DeskError>) -> std::io::Result<()> {
    match verdict {
        Ok(state) => writeln!(out, "{}: {} -> {state}", row.id, row.verb.as_str()),
        Err(error) => {
            writeln!(
                out,
                "{}: {} refused, line {}, {}: {error}",
                row.id,
                row.verb.as_str(),
                row.line,
                error.code()
            )
        }
    }
}

/// Decides as the reviewer who sees the photo now, or saw the photo the row names.
fn apply(desk: &Desk, row: &Row, reviewer: &str) -> Result<String, DeskError> {
    let item = desk.item(&row.id)?;
    let decision = Decision {
        submission: row.id.clone(),
        photo_sha256: row.photo_sha256.clone().unwrap_or(item.photo_sha256),
        revision: row.revision.unwrap_or(item.revision),
        verb: row.verb,
        reasons: row.reasons.clone(),
        reviewer: reviewer.to_owned(),
    };
    review::decide(desk, &decision).map(|item| item.state.to_string())
}

fn rows(bytes: &[u8]) -> Result<Vec<Row>, RowError> {
    // Spreadsheets on Windows put a byte order mark before the first column's name.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(bytes);
    let head = reader.headers().map_err(|error| csv_error(&error))?.clone();
    let columns = Columns::find(&head)?;
    reader.records().map(|record| columns.row(&record.map_err(|error| csv_error(&error))?)).collect()
}

fn csv_error(error: &csv::Error) -> RowError {
    RowError::Csv { line: error.position().map_or(1, csv::Position::line), cause: error.to_string() }
}

/// Where each column stands.
struct Columns {
    id: usize,
    decision: usize,
    reasons: usize,
    photo_sha256: Option<usize>,
    revision: Option<usize>,
}

impl Columns {
    fn find(head: &csv::StringRecord) -> Result<Self, RowError> {
        let column = |name: &str| head.iter().position(|title| title.eq_ignore_ascii_case(name));
        let required = |name: &'static str| column(name).ok_or(RowError::NoColumn(name));
        Ok(Self {
            id: required("id")?,
            decision: required("decision")?,
            reasons: required("reasons")?,
            photo_sha256: column("photo_sha256"),
            revision: column("revision"),
        })
    }

    fn row(&self, record: &csv::StringRecord) -> Result<Row, RowError> {
        let line = record.position().map_or(0, csv::Position::line);
        let text = |at: usize| record.get(at).unwrap_or_default();
        let optional = |at: Option<usize>| at.map(text).filter(|text| !text.is_empty());
        let fault =
            |column, given: &str, fault| RowError::Field { line, column, given: given.to_owned(), fault };
        let id = text(self.id);
        if id.is_empty() {
            return Err(fault("id", id, "is empty; write the submission's id"));
        }
        let verb = verb(text(self.decision)).ok_or_else(|| {
            fault("decision", text(self.decision), "is no decision; write approve, reject or undo")
        })?;
        let revision = optional(self.revision)
            .map(|given| given.parse().map_err(|_| fault("revision", given, "is no whole number")))
            .transpose()?;
        Ok(Row {
            line,
            id: id.to_owned(),
            verb,
            reasons: reasons(text(self.reasons)),
            photo_sha256: optional(self.photo_sha256).map(str::to_ascii_lowercase),
            revision,
        })
    }
}

fn verb(word: &str) -> Option<Verb> {
    [Verb::Approve, Verb::Reject, Verb::Undo]
        .into_iter()
        .find(|verb| verb.as_str().eq_ignore_ascii_case(word))
}

fn reasons(text: &str) -> Vec<String> {
    let separated = text.split(|character: char| character == ';' || character.is_whitespace());
    separated.filter(|code| !code.is_empty()).map(str::to_ascii_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_fault(text: &str, expect: &str) {
        assert_eq!(rows(text.as_bytes()).unwrap_err().to_string(), expect);
    }

    #[test]
    fn rows_are_read_in_any_column_order() {
        let text = "\u{feff}Decision,id,reasons,revision\nreject, a ,g01;F03 a02,\nAPPROVE,b,,2\nundo,c\n";
        let rows = rows(text.as_bytes()).unwrap();
        let seen: Vec<_> =
            rows.iter().map(|row| (row.line, row.id.as_str(), row.verb, row.revision)).collect();
        assert_eq!(
            seen,
            [(2, "a", Verb::Reject, None), (3, "b", Verb::Approve, Some(2)), (4, "c", Verb::Undo, None)]
        );
        assert_eq!(rows[0].reasons, ["G01", "F03", "A02"]);
    }

    #[test]
    fn faults_name_line_and_column() {
        check_fault(
            "id,decision\n",
            "line 1: the column `reasons` is missing; the head line must name id, decision and reasons",
        );
        check_fault(
            "id,decision,reasons\na,approve,\nb,maybe,\n",
            "line 3, column decision: \"maybe\" is no decision; write approve, reject or undo",
        );
        check_fault(
            "id,decision,reasons\n,approve,\n",
            "line 2, column id: \"\" is empty; write the submission's id",
        );
        check_fault(
            "id,decision,reasons,revision\na,approve,,one\n",
            "line 2, column revision: \"one\" is no whole number",
        );
    }

    #[test]
    fn a_file_that_is_no_text_is_refused() {
        assert!(matches!(
            rows(b"id,decision,reasons\n\xff\xfe,approve,\n"),
            Err(RowError::Csv { line: 2, .. })
        ));
    }
}
