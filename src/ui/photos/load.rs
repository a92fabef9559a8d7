//! One photo on a worker: read, verified, decoded, scaled to the stage, with the small pictures taken from it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use egui::{Color32, ColorImage};
use image::RgbImage;
use image::imageops::crop_imm;

use super::{Order, Whose};
use crate::inspect::{Landmarks, Report, Twin};
use crate::photo::{DecodeLimits, Photo, Rect, decode, resize::resize};
use crate::submission::HoldNote;
use crate::ui::crew::cause_text;
use crate::workflow::desk::{PhotoFault, QueueItem};
use crate::workflow::earlier::{EarlierPhoto, earlier_photos};
use crate::workflow::quality::Dispute;
use crate::workflow::{Desk, quality, review};

/// Longest side of the picture in the filmstrip, in device pixels.
const THUMB_PX: u32 = 192;
/// A cell of the clipping mask, in texture pixels a side.
const MASK_CELL: u32 = 3;
/// Width of a stripe of the mask, in cells.
const STRIPE: u32 = 2;
/// How far the eyes' own picture reaches beyond them: sideways in eye distances, and its height.
const EYES_REACH: f32 = 0.6;
const EYES_HEIGHT: f32 = 0.9;
/// The eyes' picture never takes more than this, in photo pixels.
const EYES_WIDEST_PX: f32 = 1600.0;

/// Pixels made for the window but not yet handed to it.
pub struct Pixels {
    pub picture: ColorImage,
    /// Size of the upright photo in its own pixels.
    pub width_px: u32,
    pub height_px: u32,
    pub thumb: ColorImage,
    /// Transparent but for stripes where the photo holds no tones.
    pub clipping: ColorImage,
    /// The eyes in the photo's own pixels.
    pub eyes: Option<ColorImage>,
}

/// A photo as the loader hands it back.
pub struct DecodedPhoto {
    pub submission: String,
    pub sha256: String,
    pub side_px: u32,
    pub whose: Whose,
    pub pixels: Result<Pixels, PhotoFault>,
    pub report: Option<Report>,
    pub note: Option<HoldNote>,
    /// The two opinions, while they wait for a senior.
    pub dispute: Option<Dispute>,
    /// Its decision is a known answer.
    pub is_known: bool,
    pub earlier: Vec<EarlierPhoto>,
    pub twin: Option<DecodedTwin>,
}

/// The other photo of the same exposure, with whose it is.
pub struct DecodedTwin {
    pub item: QueueItem,
    pub picture: ColorImage,
    /// Size of the upright photo in its own pixels.
    pub width_px: u32,
    pub height_px: u32,
}

impl DecodedPhoto {
    /// Bytes of its textures.
    pub fn bytes(&self) -> usize {
        let of = |image: &ColorImage| image.pixels.len() * size_of::<Color32>();
        self.pixels.as_ref().map_or(0, |pixels| {
            of(&pixels.picture)
                + of(&pixels.thumb)
                + of(&pixels.clipping)
                + pixels.eyes.as_ref().map_or(0, of)
        }) + self.twin.as_ref().map_or(0, |twin| of(&twin.picture))
    }
}

/// Carries out one order.
pub fn load(desk: &Arc<Desk>, order: &Order) -> DecodedPhoto {
    let item = &order.item;
    let report = desk.report(&item.submission).ok().flatten();
    let pixels = match &report {
        Some(Err(fault)) => Err(fault.clone()),
        other => decoded(desk, item).map(|photo| {
            let face = other.as_ref().and_then(|report| report.as_ref().ok()?.landmarks);
            pixels(&photo.pixels, face, order.side_px)
        }),
    };
    let twin = report.as_ref().and_then(|report| report.as_ref().ok()?.twin.as_ref());
    let twin = twin.and_then(|twin| self::twin(desk, twin, order.side_px));
    let note = item.hold.and_then(|_| review::hold_note(desk, &item.submission).ok().flatten());
    let earlier = if item.revision > 1 {
        earlier_photos(desk, &item.submission).unwrap_or_default()
    } else {
        Vec::new()
    };
    DecodedPhoto {
        earlier,
        submission: item.submission.clone(),
        sha256: item.photo_sha256.clone(),
        side_px: order.side_px,
        whose: order.whose,
        pixels,
        report: report.and_then(Result::ok),
        note,
        dispute: quality::dispute(desk, &item.submission).ok().flatten(),
        is_known: quality::is_known(desk, &item.submission).unwrap_or_default(),
        twin,
    }
}

/// A twin that can no longer be read is not shown; the finding that names it stays.
fn twin(desk: &Desk, twin: &Twin, side_px: u32) -> Option<DecodedTwin> {
    let item = desk.item(&twin.submission).ok()?;
    let limits = DecodeLimits::built_in().ok()?;
    let bytes = desk.twin_bytes(twin).ok()?;
    let photo = catch_unwind(AssertUnwindSafe(|| decode(&bytes, &limits))).ok()?.ok()?;
    let picture = color_image(within(&photo.pixels, side_px).as_ref().unwrap_or(&photo.pixels));
    Some(DecodedTwin { item, picture, width_px: photo.width_px(), height_px: photo.height_px() })
}

