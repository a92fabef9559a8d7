//! The open desk: store, standards, reasons and models in one hand. `Send + Sync`; share it in an `Arc`.

use std::path::{Path, PathBuf};

use super::error::DeskError;
use super::models::{LoadedModels, own_descriptor};
use super::quality;
use super::season::Season;
use super::standards;
use crate::identity::FaceDescriber;
use crate::identity::describing::Describing;
use crate::inspect::{MatteModel, Models, Report, Twin};
use crate::photo::DecodeLimits;
use crate::standard::{Background, Catalogue, Standard};
use crate::store::Store;
use crate::store::journal::JournalEvent;
use crate::store::keys::KeyStore;
use crate::store::submissions::PersonalField;
use crate::store::{StoreError, seal};
use crate::submission::review_rules::ReviewRules;
use crate::submission::{ReasonCatalogue, SignatureCode};

pub use crate::submission::{Batch, BatchSummary, NewBatch, PhotoFault, Pile, QueueFilter, QueueItem};

/// Who signs what the desk does without a reviewer.
pub(super) const DESK: &str = "desk";

/// Draws of a signature code before giving up; with 2 billion codes even two are rare.
const CODE_DRAWS: usize = 32;

/// The open desk.
pub struct Desk {
    pub standards: Catalogue,
    pub reasons: ReasonCatalogue,
    pub(super) review_rules: ReviewRules,
    pub(crate) store: Store,
    /// Of this desk's data.
    pub(super) folder: PathBuf,
    pub(super) limits: DecodeLimits,
    pub(super) season: Season,
    models: LoadedModels,
}

impl Desk {
    /// Opens (or makes) the desk in this folder. One writer a folder: a second desk is refused.
    ///
    /// An export that was cut off is finished or taken back first.
    pub fn open(profile: &Path, keys: &dyn KeyStore) -> Result<Self, DeskError> {
        let desk = Self {
            standards: standards::catalogue(&standards::user_folder(profile))?,
            reasons: ReasonCatalogue::built_in()?,
            review_rules: ReviewRules::built_in()?,
            store: Store::open(profile, keys)?,
            folder: profile.to_owned(),
            limits: DecodeLimits::built_in()?,
            season: Season::new()?,
            models: LoadedModels::default(),
        };
        super::export::recover(&desk)?;
        Ok(desk)
    }

    /// True when another program has this desk open.
    pub fn is_open_elsewhere(profile: &Path) -> bool {
        Store::is_open_elsewhere(profile)
    }

