//! This computer's SQLite and photo files: batches, submissions, the decision journal, sealed personal fields.

pub mod answers;
pub mod batches;
pub mod blobs;
pub mod bundle;
pub mod checkpoint;
pub mod closing;
pub mod codes;
pub mod countersigns;
mod db;
pub mod devices;
#[cfg(feature = "hub")]
pub mod elsewhere;
pub mod erasing;
pub mod export_reports;
pub mod exports;
pub mod exposures;
pub mod finals;
pub mod held_orders;
pub mod holds;
pub mod hub_link;
pub mod journal;
pub mod keys;
pub mod known_answers;
pub mod leases;
pub mod migrate;
#[cfg(feature = "hub")]
pub mod moving;
pub mod notices;
pub mod onsite_conflicts;
pub mod outbox;
pub mod page;
pub mod parts;
pub mod previews;
pub mod print_orders;
pub mod printings;
mod profile;
pub mod progress;
pub mod queue;
pub mod recalls;
pub mod reports;
pub mod reviewers;
pub mod seal;
pub mod second_reviews;
#[cfg(feature = "hub")]
pub mod server;
pub mod shots;
pub mod sign_ins;
pub mod spool;
pub mod station;
mod stretch;
pub mod student_orders;
pub mod subjects;
pub mod submissions;
#[cfg(feature = "hub")]
pub mod sweep;
pub mod together;
pub mod verify;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::durable;
use crate::onsite::shot::IllegalShotEvent;
use crate::submission::audit::ChainBreak;
use crate::submission::print_order::IllegalOrderStep;
use crate::submission::state::IllegalTransition;
use blobs::{Blobs, StagedPhoto};
use db::{Connection, DbError, Transaction};
use keys::{KeyError, KeyStore};
use profile::ProfileLock;
use queue::FileNames;
use seal::{SealError, Sealer};

/// How long a statement waits for another connection of this program.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// An open desk folder. Reading never waits for writing: each has its own connection.
pub struct Store {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    sealer: Sealer,
    blobs: Blobs,
    file_names: Mutex<FileNames>,
    // Last, so that the connections close before another desk may open. None beside a running hub.
    _lock: Option<ProfileLock>,
}

/// One writing transaction: all of it is durable when it ends well, none of it otherwise.
pub struct Tx<'a> {
    database: Transaction<'a>,
    sealer: &'a Sealer,
}

/// The store could not do its work. The text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "another Photodesk has {folder} open; close it there first (a second desk would overwrite its work)"
    )]
    InUse { folder: PathBuf },
    #[error("{folder} holds no data; check the folder, or start the hub once so that it makes it")]
    NoData { folder: PathBuf },
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("{path} cannot be read or written ({cause}); check that the disk is there and not full")]
    Io { path: PathBuf, cause: std::io::Error },
    #[error("the disk of {folder} has only {free_mib} MiB left; free some space, then go on")]
    DiskFull { folder: PathBuf, free_mib: u64 },
    #[error("the database refused its work ({0}); check that the disk is there and not full, then restart")]
    Sql(DbError),
    #[error("the database server does not answer ({0}); see whether it runs, then try again")]
    DatabaseAway(DbError),
    #[error(
        "the database has form {found}, this program knows {known}; install the newer program that wrote it"
    )]
    NewerDatabase { found: u32, known: u32 },
    #[error("the file of photo {} is missing; restore it from a backup of the photos", .sha256.get(..12).unwrap_or(.sha256))]
    MissingPhoto { sha256: String },
    #[error("photo {} is erased and its file is still there; erase again in a while, and see who may delete there", .sha256.get(..12).unwrap_or(.sha256))]
    NotErased { sha256: String },
    #[error(
        "the database was made with another key; name the key, and the profile.json beside it, of the hub that made it"
    )]
    OtherKey,
    #[error(
        "{folder} holds a hub's own database; bring it over with photodesk hub admin move, or name another folder"
    )]
    NotMoved { folder: PathBuf },
    #[error("the rows of {folder} are on a database server; name it with --database")]
    Moved { folder: PathBuf },
    #[error("the photos of {folder} are in {place}; name it with --photos {place}")]
    PhotosElsewhere { folder: PathBuf, place: String },
    #[error(
        "{folder} holds photos of its own; bring them over with photodesk hub admin move, or name another folder"
    )]
    PhotosNotMoved { folder: PathBuf },
    #[error("the object store of the photos does not answer ({cause}); see whether it runs, then try again")]
    PhotosAway { cause: String },
    #[error(
        "the object store of the photos refused ({cause}); see to the bucket, the keys and this computer's clock"
    )]
    PhotosRefused { cause: String },
    #[error("the table {table} of the database holds other rows; name an empty database")]
    OtherRows { table: String },
    #[error("the database server broke off ({cause}); begin anew")]
    Broken { cause: std::io::Error },
    #[error(transparent)]
    Journal(#[from] ChainBreak),
    #[error("the sealed end of the journal was changed; restore the database from a backup")]
    JournalHead,
    #[error("{what} in the database cannot be understood; restore it from a backup")]
    Corrupt { what: String },
    #[error("there is no batch {code}; see the list of batches, or import with a new code")]
    UnknownBatch { code: String },
    #[error("the batch {code} exists already; choose another signature code")]
    BatchExists { code: String },
    #[error("there is no submission {id} on this desk; check the id")]
    UnknownSubmission { id: String },
    #[error("there is no subject {id} on this desk; check the id")]
    UnknownSubject { id: String },
    #[error("there is no shot {id} on this desk; check the id")]
    UnknownShot { id: String },
    #[error("nothing with the number {seq} waits for a second person here; see the list again")]
    UnknownCountersign { seq: u64 },
    #[error("a key could not be derived ({cause}); free some memory and try again")]
    Stretch { cause: String },
    #[error("shot {id}: {cause}")]
    IllegalShot { id: String, cause: IllegalShotEvent },
    #[error("there is no running export {job}; begin the export again")]
    UnknownExport { job: String },
    #[error("submission {id} is being exported by job {job}; let that export end first")]
    BeingExported { id: String, job: String },
    #[error("there is no order {number} on this desk; see the list of orders")]
    UnknownOrder { number: String },
    #[error("order {number}: {cause}")]
    IllegalOrder { number: String, cause: IllegalOrderStep },
    #[error("there is no open recall of {submission} from export {job}; see the list of recalls")]
    UnknownRecall { job: String, submission: String },
    #[error("submission {id}: {cause}")]
    Illegal { id: String, cause: IllegalTransition },
}

