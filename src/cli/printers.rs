//! `photodesk printers`: what is known of printers, the page to measure one, and what was measured.

use std::io::Write;
use std::path::PathBuf;

use super::sheet_options::Format;
use super::{DeskPlace, Outcome, tell, wrong_use};
use crate::i18n;
use crate::print::calibration::{Calibration, Measured};
use crate::print::{Paper, Papers};
use crate::printing::{Limits, known_queues, queue_at};
use crate::workflow::export::printing::trouble_text;
use crate::workflow::printers::{PrinterRoom, QueueAddress, page_words};

/// The known printers, or with --printer and --paper the calibration of one.
///
/// Print the page of --page at actual size, measure its crosses from the paper's left and upper edge, and type them
/// with --measured. Every sheet made for that printer and paper is then sent so that it comes out true.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The printer to measure.
    #[arg(long, value_name = "ID")]
    printer: Option<String>,
    /// The paper to measure it with.
    #[arg(long, value_name = "NAME", requires = "printer")]
    paper: Option<String>,
    /// Writes the calibration page into this folder.
    #[arg(long, value_name = "DIR", requires_all = ["printer", "paper"])]
    page: Option<PathBuf>,
    /// File kind of the page.
    #[arg(long, value_enum, default_value_t = Format::Pdf, requires = "page")]
    format: Format,
    /// Where crosses were found, in millimetres: 1:12.4,11.8 3:141.0,11.9 and so on.
    #[arg(long, value_name = "N:X,Y", num_args = 1.., requires_all = ["printer", "paper"], conflicts_with = "forget")]
    measured: Vec<String>,
    /// Tells what the measured crosses give, and keeps nothing.
    #[arg(long, requires = "measured")]
    dry_run: bool,
    /// Takes the printer for true again.
    #[arg(long, requires_all = ["printer", "paper"])]
    forget: bool,
    /// Print queue that gets this printer's sheets, such as ipp://localhost/printers/NAME; see --queues.
    #[arg(long, value_name = "ADDRESS", requires = "printer")]
    queue: Option<String>,
    /// The queue may be on another computer, where everyone on the network can read what is printed.
    #[arg(long, requires = "queue")]
    open_network: bool,
    /// The printer has no queue any more.
    #[arg(long, requires = "printer", conflicts_with = "queue")]
    no_queue: bool,
    /// The queues of this computer's print system.
    #[arg(long, conflicts_with_all = ["printer", "paper"])]
    queues: bool,
    /// Language of the page: zh-CN or en.
    #[arg(long, value_name = "TAG", default_value = "zh-CN", value_parser = ["zh-CN", "en"])]
    language: String,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut room = PrinterRoom::of(&place.folder()?)?;
    room.refused.iter().for_each(|refused| tell(refused));
    let papers = Papers::built_in()?;
    if args.queues {
        return queues(out);
    }
    if let Some(id) = args.printer.as_ref().filter(|_| args.queue.is_some() || args.no_queue) {
        let (uri, open_network) = (args.queue.clone(), args.open_network);
        let queue = uri.map(|uri| QueueAddress { uri, open_network });
        if let Err(error) = room.set_queue(id, queue) {
            return wrong_use(&error);
        }
    }
    if args.printer.is_some() && args.paper.is_none() {
        return of_printer(args, &room, out);
    }
    let (Some(id), Some(paper)) = (&args.printer, &args.paper) else {
        list(&room, &papers, out)?;
        return Ok(Outcome::Done);
    };
    let paper = match papers.find(paper) {
        Ok(paper) => paper,
        Err(error) => return wrong_use(&error),
    };
    if let Err(error) = room.choose(id, paper) {
        return wrong_use(&error);
    }
    if let Some(folder) = &args.page {
        let tag = if args.language == "en" { "en" } else { "zh-CN" };
        i18n::set_locale(tag);
        let words = page_words(&room, id, paper)?;
        let page = room.write_page(id, paper, args.format.into(), &words, folder)?;
        writeln!(out, "{}", page.display())?;
    }
    if args.forget {
        let known = room.forget(id, paper)?;
        writeln!(out, "{id} {}: {}", paper.name, if known { "forgotten" } else { "nothing was measured" })?;
    }
    if !args.measured.is_empty() {
        return measured(args, &mut room, id, paper, out);
    }
    if args.page.is_none() && !args.forget {
        one(&room, id, paper, out)?;
    }
    Ok(Outcome::Done)
}

