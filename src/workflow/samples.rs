//! A batch of drawn sitters, so that the desk can be tried without anybody's photo.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::desk::{Batch, NewBatch};
use super::intake::{ImportReport, import_photos};
use super::job::{Failure, Job, in_parallel};
use super::{Desk, DeskError};
use crate::photo::encode::{JpegTarget, encode_jpeg};
use crate::photo::units::Dpi;
use crate::sitter::demo::{DemoSitter, demo_sitters};
use crate::sitter::render;

const STANDARD: &str = "chsi_centre";
const LAYOUTS: [&str; 2] = ["1寸×8+2寸×4", "2寸×8"];

/// As a phone or camera would write the file.
const CAMERA_JPEG: JpegTarget = JpegTarget {
    dpi: Dpi(72),
    min_bytes: None,
    max_bytes: None,
    min_quality: 90,
    max_quality: 92,
    embed_icc: false,
};

/// Opens a batch of its own and brings the drawn sitters in like any other photos. `folder` keeps the drawn files.
pub fn make_samples(desk: &Desk, folder: &Path, job: &Job) -> Result<(Batch, ImportReport), DeskError> {
    let sitters = demo_sitters();
    let files = draw(&sitters, folder, job)?;
    let batch = sample_batch(desk)?;
    let report = import_photos(desk, &batch.code, &files, job)?;
    name(desk, &report.added, &sitters)?;
    Ok((batch, report))
}

/// [`make_samples`] with the drawn files in a temporary folder.
pub fn make_samples_quietly(desk: &Desk, job: &Job) -> Result<(), DeskError> {
    let folder = tempfile::tempdir().map_err(|cause| io(Path::new("the temporary folder"), &cause))?;
    make_samples(desk, folder.path(), job).map(drop)
}

fn sample_batch(desk: &Desk) -> Result<Batch, DeskError> {
    let standard = desk.standards.get(STANDARD)?;
    let background = standard.backgrounds.first().map(|background| background.id.clone()).unwrap_or_default();
    desk.create_batch(NewBatch {
        code: None,
        school: "示范大学 Sample University".to_owned(),
        title: "示范批次 Sample batch".to_owned(),
        standard: standard.id.clone(),
        background,
        layouts: LAYOUTS.map(str::to_owned).to_vec(),
        max_attempts: 3,
    })
}

/// Draws every sitter into `folder`; gives the files in queue order.
fn draw(sitters: &[DemoSitter], folder: &Path, job: &Job) -> Result<Vec<PathBuf>, DeskError> {
    job.set_total(sitters.len());
    let mut waiting = sitters.iter();
    let failure = Failure::default();
    let next = || if job.is_cancelled() || failure.happened() { None } else { waiting.next() };
    in_parallel(next, |sitter| {
        failure.catch(draw_one(sitter, &folder.join(&sitter.file_name)));
        job.step();
    });
    let drawn = sitters.len() - waiting.len();
    failure.into_result()?;
    Ok(sitters.iter().take(drawn).map(|sitter| folder.join(&sitter.file_name)).collect())
}

fn draw_one(sitter: &DemoSitter, path: &Path) -> Result<(), DeskError> {
    let portrait = render(&sitter.spec);
    let jpeg = encode_jpeg(&portrait.pixels, &CAMERA_JPEG).map_err(crate::retouch::RetouchError::from)?;
    std::fs::write(path, jpeg.bytes).map_err(|cause| io(path, &cause))
}

/// Gives the submissions the masked names a collection code would show.
fn name(desk: &Desk, submissions: &[String], sitters: &[DemoSitter]) -> Result<(), DeskError> {
    let names: HashMap<&str, &str> =
        sitters.iter().map(|sitter| (sitter.file_name.as_str(), sitter.masked_name)).collect();
    for id in submissions {
        let file_name = desk.file_name(id)?.unwrap_or_default();
        if let Some(masked_name) = names.get(file_name.as_str()) {
            desk.store.write(|tx| tx.set_masked_name(id, masked_name))?;
        }
    }
    Ok(())
}

fn io(path: &Path, cause: &std::io::Error) -> DeskError {
    DeskError::Refused {
        code: "sample_file",
        message: format!(
            "{} cannot be written ({cause}); check that the disk is there and not full",
            path.display()
        ),
    }
}
