//! Every number the checks judge, taken once from photo, faces, mesh and matte.

pub mod background;
pub mod crown;
pub mod eyes;
pub mod geometry;
pub mod glasses;
pub mod light;
pub mod mouth;
pub mod patch;
pub(crate) mod points;
pub mod pose;
pub mod sharpness;
mod working;

use image::RgbImage;

use crate::photo::{Point, Rect};
use crate::standard::Standard;

use super::Matte;
use super::crop::{Frame, Head, Solved, Touches, solve};
use super::face::{DetectedFace, FaceMesh};
use background::BackgroundLook;
use eyes::Eyes;
use geometry::FaceGeometry;
use glasses::Glasses;
use light::FaceLight;
use mouth::Mouth;
use pose::Pose;
use sharpness::Sharpness;
pub use working::WorkingCopy;

/// All measures of one photo. What could not be measured is absent, never guessed.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    pub frame: Frame,
    /// All faces found, the sitter's first.
    pub faces: Vec<DetectedFace>,
    /// The mesh model's belief that the sitter's face is one, 0..=1.
    pub presence: f64,
    pub geometry: Option<FaceGeometry>,
    pub crown: Option<Point>,
    pub touches: Touches,
    pub solved: Option<Solved>,
    pub pose: Option<Pose>,
    pub eyes: Option<Eyes>,
    pub mouth: Option<Mouth>,
    pub glasses: Option<Glasses>,
    pub light: Option<FaceLight>,
    pub sharpness: Option<Sharpness>,
    pub background: Option<BackgroundLook>,
}

impl Measures {
    /// Measures of a photo on which no face was found.
    pub fn without_face(pixels: &RgbImage) -> Self {
        Self {
            frame: frame(pixels),
            faces: Vec::new(),
            presence: 0.0,
            geometry: None,
            crown: None,
            touches: Touches::default(),
            solved: None,
            pose: None,
            eyes: None,
            mouth: None,
            glasses: None,
            light: None,
            sharpness: None,
            background: None,
        }
    }

    /// Takes every measure of the sitter, who is the first of `faces`. `matte` belongs to the working copy.
    pub fn of(
        pixels: &RgbImage,
        working: &WorkingCopy,
        faces: Vec<DetectedFace>,
        mesh: &FaceMesh,
        matte: &Matte,
        standard: &Standard,
    ) -> Self {
        let nothing = Self { faces, presence: f64::from(mesh.presence), ..Self::without_face(pixels) };
        let Some(geometry) = FaceGeometry::of(mesh) else { return nothing };
        let scale = working.scale;
        let axes = geometry.axes().scaled(scale);
        let crown = crown::find(matte, &axes);
        let chin_row = f64::from(geometry.chin.y) * scale;
        let touches =
            crown.map_or(Touches::default(), |crown| crown::touches(matte, crown, chin_row + 3.0 * axes.ied_px));
        let crown = crown.map(|point| working.to_photo(point));
        let solved = crown.map(|crown| solve(&head(&geometry, crown), touches, nothing.frame, standard));
        let region = background_region(working, solved.as_ref());
        Self {
            crown,
            touches,
            pose: Pose::of(mesh, &geometry),
            eyes: Eyes::of(mesh, &geometry),
            mouth: Mouth::of(pixels, mesh, &geometry),
            glasses: Glasses::of(pixels, mesh, &geometry),
            light: FaceLight::of(&working.pixels, scale, mesh, &geometry),
            sharpness: Sharpness::of(pixels, &geometry),
            background: BackgroundLook::of(&working.pixels, matte, &axes, region, &standard.backgrounds),
            geometry: Some(geometry),
            solved,
            ..nothing
        }
    }
}

fn frame(pixels: &RgbImage) -> Frame {
    Frame { width_px: f64::from(pixels.width()), height_px: f64::from(pixels.height()) }
}

fn head(geometry: &FaceGeometry, crown: Point) -> Head {
    Head {
        eyes: geometry.eyes,
        crown,
        chin: geometry.chin,
        face_width_px: geometry.face_width_px,
        roll_deg: geometry.roll_deg,
    }
}

/// The part of the working copy that the crop keeps: what the centre cuts away is not judged.
fn background_region(working: &WorkingCopy, solved: Option<&Solved>) -> Rect {
    let scale = working.scale as f32;
    match solved {
        Some(Solved { crop, .. }) => {
            Rect::new(crop.x * scale, crop.y * scale, crop.width * scale, crop.height * scale)
        }
        None => Rect::new(0.0, 0.0, working.pixels.width() as f32, working.pixels.height() as f32),
    }
}

/// Middle value; `None` of nothing.
pub(crate) fn median(values: &[f32]) -> Option<f32> {
    quantile(values, 0.5)
}

/// The value below which `share` of the values lie; `None` of nothing.
pub(crate) fn quantile(values: &[f32], share: f64) -> Option<f32> {
    if values.is_empty() {
        return None;
    }
    let mut sorted = values.to_vec();
    let index = ((sorted.len() - 1) as f64 * share.clamp(0.0, 1.0)).round() as usize;
    let (_, value, _) = sorted.select_nth_unstable_by(index, f32::total_cmp);
    Some(*value)
}
