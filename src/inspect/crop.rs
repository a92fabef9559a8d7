//! Solves the legal crop: does one exist inside this photo without enlarging and without inventing body?
//!
//! With scale s (output px a source px), head height above the eyes e and face width f, a crown row k and
//! an eye row q = k + s·e must stand in their bands, s·f in its own. That leaves an interval of s; inside
//! it the template of the standard chooses, and the edges of the photo may move the choice.

mod bands;
mod place;

use serde::{Deserialize, Serialize};

use crate::photo::Point;
use crate::standard::Standard;

use bands::Bands;

/// A crop in photo pixels and what it makes of the face in output pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CropSolution {
    /// Source rectangle in upright photo pixels (before turning by `angle`).
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    /// Clockwise turn of the rectangle about its centre, degrees; 0 unless the standard allows turning.
    pub angle: f32,
    /// Output pixels per source pixel.
    pub scale: f32,
    /// Crown row, eye row and face width in output pixels.
    pub crown_y: f32,
    pub eye_y: f32,
    pub face_width: f32,
}

/// The head as it stands in the photo, in photo pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Head {
    /// Midpoint of the eyes.
    pub eyes: Point,
    /// Top of the head including hair.
    pub crown: Point,
    pub chin: Point,
    /// Cheek to cheek.
    pub face_width_px: f64,
    /// Clockwise roll of the pupil line, degrees.
    pub roll_deg: f64,
}

/// Which edges of the photo the person runs into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touches {
    pub top: bool,
    pub left: bool,
    pub right: bool,
    pub bottom: bool,
}

/// Photo size in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub width_px: f64,
    pub height_px: f64,
}

/// Why the solved crop is not, or only barely, legal. Lengths are output pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CropFault {
    /// The top of the head is outside the photo.
    HeadCut,
    /// The frame needs this much below the photo's lower edge.
    BodyMissing { px: f64 },
    /// A shoulder ends at the photo's side inside the frame; this much is missing.
    ShoulderCut { px: f64 },
    /// Background is missing at a side and may not be added under this standard.
    SideMissing { px: f64 },
    /// Background is missing above the head and may not be added under this standard.
    TopMissing { px: f64 },
    /// The frame needs more pixels than the photo has.
    Enlarged { scale: f64 },
    /// No scale meets all bands: hair too tall or face too wide for them.
    NoLegalScale { eye_to_crown_per_face_width: f64 },
}

/// The best crop there is, and what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Solved {
    pub crop: CropSolution,
    /// Least and greatest legal scale; `None` when the bands contradict each other on this head.
    pub scale_range: Option<(f64, f64)>,
    pub faults: Vec<CropFault>,
}

/// The crop nearest to the standard's template that this photo allows.
pub fn solve(head: &Head, touches: Touches, frame: Frame, standard: &Standard) -> Solved {
    let bands = Bands::of(standard);
    let angle_deg = turn(head.roll_deg, standard);
    let level = Level::of(head, angle_deg);
    let scale_range = bands.scale_range(&level);
    let spot = place::choose(&bands, &level, scale_range, frame);
    let placed = place::shift_inside(&bands, &level, spot, touches, frame, standard.replace_background);
    let mut faults = place::faults(&bands, &level, &placed, touches, frame, standard.replace_background);
    if scale_range.is_none() {
        let ratio = level.eye_to_crown / level.face_width;
        faults.push(CropFault::NoLegalScale { eye_to_crown_per_face_width: ratio });
    }
    Solved { crop: placed.solution(&bands, &level), scale_range, faults }
}

/// The turn to apply: none unless the standard allows it, and never for what is level already.
fn turn(roll_deg: f64, standard: &Standard) -> f64 {
    let limits = standard.checks.get("roll").and_then(|limits| limits.bands.get("value"));
    let level_to = limits.and_then(|band| band.pass_max).unwrap_or(0.0);
    let turn_to = limits.and_then(|band| band.warn_max).unwrap_or(level_to);
    let may = standard.geometry.allow_rotate && roll_deg.abs() > level_to && roll_deg.abs() <= turn_to;
    if may { roll_deg } else { 0.0 }
}

/// The head after the turn: vertical distances from the eye line, in photo pixels.
#[derive(Clone, Copy, Debug)]
struct Level {
    eyes: Point,
    angle_deg: f64,
    eye_to_crown: f64,
    eye_to_chin: f64,
    face_width: f64,
}

impl Level {
    fn of(head: &Head, angle_deg: f64) -> Self {
        let crown = head.crown.rotated_about(head.eyes, -angle_deg as f32);
        let chin = head.chin.rotated_about(head.eyes, -angle_deg as f32);
        Self {
            eyes: head.eyes,
            angle_deg,
            eye_to_crown: f64::from(head.eyes.y - crown.y).max(1.0),
            eye_to_chin: f64::from(chin.y - head.eyes.y).max(1.0),
            face_width: head.face_width_px.max(1.0),
        }
    }

    fn head_height(&self) -> f64 {
        self.eye_to_crown + self.eye_to_chin
    }
}

#[cfg(test)]
mod tests;
