//! A queue of the Windows print spooler: sheets are drawn on the driver's own page, pixel by pixel at their true size.
//!
//! The spooler forgets a job as soon as it is out. Each job is therefore kept (`JOB_CONTROL_RETAIN`) until it was seen
//! to be out and the next one was sent, or this queue is dropped.

mod page;
mod spooler;

use std::fs::File;
use std::io::Read;
use std::sync::Mutex;

use super::placing::same_paper;
use super::spooler_words::{condition, job_state};
use super::ticket::JobTicket;
use super::{JobNow, JobState, KnownQueue, Limits, Medium, PrintQueue, QueueError, QueueFacts};
use crate::photo::{DecodeLimits, decode};
use page::{Broken, Page, Sheet};
use spooler::{Asked, Paper, Printer};

/// What an address of such a queue begins with.
const SCHEME: &str = "windows:";
const FORMATS: [&str; 3] = ["image/jpeg", "image/png", "image/tiff"];
const ORIENTATION_PORTRAIT: i32 = 3;
const ORIENTATION_LANDSCAPE: i32 = 4;

/// A queue behind an address such as `windows:DNP DS620`.
#[derive(Debug)]
pub struct GdiQueue {
    name: String,
    limits: Limits,
    seen: Mutex<Seen>,
}

/// Jobs whose end was told to whoever asked.
#[derive(Debug, Default)]
struct Seen {
    out: Vec<i32>,
    taken_back: Vec<i32>,
}

/// The queue's name in an address; nothing for an address of another kind.
pub fn name_in(uri: &str) -> Option<&str> {
    uri.trim().strip_prefix(SCHEME).filter(|name| !name.is_empty())
}

/// The queues of this computer's spooler, by name.
pub fn known_queues() -> Result<Vec<KnownQueue>, QueueError> {
    let mut names = spooler::names().map_err(|error| away("the print spooler", &error))?;
    names.sort();
    let known = names.into_iter().map(|name| KnownQueue {
        uri: format!("{SCHEME}{name}"),
        info: String::new(),
        name,
    });
    Ok(known.collect())
}

impl GdiQueue {
    pub fn new(name: &str, limits: &Limits) -> Self {
        Self { name: name.to_owned(), limits: limits.clone(), seen: Mutex::default() }
    }

    fn printer(&self) -> Result<Printer, QueueError> {
        Printer::open(&self.name).map_err(|error| away(&self.name, &error))
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Lets the spooler forget what was seen to be out.
    fn let_go(&self, printer: &Printer) {
        for number in std::mem::take(&mut self.seen().out) {
            if let Err(error) = printer.delete(number) {
                tracing::warn!(job = number, %error, "the spooler keeps a printed job");
            }
        }
    }

    fn refused(&self, what: &'static str, error: &windows::core::Error) -> QueueError {
        QueueError::Refused { what, status: 0, answer: format!("{}: {error}", self.name) }
    }

    fn pixels(document: &mut File) -> Result<image::RgbImage, QueueError> {
        let unreadable = |answer: String| QueueError::Refused { what: "print", status: 0, answer };
        let limits = DecodeLimits::built_in().map_err(|error| unreadable(error.to_string()))?;
        let mut bytes = Vec::new();
        document.read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
        Ok(decode(&bytes, &limits).map_err(|error| unreadable(error.to_string()))?.pixels)
    }
}

impl PrintQueue for GdiQueue {
    fn facts(&self) -> Result<QueueFacts, QueueError> {
        let printer = self.printer()?;
        let state = printer.state().map_err(|error| away(&self.name, &error))?;
        let papers = printer.papers(&state.port);
        let can = condition(state.status, state.attributes);
        Ok(QueueFacts {
            name: self.name.clone(),
            model: state.driver,
            stopped: can.stopped,
            accepting: can.accepting,
            reasons: can.reasons,
            formats: FORMATS.map(str::to_owned).to_vec(),
            media: papers.into_iter().map(medium).collect(),
            resolutions: printer.resolutions(&state.port),
            // The page is drawn by this program, at the size that it says.
            scalings: vec!["none".to_owned()],
            color_modes: if printer.has_color(&state.port) { vec!["color".to_owned()] } else { Vec::new() },
            sides: vec!["one-sided".to_owned()],
            orientations: vec![ORIENTATION_PORTRAIT, ORIENTATION_LANDSCAPE],
            most_copies: printer.most_copies(&state.port),
            jobs_waiting: i32::try_from(state.jobs).unwrap_or(i32::MAX),
            ..QueueFacts::default()
        })
    }

