//! A hub's photos brought from its folder to an object store: each compared there by length and SHA-256.
//!
//! The folder stays what counts until all are there, and is only read. Broken off at any time, the same call goes on with
//! what is missing.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::store::blobs::address::PhotosAddress;
use crate::store::blobs::objects::Objects;
use crate::store::elsewhere::{Elsewhere, mark};
use crate::store::keys::KeyStore;
use crate::store::server::Address;
use crate::store::verify::{AT_ONCE, on_threads};
use crate::store::{Store, StoreError, profile};

/// What was brought over, and proved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhotosMoved {
    pub photos: usize,
    /// How many of them were not there yet.
    pub sent: usize,
    /// Sealed bytes of all of them.
    pub bytes: u64,
}

/// Brings every photo on record in `folder` to the object store. The rows are in the folder, or where `database` says.
/// Refused while a hub runs, and when a photo of the folder is not what it was: restore it first.
pub fn photos_to_objects(
    folder: &Path,
    keys: &dyn KeyStore,
    database: Option<&Address>,
    address: &PhotosAddress,
) -> Result<PhotosMoved, StoreError> {
    let database = database.filter(|_| !super::rows_lie_in(folder)).cloned();
    if profile::photos_place(folder)?.is_some() {
        return proved(folder, keys, Elsewhere { database, photos: Some(address.clone()) });
    }
    let from = Store::open_elsewhere(folder, keys, &Elsewhere { database, photos: None })?;
    from.require_alone(folder)?;
    let to = Objects::new(address.clone())?;
    let recorded = from.recorded_photos()?;
    let next = AtomicUsize::new(0);
    let bring = || {
        let mut moved = PhotosMoved::default();
        while let Some(sha256) = recorded.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Whoever meets an error lets the others come to an end at their next photo.
            let outgoing = from.blobs.outgoing(&from.sealer, sha256);
            let brought = outgoing.and_then(|outgoing| Ok((outgoing.bytes(), to.bring(&outgoing)?)));
            let (bytes, was_sent) = brought.inspect_err(|_| next.store(recorded.len(), Ordering::Relaxed))?;
            moved.photos += 1;
            moved.sent += usize::from(was_sent);
            moved.bytes += bytes;
        }
        Ok::<_, StoreError>(moved)
    };
    let mut all = PhotosMoved::default();
    for moved in on_threads(AT_ONCE, bring) {
        let moved = moved?;
        all.photos += moved.photos;
        all.sent += moved.sent;
        all.bytes += moved.bytes;
    }
    // From now on nobody looks for photos in the folder, or stores one there, by mistake.
    mark(folder, address)?;
    Ok(all)
}

/// Asked for again once all are there: each is read and compared.
fn proved(folder: &Path, keys: &dyn KeyStore, elsewhere: Elsewhere) -> Result<PhotosMoved, StoreError> {
    let store = Store::open_elsewhere(folder, keys, &elsewhere)?;
    let proof = store.verify_photos()?;
    match proof.faulty.into_iter().next() {
        Some((_, error)) => Err(error),
        None => Ok(PhotosMoved { photos: proof.whole, ..PhotosMoved::default() }),
    }
}