/// The printer's queue, and how that is now.
fn of_printer(args: &Args, room: &PrinterRoom, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let Some(id) = &args.printer else { return Ok(Outcome::Done) };
    if let Err(error) = room.printers.find(id) {
        return wrong_use(&error);
    }
    let Some(QueueAddress { uri, open_network }) = room.queue(id) else {
        writeln!(out, "{id}: no print queue")?;
        return Ok(Outcome::Done);
    };
    writeln!(out, "{id}: {uri}")?;
    let facts = queue_at(&uri, open_network, &Limits::built_in()?).and_then(|queue| queue.facts());
    match facts {
        Ok(facts) => {
            let troubles = facts.troubles();
            writeln!(out, "  {}, {} jobs waiting", facts.model, facts.jobs_waiting)?;
            for (message, remedy) in troubles.iter().map(|trouble| trouble_text(*trouble)) {
                writeln!(out, "  the printer {message}; {remedy}")?;
            }
            Ok(if troubles.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
        }
        Err(error) => {
            tell(&error);
            Ok(Outcome::SomeFailed)
        }
    }
}

fn queues(out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match known_queues(&Limits::built_in()?) {
        Ok(queues) => {
            for queue in &queues {
                writeln!(out, "{}  {}", queue.uri, queue.info)?;
            }
            writeln!(out, "{} print queues", queues.len())?;
            Ok(Outcome::Done)
        }
        Err(error) => {
            tell(&error);
            Ok(Outcome::SomeFailed)
        }
    }
}

fn measured(
    args: &Args,
    room: &mut PrinterRoom,
    id: &str,
    paper: &Paper,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let crosses = match args.measured.iter().map(|text| cross(text)).collect::<Result<Vec<_>, _>>() {
        Ok(crosses) => crosses,
        Err(message) => return wrong_use(&message),
    };
    let fit = if args.dry_run { room.fit(id, paper, &crosses) } else { room.calibrate(id, paper, &crosses) };
    let fit = match fit {
        Ok(fit) => fit,
        Err(error) => {
            tell(&error);
            return Ok(Outcome::SomeFailed);
        }
    };
    writeln!(out, "{id} {}: {}", paper.name, numbers(fit.calibration))?;
    let (cross, off_mm) = fit.worst;
    writeln!(
        out,
        "{} crosses, {:.2} mm left over (root mean square); cross {cross} lies off most, {off_mm:.2} mm",
        crosses.len(),
        fit.residual_mm
    )?;
    Ok(Outcome::Done)
}

fn list(room: &PrinterRoom, papers: &Papers, out: &mut dyn Write) -> anyhow::Result<()> {
    for printer in room.printers.entries() {
        writeln!(out, "{}  {} · {}  {} dpi", printer.id, printer.name, printer.name_en, printer.dpi.0)?;
        for paper in papers.entries() {
            let chosen = room.choose(&printer.id, paper)?;
            if chosen.press.raster.is_some() || chosen.kept.is_some() {
                one(room, &printer.id, paper, out)?;
            }
        }
    }
    Ok(())
}

fn one(room: &PrinterRoom, id: &str, paper: &Paper, out: &mut dyn Write) -> anyhow::Result<()> {
    let chosen = room.choose(id, paper)?;
    let raster =
        chosen.press.raster.map_or_else(String::new, |(width, height)| format!(", {width}×{height} px"));
    let border = chosen.press.unprintable;
    let state = match chosen.kept {
        Some(kept) => format!(
            "{}; {} crosses, {:.2} mm left over",
            numbers(kept.calibration),
            kept.crosses,
            kept.residual_mm
        ),
        None => "not measured".to_owned(),
    };
    writeln!(out, "  {}: {border} mm stay white{raster}; {state}", paper.name)?;
    Ok(())
}

fn numbers(calibration: Calibration) -> String {
    let Calibration { x, y } = calibration;
    format!(
        "offset {:+.2} mm right, {:+.2} mm down; scale {:.2} % across, {:.2} % down",
        x.offset_mm,
        y.offset_mm,
        x.scale * 100.0,
        y.scale * 100.0
    )
}

/// A cross as it is typed: `3:141.0,11.9`.
fn cross(text: &str) -> Result<Measured, String> {
    let wrong = || format!("{text:?} is no measured cross; write number:across,down such as 3:141.0,11.9");
    let (number, place) = text.split_once(':').ok_or_else(wrong)?;
    let (x, y) = place.split_once(',').ok_or_else(wrong)?;
    let mm = |text: &str| text.trim().parse::<f64>().ok().filter(|mm| mm.is_finite());
    match (number.trim().parse(), mm(x), mm(y)) {
        (Ok(cross), Some(x_mm), Some(y_mm)) => Ok(Measured { cross, x_mm, y_mm }),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crosses_are_read_as_they_are_typed() {
        assert_eq!(cross("3:141.0, 11.9"), Ok(Measured { cross: 3, x_mm: 141.0, y_mm: 11.9 }));
        for wrong in ["3", "3:1", "x:1,2", "1:1,nan", "1:,2"] {
            assert!(cross(wrong).is_err_and(|message| message.contains("3:141.0,11.9")), "{wrong}");
        }
    }
}
