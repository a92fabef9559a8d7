//! Mesh and frame of every face as JSON beside the picture it belongs to, for training outside; stays outside the
//! repository where the faces are those of people.

use std::path::Path;

use anyhow::{Context, Result};
use photodesk::inspect::Models;
use photodesk::photo::{DecodeLimits, decode};
use photodesk::sitter::{SitterSpec, render, vary};
use serde_json::json;

use super::Case;

/// Writes `NAME.json` for every photo that shows a face: its path, mesh and crop.
pub fn write_photos(out: &Path, photos: &Path, cases: &[Case], models: Models<'_>) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("{} could not be made", out.display()))?;
    for case in cases {
        let path = photos.join(&case.label.file);
        let Some(sitter) = case.measures.faces.first() else { continue };
        let pixels = decode(&std::fs::read(&path)?, &DecodeLimits::built_in()?)?.pixels;
        let mesh = models.face.mesh(&pixels, sitter)?;
        let points: Vec<[f32; 3]> = mesh.points.iter().map(|point| [point.x, point.y, point.z]).collect();
        let crop = case.measures.solved.as_ref().map(|solved| {
            let crop = &solved.crop;
            [crop.x, crop.y, crop.width, crop.height]
        });
        let box_of = |face: &photodesk::inspect::face::DetectedFace| {
            [face.rect.x, face.rect.y, face.rect.width, face.rect.height, face.score]
        };
        let record = json!({
            "file": case.label.file,
            "path": path,
            "width": pixels.width(),
            "faces": case.measures.faces.iter().map(box_of).collect::<Vec<_>>(),
            "key_points": sitter.key_points.map(|point| [point.x, point.y]),
            "mesh": points,
            "crop": crop,
            "crown": case.measures.crown.map(|point| [point.x, point.y]),
        });
        std::fs::write(out.join(name(&case.label.file)), serde_json::to_string(&record)?)?;
    }
    Ok(())
}

/// Draws `count` sitters without glasses and writes `sitter_N.png` and `sitter_N.json`; every second one is turned.
pub fn write_sitters(out: &Path, count: u64, models: Models<'_>) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("{} could not be made", out.display()))?;
    for seed in 0..count {
        let portrait = render(&posed(seed));
        let path = out.join(format!("sitter_{seed}.png"));
        let faces = models.face.detect(&portrait.pixels)?;
        let Some(sitter) = faces.first() else { continue };
        let mesh = models.face.mesh(&portrait.pixels, sitter)?;
        let points: Vec<[f32; 3]> = mesh.points.iter().map(|point| [point.x, point.y, point.z]).collect();
        let truth = &portrait.truth;
        let record = json!({
            "path": path,
            "mesh": points,
            "key_points": sitter.key_points.map(|point| [point.x, point.y]),
            "yaw": truth.yaw_degrees,
            "pitch": truth.pitch_degrees,
            "roll": truth.roll_degrees,
        });
        portrait.pixels.save(&path)?;
        std::fs::write(out.join(format!("sitter_{seed}.json")), serde_json::to_string(&record)?)?;
    }
    Ok(())
}

/// A varied sitter; the odd ones look anywhere within 35 degrees sideways, 28 up and down, 12 of tilt.
fn posed(seed: u64) -> SitterSpec {
    let mut spec = vary(seed);
    if seed % 2 == 1 {
        // Multiples of irrational numbers fill a range evenly, in an order that repeats nowhere.
        let spread = |step: f64, reach: f64| ((seed as f64 * step).fract() * 2.0 - 1.0) as f32 * reach as f32;
        spec.pose.yaw_degrees = spread(0.618_034, 35.0);
        spec.pose.pitch_degrees = spread(0.754_878, 28.0);
        spec.pose.roll_degrees = spread(0.569_840, 12.0);
    }
    spec
}

fn name(file: &str) -> String {
    format!("{}.json", file.replace('/', "_"))
}