impl Store {
    /// True when another program has this desk folder open.
    pub fn is_open_elsewhere(folder: &Path) -> bool {
        profile::is_taken(folder)
    }

    /// Opens or makes the desk in `folder`: lock, key, database, journal head, photo files.
    pub fn open(folder: &Path, keys: &dyn KeyStore) -> Result<Self, StoreError> {
        let lock = profile::lock(folder)?;
        profile::require_photos_here(folder)?;
        Self::assemble(folder, keys, Blobs::open(folder)?, Some(lock))
    }

    /// Opens a folder that another process may have open: for short administration beside a running hub. Every
    /// write is a transaction that reads what it builds on, so the two cannot overwrite each other.
    pub fn open_beside(folder: &Path, keys: &dyn KeyStore) -> Result<Self, StoreError> {
        let (blobs, lock) = Self::beside(folder)?;
        profile::require_photos_here(folder)?;
        Self::assemble(folder, keys, blobs, lock)
    }

    fn beside(folder: &Path) -> Result<(Blobs, Option<ProfileLock>), StoreError> {
        let path = folder.join(profile::DATABASE_NAME);
        if !path.exists() {
            return Err(StoreError::NoData { folder: folder.to_owned() });
        }
        // While nobody has it open, this is a desk's opening like any other.
        match profile::lock(folder) {
            Ok(lock) => Ok((Blobs::open(folder)?, Some(lock))),
            Err(StoreError::InUse { .. }) => Ok((Blobs::beside(folder), None)),
            Err(error) => Err(error),
        }
    }

    fn assemble(
        folder: &Path,
        keys: &dyn KeyStore,
        blobs: Blobs,
        lock: Option<ProfileLock>,
    ) -> Result<Self, StoreError> {
        if folder.join(profile::MOVED_NAME).exists() {
            return Err(StoreError::Moved { folder: folder.to_owned() });
        }
        let sealer = Sealer::new(&profile::unlock(folder, keys)?);
        let path = folder.join(profile::DATABASE_NAME);
        let mut writer = connect(&path)?;
        migrate::migrate(&mut writer, &path)?;
        let reader = connect(&path)?;
        reader.pragma_update(None, "query_only", true)?;
        Self::of(Connection::Sqlite(writer), Connection::Sqlite(reader), sealer, blobs, lock)
    }

