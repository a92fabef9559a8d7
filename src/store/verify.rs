//! Proof that every recorded photo file is there and is what it was, and that every erased one is gone.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Store, StoreError};

/// What a walk over all photo files found.
#[derive(Debug, Default)]
pub struct PhotoProof {
    pub whole: usize,
    /// Photos whose time was over, and that are gone.
    pub erased: usize,
    /// SHA-256 of the file that should be there, and what is wrong.
    pub faulty: Vec<(String, StoreError)>,
}

/// Photos that are opened at the same time: an object store answers several as soon as one.
pub(super) const AT_ONCE: usize = 4;

impl Store {
    /// Opens every recorded photo file and compares it with its SHA-256. Ends at once when the place where they lie cannot
    /// be asked, for then nothing is known of any.
    pub fn verify_photos(&self) -> Result<PhotoProof, StoreError> {
        let (recorded, erased) = (self.recorded_photos()?, self.erased_photos()?);
        let all: Vec<(&String, bool)> = recorded
            .iter()
            .map(|sha256| (sha256, true))
            .chain(erased.iter().map(|sha256| (sha256, false)))
            .collect();
        let next = AtomicUsize::new(0);
        let prove = || {
            let mut proof = PhotoProof::default();
            while let Some((sha256, should_be_there)) = all.get(next.fetch_add(1, Ordering::Relaxed)).copied()
            {
                match self.photo(sha256) {
                    Err(StoreError::MissingPhoto { .. }) if !should_be_there => proof.erased += 1,
                    Err(error) if error.is_about_all_photos() => return Err(error),
                    _ if !should_be_there => {
                        let still_there = StoreError::NotErased { sha256: sha256.clone() };
                        proof.faulty.push((sha256.clone(), still_there));
                    }
                    Ok(_) => proof.whole += 1,
                    Err(error) => proof.faulty.push((sha256.clone(), error)),
                }
            }
            Ok(proof)
        };
        let mut whole = PhotoProof::default();
        for proof in on_threads(AT_ONCE, prove) {
            let proof = proof?;
            whole.whole += proof.whole;
            whole.erased += proof.erased;
            whole.faulty.extend(proof.faulty);
        }
        whole.faulty.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(whole)
    }

    /// The SHA-256 of every photo that should be there, in order.
    pub(super) fn recorded_photos(&self) -> Result<Vec<String>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT sha256 FROM photo WHERE NOT EXISTS (
            SELECT 1 FROM erased_photo WHERE erased_photo.photo_sha256 = photo.sha256) ORDER BY sha256",
        )?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// What `work` gives on each of so many threads.
pub(super) fn on_threads<T: Send>(threads: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let begun: Vec<_> = (1..threads).map(|_| scope.spawn(&work)).collect();
        let mut done = vec![work()];
        for thread in begun {
            match thread.join() {
                Ok(one) => done.push(one),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}

#[cfg(test)]
mod tests {
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