    /// The models of the local check, loaded at the first call.
    pub fn models(&self) -> Result<Models<'_>, DeskError> {
        self.models.check()
    }

    /// The model of face matches, loaded at the first call: the desk's own, where its folder has one.
    pub(super) fn describer(&self) -> Result<&dyn FaceDescriber, DeskError> {
        self.models.describer(&self.folder)
    }

    /// Name of the desk's own face descriptor, where its folder has one, or why it cannot be used.
    pub fn own_face_descriptor(&self) -> Option<Result<String, String>> {
        own_descriptor(&self.folder).map(|file| Describing::of_file(&file).map(|how| how.name))
    }

    /// The matting model of final photos, loaded at the first call.
    pub(super) fn fine_matte(&self) -> Result<&dyn MatteModel, DeskError> {
        self.models.fine()
    }

    pub fn create_batch(&self, new: NewBatch) -> Result<Batch, DeskError> {
        let standard = self.standards.get(&new.standard)?;
        background_of(standard, &new.background)?;
        if new.max_attempts == 0 {
            return Err(DeskError::NoAttempts);
        }
        let code = new.code.as_deref().map(SignatureCode::parse).transpose()?;
        self.store.write(|tx| {
            let code = code.map_or_else(|| self.free_code(), Ok)?;
            let batch = new.under(&code);
            let at_ms = now_ms();
            tx.add_batch(&batch, at_ms)?;
            tx.append(at_ms, DESK, &JournalEvent::BatchCreated { batch: batch.clone() })?;
            Ok(batch)
        })
    }

    pub fn batch(&self, code: &str) -> Result<Batch, DeskError> {
        let code = SignatureCode::parse(code)?;
        Ok(self.store.batch(code.as_str())?)
    }

    /// All batches with their counts, newest first.
    pub fn batches(&self) -> Result<Vec<BatchSummary>, DeskError> {
        Ok(self.store.batches()?)
    }

    /// The rows that match, oldest first.
    pub fn queue(&self, filter: &QueueFilter) -> Result<Vec<QueueItem>, DeskError> {
        match &filter.pile {
            None => Ok(self.store.queue(filter)?),
            Some(Pile::Second { reviewer }) => quality::to_look_again(self, reviewer, filter),
            Some(Pile::Disputed) => quality::disputed(self, filter),
        }
    }

    pub fn item(&self, submission: &str) -> Result<QueueItem, DeskError> {
        Ok(self.store.item(submission)?)
    }

    /// The stored report of the local check; an unreadable photo has the decode error instead.
    pub fn report(&self, submission: &str) -> Result<Option<Result<Report, PhotoFault>>, DeskError> {
        Ok(self.store.report(submission)?)
    }

    /// The original file's bytes, unsealed and verified against its hash.
    pub fn photo_bytes(&self, submission: &str) -> Result<Vec<u8>, DeskError> {
        let item = self.store.item(submission)?;
        Ok(self.store.photo(&item.photo_sha256)?)
    }

    /// The file of a photo that the check found to be of the same exposure, unsealed and verified.
    pub fn twin_bytes(&self, twin: &Twin) -> Result<Vec<u8>, DeskError> {
        Ok(self.store.photo(&twin.photo_sha256)?)
    }

    /// The original file's name, unmasked: personal data, not for screens or logs.
    pub fn file_name(&self, submission: &str) -> Result<Option<String>, DeskError> {
        Ok(self.store.personal(submission, PersonalField::FileName)?)
    }

    /// Decisions taken since `since_ms`, for the count of the day.
    pub fn decisions_since(&self, since_ms: i64) -> Result<usize, DeskError> {
        Ok(self.store.decisions_since(since_ms)?)
    }

    /// Walks the whole journal and gives the number of entries; an error names the first that was changed.
    pub fn verify_journal(&self) -> Result<u64, DeskError> {
        Ok(self.store.verify_journal()?)
    }

    /// Standard and background of a batch's final photos.
    pub(super) fn standard_of(&self, batch: &Batch) -> Result<(&Standard, &Background), DeskError> {
        let standard = self.standards.get(&batch.standard)?;
        Ok((standard, background_of(standard, &batch.background)?))
    }

    fn free_code(&self) -> Result<SignatureCode, DeskError> {
        for _ in 0..CODE_DRAWS {
            let mut random = [0; 32];
            seal::fill_random(&mut random).map_err(StoreError::from)?;
            let drawn = SignatureCode::draw(&mut random.into_iter());
            match drawn.map(|code| (self.store.batch(code.as_str()), code)) {
                Some((Err(StoreError::UnknownBatch { .. }), code)) => return Ok(code),
                Some((Err(error), _)) => return Err(error.into()),
                Some((Ok(_), _)) | None => {}
            }
        }
        Err(DeskError::NoFreeCode)
    }
}

/// Milliseconds since the Unix epoch, now.
pub(super) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn background_of<'a>(standard: &'a Standard, id: &str) -> Result<&'a Background, DeskError> {
    standard.backgrounds.iter().find(|background| background.id == id).ok_or_else(|| {
        let known: Vec<&str> = standard.backgrounds.iter().map(|background| background.id.as_str()).collect();
        DeskError::UnknownBackground {
            background: id.to_owned(),
            standard: standard.id.clone(),
            known: known.join(", "),
        }
    })
}
