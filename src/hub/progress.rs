//! How far a submission is: its place, an honest estimate, and what the student may do.

use super::Hub;
use super::error::HubError;
use crate::store::StoreError;
use crate::store::journal::JournalEvent;
use crate::store::submissions::Standing;
use crate::submission::State;
use crate::submission::rules::erase_at_ms;
use crate::sync::protocol::{Estimate, Progress};

impl Hub {
    /// The progress of a submission as it stands now.
    pub(super) fn progress(&self, id: &str) -> Result<Progress, HubError> {
        let standing = self.store.standing(id)?;
        let now_ms = self.clock.now_ms();
        let item = &standing.item;
        let batch = self.store.batch(&item.batch)?;
        let times = self.store.times(id)?;
        let order = self.store.order_of(id)?;
        let place = match item.state {
            State::PendingReview => Some(self.store.waiting_before(item)? + 1),
            _ => None,
        };
        let is_rejected = item.state == State::Rejected;
        let until_ms = times
            .decided_at_ms
            .filter(|_| is_rejected)
            .and_then(|decided_at_ms| batch.rules.reupload_until_ms(decided_at_ms));
        let is_closed = self.store.closing(&item.batch)?.is_some();
        let may_send_again = is_rejected
            && item.attempt < batch.max_attempts
            && batch.rules.takes_photos(now_ms, is_closed).is_ok()
            && until_ms.is_none_or(|until_ms| now_ms < until_ms);
        Ok(Progress {
            submission: item.submission.clone(),
            state: item.state,
            attempt: item.attempt,
            max_attempts: batch.max_attempts,
            revision: item.revision,
            fee_fen: order.as_ref().map_or(0, |order| order.fee_fen),
            order: order.map(|order| order.order),
            place,
            estimate: place.map(|place| self.estimate(place, now_ms)).transpose()?.flatten(),
            reasons: if is_rejected { self.reasons_of(&standing)? } else { Vec::new() },
            reupload_until_ms: until_ms.filter(|_| may_send_again),
            may_send_again,
            closes_at_ms: batch.rules.closes_at_ms,
            final_sha256: self.store.published(id)?.map(|published| published.final_sha256),
            erase_at_ms: erase_at_ms(
                times.captured_at_ms,
                batch.rules.retention_days.unwrap_or(self.limits.retention.days),
            ),
        })
    }

    /// How long `place` takes at the pace of late: that of the shortest window in which enough was decided.
    fn estimate(&self, place: u64, now_ms: i64) -> Result<Option<Estimate>, StoreError> {
        let limits = &self.limits.progress;
        for window_seconds in limits.pace_windows_seconds.iter().copied().map(u64::from) {
            let since_ms = now_ms - window_seconds as i64 * 1000;
            let decisions = self.store.decided_count_since(since_ms)?;
            if decisions >= limits.pace_at_least_decisions.max(1) {
                let seconds = (place * window_seconds).div_ceil(decisions);
                return Ok(Some(Estimate { seconds, decisions, window_seconds }));
            }
        }
        Ok(None)
    }

    fn reasons_of(&self, standing: &Standing) -> Result<Vec<String>, StoreError> {
        let Some(seq) = standing.decided_seq else { return Ok(Vec::new()) };
        Ok(match self.store.event(seq)? {
            Some(JournalEvent::Decision { decision, .. }) => decision.reasons,
            _ => Vec::new(),
        })
    }
}
