//! The numbers of the check before an export, as data.

use serde::Deserialize;

use super::data::{self, DataError};
use super::sheet::SheetFormat;

const FILE: &str = "assets/print/preflight.toml";

/// What is pointed at, and what is taken for granted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreflightRules {
    /// A piece printed with fewer dots an inch is pointed at.
    pub least_dpi: u32,
    /// A size that shows this part less of a photo is pointed at.
    pub most_cut_off: f64,
    /// Must stay free on the disk beyond what the export takes.
    pub least_spare_mib: u64,
    pub source: String,
    bytes: Bytes,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bytes {
    jpeg: f64,
    png: f64,
    tiff: f64,
    person: u64,
    #[serde(rename = "source")]
    _source: String,
}

impl PreflightRules {
    pub fn built_in() -> Result<Self, DataError> {
        data::parse(FILE, include_str!("../../assets/print/preflight.toml"))
    }

    /// About how many bytes an export takes; a PDF holds the photos themselves.
    pub fn bytes(
        &self,
        format: SheetFormat,
        sheets: usize,
        sheet_px: u64,
        people: usize,
        photo_bytes: u64,
    ) -> u64 {
        let a_pixel = match format {
            SheetFormat::Jpeg => self.bytes.jpeg,
            SheetFormat::Png => self.bytes.png,
            SheetFormat::Tiff => self.bytes.tiff,
            SheetFormat::Pdf => 0.0,
        };
        let on_sheets = match format {
            SheetFormat::Pdf => people as u64 * photo_bytes,
            _ => (sheets as f64 * sheet_px as f64 * a_pixel) as u64,
        };
        on_sheets + people as u64 * (photo_bytes + self.bytes.person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_jpeg_sheets_take_about_a_gigabyte() {
        let rules = PreflightRules::built_in().unwrap();
        let bytes = rules.bytes(SheetFormat::Jpeg, 1000, 1800 * 1200, 1000, 45_000);
        assert!((800_000_000..1_100_000_000).contains(&bytes), "{bytes}");
        assert!(rules.bytes(SheetFormat::Pdf, 1000, 1800 * 1200, 1000, 45_000) < 120_000_000);
    }
}
