//! A whole batch by the real command: from approved to sheets, electronic photos, roster, ticket and states, killed twice
//! on the way; then its PDF, as poppler draws it, against its JPEG sheets.
//!
//! `PHOTODESK_WHOLE_BATCH=500 cargo test --test whole_batch -- --nocapture` runs it at full size. Poppler and qpdf must be
//! there (`cargo xtask setup`).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop and say what it did"
)]

mod common;
#[path = "common/crowd.rs"]
mod crowd;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use common::{Folder, open_desk};
use crowd::start_export;
use image::RgbImage;
use photodesk::submission::{QueueFilter, State};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How many people; more for a run at full size.
const PEOPLE: &str = "PHOTODESK_WHOLE_BATCH";
const PEOPLE_IN_THE_SUITE: usize = 12;
const SITTERS: usize = 3;
const PIECES: u64 = 12;
const PATIENCE: Duration = Duration::from_secs(300);

#[test]
fn a_batch_killed_twice_ends_with_everything_for_everybody() {
    let people =
        std::env::var(PEOPLE).ok().and_then(|people| people.parse().ok()).unwrap_or(PEOPLE_IN_THE_SUITE);
    let folder = Folder::new();
    crowd::seed(&folder.store(), people, if people > PEOPLE_IN_THE_SUITE { usize::MAX } else { SITTERS });
    let out = folder.path().join("out");
    let began = Instant::now();
    for share in [3, 2] {
        kill_after_files(folder.path(), &out, people * 2 / share);
        assert_eq!(in_production(&folder), BTreeSet::new(), "no state is ahead of its files");
        drop(open_desk(folder.path()));
        assert_eq!(exports(&out), Vec::<PathBuf>::new(), "what was cut off is taken back");
    }
    let ended = start_export(folder.path(), &out, &["--format", "jpeg", "--zip"]).wait().unwrap();
    assert!(ended.success());
    println!("{people} people, two kills: {:.1} s", began.elapsed().as_secs_f64());

    let [place] = exports(&out).try_into().unwrap();
    let sheets = everything_is_there(&place, people);
    let everybody: BTreeSet<String> = sheets.keys().cloned().collect();
    assert_eq!(in_production(&folder), everybody);
    tool("qpdf", &["--check"], &place.join("ticket.pdf"));
    folder.desk().verify_journal().unwrap();

    let pdf_out = folder.path().join("pdf");
    let ids: Vec<&str> = everybody.iter().map(String::as_str).collect();
    let ended = start_export(folder.path(), &pdf_out, &["--format", "pdf", "--reprint", &ids.join(",")])
        .wait()
        .unwrap();
    assert!(ended.success());
    let [pdf_place] = exports(&pdf_out).try_into().unwrap();
    pages_are_the_sheets(&pdf_place, &sheets);
}

