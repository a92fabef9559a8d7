//! Solves the legal crop: does one exist inside this photo without enlarging and without inventing body?

use serde::{Deserialize, Serialize};

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
