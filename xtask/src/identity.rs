//! Measures `compare`: edited copies of labelled portraits, all pairs of different ones, labelled pairs of persons.
//!
//! Nothing of a photo goes into the page but counts and rates.

mod edits;
mod page;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use image::RgbImage;
use photodesk::identity::compare::{IdentityModels, Subject};
use photodesk::identity::descriptor_onnx::OnnxDescriber;
use photodesk::identity::exposure::matched;
use photodesk::identity::exposure_hash::coefficients;
use photodesk::identity::{Answer, FaceDescriber, HashPair, IdentityLimits, compare};
use photodesk::inspect::face_onnx::OnnxFaceModel;
use photodesk::inspect::matte_onnx::SelfieMatte;
use photodesk::photo::{DecodeLimits, decode};

use crate::cores::on_all_cores;
use edits::EDITS;
use page::{Copies, Page, Persons, Strangers};

const USAGE: &str = "usage: cargo xtask identity DIR --pairs FILE --labels FILE --out PAGE.md [--descriptor FILE] [--medians FILE]";

struct Options {
    folder: PathBuf,
    pairs: PathBuf,
    labels: PathBuf,
    /// Description of another face descriptor than the program's.
    descriptor: Option<PathBuf>,
    out: PathBuf,
    /// Where to write the medians of the hash, and one line a comparison; never part of the repository.
    dump: Option<PathBuf>,
}

/// One portrait: as it is, and as each edit leaves it (`None` where no face was found any more).
struct Portrait {
    file: String,
    person: String,
    subject: Subject,
    copies: Vec<Option<Subject>>,
}

pub fn run(args: &[String]) -> Result<()> {
    let options = parse(args)?;
    let limits = IdentityLimits::built_in()?;
    let (face, matte) = (OnnxFaceModel::embedded()?, SelfieMatte::embedded()?);
    let describer = OnnxDescriber::own_or_embedded(options.descriptor.as_deref())?;
    let models = IdentityModels { face: &face, describer: &describer };
    let rows = rows(&options.labels, &["file", "identity", "faces"])?;
    let single: Vec<&Vec<String>> = rows.iter().filter(|row| row[2] == "1").collect();
    let portraits: Vec<Portrait> = on_all_cores(&single, |row| {
        let pixels = read(&options.folder, &row[0])?;
        let Some(subject) = Subject::of(&pixels, models)? else { return Ok(None) };
        let copies = EDITS.iter().map(|edit| Ok(Subject::of(&edit.of(&pixels, &matte)?, models)?));
        let copies = copies.collect::<Result<_>>()?;
        Ok(Some(Portrait { file: row[0].clone(), person: row[1].clone(), subject, copies }))
    })?
    .into_iter()
    .flatten()
    .collect();
    let pairs = self::rows(&options.pairs, &["file_a", "file_b", "same_person"])?;
    let mut lines = Vec::new();
    let page = Page {
        portraits: portraits.len(),
        copies: copies(&portraits, &limits, &mut lines),
        strangers: strangers(&portraits, &limits, &mut lines)?,
        persons: persons(&options.folder, &pairs, models)?,
        named: named(&portraits),
        limits: limits.clone(),
        person: describer.limits(),
        describer: describer.name().to_owned(),
    };
    if let Some(file) = &options.dump {
        let medians =
            medians(&portraits).map(|median| format!("{median:.3e}")).collect::<Vec<_>>().join(", ");
        std::fs::write(file, format!("{medians}\n{}", lines.join("\n")))?;
    }
    page.write(&options.out)
}

fn parse(args: &[String]) -> Result<Options> {
    let mut words = args.iter();
    let (mut folder, mut pairs, mut labels, mut out) = (None, None, None, None);
    let (mut descriptor, mut dump) = (None, None);
    while let Some(word) = words.next() {
        let mut value =
            || words.next().map(PathBuf::from).with_context(|| format!("{word} needs a value\n{USAGE}"));
        match word.as_str() {
            "--pairs" => pairs = Some(value()?),
            "--labels" => labels = Some(value()?),
            "--descriptor" => descriptor = Some(value()?),
            "--out" => out = Some(value()?),
            "--medians" => dump = Some(value()?),
            _ if word.starts_with("--") => bail!("{word} is not known\n{USAGE}"),
            _ => folder = Some(PathBuf::from(word)),
        }
    }
    let (Some(folder), Some(pairs), Some(labels), Some(out)) = (folder, pairs, labels, out) else {
        bail!("{USAGE}")
    };
    Ok(Options { folder, pairs, labels, descriptor, out, dump })
}

