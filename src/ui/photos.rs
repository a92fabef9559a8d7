//! Photos decoded ahead of the reviewer, off the window's thread, within a window around the place looked at.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use image::RgbImage;

use super::crew::{Crew, Done, Lane, cause_text};
use crate::inspect::Report;
use crate::photo::{DecodeLimits, Photo, decode, resize::resize};
use crate::workflow::Desk;
use crate::workflow::desk::{PhotoFault, QueueItem};

/// Photos kept ahead of and behind the one looked at.
const AHEAD: usize = 16;
const BEHIND: usize = 4;
/// Decoded sides are rounded up to this, so that a window being dragged does not decode anew at each pixel.
const SIDE_STEP_PX: u32 = 256;

/// Textures shrink smoothly when the window is small.
pub const SMOOTH: TextureOptions =
    TextureOptions { mipmap_mode: Some(egui::TextureFilter::Linear), ..TextureOptions::LINEAR };

/// A photo ready to be painted.
pub struct ShownPhoto {
    pub texture: TextureHandle,
    /// Size of the upright photo in its own pixels; the texture may be smaller.
    pub width_px: u32,
    pub height_px: u32,
}

/// A photo as the loader hands it back.
pub struct LoadedPhoto {
    pub submission: String,
    pub sha256: String,
    pub picture: Result<ShownPhoto, PhotoFault>,
    pub report: Option<Report>,
}

/// What is known of one photo.
pub enum Entry {
    Loading,
    Here(Box<LoadedPhoto>),
}

/// The photos around the place looked at.
#[derive(Default)]
pub struct PhotoCache {
    entries: HashMap<String, Entry>,
    /// Longest side the decoded photos are made for, in device pixels.
    side_px: u32,
    /// Read by the loader: what left the window before its turn is not decoded.
    wanted: Arc<Mutex<HashSet<String>>>,
}

impl PhotoCache {
    /// The photo of this item, when it is here and is the file the item names.
    pub fn get(&self, item: &QueueItem) -> Option<&LoadedPhoto> {
        match self.entries.get(&item.submission)? {
            Entry::Here(photo) if photo.sha256 == item.photo_sha256 => Some(photo),
            Entry::Here(_) | Entry::Loading => None,
        }
    }

    /// Tells how large photos are shown; larger than before means decoding anew.
    pub fn fit(&mut self, side_px: u32) {
        let side_px = side_px.div_ceil(SIDE_STEP_PX) * SIDE_STEP_PX;
        if side_px > self.side_px {
            self.side_px = side_px;
            self.entries.clear();
        }
    }

    /// Keeps the window around `at` and asks for what is missing, nearest first in the direction of travel.
    pub fn keep_around(&mut self, items: &[QueueItem], at: usize, desk: &Arc<Desk>, crew: &Crew) {
        if self.side_px == 0 || items.is_empty() {
            return;
        }
        let (first, last) = (at.saturating_sub(BEHIND), (at + AHEAD).min(items.len() - 1));
        let near: HashSet<String> = items[first..=last].iter().map(|item| item.submission.clone()).collect();
        self.entries.retain(|submission, _| near.contains(submission));
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = near;
        for index in (at..=last).chain((first..at).rev()) {
            self.load(&items[index], desk, crew);
        }
    }

    pub fn arrived(&mut self, photo: Box<LoadedPhoto>) {
        if self.entries.contains_key(&photo.submission) {
            self.entries.insert(photo.submission.clone(), Entry::Here(photo));
        }
    }

    pub fn skipped(&mut self, submission: &str) {
        if matches!(self.entries.get(submission), Some(Entry::Loading)) {
            self.entries.remove(submission);
        }
    }

    /// Forgets everything, for another list of items.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    fn load(&mut self, item: &QueueItem, desk: &Arc<Desk>, crew: &Crew) {
        match self.entries.get(&item.submission) {
            Some(Entry::Here(photo)) if photo.sha256 == item.photo_sha256 => return,
            Some(Entry::Loading) => return,
            _ => {}
        }
        self.entries.insert(item.submission.clone(), Entry::Loading);
        let (item, desk, wanted, side_px) = (item.clone(), desk.clone(), self.wanted.clone(), self.side_px);
        let ctx = crew.context().clone();
        crew.send(Lane::Photos, move || {
            let still_wanted =
                wanted.lock().unwrap_or_else(PoisonError::into_inner).contains(&item.submission);
            if still_wanted {
                Done::Photo(Box::new(load_photo(&ctx, &desk, &item, side_px)))
            } else {
                Done::PhotoSkipped { submission: item.submission }
            }
        });
    }
}

/// Reads, verifies, decodes and scales one photo and makes its texture.
fn load_photo(ctx: &Context, desk: &Desk, item: &QueueItem, side_px: u32) -> LoadedPhoto {
    let report = desk.report(&item.submission).ok().flatten();
    let picture = match &report {
        Some(Err(fault)) => Err(fault.clone()),
        _ => picture(desk, item).map(|photo| shown(ctx, &item.submission, &photo.pixels, side_px)),
    };
    LoadedPhoto {
        submission: item.submission.clone(),
        sha256: item.photo_sha256.clone(),
        picture,
        report: report.and_then(Result::ok),
    }
}

fn picture(desk: &Desk, item: &QueueItem) -> Result<Photo, PhotoFault> {
    let bytes = desk
        .photo_bytes(&item.submission)
        .map_err(|error| PhotoFault { code: error.code().to_owned(), message: error.to_string() })?;
    let limits = DecodeLimits::built_in()
        .map_err(|error| PhotoFault { code: "limits".to_owned(), message: error.to_string() })?;
    // A decoder that breaks on a hostile file makes a damaged photo, not a dead lane.
    catch_unwind(AssertUnwindSafe(|| decode(&bytes, &limits)))
        .map_err(|cause| PhotoFault { code: "decoder_broke".into(), message: cause_text(cause.as_ref()) })?
        .map_err(|error| PhotoFault { code: error.code().to_owned(), message: error.to_string() })
}

fn shown(ctx: &Context, name: &str, pixels: &RgbImage, side_px: u32) -> ShownPhoto {
    let (width_px, height_px) = pixels.dimensions();
    let longest = width_px.max(height_px);
    let texture = if longest > side_px {
        let scaled =
            |px: u32| (u64::from(px) * u64::from(side_px)).div_ceil(u64::from(longest)).max(1) as u32;
        texture(ctx, name, &resize(pixels, scaled(width_px), scaled(height_px)))
    } else {
        texture(ctx, name, pixels)
    };
    ShownPhoto { texture, width_px, height_px }
}

/// Pixels as a texture; callable from any thread.
pub fn texture(ctx: &Context, name: &str, pixels: &RgbImage) -> TextureHandle {
    let size = [pixels.width() as usize, pixels.height() as usize];
    ctx.load_texture(name, ColorImage::from_rgb(size, pixels.as_raw()), SMOOTH)
}
