//! `photodesk compare A B`: same exposure? same person? with the scores.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Outcome;
use crate::identity::compare::{IdentityModels, Subject};
use crate::identity::descriptor_onnx::OnnxDescriber;
use crate::identity::{Answer, Comparison, FaceDescriber, IdentityLimits, compare};
use crate::inspect::face_onnx::OnnxFaceModel;
use crate::photo::file::read_limited;
use crate::photo::{DecodeLimits, decode};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The first photo.
    #[arg(value_name = "A")]
    one: PathBuf,
    /// The second photo.
    #[arg(value_name = "B")]
    other: PathBuf,
    /// Description of a face descriptor of your own, its network beside it.
    #[arg(long, value_name = "FILE")]
    descriptor: Option<PathBuf>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// The object of `--json`; the order of the fields is the order of the keys.
#[derive(Serialize)]
struct JsonLine {
    a: String,
    b: String,
    exposure: ExposureAnswer,
    person: PersonAnswer,
}

#[derive(Serialize)]
struct ExposureAnswer {
    answer: &'static str,
    /// Correlation of the aligned inner faces, -1..=1.
    score: f64,
    mirrored: bool,
}

#[derive(Serialize)]
struct PersonAnswer {
    answer: &'static str,
    /// Distance of the face descriptors, 0 for one picture.
    distance: f64,
}

/// Compares the sitters of two photos.
pub(super) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let face = OnnxFaceModel::embedded()?;
    let describer = OnnxDescriber::own_or_embedded(args.descriptor.as_deref())?;
    let models = IdentityModels { face: &face, describer: &describer };
    let limits = IdentityLimits::built_in()?;
    let (one, other) = (subject(&args.one, models), subject(&args.other, models));
    let (one, other) = match (one, other) {
        (Ok(one), Ok(other)) => (one, other),
        (one, other) => return Ok(refused(&[one.err(), other.err()])),
    };
    let found = compare(&one, &other);
    let (exposure, person) = (found.same_exposure(&limits), found.same_person(describer.limits()));
    if args.json {
        serde_json::to_writer(&mut *out, &line(args, &found, exposure, person))?;
        writeln!(out)?;
    } else {
        write_text(&found, exposure, person, out)?;
    }
    Ok(Outcome::Done)
}

/// The face of a file, or what is wrong with it.
pub(super) fn subject(file: &Path, models: IdentityModels<'_>) -> Result<Subject, String> {
    let limits = DecodeLimits::built_in().map_err(|error| error.to_string())?;
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let bytes = read_limited(file, &limits).map_err(|error| told(&error))?;
    let photo = decode(&bytes, &limits).map_err(|error| told(&error))?;
    let subject = Subject::of(&photo.pixels, models).map_err(|error| told(&error))?;
    subject.ok_or_else(|| told(&"no face was found; give a photo in which one face is plain to see"))
}

#[allow(clippy::print_stderr, reason = "errors of a verb go to standard error")]
fn refused(faults: &[Option<String>]) -> Outcome {
    for fault in faults.iter().flatten() {
        eprintln!("photodesk: {fault}");
    }
    Outcome::SomeFailed
}

fn line(args: &Args, found: &Comparison, exposure: Answer, person: Answer) -> JsonLine {
    JsonLine {
        a: args.one.to_string_lossy().into_owned(),
        b: args.other.to_string_lossy().into_owned(),
        exposure: ExposureAnswer {
            answer: word(exposure),
            score: found.exposure.score,
            mirrored: found.exposure.mirrored,
        },
        person: PersonAnswer { answer: word(person), distance: found.distance },
    }
}

fn write_text(
    found: &Comparison,
    exposure: Answer,
    person: Answer,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let mirrored = if found.exposure.mirrored { ", one mirrored" } else { "" };
    let score = found.exposure.score;
    writeln!(out, "exposure  {:<9} correlation {score:.3}{mirrored}", word(exposure))?;
    writeln!(out, "person    {:<9} distance {:.3}", word(person), found.distance)
}

fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Same => "same",
        Answer::Perhaps => "perhaps",
        Answer::Different => "different",
    }
}
