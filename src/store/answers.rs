//! Answers the hub gave to writes: a repeated request gets the stored answer, whatever happened since.

use super::db::OptionalExtension;
use sha2::{Digest, Sha256};

use super::{StoreError, Tx};

/// What is known of an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The key is new.
    Nothing,
    /// The same request was answered with this JSON text.
    Answer(String),
    /// The key was used for another request.
    OtherRequest,
}

impl Tx<'_> {
    /// Looks up the key of one device. `request` is the exact request the key stands for.
    pub fn known_answer(&self, device: &str, key: &str, request: &[u8]) -> Result<Known, StoreError> {
        let sql = "SELECT request_sha256, body FROM answer WHERE device = ?1 AND key = ?2";
        let found: Option<([u8; 32], String)> = self
            .database
            .prepare_cached(sql)?
            .query_row((device, key), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(match found {
            None => Known::Nothing,
            Some((sha256, body)) if sha256 == fingerprint(request) => Known::Answer(body),
            Some(_) => Known::OtherRequest,
        })
    }

    /// Keeps an answer in the transaction that did the work.
    pub fn keep_answer(
        &self,
        device: &str,
        key: &str,
        request: &[u8],
        body: &str,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO answer (device, key, request_sha256, body, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.database.prepare_cached(sql)?.execute((device, key, fingerprint(request), body, at_ms))?;
        Ok(())
    }

    /// Forgets answers given before a time; gives how many.
    pub fn forget_answers(&self, before_ms: i64) -> Result<usize, StoreError> {
        Ok(self.database.prepare_cached("DELETE FROM answer WHERE at_ms < ?1")?.execute([before_ms])?)
    }
}

fn fingerprint(request: &[u8]) -> [u8; 32] {
    Sha256::digest(request).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    #[test]
    fn a_key_stands_for_one_request_of_one_device() {
        let desk = Desk::new();
        desk.store.write(|tx| tx.keep_answer("d", "k", b"request", "{}", 5)).unwrap();
        let known = |device: &str, request: &[u8]| {
            desk.store.write(|tx| tx.known_answer(device, "k", request)).unwrap()
        };
        assert_eq!(known("d", b"request"), Known::Answer("{}".into()));
        assert_eq!(known("d", b"another"), Known::OtherRequest);
        assert_eq!(known("e", b"request"), Known::Nothing);
        assert_eq!(desk.store.write(|tx| tx.forget_answers(6)).unwrap(), 1);
        assert_eq!(known("d", b"request"), Known::Nothing);
    }
}
