//! Direct printing: what a print queue can do, and the sheets it is given without any scaling.
//!
//! One trait for every kind of queue. Behind it are IPP (RFC 8010, RFC 8011), which the print systems of Unix and most
//! network printers speak, and the print spooler of Windows.

#[cfg(windows)]
mod gdi;
mod http;
mod ipp;
pub mod limits;
pub mod media;
#[cfg(any(windows, test))]
mod placing;
#[cfg(any(windows, test))]
mod spooler_words;
pub mod ticket;

use std::fs::File;

use ipp::IppQueue;
pub use limits::Limits;
pub use media::Medium;
pub use ticket::{JobTicket, SheetNeeds, Unfit};

/// A queue that prints whole documents in the order they come.
pub trait PrintQueue {
    /// What it can do and how it is, now.
    fn facts(&self) -> Result<QueueFacts, QueueError>;
    /// Hands over one document; gives the number of its job.
    ///
    /// # Errors
    /// After [`QueueError::Lost`] nobody knows whether the job was taken: ask [`PrintQueue::find`].
    fn send(&self, ticket: &JobTicket, document: File) -> Result<i32, QueueError>;
    /// How the job is now; nothing when the queue does not know it any more.
    fn job(&self, number: i32) -> Result<Option<JobNow>, QueueError>;
    /// All jobs of this program that the queue still knows, ended ones too: number and name.
    fn jobs(&self) -> Result<Vec<(i32, String)>, QueueError>;
    /// Takes the job back; one that has ended stays as it is.
    fn cancel(&self, number: i32) -> Result<(), QueueError>;
}

/// A queue of this computer's print system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownQueue {
    pub name: String,
    /// What [`queue_at`] takes.
    pub uri: String,
    pub info: String,
}

/// The queue at an address such as `ipp://localhost/printers/lab`; on Windows also `windows:NAME`.
///
/// # Errors
/// An address that names no queue, or one that may not be used. Nothing is sent yet.
pub fn queue_at(uri: &str, open_network: bool, limits: &Limits) -> Result<Box<dyn PrintQueue>, QueueError> {
    #[cfg(windows)]
    if let Some(name) = gdi::name_in(uri) {
        return Ok(Box::new(gdi::GdiQueue::new(name, limits)));
    }
    Ok(Box::new(IppQueue::new(uri, open_network, limits)?))
}

/// The queues of this computer's print system, by name.
///
/// The spooler of Windows answers at once; the limits are for systems that are asked over a connection.
pub fn known_queues(
    #[cfg_attr(windows, allow(unused))] limits: &Limits,
) -> Result<Vec<KnownQueue>, QueueError> {
    #[cfg(windows)]
    return gdi::known_queues();
    #[cfg(not(windows))]
    ipp::known_queues(limits)
}

/// What a queue says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueFacts {
    pub name: String,
    pub model: String,
    pub stopped: bool,
    pub accepting: bool,
    /// Keywords of whatever is the matter, such as `media-empty-error`.
    pub reasons: Vec<String>,
    /// MIME types that it prints.
    pub formats: Vec<String>,
    pub media: Vec<Medium>,
    /// Whether a medium may be named by its size and margins.
    pub takes_media_col: bool,
    /// Left, top, right and bottom margins that it offers, in hundredths of a millimetre.
    pub margins: [Vec<i32>; 4],
    /// Dots per inch across and down; empty when it does not say.
    pub resolutions: Vec<(i32, i32)>,
    /// Keywords of `print-scaling`; empty when it does not say.
    pub scalings: Vec<String>,
    pub color_modes: Vec<String>,
    pub sides: Vec<String>,
    pub qualities: Vec<i32>,
    pub orientations: Vec<i32>,
    pub most_copies: i32,
    /// Seconds since it was started, by its own clock.
    pub up_s: Option<i64>,
    pub jobs_waiting: i32,
}

/// What a queue says is the matter with it, where an operator must do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    OutOfPaper,
    /// The paper that is in it is not the one asked for.
    OtherPaper,
    PaperJam,
    CoverOpen,
    /// Ribbon, ink or toner.
    OutOfInk,
    Offline,
    Stopped,
    NotAccepting,
}

