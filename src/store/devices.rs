//! Devices that may speak to this hub: announced with a one-time code, then known by their token.

use super::db::{Connection, OptionalExtension, Row};
use sha2::{Digest, Sha256};

use super::{Store, StoreError, Tx};

/// What a device may do at the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Claims and decides, reports what it exported.
    Reviewer,
    /// The same, and gives approved submissions back to review.
    Senior,
    /// Sees photos, reports exports, publishes processed photos; decides nothing.
    PrintOperator,
    /// Brings photos in and takes them back for the student.
    OnSite,
    /// Everything, batches included.
    Administrator,
}

/// A device as the hub knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub name: String,
    pub role: Role,
    /// Milliseconds since the Unix epoch; `None` before its code was used.
    pub enrolled_at_ms: Option<i64>,
    pub revoked_at_ms: Option<i64>,
}

const COLUMNS: &str = "id, name, role, enrolled_at_ms, revoked_at_ms";

impl Tx<'_> {
    /// Announces a device. Its code is good once, until `code_until_ms`.
    pub fn announce_device(&self, device: &Device, code: &str, code_until_ms: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO device (id, name, role, code_hash, code_until_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.database.prepare_cached(sql)?.execute((
            &device.id,
            &device.name,
            device.role.as_str(),
            hash(code),
            code_until_ms,
        ))?;
        Ok(())
    }

    /// Ties the device of this code to its token. The same code with the same token again gives the same device;
    /// `None` when the code is unknown, over, used with another token, or revoked.
    pub fn enrol_device(&self, code: &str, token: &str, now_ms: i64) -> Result<Option<Device>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM device WHERE code_hash = ?1 AND revoked_at_ms IS NULL
             AND (token_hash = ?2 OR (token_hash IS NULL AND code_until_ms >= ?3))"
        );
        let mut statement = self.database.prepare_cached(&sql)?;
        let found =
            statement.query_row((hash(code), hash(token), now_ms), |row| Ok(from_row(row))).optional()?;
        let Some(device) = found.transpose()? else { return Ok(None) };
        if device.enrolled_at_ms.is_some() {
            return Ok(Some(device));
        }
        self.database
            .prepare_cached("UPDATE device SET token_hash = ?2, enrolled_at_ms = ?3 WHERE id = ?1")?
            .execute((&device.id, hash(token), now_ms))?;
        Ok(Some(Device { enrolled_at_ms: Some(now_ms), ..device }))
    }

    /// Shuts a device out and frees what it holds; `false` when there is no such device.
    pub fn revoke_device(&self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE device SET revoked_at_ms = coalesce(revoked_at_ms, ?2) WHERE id = ?1";
        let changed = self.database.prepare_cached(sql)?.execute((id, now_ms))?;
        self.database
            .prepare_cached("UPDATE lease SET device = NULL, until_ms = 0 WHERE device = ?1")?
            .execute([id])?;
        Ok(changed == 1)
    }

    /// Gives a device another role from now on; `false` when there is no such device. What it holds and may not decide any
    /// more is free at once.
    pub fn set_device_role(&self, id: &str, role: Role) -> Result<bool, StoreError> {
        let sql = "UPDATE device SET role = ?2 WHERE id = ?1";
        let changed = self.database.prepare_cached(sql)?.execute((id, role.as_str()))?;
        self.database
            .prepare_cached("UPDATE lease SET device = NULL, until_ms = 0 WHERE device = ?1")?
            .execute([id])?;
        Ok(changed == 1)
    }

    /// The enrolled, unrevoked device with this id and token.
    pub fn device(&self, id: &str, token: &str) -> Result<Option<Device>, StoreError> {
        known(&self.database, id, token)
    }
}

impl Store {
    /// The enrolled, unrevoked device with this id and token.
    pub fn device(&self, id: &str, token: &str) -> Result<Option<Device>, StoreError> {
        known(&self.reader(), id, token)
    }

