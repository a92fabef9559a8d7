//! Whether something hangs at an ear, by a learned network that looks beside both jaws.

use std::sync::OnceLock;

use image::RgbImage;
use image::imageops::flip_horizontal_in_place;
use serde::Deserialize;

use crate::inspect::FaceError;
use crate::inspect::face::{EAR_HEIGHT_PX, EAR_WIDTH_PX, FaceModel};
use crate::photo::Point;

use super::geometry::FaceAxes;
use super::patch::{Patch, Region};

/// What the network looks at beside the right jaw on screen, and the eye distance it looks at it with, pixels. The left side
/// is shown mirrored.
const RIGHT: Region = Region { left: 0.7, top: 0.1, right: 1.7, bottom: 1.7 };
const LEFT: Region = Region { left: -1.7, top: 0.1, right: -0.7, bottom: 1.7 };
const EAR_IED_PX: f64 = 64.0;
/// Faces nearer together than this show no studs, pixels of the photo between the eyes.
const LEAST_IED_PX: f64 = 32.0;
/// Where an earring hangs: this box of the right side must be in the picture. Eye distances.
const LOBE: (f64, f64, f64, f64) = (0.9, 0.4, 1.4, 1.2);

/// What is believed about the ears.
#[derive(Clone, Debug, PartialEq)]
pub struct Earrings {
    /// Left and right on screen; `None` where that side is not in the picture.
    pub sides: [Option<Side>; 2],
}

/// What is believed about one side.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    pub probability: f64,
    /// Log odds by the network, before calibration.
    pub learned: f64,
    /// Where an earring would hang, as a closed line in photo pixels.
    pub place: Vec<Point>,
}

/// What the evidence is worth: probability = 1 / (1 + exp(−(slope · log odds + bias))).
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
            toml::from_str(include_str!("../../../assets/models/earrings.toml"))
                .unwrap_or(Self { slope: 0.0, bias: 0.0 })
        })
    }
}

impl Earrings {
    /// `axes` are the face's in `pixels`. `None` where the face is too small, neither side is in the picture, or no network
    /// has learned to tell.
    pub fn of(
        pixels: &RgbImage,
        axes: &FaceAxes,
        network: &dyn FaceModel,
    ) -> Result<Option<Self>, FaceError> {
        if axes.ied_px < LEAST_IED_PX {
            return Ok(None);
        }
        let sides = [side(pixels, axes, LEFT, network)?, side(pixels, axes, RIGHT, network)?];
        Ok(sides.iter().any(Option::is_some).then_some(Self { sides }))
    }

    /// The side that looks most as if something hung there.
    pub fn surest(&self) -> Option<&Side> {
        self.sides.iter().flatten().max_by(|one, other| one.probability.total_cmp(&other.probability))
    }
}

fn side(
    pixels: &RgbImage,
    axes: &FaceAxes,
    region: Region,
    network: &dyn FaceModel,
) -> Result<Option<Side>, FaceError> {
    let is_left = region == LEFT;
    let (inner, top, outer, bottom) = LOBE;
    let (from, to) = if is_left { (-outer, -inner) } else { (inner, outer) };
    let place =
        [(from, top), (to, top), (to, bottom), (from, bottom)].map(|corner| axes.to_photo(corner)).to_vec();
    let (width, height) = (pixels.width() as f32, pixels.height() as f32);
    if !place.iter().all(|corner| (0.0..width).contains(&corner.x) && (0.0..height).contains(&corner.y)) {
        return Ok(None);
    }
    let mut patch = Patch::cut(pixels, axes, region, EAR_IED_PX).pixels;
    debug_assert_eq!(patch.dimensions(), (EAR_WIDTH_PX, EAR_HEIGHT_PX));
    if is_left {
        flip_horizontal_in_place(&mut patch);
    }
    let Some(learned) = network.earring(&patch)? else { return Ok(None) };
    let calibration = Calibration::built_in();
    let log_odds = calibration.slope * learned + calibration.bias;
    Ok(Some(Side { probability: 1.0 / (1.0 + (-log_odds).exp()), learned, place }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::face::{DetectedFace, FaceMesh};
    use image::Rgb;

    /// Sure of an earring where the patch is bright at its outer edge, sure of none elsewhere.
    struct SeesLight;

    impl FaceModel for SeesLight {
        fn detect(&self, _: &RgbImage) -> Result<Vec<DetectedFace>, FaceError> {
            Ok(Vec::new())
        }

        fn mesh(&self, _: &RgbImage, _: &DetectedFace) -> Result<FaceMesh, FaceError> {
            Ok(FaceMesh { points: Vec::new(), presence: 0.0 })
        }

        fn earring(&self, ear: &RgbImage) -> Result<Option<f64>, FaceError> {
            assert_eq!(ear.dimensions(), (EAR_WIDTH_PX, EAR_HEIGHT_PX));
            Ok(Some(if ear.get_pixel(EAR_WIDTH_PX - 1, 40)[0] > 100 { 30.0 } else { -30.0 }))
        }
    }

    fn at(eyes_x: f32, ied_px: f64) -> Option<Earrings> {
        let pixels = RgbImage::from_fn(300, 300, |x, _| Rgb(if x < 60 { [255; 3] } else { [0; 3] }));
        let axes = FaceAxes { origin: Point::new(eyes_x, 120.0), roll_deg: 0.0, ied_px };
        Earrings::of(&pixels, &axes, &SeesLight).unwrap()
    }

    #[test]
    fn each_side_is_looked_at_from_the_face_outwards() {
        let earrings = at(150.0, 60.0).unwrap();
        let [left, right] = earrings.sides.clone().map(Option::unwrap);
        assert!(left.probability > 0.9 && right.probability < 0.1, "{left:?} {right:?}");
        assert_eq!(earrings.surest(), Some(&left));
        assert!(left.place.iter().all(|corner| corner.x < 150.0));
    }

    #[test]
    fn a_side_outside_the_picture_tells_nothing_and_a_small_face_neither() {
        assert!(at(50.0, 60.0).unwrap().sides[0].is_none());
        assert_eq!(at(150.0, 20.0), None);
    }
}
