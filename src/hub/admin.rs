//! Administration beside or without a running hub: devices, batches, proof.

use std::time::Duration;

use super::closing;
use super::erasing;
use super::error::HubError;
use super::intake::{self, checked_batch};
use super::life::Hand;
use super::orders;
use crate::standard::Catalogue;
use crate::store::devices::{Device, Role};
use crate::store::journal::JournalEvent;
use crate::store::{Store, StoreError, seal};
use crate::submission::{Batch, Order};
use crate::sync::protocol::{ClosingReport, NewRules, PaymentRecord, Refund};

pub use super::erasing::{Due, Erasure, Hindrance};

/// Signs what the administrator does at the hub's own machine.
const ADMINISTRATOR: &str = "hub admin";

/// Characters a desk's own token must have.
pub(super) const SHORTEST_TOKEN: usize = 32;

/// Without 0, 1, I and O, which are misread.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const CODE_CHARACTERS: usize = 12;
const GROUP: usize = 4;

/// Announces a device and gives its one-time code, in groups of four.
pub fn announce(
    store: &Store,
    name: &str,
    role: Role,
    now_ms: i64,
    code_seconds: u32,
) -> Result<String, StoreError> {
    let code = draw_code()?;
    let id = uuid::Uuid::now_v7().to_string();
    let device = Device { id, name: name.to_owned(), role, enrolled_at_ms: None, revoked_at_ms: None };
    store.write(|tx| {
        tx.announce_device(&device, &code, now_ms + i64::from(code_seconds) * 1000)?;
        let event =
            JournalEvent::DeviceAnnounced { device: device.id.clone(), role: role.as_str().to_owned() };
        tx.append(now_ms, ADMINISTRATOR, &event)
    })?;
    Ok(grouped(&code))
}

/// Shuts a device out and frees what it holds; `false` when there is none with this id.
pub fn revoke(store: &Store, device: &str, now_ms: i64) -> Result<bool, StoreError> {
    store.write(|tx| {
        let is_known = tx.revoke_device(device, now_ms)?;
        if is_known {
            let event = JournalEvent::DeviceRevoked { device: device.to_owned() };
            tx.append(now_ms, ADMINISTRATOR, &event)?;
        }
        Ok(is_known)
    })
}

/// Gives a device another role from now on; `false` when there is none with this id.
pub fn set_role(store: &Store, device: &str, role: Role, now_ms: i64) -> Result<bool, StoreError> {
    store.write(|tx| {
        let is_known = tx.set_device_role(device, role)?;
        if is_known {
            let role = role.as_str().to_owned();
            let event = JournalEvent::DeviceRoleSet { device: device.to_owned(), role };
            tx.append(now_ms, ADMINISTRATOR, &event)?;
        }
        Ok(is_known)
    })
}

/// Opens a batch at the hub.
pub fn add_batch(store: &Store, standards: &Catalogue, batch: Batch, now_ms: i64) -> Result<Batch, HubError> {
    let batch = checked_batch(standards, batch)?;
    store
        .write(|tx| {
            tx.add_batch(&batch, now_ms)?;
            tx.append(now_ms, ADMINISTRATOR, &JournalEvent::BatchCreated { batch: batch.clone() })
        })
        .map_err(|error: StoreError| HubError::from(error))?;
    Ok(batch)
}

/// Sets what a batch asks of its students from now on. Orders that were opened keep their fee.
pub fn set_rules(
    store: &Store,
    standards: &Catalogue,
    code: &str,
    new: &NewRules,
    now_ms: i64,
) -> Result<Batch, HubError> {
    store.write(|tx| intake::set_rules_of(tx, hand(now_ms), standards, code, new))
}

/// What the closing of a batch would do now, and to whom.
pub fn closing_plan(store: &Store, code: &str) -> Result<ClosingReport, HubError> {
    closing::plan(store, code)
}

/// Closes a batch, `at_once` submissions in a transaction. A repetition goes on with what is left.
pub fn close(store: &Store, code: &str, now_ms: i64, at_once: usize) -> Result<ClosingReport, HubError> {
    closing::close_in(store, code, hand(now_ms), at_once)
}

/// Records what a member of the staff has taken for an order.
pub fn record_payment(
    store: &Store,
    order: &str,
    asked: &PaymentRecord,
    now_ms: i64,
) -> Result<Order, HubError> {
    store.write(|tx| orders::record_payment(tx, hand(now_ms), order, asked))
}

/// Gives back what was paid for an order.
pub fn refund(store: &Store, order: &str, asked: &Refund, now_ms: i64) -> Result<Order, HubError> {
    store.write(|tx| orders::refund(tx, hand(now_ms), order, asked))
}

/// What is due to be erased, and what stands in the way. Changes nothing.
pub fn erasing_plan(store: &Store, days: u32, now_ms: i64) -> Result<Vec<Due>, HubError> {
    erasing::plan(store, days, now_ms)
}

/// Erases what is due. Photo files that were stored within `settle` stay until a later run.
pub fn erase(store: &Store, days: u32, settle: Duration, now_ms: i64) -> Result<Erasure, HubError> {
    erasing::erase_in(store, hand(now_ms), days, settle)
}

fn hand(now_ms: i64) -> Hand<'static> {
    Hand { now_ms, actor: ADMINISTRATOR }
}

/// The code as it was drawn, whatever a person typed between its groups.
pub(super) fn plain_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

fn draw_code() -> Result<String, StoreError> {
    let mut random = [0; CODE_CHARACTERS];
    seal::fill_random(&mut random)?;
    // 32 letters divide a byte evenly.
    Ok(random.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect())
}

fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(GROUP).map(String::from_iter).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_code_is_the_drawn_one() {
        let code = draw_code().unwrap();
        assert_eq!(code.len(), CODE_CHARACTERS);
        assert_eq!(grouped(&code).len(), 14);
        assert_eq!(plain_code(&format!(" {} ", grouped(&code).to_lowercase())), code);
        assert_ne!(draw_code().unwrap(), code);
    }
}
