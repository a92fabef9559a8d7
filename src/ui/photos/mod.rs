//! Photos decoded ahead of the reviewer: in the direction of travel, under a byte budget, handed to the window in small
//! portions.

mod detail;
mod load;
mod thumbs;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui::{Context, TextureHandle, TextureOptions};
use image::RgbImage;

use super::crew::{Crew, Done, Lane};
use crate::inspect::Report;
use crate::submission::HoldNote;
use crate::workflow::Desk;
use crate::workflow::desk::{PhotoFault, QueueItem};
use crate::workflow::earlier::EarlierPhoto;
use crate::workflow::quality::Dispute;

pub use detail::DecodedDetail;
pub use load::{DecodedPhoto, color_image};

use detail::Detail;
pub use thumbs::{SmallPictures, Thumbs};

/// Photos kept in the direction of travel and against it.
const AHEAD: usize = 16;
const BEHIND: usize = 4;
/// Bytes of textures around the place looked at; the photo itself and its neighbours are kept whatever they need.
const BUDGET_BYTES: usize = 160 << 20;
const ALWAYS_KEPT: usize = 3;
/// Bytes of pixels handed to the window in one frame; software rendering copies about a byte a nanosecond.
const UPLOAD_BYTES: usize = 3 << 20;
/// Decoded sides are rounded up to this, so that a window being dragged does not decode anew at each pixel.
const SIDE_STEP_PX: u32 = 256;

/// Textures shrink smoothly when the window is small.
pub const SMOOTH: TextureOptions =
    TextureOptions { mipmap_mode: Some(egui::TextureFilter::Linear), ..TextureOptions::LINEAR };

/// A photo ready to be painted.
#[derive(Clone)]
pub struct ShownPhoto {
    pub texture: TextureHandle,
    /// Size of the upright photo in its own pixels; the texture may be smaller.
    pub width_px: u32,
    pub height_px: u32,
    /// Striped where the photo holds no tones.
    pub clipping: TextureHandle,
    /// The eyes, one texture pixel a photo pixel.
    pub eyes: Option<TextureHandle>,
}

/// A photo whose textures the window has.
pub struct LoadedPhoto {
    pub sha256: String,
    pub picture: Result<ShownPhoto, PhotoFault>,
    pub report: Option<Report>,
    pub note: Option<HoldNote>,
    /// The two opinions, while they wait for a senior.
    pub dispute: Option<Dispute>,
    /// Its decision is a known answer.
    pub is_known: bool,
    /// What the submission showed before, the latest first.
    pub earlier: Vec<EarlierPhoto>,
    /// The other photo of the same exposure, where the check found one.
    pub twin: Option<ShownTwin>,
    side_px: u32,
    bytes: usize,
}

/// A photo of the same exposure, and whose it is.
pub struct ShownTwin {
    pub item: QueueItem,
    pub texture: TextureHandle,
    /// Size of the upright photo in its own pixels.
    pub width_px: u32,
    pub height_px: u32,
}

/// A photo to be decoded for a stage of this size.
#[derive(Clone)]
pub struct Order {
    pub item: QueueItem,
    pub side_px: u32,
    pub whose: Whose,
}

/// What the loader takes next, and what it has in hand; shared with it.
#[derive(Default)]
struct Orders {
    waiting: VecDeque<Order>,
    in_hand: HashSet<String>,
    /// Calls on the lane to come for an order.
    calls: usize,
}

/// What the orders were made for; nothing changes while it stays the same.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    at: usize,
    submission: String,
    count: usize,
    side_px: u32,
    is_forward: bool,
}

/// For whom photos are decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    #[default]
    Review,
    /// The sample of a group that is approved together.
    Sweep,
}

/// The photos around the place looked at.
#[derive(Default)]
pub struct PhotoCache {
    whose: Whose,
    loaded: HashMap<String, LoadedPhoto>,
    /// Decoded, and waiting for their turn to be handed to the window.
    decoded: VecDeque<Box<DecodedPhoto>>,
    thumbs: Thumbs,
    orders: Arc<Mutex<Orders>>,
    asked: Asked,
    /// Longest side the decoded photos are made for, in device pixels.
    side_px: u32,
    /// Ids of the present window, nearest first.
    near: Vec<String>,
    detail: Detail,
}

impl PhotoCache {
    pub fn of(whose: Whose) -> Self {
        Self { whose, ..Self::default() }
    }

    /// The photo of this item, when it is here and is the file the item names.
    pub fn get(&self, item: &QueueItem) -> Option<&LoadedPhoto> {
        self.loaded.get(&item.submission).filter(|photo| photo.sha256 == item.photo_sha256)
    }

    /// The small picture of an item that has been near once.
    pub fn thumb(&self, item: &QueueItem) -> Option<&TextureHandle> {
        self.thumbs.get(&item.photo_sha256)
    }

