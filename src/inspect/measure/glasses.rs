//! Whether the sitter wears glasses: what frames and lenses do to the aligned eye region, and how far that is from bare faces.
//!
//! `features` takes the numbers, `model` makes probabilities of them and of what the learned network says.

mod features;
mod model;

use image::RgbImage;

use crate::inspect::FaceError;
use crate::inspect::face::{EYES_HEIGHT_PX, EYES_WIDTH_PX, FaceModel};
use crate::photo::Point;

use super::geometry::{FaceAxes, FaceGeometry};
use super::patch::{Patch, Region};
pub use features::{FEATURES, Features};
pub use model::{BareDistance, GlassesModel, Joint, Term};

/// What the network looks at, and the eye distance it looks at it with, pixels.
const EYES: Region = Region { left: -1.2, top: -0.6, right: 1.2, bottom: 0.75 };
const EYES_IED_PX: f64 = 64.0;

/// What is believed about glasses.
#[derive(Clone, Debug, PartialEq)]
pub struct Glasses {
    /// Probability of any glasses, clear or dark.
    pub any: f64,
    /// Probability of lenses that hide the eyes.
    pub dark: f64,
    pub features: Features,
    /// Log odds of glasses by the learned network, where there is one.
    pub learned: Option<f64>,
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
    pub fn of(
        pixels: &RgbImage,
        in_copy: &FaceAxes,
        geometry: &FaceGeometry,
        network: &dyn FaceModel,
    ) -> Result<Option<Self>, FaceError> {
        let Some(features) = Features::of(pixels, in_copy) else { return Ok(None) };
        let eyes = Patch::cut(pixels, in_copy, EYES, EYES_IED_PX);
        debug_assert_eq!(eyes.pixels.dimensions(), (EYES_WIDTH_PX, EYES_HEIGHT_PX));
        let learned = network.glasses(&eyes.pixels)?;
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
        let dark = model.dark.probability(&features);
        Ok(Some(Self {
            // Lenses that hide the eyes are glasses, however little frame shows.
            any: model.probability(&features, learned).max(dark),
            dark,
            features,
            learned,
            places: vec![bridge, lens(-0.5), lens(0.5)],
        }))
    }
}
