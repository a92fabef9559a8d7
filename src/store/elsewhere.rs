//! A hub whose rows or photos lie outside its folder: on a database server, in an object store, or both.

use std::path::Path;
use std::time::Duration;

use super::blobs::Blobs;
use super::blobs::address::PhotosAddress;
use super::keys::KeyStore;
use super::seal::Sealer;
use super::server::{self, Address};
use super::{Store, StoreError, durable, profile};

/// What lies outside a hub's folder.
#[derive(Clone, Default)]
pub struct Elsewhere {
    pub database: Option<Address>,
    pub photos: Option<PhotosAddress>,
}

impl Store {
    /// Opens a hub's store for this process to serve. The key is in `folder`, and what does not lie elsewhere.
    pub fn open_elsewhere(
        folder: &Path,
        keys: &dyn KeyStore,
        elsewhere: &Elsewhere,
    ) -> Result<Self, StoreError> {
        match &elsewhere.database {
            Some(address) => {
                let blobs = placed(folder, Blobs::shared(folder)?, elsewhere.photos.as_ref())?;
                Self::on_server(folder, keys, address, blobs)
            }
            None => {
                let lock = profile::lock(folder)?;
                let blobs = placed(folder, Blobs::open(folder)?, elsewhere.photos.as_ref())?;
                Self::assemble(folder, keys, blobs, Some(lock))
            }
        }
    }

    /// The same beside a process that may be serving it.
    pub fn open_elsewhere_beside(
        folder: &Path,
        keys: &dyn KeyStore,
        elsewhere: &Elsewhere,
    ) -> Result<Self, StoreError> {
        match &elsewhere.database {
            // Nothing there tells who is first.
            Some(_) => Self::open_elsewhere(folder, keys, elsewhere),
            None => {
                let (blobs, lock) = Self::beside(folder)?;
                let blobs = placed(folder, blobs, elsewhere.photos.as_ref())?;
                Self::assemble(folder, keys, blobs, lock)
            }
        }
    }

    fn on_server(
        folder: &Path,
        keys: &dyn KeyStore,
        address: &Address,
        blobs: Blobs,
    ) -> Result<Self, StoreError> {
        let sealer = Sealer::new(&profile::unlock(folder, keys)?);
        let (writer, reader) = server::connect(address.clone(), &sealer, folder)?;
        Self::of(writer, reader, sealer, blobs, None)
    }

    /// Opens the rows of a folder, wherever its photos lie: for moving. Refused while it is open elsewhere.
    pub(super) fn open_rows(folder: &Path, keys: &dyn KeyStore) -> Result<Self, StoreError> {
        let lock = profile::lock(folder)?;
        Self::assemble(folder, keys, Blobs::open(folder)?, Some(lock))
    }

    /// Opens the rows on a server, wherever the photos lie.
    pub(super) fn open_rows_on(
        folder: &Path,
        keys: &dyn KeyStore,
        address: &Address,
    ) -> Result<Self, StoreError> {
        Self::on_server(folder, keys, address, Blobs::shared(folder)?)
    }

    /// Whether photos lie in an object store that does not answer at this moment.
    pub fn photos_are_away(&self) -> bool {
        self.blobs.are_away()
    }

    /// Asks the object store, where photos lie in one, whether it can be used.
    pub fn probe_photos(&self) -> Result<(), StoreError> {
        self.blobs.probe()
    }

    /// Deletes for good what an object store has set aside for so long.
    pub fn clear_aside(&self, kept: Duration) -> Result<(), StoreError> {
        self.blobs.clear_aside(&self.sealer, kept, || self.recorded_photos())
    }
}

/// `blobs` with photos in the place that is named, if it is the one where they lie.
fn placed(folder: &Path, blobs: Blobs, photos: Option<&PhotosAddress>) -> Result<Blobs, StoreError> {
    let Some(address) = photos else {
        profile::require_photos_here(folder)?;
        return Ok(blobs);
    };
    match profile::photos_place(folder)? {
        Some(place) if place != address.to_string() => {
            return Err(StoreError::PhotosElsewhere { folder: folder.to_owned(), place });
        }
        Some(_) => {}
        None if Blobs::has_files(folder)? => {
            return Err(StoreError::PhotosNotMoved { folder: folder.to_owned() });
        }
        None => mark(folder, address)?,
    }
    blobs.with_objects(address.clone())
}

/// Notes where the photos of this folder lie from now on.
pub(super) fn mark(folder: &Path, address: &PhotosAddress) -> Result<(), StoreError> {
    let path = folder.join(profile::PHOTOS_NAME);
    durable::write_file(folder, &path, format!("{address}\n").as_bytes())
        .map_err(|cause| StoreError::Io { path, cause })
}
