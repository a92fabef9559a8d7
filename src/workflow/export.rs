//! Print sheets of a batch's approved photos: planned, previewed, written, read back and reconciled.

use std::path::PathBuf;

use super::job::Job;
use super::{Desk, DeskError};
use crate::photo::units::{Dpi, Mm};

/// File kind of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetFormat {
    Jpeg,
    Png,
    Tiff,
    Pdf,
}

/// What to export and how.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportRequest {
    pub batch: String,
    /// Layout expression.
    pub layout: String,
    /// Paper name.
    pub paper: String,
    pub dpi: Dpi,
    pub gap: Mm,
    pub margin: Mm,
    pub format: SheetFormat,
    pub cut_marks: bool,
    pub out: PathBuf,
}

/// Something that stands in the way, with its fix.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub submission: Option<String>,
    pub message: String,
    pub remedy: String,
}

/// What an export will write.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportPlan {
    pub people: usize,
    pub pieces: usize,
    pub sheets: usize,
    pub problems: Vec<Problem>,
}

/// What an export wrote, counted again from the disk.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportReport {
    pub job: String,
    pub people: usize,
    pub pieces: usize,
    pub sheets: usize,
    /// Planned minus found; zero when all reconciles.
    pub difference: usize,
    pub files: Vec<PathBuf>,
    pub manifest: PathBuf,
    pub cancelled: bool,
}

/// Counts and problems, before anything is written.
pub fn plan(_desk: &Desk, _request: &ExportRequest) -> Result<ExportPlan, DeskError> {
    todo!()
}

/// The real sheet of the `index`-th person, as pixels at the request's density.
pub fn preview(_desk: &Desk, _request: &ExportRequest, _index: usize) -> Result<image::RgbImage, DeskError> {
    todo!()
}

/// Writes all sheets and final photos, verifies them and moves the states.
pub fn run(_desk: &Desk, _request: &ExportRequest, _job: &Job) -> Result<ExportReport, DeskError> {
    todo!()
}
