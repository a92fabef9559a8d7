//! What the numbers of the Windows print spooler (winspool.h) mean in the words of IPP, which the rest is written in.

use super::JobState;

/// PRINTER_ATTRIBUTE_WORK_OFFLINE
const WORK_OFFLINE: u32 = 0x400;
/// PRINTER_STATUS_PENDING_DELETION
const PENDING_DELETION: u32 = 0x4;
/// PRINTER_STATUS_PAUSED
const PRINTER_PAUSED: u32 = 0x1;
/// Bits of PRINTER_STATUS_*, each with its keyword of `printer-state-reasons`.
const REASONS: [(u32, &str); 10] = [
    (0x0000_0008, "media-jam-error"),
    (0x0000_0010, "media-empty-error"),
    (0x0000_0020, "media-needed-error"),
    (0x0000_0040, "media-needed-error"),
    (0x0000_0080, "offline-error"),
    (0x0000_1000, "offline-error"),
    (0x0002_0000, "toner-low-report"),
    (0x0004_0000, "toner-empty-error"),
    (0x0040_0000, "door-open-error"),
    (0x0200_0000, "offline-error"),
];

/// JOB_STATUS_DELETING, JOB_STATUS_DELETED
const GIVEN_UP: u32 = 0x4 | 0x100;
/// JOB_STATUS_PRINTED, JOB_STATUS_COMPLETE
const OUT: u32 = 0x80 | 0x1000;
/// JOB_STATUS_PAUSED, _ERROR, _OFFLINE, _PAPEROUT, _BLOCKED_DEVQ, _USER_INTERVENTION
const HELD_UP: u32 = 0x1 | 0x2 | 0x20 | 0x40 | 0x200 | 0x400;
/// JOB_STATUS_PRINTING
const PRINTING: u32 = 0x10;

/// How a printer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub stopped: bool,
    pub accepting: bool,
    pub reasons: Vec<String>,
}

/// A printer's status and attributes.
pub fn condition(status: u32, attributes: u32) -> Condition {
    let mut reasons: Vec<String> =
        REASONS.iter().filter(|(bit, _)| status & bit != 0).map(|(_, word)| (*word).to_owned()).collect();
    if attributes & WORK_OFFLINE != 0 {
        reasons.push("offline-error".to_owned());
    }
    reasons.dedup();
    let stopped = status & PRINTER_PAUSED != 0;
    if stopped {
        reasons.push("paused".to_owned());
    }
    Condition { stopped, accepting: status & PENDING_DELETION == 0, reasons }
}

/// A job's status.
pub fn job_state(status: u32) -> JobState {
    let any = |bits: u32| status & bits != 0;
    if any(OUT) {
        JobState::Completed
    } else if any(GIVEN_UP) {
        JobState::Canceled
    } else if any(HELD_UP) {
        JobState::Stopped
    } else if any(PRINTING) {
        JobState::Printing
    } else {
        JobState::Waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printing::{QueueFacts, Trouble};

    fn troubles(status: u32, attributes: u32) -> Vec<Trouble> {
        let Condition { stopped, accepting, reasons } = condition(status, attributes);
        QueueFacts { stopped, accepting, reasons, ..QueueFacts::default() }.troubles()
    }

    #[test]
    fn what_an_operator_must_do_is_told_and_the_rest_is_not() {
        assert_eq!(troubles(0, 0), []);
        assert_eq!(troubles(0x400 | 0x4000 | 0x2_0000, 0), [], "printing, processing, toner low");
        assert_eq!(troubles(0x10, 0), [Trouble::OutOfPaper]);
        assert_eq!(troubles(0x8, 0), [Trouble::PaperJam]);
        assert_eq!(troubles(0x80, 0x400), [Trouble::Offline]);
        assert_eq!(troubles(0x40_0000, 0), [Trouble::CoverOpen]);
        assert_eq!(troubles(0x1, 0), [Trouble::Stopped]);
        assert_eq!(troubles(0x4, 0), [Trouble::NotAccepting]);
    }

    #[test]
    fn a_job_kept_after_printing_is_out_and_one_that_waits_for_paper_stands() {
        assert_eq!(job_state(0), JobState::Waiting);
        assert_eq!(job_state(0x8), JobState::Waiting, "spooling");
        assert_eq!(job_state(0x10), JobState::Printing);
        assert_eq!(job_state(0x10 | 0x40), JobState::Stopped);
        assert_eq!(job_state(0x80 | 0x2000), JobState::Completed);
        assert_eq!(job_state(0x1000 | 0x2000), JobState::Completed);
        assert_eq!(job_state(0x10 | 0x4), JobState::Canceled);
    }
}