impl QueueFacts {
    /// What keeps it from printing now.
    pub fn troubles(&self) -> Vec<Trouble> {
        let mut found: Vec<Trouble> = self.reasons.iter().filter_map(|reason| trouble(reason)).collect();
        if self.stopped && found.is_empty() {
            found.push(Trouble::Stopped);
        }
        if !self.accepting {
            found.push(Trouble::NotAccepting);
        }
        found.dedup();
        found
    }
}

/// The trouble that a keyword of `printer-state-reasons` tells; nothing for reports and what is only running low.
fn trouble(reason: &str) -> Option<Trouble> {
    let keyword = reason.strip_suffix("-error").or_else(|| reason.strip_suffix("-warning")).unwrap_or(reason);
    match keyword {
        "media-empty" | "input-tray-missing" => Some(Trouble::OutOfPaper),
        "media-needed" => Some(Trouble::OtherPaper),
        "media-jam" => Some(Trouble::PaperJam),
        "cover-open" | "door-open" | "interlock-open" => Some(Trouble::CoverOpen),
        "marker-supply-empty" | "toner-empty" => Some(Trouble::OutOfInk),
        "offline" | "shutdown" | "connecting-to-device" | "timed-out" => Some(Trouble::Offline),
        "paused" | "stopped-partly" => Some(Trouble::Stopped),
        _ => None,
    }
}

/// How a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobNow {
    pub state: JobState,
    /// Keywords of `job-state-reasons`.
    pub reasons: Vec<String>,
}

/// The states of RFC 8011 5.3.7, as far as they matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    Waiting,
    Printing,
    /// Stands still until the printer's trouble is over.
    Stopped,
    Canceled,
    Aborted,
    Completed,
}

/// Why a queue did not do what it was asked for. `code()` is stable; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error("{uri:?} names no print queue; write for example ipp://localhost/printers/NAME")]
    BadUri { uri: String },
    #[error(
        "{host} is another computer, and {scheme} would send the photos there for everyone on the network to read; add the \
         printer to this computer's print system and name that queue, or allow an open network for it"
    )]
    OpenNetwork { host: String, scheme: String },
    #[error(
        "{uri}: encrypted printing is left to the print system; add the printer to it and name that queue, \
         for example ipp://localhost/printers/NAME"
    )]
    Encrypted { uri: String },
    #[error("{host} does not answer ({cause}); see that the printer and its print system are on")]
    Unreachable { host: String, cause: String },
    #[error("the connection to {host} broke off ({cause}); see that the printer and its print system are on")]
    Lost { host: String, cause: String },
    #[error("the queue refused to {what}: {answer}; see the queue's own settings")]
    Refused { what: &'static str, status: u16, answer: String },
    #[error("{host} gave an answer that is no IPP ({cause}); see that the address is that of a print queue")]
    BadAnswer { host: String, cause: String },
}

impl QueueError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadUri { .. } => "bad_queue",
            Self::OpenNetwork { .. } => "queue_open_network",
            Self::Encrypted { .. } => "queue_encrypted",
            Self::Unreachable { .. } => "queue_unreachable",
            Self::Lost { .. } => "queue_lost",
            Self::Refused { .. } => "queue_refused",
            Self::BadAnswer { .. } => "queue_bad_answer",
        }
    }

    /// Whether it may be over soon by itself.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Lost { .. } => true,
            // server-error-service-unavailable, -temporary-error, -busy
            Self::Refused { status, .. } => matches!(status, 0x0502 | 0x0505 | 0x0507),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_a_printer_is_told_apart_from_what_it_only_reports() {
        let facts = |reasons: &[&str], stopped| QueueFacts {
            reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
            accepting: true,
            stopped,
            ..QueueFacts::default()
        };
        assert_eq!(facts(&["none"], false).troubles(), []);
        assert_eq!(facts(&["media-low-warning", "cups-waiting-for-job-completed"], false).troubles(), []);
        assert_eq!(facts(&["media-empty-error"], true).troubles(), [Trouble::OutOfPaper]);
        assert_eq!(facts(&["media-empty-report"], false).troubles(), []);
        assert_eq!(facts(&[], true).troubles(), [Trouble::Stopped]);
    }
}
