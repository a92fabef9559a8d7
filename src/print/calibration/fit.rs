//! Offset and scale from measured crosses by least squares, with what is left over, and refusal of what cannot be.

use super::page::crosses;
use super::{Axis, Calibration, Limits};
use crate::photo::units::Mm;
use crate::print::paper::Paper;

/// Where a cross of the page was found on the print, from the paper's left and upper edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Its number on the page, from 1.
    pub cross: usize,
    pub x_mm: f64,
    pub y_mm: f64,
}

/// What the measured crosses give.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    pub calibration: Calibration,
    /// Root of the mean square of what the crosses lie off after the fit, both axes together.
    pub residual_mm: f64,
    /// The cross that lies off most, and by how much.
    pub worst: (usize, f64),
}

/// Measurements that give no calibration. `code()` is stable; the text carries the remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CalibrationError {
    #[error("the page has the crosses 1 to {known}, not {cross}; read the number beside the cross")]
    UnknownCross { cross: usize, known: usize },
    #[error("cross {0} is measured twice; leave one of the two out")]
    Twice(usize),
    #[error("{measured} crosses are measured; at least {fewest} are needed")]
    TooFew { measured: usize, fewest: usize },
    #[error(
        "the measured crosses lie too close together to give a scale; measure some near each edge of the paper"
    )]
    TooClose,
    #[error(
        "cross {cross} lies {off_mm:.1} mm from where the others put it, {most_mm} mm are plausible; measure it again, in millimetres from the paper's left and upper edge"
    )]
    Outlier { cross: usize, off_mm: f64, most_mm: f64 },
    #[error(
        "an offset of {offset_mm:.1} mm is more than the {most_mm} mm that are plausible; see that the paper lies as the page says and measure again"
    )]
    Offset { offset_mm: f64, most_mm: f64 },
    #[error(
        "a scale of {percent:.1} % is implausible; print the page at actual size (no “fit to page”) and measure again"
    )]
    Scale { percent: f64 },
}

impl CalibrationError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCross { .. } => "unknown_cross",
            Self::Twice(_) => "cross_twice",
            Self::TooFew { .. } => "too_few_crosses",
            Self::TooClose => "crosses_too_close",
            Self::Outlier { .. } => "implausible_cross",
            Self::Offset { .. } => "implausible_offset",
            Self::Scale { .. } => "implausible_scale",
        }
    }
}

/// The offset and scale that bring the page's crosses nearest to where they were measured.
pub fn fit(
    paper: &Paper,
    unprintable: Mm,
    measured: &[Measured],
    limits: &Limits,
) -> Result<Fit, CalibrationError> {
    let known = crosses(paper, unprintable);
    let mut pairs: Vec<(&Measured, (f64, f64))> = Vec::new();
    for one in measured {
        let at = one.cross.checked_sub(1).and_then(|index| known.get(index));
        let at = at.ok_or(CalibrationError::UnknownCross { cross: one.cross, known: known.len() })?;
        if pairs.iter().any(|(other, _)| other.cross == one.cross) {
            return Err(CalibrationError::Twice(one.cross));
        }
        pairs.push((one, (at.0.mm(), at.1.mm())));
    }
    if pairs.len() < limits.fewest_crosses {
        return Err(CalibrationError::TooFew { measured: pairs.len(), fewest: limits.fewest_crosses });
    }
    let x = line(pairs.iter().map(|(one, at)| (at.0, one.x_mm)), paper.width.mm())?;
    let y = line(pairs.iter().map(|(one, at)| (at.1, one.y_mm)), paper.height.mm())?;
    let off = |(one, at): &(&Measured, (f64, f64))| {
        (one.x_mm - x.printed_mm(at.0)).hypot(one.y_mm - y.printed_mm(at.1))
    };
    let worst = pairs.iter().map(|pair| (pair.0.cross, off(pair))).max_by(|a, b| a.1.total_cmp(&b.1));
    let worst = worst.unwrap_or_default();
    let squares: f64 = pairs.iter().map(|pair| off(pair).powi(2)).sum();
    let fit =
        Fit { calibration: Calibration { x, y }, residual_mm: (squares / pairs.len() as f64).sqrt(), worst };
    fit.check(limits)?;
    Ok(fit)
}

impl Fit {
    fn check(&self, limits: &Limits) -> Result<(), CalibrationError> {
        let Calibration { x, y } = self.calibration;
        for axis in [x, y] {
            if is_beyond(axis.scale - 1.0, limits.largest_scale_error) {
                return Err(CalibrationError::Scale { percent: axis.scale * 100.0 });
            }
        }
        let (cross, off_mm) = self.worst;
        if is_beyond(off_mm, limits.largest_residual_mm) {
            return Err(CalibrationError::Outlier { cross, off_mm, most_mm: limits.largest_residual_mm });
        }
        for axis in [x, y] {
            if is_beyond(axis.offset_mm, limits.largest_offset_mm) {
                let most_mm = limits.largest_offset_mm;
                return Err(CalibrationError::Offset { offset_mm: axis.offset_mm, most_mm });
            }
        }
        Ok(())
    }
}

