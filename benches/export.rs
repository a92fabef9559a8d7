//! A whole export of many people by the real command: sheets, electronic photos, roster, ticket and manifest, synced,
//! renamed, read back, reconciled, states moved.
//!
//! `cargo bench --bench export -- 10000 jpeg` prints a row for BENCHMARKS.md; `--keep DIR` keeps what was exported,
//! `--kill` ends the export once on its way and runs it again. `--again PYTHON` prints everybody once more, in turns with
//! OpenCV drawing the same sheets (`benches/peers/sheets.py`; PYTHON must have it), and compares the processor's seconds.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench reports on standard output and may stop"
)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/crowd.rs"]
mod crowd;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::Folder;
use crowd::start_export;
use photodesk::submission::{QueueFilter, State};

const LOOK_AGAIN: Duration = Duration::from_millis(100);
const ROUNDS: usize = 3;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let people = words.iter().find_map(|word| word.parse().ok()).unwrap_or(200);
    let format = if words.iter().any(|word| word == "pdf") { "pdf" } else { "jpeg" };
    let python = words.iter().skip_while(|word| *word != "--again").nth(1);
    let kept = words.iter().skip_while(|word| *word != "--keep").nth(1).map(PathBuf::from);
    let folder = Folder::new();
    crowd::seed(&folder.store(), people, usize::MAX);
    let out = kept.unwrap_or_else(|| folder.path().join("out"));
    if words.iter().any(|word| word == "--kill") {
        kill_one(folder.path(), &out, format, people);
    }
    let began = Instant::now();
    let (cpu, peak_mb) = watched(start_export(folder.path(), &out, &["--format", format]));
    let took = began.elapsed().as_secs_f64();
    let exported = folder
        .store()
        .queue(&QueueFilter { state: Some(State::InProduction), ..QueueFilter::default() })
        .unwrap()
        .len();
    assert_eq!(exported, people, "so many are in production");
    let files = walkdir::WalkDir::new(&out).into_iter().filter(|e| e.as_ref().unwrap().file_type().is_file());
    println!(
        "| {people} people as {format}, {} files | {took:.0} s | {cpu:.0} s of the processor, {peak_mb} MB at most |",
        files.count()
    );
    if let Some(python) = python {
        print_again(folder.path(), &out, people, python);
    }
}

/// Everybody's sheets as they were drawn before, against a script that draws them.
fn print_again(desk: &Path, out: &Path, people: usize, python: &str) {
    let place = fs::read_dir(out).unwrap().flatten().find(|entry| entry.path().is_dir()).unwrap().path();
    let (manifest, everybody) = (place.join("manifest.json"), format!("1-{people}"));
    let peers = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/sheets.py");
    let mut best = [f64::INFINITY; 2];
    for round in 0..ROUNDS {
        let again = peers.path().join(format!("again-{round}"));
        let reprint = ["--reprint-of", manifest.to_str().unwrap(), "--sheets", &everybody];
        let ours = watched(start_export(desk, &again, &reprint)).0;
        let drawn = peers.path().join(format!("opencv-{round}"));
        let mut script_for = Command::new(python);
        script_for.arg(&script).arg("opencv").arg(place.join("photos")).arg(&drawn).stdout(Stdio::null());
        let theirs = watched(script_for.spawn().unwrap()).0;
        best = [best[0].min(ours), best[1].min(theirs)];
        fs::remove_dir_all(again).unwrap();
        fs::remove_dir_all(drawn).unwrap();
    }
    let [ours, opencv] = best.map(|seconds| seconds / people as f64 * 1000.0);
    println!(
        "| everybody again, processor seconds for 1,000 | {ours:.2} | OpenCV draws them in {opencv:.2}, {:.1} times |",
        opencv / ours
    );
}

/// Ends an export when about half of its sheets are there, and says what a look at the desk finds then.
fn kill_one(desk: &Path, out: &Path, format: &str, people: usize) {
    let mut child = start_export(desk, out, &["--format", format]);
    let half_way = || {
        let sheets =
            walkdir::WalkDir::new(out).into_iter().flatten().filter(|entry| entry.file_type().is_file());
        sheets.count() > people
    };
    while !half_way() {
        assert!(child.try_wait().unwrap().is_none(), "the export ended before it was killed");
        std::thread::sleep(LOOK_AGAIN);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let began = Instant::now();
    drop(common::open_desk(desk));
    println!("killed half-way; the desk opened again in {:.1} s", began.elapsed().as_secs_f64());
}

/// Waits for the end; gives processor seconds and the most memory in MB, where the system tells them.
fn watched(mut child: Child) -> (f64, u64) {
    let before = seconds_of_children();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(peak);
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        std::thread::sleep(LOOK_AGAIN);
    };
    assert!(ended.success(), "the command failed");
    (seconds_of_children() - before, peak / 1024)
}

/// Processor seconds of all children that ended.
fn seconds_of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| behind_name.get(at).and_then(|word| word.parse::<f64>().ok()).unwrap_or_default();
    (ticks(13) + ticks(14)) / 100.0
}
