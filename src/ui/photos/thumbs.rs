//! Small pictures by the hash of their photo, asked for in bundles and kept up to a number.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use egui::{TextureHandle, TextureOptions};

use super::{Whose, load};
use crate::ui::crew::{Crew, Done, Lane};
use crate::workflow::{Desk, preview};

/// Small pictures kept; up to 300 KB each.
const KEPT: usize = 400;
/// Pictures asked for at once.
const BUNDLE: usize = 12;

/// What the workers hand back: of each photo its picture, or nothing where there is none.
pub type SmallPictures = Vec<(String, Option<TextureHandle>)>;

#[derive(Default)]
pub struct Thumbs {
    known: HashMap<String, Option<TextureHandle>>,
    asked: HashSet<String>,
}

impl Thumbs {
    pub fn get(&self, sha256: &str) -> Option<&TextureHandle> {
        self.known.get(sha256)?.as_ref()
    }

    /// True when the photo was looked at and has no picture.
    pub fn has_none(&self, sha256: &str) -> bool {
        self.known.get(sha256).is_some_and(Option::is_none)
    }

    /// Asks for those that are neither here nor on their way. For the review only what was kept is read, at once; for a
    /// sweep what is missing is made from the photo.
    pub fn want<'a>(
        &mut self,
        photos: impl IntoIterator<Item = &'a str>,
        whose: Whose,
        desk: &Arc<Desk>,
        crew: &Crew,
    ) {
        let missing: Vec<String> = photos
            .into_iter()
            .filter(|sha256| !self.known.contains_key(*sha256) && !self.asked.contains(*sha256))
            .map(str::to_owned)
            .collect();
        let lane = match whose {
            Whose::Review => Lane::Desk,
            Whose::Sweep => Lane::Photos,
        };
        for bundle in missing.chunks(BUNDLE) {
            self.asked.extend(bundle.iter().cloned());
            let (desk, ctx, bundle) = (desk.clone(), crew.context().clone(), bundle.to_vec());
            crew.send(lane, move || {
                let picture = |sha256: &str| {
                    let found = match whose {
                        Whose::Review => preview::kept(&desk, sha256),
                        Whose::Sweep => preview::of(&desk, sha256),
                    };
                    let pixels = found.ok().flatten()?;
                    Some(ctx.load_texture(
                        "small picture",
                        load::color_image(&pixels),
                        TextureOptions::LINEAR,
                    ))
                };
                Done::SmallPictures { whose, pictures: with_pictures(bundle, picture) }
            });
        }
    }

    pub fn arrived(&mut self, pictures: SmallPictures) {
        for (sha256, picture) in pictures {
            self.asked.remove(&sha256);
            self.keep(sha256, picture);
        }
    }

    pub fn keep(&mut self, sha256: String, picture: Option<TextureHandle>) {
        if self.known.len() >= KEPT {
            self.known.clear();
        }
        self.known.insert(sha256, picture);
    }
}

fn with_pictures(photos: Vec<String>, picture: impl Fn(&str) -> Option<TextureHandle>) -> SmallPictures {
    let with = |sha256: String| {
        let found = picture(&sha256);
        (sha256, found)
    };
    photos.into_iter().map(with).collect()
}