    /// Tells how large photos are shown, and how large a texture may be; larger than before means decoding anew.
    pub fn fit(&mut self, side_px: u32, most_px: u32) {
        let side_px = (side_px.div_ceil(SIDE_STEP_PX) * SIDE_STEP_PX).min(most_px);
        self.side_px = self.side_px.max(side_px);
    }

    /// Keeps the window around `at` and orders what is missing, nearest first in the direction of travel.
    pub fn keep_around(&mut self, items: &[QueueItem], at: usize, desk: &Arc<Desk>, crew: &Crew) {
        let Some(current) = items.get(at).filter(|_| self.side_px > 0) else { return };
        let asked = Asked {
            at,
            submission: current.submission.clone(),
            count: items.len(),
            side_px: self.side_px,
            is_forward: if at == self.asked.at { self.asked.is_forward } else { at > self.asked.at },
        };
        if asked == self.asked {
            return;
        }
        let photo_bytes = self.side_px as usize * self.side_px as usize * 3;
        let kept = (BUDGET_BYTES / photo_bytes.max(1)).max(ALWAYS_KEPT);
        let order = around(at, items.len(), asked.is_forward);
        let near: Vec<&QueueItem> = order.into_iter().take(kept).map(|index| &items[index]).collect();
        self.asked = asked;
        self.near = near.iter().map(|item| item.submission.clone()).collect();
        self.forget_far();
        let missing: Vec<Order> = near
            .into_iter()
            .filter(|item| !self.is_here(item))
            .map(|item| Order { item: item.clone(), side_px: self.side_px, whose: self.whose })
            .collect();
        let mut shared = locked(&self.orders);
        let new_calls = missing.len().saturating_sub(shared.calls);
        shared.calls += new_calls;
        shared.waiting = missing.into();
        drop(shared);
        for _ in 0..new_calls {
            let (orders, desk) = (self.orders.clone(), desk.clone());
            crew.send(Lane::Photos, move || match take(&orders) {
                Some(order) => Done::Photo(Box::new(load::load(&desk, &order))),
                None => Done::PhotoSkipped,
            });
        }
    }

    /// Takes a decoded photo; it is handed to the window by [`Self::upload`].
    pub fn arrived(&mut self, photo: Box<DecodedPhoto>) {
        locked(&self.orders).in_hand.remove(&photo.submission);
        if photo.side_px < self.side_px {
            // The stage grew meanwhile: it is ordered once more.
            self.asked = Asked::default();
        }
        if self.near.contains(&photo.submission) {
            self.decoded.push_back(photo);
        }
    }

    /// Asks for the kept small picture of a photo that is not here yet: it is shown until the photo is.
    pub fn look_first(&mut self, item: Option<&QueueItem>, desk: &Arc<Desk>, crew: &Crew) {
        let Some(item) = item.filter(|item| self.get(item).is_none()) else { return };
        self.thumbs.want([item.photo_sha256.as_str()], Whose::Review, desk, crew);
    }

    pub fn small_arrived(&mut self, pictures: SmallPictures) {
        self.thumbs.arrived(pictures);
    }

    /// Hands decoded photos to the window, the one looked at first and then no more than a frame can bear; true when
    /// some are left for the next frame.
    pub fn upload(&mut self, ctx: &Context, current: Option<&QueueItem>) -> bool {
        let mut left = UPLOAD_BYTES;
        if let Some(index) =
            current.and_then(|item| self.decoded.iter().position(|photo| photo.submission == item.submission))
            && let Some(photo) = self.decoded.remove(index)
        {
            left = left.saturating_sub(photo.bytes());
            self.show(ctx, *photo);
        }
        while let Some(photo) = self.decoded.front() {
            let bytes = photo.bytes();
            // A photo larger than the portion goes alone.
            if bytes > left && left < UPLOAD_BYTES {
                return true;
            }
            left = left.saturating_sub(bytes);
            if let Some(photo) = self.decoded.pop_front() {
                self.show(ctx, *photo);
            }
        }
        self.detail.upload(ctx, left, left == UPLOAD_BYTES)
    }

    /// Asks for the own pixels of the photo looked at when it is seen closer than the stage's pixels bear.
    pub fn look_closely(&mut self, item: Option<&QueueItem>, desk: &Arc<Desk>, crew: &Crew) {
        self.detail.keep_only(item.map(|item| item.photo_sha256.as_str()));
        let Some(item) = item.filter(|item| self.has_more_pixels(item)) else { return };
        if self.detail.want(&item.photo_sha256) {
            let (desk, item) = (desk.clone(), item.clone());
            crew.start(move || Done::Detail(Box::new(detail::decode(&desk, &item))));
        }
    }

    pub fn detail_arrived(&mut self, detail: DecodedDetail) {
        self.detail.arrived(detail);
    }

    /// Parts of this photo in its own pixels: shares of its sides, and their texture.
    pub fn tiles(&self, item: &QueueItem) -> &[(egui::Rect, TextureHandle)] {
        self.detail.tiles(&item.photo_sha256)
    }

