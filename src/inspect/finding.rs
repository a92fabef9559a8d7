//! One check's outcome: verdict, value, limit, confidence and where on the photo it can be seen.

use serde::{Deserialize, Serialize};

use crate::photo::{Point, Rect};

/// Names of the checks, spelled as in every output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckId {
    File,
    Resolution,
    OneFace,
    CropFeasible,
    Centre,
    EyeHeight,
    CrownMargin,
    FaceWidth,
    HeadSize,
    Roll,
    Yaw,
    Pitch,
    EyesOpen,
    Gaze,
    MouthClosed,
    Ears,
    HairOcclusion,
    Shoulders,
    BackgroundUniform,
    BackgroundShadow,
    BackgroundColour,
    BackgroundObjects,
    Halo,
    Glasses,
    Sunglasses,
    Glare,
    HeadCovering,
    Jewellery,
    ClothingContrast,
    ClothingKind,
    Exposure,
    EvenLight,
    Highlights,
    RedEye,
    Sharpness,
    Compression,
    ColourCast,
    Metadata,
    Recapture,
    Retouch,
    Mirror,
    Reuse,
    FaceMatch,
}

impl CheckId {
    /// The snake_case word used in JSON, standards and locale keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Resolution => "resolution",
            Self::OneFace => "one_face",
            Self::CropFeasible => "crop_feasible",
            Self::Centre => "centre",
            Self::EyeHeight => "eye_height",
            Self::CrownMargin => "crown_margin",
            Self::FaceWidth => "face_width",
            Self::HeadSize => "head_size",
            Self::Roll => "roll",
            Self::Yaw => "yaw",
            Self::Pitch => "pitch",
            Self::EyesOpen => "eyes_open",
            Self::Gaze => "gaze",
            Self::MouthClosed => "mouth_closed",
            Self::Ears => "ears",
            Self::HairOcclusion => "hair_occlusion",
            Self::Shoulders => "shoulders",
            Self::BackgroundUniform => "background_uniform",
            Self::BackgroundShadow => "background_shadow",
            Self::BackgroundColour => "background_colour",
            Self::BackgroundObjects => "background_objects",
            Self::Halo => "halo",
            Self::Glasses => "glasses",
            Self::Sunglasses => "sunglasses",
            Self::Glare => "glare",
            Self::HeadCovering => "head_covering",
            Self::Jewellery => "jewellery",
            Self::ClothingContrast => "clothing_contrast",
            Self::ClothingKind => "clothing_kind",
            Self::Exposure => "exposure",
            Self::EvenLight => "even_light",
            Self::Highlights => "highlights",
            Self::RedEye => "red_eye",
            Self::Sharpness => "sharpness",
            Self::Compression => "compression",
            Self::ColourCast => "colour_cast",
            Self::Metadata => "metadata",
            Self::Recapture => "recapture",
            Self::Retouch => "retouch",
            Self::Mirror => "mirror",
            Self::Reuse => "reuse",
            Self::FaceMatch => "face_match",
        }
    }
}

/// How a check ended. Unknown is never a silent pass: it goes to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    Unknown,
    Warn,
    Fail,
}

/// The bands a value was held against, in the finding's unit; `None` is an open end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// Inside this band the check passes.
    pub pass: (Option<f64>, Option<f64>),
    /// Outside `pass` but inside this band the check warns; outside both it fails.
    pub warn: (Option<f64>, Option<f64>),
}

/// Where on the upright photo the finding can be seen, in photo pixels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    Point {
        label: String,
        at: Point,
    },
    Line {
        label: String,
        from: Point,
        to: Point,
    },
    Box {
        label: String,
        rect: Rect,
    },
    Curve {
        label: String,
        points: Vec<Point>,
        closed: bool,
    },
    /// An open line whose places differ: beside each point its strength, 0 as if nothing were there to 1 clear.
    Contour {
        label: String,
        points: Vec<Point>,
        strengths: Vec<f32>,
    },
    /// A coarse map over the whole photo: `columns` × `rows` values in 0..=1, row by row.
    Heat {
        label: String,
        columns: u32,
        rows: u32,
        values: Vec<f32>,
    },
}

impl Evidence {
    pub fn point(label: &str, at: Point) -> Self {
        Self::Point { label: label.to_owned(), at }
    }

    pub fn line(label: &str, from: Point, to: Point) -> Self {
        Self::Line { label: label.to_owned(), from, to }
    }

    pub fn rect(label: &str, rect: Rect) -> Self {
        Self::Box { label: label.to_owned(), rect }
    }

    pub fn outline(label: &str, points: Vec<Point>) -> Self {
        Self::Curve { label: label.to_owned(), points, closed: true }
    }
}

/// One check's outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub check: CheckId,
    pub verdict: Verdict,
    /// The measured value; absent when it could not be measured.
    pub value: Option<f64>,
    /// Unit of value and limit: `px`, `%`, `deg`, `ratio`, `dE00`, `L*`, `KB`, `faces`, `probability` …
    pub unit: String,
    pub limit: Option<Limit>,
    /// How sure the check is of its verdict, 0..=1.
    pub confidence: f64,
    /// Code of the rejection reason this finding suggests (`G01` …), when it does not pass.
    pub reason: Option<String>,
    pub evidence: Vec<Evidence>,
}
