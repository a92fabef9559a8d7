//! `photodesk check`: the local initial check, one line a photo.

mod output;

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;

use super::compare::subject;
use super::memory::keep_freed_blocks;
use super::place::known_standards;
use super::{Outcome, ordered, wrong_use};
use crate::identity::compare::{IdentityModels, Subject};
use crate::identity::descriptor_onnx::OnnxDescriber;
use crate::identity::{FaceDescriber, IdentityLimits, compare, findings};
use crate::inspect::face_onnx::OnnxFaceModel;
use crate::inspect::matte_onnx::SelfieMatte;
use crate::inspect::{Examined, FaceError, FaceMesh, FaceModel, Models, Report, Verdict, examine, overlay};
use crate::photo::file::read_limited;
use crate::photo::{DecodeLimits, Photo, decode};
use crate::standard::Standard;
use crate::workflow::walk::photo_files;
use output::{Failure, Line};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Photos, or folders that are walked.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Id of the photo standard; `photodesk standards` lists them.
    #[arg(long, value_name = "ID", default_value = "chsi_2017")]
    standard: String,
    /// Another photo of the person, such as the admission photo: is it the same exposure, the same person?
    #[arg(long, value_name = "PHOTO")]
    reference: Option<PathBuf>,
    /// Description of a face descriptor of your own for the reference, its network beside it.
    #[arg(long, value_name = "FILE", requires = "reference")]
    descriptor: Option<PathBuf>,
    /// One JSON object a line per photo.
    #[arg(long)]
    json: bool,
    /// Also draw the evidence on a copy of each photo into this folder.
    #[arg(long, value_name = "DIR")]
    overlay: Option<PathBuf>,
    /// Photos checked at the same time (default: one a processor core).
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

/// What every photo needs.
struct Bench<'a> {
    standard: &'a Standard,
    models: Models<'a>,
    limits: DecodeLimits,
    reference: Option<Reference<'a>>,
    overlay: Option<&'a Path>,
}

/// The photo that every photo is compared with.
struct Reference<'a> {
    subject: Subject,
    describer: &'a OnnxDescriber,
    limits: IdentityLimits,
}

/// Checks every photo; lines come in the order of the paths, each as soon as those before it are done.
pub(super) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    keep_freed_blocks();
    let catalogue = known_standards()?;
    let standard = match catalogue.get(&args.standard) {
        Ok(standard) => standard,
        Err(error) => return wrong_use(&error),
    };
    if let Some(folder) = &args.overlay {
        let made = std::fs::create_dir_all(folder);
        made.with_context(|| format!("the folder {} could not be made; choose another", folder.display()))?;
    }
    let (face, matte) = (OnnxFaceModel::embedded()?, SelfieMatte::embedded()?);
    let models = Models { face: &face, matte: &matte };
    let limits = DecodeLimits::built_in()?;
    let describer = || OnnxDescriber::own_or_embedded(args.descriptor.as_deref());
    let describer = args.reference.is_some().then(describer).transpose()?;
    let reference = match (&args.reference, &describer) {
        (Some(file), Some(describer)) => Some(Reference::read(file, &face, describer)?),
        _ => None,
    };
    let bench = Bench { standard, models, limits, reference, overlay: args.overlay.as_deref() };
    let files = photo_files(&args.paths);
    let jobs = args.jobs.map_or_else(ordered::all_cores, NonZeroUsize::get);
    let mut all_pass = true;
    ordered::for_each(
        &files,
        jobs,
        |number, file| bench.line(number, file),
        |line| {
            all_pass &= line.verdict() == Some(Verdict::Pass);
            if args.json { line.write_json(out) } else { line.write_text(out) }
        },
    )?;
    Ok(if all_pass { Outcome::Done } else { Outcome::SomeFailed })
}

impl Bench<'_> {
    /// The line of one file, whatever the file is.
    fn line(&self, number: usize, file: &Path) -> Line {
        let start = Instant::now();
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.check(number, file)));
        let checked = checked.unwrap_or_else(|_| Err(Failure::internal()));
        Line::new(file, checked, start.elapsed())
    }

    fn check(&self, number: usize, file: &Path) -> Result<Report, Failure> {
        let bytes = read_limited(file, &self.limits).map_err(|error| Failure::new(error.code(), &error))?;
        let photo =
            decode(&bytes, &self.limits).map_err(|error| Failure::new(error.code(), &error).of(&bytes))?;
        drop(bytes);
        let model = |error: FaceError| Failure::new("model", &error);
        let Examined { mut report, mesh } = examine(&photo, self.standard, self.models).map_err(model)?;
        if let Some(reference) = &self.reference {
            reference.compare(&photo, mesh.as_ref(), self.standard, &mut report).map_err(model)?;
        }
        if let Some(folder) = self.overlay {
            draw(folder, number, file, &photo, &report)?;
        }
        Ok(report)
    }
}

impl<'a> Reference<'a> {
    fn read(file: &Path, face: &'a dyn FaceModel, describer: &'a OnnxDescriber) -> anyhow::Result<Self> {
        let models = IdentityModels { face, describer };
        let subject = subject(file, models).map_err(anyhow::Error::msg).context("the reference photo")?;
        Ok(Self { subject, describer, limits: IdentityLimits::built_in()? })
    }

    /// Adds what the photo has in common with the reference to its report.
    fn compare(
        &self,
        photo: &Photo,
        mesh: Option<&FaceMesh>,
        standard: &Standard,
        report: &mut Report,
    ) -> Result<(), FaceError> {
        let subject = match mesh {
            Some(mesh) => Subject::of_mesh(&photo.pixels, mesh, self.describer)?,
            None => None,
        };
        let found = subject.map(|subject| compare(&self.subject, &subject));
        let face = report.faces.first().copied();
        let exposure = found.as_ref().map(|found| found.exposure);
        report.add(findings::reuse(exposure, face, &self.limits), standard);
        let mirror = exposure.and_then(|found| findings::mirror(found, face, &self.limits, standard));
        mirror.into_iter().for_each(|finding| report.add(finding, standard));
        let person = found.map(|found| (found.distance, self.describer.limits()));
        report.add(findings::face_match(person, face), standard);
        Ok(())
    }
}

/// `NUMBER-NAME.png` in the overlay folder; the number keeps photos of one name apart.
fn draw(folder: &Path, number: usize, file: &Path, photo: &Photo, report: &Report) -> Result<(), Failure> {
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let target = folder.join(format!("{:04}-{name}.png", number + 1));
    let failed = |error: image::ImageError| {
        Failure::new("overlay", &format!("{} could not be written: {error}", target.display()))
    };
    overlay::draw(&photo.pixels, report).save(&target).map_err(failed)
}
