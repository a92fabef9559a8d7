//! An export that is killed at any moment: no half file under a final name, nobody missing or doubled, and no
//! state ahead of its files.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop and say what it did"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{BATCH, Folder, Random, add_approved, open_desk};
use image::{Rgb, RgbImage};
use photodesk::photo::encode::{JpegSetting, Subsampling, encode_jpeg_at};
use photodesk::photo::units::Dpi;
use photodesk::store::Store;
use photodesk::submission::{QueueFilter, State};
use photodesk::workflow::export::{ExportRequest, run};
use photodesk::workflow::job::Job;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Names the folder to the process that is to be killed.
const FOLDER: &str = "PHOTODESK_EXPORT_CRASH_TEST_FOLDER";
/// How often the export is killed; more for a long run.
const KILLS: &str = "PHOTODESK_EXPORT_KILLS";
const KILLS_IN_THE_SUITE: u32 = 40;
const PATIENCE: Duration = Duration::from_secs(120);
const PEOPLE: usize = 8;
const PIECES: usize = 12;

#[test]
fn an_export_killed_at_any_moment_loses_and_doubles_nobody() {
    let centre = Centre::new();
    let kills = std::env::var(KILLS).ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS_IN_THE_SUITE);
    let mut random = Random::new();
    let whole = centre.time_of_a_whole_export();
    let mut cut_off = 0;
    for round in 0..kills {
        let expected = centre.top_up(PEOPLE);
        let after = whole.mul_f64((random.next() % 1200) as f64 / 1000.0);
        let place = format!("round {round}, seed {}, killed after {after:?} of {whole:?}", random.seed);
        centre.run_and_kill(after);
        cut_off += usize::from(!centre.unfinished().is_empty());
        centre.verify(&expected, &place);
        // The desk finishes or takes back what was cut off.
        drop(open_desk(centre.folder.path()));
        assert_eq!(centre.unfinished(), Vec::<PathBuf>::new(), "{place}");
        centre.verify(&expected, &place);
    }
    assert!(cut_off > 0, "no kill met an export on its way; {kills} kills, {whole:?} an export");
    println!("{kills} kills, {cut_off} of them with files on their way");
    centre.finish();
}

#[test]
fn a_batch_of_500_killed_twice_reconciles() {
    let centre = Centre::new();
    let expected = centre.top_up(500);
    let mut random = Random::new();
    for kill in 0..2 {
        let sheets = 10 + (random.next() % 400) as usize;
        centre.kill_after_sheets(sheets);
        let place = format!("kill {kill} after {sheets} sheets, seed {}", random.seed);
        assert!(!centre.unfinished().is_empty(), "{place}: the export must have been on its way");
        centre.verify(&expected, &place);
        drop(open_desk(centre.folder.path()));
        centre.verify(&expected, &place);
    }
    centre.finish();
    assert_eq!(centre.exported().len(), expected.len());
}

/// Not a test by itself: the desk that the tests above kill.
#[test]
fn desk_that_exports_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = PathBuf::from(folder);
    let desk = open_desk(&folder);
    fs::write(folder.join("open"), "").unwrap();
    run(&desk, &request(&folder), &Job::default()).unwrap();
    fs::write(folder.join("done"), "").unwrap();
    std::thread::sleep(PATIENCE);
}

fn request(folder: &Path) -> ExportRequest {
    ExportRequest { dpi: Dpi(100), ..ExportRequest::usual(BATCH, "版式一", "6寸", &folder.join("out")) }
}

/// A desk, its exports, and how many people it has ever had.
struct Centre {
    folder: Folder,
}

impl Centre {
    fn new() -> Self {
        let folder = Folder::new();
        fs::create_dir(folder.path().join("out")).unwrap();
        Self { folder }
    }

    /// Sees that so many people wait for their export; gives everybody who was ever added.
    fn top_up(&self, waiting: usize) -> BTreeSet<String> {
        let store = self.folder.store();
        let known = everybody(&store);
        let approved = known.values().filter(|state| **state == State::Approved).count();
        let mut all: BTreeSet<String> = known.keys().cloned().collect();
        for number in all.len()..all.len() + waiting.saturating_sub(approved) {
            let id = format!("p{number:05}");
            add_approved(&store, &id, &portrait(number), number as i64);
            all.insert(id);
        }
        all
    }

    fn time_of_a_whole_export(&self) -> Duration {
        let _ = self.top_up(PEOPLE);
        let mut desk = self.start();
        let begun = Instant::now();
        self.wait_for(&mut desk, "done");
        let took = begun.elapsed();
        end(&mut desk);
        took
    }

    fn run_and_kill(&self, after: Duration) {
        let mut desk = self.start();
        std::thread::sleep(after);
        end(&mut desk);
    }

    fn kill_after_sheets(&self, sheets: usize) {
        let mut desk = self.start();
        let begun = Instant::now();
        let written = || {
            let folder = self.unfinished().pop()?;
            Some(fs::read_dir(folder.join("sheets")).ok()?.count())
        };
        while written().is_none_or(|written| written < sheets) {
            assert!(begun.elapsed() < PATIENCE, "no {sheets} sheets were written");
            assert!(desk.try_wait().unwrap().is_none(), "the desk ended by itself");
            std::thread::sleep(Duration::from_millis(2));
        }
        end(&mut desk);
    }

