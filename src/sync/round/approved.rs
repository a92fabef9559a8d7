//! Brings approved submissions here to be printed, whoever approved them.

use super::{Round, SyncError};
use crate::store::StoreError;
use crate::store::hub_link::HubItem;
use crate::submission::State;
use crate::sync::protocol::ApprovedRow;

/// What is here now of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Came now.
    pub fetched: usize,
    /// Was here before.
    pub known: usize,
    /// Could not be fetched, and why.
    pub not_fetched: Vec<(String, String)>,
}

impl Round<'_> {
    /// Page by page; what came stays when the watcher wishes it to stop.
    pub(super) fn fetch_approved(&self, batch: &str) -> Result<Fetched, SyncError> {
        let counts = self.client.batches()?.batches;
        let approved = counts.iter().find(|row| row.batch.code == batch).map_or(0, |row| row.approved);
        self.watcher.begun(approved);
        let mut done = Fetched::default();
        let mut after: Option<String> = None;
        loop {
            let page = self.client.approved(batch, after.as_deref())?;
            for row in &page.submissions {
                if self.watcher.is_cancelled() {
                    return Ok(done);
                }
                self.fetch_one(row, &mut done)?;
                self.watcher.step();
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(done),
            }
        }
    }

    fn fetch_one(&self, row: &ApprovedRow, done: &mut Fetched) -> Result<(), SyncError> {
        let id = &row.submission.submission;
        if self.is_settled_here(row)? {
            done.known += 1;
            return Ok(());
        }
        match self.take(&row.submission, row.photo_bytes, HubItem::NOT_HELD) {
            Ok(()) => done.fetched += 1,
            Err(SyncError::Client(error)) => done.not_fetched.push((id.clone(), error.to_string())),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Whether this desk has it as it is at the hub, or knows more: it was decided or exported here just now.
    fn is_settled_here(&self, row: &ApprovedRow) -> Result<bool, SyncError> {
        let hub = &row.submission;
        let item = match self.store.item(&hub.submission) {
            Ok(item) => item,
            Err(StoreError::UnknownSubmission { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        if (item.revision, item.state) == (hub.revision, State::Approved) {
            return Ok(true);
        }
        Ok(self.store.write(|tx| tx.has_unsent(&hub.submission))?)
    }
}
