//! Final electronic photos: the sealed recipe, and the very file that is delivered.

use super::db::OptionalExtension;

use super::seal::Place;
use super::{Store, StoreError, Tx};
use crate::submission::QueueItem;

/// What a final photo was made for; another photo, standard version or background makes another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalKey<'a> {
    /// Standard id and version.
    pub standard: &'a str,
    /// Background id.
    pub background: &'a str,
}

/// A stored final photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFinal {
    pub recipe_json: String,
    pub jpeg: Vec<u8>,
}

impl Tx<'_> {
    /// Records the final photo of the item's present photo. The file must already be stored.
    pub fn set_final(
        &self,
        item: &QueueItem,
        key: &FinalKey<'_>,
        recipe_json: &str,
        final_sha256: &str,
        bytes: u64,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        self.add_photo(final_sha256, bytes, at_ms)?;
        let sealed = self.sealer.seal(place(&item.submission), recipe_json.as_bytes())?;
        let sql = "INSERT INTO final_photo
                   (submission, photo_sha256, standard, background, sealed_recipe, final_sha256)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (submission) DO UPDATE SET photo_sha256 = excluded.photo_sha256, standard = excluded.standard, background = excluded.background, sealed_recipe = excluded.sealed_recipe, final_sha256 = excluded.final_sha256";
        self.database.prepare_cached(sql)?.execute((
            &item.submission,
            &item.photo_sha256,
            key.standard,
            key.background,
            sealed,
            final_sha256,
        ))?;
        Ok(())
    }
}

impl Store {
    /// The final photo made earlier from the item's present photo for the same key.
    pub fn final_photo(
        &self,
        item: &QueueItem,
        key: &FinalKey<'_>,
    ) -> Result<Option<StoredFinal>, StoreError> {
        let sql = "SELECT sealed_recipe, final_sha256 FROM final_photo
                   WHERE submission = ?1 AND photo_sha256 = ?2 AND standard = ?3 AND background = ?4";
        let found: Option<(Vec<u8>, String)> = self
            .reader()
            .prepare_cached(sql)?
            .query_row((&item.submission, &item.photo_sha256, key.standard, key.background), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((sealed, final_sha256)) = found else { return Ok(None) };
        let recipe_json = self.open_text(place(&item.submission), &sealed)?;
        Ok(Some(StoredFinal { recipe_json, jpeg: self.photo(&final_sha256)? }))
    }
}

fn place(submission: &str) -> Place<'_> {
    Place { table: "final_photo", column: "sealed_recipe", row: submission }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    #[test]
    fn a_final_photo_is_found_for_the_same_standard_and_background_only() {
        let desk = Desk::with_batch("AAAAAA");
        let item = desk.store.item(&desk.submission("AAAAAA", b"photo")).unwrap();
        let key = FinalKey { standard: "s@1", background: "white" };
        assert_eq!(desk.store.final_photo(&item, &key).unwrap(), None);
        let sha256 = desk.store.put_photo(b"final").unwrap();
        desk.store.write(|tx| tx.set_final(&item, &key, "{}", &sha256, 5, 1)).unwrap();
        let stored = StoredFinal { recipe_json: "{}".into(), jpeg: b"final".to_vec() };
        assert_eq!(desk.store.final_photo(&item, &key).unwrap(), Some(stored));
        let other = FinalKey { background: "light_blue", ..key };
        assert_eq!(desk.store.final_photo(&item, &other).unwrap(), None);
    }
}
