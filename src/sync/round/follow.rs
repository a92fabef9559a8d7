//! Follows what was committed at the hub since the last round.

use std::collections::BTreeMap;
use std::time::Duration;

use super::outbox::take_over;
use super::{Round, RoundReport, SyncError};
use crate::store::StoreError;
use crate::store::hub_link::HubItem;
use crate::submission::State;
use crate::sync::client::ClientError;
use crate::sync::protocol::{Change, Standing};

impl Round<'_> {
    /// Follows until nothing is new. The cursor moves only together with what it stands for.
    pub(super) fn follow(&self, report: &mut RoundReport) -> Result<(), SyncError> {
        loop {
            let (cursor, _) = self.store.hub_cursor()?;
            let page = self.client.changes(cursor, Duration::ZERO)?;
            if page.cursor == cursor {
                // What the hub has erased goes here too; what was left the last time as well.
                let settle = Duration::from_secs(self.limits.page.dropped_kept_seconds.into());
                self.store.remove_erased((self.now_ms)(), settle)?;
                return Ok(());
            }
            // Only where it ended counts, not the way there.
            let last: BTreeMap<&str, &Change> =
                page.changes.iter().map(|change| (change.submission.as_str(), change)).collect();
            for change in last.into_values() {
                report.followed += usize::from(self.follow_one(change)?);
            }
            self.store.write(|tx| tx.set_hub_cursor(page.cursor))?;
        }
    }

    fn follow_one(&self, change: &Change) -> Result<bool, SyncError> {
        let item = match self.store.item(&change.submission) {
            Ok(item) => item,
            // Another desk's work.
            Err(StoreError::UnknownSubmission { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        if (item.state, item.revision) == (change.state, change.revision) {
            return Ok(false);
        }
        // The change may be old news by now; what counts is how it stands.
        let now = match self.client.submission(&change.submission) {
            Ok(submission) => Standing { state: submission.state, revision: submission.revision },
            Err(ClientError::Refused(fault)) if fault.code == "unknown_submission" => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let at_ms = (self.now_ms)();
        let followed = self.store.write(|tx| {
            // The answer to what is on the way will say more.
            if tx.has_unsent(&change.submission)? {
                return Ok(false);
            }
            let is_waiting_here = now.state == State::PendingReview && now.revision == item.revision;
            if let (false, Some(held)) = (is_waiting_here, tx.hub_item(&change.submission)?) {
                tx.set_hub_item(&change.submission, &HubItem { is_held: false, ..held })?;
            }
            take_over(tx, &change.submission, now, &change.kind, at_ms)
        })?;
        Ok(followed)
    }
}
