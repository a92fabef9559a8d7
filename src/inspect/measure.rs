//! Every number the checks judge, taken once from photo, faces, mesh and matte.

pub mod background;
pub mod bare_skin;
pub mod blocks;
pub mod clothing;
pub mod covering;
pub mod crown;
pub mod earrings;
pub mod eyes;
mod forehead;
pub mod former;
mod fourier;
pub mod garment;
pub mod geometry;
pub mod glasses;
pub mod halo;
mod head_skin;
pub mod irises;
pub mod light;
pub mod lips;
pub mod mouth;
pub mod outline;
pub mod patch;
pub mod pattern;
pub(crate) mod points;
pub mod pose;
pub mod scene;
pub mod sharpness;
pub mod shoulders;
pub(crate) mod sides;
pub mod smoothing;
mod texels;
mod working;

use image::RgbImage;

use crate::photo::{Point, Rect};
use crate::standard::Standard;

use super::Models;
use super::crop::{Frame, Head, Solved, Touches, solve};
use super::face::{DetectedFace, FaceMesh};
use super::{FaceError, Matte};
use background::BackgroundLook;
use bare_skin::BareSkin;
use blocks::Blocks;
use clothing::Clothing;
use covering::HeadCovering;
use earrings::Earrings;
use eyes::Eyes;
use former::Former;
use garment::Garment;
pub use geometry::FaceGeometry;
use glasses::Glasses;
use halo::Halo;
use head_skin::HeadSkin;
use irises::Irises;
use light::FaceLight;
use lips::Lips;
use mouth::Mouth;
use outline::Outline;
use pattern::Pattern;
use pose::Pose;
use scene::SceneLight;
use sharpness::Sharpness;
use shoulders::Shoulders;
use smoothing::Smoothing;
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
    pub scene: Option<SceneLight>,
    pub sharpness: Option<Sharpness>,
    pub background: Option<BackgroundLook>,
    pub irises: Option<Irises>,
    pub shoulders: Option<Shoulders>,
    pub clothing: Option<Clothing>,
    /// Against the standard's first background; empty where there is no person or no background.
    pub outline: Outline,
    pub covering: Option<HeadCovering>,
    pub earrings: Option<Earrings>,
    pub bare_skin: Option<BareSkin>,
    pub blocks: Option<Blocks>,
    pub former: Option<Former>,
    pub pattern: Option<Pattern>,
    pub halo: Option<Halo>,
    pub garment: Option<Garment>,
    pub smoothing: Option<Smoothing>,
    pub lips: Option<Lips>,
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
            scene: None,
            sharpness: None,
            background: None,
            irises: None,
            shoulders: None,
            clothing: None,
            outline: Outline::default(),
            covering: None,
            earrings: None,
            bare_skin: None,
            blocks: None,
            former: None,
            pattern: None,
            halo: None,
            garment: None,
            smoothing: None,
            lips: None,
        }
    }

    /// Takes every measure of the sitter, who is the first of `faces`. The matte is made of the working copy.
    pub fn of(
        pixels: &RgbImage,
        faces: Vec<DetectedFace>,
        mesh: &FaceMesh,
        models: Models<'_>,
        standard: &Standard,
    ) -> Result<Self, FaceError> {
        let nothing = Self { faces, presence: f64::from(mesh.presence), ..Self::without_face(pixels) };
        let Some(geometry) = FaceGeometry::of(mesh) else { return Ok(nothing) };
        let working = WorkingCopy::around(pixels, &geometry.axes());
        let matte = models.matte.matte(&working.pixels)?.resized_to(&working.pixels);
        let axes = working.axes(&geometry.axes());
        let face = WorkingCopy::of_face(pixels, &geometry.axes());
        let face_axes = face.axes(&geometry.axes());
        let crown = crown::find(&matte, &axes);
        let touches = touches(&working, &matte, &geometry, crown);
        let crown = crown.map(|point| working.to_photo(point));
        let solved = crown.map(|crown| solve(&head(&geometry, crown), touches, nothing.frame, standard));
        let region = background_region(&working, solved.as_ref());
        let photo_axes = geometry.axes();
        let head = HeadSkin::of(&working.pixels, &axes, mesh, &photo_axes);
        let forehead = head
            .as_ref()
            .and_then(|head| forehead::bare_share(head, &working.pixels, &axes, mesh, &photo_axes));
        Ok(Self {
            crown,
            touches,
            pose: Pose::of(mesh, &geometry, nothing.faces.first()),
            eyes: Eyes::of(mesh, &geometry),
            mouth: Mouth::of(&face.pixels, &face_axes, mesh, &geometry),
            glasses: Glasses::of(&face.pixels, &face_axes, &geometry, models.face)?,
            light: FaceLight::of(&working.pixels, &axes, mesh, &geometry),
            scene: SceneLight::of(&working.pixels, &matte),
            sharpness: Sharpness::of(&face.pixels, &face_axes),
            background: BackgroundLook::of(&working.pixels, &matte, &axes, region, &standard.backgrounds)
                .map(|look| look.in_photo(&working)),
            irises: Irises::of(&face.pixels, &face_axes, mesh, &geometry),
            shoulders: Shoulders::of(&matte, &axes).map(|shoulders| shoulders.in_photo(&working)),
            clothing: standard.backgrounds.first().and_then(|target| {
                Clothing::of(&working.pixels, &matte, &axes, &geometry, target.rgb)
                    .map(|clothing| clothing.in_photo(&working))
            }),
            outline: standard.backgrounds.first().map_or_else(Outline::default, |target| {
                Outline::of(&working.pixels, &matte, &axes, target.rgb).in_photo(&working)
            }),
            covering: HeadCovering::of(&working.pixels, &axes, &photo_axes, forehead, models.face)?,
            earrings: Earrings::of(pixels, &photo_axes, models.face)?,
            bare_skin: head
                .as_ref()
                .and_then(|head| BareSkin::of(head, &working.pixels, &matte, &axes, mesh, &photo_axes)),
            blocks: Blocks::of(pixels, geometry.eyes),
            former: Some(Former::of(pixels, &photo_axes)),
            halo: Halo::of(&working.pixels, &matte, &axes).map(|halo| halo.in_photo(&working)),
            garment: Garment::of(&working.pixels, &matte, &axes, &geometry)
                .map(|garment| garment.in_photo(&working)),
            smoothing: Smoothing::of(&face.pixels, &face_axes),
            lips: Lips::of(&face.pixels, &face_axes, mesh, &photo_axes),
            pattern: Pattern::of(pixels, geometry.eyes.midpoint(geometry.mouth)),
            geometry: Some(geometry),
            solved,
            ..nothing
        })
    }
}

/// Shoulders are looked for down to here below the chin, in eye distances.
const SHOULDERS_IED: f64 = 3.0;

fn touches(working: &WorkingCopy, matte: &Matte, geometry: &FaceGeometry, crown: Option<Point>) -> Touches {
    let Some(crown) = crown else { return Touches::default() };
    let chin_row = f64::from(working.to_copy(geometry.chin).y);
    let lowest = chin_row + SHOULDERS_IED * geometry.ied_px * working.scale;
    crown::touches(matte, crown, lowest, working.photo_edges)
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
            let corner = working.to_copy(Point::new(crop.x, crop.y));
            Rect::new(corner.x, corner.y, crop.width * scale, crop.height * scale)
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