    /// A desk that has opened and begins its export.
    fn start(&self) -> Child {
        for receipt in ["open", "done"] {
            let _ = fs::remove_file(self.folder.path().join(receipt));
        }
        let mut desk = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "desk_that_exports_until_it_is_killed"])
            .env(FOLDER, self.folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.wait_for(&mut desk, "open");
        desk
    }

    fn wait_for(&self, desk: &mut Child, receipt: &str) {
        let begun = Instant::now();
        while !self.folder.path().join(receipt).exists() {
            assert!(begun.elapsed() < PATIENCE, "the desk did not come to {receipt}");
            assert!(desk.try_wait().unwrap().is_none(), "the desk ended by itself before {receipt}");
            std::thread::sleep(Duration::from_micros(300));
        }
    }

    /// Exports everybody who still waits and checks that nobody is missing.
    fn finish(&self) {
        let desk = open_desk(self.folder.path());
        match run(&desk, &request(self.folder.path()), &Job::default()) {
            Ok(report) => assert_eq!((report.difference, report.problems.len()), (0, 0)),
            Err(error) => assert_eq!(error.code(), "nothing_to_export", "{error}"),
        }
        desk.verify_journal().unwrap();
        drop(desk);
        let everybody = everybody(&self.folder.store());
        assert!(everybody.values().all(|state| *state == State::InProduction));
        assert_eq!(self.exported(), everybody.into_keys().collect());
    }

    /// What the store and the disk say must agree at any moment, also before anybody has cleaned up.
    fn verify(&self, expected: &BTreeSet<String>, place: &str) {
        let store = self.folder.store();
        let states = everybody(&store);
        assert_eq!(states.keys().cloned().collect::<BTreeSet<_>>(), *expected, "{place}");
        let exported = self.exported();
        for (id, state) in states {
            match state {
                State::InProduction => assert!(exported.contains(&id), "{place}: {id} is ahead of its files"),
                State::Approved => {}
                other => panic!("{place}: {id} is {other:?}"),
            }
        }
    }

    /// Everybody whose sheet and photo lie whole under a final name; nobody may lie there twice.
    fn exported(&self) -> BTreeSet<String> {
        let mut everybody = BTreeSet::new();
        for folder in self.folders().into_iter().filter(|folder| !is_hidden(folder)) {
            let manifest: Value =
                serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
            let listed = files_as_listed(&folder, &manifest);
            for person in manifest["people"].as_array().unwrap() {
                let id = person["submission"].as_str().unwrap().to_owned();
                assert_eq!(person["pieces"], PIECES, "{id}");
                for file in ["photo", "sheet"] {
                    assert!(listed.contains(person[file].as_str().unwrap()), "{id} has no {file}");
                }
                assert!(everybody.insert(id.clone()), "{id} was exported twice");
            }
        }
        everybody
    }

    fn unfinished(&self) -> Vec<PathBuf> {
        self.folders().into_iter().filter(|folder| is_hidden(folder)).collect()
    }

    fn folders(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path().join("out")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

/// The files of a published folder; each must have the bytes that its manifest lists, and none may be extra.
fn files_as_listed(folder: &Path, manifest: &Value) -> BTreeSet<String> {
    let mut listed = BTreeSet::new();
    for entry in manifest["files"].as_array().unwrap() {
        let path = entry["path"].as_str().unwrap();
        let bytes = fs::read(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(entry["bytes"], bytes.len(), "{path}");
        assert_eq!(entry["sha256"], hex::encode(Sha256::digest(&bytes)), "{path}");
        listed.insert(path.to_owned());
    }
    let on_disk = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter(|entry| entry.as_ref().unwrap().file_type().is_file());
    assert_eq!(on_disk.count(), listed.len() + 1, "the files and their manifest");
    listed
}

fn everybody(store: &Store) -> BTreeMap<String, State> {
    let all = store.queue(&QueueFilter::default()).unwrap();
    all.into_iter().map(|item| (item.submission, item.state)).collect()
}

fn is_hidden(folder: &Path) -> bool {
    folder.file_name().unwrap().to_string_lossy().starts_with('.')
}

fn end(desk: &mut Child) {
    desk.kill().unwrap();
    desk.wait().unwrap();
}

/// A final photo that no other person has.
fn portrait(number: usize) -> Vec<u8> {
    let own = [(number % 256) as u8, (number / 256) as u8];
    let pixels =
        RgbImage::from_fn(480, 640, |x, y| Rgb([own[usize::from(x > 240)], (x / 2) as u8, (y / 3) as u8]));
    let setting = JpegSetting {
        dpi: Dpi(300),
        quality: 90,
        subsampling: Subsampling::Chroma444,
        optimized_tables: true,
        embed_icc: false,
    };
    encode_jpeg_at(&pixels, setting).unwrap().bytes
}
