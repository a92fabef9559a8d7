//! The geometry bands of a standard as the solver reads them, in output pixels.

use crate::standard::{Standard, TargetBand};

use super::Level;

/// A band with its aim and the distance from the aim that counts as one unit of cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    pub min: f64,
    pub max: f64,
    /// `None` where the standard leaves the value open.
    pub target: Option<f64>,
    pub unit: f64,
}

impl Aim {
    /// One unit of cost is a quarter of the band; of the aim itself where an end is open.
    fn of(band: &TargetBand) -> Self {
        let min = band.min.unwrap_or(f64::NEG_INFINITY);
        let max = band.max.unwrap_or(f64::INFINITY);
        let closed = min.is_finite() && max.is_finite();
        let target = band.target.or(closed.then_some((min + max) / 2.0));
        let width = if closed { max - min } else { target.unwrap_or(1.0).abs() };
        Self { min, max, target, unit: (width / 4.0).max(1e-6) }
    }
}

/// What the solver needs of a standard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bands {
    pub width: f64,
    pub height: f64,
    pub crown: Aim,
    pub eyes: Aim,
    pub face_width: Aim,
    /// Crown to chin over picture height.
    pub head: Aim,
    /// Least and greatest room below the chin, output px.
    pub below_chin: (f64, f64),
    /// Sideways shift of the eyes from the middle that passes, and that is tolerated, output pixels.
    pub centre_pass: f64,
    pub centre_warn: f64,
    /// Greatest scale that does not enlarge.
    pub scale_pass: f64,
}

impl Bands {
    pub fn of(standard: &Standard) -> Self {
        let geometry = &standard.geometry;
        let width = f64::from(standard.size.width_px);
        let (centre_pass, centre_warn) = upper_ends(standard, "centre", "value", 0.0);
        let (scale_pass, _) = upper_ends(standard, "resolution", "scale", 1.0);
        Self {
            width,
            height: f64::from(standard.size.height_px),
            crown: Aim::of(&geometry.crown_y),
            eyes: Aim::of(&geometry.eye_y),
            face_width: Aim::of(&geometry.face_width),
            head: Aim::of(&geometry.head_ratio),
            below_chin: (
                geometry.chin_from_bottom.min.unwrap_or(f64::NEG_INFINITY),
                geometry.chin_from_bottom.max.unwrap_or(f64::INFINITY),
            ),
            centre_pass: centre_pass * width,
            centre_warn: centre_warn * width,
            scale_pass,
        }
    }

    /// Least and greatest scale that meets every band for some crown row.
    pub fn scale_range(&self, level: &Level) -> Option<(f64, f64)> {
        let (face_min, face_max) = self.face_scales(level);
        let span_min = (self.eyes.min - self.crown.max) / level.eye_to_crown;
        let span_max = (self.eyes.max - self.crown.min) / level.eye_to_crown;
        let low = face_min.max(span_min).max(1e-6);
        let high = face_max.min(span_max);
        (low <= high).then_some((low, high))
    }

    /// Scales at which face width and head height are legal, whatever the rows.
    pub fn face_scales(&self, level: &Level) -> (f64, f64) {
        let head = level.head_height() / self.height;
        let low = (self.face_width.min / level.face_width).max(self.head.min / head);
        let high = (self.face_width.max / level.face_width).min(self.head.max / head);
        (low.max(1e-6), high)
    }

    /// Squared distance of a scale from the template, in units; and its minimum as numerator and weight.
    pub fn scale_terms(&self, level: &Level) -> Vec<(f64, f64, f64)> {
        let span = self.span_target().map(|target| (level.eye_to_crown, target, self.eyes_unit()));
        let face = self.face_width.target.map(|target| (level.face_width, target, self.face_width.unit));
        let head = self.head.target.map(|target| {
            let px = self.height;
            (level.head_height(), target * px, self.head.unit * px)
        });
        [span, face, head].into_iter().flatten().collect()
    }

    /// Eye row minus crown row the template aims at.
    pub fn span_target(&self) -> Option<f64> {
        Some(self.eyes.target? - self.crown.target?)
    }

    /// Output pixels that count as one unit of cost for rows.
    pub fn eyes_unit(&self) -> f64 {
        self.eyes.unit
    }

    /// The scale nearest to the template, before any limit.
    pub fn best_scale(&self, level: &Level) -> Option<f64> {
        let terms = self.scale_terms(level);
        let weight: f64 = terms.iter().map(|(size, _, unit)| (size / unit).powi(2)).sum();
        let pull: f64 = terms.iter().map(|(size, target, unit)| size * target / (unit * unit)).sum();
        (weight > 0.0).then(|| pull / weight)
    }

    /// The crown row for a scale: what the span is off its target is shared by crown and eyes, inside
    /// both bands; where the bands contradict each other the eyes win.
    pub fn crown_row(&self, level: &Level, scale: f64) -> f64 {
        let span = scale * level.eye_to_crown;
        let wish = match (self.crown.target, self.eyes.target) {
            (Some(crown), Some(eyes)) => crown + (eyes - crown - span) / 2.0,
            (Some(crown), None) => crown,
            (None, Some(eyes)) => eyes - span,
            (None, None) => (self.height - scale * level.head_height()) / 3.0,
        };
        let inside_crown = wish.max(self.crown.min).min(self.crown.max);
        inside_crown.max(self.eyes.min - span).min(self.eyes.max - span)
    }
}

/// Upper ends (pass, warn) of a check's band, `fallback` where the standard sets none.
fn upper_ends(standard: &Standard, check: &str, band: &str, fallback: f64) -> (f64, f64) {
    let band = standard.checks.get(check).and_then(|limits| limits.bands.get(band));
    let pass = band.and_then(|band| band.pass_max).unwrap_or(fallback);
    (pass, band.and_then(|band| band.warn_max).unwrap_or(pass))
}