    /// All devices by name.
    pub fn devices(&self) -> Result<Vec<Device>, StoreError> {
        let reader = self.reader();
        let mut statement =
            reader.prepare_cached(&format!("SELECT {COLUMNS} FROM device ORDER BY name, id"))?;
        let mut rows = statement.query([])?;
        let mut devices = Vec::new();
        while let Some(row) = &rows.next()? {
            devices.push(from_row(row)?);
        }
        Ok(devices)
    }
}

impl Role {
    pub const ALL: [Self; 5] =
        [Self::Reviewer, Self::Senior, Self::PrintOperator, Self::OnSite, Self::Administrator];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reviewer => "reviewer",
            Self::Senior => "senior",
            Self::PrintOperator => "print_operator",
            Self::OnSite => "on_site",
            Self::Administrator => "administrator",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

fn known(database: &Connection, id: &str, token: &str) -> Result<Option<Device>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM device WHERE id = ?1 AND token_hash = ?2 AND revoked_at_ms IS NULL");
    let mut statement = database.prepare_cached(&sql)?;
    statement.query_row((id, hash(token)), |row| Ok(from_row(row))).optional()?.transpose()
}

/// Codes and tokens are drawn at random, so a plain hash gives nothing away and cannot be guessed back.
fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn from_row(row: &Row<'_>) -> Result<Device, StoreError> {
    let role = row.text(2)?.as_str().ok().and_then(Role::from_word);
    Ok(Device {
        id: row.get(0)?,
        name: row.get(1)?,
        role: role.ok_or_else(|| StoreError::Corrupt { what: "a device's role".to_owned() })?,
        enrolled_at_ms: row.get(3)?,
        revoked_at_ms: row.get(4)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    fn announced() -> (Desk, Device) {
        let desk = Desk::new();
        let device = Device {
            id: "d".into(),
            name: "desk 1".into(),
            role: Role::Reviewer,
            enrolled_at_ms: None,
            revoked_at_ms: None,
        };
        desk.store.write(|tx| tx.announce_device(&device, "CODE", 100)).unwrap();
        (desk, device)
    }

    fn enrol(desk: &Desk, code: &str, token: &str, now_ms: i64) -> Option<Device> {
        desk.store.write(|tx| tx.enrol_device(code, token, now_ms)).unwrap()
    }

    #[test]
    fn a_code_is_good_once_and_for_the_same_token_again() {
        let (desk, device) = announced();
        assert_eq!(enrol(&desk, "OTHER", "token", 5), None);
        let enrolled = enrol(&desk, "CODE", "token", 5).unwrap();
        assert_eq!(enrolled, Device { enrolled_at_ms: Some(5), ..device });
        assert_eq!(enrol(&desk, "CODE", "token", 500), Some(enrolled.clone()), "its answer was lost");
        assert_eq!(enrol(&desk, "CODE", "another", 6), None);
        assert_eq!(desk.store.device("d", "token").unwrap(), Some(enrolled));
        assert_eq!(desk.store.device("d", "another").unwrap(), None);
    }

    #[test]
    fn a_code_does_not_outlive_its_time() {
        let (desk, _) = announced();
        assert_eq!(enrol(&desk, "CODE", "token", 101), None);
    }

    #[test]
    fn a_revoked_device_is_shut_out_at_once() {
        let (desk, _) = announced();
        enrol(&desk, "CODE", "token", 5).unwrap();
        assert!(desk.store.write(|tx| tx.revoke_device("d", 7)).unwrap());
        assert_eq!(desk.store.device("d", "token").unwrap(), None);
        assert_eq!(enrol(&desk, "CODE", "token", 8), None);
        assert!(!desk.store.write(|tx| tx.revoke_device("x", 7)).unwrap());
        assert_eq!(desk.store.devices().unwrap()[0].revoked_at_ms, Some(7));
    }

    #[test]
    fn secrets_are_not_on_disk() {
        let (desk, _) = announced();
        enrol(&desk, "CODE", "a token of some length", 5).unwrap();
        for file in ["desk.db", "desk.db-wal"] {
            let bytes = std::fs::read(desk.folder().join(file)).unwrap();
            assert!(!bytes.windows(22).any(|window| window == b"a token of some length"), "{file}");
        }
    }
}
