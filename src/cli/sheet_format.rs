//! The option `--format` of the verbs that write sheets.

use clap::ValueEnum;

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
