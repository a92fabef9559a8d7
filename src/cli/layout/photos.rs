//! The photos a layout run prints: found on the disk, decoded, matched with their captions.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::short_name;
use crate::photo::file::read_limited;
use crate::photo::units::Dpi;
use crate::photo::{DecodeLimits, Photo, as_it_stands, decode, whole_as_it_stands};
use crate::print::pdf::{EmbeddedPhoto, pdf_jpeg};
use crate::print::sheet::SheetPhoto;
use crate::workflow::export::exported::{Exported, ExportedPhotos};

/// One photo in memory.
pub(super) struct Loaded {
    pub path: PathBuf,
    pub caption: Option<String>,
    /// An export wrote other bytes under this name.
    pub changed: bool,
    picture: Picture,
}

/// What stays the same for all photos of a run.
pub(super) struct Reading<'a> {
    pub purpose: Purpose,
    pub limits: DecodeLimits,
    pub captions: Option<&'a Captions>,
    /// Where the photos come from exports of the desk.
    pub exported: ExportedPhotos,
}

enum Picture {
    Decoded(Photo),
    /// A JPEG that a PDF embeds as it is.
    AsItStands {
        size: (u32, u32),
        jpeg: Vec<u8>,
    },
}

/// What the photos are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Pixels,
    /// Pages of this density that embed whole JPEGs.
    Pdf(Dpi),
}

impl Loaded {
    /// Reads and decodes one file; the error names the file, the cause and the remedy.
    pub fn read(path: &Path, reading: &Reading<'_>) -> Result<Self, String> {
        let Reading { purpose, limits, captions, exported } = reading;
        let bytes = read_limited(path, limits).map_err(|error| error.to_string())?;
        let caption = captions.and_then(|captions| captions.of(path)).map(String::from);
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let known =
            if *purpose == Purpose::Pixels { Exported::Unknown } else { exported.compare(path, &bytes) };
        let whole = match (purpose, known) {
            (Purpose::Pixels, _) => None,
            (Purpose::Pdf(_), Exported::Unchanged) => whole_as_it_stands(&bytes, limits),
            (Purpose::Pdf(_), Exported::Changed | Exported::Unknown) => as_it_stands(&bytes, limits),
        };
        let picture = match whole {
            Some(size) => Picture::AsItStands { size, jpeg: bytes },
            None => {
                let photo = decode(&bytes, limits).map_err(|error| failed(&error))?;
                match purpose {
                    Purpose::Pixels => Picture::Decoded(photo),
                    Purpose::Pdf(dpi) => {
                        let size = photo.pixels.dimensions();
                        let jpeg = pdf_jpeg(&photo, bytes, *dpi).map_err(|error| failed(&error))?;
                        Picture::AsItStands { size, jpeg }
                    }
                }
            }
        };
        Ok(Self { path: path.into(), caption, changed: known == Exported::Changed, picture })
    }

    /// The photo for a sheet of pixels; nothing when it was read for a PDF.
    pub fn sheet_photo(&self) -> Option<SheetPhoto<'_>> {
        let Picture::Decoded(photo) = &self.picture else { return None };
        Some(SheetPhoto { pixels: &photo.pixels, jpeg: None, caption: self.caption.as_deref() })
    }

    /// The photo for a page; nothing when it was read for its pixels.
    pub fn embedded(&self) -> Option<EmbeddedPhoto<'_>> {
        let Picture::AsItStands { size, jpeg } = &self.picture else { return None };
        Some(EmbeddedPhoto { size: *size, jpeg, caption: self.caption.as_deref() })
    }
}

/// The lines of text that go with photos, by file name with or without extension.
pub(super) struct Captions {
    lines: HashMap<String, String>,
}

impl Captions {
    /// Reads a CSV file with the columns `file` and `text`; the heading may be left out.
    pub fn read(path: &Path) -> Result<Self, String> {
        let fault = |cause: String| {
            format!("--captions {}: {cause}; save it as UTF-8 CSV with the columns file,text", path.display())
        };
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).from_path(path).map_err(|e| fault(e.to_string()))?;
        let mut lines = HashMap::new();
        for (index, record) in reader.records().enumerate() {
            let record = record.map_err(|error| fault(error.to_string()))?;
            let (Some(file), Some(text)) = (record.get(0), record.get(1)) else {
                return Err(fault(format!("line {} has one column only", index + 1)));
            };
            let file = file.trim_start_matches('\u{feff}').trim();
            if index > 0 || !file.eq_ignore_ascii_case("file") {
                lines.insert(file.to_owned(), text.trim().to_owned());
            }
        }
        Ok(Self { lines })
    }

    pub fn of(&self, path: &Path) -> Option<&str> {
        let stem = path.file_stem()?.to_string_lossy().into_owned();
        self.lines.get(&short_name(path)).or_else(|| self.lines.get(&stem)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captions(text: &str) -> Result<Captions, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("captions.csv");
        std::fs::write(&path, text).unwrap();
        Captions::read(&path)
    }

    #[test]
    fn captions_go_by_file_name_or_stem() {
        let captions = captions("\u{feff}file,text\n张三.jpg,高三2班 张三\n李四,高三2班 李四\n").unwrap();
        assert_eq!(captions.of(Path::new("/x/张三.jpg")), Some("高三2班 张三"));
        assert_eq!(captions.of(Path::new("李四.png")), Some("高三2班 李四"));
        assert_eq!(captions.of(Path::new("王五.png")), None);
    }

    #[test]
    fn a_missing_column_names_its_line() {
        let error = captions("a.jpg\nb.jpg\n").err().unwrap();
        assert!(error.contains("line 1 has one column only"), "{error}");
    }
}
