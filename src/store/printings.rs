//! Sheets that go to a printer directly: which were sent, which came out, and which nobody knows of.

use super::db::{self, OptionalExtension, Row};

use super::journal::JournalEvent;
use super::{Store, StoreError, Tx};

/// The sheets of one export on their way to a printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printing {
    /// The export.
    pub job: String,
    pub batch: String,
    /// Address of the print queue.
    pub queue: String,
    /// Whether the queue may be on another computer, spoken to in the open.
    pub open_network: bool,
    pub copies: u32,
    /// Milliseconds since the Unix epoch.
    pub begun_at_ms: i64,
    pub is_ended: bool,
    /// What the export was asked for, as JSON text.
    pub request: String,
    /// In the order in which they come out.
    pub sheets: Vec<PrintingSheet>,
}

/// One document on its way: a sheet, or a PDF of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintingSheet {
    /// From 1.
    pub number: usize,
    /// Relative to the export's folder, with `/`.
    pub path: String,
    pub sha256: String,
    pub state: SheetState,
    /// How often it was sent.
    pub tries: u32,
    pub sent_at_ms: Option<i64>,
    /// Number of its job in the queue.
    pub printer_job: Option<i32>,
}

/// Where a sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetState {
    /// Not sent.
    Waiting,
    /// About to be sent, or being sent; after a crash, or when the printer vanished, nobody knows at first.
    Sending,
    /// The queue has it.
    Queued,
    Printed,
    /// The queue gave it back without printing it.
    Failed,
    /// It may have come out and may not; a person must look.
    Doubtful,
}

impl SheetState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Queued => "queued",
            Self::Printed => "printed",
            Self::Failed => "failed",
            Self::Doubtful => "doubtful",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Sending, Self::Queued, Self::Printed, Self::Failed, Self::Doubtful];
        all.into_iter().find(|state| state.as_str() == text)
    }
}

impl Printing {
    pub fn count(&self, state: SheetState) -> usize {
        self.sheets.iter().filter(|sheet| sheet.state == state).count()
    }
}

impl Tx<'_> {
    /// Begins to print the sheets of an ended export; each has a path and a hash.
    pub fn begin_printing(
        &self,
        job: &str,
        (queue, open_network): (&str, bool),
        copies: u32,
        sheets: &[(String, String)],
        at_ms: i64,
        actor: &str,
    ) -> Result<(), StoreError> {
        self.database
            .prepare_cached(
                "INSERT INTO printing (job, queue, open_network, copies, begun_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((job, queue, open_network, copies, at_ms))?;
        let mut insert = self.database.prepare_cached(
            "INSERT INTO printing_sheet (job, number, path, sha256, state, tries) VALUES (?1, ?2, ?3, ?4, 'waiting', 0)",
        )?;
        for (number, (path, sha256)) in (1_i64..).zip(sheets) {
            insert.execute((job, number, path, sha256))?;
        }
        let (job, sheets) = (job.to_owned(), sheets.len());
        self.append(at_ms, actor, &JournalEvent::PrintingBegun { job, sheets, copies })?;
        Ok(())
    }

    /// What is still to be printed goes to another queue.
    pub fn move_printing(&self, job: &str, queue: &str, open_network: bool) -> Result<(), StoreError> {
        self.database
            .prepare_cached("UPDATE printing SET queue = ?2, open_network = ?3 WHERE job = ?1")?
            .execute((job, queue, open_network))?;
        Ok(())
    }

    /// Notes where a sheet is now.
    pub fn set_printing_sheet(&self, job: &str, sheet: &PrintingSheet) -> Result<(), StoreError> {
        self.database
            .prepare_cached(
                "UPDATE printing_sheet SET state = ?3, tries = ?4, sent_at_ms = ?5, printer_job = ?6
                 WHERE job = ?1 AND number = ?2",
            )?
            .execute((
                job,
                sheet.number as i64,
                sheet.state.as_str(),
                sheet.tries,
                sheet.sent_at_ms,
                sheet.printer_job,
            ))?;
        Ok(())
    }

    /// A person has looked whether a doubtful sheet came out.
    pub fn settle_printing_sheet(
        &self,
        job: &str,
        sheet: &PrintingSheet,
        at_ms: i64,
        actor: &str,
    ) -> Result<(), StoreError> {
        self.set_printing_sheet(job, sheet)?;
        let came_out = sheet.state == SheetState::Printed;
        let event = JournalEvent::SheetSettled { job: job.to_owned(), sheet: sheet.number, came_out };
        self.append(at_ms, actor, &event)?;
        Ok(())
    }

    /// A sheet is sent once more after the queue gave it back.
    pub fn note_sheet_sent_again(
        &self,
        job: &str,
        sheet: usize,
        number: u32,
        at_ms: i64,
        actor: &str,
    ) -> Result<(), StoreError> {
        let event = JournalEvent::SheetSentAgain { job: job.to_owned(), sheet, number };
        self.append(at_ms, actor, &event)?;
        Ok(())
    }

    /// Every sheet has come out.
    pub fn end_printing(&self, job: &str, at_ms: i64, actor: &str) -> Result<(), StoreError> {
        let sheets: i64 = self
            .database
            .prepare_cached("SELECT count(*) FROM printing_sheet WHERE job = ?1 AND state = 'printed'")?
            .query_row([job], |row| row.get(0))?;
        let ended = self
            .database
            .prepare_cached("UPDATE printing SET ended_at_ms = ?2 WHERE job = ?1 AND ended_at_ms IS NULL")?
            .execute((job, at_ms))?;
        if ended == 1 {
            let event = JournalEvent::PrintingEnded { job: job.to_owned(), sheets: sheets as usize };
            self.append(at_ms, actor, &event)?;
        }
        Ok(())
    }
}

