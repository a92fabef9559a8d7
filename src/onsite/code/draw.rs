//! A QR code as modules to be drawn on paper or screen.

use qrcode::{Color, EcLevel, QrCode};

/// Blank modules a reader needs around a code (ISO/IEC 18004).
pub const QUIET_MODULES: usize = 4;

/// A square of dark and light modules, without the blank border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modules {
    pub width: usize,
    is_dark: Vec<bool>,
}

impl Modules {
    /// The code of a text, with a quarter of its area allowed to be damaged. `None` when the text is too long.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::Q).ok()?;
        let is_dark = code.to_colors().into_iter().map(|colour| colour == Color::Dark).collect();
        Some(Self { width: code.width(), is_dark })
    }

    /// Dark modules, row by row.
    pub fn dark(&self) -> &[bool] {
        &self.is_dark
    }

    /// Light beyond the square.
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.width && self.is_dark.get(row * self.width + column) == Some(&true)
    }
}
