//! Pictures made on a worker for what is looked at: asked for once, made only while they are wanted, a few kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use egui::TextureHandle;

use crate::inspect::CropSolution;

/// Pictures kept in memory.
const KEPT: usize = 24;

/// A picture on its way.
pub enum Made<T> {
    Asked,
    Here(T),
    Failed(String),
}

/// The final photo of a submission.
pub type FinalPhoto = Made<TextureHandle>;

/// A photo as it came, with the crop its standard asks for.
pub struct Framed {
    pub texture: TextureHandle,
    /// Size of the photo in its own pixels; the texture may be smaller.
    pub width_px: u32,
    pub height_px: u32,
    pub crop: Option<CropSolution>,
}

/// The one that is wanted now, shared with the worker: others need not be made.
#[derive(Clone, Default)]
pub struct Wanted(Arc<Mutex<Option<String>>>);

impl Wanted {
    pub fn is(&self, name: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_deref() == Some(name)
    }

    fn set(&self, name: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = name;
    }
}

/// The pictures of one list of items, by name: a submission, or the hash of a photo.
pub struct Pictures<T> {
    known: HashMap<String, Made<T>>,
    wanted: Wanted,
}

impl<T> Default for Pictures<T> {
    fn default() -> Self {
        Self { known: HashMap::new(), wanted: Wanted::default() }
    }
}

impl<T> Pictures<T> {
    pub fn get(&self, name: &str) -> Option<&Made<T>> {
        self.known.get(name)
    }

    /// Notes what is wanted now; gives it when it must be asked for, once.
    pub fn want(&mut self, wanted: Option<String>) -> Option<String> {
        self.wanted.set(wanted.clone());
        let name = wanted.filter(|name| !self.known.contains_key(name))?;
        if self.known.len() > KEPT {
            self.known.clear();
        }
        self.known.insert(name.clone(), Made::Asked);
        Some(name)
    }

    /// Tells a worker whether its picture still is wanted.
    pub fn wanted(&self) -> Wanted {
        self.wanted.clone()
    }

    pub fn arrived(&mut self, name: String, result: Result<T, String>) {
        self.known.insert(name, result.map_or_else(Made::Failed, Made::Here));
    }

    /// The worker left it: it is asked for again when it is looked at again.
    pub fn skipped(&mut self, name: &str) {
        self.known.remove(name);
    }

    pub fn clear(&mut self) {
        self.known.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_photo_is_asked_for_once_and_again_after_it_was_left() {
        let mut finals = Pictures::<()>::default();
        assert_eq!(finals.want(Some("a".into())).as_deref(), Some("a"));
        assert_eq!(finals.want(Some("a".into())), None, "it is on its way");
        assert_eq!(finals.want(Some("b".into())).as_deref(), Some("b"));
        assert!(finals.wanted().is("b") && !finals.wanted().is("a"), "the worker may leave the first");
        finals.skipped("a");
        assert_eq!(finals.want(Some("a".into())).as_deref(), Some("a"));
        assert_eq!(finals.want(None), None);
        assert!(!finals.wanted().is("a"));
    }
}
