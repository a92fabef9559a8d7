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
use net_onnx::beside_networks;

pub use crop::CropSolution;
pub use face::{FaceError, FaceMesh, FaceModel};
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
    /// The photo of the season nearest in exposure, when one is as near as to concern a person.
    #[serde(default)]
    pub twin: Option<Twin>,
    pub millis: u64,
}

/// Another photo that comes, or may come, from the same exposure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Twin {
    /// The submission it belongs to.
    pub submission: String,
    pub photo_sha256: String,
    /// Whose it is.
    pub relation: TwinRelation,
    /// Correlation of both inner faces, -1..=1.
    pub score: f64,
    /// One is the mirror image of the other.
    pub mirrored: bool,
    /// Its eyes in its own pixels, left and right as seen on screen.
    pub eyes: (Point, Point),
    /// The eyes of the photo whose report this is, likewise.
    pub own_eyes: (Point, Point),
}

/// Whose the other photo is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwinRelation {
    /// The same person sent it before.
    EarlierAttempt,
    /// It stands under another name.
    AnotherSubject,
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

/// A photo's report with the sitter's mesh, for whoever looks at the same face again.
#[derive(Clone, Debug)]
pub struct Examined {
    pub report: Report,
    /// `None` when no face was found.
    pub mesh: Option<FaceMesh>,
}

/// Runs the whole local initial check on one photo. `millis` is left 0: the caller holds the clock.
pub fn inspect(photo: &Photo, standard: &Standard, models: Models<'_>) -> Result<Report, FaceError> {
    Ok(examine(photo, standard, models)?.report)
}

/// As [`inspect`], and keeps the mesh.
pub fn examine(photo: &Photo, standard: &Standard, models: Models<'_>) -> Result<Examined, FaceError> {
    let (measures, mesh) = beside_networks(|| measure_with_mesh(photo, standard, models))?;
    let findings = checks::run_all(&Context { file: &photo.file, standard, measures: &measures });
    let report = Report {
        standard: format!("{}@{}", standard.id, standard.version),
        file: photo.file.clone(),
        width_px: photo.width_px(),
        height_px: photo.height_px(),
        verdict: worst(&findings),
        faces: measures.faces.iter().map(|face| face.rect).collect(),
        landmarks: landmarks(&measures),
        findings,
        crop: measures.solved.map(|solved| solved.crop),
        twin: None,
        millis: 0,
    };
    Ok(Examined { report, mesh })
}

impl Report {
    /// Adds a finding that needs more than the photo itself, such as another photo, as the standard takes it.
    pub fn add(&mut self, finding: Finding, standard: &Standard) {
        self.findings.extend(checks::by_severity(finding, standard));
        self.verdict = worst(&self.findings);
    }
}

/// The worst verdict; `unknown` counts as warn.
fn worst(findings: &[Finding]) -> Verdict {
    match findings.iter().map(|finding| finding.verdict).max() {
        None | Some(Verdict::Unknown) => Verdict::Warn,
        Some(verdict) => verdict,
    }
}

/// Every measure of one photo, before any limit is applied.
pub fn measure(photo: &Photo, standard: &Standard, models: Models<'_>) -> Result<Measures, FaceError> {
    Ok(measure_with_mesh(photo, standard, models)?.0)
}

fn measure_with_mesh(
    photo: &Photo,
    standard: &Standard,
    models: Models<'_>,
) -> Result<(Measures, Option<FaceMesh>), FaceError> {
    let faces = models.face.detect(&photo.pixels)?;
    let Some(sitter) = faces.first() else { return Ok((Measures::without_face(&photo.pixels), None)) };
    let mesh = models.face.mesh(&photo.pixels, sitter)?;
    let measures = Measures::of(&photo.pixels, faces, &mesh, models, standard)?;
    Ok((measures, Some(mesh)))
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
