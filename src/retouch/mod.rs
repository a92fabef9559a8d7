//! Makes a photo meet a standard and records how, so that it can be replayed bit for bit.

mod background;
mod crop;
#[cfg(test)]
mod drawing;
pub mod matte_onnx;
mod mixture;
pub mod recipe;
mod spread;

use image::RgbImage;

use crate::inspect::{CropSolution, FaceError, MatteModel};
use crate::photo::encode::{EncodeError, EncodedJpeg, JpegTarget, encode_jpeg};
use crate::photo::resize::resize;
use crate::photo::{Photo, Rect};
use crate::standard::{Background, FileLimits, Standard};

pub use recipe::Recipe;

/// Height from which hair can be told from background; smaller pictures are made larger first, when the photo allows.
const MIN_MATTE_HEIGHT_PX: u32 = 600;
/// A kilobyte in its smallest and its largest reading: a band of kilobytes is kept in both.
const KB_BYTES: (u64, u64) = (1000, 1024);

/// The final electronic photo.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub jpeg: EncodedJpeg,
    /// The pixels that were encoded.
    pub pixels: RgbImage,
    pub recipe: Recipe,
}

/// Why no final photo could be made. `code()` is stable; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum RetouchError {
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Model(#[from] FaceError),
    #[error("the crop does not touch the photo; run the check on this photo again")]
    BadCrop,
    #[error("the recipe belongs to the photo {expected}, this is {found}; fetch the original it names")]
    OtherPhoto { expected: String, found: String },
}

impl RetouchError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Encode(error) => error.code(),
            Self::Model(_) => "model",
            Self::BadCrop => "bad_crop",
            Self::OtherPhoto { .. } => "other_photo",
        }
    }
}

