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
