//! How much light the picture as a whole holds: its brightest places, and what is burnt out on the person.

use image::RgbImage;

use crate::inspect::matte::Matte;
use crate::photo::color::{lightness_from_luminance, linear_luminance};

use super::quantile;

/// Share of the picture that may be brighter than its `brightest`.
const BRIGHTEST_SHARE: f64 = 0.01;
/// Opacity from which a pixel is person.
const PERSON: f32 = 0.9;
/// From here on in its least channel a pixel is burnt out, 8-bit levels.
const BURNT: u8 = 250;
/// Every so many pixels are looked at; a hundredth of them are still some.
const STEP: usize = 3;
/// Fewest person pixels for a share of them.
const LEAST_PERSON_PX: usize = 200;

/// The light of the whole picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SceneLight {
    /// L* that only a hundredth of the picture exceeds: a white collar, a light wall, the lamp in the eyes.
    pub brightest: f64,
    /// Share of the person, clothes included, without any drawing left: white in all channels.
    pub burnt_person: f64,
}

impl SceneLight {
    /// `matte` has a pixel for each of `pixels`.
    pub fn of(pixels: &RgbImage, matte: &Matte) -> Option<Self> {
        let light: Vec<f32> = pixels.pixels().step_by(STEP).map(|pixel| linear_luminance(pixel.0)).collect();
        let person =
            || pixels.pixels().zip(&matte.alpha).step_by(STEP).filter(|(_, alpha)| **alpha >= PERSON);
        let count = person().count();
        let burnt = person().filter(|(pixel, _)| pixel.0.iter().all(|value| *value >= BURNT)).count();
        Some(Self {
            brightest: f64::from(lightness_from_luminance(quantile(&light, 1.0 - BRIGHTEST_SHARE)?)),
            burnt_person: if count < LEAST_PERSON_PX { 0.0 } else { burnt as f64 / count as f64 },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// A person of `skin` in the lower half, before a wall.
    fn scene(wall: u8, skin: u8) -> SceneLight {
        let pixels = RgbImage::from_fn(60, 60, |_, y| Rgb(if y < 30 { [wall; 3] } else { [skin; 3] }));
        let alpha = (0..3600).map(|index| f32::from(u8::from(index >= 1800))).collect();
        let matte = Matte { width_px: 60, height_px: 60, photo_width_px: 60, photo_height_px: 60, alpha };
        SceneLight::of(&pixels, &matte).unwrap()
    }

    #[test]
    fn the_brightest_place_is_the_lighter_of_wall_and_person() {
        assert!((scene(119, 60).brightest - 50.0).abs() < 1.0);
        assert!(scene(60, 255).brightest > 99.0);
    }

    #[test]
    fn a_white_wall_is_no_burnt_person() {
        assert_eq!(scene(255, 200).burnt_person, 0.0);
        assert_eq!(scene(60, 255).burnt_person, 1.0);
    }
}