/// Crops, replaces the background where the standard wants it, resizes and encodes.
///
/// # Errors
/// A crop beside the photo, a failing model, or a byte band that cannot be reached.
pub fn prepare(
    photo: &Photo,
    crop: &CropSolution,
    standard: &Standard,
    background: &Background,
    matte: &dyn MatteModel,
) -> Result<Prepared, RetouchError> {
    let (width_px, height_px) = (standard.size.width_px, standard.size.height_px);
    let colour = standard.replace_background.then_some(background.rgb);
    let pixels = final_pixels(&photo.pixels, crop, (width_px, height_px), colour, matte)?;
    let target = jpeg_target(standard);
    let jpeg = encode_jpeg(&pixels, &target)?;
    let recipe = Recipe {
        original_sha256: photo.file.sha256.clone(),
        standard: format!("{}@{}", standard.id, standard.version),
        crop: *crop,
        background: colour,
        matte_model: colour.map(|_| matte.name()),
        width_px,
        height_px,
        dpi: target.dpi.0,
        jpeg_quality: jpeg.quality,
        jpeg_scale: jpeg.scale,
        subsampling: jpeg.subsampling,
        optimized_tables: jpeg.optimized_tables,
        embed_icc: target.embed_icc,
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(Prepared { jpeg, pixels, recipe })
}

/// Makes the same final photo again from its original.
///
/// # Errors
/// `other_photo` when `photo` is not the recipe's original; else as [`prepare`].
pub fn replay(photo: &Photo, recipe: &Recipe, matte: &dyn MatteModel) -> Result<Prepared, RetouchError> {
    if photo.file.sha256 != recipe.original_sha256 {
        return Err(RetouchError::OtherPhoto {
            expected: recipe.original_sha256.clone(),
            found: photo.file.sha256.clone(),
        });
    }
    let size = (recipe.width_px, recipe.height_px);
    let pixels = final_pixels(&photo.pixels, &recipe.crop, size, recipe.background, matte)?;
    let jpeg = recipe.encode(&pixels)?;
    Ok(Prepared { jpeg, pixels, recipe: recipe.clone() })
}

fn final_pixels(
    photo: &RgbImage,
    crop: &CropSolution,
    (width_px, height_px): (u32, u32),
    background: Option<[u8; 3]>,
    matte: &dyn MatteModel,
) -> Result<RgbImage, RetouchError> {
    check_crop(photo, crop)?;
    let Some(colour) = background else {
        return Ok(crop::cropped(photo, crop, width_px, height_px).pixels);
    };
    let times = working_scale(crop, height_px);
    let cropped = crop::cropped(photo, crop, width_px * times, height_px * times);
    let opacity = matte.matte(&cropped.pixels)?.resized_to(&cropped.pixels);
    let replaced = background::replaced(&cropped, &opacity.alpha, colour);
    Ok(resize(&replaced, width_px, height_px))
}

fn check_crop(photo: &RgbImage, crop: &CropSolution) -> Result<(), RetouchError> {
    let numbers = [crop.x, crop.y, crop.width, crop.height, crop.angle];
    let picture = Rect::new(0.0, 0.0, photo.width() as f32, photo.height() as f32);
    let shared = picture.intersection(Rect::new(crop.x, crop.y, crop.width, crop.height)).area();
    if numbers.iter().all(|number| number.is_finite()) && shared > 0.0 {
        Ok(())
    } else {
        Err(RetouchError::BadCrop)
    }
}

/// How many times larger than the final photo the matte is made; never beyond the photo's own pixels.
fn working_scale(crop: &CropSolution, height_px: u32) -> u32 {
    let wanted = MIN_MATTE_HEIGHT_PX.div_ceil(height_px.max(1));
    let available = (crop.height / height_px.max(1) as f32) as u32;
    wanted.min(available).max(1)
}

fn jpeg_target(standard: &Standard) -> JpegTarget {
    let FileLimits { min_kb, max_kb, min_quality, max_quality } = standard.file;
    JpegTarget {
        dpi: standard.size.dpi,
        min_bytes: min_kb.map(|kb| u64::from(kb) * KB_BYTES.1),
        max_bytes: max_kb.map(|kb| u64::from(kb) * KB_BYTES.0),
        min_quality,
        max_quality,
        // every reader takes an untagged JPEG for sRGB, and the bands are too narrow to spend bytes on saying so
        embed_icc: false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use image::Rgb;

    use super::drawing::{Drawing, NetworkLike, Wall};
    use super::*;
    use crate::photo::color::{delta_e_2000, lab_from_srgb, lightness_from_srgb};
    use crate::photo::{DecodeLimits, decode};
    use crate::standard::Catalogue;

    fn standard() -> Standard {
        Catalogue::built_in().unwrap().get("chsi_2017").unwrap().clone()
    }

    /// The whole drawing, which has the standard's shape.
    fn whole(drawing: &Drawing) -> CropSolution {
        CropSolution {
            x: 0.0,
            y: 0.0,
            width: drawing.photo.width_px() as f32,
            height: drawing.photo.height_px() as f32,
            angle: 0.0,
            scale: 480.0 / drawing.photo.width_px() as f32,
            crown_y: 80.0,
            eye_y: 250.0,
            face_width: 210.0,
        }
    }

    static GREY: LazyLock<Drawing> = LazyLock::new(|| Drawing::before(Wall::ShadedGrey));

    fn prepared(drawing: &Drawing, background: usize) -> Prepared {
        let standard = standard();
        let matte = NetworkLike::of(drawing);
        prepare(&drawing.photo, &whole(drawing), &standard, &standard.backgrounds[background], &matte)
            .unwrap()
    }

    fn lightness(pixel: &Rgb<u8>) -> f32 {
        lightness_from_srgb(pixel.0)
    }

    /// Signed lightness error against the true mixture, where the person's edge is.
    fn halo(drawing: &Drawing, made: &RgbImage, colour: [u8; 3]) -> f32 {
        let ideal = drawing.on_colour(colour, made.dimensions());
        let edge = drawing.edge(made.dimensions(), 3);
        let errors: Vec<f32> = made
            .pixels()
            .zip(ideal.pixels())
            .zip(&edge)
            .filter(|(_, edge)| **edge)
            .map(|((got, expect), _)| lightness(got) - lightness(expect))
            .collect();
        errors.iter().sum::<f32>() / errors.len() as f32
    }

    #[test]
    fn no_old_background_is_left_at_the_edge() {
        let standard = standard();
        for wall in [Wall::White, Wall::Green, Wall::ShadedGrey, Wall::DarkRed] {
            let drawing = Drawing::before(wall);
            for background in &standard.backgrounds {
                let matte = NetworkLike::of(&drawing);
                let size = (standard.size.width_px, standard.size.height_px);
                let made =
                    final_pixels(&drawing.photo.pixels, &whole(&drawing), size, Some(background.rgb), &matte)
                        .unwrap();
                let halo = halo(&drawing, &made, background.rgb);
                assert!(halo.abs() <= 3.0, "{wall:?} to {}: {halo:.2} L*", background.id);
            }
        }
    }

    #[test]
    fn the_new_background_has_its_exact_colour_after_encoding() {
        for wall in [Wall::White, Wall::Green] {
            let drawing = Drawing::before(wall);
            let made = prepared(&drawing, 0);
            let seen = decode(&made.jpeg.bytes, &DecodeLimits::built_in().unwrap()).unwrap().pixels;
            let target = lab_from_srgb([100, 197, 255]);
            let mut differences: Vec<f32> = drawing
                .bare(seen.dimensions(), 12)
                .into_iter()
                .zip(seen.pixels())
                .filter(|(bare, _)| *bare)
                .map(|(_, pixel)| delta_e_2000(lab_from_srgb(pixel.0), target))
                .collect();
            differences.sort_by(f32::total_cmp);
            let mean = differences.iter().sum::<f32>() / differences.len() as f32;
            let p99 = differences[differences.len() * 99 / 100];
            assert!(mean <= 1.5 && p99 <= 3.0, "{wall:?}: mean {mean}, 99th percentile {p99}");
        }
    }

    #[test]
    fn the_file_meets_the_standard_and_is_replayed_bit_for_bit() {
        let drawing = &*GREY;
        let made = prepared(drawing, 0);
        let bytes = made.jpeg.bytes.len() as u64;
        assert!((20 * 1024..=40_000).contains(&bytes), "{bytes}");
        assert_eq!(made.pixels.dimensions(), (480, 640));
        let stored = serde_json::to_string(&made.recipe).unwrap();
        let recipe: Recipe = serde_json::from_str(&stored).unwrap();
        assert_eq!(recipe, made.recipe);
        let again = replay(&drawing.photo, &recipe, &NetworkLike::of(drawing)).unwrap();
        assert!(again.jpeg.bytes == made.jpeg.bytes && again.pixels == made.pixels);
    }

    #[test]
    fn a_recipe_is_not_replayed_on_another_photo() {
        let drawing = &*GREY;
        let recipe = prepared(drawing, 0).recipe;
        let mut other = drawing.photo.clone();
        other.file.sha256 = "0".repeat(64);
        assert_eq!(replay(&other, &recipe, &NetworkLike::of(drawing)).unwrap_err().code(), "other_photo");
    }

    #[test]
    fn the_original_background_is_kept_where_the_standard_keeps_it() {
        let drawing = &*GREY;
        let standard = Standard { replace_background: false, ..standard() };
        let matte = NetworkLike::of(drawing);
        let made =
            prepare(&drawing.photo, &whole(drawing), &standard, &standard.backgrounds[0], &matte).unwrap();
        assert_eq!(made.recipe.background, None);
        assert_eq!(made.recipe.matte_model, None);
        let corner = made.pixels.get_pixel(5, 5).0;
        assert!(corner.iter().all(|level| (180..220).contains(level)), "{corner:?}");
    }

    #[test]
    fn a_crop_beyond_the_side_is_filled_with_the_new_background() {
        let drawing = &*GREY;
        let standard = standard();
        let matte = NetworkLike::of(drawing);
        let mut crop = whole(drawing);
        crop.x -= 150.0;
        let made = prepare(&drawing.photo, &crop, &standard, &standard.backgrounds[0], &matte).unwrap();
        assert!((0..640).all(|y| made.pixels.get_pixel(20, y).0 == [100, 197, 255]));
    }

    #[test]
    fn crops_beside_the_photo_are_refused() {
        let drawing = &*GREY;
        let standard = standard();
        let matte = NetworkLike::of(drawing);
        let code = |crop: CropSolution| {
            let made = prepare(&drawing.photo, &crop, &standard, &standard.backgrounds[0], &matte);
            made.unwrap_err().code()
        };
        assert_eq!(code(CropSolution { x: 1e6, ..whole(drawing) }), "bad_crop");
        assert_eq!(code(CropSolution { width: 0.0, ..whole(drawing) }), "bad_crop");
        assert_eq!(code(CropSolution { x: f32::NAN, ..whole(drawing) }), "bad_crop");
    }
}