/// Further from zero than allowed, or no number at all.
fn is_beyond(value: f64, most: f64) -> bool {
    !value.is_finite() || value.abs() > most
}

/// The line through (sent, printed) with the least squares; the points must span half of the paper.
fn line(points: impl Iterator<Item = (f64, f64)> + Clone, side_mm: f64) -> Result<Axis, CalibrationError> {
    let count = points.clone().count() as f64;
    let mean = |pick: fn((f64, f64)) -> f64| points.clone().map(pick).sum::<f64>() / count;
    let (sent, printed) = (mean(|point| point.0), mean(|point| point.1));
    let (least, most) = points
        .clone()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), (at, _)| (least.min(at), most.max(at)));
    if most - least < side_mm / 2.0 {
        return Err(CalibrationError::TooClose);
    }
    let (across, square) = points.fold((0.0, 0.0), |(across, square), (x, y)| {
        (across + (x - sent) * (y - printed), square + (x - sent).powi(2))
    });
    let scale = across / square;
    Ok(Axis { offset_mm: printed - scale * sent, scale })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::{Papers, printer::Printers};

    const TRUE: Calibration =
        Calibration { x: Axis { offset_mm: 1.2, scale: 1.004 }, y: Axis { offset_mm: -0.7, scale: 0.996 } };

    fn paper() -> Paper {
        Papers::built_in().unwrap().find("6寸").unwrap().clone()
    }

    /// What a person with a rule and good eyes would read: rounded to a tenth of a millimetre.
    fn readings(numbers: &[usize]) -> Vec<Measured> {
        let at = crosses(&paper(), Mm::ZERO);
        let read = |mm: f64| (mm * 10.0).round() / 10.0;
        let one = |cross: &usize| {
            let (x, y) = at[cross - 1];
            let (x_mm, y_mm) = (read(TRUE.x.printed_mm(x.mm())), read(TRUE.y.printed_mm(y.mm())));
            Measured { cross: *cross, x_mm, y_mm }
        };
        numbers.iter().map(one).collect()
    }

    fn fitted(measured: &[Measured]) -> Result<Fit, CalibrationError> {
        fit(&paper(), Mm::ZERO, measured, Printers::built_in().unwrap().limits())
    }

    #[test]
    fn readings_with_a_rule_give_back_the_printer_to_a_tenth() {
        let fit = fitted(&readings(&[1, 2, 3, 4, 5, 6, 7, 8, 9])).unwrap();
        let Calibration { x, y } = fit.calibration;
        for (axis, truth, side) in [(x, TRUE.x, 152.4), (y, TRUE.y, 101.6)] {
            for at in [0.0, side / 2.0, side] {
                assert!((axis.printed_mm(at) - truth.printed_mm(at)).abs() < 0.1, "{axis:?} at {at}");
            }
        }
        assert!(fit.residual_mm < 0.15 && fit.worst.1 < 0.2, "{fit:?}");
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        let good = readings(&[1, 3, 7, 9, 5]);
        let with = |cross: usize, x_mm: f64| {
            let mut all = good.clone();
            all.iter_mut().filter(|one| one.cross == cross).for_each(|one| one.x_mm = x_mm);
            fitted(&all).unwrap_err()
        };
        assert_eq!(with(5, 80.0).code(), "implausible_cross");
        assert!(matches!(with(5, 80.0), CalibrationError::Outlier { cross: 5, .. }));
        assert_eq!(with(5, f64::NAN).code(), "implausible_scale");
        assert_eq!(fitted(&good[..3]).unwrap_err().code(), "too_few_crosses");
        assert_eq!(fitted(&readings(&[1, 2, 4, 5])).unwrap_err().code(), "crosses_too_close");
        assert_eq!(fitted(&readings(&[1, 1, 3, 7])).unwrap_err(), CalibrationError::Twice(1));
        let mut unknown = good.clone();
        unknown[0].cross = 10;
        assert_eq!(fitted(&unknown).unwrap_err().code(), "unknown_cross");
        let shrunk: Vec<Measured> = good
            .iter()
            .map(|one| Measured { x_mm: one.x_mm * 0.93, y_mm: one.y_mm * 0.93, ..*one })
            .collect();
        assert_eq!(fitted(&shrunk).unwrap_err().code(), "implausible_scale");
        let away: Vec<Measured> = good.iter().map(|one| Measured { x_mm: one.x_mm + 9.0, ..*one }).collect();
        assert_eq!(fitted(&away).unwrap_err().code(), "implausible_offset");
    }
}
