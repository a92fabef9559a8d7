//! Measures the checks on labelled photos and writes the accuracy table as Markdown and JSON.
//!
//! Nothing of a photo goes into the table but counts and rates.

mod changed;
mod dump;
mod faces;
mod glasses;
mod labels;
mod questions;
mod rates;
mod sitters;
mod strengths;
mod table;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use photodesk::inspect::checks::{Context as CheckContext, run_all};
use photodesk::inspect::face_onnx::OnnxFaceModel;
use photodesk::inspect::matte_onnx::SelfieMatte;
use photodesk::inspect::measure::Measures;
use photodesk::inspect::{CheckId, Finding, Models, Verdict, measure};
use photodesk::photo::{DecodeLimits, Photo, decode};
use photodesk::standard::{Catalogue, Standard};

use crate::cores::on_all_cores;
use labels::Label;

const USAGE: &str = "usage: cargo xtask evaluate DIR --labels FILE [--standard ID] [--out docs/accuracy.md] [--dump FILE.csv] [--fit-glasses FILE.toml] [--faces DIR] [--sitters N]";
/// Forbids glasses, so that every delivered check speaks.
const DEFAULT_STANDARD: &str = "chsi_centre";

struct Options {
    folder: PathBuf,
    labels: PathBuf,
    standard: String,
    out: PathBuf,
    /// Raw measures for calibrating; never part of the repository.
    dump: Option<PathBuf>,
    /// Where to write newly fitted figures of the glasses model.
    fit_glasses: Option<PathBuf>,
    /// Where to write the faces for training outside, and how many drawn ones beside them; never part of the repository.
    faces: Option<PathBuf>,
    sitters: u64,
}

/// One labelled photo with what the program says about it.
pub struct Case {
    pub label: Label,
    pub measures: Measures,
    pub findings: Vec<Finding>,
}

pub fn run(args: &[String]) -> Result<()> {
    let options = parse(args)?;
    let catalogue = Catalogue::built_in()?;
    let standard = catalogue.get(&options.standard)?;
    let labels = labels::read(&options.labels)?;
    let (face, matte) = (OnnxFaceModel::embedded()?, SelfieMatte::embedded()?);
    let models = Models { face: &face, matte: &matte };
    let mut cases = on_all_cores(&labels, |label| examine(&options.folder, label, standard, models))?;
    cases.sort_by(|one, other| one.label.file.cmp(&other.label.file));
    if let Some(file) = &options.dump {
        dump::write(file, &cases)?;
    }
    if let Some(file) = &options.fit_glasses {
        glasses::fit(file, &cases)?;
    }
    if let Some(folder) = &options.faces {
        faces::write_photos(folder, &options.folder, &cases, models)?;
        return faces::write_sitters(folder, options.sitters, models);
    }
    let results = questions::answer(&cases);
    let changed = changed::answer(&options, &cases, standard, models)?;
    let sitters = sitters::answer(standard, models)?;
    let standard = format!("{} (version {})", standard.id, standard.version);
    table::write(&options.out, &results, &changed, &sitters, cases.len(), &standard)
}

fn parse(args: &[String]) -> Result<Options> {
    let mut words = args.iter();
    let (mut folder, mut labels, mut dump, mut fit_glasses) = (None, None, None, None);
    let (mut faces, mut sitters) = (None, 0);
    let (mut standard, mut out) = (DEFAULT_STANDARD.to_owned(), PathBuf::from("docs/accuracy.md"));
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value\n{USAGE}"));
        match word.as_str() {
            "--labels" => labels = Some(PathBuf::from(value()?)),
            "--standard" => standard = value()?.clone(),
            "--out" => out = PathBuf::from(value()?),
            "--dump" => dump = Some(PathBuf::from(value()?)),
            "--faces" => faces = Some(PathBuf::from(value()?)),
            "--sitters" => sitters = value()?.parse().context("--sitters wants a number")?,
            "--fit-glasses" => fit_glasses = Some(PathBuf::from(value()?)),
            _ if word.starts_with("--") => bail!("{word} is not known\n{USAGE}"),
            _ => folder = Some(PathBuf::from(word)),
        }
    }
    let (Some(folder), Some(labels)) = (folder, labels) else { bail!("{USAGE}") };
    Ok(Options { folder, labels, standard, out, dump, fit_glasses, faces, sitters })
}

fn examine(folder: &Path, label: &Label, standard: &Standard, models: Models<'_>) -> Result<Case> {
    let photo = read(folder, label)?;
    let measures = measure(&photo, standard, models)?;
    let findings = run_all(&CheckContext { file: &photo.file, standard, measures: &measures });
    Ok(Case { label: label.clone(), measures, findings })
}

/// What one check says of a photo.
fn verdict(photo: &Photo, check: CheckId, standard: &Standard, models: Models<'_>) -> Result<Verdict> {
    let measures = measure(photo, standard, models)?;
    let findings = run_all(&CheckContext { file: &photo.file, standard, measures: &measures });
    let finding = findings.iter().find(|finding| finding.check == check);
    Ok(finding.map_or(Verdict::Unknown, |finding| finding.verdict))
}

fn read(folder: &Path, label: &Label) -> Result<Photo> {
    let path = folder.join(&label.file);
    let bytes = std::fs::read(&path).with_context(|| format!("{} could not be read", path.display()))?;
    Ok(decode(&bytes, &DecodeLimits::built_in()?)?)
}
