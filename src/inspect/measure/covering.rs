//! Whether something covers the sitter's head: by a learned network, or by the bare forehead where the picture ends at the hair.

use std::sync::OnceLock;

use image::RgbImage;
use serde::Deserialize;

use crate::inspect::FaceError;
use crate::inspect::face::{FaceModel, HEAD_HEIGHT_PX, HEAD_WIDTH_PX};
use crate::photo::Point;

use super::geometry::FaceAxes;
use super::patch::{Patch, Region};

/// What the network looks at, and the eye distance it looks at it with, pixels.
const HEAD: Region = Region { left: -1.7, top: -2.5, right: 1.7, bottom: 0.6 };
const HEAD_IED_PX: f64 = 32.0;
/// The photo must show the head up to here above the pupils, in eye distances: most of the hair.
const LEAST_HEAD_IED: f64 = 1.45;
/// In a photo cut lower a forehead is judged that is bare up to here at least, in heights of the mesh's forehead: what of a
/// covering could lie above is not in the picture.
const UP_TO_HAIR: f64 = 1.0;
/// Where a covering is pointed at: a box over the head, in eye distances.
const PLACE: (f64, f64, f64, f64) = (-1.3, -2.2, 1.3, -0.6);

/// What is believed about the head.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadCovering {
    pub probability: f64,
    /// Log odds by the network, before calibration; `None` where the picture ends below the hair, which it has to see.
    pub learned: Option<f64>,
    /// Height of the bare forehead over that of the mesh's, 0..=2, where it could be told.
    pub bare_forehead: Option<f64>,
    /// The head above the brows as a closed line, in photo pixels.
    pub place: Vec<Point>,
}

/// What the evidence is worth.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Calibration {
    /// Probability by the network = 1 / (1 + exp(−(slope · log odds + bias))).
    slope: f64,
    bias: f64,
    /// Probability that a head is covered whose forehead is bare up to the hairline.
    bare_up_to_hair: f64,
}

impl Calibration {
    /// The figures that ship with the program; one half for everything if they could not be read.
    fn built_in() -> &'static Self {
        static READ: OnceLock<Calibration> = OnceLock::new();
        READ.get_or_init(|| {
            toml::from_str(include_str!("../../../assets/models/head_covering.toml")).unwrap_or(Self {
                slope: 0.0,
                bias: 0.0,
                bare_up_to_hair: 0.5,
            })
        })
    }
}

impl HeadCovering {
    /// `in_copy` are the face's axes in `pixels`, `axes` in the photo; `bare_forehead` is what `measure::forehead` says.
    /// `None` where the photo ends below the hair and its forehead is not bare up to there, or where no network has learned to
    /// tell.
    pub fn of(
        pixels: &RgbImage,
        in_copy: &FaceAxes,
        axes: &FaceAxes,
        bare_forehead: Option<f64>,
        network: &dyn FaceModel,
    ) -> Result<Option<Self>, FaceError> {
        let top = axes.to_photo((0.0, -LEAST_HEAD_IED));
        let calibration = Calibration::built_in();
        let (probability, learned) = if top.y >= 0.0 && top.x >= 0.0 {
            let head = Patch::cut(pixels, in_copy, HEAD, HEAD_IED_PX);
            debug_assert_eq!(head.pixels.dimensions(), (HEAD_WIDTH_PX, HEAD_HEIGHT_PX));
            let Some(learned) = network.head_covering(&head.pixels)? else { return Ok(None) };
            let log_odds = calibration.slope * learned + calibration.bias;
            (1.0 / (1.0 + (-log_odds).exp()), Some(learned))
        } else if bare_forehead.is_some_and(|bare| bare >= UP_TO_HAIR) {
            (calibration.bare_up_to_hair, None)
        } else {
            return Ok(None);
        };
        let (left, top, right, bottom) = PLACE;
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        Ok(Some(Self {
            probability,
            learned,
            bare_forehead,
            place: corners.map(|corner| axes.to_photo(corner)).to_vec(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::face::{DetectedFace, FaceMesh};

    /// Says what it was told, of any head.
    struct Says(Option<f64>);

    impl FaceModel for Says {
        fn detect(&self, _: &RgbImage) -> Result<Vec<DetectedFace>, FaceError> {
            Ok(Vec::new())
        }

        fn mesh(&self, _: &RgbImage, _: &DetectedFace) -> Result<FaceMesh, FaceError> {
            Ok(FaceMesh { points: Vec::new(), presence: 0.0 })
        }

        fn head_covering(&self, head: &RgbImage) -> Result<Option<f64>, FaceError> {
            assert_eq!(head.dimensions(), (HEAD_WIDTH_PX, HEAD_HEIGHT_PX));
            Ok(self.0)
        }
    }

    fn at(eyes_y: f32, bare_forehead: f64, says: Option<f64>) -> Option<HeadCovering> {
        let pixels = RgbImage::new(300, 400);
        let axes = FaceAxes { origin: Point::new(150.0, eyes_y), roll_deg: 0.0, ied_px: 60.0 };
        HeadCovering::of(&pixels, &axes, &axes, Some(bare_forehead), &Says(says)).unwrap()
    }

    #[test]
    fn belief_follows_the_network() {
        let (bare, hat) = (at(200.0, 1.6, Some(-6.0)).unwrap(), at(200.0, 0.0, Some(8.0)).unwrap());
        assert!(bare.probability < 0.3 && hat.probability > 0.7, "{bare:?} {hat:?}");
    }

    #[test]
    fn a_photo_that_ends_below_the_hair_tells_something_only_of_a_forehead_bare_up_to_it() {
        assert_eq!(at(80.0, 0.4, Some(9.0)), None);
        let bare = at(80.0, 1.4, Some(9.0)).unwrap();
        assert!(bare.learned.is_none() && bare.probability < 0.5, "{bare:?}");
        assert_eq!(at(200.0, 1.6, None), None);
    }
}
