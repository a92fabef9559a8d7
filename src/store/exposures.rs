//! Exposures of the season: one sealed row for every photo a submission ever had, read in the order they came.

use super::db::OptionalExtension;

use super::seal::Place;
use super::{Store, StoreError, Tx};

/// A photo's exposure as it is stored; what `content` means is the caller's.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredExposure {
    /// Grows with each row and is never given twice while the row is there.
    pub number: u64,
    pub submission: String,
    pub photo_sha256: String,
    pub content: Vec<u8>,
}

impl Tx<'_> {
    /// Stores the exposure of a submission's photo and gives its number; one that is there already keeps its own.
    pub fn add_exposure(
        &self,
        submission: &str,
        photo_sha256: &str,
        content: &[u8],
    ) -> Result<u64, StoreError> {
        let sealed = self.sealer.seal(place(photo_sha256), content)?;
        let sql = "INSERT INTO exposure (submission, photo_sha256, sealed) VALUES (?1, ?2, ?3)
                   ON CONFLICT (submission, photo_sha256) DO UPDATE SET sealed = excluded.sealed
                   RETURNING number";
        let mut statement = self.database.prepare_cached(sql)?;
        let number: i64 = statement.query_row((submission, photo_sha256, sealed), |row| row.get(0))?;
        Ok(number as u64)
    }
}

impl Store {
    /// Gives number and content of every exposure after this number, in their order.
    pub fn exposures_after(
        &self,
        number: u64,
        mut each: impl FnMut(u64, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let reader = self.reader();
        let sql = "SELECT number, photo_sha256, sealed FROM exposure WHERE number > ?1 ORDER BY number";
        let mut statement = reader.prepare_cached(sql)?;
        let mut rows = statement.query([number as i64])?;
        while let Some(row) = &rows.next()? {
            let (number, sha256) = (row.get::<_, i64>(0)? as u64, row.text(1)?);
            let sha256 = sha256.as_str().map_err(|_| corrupt())?;
            each(number, &self.sealer.open(place(sha256), row.bytes(2).map_err(|_| corrupt())?)?)?;
        }
        Ok(())
    }

    /// One exposure; `None` when its submission was erased meanwhile.
    pub fn exposure(&self, number: u64) -> Result<Option<StoredExposure>, StoreError> {
        let sql = "SELECT submission, photo_sha256, sealed FROM exposure WHERE number = ?1";
        let found: Option<(String, String, Vec<u8>)> = self
            .reader()
            .prepare_cached(sql)?
            .query_row([number as i64], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((submission, photo_sha256, sealed)) = found else { return Ok(None) };
        let content = self.sealer.open(place(&photo_sha256), &sealed)?;
        Ok(Some(StoredExposure { number, submission, photo_sha256, content }))
    }

    /// The latest photo a submission had besides this one.
    pub fn photo_before(&self, submission: &str, photo_sha256: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT photo_sha256 FROM exposure WHERE submission = ?1 AND photo_sha256 <> ?2
                   ORDER BY number DESC LIMIT 1";
        Ok(self
            .reader()
            .prepare_cached(sql)?
            .query_row((submission, photo_sha256), |row| row.get(0))
            .optional()?)
    }
}

fn place(photo_sha256: &str) -> Place<'_> {
    Place { table: "exposure", column: "sealed", row: photo_sha256 }
}

fn corrupt() -> StoreError {
    StoreError::Corrupt { what: "an exposure".to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::store::fixture::Desk;

    fn after(desk: &Desk, number: u64) -> Vec<(u64, Vec<u8>)> {
        let mut all = Vec::new();
        desk.store
            .exposures_after(number, |number, content| {
                all.push((number, content.to_vec()));
                Ok(())
            })
            .unwrap();
        all
    }

    #[test]
    fn exposures_come_back_in_their_order_and_a_second_writing_keeps_the_number() {
        let desk = Desk::with_batch("AAAAAA");
        let (one, two) = (desk.submission("AAAAAA", b"1"), desk.submission("AAAAAA", b"2"));
        let add = |id: &str, sha256: &str, content: &[u8]| {
            desk.store.write(|tx| tx.add_exposure(id, sha256, content)).unwrap()
        };
        let first = add(&one, "aa", b"first");
        let second = add(&two, "bb", b"second");
        assert_eq!(add(&one, "aa", b"first anew"), first);
        assert_eq!(after(&desk, 0), [(first, b"first anew".to_vec()), (second, b"second".to_vec())]);
        assert_eq!(after(&desk, first), [(second, b"second".to_vec())]);
        let row = desk.store.exposure(second).unwrap().unwrap();
        assert_eq!((row.submission, row.photo_sha256), (two, "bb".to_owned()));
        assert_eq!(desk.store.exposure(99).unwrap(), None);
    }

    #[test]
    fn an_earlier_photo_of_the_submission_is_known() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"1");
        for sha256 in ["aa", "bb", "cc"] {
            desk.store.write(|tx| tx.add_exposure(&id, sha256, b"x")).unwrap();
        }
        assert_eq!(desk.store.photo_before(&id, "cc").unwrap().as_deref(), Some("bb"));
        assert_eq!(desk.store.photo_before("another", "cc").unwrap(), None);
    }

    #[test]
    fn nothing_of_a_face_lies_open_on_the_disk() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"1");
        let content = b"hash of a face, and where its eyes stand";
        desk.store.write(|tx| tx.add_exposure(&id, "aa", content)).unwrap();
        for file in ["desk.db", "desk.db-wal"] {
            let bytes = std::fs::read(desk.folder().join(file)).unwrap();
            assert!(!bytes.windows(content.len()).any(|window| window == content), "{file}");
        }
    }
}
