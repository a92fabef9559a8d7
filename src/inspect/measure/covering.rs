//! Whether something covers the sitter's head, by a learned network.

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
/// The photo must show the forehead up to here above the pupils, in eye distances.
const LEAST_FOREHEAD_IED: f64 = 0.75;
/// Where a covering is pointed at: a box over the head, in eye distances.
const PLACE: (f64, f64, f64, f64) = (-1.3, -2.2, 1.3, -0.6);

/// What is believed about the head.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadCovering {
    pub probability: f64,
    /// Log odds by the network, before calibration.
    pub learned: f64,
    /// The head above the brows as a closed line, in photo pixels.
    pub place: Vec<Point>,
}

/// Probability = 1 / (1 + exp(−(slope · log odds + bias))).
#[derive(Clone, Copy, Debug, Deserialize)]
struct Calibration {
    slope: f64,
    bias: f64,
}

impl Calibration {
    /// The figures that ship with the program; one half for everything if they could not be read.
    fn built_in() -> &'static Self {
        static READ: OnceLock<Calibration> = OnceLock::new();
        READ.get_or_init(|| {
            toml::from_str(include_str!("../../../assets/models/head_covering.toml"))
                .unwrap_or(Self { slope: 0.0, bias: 0.0 })
        })
    }
}

impl HeadCovering {
    /// `in_copy` are the face's axes in `pixels`, `axes` in the photo. `None` where the photo ends at the forehead or no
    /// network has learned to tell.
    pub fn of(
        pixels: &RgbImage,
        in_copy: &FaceAxes,
        axes: &FaceAxes,
        network: &dyn FaceModel,
    ) -> Result<Option<Self>, FaceError> {
        let forehead = axes.to_photo((0.0, -LEAST_FOREHEAD_IED));
        if forehead.y < 0.0 || forehead.x < 0.0 {
            return Ok(None);
        }
        let head = Patch::cut(pixels, in_copy, HEAD, HEAD_IED_PX);
        debug_assert_eq!(head.pixels.dimensions(), (HEAD_WIDTH_PX, HEAD_HEIGHT_PX));
        let Some(learned) = network.head_covering(&head.pixels)? else { return Ok(None) };
        let Calibration { slope, bias } = *Calibration::built_in();
        let (left, top, right, bottom) = PLACE;
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        Ok(Some(Self {
            probability: 1.0 / (1.0 + (-(slope * learned + bias)).exp()),
            learned,
            place: corners.map(|corner| axes.to_photo(corner)).to_vec(),
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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

    fn at(eyes_y: f32, says: Option<f64>) -> Option<HeadCovering> {
        let pixels = RgbImage::new(300, 400);
        let axes = FaceAxes { origin: Point::new(150.0, eyes_y), roll_deg: 0.0, ied_px: 60.0 };
        HeadCovering::of(&pixels, &axes, &axes, &Says(says)).unwrap()
    }

    #[test]
    fn belief_follows_the_network() {
        let (bare, hat) = (at(200.0, Some(-6.0)).unwrap(), at(200.0, Some(8.0)).unwrap());
        assert!(bare.probability < 0.3 && hat.probability > 0.7, "{bare:?} {hat:?}");
    }

    #[test]
    fn a_photo_that_ends_at_the_brows_tells_nothing() {
        assert_eq!(at(30.0, Some(9.0)), None);
        assert_eq!(at(200.0, None), None);
    }
}
