//! A desk folder with submissions that wait for review, for tests that need no models.
#![allow(dead_code, clippy::unwrap_used, reason = "each test uses its part")]

use std::path::{Path, PathBuf};

use photodesk::store::finals::FinalKey;
use photodesk::store::keys::KeyFileStore;
use photodesk::store::submissions::{NewSubmission, PersonalField};
use photodesk::store::{Store, StoreError, Tx};
use photodesk::submission::{Decision, PhotoFault, State, Verb};
use photodesk::workflow::Desk;
use photodesk::workflow::desk::{NewBatch, QueueItem};

pub const BATCH: &str = "CRASH1";
pub const PHOTO: &[u8] = b"a photo";

pub struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    pub fn new() -> Self {
        let folder = Self { folder: tempfile::tempdir().unwrap() };
        folder.desk().create_batch(new_batch(Some(BATCH))).unwrap();
        folder
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn desk(&self) -> Desk {
        open_desk(self.path())
    }

    pub fn store(&self) -> Store {
        Store::open(self.path(), &KeyFileStore::new(key_path(self.path()))).unwrap()
    }

    /// Adds submissions as an import would leave them before the check ran; all have the same photo.
    pub fn add(&self, count: usize) -> Vec<String> {
        let store = self.store();
        let photo_sha256 = store.put_photo(PHOTO).unwrap();
        let ids: Vec<String> = (0..count).map(|number| format!("s{number:05}")).collect();
        store.write(|tx| ids.iter().try_for_each(|id| add_one(tx, id, &photo_sha256))).unwrap();
        ids
    }

    /// Marks a photo as one that cannot be decoded.
    pub fn damage(&self, id: &str) {
        let store = self.store();
        let sha256 = store.item(id).unwrap().photo_sha256;
        let fault = PhotoFault { code: "truncated".into(), message: "the file ends early".into() };
        assert!(store.write(|tx| tx.set_report(id, &sha256, &Err(fault))).unwrap());
    }
}

pub fn open_desk(folder: &Path) -> Desk {
    Desk::open(folder, &KeyFileStore::new(key_path(folder))).unwrap()
}

pub fn key_path(folder: &Path) -> PathBuf {
    folder.join("desk.key")
}

pub fn new_batch(code: Option<&str>) -> NewBatch {
    NewBatch {
        code: code.map(str::to_owned),
        school: "示范大学".to_owned(),
        title: "2026 届".to_owned(),
        standard: "chsi_centre".to_owned(),
        background: standard_background(),
        layouts: vec!["1寸×8+2寸×4".to_owned()],
        max_attempts: 3,
    }
}

/// The decision a reviewer takes who sees this row.
pub fn decision(item: &QueueItem, verb: Verb, reasons: &[&str], reviewer: &str) -> Decision {
    Decision {
        submission: item.submission.clone(),
        photo_sha256: item.photo_sha256.clone(),
        revision: item.revision,
        verb,
        reasons: reasons.iter().map(|code| (*code).to_owned()).collect(),
        reviewer: reviewer.to_owned(),
    }
}

fn standard_background() -> String {
    let standards = photodesk::standard::Catalogue::built_in().unwrap();
    standards.get("chsi_centre").unwrap().backgrounds[0].id.clone()
}

fn add_one(tx: &Tx<'_>, id: &str, photo_sha256: &str) -> Result<(), StoreError> {
    tx.add_submission(&NewSubmission {
        id,
        batch: BATCH,
        masked_name: "吴*兰",
        state: State::PendingReview,
        photo_sha256,
        photo_bytes: PHOTO.len() as u64,
        received_at_ms: 1,
    })?;
    tx.set_personal(id, PersonalField::FileName, "吴小兰.jpg")
}

/// Approves the submission as if its final photo had been made earlier; the photo itself is the final one.
pub fn add_approved(store: &Store, id: &str, jpeg: &[u8], at_ms: i64) {
    let standards = photodesk::standard::Catalogue::built_in().unwrap();
    let standard = standards.get("chsi_centre").unwrap();
    let version = format!("{}@{}", standard.id, standard.version);
    let photo_sha256 = store.put_photo(jpeg).unwrap();
    let new = NewSubmission {
        id,
        batch: BATCH,
        masked_name: "吴*兰",
        state: State::Approved,
        photo_sha256: &photo_sha256,
        photo_bytes: jpeg.len() as u64,
        received_at_ms: at_ms,
    };
    store.write(|tx| tx.add_submission(&new)).unwrap();
    let item = store.item(id).unwrap();
    let key = FinalKey { standard: &version, background: &standard.backgrounds[0].id };
    let recipe = recipe(&photo_sha256, &version);
    store.write(|tx| tx.set_final(&item, &key, &recipe, &photo_sha256, jpeg.len() as u64, at_ms)).unwrap();
}

/// Approves submissions as [`add_approved`] does, whose photos are stored already: number, SHA-256 and length of each.
pub fn add_all_approved(store: &Store, photos: &[(String, String, u64)], at_ms: i64) {
    let standards = photodesk::standard::Catalogue::built_in().unwrap();
    let standard = standards.get("chsi_centre").unwrap();
    let version = format!("{}@{}", standard.id, standard.version);
    let add = |tx: &Tx<'_>| {
        photos.iter().try_for_each(|(id, photo_sha256, bytes)| {
            tx.add_submission(&NewSubmission {
                id,
                batch: BATCH,
                masked_name: "吴*兰",
                state: State::Approved,
                photo_sha256,
                photo_bytes: *bytes,
                received_at_ms: at_ms,
            })
        })
    };
    store.write(add).unwrap();
    let items: Vec<_> = photos.iter().map(|(id, ..)| store.item(id).unwrap()).collect();
    let key = FinalKey { standard: &version, background: &standard.backgrounds[0].id };
    let set = |tx: &Tx<'_>| {
        items.iter().zip(photos).try_for_each(|(item, (_, sha256, bytes))| {
            tx.set_final(item, &key, &recipe(sha256, &version), sha256, *bytes, at_ms)
        })
    };
    store.write(set).unwrap();
}

/// The recipe of a photo of 480 × 640 pixels that was taken as it is, in the form in which stores keep it.
fn recipe(photo_sha256: &str, standard: &str) -> String {
    include_str!("../fixtures/recipe.json").replace("ORIGINAL", photo_sha256).replace("STANDARD", standard)
}

/// Seeded by the clock; the seed is told when a round fails.
pub struct Random {
    pub seed: u64,
    state: u64,
}

impl Random {
    pub fn new() -> Self {
        let clock = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        let seed = u64::from(clock.subsec_nanos()) | 1;
        Self { seed, state: seed }
    }

    /// Xorshift.
    pub fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }
}
