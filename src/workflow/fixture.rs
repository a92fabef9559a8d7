//! What the workflow's own tests begin with.
use super::Desk;
use super::desk::NewBatch;
use crate::store::keys::KeyFileStore;

/// A desk of its own in a folder that goes with it.
pub struct Place {
    pub desk: Desk,
    _folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(folder.path(), &KeyFileStore::new(folder.path().join("key"))).unwrap();
        Self { desk, _folder: folder }
    }
}

/// An unnamed batch under the usual standard of collection centres, before its first background.
pub fn new_batch(desk: &Desk) -> NewBatch {
    let standard = desk.standards.get("chsi_centre").unwrap();
    NewBatch {
        code: None,
        school: String::new(),
        title: String::new(),
        standard: standard.id.clone(),
        background: standard.backgrounds[0].id.clone(),
        layouts: Vec::new(),
        max_attempts: 3,
    }
}
