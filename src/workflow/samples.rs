//! A batch of drawn sitters, so that the desk can be tried without anybody's photo.

use std::path::{Path, PathBuf};

use super::desk::{Batch, NewBatch};
use super::intake::{ImportReport, import_photos};
use super::job::{Failure, Job, in_parallel};
use super::{Desk, DeskError};
use crate::photo::encode::{JpegTarget, encode_jpeg};
use crate::photo::units::Dpi;
use crate::sitter::demo::{DemoSitter, demo_sitters};
use crate::sitter::render;
use crate::standard::Catalogue;

const STANDARD: &str = "chsi_centre";
const LAYOUTS: [&str; 2] = ["1寸×8+2寸×4", "2寸×8"];

/// As a phone or camera would write the file.
const CAMERA_JPEG: JpegTarget = JpegTarget::of_quality(Dpi(72), 92);

/// A drawn sitter's photo, as the student would submit it.
pub struct SamplePhoto {
    pub path: PathBuf,
    /// As a collection code shows it: 吴*兰.
    pub masked_name: &'static str,
}

/// Opens a batch of its own and brings the drawn sitters in like any other photos. `folder` keeps the drawn files.
pub fn make_samples(desk: &Desk, folder: &Path, job: &Job) -> Result<(Batch, ImportReport), DeskError> {
    let photos = draw_samples(folder, job)?;
    let batch = desk.create_batch(sample_batch(&desk.standards)?)?;
    let files: Vec<PathBuf> = photos.iter().map(|photo| photo.path.clone()).collect();
    let report = import_photos(desk, &batch.code, &files, job)?;
    name(desk, &report.added, &photos)?;
    Ok((batch, report))
}

/// [`make_samples`] with the drawn files in a temporary folder.
pub fn make_samples_quietly(desk: &Desk, job: &Job) -> Result<(), DeskError> {
    let folder = tempfile::tempdir().map_err(|cause| io(Path::new("the temporary folder"), &cause))?;
    make_samples(desk, folder.path(), job).map(drop)
}

/// The batch of the drawn sitters.
pub fn sample_batch(standards: &Catalogue) -> Result<NewBatch, DeskError> {
    let standard = standards.get(STANDARD)?;
    let background = standard.backgrounds.first().map(|background| background.id.clone()).unwrap_or_default();
    Ok(NewBatch {
        code: None,
        school: "示范大学 Sample University".to_owned(),
        title: "示范批次 Sample batch".to_owned(),
        standard: standard.id.clone(),
        background,
        layouts: LAYOUTS.map(str::to_owned).to_vec(),
        max_attempts: 3,
    })
}

/// Draws every sitter into `folder`, which exists; gives the photos in queue order, fewer when `job` is cancelled.
pub fn draw_samples(folder: &Path, job: &Job) -> Result<Vec<SamplePhoto>, DeskError> {
    let sitters = demo_sitters();
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
    let photo = |sitter: &DemoSitter| SamplePhoto {
        path: folder.join(&sitter.file_name),
        masked_name: sitter.masked_name,
    };
    Ok(sitters.iter().take(drawn).map(photo).collect())
}

fn draw_one(sitter: &DemoSitter, path: &Path) -> Result<(), DeskError> {
    let portrait = render(&sitter.spec);
    let jpeg = encode_jpeg(&portrait.pixels, &CAMERA_JPEG).map_err(crate::retouch::RetouchError::from)?;
    std::fs::write(path, jpeg.bytes).map_err(|cause| io(path, &cause))
}

/// Gives the submissions the masked names a collection code would show.
fn name(desk: &Desk, submissions: &[String], photos: &[SamplePhoto]) -> Result<(), DeskError> {
    for id in submissions {
        let file_name = desk.file_name(id)?.unwrap_or_default();
        if let Some(photo) = photos.iter().find(|photo| photo.path.ends_with(&file_name)) {
            desk.store.write(|tx| tx.set_masked_name(id, photo.masked_name))?;
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
