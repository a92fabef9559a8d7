//! `photodesk prepare`: photos to final electronic photos of a standard, without a desk.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::place::known_standards;
use super::{Outcome, ordered, wrong_use};
use crate::durable::write_shared;
use crate::inspect::face_onnx::OnnxFaceModel;
use crate::inspect::matte_onnx::SelfieMatte;
use crate::inspect::{CheckId, Finding, Models, Report, Verdict, inspect};
use crate::photo::file::read_limited;
use crate::photo::{DecodeLimits, decode};
use crate::retouch::matte_onnx::FineMatte;
use crate::retouch::prepare;
use crate::standard::{Background, Standard};
use crate::workflow::walk::photo_files;

/// The final electronic photos: legal crop, background replaced where the standard wants it, inside the KB band.
///
/// A photo without exactly one face or without a legal crop is refused and named; the run goes on.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Photos, or folders that are walked.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Id of the photo standard; `photodesk standards` lists them.
    #[arg(long, value_name = "ID")]
    standard: String,
    /// Folder for the final photos; made when it is absent.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Background of the standard, by id (default: its first).
    #[arg(long, value_name = "COLOUR")]
    background: Option<String>,
}

/// What every photo needs.
struct Bench<'a> {
    standard: &'a Standard,
    background: &'a Background,
    models: Models<'a>,
    fine: &'a FineMatte,
    limits: DecodeLimits,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let catalogue = known_standards()?;
    let standard = match catalogue.get(&args.standard) {
        Ok(standard) => standard,
        Err(error) => return wrong_use(&error),
    };
    let background = match background(standard, args.background.as_deref()) {
        Ok(background) => background,
        Err(error) => return wrong_use(&error),
    };
    let targets = targets(&photo_files(&args.paths), &args.out)?;
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("the folder {} could not be made; choose another", args.out.display()))?;
    let (face, matte, fine) = (OnnxFaceModel::embedded()?, SelfieMatte::embedded()?, FineMatte::embedded()?);
    let models = Models { face: &face, matte: &matte };
    let bench = Bench { standard, background, models, fine: &fine, limits: DecodeLimits::built_in()? };
    let mut refused = 0;
    ordered::for_each(
        &targets,
        ordered::all_cores(),
        |_, target| (target, bench.make(target)),
        |(Target { source, path }, made)| match made {
            Ok(done) => writeln!(out, "{} -> {} ({done})", source.display(), path.display()),
            Err(error) => {
                refused += 1;
                writeln!(out, "{} refused: {error:#}", source.display())
            }
        },
    )?;
    writeln!(out, "{} made, {refused} refused", targets.len() - refused)?;
    Ok(if refused == 0 { Outcome::Done } else { Outcome::SomeFailed })
}

impl Bench<'_> {
    /// Makes one final photo; says its size and quality.
    fn make(&self, target: &Target) -> anyhow::Result<String> {
        let bytes = read_limited(&target.source, &self.limits)?;
        let photo = decode(&bytes, &self.limits)?;
        let report = inspect(&photo, self.standard, self.models)?;
        let crop = legal_crop(&report)?;
        let made = prepare(&photo, &crop, self.standard, self.background, self.fine)?;
        write_shared(&target.path, &made.jpeg.bytes).with_context(|| {
            format!("{} could not be written; check the disk and its permissions", target.path.display())
        })?;
        let (width, height) = made.pixels.dimensions();
        Ok(format!(
            "{width}×{height}, {:.1} KB, quality {}",
            made.jpeg.bytes.len() as f64 / 1024.0,
            made.jpeg.quality
        ))
    }
}

fn background<'a>(standard: &'a Standard, id: Option<&str>) -> Result<&'a Background, String> {
    let wanted = |background: &&Background| id.is_none_or(|id| background.id == id);
    standard.backgrounds.iter().find(wanted).ok_or_else(|| {
        let known: Vec<&str> = standard.backgrounds.iter().map(|background| background.id.as_str()).collect();
        format!(
            "--background: {} has no background `{}`; it has {}",
            standard.id,
            id.unwrap_or(""),
            known.join(", ")
        )
    })
}

/// The crop, when the checks that guard it do not fail.
fn legal_crop(report: &Report) -> anyhow::Result<crate::inspect::CropSolution> {
    let guards = |finding: &&Finding| {
        matches!(finding.check, CheckId::OneFace | CheckId::CropFeasible) && finding.verdict == Verdict::Fail
    };
    if let Some(finding) = report.findings.iter().find(guards) {
        anyhow::bail!(
            "the check {} fails (reason {}); take the photo again as the reason's remedy says",
            finding.check.as_str(),
            finding.reason.as_deref().unwrap_or("-")
        );
    }
    report
        .crop
        .context("no legal crop was found; take the photo again with head and chest well inside the frame")
}

/// A photo and the place of its final photo.
struct Target {
    source: PathBuf,
    path: PathBuf,
}

/// Where each photo goes; two photos that would get one name are refused before anything is written.
fn targets(files: &[PathBuf], folder: &Path) -> anyhow::Result<Vec<Target>> {
    let mut taken: BTreeMap<String, &PathBuf> = BTreeMap::new();
    let mut targets = Vec::new();
    for source in files {
        let stem = source.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(first) = taken.insert(stem.to_lowercase(), source) {
            anyhow::bail!(
                "{} and {} would both become {stem}.jpg; rename one or prepare them into two folders",
                first.display(),
                source.display()
            );
        }
        targets.push(Target { source: source.clone(), path: folder.join(format!("{stem}.jpg")) });
    }
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_photos_of_one_name_are_refused_before_writing() {
        let files = [PathBuf::from("a/one.jpg"), PathBuf::from("b/ONE.png")];
        assert!(targets(&files, Path::new("out")).is_err_and(|error| error.to_string().contains("ONE.jpg")));
        assert!(targets(&files[..1], Path::new("out")).is_ok_and(|targets| targets.len() == 1));
    }
}