    /// True when the photo has more pixels than its texture.
    fn has_more_pixels(&self, item: &QueueItem) -> bool {
        let picture = self.get(item).and_then(|loaded| loaded.picture.as_ref().ok());
        picture.is_some_and(|photo| photo.texture.size()[0] < photo.width_px as usize)
    }

    /// Forgets everything, for another list of items.
    pub fn clear(&mut self) {
        self.loaded.clear();
        self.decoded.clear();
        self.near.clear();
        self.detail.keep_only(None);
        self.asked = Asked::default();
        locked(&self.orders).waiting.clear();
    }

    /// Bytes of the textures around the place looked at.
    fn bytes(&self) -> usize {
        self.loaded.values().map(|photo| photo.bytes).sum()
    }

    /// Lets go of the farthest photos until the budget holds.
    fn keep_budget(&mut self) {
        while self.bytes() > BUDGET_BYTES && self.near.len() > ALWAYS_KEPT {
            let Some(farthest) = self.near.pop() else { return };
            self.loaded.remove(&farthest);
        }
    }

    fn show(&mut self, ctx: &Context, photo: DecodedPhoto) {
        let bytes = photo.bytes();
        let twin = photo.twin.map(|twin| ShownTwin {
            item: twin.item,
            texture: ctx.load_texture(format!("{} twin", photo.submission), twin.picture, SMOOTH),
            width_px: twin.width_px,
            height_px: twin.height_px,
        });
        let picture = photo.pixels.map(|pixels| {
            let name = &photo.submission;
            let thumb = ctx.load_texture(format!("{name} thumb"), pixels.thumb, TextureOptions::LINEAR);
            self.thumbs.keep(photo.sha256.clone(), Some(thumb));
            ShownPhoto {
                texture: ctx.load_texture(name, pixels.picture, SMOOTH),
                width_px: pixels.width_px,
                height_px: pixels.height_px,
                clipping: ctx.load_texture(
                    format!("{name} clipping"),
                    pixels.clipping,
                    TextureOptions::NEAREST,
                ),
                eyes: pixels
                    .eyes
                    .map(|eyes| ctx.load_texture(format!("{name} eyes"), eyes, TextureOptions::NEAREST)),
            }
        });
        let loaded = LoadedPhoto {
            sha256: photo.sha256,
            picture,
            report: photo.report,
            note: photo.note,
            dispute: photo.dispute,
            is_known: photo.is_known,
            earlier: photo.earlier,
            twin,
            side_px: photo.side_px,
            bytes,
        };
        self.loaded.insert(photo.submission, loaded);
        self.keep_budget();
    }

    /// True when the photo is on its way or here in the size the stage has now.
    fn is_here(&self, item: &QueueItem) -> bool {
        let is_this = |sha256: &str, side_px: u32| sha256 == item.photo_sha256 && side_px >= self.side_px;
        self.loaded.get(&item.submission).is_some_and(|photo| is_this(&photo.sha256, photo.side_px))
            || self
                .decoded
                .iter()
                .any(|photo| photo.submission == item.submission && is_this(&photo.sha256, photo.side_px))
            || locked(&self.orders).in_hand.contains(&item.submission)
    }

    fn forget_far(&mut self) {
        let near: HashSet<&str> = self.near.iter().map(String::as_str).collect();
        self.loaded.retain(|submission, _| near.contains(submission.as_str()));
        self.decoded.retain(|photo| near.contains(photo.submission.as_str()));
    }
}

/// Places around `at`, nearest first: ahead in the direction of travel before behind.
fn around(at: usize, count: usize, is_forward: bool) -> Vec<usize> {
    let (after, before) = if is_forward { (AHEAD, BEHIND) } else { (BEHIND, AHEAD) };
    let after = (at + 1..count).take(after);
    let before = (0..at).rev().take(before);
    let ordered: Vec<usize> =
        if is_forward { after.chain(before).collect() } else { before.chain(after).collect() };
    std::iter::once(at).chain(ordered).collect()
}

/// The next order that is not already in hand.
fn take(orders: &Mutex<Orders>) -> Option<Order> {
    let mut orders = locked(orders);
    orders.calls = orders.calls.saturating_sub(1);
    let order = orders.waiting.pop_front()?;
    orders.in_hand.insert(order.item.submission.clone());
    Some(order)
}

fn locked(orders: &Mutex<Orders>) -> MutexGuard<'_, Orders> {
    orders.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A picture no larger than the stage needs, as a texture; callable from any thread.
pub fn stage_texture(ctx: &Context, name: &str, pixels: &RgbImage, side_px: u32) -> TextureHandle {
    let scaled = load::within(pixels, side_px);
    texture(ctx, name, scaled.as_ref().unwrap_or(pixels))
}

/// Pixels as a texture; callable from any thread.
pub fn texture(ctx: &Context, name: &str, pixels: &RgbImage) -> TextureHandle {
    ctx.load_texture(name, color_image(pixels), SMOOTH)
}

#[cfg(test)]
mod tests;