    fn send(&self, ticket: &JobTicket, mut document: File) -> Result<i32, QueueError> {
        let printer = self.printer()?;
        self.let_go(&printer);
        let pixels = Self::pixels(&mut document)?;
        let state = printer.state().map_err(|error| away(&self.name, &error))?;
        let papers = printer.papers(&state.port);
        let paper = papers.iter().find(|paper| medium((*paper).clone()) == ticket.medium);
        let Some(paper) = paper else {
            let answer = format!("{} has no such paper any more", self.name);
            return Err(QueueError::Refused { what: "take the paper", status: 0, answer });
        };
        let asked = Asked {
            paper: paper.number,
            landscape: ticket.landscape,
            color: ticket.color,
            one_sided: ticket.one_sided,
            dpi: ticket.dpi,
            copies: ticket.copies,
        };
        let mode = printer.mode(&asked).map_err(|error| self.refused("be set up", &error))?;
        let page = Page::open(&self.name, &mode).map_err(|error| self.refused("be drawn on", &error))?;
        let (width, height) = (ticket.medium.width, ticket.medium.height);
        let lies = if ticket.landscape { (height, width) } else { (width, height) };
        same_paper(page.axes(), lies, self.limits.media_tolerance_mm)?;
        let sheet = Sheet { pixels: &pixels, dpi: ticket.sheet_dpi.0 };
        let keep = |number| printer.retain(number);
        page.print(&ticket.name, &sheet, keep).map_err(|broken| match broken {
            Broken::Nothing(error) => self.refused("print", &error),
            Broken::Unknown(error) => QueueError::Lost { host: self.name.clone(), cause: error.to_string() },
        })
    }

    fn job(&self, number: i32) -> Result<Option<JobNow>, QueueError> {
        let now = |state| Ok(Some(JobNow { state, reasons: Vec::new() }));
        if self.seen().taken_back.contains(&number) {
            return now(JobState::Canceled);
        }
        let Some(status) = self.printer()?.job(number).map_err(|error| away(&self.name, &error))? else {
            return Ok(None);
        };
        let state = job_state(status);
        let mut seen = self.seen();
        if state == JobState::Completed && !seen.out.contains(&number) {
            seen.out.push(number);
        }
        now(state)
    }

    fn jobs(&self) -> Result<Vec<(i32, String)>, QueueError> {
        self.printer()?.jobs().map_err(|error| away(&self.name, &error))
    }

    fn cancel(&self, number: i32) -> Result<(), QueueError> {
        let printer = self.printer()?;
        let status = printer.job(number).map_err(|error| away(&self.name, &error))?;
        match status.map(job_state) {
            // What has ended or is not known any more cannot be taken back.
            None | Some(JobState::Completed | JobState::Canceled) => Ok(()),
            Some(_) => {
                printer.delete(number).map_err(|error| self.refused("take its job back", &error))?;
                self.seen().taken_back.push(number);
                Ok(())
            }
        }
    }
}

impl Drop for GdiQueue {
    fn drop(&mut self) {
        if !self.seen().out.is_empty()
            && let Ok(printer) = self.printer()
        {
            self.let_go(&printer);
        }
    }
}

/// A driver's paper, in tenths of a millimetre.
fn medium(paper: Paper) -> Medium {
    Medium { name: Some(paper.name), width: paper.width * 10, height: paper.height * 10 }
}

fn away(name: &str, error: &windows::core::Error) -> QueueError {
    QueueError::Unreachable { host: name.to_owned(), cause: error.to_string() }
}
