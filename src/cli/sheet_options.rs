//! The options that the verbs which write sheets have in common.

use clap::ValueEnum;

use crate::photo::units::Mm;
use crate::print::sheet::SheetFormat;

/// File kind of a sheet, as it is named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[value(alias = "jpg")]
    Jpeg,
    Png,
    #[value(alias = "tif")]
    Tiff,
    Pdf,
}

impl From<Format> for SheetFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Jpeg => Self::Jpeg,
            Format::Png => Self::Png,
            Format::Tiff => Self::Tiff,
            Format::Pdf => Self::Pdf,
        }
    }
}

/// Densities that printers know, in dots per inch.
pub(super) fn dpi(text: &str) -> Result<u32, String> {
    const RANGE: std::ops::RangeInclusive<u32> = 72..=1200;
    let dpi = text.trim().parse().ok().filter(|dpi| RANGE.contains(dpi));
    dpi.ok_or_else(|| {
        format!("a density from {} to {} dots per inch is expected", RANGE.start(), RANGE.end())
    })
}

/// A length on a sheet in millimetres.
pub(super) fn length(text: &str) -> Result<Mm, String> {
    const LONGEST_MM: f64 = 500.0;
    let mm = text.trim().parse::<f64>().ok().filter(|mm| (0.0..=LONGEST_MM).contains(mm));
    mm.map(Mm::from_mm).ok_or_else(|| format!("a length from 0 to {LONGEST_MM} mm is expected"))
}

/// Codes of spacings that are out of range: a wrong use, not a fault of the work.
pub(super) fn is_bad_spacing(code: &str) -> bool {
    matches!(code, "gap_out_of_range" | "margin_out_of_range")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_densities_out_of_range_are_refused() {
        assert_eq!(length("1.5"), Ok(Mm(15)));
        for wrong in ["-1", "501", "NaN", "inf", "one"] {
            assert!(length(wrong).is_err_and(|error| error.contains("0 to 500 mm")), "{wrong}");
        }
        assert_eq!(dpi("300"), Ok(300));
        assert!(dpi("71").is_err() && dpi("1201").is_err());
    }
}
