//! The photo looked at in its own pixels, in tiles small enough to be handed to the window a few a frame.

use std::collections::VecDeque;
use std::sync::Arc;

use egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureOptions, pos2};
use image::imageops::crop_imm;

use super::load;
use crate::workflow::Desk;
use crate::workflow::desk::QueueItem;

/// Sides of a tile; 3 MB as the window takes it.
const TILE_PX: (u32, u32) = (768, 1024);
/// Larger photos are looked at in the pixels of the stage only.
const LARGEST_BYTES: u64 = 192 << 20;

/// Tiles made for the window but not yet handed to it.
pub struct DecodedDetail {
    sha256: String,
    tiles: VecDeque<(Rect, ColorImage)>,
}

/// The own pixels of one photo at a time.
#[derive(Default)]
pub struct Detail {
    /// Whose pixels are asked for or here.
    sha256: Option<String>,
    waiting: VecDeque<(Rect, ColorImage)>,
    /// Part of the photo as shares of its sides, and its pixels.
    tiles: Vec<(Rect, TextureHandle)>,
}

/// Decodes the photo once more and cuts it; a photo that is too large or damaged gives no tiles.
pub fn decode(desk: &Arc<Desk>, item: &QueueItem) -> DecodedDetail {
    let photo = load::decoded(desk, item).ok();
    let fits = |width: u32, height: u32| {
        u64::from(width) * u64::from(height) * size_of::<Color32>() as u64 <= LARGEST_BYTES
    };
    let photo = photo.filter(|photo| fits(photo.pixels.width(), photo.pixels.height()));
    let tiles = photo.map_or_else(VecDeque::new, |photo| {
        let (width, height) = photo.pixels.dimensions();
        let tile = |x: u32, y: u32| {
            let (right, below) = ((x + TILE_PX.0).min(width), (y + TILE_PX.1).min(height));
            let share = |x: u32, y: u32| pos2(x as f32 / width as f32, y as f32 / height as f32);
            let pixels = crop_imm(&photo.pixels, x, y, right - x, below - y).to_image();
            (Rect::from_min_max(share(x, y), share(right, below)), load::color_image(&pixels))
        };
        let corners = (0..height)
            .step_by(TILE_PX.1 as usize)
            .flat_map(|y| (0..width).step_by(TILE_PX.0 as usize).map(move |x| (x, y)));
        corners.map(|(x, y)| tile(x, y)).collect()
    });
    DecodedDetail { sha256: item.photo_sha256.clone(), tiles }
}

impl Detail {
    /// True when the photo's own pixels must be asked for; they count as asked for from then on.
    pub fn want(&mut self, sha256: &str) -> bool {
        if self.sha256.as_deref() == Some(sha256) {
            return false;
        }
        self.forget();
        self.sha256 = Some(sha256.to_owned());
        true
    }

    /// Lets go of the pixels of another photo.
    pub fn keep_only(&mut self, sha256: Option<&str>) {
        if self.sha256.as_deref() != sha256 {
            self.forget();
        }
    }

    pub fn arrived(&mut self, detail: DecodedDetail) {
        if self.sha256.as_deref() == Some(&detail.sha256) {
            self.waiting = detail.tiles;
        }
    }

    /// Hands tiles to the window as long as they fit into `left` bytes, at least one of them when nothing else was
    /// handed over; true when some are left.
    pub fn upload(&mut self, ctx: &Context, mut left: usize, is_first: bool) -> bool {
        let mut may_exceed = is_first;
        while let Some((_, pixels)) = self.waiting.front() {
            let bytes = pixels.pixels.len() * size_of::<Color32>();
            if bytes > left && !may_exceed {
                return true;
            }
            may_exceed = false;
            left = left.saturating_sub(bytes);
            if let Some((part, pixels)) = self.waiting.pop_front() {
                let texture = ctx.load_texture("detail", pixels, TextureOptions::LINEAR);
                self.tiles.push((part, texture));
            }
        }
        false
    }

    /// The tiles of this photo that are here.
    pub fn tiles(&self, sha256: &str) -> &[(Rect, TextureHandle)] {
        if self.sha256.as_deref() == Some(sha256) { &self.tiles } else { &[] }
    }

    fn forget(&mut self) {
        *self = Self::default();
    }
}