    fn of(
        writer: Connection,
        reader: Connection,
        sealer: Sealer,
        blobs: Blobs,
        lock: Option<ProfileLock>,
    ) -> Result<Self, StoreError> {
        // One moment for all it reads: other processes may be writing.
        let moment = reader.snapshot()?;
        journal::check_head(&moment, &sealer)?;
        drop(moment);
        Ok(Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            sealer,
            blobs,
            file_names: Mutex::default(),
            _lock: lock,
        })
    }

    /// Carries out `work` as one durable step.
    pub fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let writer = locked(&self.writer);
        let database = writer.writing().map_err(StoreError::from)?;
        let tx = Tx { database, sealer: &self.sealer };
        let done = work(&tx)?;
        tx.database.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    /// Stores a photo file durably and gives its SHA-256.
    pub fn put_photo(&self, content: &[u8]) -> Result<String, StoreError> {
        self.blobs.put(&self.sealer, content)
    }

    /// Seals content that is not needed any more, whose SHA-256 is `sha256`: it is in memory once. It is stored when
    /// [`Store::keep_photo`] has ended well.
    pub fn stage_photo(&self, sha256: &str, content: Vec<u8>) -> Result<StagedPhoto, StoreError> {
        self.blobs.stage(&self.sealer, sha256, content)
    }

    /// Brings a sealed photo to its place; needs no memory for it, and where that is an object store, takes its time.
    pub fn keep_photo(&self, staged: &StagedPhoto) -> Result<(), StoreError> {
        self.blobs.keep(staged)
    }

    /// A stored photo file, unsealed and compared with its SHA-256.
    pub fn photo(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        self.blobs.get(&self.sealer, sha256)
    }

    /// Space the disk of this folder has left.
    pub fn free_disk_mib(&self) -> Result<u64, StoreError> {
        Ok(self.blobs.free_bytes()? / (1024 * 1024))
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        locked(&self.reader)
    }
}

impl StoreError {
    /// Whether it says nothing about one photo, because the place where all lie cannot be asked.
    pub fn is_about_all_photos(&self) -> bool {
        matches!(self, Self::PhotosAway { .. } | Self::PhotosRefused { .. })
    }

    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "in_use",
            Self::NoData { .. } => "no_data",
            Self::Key(error) => error.code(),
            Self::Seal(_) => "sealed_data",
            Self::Io { .. } => "io",
            Self::DiskFull { .. } => "disk_full",
            Self::Sql(_) => "database",
            Self::DatabaseAway(_) => "database_away",
            Self::NewerDatabase { .. } => "newer_database",
            Self::OtherKey => "other_key",
            Self::Moved { .. } => "moved",
            Self::OtherRows { .. } => "other_rows",
            Self::Broken { .. } => "broken_off",
            Self::NotMoved { .. } => "not_moved",
            Self::PhotosElsewhere { .. } => "photos_elsewhere",
            Self::PhotosNotMoved { .. } => "photos_not_moved",
            Self::PhotosAway { .. } => "photos_away",
            Self::PhotosRefused { .. } => "photos_refused",
            Self::MissingPhoto { .. } => "missing_photo",
            Self::NotErased { .. } => "not_erased",
            Self::Journal(_) | Self::JournalHead => "journal_broken",
            Self::Corrupt { .. } => "corrupt",
            Self::UnknownBatch { .. } => "unknown_batch",
            Self::BatchExists { .. } => "batch_exists",
            Self::UnknownSubmission { .. } => "unknown_submission",
            Self::UnknownSubject { .. } => "unknown_subject",
            Self::UnknownShot { .. } => "unknown_shot",
            Self::UnknownCountersign { .. } => "unknown_countersign",
            Self::Stretch { .. } => "derivation",
            Self::UnknownExport { .. } => "unknown_export",
            Self::UnknownOrder { .. } => "unknown_order",
            Self::IllegalOrder { .. } => "illegal_order",
            Self::UnknownRecall { .. } => "unknown_recall",
            Self::BeingExported { .. } => "being_exported",
            Self::Illegal { .. } | Self::IllegalShot { .. } => "illegal_transition",
        }
    }
}

impl From<DbError> for StoreError {
    fn from(error: DbError) -> Self {
        if error.is_away() { Self::DatabaseAway(error) } else { Self::Sql(error) }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error.into())
    }
}

/// A panic elsewhere rolled its transaction back, so the connection behind a poisoned lock is sound.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path) -> Result<rusqlite::Connection, StoreError> {
    // The folder may be one that others can look into; SQLite gives its side files the same mode.
    durable::private_file(path).map_err(|cause| StoreError::Io { path: path.to_owned(), cause })?;
    let database = rusqlite::Connection::open(path)?;
    database.busy_timeout(BUSY_TIMEOUT)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    // A decision counts as taken only when it would survive a power cut.
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "fullfsync", true)?;
    database.pragma_update(None, "foreign_keys", true)?;
    database.pragma_update(None, "secure_delete", true)?;
    database.pragma_update(None, "temp_store", "MEMORY")?;
    database.pragma_update(None, "trusted_schema", false)?;
    database.set_prepared_statement_cache_capacity(64);
    Ok(database)
}

#[cfg(test)]
pub(crate) mod fixture;
