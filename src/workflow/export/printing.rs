//! Gives an export's sheets to a printer: each once, in order, across crashes and printers that vanish.
//!
//! The files are whole and the states have moved before the first sheet is sent, so that printing can stop at any time
//! and go on later. A sheet is noted before it is sent and again when the queue has it; what lies between is looked up
//! in the queue by the job's name, and what cannot be known is told instead of printed twice.

mod line;
mod settle;

use std::fs;
use std::path::PathBuf;

use super::folder::{ExportFolder, JobRecord};
use super::manifest::{Manifest, NAME};
use super::sheets::in_order;
use super::{ExportRequest, Problem, recall};
use crate::print::Papers;
use crate::print::sheet::{SheetFormat, SheetPlan};
use crate::printing::{
    JobTicket, Limits, PrintQueue, QueueError, QueueFacts, SheetNeeds, Trouble, Unfit, queue_at,
};
use crate::store::printings::{Printing, SheetState};
use crate::workflow::desk::now_ms;
use crate::workflow::job::Job;
use crate::workflow::printers::QueueAddress;
use crate::workflow::{Desk, DeskError};

pub use settle::{give_up, settle};

/// Who signs what the program does by itself.
const ACTOR: &str = "print";

/// Which sheets go where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintingOrder {
    /// The export.
    pub job: String,
    /// Printer whose queue gets them; it must be the one that the sheets were made for.
    pub printer: Option<String>,
    /// Nothing: the queue it was begun with, or that of the printer that the sheets were made for.
    pub queue: Option<QueueAddress>,
    /// Of each sheet; what was begun keeps its own number.
    pub copies: u32,
}

/// How far the sheets came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrintingReport {
    pub job: String,
    pub sheets: usize,
    pub printed: usize,
    /// Numbers of sheets that may have come out and may not.
    pub doubtful: Vec<usize>,
    /// Numbers of sheets that the queue gave back, with its reasons.
    pub failed: Vec<(usize, String)>,
    pub cancelled: bool,
}

/// Sheets of an export that have not all come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPrinting {
    pub job: String,
    pub batch: String,
    pub queue: String,
    pub sheets: usize,
    pub printed: usize,
    /// Number and path of each sheet of which nobody knows whether it came out.
    pub doubtful: Vec<(usize, PathBuf)>,
}

/// Prints the export's sheets, or those that are left.
///
/// # Errors
/// A queue that cannot print the sheets as they are, sheets that must not be given out, and whatever lasts longer than
/// the limits wait. What was sent stays noted: the same call goes on.
pub fn run(desk: &Desk, order: &PrintingOrder, work: &Job) -> Result<PrintingReport, DeskError> {
    run_within(desk, order, &limits()?, work)
}

/// The same with limits of one's own.
pub fn run_within(
    desk: &Desk,
    order: &PrintingOrder,
    limits: &Limits,
    work: &Job,
) -> Result<PrintingReport, DeskError> {
    let export = Export::find(desk, &order.job)?;
    let address = export.address(desk, order)?;
    let queue = queue_at(&address.uri, address.open_network, limits).map_err(refused)?;
    run_on(desk, &export, (queue.as_ref(), &address), order.copies, limits, work)
}

/// The same on any queue.
fn run_on(
    desk: &Desk,
    export: &Export,
    (queue, address): (&dyn PrintQueue, &QueueAddress),
    copies: u32,
    limits: &Limits,
    work: &Job,
) -> Result<PrintingReport, DeskError> {
    let job = &export.folder.job;
    let known = desk.store.printing(job)?;
    if known.as_ref().is_some_and(|known| known.is_ended) {
        return Err(DeskError::Refused {
            code: "printed_already",
            message: format!(
                "the sheets of {job} were printed; print them again with --reprint-of, which is counted"
            ),
        });
    }
    refuse_recalled(desk, job)?;
    let copies = known.as_ref().map_or(copies, |known| known.copies);
    let facts = queue.facts().map_err(refused)?;
    let ticket = export.ticket(desk, &facts, copies, limits)?;
    if known.is_none() {
        let sheets = export.documents();
        let to = (address.uri.as_str(), address.open_network);
        desk.store.write(|tx| tx.begin_printing(job, to, copies, &sheets, now_ms(), ACTOR))?;
    }
    let Some(printing) = desk.store.printing(job)? else { return Ok(PrintingReport::default()) };
    if printing.queue != address.uri {
        refuse_move(&printing)?;
        desk.store.write(|tx| tx.move_printing(job, &address.uri, address.open_network))?;
    }
    line::Line { desk, queue, limits, work, ticket, place: export.folder.place.clone(), printing }.run()
}

