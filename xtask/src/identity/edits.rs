//! What people do to a photo that was refused: each edit makes a copy of the same exposure.

use anyhow::Result;
use image::imageops::{FilterType, crop_imm, flip_horizontal, resize};
use image::{Rgb, RgbImage};
use photodesk::inspect::MatteModel;

use crate::jpeg::encoded_again;

type Make = fn(&RgbImage, &dyn MatteModel) -> Result<RgbImage>;

/// One way to edit, and the JPEG quality it is saved at.
pub struct Edit {
    pub name: &'static str,
    make: Make,
    quality: u8,
}

pub const EDITS: &[Edit] = &[
    Edit { name: "re-encoded at quality 30", make: |photo, _| Ok(photo.clone()), quality: 30 },
    Edit { name: "scaled to 60 %, or to 358 px across", make: |photo, _| Ok(scaled(photo)), quality: 85 },
    Edit { name: "enlarged by 1.5", make: |photo, _| Ok(by(photo, 1.5)), quality: 85 },
    Edit { name: "cropped", make: |photo, _| Ok(cropped(photo)), quality: 92 },
    Edit { name: "turned by 2.5°", make: |photo, _| Ok(turned(photo, 2.5)), quality: 92 },
    Edit { name: "brighter", make: |photo, _| Ok(toned(photo, |value| value * 1.15 + 10.0)), quality: 92 },
    Edit { name: "darker middle tones", make: |photo, _| Ok(toned(photo, gamma)), quality: 92 },
    Edit { name: "mirrored", make: |photo, _| Ok(flip_horizontal(photo)), quality: 92 },
    Edit { name: "another background", make: on_blue, quality: 92 },
    Edit {
        name: "mirrored, smaller, quality 50",
        make: |photo, _| Ok(by(&flip_horizontal(photo), 0.7)),
        quality: 50,
    },
    Edit {
        name: "background, crop, smaller, brighter, quality 60",
        make: |photo, matte| {
            Ok(toned(&by(&cropped(&on_blue(photo, matte)?), 0.7), |value| value * 1.1 + 5.0))
        },
        quality: 60,
    },
];

impl Edit {
    /// The copy as it would be handed in.
    pub fn of(&self, photo: &RgbImage, matte: &dyn MatteModel) -> Result<RgbImage> {
        encoded_again(&(self.make)(photo, matte)?, self.quality)
    }
}

fn scaled(photo: &RgbImage) -> RgbImage {
    const FINAL_WIDTH_PX: f32 = 358.0;
    by(photo, (FINAL_WIDTH_PX / photo.width() as f32).min(0.6))
}

fn by(photo: &RgbImage, scale: f32) -> RgbImage {
    let side = |length: u32| ((length as f32 * scale) as u32).max(1);
    resize(photo, side(photo.width()), side(photo.height()), FilterType::CatmullRom)
}

/// Unequal margins off, as a person would.
fn cropped(photo: &RgbImage) -> RgbImage {
    let (width, height) = photo.dimensions();
    let (left, right, top, bottom) = (width * 3 / 100, width * 6 / 100, height / 20, height / 40);
    crop_imm(photo, left, top, width - left - right, height - top - bottom).to_image()
}

fn toned(photo: &RgbImage, tone: fn(f32) -> f32) -> RgbImage {
    let mut copy = photo.clone();
    for value in copy.iter_mut() {
        *value = tone(f32::from(*value)).clamp(0.0, 255.0) as u8;
    }
    copy
}

fn gamma(value: f32) -> f32 {
    255.0 * (value / 255.0).powf(1.4)
}

/// About the middle; corners repeat the border.
fn turned(photo: &RgbImage, degrees: f32) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (middle_x, middle_y) = (photo.width() as f32 / 2.0, photo.height() as f32 / 2.0);
    RgbImage::from_fn(photo.width(), photo.height(), |x, y| {
        let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
        between(photo, middle_x + cos * dx - sin * dy, middle_y + sin * dx + cos * dy)
    })
}

fn between(photo: &RgbImage, x: f32, y: f32) -> Rgb<u8> {
    let (x, y) = (x.clamp(0.0, photo.width() as f32 - 1.0), y.clamp(0.0, photo.height() as f32 - 1.0));
    let (left, top) = (x as u32, y as u32);
    let (right, bottom) = ((left + 1).min(photo.width() - 1), (top + 1).min(photo.height() - 1));
    let (across, down) = (x.fract(), y.fract());
    let channel = |index: usize| {
        let at = |column: u32, row: u32| f32::from(photo.get_pixel(column, row)[index]);
        let above = at(left, top) * (1.0 - across) + at(right, top) * across;
        let below = at(left, bottom) * (1.0 - across) + at(right, bottom) * across;
        (above * (1.0 - down) + below * down).round() as u8
    };
    Rgb([channel(0), channel(1), channel(2)])
}

/// The light blue of the graduation text behind the person.
fn on_blue(photo: &RgbImage, model: &dyn MatteModel) -> Result<RgbImage> {
    const BLUE: [f32; 3] = [100.0, 197.0, 255.0];
    let matte = model.matte(photo)?.resized_to(photo);
    Ok(RgbImage::from_fn(photo.width(), photo.height(), |x, y| {
        let share = matte.at(x, y);
        let Rgb(colour) = *photo.get_pixel(x, y);
        let mixed =
            |index: usize| (f32::from(colour[index]) * share + BLUE[index] * (1.0 - share)).round() as u8;
        Rgb([mixed(0), mixed(1), mixed(2)])
    }))
}
