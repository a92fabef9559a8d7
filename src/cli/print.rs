//! `photodesk print`: an export's sheets to a printer, and what is left of those that were stopped.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use super::{DeskPlace, Outcome, tell, wrong_use};
use crate::workflow::Desk;
use crate::workflow::export::printing::{self, OpenPrinting, PrintingOrder, PrintingReport};
use crate::workflow::job::Job;
use crate::workflow::printers::QueueAddress;

/// Gives the sheets of an export to a printer, each once; the same command goes on where it stopped.
///
/// Without an export it lists those whose sheets have not all come out, and ends with 1 while there are any.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The export: its manifest.json.
    #[arg(value_name = "MANIFEST")]
    manifest: Option<PathBuf>,
    /// The export by its job, as the lists name it.
    #[arg(long, value_name = "JOB", conflicts_with = "manifest")]
    job: Option<String>,
    /// Printer whose queue gets them; without it the one that the sheets were made for.
    #[arg(long, value_name = "ID")]
    printer: Option<String>,
    /// Address of the print queue, such as ipp://localhost/printers/NAME, instead of the printer's own.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "printer")]
    queue: Option<String>,
    /// The queue may be on another computer, where everyone on the network can read what is printed.
    #[arg(long, requires = "queue")]
    open_network: bool,
    /// Copies of each sheet.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=999))]
    copies: u32,
    /// Settles a sheet of which nobody knows whether it came out; with --came-out or --again.
    #[arg(long, value_name = "N")]
    sheet: Option<usize>,
    /// The sheet of --sheet has come out.
    #[arg(long, requires = "sheet", conflicts_with = "again")]
    came_out: bool,
    /// The sheet of --sheet has not come out: it is printed when printing goes on.
    #[arg(long, requires = "sheet")]
    again: bool,
    /// What is left is not printed any more.
    #[arg(long, conflicts_with_all = ["sheet", "printer", "queue"])]
    give_up: bool,
    /// Who says so; stands in the journal.
    #[arg(long, value_name = "NAME", env = "PHOTODESK_REVIEWER", default_value = "command line")]
    operator: String,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let job = match (&args.job, &args.manifest) {
        (Some(job), _) => job.trim().to_owned(),
        (None, Some(manifest)) => match printing::job_of(manifest) {
            Ok(job) => job,
            Err(error) => return wrong_use(&error),
        },
        (None, None) => return list(&place.open()?, out),
    };
    let desk = place.open()?;
    if args.give_up {
        printing::give_up(&desk, &job, &args.operator)?;
        writeln!(out, "{job}: given up")?;
        return Ok(Outcome::Done);
    }
    if let Some(sheet) = args.sheet {
        if args.came_out == args.again {
            return wrong_use(&"say with --came-out or --again what became of the sheet");
        }
        printing::settle(&desk, &job, sheet, args.came_out, &args.operator)?;
        writeln!(
            out,
            "{job}: sheet {sheet} {}",
            if args.came_out { "came out" } else { "is printed again" }
        )?;
        return Ok(Outcome::Done);
    }
    let (uri, open_network) = (args.queue.clone(), args.open_network);
    let order = PrintingOrder {
        job,
        printer: args.printer.clone(),
        queue: uri.map(|uri| QueueAddress { uri, open_network }),
        copies: args.copies,
    };
    print(&desk, &order, out)
}

/// Prints and tells on standard error what the printer waits for.
pub(super) fn print(desk: &Desk, order: &PrintingOrder, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let work = Job::default();
    let report = std::thread::scope(|scope| {
        let printing = scope.spawn(|| printing::run(desk, order, &work));
        let mut told = None;
        while !printing.is_finished() {
            if work.told() != told {
                told = work.told();
                let (done, all) = work.progress();
                let what = told.and_then(printing::trouble_of).map(printing::trouble_text);
                if let Some((message, remedy)) = what {
                    tell(&format_args!("{done} of {all} sheets: the printer {message}; {remedy}"));
                }
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        printing.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause))
    })?;
    let PrintingReport { job, sheets, printed, doubtful, failed, .. } = &report;
    writeln!(out, "job {job}: {printed} of {sheets} sheets printed")?;
    for (sheet, reasons) in failed {
        writeln!(
            out,
            "sheet {sheet} was given back by the queue ({reasons}); see to the printer, then print again"
        )?;
    }
    for sheet in doubtful {
        writeln!(
            out,
            "sheet {sheet} may have come out and may not: look, then photodesk print --job {job} --sheet {sheet} \
             --came-out or --again"
        )?;
    }
    Ok(if printed == sheets { Outcome::Done } else { Outcome::SomeFailed })
}

fn list(desk: &Desk, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let open = printing::open(desk)?;
    for OpenPrinting { job, batch, queue, sheets, printed, doubtful } in &open {
        writeln!(out, "{job}  batch {batch}: {printed} of {sheets} sheets printed at {queue}")?;
        for (sheet, path) in doubtful {
            writeln!(out, "  sheet {sheet} may have come out and may not: {}", path.display())?;
        }
    }
    writeln!(out, "{} exports have sheets left to print", open.len())?;
    Ok(if open.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
}
