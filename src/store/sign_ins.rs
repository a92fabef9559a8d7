//! Own codes by which colleagues prove who they are. Only what a code opens is kept, never the code.

use serde::{Deserialize, Serialize};

use super::db::OptionalExtension;
use super::journal::JournalEvent;
use super::seal::{self, Place};
use super::stretch::{Costs, stretch};
use super::{Store, StoreError, Tx};

const SALT_BYTES: usize = 16;
const BOUND: &[u8] = b"photodesk sign-in 1";

/// What only the right code opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    #[serde(flatten)]
    costs: Costs,
    /// Hexadecimal, like the proof: format, nonce, and the sealed name.
    salt: String,
    proof: String,
}

/// The row of one colleague.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    pub lock: Lock,
    /// Codes tried since the last right one.
    pub tries: u32,
    pub shut_until_ms: i64,
}

impl Lock {
    /// Takes as long as one guess.
    pub fn of(name: &str, code: &str) -> Result<Self, StoreError> {
        let mut salt = [0; SALT_BYTES];
        seal::fill_random(&mut salt)?;
        let key = stretched(code, &salt, Costs::USUAL)?;
        let proof = seal::seal(&key, BOUND, name.as_bytes(), || "a sign-in".to_owned())?;
        Ok(Self { costs: Costs::USUAL, salt: hex::encode(salt), proof: hex::encode(proof) })
    }

    /// Whether this is the code; takes as long as one guess.
    pub fn opens(&self, name: &str, code: &str) -> Result<bool, StoreError> {
        let corrupt = |_| StoreError::Corrupt { what: "a sign-in".to_owned() };
        let salt = hex::decode(&self.salt).map_err(corrupt)?;
        let proof = hex::decode(&self.proof).map_err(corrupt)?;
        let key = stretched(code, &salt, self.costs)?;
        let opened = seal::open(&key, BOUND, &proof, || "a sign-in".to_owned());
        Ok(opened.is_ok_and(|plain| plain == name.as_bytes()))
    }
}

fn stretched(code: &str, salt: &[u8], costs: Costs) -> Result<zeroize::Zeroizing<[u8; 32]>, StoreError> {
    stretch(code, salt, costs).map_err(|cause| StoreError::Stretch { cause: cause.to_string() })
}

impl Tx<'_> {
    /// Sets a colleague's lock; the one before is gone.
    pub fn set_sign_in(&self, name: &str, lock: &Lock, at_ms: i64) -> Result<(), StoreError> {
        let json = serde_json::to_vec(lock)
            .map_err(|cause| StoreError::Corrupt { what: format!("a sign-in ({cause})") })?;
        let sealed = self.sealer.seal(place(name), &json)?;
        let sql = "INSERT INTO sign_in (name, sealed, set_at_ms) VALUES (?1, ?2, ?3)
                   ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, set_at_ms = excluded.set_at_ms,
                       tries = 0, shut_until_ms = 0";
        self.database.prepare_cached(sql)?.execute((name, sealed, at_ms))?;
        self.meet_reviewer(name)?;
        self.append(at_ms, name, &JournalEvent::SignInSet { name: name.to_owned() }).map(drop)
    }

    pub fn sign_in(&self, name: &str) -> Result<Option<SignIn>, StoreError> {
        let sql = "SELECT sealed, tries, shut_until_ms FROM sign_in WHERE name = ?1";
        let row = |row: &super::db::Row<'_>| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, u32>(1)?, row.get::<_, i64>(2)?))
        };
        let found = self.database.prepare_cached(sql)?.query_row([name], row).optional()?;
        let Some((sealed, tries, shut_until_ms)) = found else { return Ok(None) };
        let json = self.sealer.open(place(name), &sealed)?;
        let lock = serde_json::from_slice(&json)
            .map_err(|_| StoreError::Corrupt { what: "a sign-in".to_owned() })?;
        Ok(Some(SignIn { lock, tries, shut_until_ms }))
    }

    /// Counts a try before it is looked at, or forgets them all; shut until then where there were too many.
    pub fn count_tries(&self, name: &str, tries: u32, shut_until_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE sign_in SET tries = ?2, shut_until_ms = ?3 WHERE name = ?1";
        self.database.prepare_cached(sql)?.execute((name, tries, shut_until_ms))?;
        Ok(())
    }

    /// Forgets a colleague's code, so that they can set another. True when there was one.
    pub fn forget_sign_in(&self, name: &str, at_ms: i64, by: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM sign_in WHERE name = ?1";
        let was_there = self.database.prepare_cached(sql)?.execute([name])? == 1;
        if was_there {
            self.append(at_ms, by, &JournalEvent::SignInForgotten { name: name.to_owned() })?;
        }
        Ok(was_there)
    }
}

impl Store {
    /// Whether this colleague has an own code.
    pub fn has_sign_in(&self, name: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM sign_in WHERE name = ?1)";
        Ok(self.reader().prepare_cached(sql)?.query_row([name], |row| row.get(0))?)
    }
}

fn place(name: &str) -> Place<'_> {
    Place { table: "sign_in", column: "sealed", row: name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    #[test]
    fn only_the_right_code_of_the_right_person_opens_and_the_file_shows_none() {
        let desk = Desk::new();
        let lock = Lock::of("王芳", "tea 4 two").unwrap();
        desk.store.write(|tx| tx.set_sign_in("王芳", &lock, 1)).unwrap();
        let kept = desk.store.write(|tx| tx.sign_in("王芳")).unwrap().unwrap().lock;
        assert_eq!(kept, lock);
        assert!(kept.opens("王芳", "tea 4 two").unwrap());
        assert!(!kept.opens("王芳", "tea 4 too").unwrap());
        assert!(!kept.opens("li", "tea 4 two").unwrap(), "the lock of one is not the lock of another");
        for file in ["desk.db", "desk.db-wal"] {
            let bytes = std::fs::read(desk.folder().join(file)).unwrap();
            assert!(!bytes.windows(9).any(|window| window == b"tea 4 two"), "{file} holds a code");
        }
        assert!(desk.store.write(|tx| tx.forget_sign_in("王芳", 2, "li")).unwrap());
        assert!(!desk.store.has_sign_in("王芳").unwrap());
    }
}