/// What keeps the queue from printing the request's sheets; out of paper, too.
pub(super) fn problems(
    desk: &Desk,
    request: &ExportRequest,
    sheet: &SheetPlan,
) -> Result<Vec<Problem>, DeskError> {
    let Some(address) = &request.queue else { return Ok(Vec::new()) };
    let limits = limits()?;
    let told = |error: &QueueError| {
        let code = match error {
            QueueError::Unreachable { .. } | QueueError::Lost { .. } => "queue_away",
            _ => "",
        };
        vec![split(&error.to_string()).coded(code, &[])]
    };
    let facts = queue_at(&address.uri, address.open_network, &limits).and_then(|queue| queue.facts());
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => return Ok(told(&error)),
    };
    let needs = SheetNeeds {
        paper: sheet.paper.clone(),
        format: request.format,
        dpi: request.dpi,
        own_raster: sheet.press.raster.is_some(),
        margins: margins(desk, request.printer.as_deref())?,
        copies: 1,
    };
    let unfit = JobTicket::new(&facts, &needs, &limits).err().unwrap_or_default();
    let unfit = unfit.iter().map(|unfit| split(&unfit.to_string()).coded(unfit.code(), &[&facts.name]));
    let troubles = facts.troubles().into_iter().map(|trouble| {
        let (message, remedy) = trouble_text(trouble);
        Problem::new(format!("the printer {} {message}", facts.name), remedy)
            .coded(trouble_code(trouble), &[&facts.name])
    });
    Ok(unfit.chain(troubles).collect())
}

/// Exports whose sheets were given to a printer and have not all come out, oldest first.
pub fn open(desk: &Desk) -> Result<Vec<OpenPrinting>, DeskError> {
    let open = desk.store.open_printings()?;
    let told = open.into_iter().map(|printing| {
        let place = serde_json::from_str::<JobRecord>(&printing.request)
            .map(|record| ExportFolder::of_record(&printing.job, record).place)
            .unwrap_or_default();
        // What was being sent when the program ended is not known before the queue was asked.
        let doubtful = printing.sheets.iter().filter(|sheet| sheet.state == SheetState::Doubtful);
        OpenPrinting {
            doubtful: doubtful.map(|sheet| (sheet.number, place.join(&sheet.path))).collect(),
            sheets: printing.sheets.len(),
            printed: printing.count(SheetState::Printed),
            job: printing.job,
            batch: printing.batch,
            queue: printing.queue,
        }
    });
    Ok(told.collect())
}

/// The export that a manifest belongs to.
///
/// # Errors
/// A file that is no manifest.
pub fn job_of(manifest: &std::path::Path) -> Result<String, DeskError> {
    let folder = manifest.parent().unwrap_or(std::path::Path::new("."));
    super::manifest::job_of(folder).ok_or_else(|| DeskError::Refused {
        code: "bad_manifest",
        message: format!("{} is no manifest of an export; name its manifest.json", manifest.display()),
    })
}

/// An ended export on the disk.
struct Export {
    folder: ExportFolder,
    manifest: Manifest,
}

impl Export {
    fn find(desk: &Desk, job: &str) -> Result<Self, DeskError> {
        let (_, request) = desk.store.ended_export(job)?;
        let gone = |cause: String| DeskError::Refused {
            code: "export_gone",
            message: format!(
                "the files of export {job} cannot be read ({cause}); bring its folder back to its place"
            ),
        };
        let record: JobRecord = serde_json::from_str(&request).map_err(|error| gone(error.to_string()))?;
        let folder = ExportFolder::of_record(job, record);
        let bytes = fs::read(folder.place.join(NAME))
            .map_err(|error| gone(format!("{}: {error}", folder.place.display())))?;
        let manifest = serde_json::from_slice(&bytes).map_err(|error| gone(error.to_string()))?;
        Ok(Self { folder, manifest })
    }

    /// Path and hash of each sheet in order, or of the PDF that holds all.
    fn documents(&self) -> Vec<(String, String)> {
        let Manifest { people, files, people_per_sheet, .. } = &self.manifest;
        let sheets = in_order(people, files, *people_per_sheet);
        sheets.into_iter().map(|(entry, _)| (entry.path.clone(), entry.sha256.clone())).collect()
    }

    fn address(&self, desk: &Desk, order: &PrintingOrder) -> Result<QueueAddress, DeskError> {
        if let Some(address) = &order.queue {
            return Ok(address.clone());
        }
        if let Some((asked, made_for)) = order.printer.as_ref().zip(self.manifest.printer.as_ref())
            && asked != made_for
        {
            return Err(DeskError::Refused {
                code: "sheets_of_another_printer",
                message: format!(
                    "the sheets were made for {made_for}, not for {asked}; export them again for {asked}"
                ),
            });
        }
        if let Some(Printing { queue, open_network, .. }) = desk.store.printing(&order.job)? {
            return Ok(QueueAddress { uri: queue, open_network });
        }
        let printer = order.printer.as_deref().or(self.manifest.printer.as_deref());
        let kept = printer.map(|id| desk.printers().map(|room| room.queue(id))).transpose()?.flatten();
        kept.ok_or_else(|| DeskError::Refused {
            code: "no_queue",
            message: match printer {
                Some(id) => format!(
                    "no print queue is known for {id}; name it with photodesk printers --printer {id} --queue ADDRESS"
                ),
                None => "the sheets were made for no printer; name the queue with --queue".into(),
            },
        })
    }

