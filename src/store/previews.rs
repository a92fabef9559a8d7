//! Small pictures of photos, sealed beside them: what is shown while the photo itself is decoded.

use super::db::OptionalExtension;

use super::seal::Place;
use super::{Store, StoreError, Tx};

impl Tx<'_> {
    /// Keeps the small picture of a recorded photo.
    pub fn set_preview(&self, photo_sha256: &str, jpeg: &[u8]) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(place(photo_sha256), jpeg)?;
        let sql = "INSERT INTO preview
                   (photo_sha256, sealed) VALUES (?1, ?2)
                   ON CONFLICT (photo_sha256) DO UPDATE SET sealed = excluded.sealed";
        self.database.prepare_cached(sql)?.execute((photo_sha256, sealed))?;
        Ok(())
    }
}

impl Store {
    /// The small picture of a photo as a JPEG file; `None` when none was made.
    pub fn preview(&self, photo_sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT sealed FROM preview WHERE photo_sha256 = ?1";
        let sealed: Option<Vec<u8>> =
            self.reader().prepare_cached(sql)?.query_row([photo_sha256], |row| row.get(0)).optional()?;
        sealed
            .map(|sealed| self.sealer.open(place(photo_sha256), &sealed).map_err(StoreError::from))
            .transpose()
    }
}

fn place(photo_sha256: &str) -> Place<'_> {
    Place { table: "preview", column: "sealed", row: photo_sha256 }
}

#[cfg(test)]
mod tests {
    use crate::store::fixture::Desk;

    #[test]
    fn a_small_picture_is_sealed_belongs_to_its_photo_and_goes_with_it() {
        let desk = Desk::with_batch("AAAAAA");
        let item = desk.store.item(&desk.submission("AAAAAA", b"photo")).unwrap();
        assert_eq!(desk.store.preview(&item.photo_sha256).unwrap(), None);
        desk.store.write(|tx| tx.set_preview(&item.photo_sha256, b"small picture")).unwrap();
        assert_eq!(desk.store.preview(&item.photo_sha256).unwrap().as_deref(), Some(&b"small picture"[..]));
        let absent = desk.store.write(|tx| tx.set_preview(&"0".repeat(64), b"of nothing"));
        assert!(absent.is_err(), "only recorded photos have one");
        let desk = desk
            .meddled(|database| {
                let sealed: Vec<u8> =
                    database.query_row("SELECT sealed FROM preview", [], |row| row.get(0)).unwrap();
                assert!(!sealed.windows(5).any(|window| window == b"small"));
                database.execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM submission;").unwrap();
                database.execute_batch("PRAGMA foreign_keys = ON; DELETE FROM photo;").unwrap();
            })
            .unwrap();
        assert_eq!(desk.store.preview(&item.photo_sha256).unwrap(), None);
    }
}
