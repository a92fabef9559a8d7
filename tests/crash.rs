//! A desk that is killed while it decides: what was acknowledged is there, once; what was not is there at most once.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{Folder, Random, decision, open_desk};
use photodesk::store::journal::JournalEvent;
use photodesk::submission::{State, Verb};
use photodesk::workflow::desk::{QueueFilter, QueueItem};
use photodesk::workflow::review::{decide, undo};

/// Names the folder to the process that is to be killed.
const FOLDER: &str = "PHOTODESK_CRASH_TEST_FOLDER";
const ROUNDS: u64 = 12;
const SUBMISSIONS: usize = 4000;
const PATIENCE: Duration = Duration::from_secs(60);

/// What a decision leaves: verb and submission.
type Step = (String, String);

#[test]
fn no_acknowledged_decision_is_lost_or_doubled_when_the_desk_is_killed() {
    let folder = Folder::new();
    folder.add(SUBMISSIONS);
    let mut seen = 1;
    let mut random = Random::new();
    for round in 0..ROUNDS {
        let acknowledged = run_and_kill(folder.path(), Duration::from_micros(random.next() % 60_000));
        let store = folder.store();
        store.verify_journal().unwrap();
        let written = steps_after(&store, seen);
        let place = format!("round {round}, seed {}: {} acknowledged", random.seed, acknowledged.len());
        assert!(!acknowledged.is_empty(), "{place}: the desk must have worked before it was killed");
        assert_eq!(written[..acknowledged.len().min(written.len())], acknowledged, "{place}");
        assert!(written.len() <= acknowledged.len() + 1, "{place}: {} written", written.len());
        assert_states_follow(&store, &written);
        seen += written.len() as u64;
    }
}

/// Not a test by itself: the desk that the test above kills.
#[test]
fn desk_that_decides_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = PathBuf::from(folder);
    let desk = open_desk(&folder);
    let mut receipts = OpenOptions::new().append(true).create(true).open(receipts(&folder)).unwrap();
    let mut acknowledge = |verb: Verb, item: &QueueItem| {
        receipts.write_all(format!("{} {}\n", verb.as_str(), item.submission).as_bytes()).unwrap();
    };
    let filter = QueueFilter { state: Some(State::PendingReview), ..QueueFilter::default() };
    for (number, item) in desk.queue(&filter).unwrap().into_iter().enumerate() {
        let (verb, reasons): (_, &[&str]) =
            if number % 3 == 1 { (Verb::Reject, &["G01"]) } else { (Verb::Approve, &[]) };
        acknowledge(verb, &decide(&desk, &decision(&item, verb, reasons, "li")).unwrap());
        if number % 3 == 2 {
            acknowledge(Verb::Undo, &undo(&desk, "li").unwrap().unwrap());
        }
    }
    // Nothing left to decide: wait for the end, so that every round ends by being killed.
    std::thread::sleep(PATIENCE);
}

/// Lets a desk decide, kills it some time after its first decision, gives what it had acknowledged.
fn run_and_kill(folder: &Path, after: Duration) -> Vec<Step> {
    let _ = fs::remove_file(receipts(folder));
    let mut desk = start(folder);
    let begun = Instant::now();
    while !fs::metadata(receipts(folder)).is_ok_and(|file| file.len() > 0) {
        assert!(begun.elapsed() < PATIENCE, "the desk did not begin");
        assert!(desk.try_wait().unwrap().is_none(), "the desk ended by itself");
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(after);
    desk.kill().unwrap();
    desk.wait().unwrap();
    read_receipts(folder)
}

fn start(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "desk_that_decides_until_it_is_killed"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn receipts(folder: &Path) -> PathBuf {
    folder.join("receipts.txt")
}

fn read_receipts(folder: &Path) -> Vec<Step> {
    let text = fs::read_to_string(receipts(folder)).unwrap();
    text.lines()
        .map(|line| line.split_once(' ').map(|(verb, id)| (verb.to_owned(), id.to_owned())).unwrap())
        .collect()
}

fn steps_after(store: &photodesk::store::Store, seq: u64) -> Vec<Step> {
    let entries = store.journal_after(seq).unwrap();
    entries
        .iter()
        .map(|entry| match serde_json::from_str(&entry.event).unwrap() {
            JournalEvent::Decision { decision, .. } => {
                (decision.verb.as_str().to_owned(), decision.submission)
            }
            other => panic!("the killed desk only decides, yet it wrote {other:?}"),
        })
        .collect()
}

/// The state of each touched submission is what its last journal entry says.
fn assert_states_follow(store: &photodesk::store::Store, written: &[Step]) {
    for (_, id) in written {
        let last = store.history(id).unwrap().pop().unwrap();
        let JournalEvent::Decision { to, .. } = serde_json::from_str(&last.event).unwrap() else {
            panic!("{id}: not a decision");
        };
        assert_eq!(store.item(id).unwrap().state, to, "{id}");
    }
}
