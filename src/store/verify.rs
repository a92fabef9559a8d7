//! Proof that every recorded photo file is there and is what it was.

use super::{Store, StoreError};

/// What a walk over all photo files found.
#[derive(Debug, Default)]
pub struct PhotoProof {
    pub whole: usize,
    /// SHA-256 of the file that should be there, and what is wrong.
    pub faulty: Vec<(String, StoreError)>,
}

impl Store {
    /// Opens every recorded photo file and compares it with its SHA-256.
    pub fn verify_photos(&self) -> Result<PhotoProof, StoreError> {
        let recorded: Vec<String> = {
            let reader = self.reader();
            let mut statement = reader.prepare_cached("SELECT sha256 FROM photo ORDER BY sha256")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        let mut proof = PhotoProof::default();
        for sha256 in recorded {
            match self.photo(&sha256) {
                Ok(_) => proof.whole += 1,
                Err(error) => proof.faulty.push((sha256, error)),
            }
        }
        Ok(proof)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::store::fixture::Desk;

    #[test]
    fn a_missing_photo_file_is_named() {
        let desk = Desk::with_batch("AAAAAA");
        desk.submission("AAAAAA", b"1");
        assert_eq!(desk.store.verify_photos().unwrap().whole, 1);
        let absent = "ab".repeat(32);
        desk.store.write(|tx| tx.record_photo(&absent, 3, 0)).unwrap();
        let proof = desk.store.verify_photos().unwrap();
        assert_eq!((proof.whole, proof.faulty[0].0.as_str()), (1, absent.as_str()));
        assert_eq!(proof.faulty[0].1.code(), "missing_photo");
    }
}
