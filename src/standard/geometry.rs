//! Where the face must stand, in the unit the document uses, and its conversion to output pixels.

use serde::{Deserialize, Serialize};

use super::{Band, OutputSize};
use crate::photo::units::MM_PER_INCH;

/// Where the face must stand in the output picture, in output pixels; the crop solver reads the legal band
/// (`min`, `max`) and aims at `target`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Geometry {
    /// Unit of the lengths in the file; `px` in every loaded standard.
    #[serde(default)]
    pub unit: GeometryUnit,
    /// Top of hair to top edge.
    #[serde(default)]
    pub crown_y: TargetBand,
    /// Eye line to top edge.
    #[serde(default)]
    pub eye_y: TargetBand,
    /// Cheek to cheek.
    #[serde(default)]
    pub face_width: TargetBand,
    /// Crown to chin over picture height; a ratio in every unit.
    #[serde(default)]
    pub head_ratio: TargetBand,
    /// Chin to bottom edge.
    #[serde(default)]
    pub chin_from_bottom: TargetBand,
    /// True when a small turn may level the eyes.
    #[serde(default)]
    pub allow_rotate: bool,
    /// For documents that count the eye line from below; becomes `eye_y`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eye_from_bottom: Option<TargetBand>,
    /// For documents that give crown to chin as a length; becomes `head_ratio`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_height: Option<TargetBand>,
}

/// Unit of the lengths in a geometry table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GeometryUnit {
    /// Output pixels.
    #[default]
    Px,
    /// Millimetres on the print, at the output density.
    Mm,
    /// Share of the picture's height, or of its width for `face_width`.
    Ratio,
}

/// A legal band with the comfortable band inside it and the value to aim at. Absent ends are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetBand {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Below this the check warns, though still legal; `min` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_min: Option<f64>,
    /// Above this the check warns, though still legal; `max` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_max: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
}

impl Geometry {
    /// The same geometry with every length in output pixels, eyes counted from the top, the head as a ratio.
    pub fn in_pixels(&self, size: OutputSize) -> Self {
        let height = f64::from(size.height_px);
        let per_height = self.unit.px_per_unit(size, height);
        let per_width = self.unit.px_per_unit(size, f64::from(size.width_px));
        let eye_y = match self.eye_from_bottom {
            Some(band) => band.scaled(per_height).seen_from_other_edge(height),
            None => self.eye_y.scaled(per_height),
        };
        Self {
            unit: GeometryUnit::Px,
            crown_y: self.crown_y.scaled(per_height),
            eye_y,
            face_width: self.face_width.scaled(per_width),
            head_ratio: self.head_height.map_or(self.head_ratio, |band| band.scaled(per_height / height)),
            chin_from_bottom: self.chin_from_bottom.scaled(per_height),
            allow_rotate: self.allow_rotate,
            eye_from_bottom: None,
            head_height: None,
        }
    }
}

impl GeometryUnit {
    fn px_per_unit(self, size: OutputSize, side_px: f64) -> f64 {
        match self {
            Self::Px => 1.0,
            Self::Mm => f64::from(size.dpi.0) / MM_PER_INCH,
            Self::Ratio => side_px,
        }
    }
}

impl TargetBand {
    /// The limit a check holds its value against: legal ends warn, comfortable ends pass.
    pub fn limit(self) -> Band {
        Band {
            pass_min: self.pass_min.or(self.min),
            pass_max: self.pass_max.or(self.max),
            warn_min: self.min,
            warn_max: self.max,
        }
    }

    /// True when neither end is set, so that nothing can be judged by it.
    pub fn is_open(self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// Every figure times `factor`.
    pub(super) fn scaled(self, factor: f64) -> Self {
        self.map(|value| value * factor)
    }

    fn seen_from_other_edge(self, length: f64) -> Self {
        let turned = self.map(|value| length - value);
        Self {
            min: turned.max,
            max: turned.min,
            pass_min: turned.pass_max,
            pass_max: turned.pass_min,
            target: turned.target,
        }
    }

    fn map(self, change: impl Fn(f64) -> f64) -> Self {
        Self {
            min: self.min.map(&change),
            max: self.max.map(&change),
            pass_min: self.pass_min.map(&change),
            pass_max: self.pass_max.map(&change),
            target: self.target.map(&change),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::units::Dpi;

    const PRINT: OutputSize =
        OutputSize { width_px: 390, height_px: 567, dpi: Dpi(300), width_mm: None, height_mm: None };

    fn band(min: f64, max: f64) -> TargetBand {
        TargetBand { min: Some(min), max: Some(max), ..TargetBand::default() }
    }

    #[test]
    fn millimetres_become_pixels_at_the_output_density() {
        let geometry = Geometry { unit: GeometryUnit::Mm, crown_y: band(3.0, 5.0), ..Geometry::default() };
        let crown = geometry.in_pixels(PRINT).crown_y;
        assert!((crown.min.unwrap_or_default() - 35.433).abs() < 1e-3);
        assert!((crown.max.unwrap_or_default() - 59.055).abs() < 1e-3);
    }

    #[test]
    fn eyes_counted_from_below_turn_into_a_band_from_the_top() {
        let geometry = Geometry { eye_from_bottom: Some(band(300.0, 400.0)), ..Geometry::default() };
        let eye = geometry.in_pixels(PRINT).eye_y;
        assert_eq!((eye.min, eye.max), (Some(167.0), Some(267.0)));
    }

    #[test]
    fn a_head_height_becomes_a_share_of_the_picture() {
        let geometry = Geometry { head_height: Some(band(56.7, 283.5)), ..Geometry::default() };
        let head = geometry.in_pixels(PRINT).head_ratio;
        assert_eq!((head.min, head.max), (Some(0.1), Some(0.5)));
    }

    #[test]
    fn widths_given_as_a_share_refer_to_the_picture_width() {
        let geometry =
            Geometry { unit: GeometryUnit::Ratio, face_width: band(0.5, 0.75), ..Geometry::default() };
        assert_eq!(geometry.in_pixels(PRINT).face_width.min, Some(195.0));
    }

    #[test]
    fn converting_twice_changes_nothing() {
        let geometry = Geometry {
            unit: GeometryUnit::Mm,
            eye_from_bottom: Some(band(20.0, 30.0)),
            head_height: Some(band(28.0, 33.0)),
            ..Geometry::default()
        };
        let once = geometry.in_pixels(PRINT);
        assert_eq!(once.in_pixels(PRINT), once);
    }
}
