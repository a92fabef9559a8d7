//! `photodesk import`.

use std::io::Write;
use std::path::PathBuf;

use super::{DeskPlace, Outcome, wrong_use};
use crate::submission::SignatureCode;
use crate::workflow::desk::{Batch, NewBatch};
use crate::workflow::intake::{ImportReport, import_photos};
use crate::workflow::job::Job;
use crate::workflow::{Desk, DeskError};

mod codes;
mod roster;

/// What a batch is made with when an import names a new code. Shown to the user, who may make the batch on the
/// desk with other settings first.
const NEW_BATCH_STANDARD: &str = "chsi_centre";
const NEW_BATCH_LAYOUTS: [&str; 2] = ["1寸×8+2寸×4", "2寸×8"];
const NEW_BATCH_ATTEMPTS: u32 = 3;

/// Brings photos into a batch of this desk and runs the local check on each, or brings in the batch's roster.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["photos", "roster", "codes"]))]
pub(super) struct Args {
    /// Signature code of the batch, six characters A–Z 0–9. A new code makes a batch.
    #[arg(long, value_name = "CODE")]
    batch: String,
    /// Folder (walked) or file. May be given more than once.
    #[arg(long, value_name = "DIR")]
    photos: Vec<PathBuf>,
    /// List of people, .xlsx or .csv, with a header row. Photos are bound to it by the number in their file names.
    #[arg(long, value_name = "FILE")]
    roster: Option<PathBuf>,
    /// Pictures of collection codes, files or folders; a new code's file is named by its last four (002X.jpg). May be
    /// given more than once.
    #[arg(long, value_name = "DIR")]
    codes: Vec<PathBuf>,
    /// Says which column holds a field, as FIELD=COLUMN (student_number=C), where a header is not recognised.
    #[arg(long, value_name = "FIELD=COLUMN", requires = "roster")]
    column: Vec<String>,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let code = match SignatureCode::parse(&args.batch) {
        Ok(code) => code,
        Err(error) => return wrong_use(&format_args!("--batch: {error}")),
    };
    let columns = match args.column.iter().map(|text| roster::column(text)).collect::<Result<Vec<_>, _>>() {
        Ok(columns) => columns,
        Err(error) => return wrong_use(&format_args!("--column: {error}")),
    };
    let desk = place.open()?;
    if let Some(path) = &args.roster {
        // Read before a new batch is made: a file that is no list leaves nothing behind.
        let file = roster::read(path, &columns)?;
        let batch = batch_of(&desk, &code, out)?;
        return roster::import(&desk, &batch, &file, out);
    }
    let batch = batch_of(&desk, &code, out)?;
    if !args.codes.is_empty() {
        return codes::import(&desk, &batch, &args.codes, out);
    }
    let report = import_photos(&desk, &batch.code, &args.photos, &Job::default())?;
    print_report(out, &batch, &report)?;
    Ok(if report.refused.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
}

fn batch_of(desk: &Desk, code: &SignatureCode, out: &mut dyn Write) -> anyhow::Result<Batch> {
    match desk.batch(code.as_str()) {
        Err(error) if error.code() == "unknown_batch" => {
            let batch = create(desk, code)?;
            writeln!(
                out,
                "{code} is a new batch: standard {}, background {}, layouts {}, {} attempts.",
                batch.standard,
                batch.background,
                batch.layouts.join(" and "),
                batch.max_attempts
            )?;
            Ok(batch)
        }
        found => Ok(found?),
    }
}

fn create(desk: &Desk, code: &SignatureCode) -> Result<Batch, DeskError> {
    let standard = desk.standards.get(NEW_BATCH_STANDARD)?;
    let background = standard.backgrounds.first().map(|background| background.id.clone());
    desk.create_batch(NewBatch {
        code: Some(code.to_string()),
        school: String::new(),
        title: code.to_string(),
        standard: standard.id.clone(),
        background: background.unwrap_or_default(),
        layouts: NEW_BATCH_LAYOUTS.map(str::to_owned).to_vec(),
        max_attempts: NEW_BATCH_ATTEMPTS,
    })
}

fn print_report(out: &mut dyn Write, batch: &Batch, report: &ImportReport) -> std::io::Result<()> {
    for id in &report.added {
        writeln!(out, "added {id}")?;
    }
    for path in &report.duplicates {
        writeln!(out, "duplicate {}: its bytes are already in the batch", path.display())?;
    }
    for refusal in &report.refused {
        writeln!(out, "refused {}: {}: {}", refusal.path.display(), refusal.code, refusal.message)?;
    }
    for path in &report.unmatched {
        writeln!(out, "unmatched {}: its name names nobody of the roster, or more than one", path.display())?;
    }
    let (added, duplicates, refused) = (report.added.len(), report.duplicates.len(), report.refused.len());
    writeln!(out, "{}: {added} added, {duplicates} duplicates, {refused} refused", batch.code)?;
    if report.unmatched.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}: {} photos without a person", batch.code, report.unmatched.len())
}
