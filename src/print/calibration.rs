//! Where a printer really puts things: measured on the calibration page, fitted, and undone on every sheet.
//!
//! A printer puts what is sent at `x` to `offset + scale × x`, the same for `y`, both measured from the paper's left
//! and upper edge. A sheet is therefore sent at `(x − offset) ÷ scale`.

mod fit;
mod page;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use fit::{CalibrationError, Fit, Measured, fit};
pub use page::{CalibrationPage, PageWords, crosses};

/// Offset and scale on one axis.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    pub offset_mm: f64,
    pub scale: f64,
}

/// Offset and scale of a printer on one paper. The default is a printer that is true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    pub x: Axis,
    pub y: Axis,
}

/// Beyond these a measurement is taken for a mistake.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub fewest_crosses: usize,
    pub largest_offset_mm: f64,
    pub largest_scale_error: f64,
    pub largest_residual_mm: f64,
    pub source: String,
}

/// The calibrations of a desk, by printer and paper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Calibrations(BTreeMap<String, BTreeMap<String, KeptCalibration>>);

/// A calibration and what is known of its making.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptCalibration {
    pub calibration: Calibration,
    /// Root of the mean square of what the crosses lie off after the fit.
    pub residual_mm: f64,
    pub crosses: usize,
    /// Milliseconds since the Unix epoch.
    pub measured_at_ms: i64,
}

impl Default for Axis {
    fn default() -> Self {
        Self { offset_mm: 0.0, scale: 1.0 }
    }
}

impl Axis {
    /// Where a length from the paper's edge must be sent to end up there.
    pub fn sent_mm(self, wanted_mm: f64) -> f64 {
        (wanted_mm - self.offset_mm) / self.scale
    }

    /// Where what is sent ends up.
    pub fn printed_mm(self, sent_mm: f64) -> f64 {
        self.offset_mm + self.scale * sent_mm
    }
}

impl Calibrations {
    pub fn find(&self, printer: &str, paper: &str) -> Option<&KeptCalibration> {
        self.0.get(printer)?.get(paper)
    }

    pub fn keep(&mut self, printer: &str, paper: &str, kept: KeptCalibration) {
        self.0.entry(printer.to_owned()).or_default().insert(paper.to_owned(), kept);
    }

    /// Forgets one; false when there was none.
    pub fn forget(&mut self, printer: &str, paper: &str) -> bool {
        self.0.get_mut(printer).is_some_and(|papers| papers.remove(paper).is_some())
    }

    /// Whether every number can be used; a file may have been edited by hand.
    pub fn is_usable(&self) -> bool {
        let axes = self.0.values().flat_map(BTreeMap::values).flat_map(|kept| {
            let Calibration { x, y } = kept.calibration;
            [x, y]
        });
        axes.into_iter().all(|axis| axis.offset_mm.abs() < 100.0 && (0.5..2.0).contains(&axis.scale))
    }
}
