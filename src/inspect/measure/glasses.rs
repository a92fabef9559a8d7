//! Whether the sitter wears glasses: what frames and lenses do to the aligned eye region, and how far that is from bare faces.
//!
//! `features` takes the numbers, `model` makes probabilities of them; a learned classifier would take the place of both
//! and still answer with `Glasses`.

mod features;
mod model;

use image::RgbImage;

use crate::photo::Point;

use super::geometry::{FaceAxes, FaceGeometry};
pub use features::{FEATURES, Features};
pub use model::{BareDistance, GlassesModel, Term};

/// What is believed about glasses.
#[derive(Clone, Debug, PartialEq)]
pub struct Glasses {
    /// Probability of any glasses, clear or dark.
    pub any: f64,
    /// Probability of lenses that hide the eyes.
    pub dark: f64,
    pub features: Features,
    /// Where a frame would sit: bridge, then the boxes of both lenses as closed lines, in photo pixels.
    pub places: Vec<Vec<Point>>,
}

impl Glasses {
    /// Share of the lens area that is burnt out and colourless, 0..=1.
    pub fn glare(&self) -> Option<f64> {
        self.features.named().find(|(name, _)| *name == "glare").map(|(_, value)| value)
    }

    /// `in_copy` are the face's axes in `pixels`, `geometry` is in photo pixels. `None` where the eye region
    /// is too small to tell.
    pub fn of(pixels: &RgbImage, in_copy: &FaceAxes, geometry: &FaceGeometry) -> Option<Self> {
        let features = Features::of(pixels, in_copy)?;
        let model = GlassesModel::built_in();
        let axes = geometry.axes();
        let outline = |corners: [(f64, f64); 4]| corners.map(|corner| axes.to_photo(corner)).to_vec();
        let lens = |middle: f64| {
            outline([
                (middle - 0.32, -0.2),
                (middle + 0.32, -0.2),
                (middle + 0.32, 0.4),
                (middle - 0.32, 0.4),
            ])
        };
        let bridge = outline([(-0.12, -0.2), (0.12, -0.2), (0.12, 0.2), (-0.12, 0.2)]);
        Some(Self {
            // Lenses that hide the eyes are glasses, however little frame shows.
            any: model.any.probability(&features).max(model.dark.probability(&features)),
            dark: model.dark.probability(&features),
            features,
            places: vec![bridge, lens(-0.5), lens(0.5)],
        })
    }
}