/// These columns of a CSV file.
fn rows(file: &Path, columns: &[&str]) -> Result<Vec<Vec<String>>> {
    let mut reader = csv::Reader::from_path(file).with_context(|| format!("{}", file.display()))?;
    let header = reader.headers()?.clone();
    let places = columns
        .iter()
        .map(|column| {
            header.iter().position(|name| name == *column).with_context(|| format!("no column {column}"))
        })
        .collect::<Result<Vec<usize>>>()?;
    reader
        .records()
        .map(|record| {
            let record = record?;
            Ok(places.iter().map(|place| record.get(*place).unwrap_or_default().to_owned()).collect())
        })
        .collect()
}

fn read(folder: &Path, file: &str) -> Result<RgbImage> {
    let path = folder.join(file);
    let bytes = std::fs::read(&path).with_context(|| format!("{}", path.display()))?;
    Ok(decode(&bytes, &DecodeLimits::built_in()?)?.pixels)
}

fn copies(portraits: &[Portrait], limits: &IdentityLimits, lines: &mut Vec<String>) -> Vec<Copies> {
    let mut of_edit: Vec<Copies> = EDITS.iter().map(|edit| Copies::new(edit.name)).collect();
    for portrait in portraits {
        let hashes = HashPair::of(portrait.subject.patch(), &limits.search);
        for (copy, counts) in portrait.copies.iter().zip(&mut of_edit) {
            let Some(copy) = copy else {
                counts.add_lost();
                lines.push(format!("C,{},{},lost", portrait.file, counts.name));
                continue;
            };
            let found = compare(copy, &portrait.subject);
            let bits = hashes.distance(HashPair::of(copy.patch(), &limits.search).upright);
            counts.add(&found, bits, limits);
            lines.push(format!(
                "C,{},{},{:.4},{},{:.3}",
                portrait.file, counts.name, found.exposure.score, bits, found.distance
            ));
        }
    }
    of_edit
}

/// Every pair of different portraits: none may be taken for one exposure.
fn strangers(portraits: &[Portrait], limits: &IdentityLimits, lines: &mut Vec<String>) -> Result<Strangers> {
    let all: Vec<usize> = (0..portraits.len()).collect();
    let scored = on_all_cores(&all, |one| {
        let one_patch = portraits[*one].subject.patch();
        let others = portraits.iter().skip(one + 1).map(|other| {
            let hashes = HashPair::of(one_patch, &limits.search);
            let bits = hashes.distance(HashPair::of(other.subject.patch(), &limits.search).upright);
            (&portraits[*one], other, matched(one_patch, other.subject.patch()), bits)
        });
        Ok(others.collect::<Vec<_>>())
    })?;
    let mut strangers = Strangers::default();
    for (one, other, found, bits) in scored.into_iter().flatten() {
        let same_person = !one.person.is_empty() && one.person == other.person;
        strangers.add(
            found.score,
            same_person,
            found.answer(limits) == Answer::Same,
            bits <= limits.search.radius,
        );
        if found.score > 0.6 || bits <= limits.search.radius {
            lines.push(format!("D,{},{},{same_person},{:.4},{bits}", one.file, other.file, found.score));
        }
    }
    Ok(strangers)
}

fn persons(folder: &Path, pairs: &[Vec<String>], models: IdentityModels<'_>) -> Result<Persons> {
    let mut files: Vec<&String> = pairs.iter().flat_map(|pair| &pair[..2]).collect();
    files.sort();
    files.dedup();
    let subjects = on_all_cores(&files, |file| Ok(Subject::of(&read(folder, file)?, models)?))?;
    let subjects: BTreeMap<&String, Option<Subject>> = files.into_iter().zip(subjects).collect();
    let mut persons = Persons::default();
    for pair in pairs {
        let of = |file: &String| subjects.get(file).and_then(Option::as_ref);
        match of(&pair[0]).zip(of(&pair[1])) {
            Some((one, other)) => persons.add(pair[2] == "1", compare(one, other).distance),
            None => persons.lost += 1,
        }
    }
    Ok(persons)
}

/// Every pair of portraits whose persons are known.
fn named(portraits: &[Portrait]) -> Persons {
    let known: Vec<&Portrait> = portraits.iter().filter(|portrait| !portrait.person.is_empty()).collect();
    let mut persons = Persons::default();
    for (place, one) in known.iter().enumerate() {
        for other in &known[place + 1..] {
            persons.add(one.person == other.person, one.subject.distance(&other.subject));
        }
    }
    persons
}

/// The middle of each coefficient over all portraits.
fn medians(portraits: &[Portrait]) -> impl Iterator<Item = f32> {
    let all: Vec<Vec<f32>> =
        portraits.iter().map(|portrait| coefficients(portrait.subject.patch())).collect();
    let count = all.first().map_or(0, Vec::len);
    (0..count).map(move |index| {
        let mut values: Vec<f32> = all.iter().map(|values| values[index]).collect();
        values.sort_by(f32::total_cmp);
        values[values.len() / 2]
    })
}