/// The item's photo, upright. A decoder that breaks on a hostile file makes a damaged photo, not a dead lane.
pub fn decoded(desk: &Desk, item: &QueueItem) -> Result<Photo, PhotoFault> {
    let bytes = desk
        .photo_bytes(&item.submission)
        .map_err(|error| PhotoFault { code: error.code().to_owned(), message: error.to_string() })?;
    let limits = DecodeLimits::built_in()
        .map_err(|error| PhotoFault { code: "limits".to_owned(), message: error.to_string() })?;
    catch_unwind(AssertUnwindSafe(|| decode(&bytes, &limits)))
        .map_err(|cause| PhotoFault { code: "decoder_broke".into(), message: cause_text(cause.as_ref()) })?
        .map_err(|error| PhotoFault { code: error.code().to_owned(), message: error.to_string() })
}

fn pixels(photo: &RgbImage, face: Option<Landmarks>, side_px: u32) -> Pixels {
    let (width_px, height_px) = photo.dimensions();
    let scaled = within(photo, side_px);
    let scaled = scaled.as_ref().unwrap_or(photo);
    let thumb = within(scaled, THUMB_PX);
    Pixels {
        picture: color_image(scaled),
        width_px,
        height_px,
        thumb: color_image(thumb.as_ref().unwrap_or(scaled)),
        clipping: clipping(scaled),
        eyes: face.and_then(|face| eyes(photo, face)),
    }
}

/// The picture scaled so that its longest side is `side_px`; `None` when it is no larger.
pub fn within(pixels: &RgbImage, side_px: u32) -> Option<RgbImage> {
    let (width, height) = pixels.dimensions();
    let longest = width.max(height);
    let scaled = |px: u32| (u64::from(px) * u64::from(side_px)).div_ceil(u64::from(longest)).max(1) as u32;
    (longest > side_px).then(|| resize(pixels, scaled(width), scaled(height)))
}

/// Pixels as the window takes them.
pub fn color_image(pixels: &RgbImage) -> ColorImage {
    ColorImage::from_rgb([pixels.width() as usize, pixels.height() as usize], pixels.as_raw())
}

/// Stripes where every channel is at the same end of its range: nothing can be told apart there.
fn clipping(pixels: &RgbImage) -> ColorImage {
    let (columns, rows) = (pixels.width().div_ceil(MASK_CELL), pixels.height().div_ceil(MASK_CELL));
    let mut mask = ColorImage::filled([columns as usize, rows as usize], Color32::TRANSPARENT);
    for (x, y, pixel) in pixels.enumerate_pixels() {
        let (burnt, drowned) = (pixel.0 == [u8::MAX; 3], pixel.0 == [u8::MIN; 3]);
        if burnt || drowned {
            let (column, row) = (x / MASK_CELL, y / MASK_CELL);
            let is_dark_stripe = ((column + row) / STRIPE).is_multiple_of(2);
            mask[(column as usize, row as usize)] =
                if is_dark_stripe { Color32::BLACK } else { crate::ui::theme::clipped(burnt) };
        }
    }
    mask
}

/// The strip around both eyes, unscaled.
fn eyes(photo: &RgbImage, face: Landmarks) -> Option<ColorImage> {
    let whole = Rect::new(0.0, 0.0, photo.width() as f32, photo.height() as f32);
    let distance = (face.eye_right.x - face.eye_left.x).hypot(face.eye_right.y - face.eye_left.y);
    let middle_x = (face.eye_left.x + face.eye_right.x) / 2.0;
    let middle_y = (face.eye_left.y + face.eye_right.y) / 2.0;
    let width = (distance * (1.0 + 2.0 * EYES_REACH)).min(EYES_WIDEST_PX);
    let height = (distance * EYES_HEIGHT).min(EYES_WIDEST_PX);
    let strip = Rect::new(middle_x - width / 2.0, middle_y - height / 2.0, width, height).intersection(whole);
    let [x, y, width, height] =
        [strip.x, strip.y, strip.width, strip.height].map(|side| side.max(0.0) as u32);
    (width > 0 && height > 0).then(|| color_image(&crop_imm(photo, x, y, width, height).to_image()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::Point;
    use image::Rgb;

    #[test]
    fn stripes_lie_only_where_no_tone_is_left() {
        let photo = RgbImage::from_fn(30, 30, |x, _| match x {
            0..6 => Rgb([255, 255, 255]),
            6..12 => Rgb([0, 0, 0]),
            _ => Rgb([255, 254, 255]),
        });
        let mask = clipping(&photo);
        assert_eq!(mask.size, [10, 10]);
        let striped: Vec<bool> = (0..10).map(|column| mask[(column, 5)] != Color32::TRANSPARENT).collect();
        assert_eq!(striped, [true, true, true, true, false, false, false, false, false, false]);
    }

    #[test]
    fn the_eyes_keep_the_photos_own_pixels_and_stay_inside_it() {
        let photo = RgbImage::from_fn(200, 100, |x, y| Rgb([x as u8, y as u8, 0]));
        let (eye_left, eye_right) = (Point::new(60.0, 50.0), Point::new(160.0, 50.0));
        let other = Point::new(0.0, 0.0);
        let face = Landmarks {
            eye_left,
            eye_right,
            mouth: other,
            chin: other,
            crown: other,
            cheek_left: other,
            cheek_right: other,
        };
        let strip = eyes(&photo, face);
        // 100 px between the eyes: 220 wide, of which the photo has 200; 90 high.
        assert_eq!(strip.as_ref().map(|strip| strip.size), Some([200, 90]));
        assert_eq!(strip.map(|strip| strip[(0, 0)]), Some(Color32::from_rgb(0, 5, 0)));
    }
}