const PRINTINGS: &str = "SELECT printing.job, batch, queue, open_network, copies, printing.begun_at_ms,
    printing.ended_at_ms, request FROM printing JOIN export_job ON id = printing.job";

impl Store {
    /// How far the sheets of an export are; nothing when none was given to a printer.
    pub fn printing(&self, job: &str) -> Result<Option<Printing>, StoreError> {
        let sql = format!("{PRINTINGS} WHERE printing.job = ?1");
        let found = self.reader().prepare_cached(&sql)?.query_row([job], read).optional()?;
        found.map(|found| self.with_sheets(found)).transpose()
    }

    /// Those whose sheets have not all come out, oldest first.
    pub fn open_printings(&self) -> Result<Vec<Printing>, StoreError> {
        let sql = format!(
            "{PRINTINGS} WHERE printing.ended_at_ms IS NULL ORDER BY printing.begun_at_ms, printing.job"
        );
        let found: Vec<Printing> = {
            let reader = self.reader();
            let mut statement = reader.prepare_cached(&sql)?;
            let rows = statement.query_map([], read)?;
            rows.collect::<Result<_, _>>()?
        };
        found.into_iter().map(|found| self.with_sheets(found)).collect()
    }

    /// What an ended export was asked for, as JSON text, and its batch.
    pub fn ended_export(&self, job: &str) -> Result<(String, String), StoreError> {
        let sql = "SELECT batch, request FROM export_job WHERE id = ?1 AND state = 'committed'";
        let found = self
            .reader()
            .prepare_cached(sql)?
            .query_row([job], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        found.ok_or_else(|| StoreError::UnknownExport { job: job.to_owned() })
    }

    fn with_sheets(&self, printing: Printing) -> Result<Printing, StoreError> {
        let sql = "SELECT number, path, sha256, state, tries, sent_at_ms, printer_job FROM printing_sheet
                   WHERE job = ?1 ORDER BY number";
        let reader = self.reader();
        let mut statement = reader.prepare_cached(sql)?;
        let rows = statement.query_map([&printing.job], |row| {
            let state: String = row.get(3)?;
            Ok((
                SheetState::parse(&state),
                row.get::<_, i64>(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
            ))
        })?;
        let mut sheets = Vec::new();
        for row in rows {
            let (state, number, path, sha256, tries, sent_at_ms, printer_job) = row?;
            let state = state.ok_or_else(|| StoreError::Corrupt { what: "the state of a sheet".into() })?;
            sheets.push(PrintingSheet {
                number: number as usize,
                path,
                sha256,
                state,
                tries,
                sent_at_ms,
                printer_job,
            });
        }
        Ok(Printing { sheets, ..printing })
    }
}

fn read(row: &Row<'_>) -> db::Result<Printing> {
    Ok(Printing {
        job: row.get(0)?,
        batch: row.get(1)?,
        queue: row.get(2)?,
        open_network: row.get(3)?,
        copies: row.get(4)?,
        begun_at_ms: row.get(5)?,
        is_ended: row.get::<_, Option<i64>>(6)?.is_some(),
        request: row.get(7)?,
        sheets: Vec::new(),
    })
}
