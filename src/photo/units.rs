//! Millimetres, pixels and dots per inch, so that no length is ever a bare number.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Millimetres in one inch.
pub const MM_PER_INCH: f64 = 25.4;

/// A length on paper, kept exactly in tenths of a millimetre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "f64", into = "f64")]
pub struct Mm(pub i32);

/// Dots per inch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Dpi(pub u32);

impl Mm {
    pub const ZERO: Self = Self(0);

    /// From tenths of a millimetre.
    pub const fn from_tenths(tenths: i32) -> Self {
        Self(tenths)
    }

    /// From millimetres, rounded to the nearest tenth.
    pub fn from_mm(mm: f64) -> Self {
        Self((mm * 10.0).round() as i32)
    }

    pub fn mm(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    pub const fn tenths(self) -> i32 {
        self.0
    }

    /// This length in pixels at `dpi`, unrounded.
    pub fn px_exact(self, dpi: Dpi) -> f64 {
        self.mm() / MM_PER_INCH * f64::from(dpi.0)
    }

    /// This length in whole pixels at `dpi`, rounded to nearest.
    pub fn px(self, dpi: Dpi) -> u32 {
        self.px_exact(dpi).round().max(0.0) as u32
    }

    /// This length in PDF points (1/72 inch).
    pub fn points(self) -> f64 {
        self.mm() / MM_PER_INCH * 72.0
    }
}

impl From<f64> for Mm {
    fn from(mm: f64) -> Self {
        Self::from_mm(mm)
    }
}

impl From<Mm> for f64 {
    fn from(length: Mm) -> Self {
        length.mm()
    }
}

impl std::ops::Add for Mm {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for Mm {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl fmt::Display for Mm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 % 10 == 0 { write!(f, "{}", self.0 / 10) } else { write!(f, "{:.1}", self.mm()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_inch_photo_is_295_by_413_px_at_300_dpi() {
        assert_eq!((Mm::from_mm(25.0).px(Dpi(300)), Mm::from_mm(35.0).px(Dpi(300))), (295, 413));
    }

    #[test]
    fn whole_millimetres_are_shown_without_a_fraction() {
        assert_eq!(
            (Mm::from_mm(35.0).to_string(), Mm::from_mm(88.9).to_string()),
            ("35".into(), "88.9".into())
        );
    }
}
