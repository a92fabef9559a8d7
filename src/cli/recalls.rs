//! `photodesk recalls`: prints whose approval was taken back since, and what to do about them.

use std::io::Write;

use super::{DeskPlace, Outcome, wrong_use};
use crate::workflow::export::recall::{self, Recall};

/// Prints that must not be given out, because their approval was taken back after they were exported.
///
/// Each is told with its sheet, its place on it, and the command that prints the sheet's other people again.
/// Ends with 1 while there are any.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only those of this batch.
    #[arg(long, value_name = "CODE")]
    batch: Option<String>,
    /// This print was destroyed: its export and its person, as the list gives them.
    #[arg(long, value_name = "JOB:ID")]
    destroyed: Vec<String>,
    /// Who destroyed them; stands in the journal.
    #[arg(long, value_name = "NAME", env = "PHOTODESK_REVIEWER", default_value = "command line")]
    operator: String,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let desk = place.open()?;
    let mut recalls = recall::open(&desk)?;
    for print in &args.destroyed {
        let Some((job, submission)) = print.split_once(':') else {
            return wrong_use(&format_args!(
                "{print:?} names no print; write the export and the person as JOB:ID"
            ));
        };
        recall::settle(&desk, job.trim(), submission.trim(), &args.operator)?;
        recalls.retain(|recall| {
            (recall.job.as_str(), recall.submission.as_str()) != (job.trim(), submission.trim())
        });
    }
    let is_asked =
        |recall: &&Recall| args.batch.as_ref().is_none_or(|batch| batch.eq_ignore_ascii_case(&recall.batch));
    let mut count = 0;
    for recall in recalls.iter().filter(is_asked) {
        count += 1;
        if args.json { json(recall, out)? } else { tell(recall, out)? }
    }
    if !args.json {
        writeln!(out, "{count} prints must not be given out")?;
    }
    Ok(if count == 0 { Outcome::Done } else { Outcome::SomeFailed })
}

fn tell(recall: &Recall, out: &mut dyn Write) -> std::io::Result<()> {
    let Recall { job, batch, submission, masked_name, print, .. } = recall;
    writeln!(out, "{job}:{submission}  {masked_name}, batch {batch}")?;
    let Some(print) = print else {
        return writeln!(
            out,
            "  its export is not there any more; look for the sheet by the ticket of that job"
        );
    };
    let page = print.page.map_or_else(String::new, |page| format!(", page {page}"));
    let place = print.place.map_or_else(String::new, |place| format!(", place {place}"));
    writeln!(out, "  {}{page}{place}: {} pieces", print.sheet.display(), print.pieces)?;
    if print.others.is_empty() {
        writeln!(out, "  nobody else is on that sheet")
    } else {
        writeln!(
            out,
            "  {} others are on that sheet; print them again with: photodesk export --batch {batch} --layout '{}' \
             --paper {} --reprint {} --out DIR",
            print.others.len(),
            print.layout,
            print.paper,
            print.others.join(",")
        )
    }
}

fn json(recall: &Recall, out: &mut dyn Write) -> std::io::Result<()> {
    let Recall { job, batch, submission, masked_name, noticed_at_ms, print } = recall;
    let print = print.as_ref().map(|print| {
        serde_json::json!({
            "sheet": print.sheet, "number": print.number, "page": print.page, "place": print.place,
            "pieces": print.pieces, "manifest": print.manifest, "others": print.others,
        })
    });
    let line = serde_json::json!({
        "job": job, "batch": batch, "submission": submission, "masked_name": masked_name,
        "noticed_at_ms": noticed_at_ms, "print": print,
    });
    writeln!(out, "{line}")
}