/// The real command on this desk.
fn kill_after_files(desk: &Path, out: &Path, files: usize) {
    let mut child = start_export(desk, out, &["--format", "jpeg", "--zip"]);
    let began = Instant::now();
    while walkdir::WalkDir::new(out).into_iter().flatten().filter(|e| e.file_type().is_file()).count() < files
    {
        assert!(began.elapsed() < PATIENCE, "no {files} files came");
        assert!(child.try_wait().unwrap().is_none(), "the export ended before it was killed");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(exports(out).iter().all(|place| is_hidden(place)), "nothing is published before it is whole");
}

fn in_production(folder: &Folder) -> BTreeSet<String> {
    let filter = QueueFilter { state: Some(State::InProduction), ..QueueFilter::default() };
    folder.store().queue(&filter).unwrap().into_iter().map(|item| item.submission).collect()
}

/// The folders of exports, hidden ones too.
fn exports(out: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(out).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn is_hidden(place: &Path) -> bool {
    place.file_name().unwrap().to_string_lossy().starts_with('.')
}

fn manifest(place: &Path) -> Value {
    serde_json::from_slice(&fs::read(place.join("manifest.json")).unwrap()).unwrap()
}

/// Counts everything against the manifest, and the manifest against the disk; gives everybody's sheet.
fn everything_is_there(place: &Path, people: usize) -> BTreeMap<String, PathBuf> {
    let manifest = manifest(place);
    let mut left: BTreeMap<String, String> = BTreeMap::new();
    for entry in manifest["files"].as_array().unwrap() {
        let (path, sha256) = (entry["path"].as_str().unwrap(), entry["sha256"].as_str().unwrap());
        let bytes = fs::read(place.join(path)).unwrap();
        assert_eq!(sha256, hex::encode(Sha256::digest(&bytes)), "{path}");
        left.insert(path.to_owned(), sha256.to_owned());
    }
    let mut sheets = BTreeMap::new();
    for person in manifest["people"].as_array().unwrap() {
        let id = person["submission"].as_str().unwrap();
        assert_eq!(person["pieces"], PIECES, "{id}");
        for kind in ["photo", "sheet"] {
            assert!(left.remove(person[kind].as_str().unwrap()).is_some(), "{kind} of {id}");
        }
        let sheet = place.join(person["sheet"].as_str().unwrap());
        assert!(sheets.insert(id.to_owned(), sheet).is_none(), "{id} is there twice");
    }
    assert_eq!(sheets.len(), people);
    let others: Vec<&str> = left.keys().map(String::as_str).collect();
    assert_eq!(others, ["photos.zip", "roster.csv", "roster.xlsx", "ticket.pdf"]);
    let roster = fs::read_to_string(place.join("roster.csv")).unwrap();
    assert_eq!(roster.lines().count(), people + 1, "the heading and a line for everybody");
    sheets
}

/// Every page as poppler draws it is the sheet of the same person.
fn pages_are_the_sheets(place: &Path, sheets: &BTreeMap<String, PathBuf>) {
    let manifest = manifest(place);
    let pdf = place.join("sheets/sheets.pdf");
    tool("qpdf", &["--check"], &pdf);
    let (mut pages, mut farthest) = (BTreeSet::new(), 0.0_f64);
    for person in manifest["people"].as_array().unwrap() {
        let (id, page) =
            (person["submission"].as_str().unwrap(), person["page"].as_u64().unwrap().to_string());
        let drawn = tool("pdftoppm", &["-r", "300", "-png", "-f", &page, "-l", &page], &pdf);
        let drawn = image::load_from_memory(&drawn).unwrap().to_rgb8();
        let sheet = image::open(&sheets[id]).unwrap().to_rgb8();
        let off = distance(&drawn, &sheet);
        assert!(off < 1.5, "page {page} is {off:.2} levels off the sheet of {id}");
        farthest = farthest.max(off);
        pages.insert(page);
    }
    assert_eq!(pages.len(), sheets.len());
    println!("{} pages, {farthest:.2} levels off their sheets at most", pages.len());
}

/// The mean distance of means over 4 × 4 pixels: poppler lays edges of pictures on whole pixels, one beside at most.
fn distance(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let small = |picture: &RgbImage| {
        let (width, height) = (picture.width() as usize / 4, picture.height() as usize / 4);
        let mut sums = vec![0_u32; width * height * 3];
        for (y, line) in
            picture.as_raw().chunks_exact(picture.width() as usize * 3).take(height * 4).enumerate()
        {
            for (at, level) in line.iter().take(width * 12).enumerate() {
                sums[(y / 4 * width + at / 12) * 3 + at % 3] += u32::from(*level);
            }
        }
        sums
    };
    let (one, other) = (small(one), small(other));
    let off: u64 = one.iter().zip(&other).map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
    off as f64 / 16.0 / one.len() as f64
}

/// What a program says on its standard output; its failure is the test's.
fn tool(name: &str, args: &[&str], file: &Path) -> Vec<u8> {
    let run = Command::new(name).args(args).arg(file).output();
    let run = run.unwrap_or_else(|error| panic!("{name} is not there ({error}); run `cargo xtask setup`"));
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{name} {args:?} {}: {said}", file.display());
    run.stdout
}
