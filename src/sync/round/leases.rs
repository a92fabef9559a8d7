//! Keeps leases alive, notices those that are lost, gives back those that are not wanted.

use super::{Round, RoundReport, SyncError, new_key};
use crate::store::StoreError;
use crate::store::hub_link::HubItem;
use crate::sync::protocol::{LeaseRef, Leases};

impl Round<'_> {
    /// One heartbeat for everything held and undecided.
    pub(super) fn renew(&self, report: &mut RoundReport) -> Result<(), SyncError> {
        let held = self.held()?;
        if held.leases.is_empty() {
            return Ok(());
        }
        let renewed = self.client.renew(&held)?;
        let until_ms = self.until_ms(renewed.lease_seconds);
        let changes =
            renewed.held.iter().map(|id| (id, true)).chain(renewed.lost.iter().map(|id| (id, false)));
        self.store.write(|tx| {
            for (id, is_held) in changes {
                if let Some(item) = tx.hub_item(id)? {
                    let until_ms = if is_held { until_ms } else { item.until_ms };
                    tx.set_hub_item(id, &HubItem { until_ms, is_held, ..item })?;
                }
            }
            Ok::<_, StoreError>(())
        })?;
        report.lost += renewed.lost.len();
        Ok(())
    }

    /// Gives everything back that is held and undecided.
    pub(super) fn release(&self, report: &mut RoundReport) -> Result<(), SyncError> {
        let held = self.held()?;
        report.released += self.give_back(&held)?;
        Ok(())
    }

    pub(super) fn give_back(&self, leases: &Leases) -> Result<usize, SyncError> {
        if leases.leases.is_empty() {
            return Ok(0);
        }
        let released = self.client.release(&new_key(), leases)?.released;
        self.store.write(|tx| {
            for lease in &leases.leases {
                if let Some(item) = tx.hub_item(&lease.submission)? {
                    tx.set_hub_item(&lease.submission, &HubItem { is_held: false, ..item })?;
                }
            }
            Ok::<_, StoreError>(())
        })?;
        Ok(released)
    }

    pub(super) fn held(&self) -> Result<Leases, SyncError> {
        let held = self.store.held_items()?;
        let leases = held.into_iter().map(|(submission, token)| LeaseRef { submission, token }).collect();
        Ok(Leases { leases })
    }

    pub(super) fn until_ms(&self, lease_seconds: u32) -> i64 {
        (self.now_ms)() + i64::from(lease_seconds) * 1000
    }
}
