//! Synthetic sitters: portraits drawn by our own renderer with exactly known truth.

mod anatomy;
mod backdrop;
mod body;
mod cloth;
mod color;
pub mod demo;
mod eyes;
pub mod fault;
mod features;
mod film;
mod garment;
mod glasses;
mod hair;
mod hair_light;
mod head;
mod light;
mod math;
mod mesh;
mod noise;
mod paint;
mod plot;
mod render;
mod scene;
mod shade;
mod skin;
pub mod spec;
mod strand;
mod styles;
mod torso;
mod truth;
mod vary;
mod view;

use image::RgbImage;

pub use spec::SitterSpec;
pub use truth::Truth;
pub use vary::vary;

/// A drawn portrait and all that is known about it.
#[derive(Clone, Debug)]
pub struct Portrait {
    pub pixels: RgbImage,
    /// Opacity of the sitter (without a companion), 0..=255, row by row.
    pub alpha: Vec<u8>,
    pub truth: Truth,
}

/// Draws a portrait. The same description gives the same bytes on every platform.
pub fn render(spec: &SitterSpec) -> Portrait {
    let (plate, truth) = scene::expose(spec);
    let developed = film::develop(plate, &spec.camera, spec.seed);
    Portrait { pixels: developed.pixels, alpha: developed.alpha, truth }
}

#[cfg(test)]
mod tests {
    use super::fault::Fault;
    use super::*;

    fn small(mut spec: SitterSpec) -> SitterSpec {
        (spec.camera.width_px, spec.camera.height_px) = (180, 240);
        spec
    }

    #[test]
    fn hair_top_is_where_the_opacity_begins() {
        for seed in 0..5 {
            let portrait = render(&small(vary(seed)));
            let full = |row: &[u8]| row.iter().filter(|a| **a > 128).count() > 4;
            let first = portrait.alpha.chunks(180).position(full);
            let top = portrait.truth.hair_top.y;
            assert!(
                first.is_some_and(|row| (row as f32 - top).abs() < 5.0),
                "seed {seed}: {first:?} or {top}"
            );
        }
    }

    #[test]
    fn truth_lies_on_the_person() {
        let portrait = render(&small(vary(11)));
        let truth = &portrait.truth;
        for point in [truth.eye_left, truth.eye_right, truth.nose_tip, truth.mouth] {
            assert_eq!(portrait.alpha[point.y as usize * 180 + point.x as usize], 255);
        }
        assert!(truth.eye_right.x < truth.eye_left.x && truth.cheek_right.x < truth.cheek_left.x);
        assert!(truth.crown.y < truth.eye_left.y && truth.eye_left.y < truth.chin.y);
    }

    #[test]
    fn a_fault_keeps_the_person_and_changes_the_picture() {
        let good = render(&small(vary(12)));
        for fault in [Fault::Dark, Fault::ThickGlasses, Fault::CastShadow, Fault::ClutteredBackground] {
            let bad = render(&small(fault.apply(vary(12))));
            assert_eq!(bad.truth, good.truth, "{fault:?}");
            assert_ne!(bad.pixels, good.pixels, "{fault:?}");
        }
    }
}
