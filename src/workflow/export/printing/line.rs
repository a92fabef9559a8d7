//! The sheets of one printing on their way to the queue, in order, few at a time.

use std::fs::File;
use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use super::super::io_error;
use super::super::manifest::fingerprint;
use super::{ACTOR, PrintingReport, refused, trouble_code};
use crate::printing::{JobNow, JobState, JobTicket, Limits, PrintQueue, QueueError};
use crate::store::printings::{Printing, PrintingSheet, SheetState};
use crate::workflow::desk::now_ms;
use crate::workflow::job::Job;
use crate::workflow::{Desk, DeskError};

/// How often a queue is asked for a sheet whose sending broke off: it may list a job a little late.
const LOOKS: u32 = 3;
/// RFC 8011 5.4.29 counts whole seconds from 1: so much less may have passed.
const UP_TIME_SLACK_MS: i64 = 2000;

pub(super) struct Line<'a> {
    pub desk: &'a Desk,
    pub queue: &'a dyn PrintQueue,
    pub limits: &'a Limits,
    pub work: &'a Job,
    pub ticket: JobTicket,
    /// The export's folder.
    pub place: PathBuf,
    pub printing: Printing,
}

impl Line<'_> {
    pub fn run(mut self) -> Result<PrintingReport, DeskError> {
        self.work.set_total(self.printing.sheets.len());
        (0..self.printing.count(SheetState::Printed)).for_each(|_| self.work.step());
        let ended = self.print();
        self.work.set_paused(false);
        self.work.tell(None);
        let failed = ended?;
        if self.printing.count(SheetState::Printed) == self.printing.sheets.len() {
            self.desk.store.write(|tx| tx.end_printing(&self.printing.job, now_ms(), ACTOR))?;
        }
        let numbers = |state| self.numbers(state);
        Ok(PrintingReport {
            job: self.printing.job.clone(),
            sheets: self.printing.sheets.len(),
            printed: self.printing.count(SheetState::Printed),
            doubtful: numbers(SheetState::Doubtful),
            failed,
            cancelled: self.work.is_cancelled(),
        })
    }

    /// Sends and watches until nothing is left, or a sheet was given back; gives those with the reasons.
    fn print(&mut self) -> Result<Vec<(usize, String)>, DeskError> {
        for at in self.all(SheetState::Sending) {
            self.look_up(at)?;
        }
        let mut failed = Vec::new();
        for at in self.all(SheetState::Failed) {
            self.note(at, SheetState::Waiting)?;
        }
        loop {
            if self.work.is_cancelled() {
                self.call_back()?;
                return Ok(failed);
            }
            let in_hand = self.printing.count(SheetState::Queued);
            let next = self.all(SheetState::Waiting).first().copied();
            // After a sheet was given back, or one that may be missing, the order of the pile would be lost.
            let goes_on = failed.is_empty() && self.printing.count(SheetState::Doubtful) == 0;
            match next.filter(|_| goes_on && in_hand < self.limits.most_in_hand) {
                Some(next) => self.send(next)?,
                None if in_hand == 0 => return Ok(failed),
                None => {
                    if !self.look(&mut failed)? {
                        self.tell_trouble()?;
                        thread::sleep(self.limits.poll());
                    }
                }
            }
        }
    }

    fn send(&mut self, at: usize) -> Result<(), DeskError> {
        let sheet = &self.printing.sheets[at];
        let path = self.place.join(&sheet.path);
        let unread = |cause: &std::io::Error| io_error("read", &path, cause);
        let (_, sha256) = fingerprint(&path).map_err(|cause| unread(&cause))?;
        if sha256 != sheet.sha256 {
            return Err(DeskError::Refused {
                code: "sheet_changed",
                message: format!(
                    "{} is not the sheet that was exported; export these people again with --reprint-of",
                    path.display()
                ),
            });
        }
        let document = File::open(&path).map_err(|cause| unread(&cause))?;
        let sheet = &mut self.printing.sheets[at];
        sheet.tries += 1;
        (sheet.state, sheet.sent_at_ms) = (SheetState::Sending, Some(now_ms()));
        let (number, tries) = (sheet.number, sheet.tries);
        let name = job_name(&self.printing, at);
        let (job, noted) = (&self.printing.job, &self.printing.sheets[at]);
        self.desk.store.write(|tx| {
            tx.set_printing_sheet(job, noted)?;
            if tries > 1 { tx.note_sheet_sent_again(job, number, tries, now_ms(), ACTOR) } else { Ok(()) }
        })?;
        match self.queue.send(&self.ticket.named(&name), document) {
            Ok(printer_job) => {
                self.printing.sheets[at].printer_job = Some(printer_job);
                self.note(at, SheetState::Queued)
            }
            Err(QueueError::Lost { .. } | QueueError::BadAnswer { .. }) => self.look_up(at),
            // Nothing was handed over.
            Err(error) => {
                self.printing.sheets[at].tries -= 1;
                self.note(at, SheetState::Waiting)?;
                if error.is_passing() { self.wait_for_queue(error) } else { Err(refused(error)) }
            }
        }
    }

    /// Finds out whether the queue has a sheet whose sending broke off.
    fn look_up(&mut self, at: usize) -> Result<(), DeskError> {
        let name = job_name(&self.printing, at);
        let mut jobs = Vec::new();
        for look in 0..LOOKS {
            if look > 0 {
                thread::sleep(self.limits.poll());
            }
            jobs = self.patiently(|queue| queue.jobs())?;
            if let Some((number, _)) = jobs.iter().find(|(_, known)| *known == name) {
                self.printing.sheets[at].printer_job = Some(*number);
                return self.note(at, SheetState::Queued);
            }
        }
        let up_s = self.patiently(|queue| queue.facts())?.up_s;
        let gone_ms = now_ms() - self.printing.sheets[at].sent_at_ms.unwrap_or_default();
        // A printer that was switched off meanwhile has lost its list; one that forgets has lost what is old.
        let has_run = up_s.is_some_and(|up_s| up_s.saturating_mul(1000) > gone_ms + UP_TIME_SLACK_MS);
        let mut earlier = self.printing.sheets.iter().filter_map(|sheet| sheet.printer_job);
        let remembers = earlier.any(|own| jobs.iter().any(|(number, _)| *number == own));
        if has_run && (remembers || gone_ms <= self.limits.history_ms()) {
            self.printing.sheets[at].tries = self.printing.sheets[at].tries.saturating_sub(1);
            self.note(at, SheetState::Waiting)
        } else {
            self.note(at, SheetState::Doubtful)
        }
    }

    /// Asks for every sheet that the queue has; whether any has moved.
    fn look(&mut self, failed: &mut Vec<(usize, String)>) -> Result<bool, DeskError> {
        let mut moved = false;
        for at in self.all(SheetState::Queued) {
            let Some(number) = self.printing.sheets[at].printer_job else {
                self.note(at, SheetState::Doubtful)?;
                continue;
            };
            let state = match self.patiently(|queue| queue.job(number))? {
                None => SheetState::Doubtful,
                Some(now) => match now.state {
                    JobState::Waiting | JobState::Printing | JobState::Stopped => continue,
                    JobState::Completed if has_errors(&now) => SheetState::Doubtful,
                    JobState::Completed => SheetState::Printed,
                    JobState::Canceled | JobState::Aborted => {
                        failed.push((self.printing.sheets[at].number, now.reasons.join(", ")));
                        SheetState::Failed
                    }
                },
            };
            moved = true;
            if state == SheetState::Printed {
                self.work.step();
            }
            self.note(at, state)?;
        }
        Ok(moved)
    }

    /// Takes back what has not come out. A sheet that was being printed may have: a person must look.
    fn call_back(&mut self) -> Result<(), DeskError> {
        for at in self.all(SheetState::Queued) {
            let Some(number) = self.printing.sheets[at].printer_job else { continue };
            let before = self.queue.job(number).map_err(refused)?;
            self.queue.cancel(number).map_err(refused)?;
            let after = self.queue.job(number).map_err(refused)?;
            let state = |now: &Option<JobNow>| now.as_ref().map(|now| now.state);
            let state = match (state(&before), state(&after)) {
                (_, Some(JobState::Completed)) => SheetState::Printed,
                (Some(JobState::Waiting | JobState::Canceled), Some(JobState::Canceled)) => {
                    SheetState::Waiting
                }
                _ => SheetState::Doubtful,
            };
            self.note(at, state)?;
        }
        Ok(())
    }

    /// Asks the queue; while it cannot be reached, again and again, until patience ends or the work is cancelled.
    fn patiently<T>(&self, ask: impl Fn(&dyn PrintQueue) -> Result<T, QueueError>) -> Result<T, DeskError> {
        let (since, mut pause) = (Instant::now(), self.limits.poll());
        loop {
            let error = match ask(self.queue) {
                Ok(answer) => {
                    self.work.set_paused(false);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let over = since.elapsed() >= self.limits.give_up() || self.work.is_cancelled();
            if !error.is_passing() || over {
                return Err(refused(error));
            }
            self.work.set_paused(true);
            self.work.tell(Some("offline"));
            thread::sleep(pause);
            pause = (pause * 2).min(self.limits.longest_pause());
        }
    }

    fn wait_for_queue(&self, last: QueueError) -> Result<(), DeskError> {
        tracing::warn!(error = %last, "the print queue is waited for");
        thread::sleep(self.limits.poll());
        self.patiently(|queue| queue.facts()).map(drop)
    }

    fn tell_trouble(&self) -> Result<(), DeskError> {
        let troubles = self.patiently(|queue| queue.facts())?.troubles();
        self.work.set_paused(!troubles.is_empty());
        self.work.tell(troubles.first().map(|trouble| trouble_code(*trouble)));
        Ok(())
    }

    fn note(&mut self, at: usize, state: SheetState) -> Result<(), DeskError> {
        self.printing.sheets[at].state = state;
        let sheet: &PrintingSheet = &self.printing.sheets[at];
        Ok(self.desk.store.write(|tx| tx.set_printing_sheet(&self.printing.job, sheet))?)
    }

    /// Indices of the sheets in this state.
    fn all(&self, state: SheetState) -> Vec<usize> {
        let sheets = self.printing.sheets.iter().enumerate();
        sheets.filter(|(_, sheet)| sheet.state == state).map(|(at, _)| at).collect()
    }

    fn numbers(&self, state: SheetState) -> Vec<usize> {
        self.all(state).into_iter().map(|at| self.printing.sheets[at].number).collect()
    }
}

fn has_errors(now: &JobNow) -> bool {
    now.reasons.iter().any(|reason| reason == "job-completed-with-errors")
}

/// Tells a sheet's job apart from every other; each try that the queue took has its own.
fn job_name(printing: &Printing, at: usize) -> String {
    let sheet = &printing.sheets[at];
    // The last part of a time-ordered id is its random one.
    let job = printing.job.rsplit('-').next().unwrap_or(&printing.job);
    let again = if sheet.tries > 1 { format!("-{}", sheet.tries) } else { String::new() };
    format!("{}-{job}-{:04}{again}", printing.batch, sheet.number)
}