    fn ticket(
        &self,
        desk: &Desk,
        facts: &QueueFacts,
        copies: u32,
        limits: &Limits,
    ) -> Result<JobTicket, DeskError> {
        let refused = |code, message| DeskError::Refused { code, message };
        let papers = Papers::built_in().map_err(|error| refused(error.code(), error.to_string()))?;
        let paper = papers
            .find(&self.manifest.paper)
            .map_err(|error| refused("unknown_paper", error.to_string()))?
            .clone();
        let documents = self.documents();
        let extension = documents.first().and_then(|(path, _)| path.rsplit_once('.')).map(|(_, kind)| kind);
        let all = [SheetFormat::Jpeg, SheetFormat::Png, SheetFormat::Tiff, SheetFormat::Pdf];
        let format = all.into_iter().find(|format| Some(format.extension()) == extension);
        let printer = self.manifest.printer.as_deref();
        let own_raster = match printer {
            Some(id) => desk.printers()?.choose(id, &paper)?.press.raster.is_some(),
            None => false,
        };
        let needs = SheetNeeds {
            paper,
            format: format.unwrap_or(SheetFormat::Jpeg),
            dpi: crate::photo::units::Dpi(self.manifest.dpi),
            own_raster,
            margins: margins(desk, printer)?,
            copies,
        };
        JobTicket::new(facts, &needs, limits).map_err(|unfit| DeskError::Refused {
            code: unfit.first().map_or("queue_unfit", Unfit::code),
            message: unfit.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        })
    }
}

fn margins(desk: &Desk, printer: Option<&str>) -> Result<[i32; 4], DeskError> {
    let Some(id) = printer else { return Ok([0; 4]) };
    let room = desk.printers()?;
    let known = room
        .printers
        .find(id)
        .map_err(|error| DeskError::Refused { code: "unknown_printer", message: error.to_string() })?;
    Ok(known.margins().map(|side| (side.mm() * 100.0).round() as i32))
}

fn limits() -> Result<Limits, DeskError> {
    Limits::built_in().map_err(|error| DeskError::Refused { code: error.code(), message: error.to_string() })
}

fn refused(error: QueueError) -> DeskError {
    DeskError::Refused { code: error.code(), message: error.to_string() }
}

/// A print that must not be given out is not printed either.
fn refuse_recalled(desk: &Desk, job: &str) -> Result<(), DeskError> {
    let recalled = recall::open(desk)?.into_iter().filter(|recall| recall.job == job);
    let people: Vec<String> = recalled.map(|recall| recall.submission).collect();
    if people.is_empty() {
        return Ok(());
    }
    Err(DeskError::Refused {
        code: "print_recalled",
        message: format!(
            "the approval of {} was taken back since; export the others again, then give these sheets up",
            people.join(", ")
        ),
    })
}

/// What one queue has or may have is not given to another.
fn refuse_move(printing: &Printing) -> Result<(), DeskError> {
    let held = [SheetState::Sending, SheetState::Queued].map(|state| printing.count(state));
    if held.iter().all(|count| *count == 0) {
        return Ok(());
    }
    Err(DeskError::Refused {
        code: "printing_elsewhere",
        message: format!(
            "{} still has sheets of this export; let it print them, or take them back there, before another queue gets the rest",
            printing.queue
        ),
    })
}

/// A text of the form `message; remedy`.
fn split(text: &str) -> Problem {
    let (message, remedy) = text.split_once("; ").unwrap_or((text, "choose another queue"));
    Problem::new(message, remedy)
}

/// Stable code of a trouble, for progress and locale keys.
pub fn trouble_code(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::OutOfPaper => "out_of_paper",
        Trouble::OtherPaper => "other_paper",
        Trouble::PaperJam => "paper_jam",
        Trouble::CoverOpen => "cover_open",
        Trouble::OutOfInk => "out_of_ink",
        Trouble::Offline => "offline",
        Trouble::Stopped => "stopped",
        Trouble::NotAccepting => "not_accepting",
    }
}

/// The trouble of a code.
pub fn trouble_of(code: &str) -> Option<Trouble> {
    let all = [
        Trouble::OutOfPaper,
        Trouble::OtherPaper,
        Trouble::PaperJam,
        Trouble::CoverOpen,
        Trouble::OutOfInk,
        Trouble::Offline,
        Trouble::Stopped,
        Trouble::NotAccepting,
    ];
    all.into_iter().find(|trouble| trouble_code(*trouble) == code)
}

/// What a trouble is and what to do.
pub fn trouble_text(trouble: Trouble) -> (&'static str, &'static str) {
    match trouble {
        Trouble::OutOfPaper => ("is out of paper", "put paper in"),
        Trouble::OtherPaper => ("holds other paper than the sheets need", "put the right paper in"),
        Trouble::PaperJam => ("has a paper jam", "take the jammed paper out"),
        Trouble::CoverOpen => ("is open", "close its cover"),
        Trouble::OutOfInk => ("is out of ribbon, ink or toner", "put a new one in"),
        Trouble::Offline => ("is off or not connected", "switch it on and see to its cable"),
        Trouble::Stopped => ("stands still", "let it go on in the print system"),
        Trouble::NotAccepting => ("takes no jobs", "let it accept jobs in the print system"),
    }
}
