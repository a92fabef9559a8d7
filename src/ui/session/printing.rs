//! Printing an export's sheets from the window, and what is left of those that were stopped.

use super::Session;
use crate::i18n::words;
use crate::printing::{KnownQueue, Limits, known_queues};
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done};
use crate::ui::dialogs::{Dialog, PrintingsCard, SettledSheet};
use crate::workflow::DeskError;
use crate::workflow::export::printing::{self, PrintingOrder, PrintingReport};
use crate::workflow::printers::QueueAddress;

impl Session {
    /// Gives the export's sheets to its queue, or those that are left.
    pub(super) fn print_sheets(&mut self, job: String, queue: Option<QueueAddress>, crew: &Crew) {
        if self.running.is_some() {
            return;
        }
        self.dialog = Dialog::None;
        let order = PrintingOrder { job, printer: None, queue, copies: 1 };
        self.run(words!("printings.running"), crew, move |desk, work| {
            Done::Printed(printing::run(desk, &order, work))
        });
    }

    pub(super) fn printed(&mut self, result: Result<PrintingReport, DeskError>, crew: &Crew) {
        self.running = None;
        match result {
            Ok(report) if report.printed == report.sheets => {
                self.say_done(words!("printings.done", n = report.sheets).into_owned(), false);
            }
            Ok(report) => self.say_problem(not_all(&report)),
            Err(error) => self.say_error(&error),
        }
        self.print_room.approvals_changed();
        self.refresh(crew);
    }

    pub(super) fn open_printings(&mut self) {
        self.list_printings(Vec::new());
    }

    fn list_printings(&mut self, settled: Vec<SettledSheet>) {
        match printing::open(&self.desk) {
            Ok(printings) => self.dialog = Dialog::Printings(PrintingsCard { printings, settled }),
            Err(error) => self.say_error(&error),
        }
    }

    pub(super) fn settle_sheet(&mut self, job: &str, sheet: usize, came_out: bool, equipment: &Equipment) {
        let done = printing::settle(&self.desk, job, sheet, came_out, &equipment.settings.reviewer);
        let path = match &self.dialog {
            Dialog::Printings(card) if done.is_ok() => card.path_of(job, sheet),
            _ => None,
        };
        let now = path.map(|path| SettledSheet { job: job.to_owned(), sheet, path, came_out });
        self.printings_changed(done, now);
    }

    pub(super) fn give_up_printing(&mut self, job: &str, equipment: &Equipment) {
        let given_up = printing::give_up(&self.desk, job, &equipment.settings.reviewer);
        self.printings_changed(given_up, None);
    }

    /// Keeps the queue of a printer; an empty address forgets it.
    pub(super) fn set_queue(&mut self, printer: &str, uri: Option<String>, equipment: &mut Equipment) {
        let queue = uri.map(|uri| QueueAddress { uri, open_network: false });
        match equipment.shop.printers.set_queue(printer, queue) {
            Ok(()) => self.print_room.approvals_changed(),
            Err(error) => self.say_error(&error),
        }
    }

    /// Asks the print system for its queues.
    pub(super) fn find_queues(crew: &Crew) {
        crew.start(|| {
            let queues: Vec<KnownQueue> = match Limits::built_in() {
                // A computer without a print system has no queues.
                Ok(limits) => known_queues(&limits).unwrap_or_default(),
                Err(_) => Vec::new(),
            };
            Done::QueuesFound(queues)
        });
    }

    fn printings_changed(&mut self, result: Result<(), DeskError>, now: Option<SettledSheet>) {
        let before = match &self.dialog {
            Dialog::Printings(card) => card.settled.clone(),
            _ => Vec::new(),
        };
        match result {
            Ok(()) => self.list_printings(before.into_iter().chain(now).collect()),
            Err(error) => self.say_error(&error),
        }
        if let Dialog::Printings(card) = &self.dialog
            && card.printings.is_empty()
        {
            self.dialog = Dialog::None;
        }
        self.print_room.approvals_changed();
    }
}

fn not_all(report: &PrintingReport) -> String {
    let counts = words!("printings.counts", printed = report.printed, sheets = report.sheets);
    let why = match (report.failed.first(), report.doubtful.first()) {
        (Some((sheet, reasons)), _) => words!("printings.failed", sheet = sheet, reasons = reasons),
        (None, Some(sheet)) => words!("printings.doubtful", sheet = sheet),
        (None, None) => words!("printings.stopped"),
    };
    format!("{counts} · {why}")
}
