//! Pixels to a report: find the face, take every measure once, judge each check, solve the crop.

pub mod checks;
pub mod crop;
pub mod face;
pub mod face_onnx;
pub mod finding;
#[cfg(test)]
pub(crate) mod fixture;
pub mod matte;
pub mod matte_onnx;
pub mod measure;
pub(crate) mod net_onnx;
pub mod overlay;
pub(crate) mod warp;

use serde::{Deserialize, Serialize};

use crate::photo::{FileFacts, Photo, Point, Rect};
use crate::standard::Standard;

use checks::Context;
use measure::Measures;

pub use crop::CropSolution;
pub use face::{FaceError, FaceModel};
pub use finding::{CheckId, Evidence, Finding, Limit, Verdict};
pub use matte::{Matte, MatteModel};

/// Everything the local initial check says about one photo.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Id and version of the standard that was applied.
    pub standard: String,
    pub file: FileFacts,
    pub width_px: u32,
    pub height_px: u32,
    /// Worst verdict of all findings; `unknown` counts as warn.
    pub verdict: Verdict,
    /// Bounding boxes of all faces, the sitter's first.
    pub faces: Vec<Rect>,
    /// Main points of the sitter's face in photo pixels, when one was found.
    pub landmarks: Option<Landmarks>,
    pub findings: Vec<Finding>,
    /// The legal crop, when one exists (or the nearest, with its faults in the findings).
    pub crop: Option<CropSolution>,
    pub millis: u64,
}

/// The points the geometry checks rest on, in upright photo pixels. Left and right as seen on screen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landmarks {
    pub eye_left: Point,
    pub eye_right: Point,
    pub mouth: Point,
    pub chin: Point,
    /// Top of the head including hair.
    pub crown: Point,
    pub cheek_left: Point,
    pub cheek_right: Point,
}

/// The models an inspection needs.
#[derive(Clone, Copy)]
pub struct Models<'a> {
    pub face: &'a dyn FaceModel,
    pub matte: &'a dyn MatteModel,
}

/// Runs the whole local initial check on one photo. `millis` is left 0: the caller holds the clock.
pub fn inspect(photo: &Photo, standard: &Standard, models: Models<'_>) -> Result<Report, FaceError> {
    let measures = measure(photo, standard, models)?;
    let findings = checks::run_all(&Context { file: &photo.file, standard, measures: &measures });
    let verdict = findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Unknown);
    Ok(Report {
        standard: format!("{}@{}", standard.id, standard.version),
        file: photo.file.clone(),
        width_px: photo.width_px(),
        height_px: photo.height_px(),
        verdict: if verdict == Verdict::Unknown { Verdict::Warn } else { verdict },
        faces: measures.faces.iter().map(|face| face.rect).collect(),
        landmarks: landmarks(&measures),
        findings,
        crop: measures.solved.map(|solved| solved.crop),
        millis: 0,
    })
}

/// Every measure of one photo, before any limit is applied.
pub fn measure(photo: &Photo, standard: &Standard, models: Models<'_>) -> Result<Measures, FaceError> {
    let faces = models.face.detect(&photo.pixels)?;
    let Some(sitter) = faces.first() else { return Ok(Measures::without_face(&photo.pixels)) };
    let mesh = models.face.mesh(&photo.pixels, sitter)?;
    Measures::of(&photo.pixels, faces, &mesh, models, standard)
}

fn landmarks(measures: &Measures) -> Option<Landmarks> {
    let (face, crown) = (measures.geometry.as_ref()?, measures.crown?);
    Some(Landmarks {
        eye_left: face.eye_left,
        eye_right: face.eye_right,
        mouth: face.mouth,
        chin: face.chin,
        crown,
        cheek_left: face.cheek_left,
        cheek_right: face.cheek_right,
    })
}
