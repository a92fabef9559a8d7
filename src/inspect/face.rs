//! A face as the models see it, and the trait behind which they stand.

use image::RgbImage;
use serde::{Deserialize, Serialize};

use crate::photo::{Point, Rect};

/// Number of points of the attention mesh, irises included.
pub const MESH_POINTS: usize = 478;

/// Size of the eye region [`FaceModel::glasses`] takes: 2.4 × 1.35 eye distances of 64 px.
pub const EYES_WIDTH_PX: u32 = 154;
pub const EYES_HEIGHT_PX: u32 = 86;
/// Size of the head [`FaceModel::head_covering`] takes: 3.4 × 3.1 eye distances of 32 px.
pub const HEAD_WIDTH_PX: u32 = 109;
pub const HEAD_HEIGHT_PX: u32 = 99;
/// Size of the piece beside the jaw [`FaceModel::earring`] takes: 1.0 × 1.6 eye distances of 64 px.
pub const EAR_WIDTH_PX: u32 = 64;
pub const EAR_HEIGHT_PX: u32 = 102;

/// A face box with its six key points, in photo pixels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetectedFace {
    pub rect: Rect,
    /// Detector's score, 0..=1.
    pub score: f32,
    /// Right eye, left eye (the person's), nose tip, mouth centre, right and left ear.
    pub key_points: [Point; 6],
}

/// A mesh point in photo pixels; `z` grows away from the camera, on the scale of x.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeshPoint {
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

impl MeshPoint {
    pub fn at(self) -> Point {
        Point::new(self.x, self.y)
    }
}

/// The 478 mesh points (468 face points refined at lids and lips, then 2 × 5 iris points).
#[derive(Clone, Debug)]
pub struct FaceMesh {
    pub points: Vec<MeshPoint>,
    /// The model's own belief that this is a face, 0..=1.
    pub presence: f32,
}

/// A model could not be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    #[error("the model {model} could not be loaded: {cause}; reinstall the program")]
    Load { model: String, cause: String },
    #[error("the model {model} failed on this picture: {cause}; report this with the program's version")]
    Run { model: String, cause: String },
    #[error(
        "the face descriptor {file} cannot be used: {cause}; describe it as docs/identity.md says, or take it away"
    )]
    Own { file: String, cause: String },
}

impl FaceError {
    /// What went wrong, without the advice.
    pub fn cause(&self) -> &str {
        match self {
            Self::Load { cause, .. } | Self::Run { cause, .. } | Self::Own { cause, .. } => cause,
        }
    }
}

/// Finds faces and their points.
pub trait FaceModel: Send + Sync {
    /// All faces in upright pixels, best first.
    fn detect(&self, pixels: &RgbImage) -> Result<Vec<DetectedFace>, FaceError>;

    /// The mesh of one detected face.
    fn mesh(&self, pixels: &RgbImage, face: &DetectedFace) -> Result<FaceMesh, FaceError>;

    /// Log odds that the upright eye region of [`EYES_WIDTH_PX`] × [`EYES_HEIGHT_PX`] shows glasses; `None` from a model that
    /// has not learned that.
    fn glasses(&self, _eyes: &RgbImage) -> Result<Option<f64>, FaceError> {
        Ok(None)
    }

    /// Log odds that something covers the head, likewise, of [`HEAD_WIDTH_PX`] × [`HEAD_HEIGHT_PX`].
    fn head_covering(&self, _head: &RgbImage) -> Result<Option<f64>, FaceError> {
        Ok(None)
    }

    /// Log odds that something hangs at the ear, likewise, of [`EAR_WIDTH_PX`] × [`EAR_HEIGHT_PX`] beside the right jaw.
    fn earring(&self, _ear: &RgbImage) -> Result<Option<f64>, FaceError> {
        Ok(None)
    }
}
