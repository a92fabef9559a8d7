//! A hub that is killed while desks decide: what was acknowledged is there, once; the rest can be sent again.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use photodesk::hub::admin;
use photodesk::standard::Catalogue;
use photodesk::store::devices::Role;
use photodesk::store::journal::JournalEvent;
use photodesk::submission::{BatchRules, State, Verb};
use photodesk::sync::client::{Client, ClientError};
use photodesk::sync::protocol::{Claim, Claimed, Close, DecisionRow, Decisions, NewRules};

use crate::fixture::{START_MS, code, device, key, make, photo, row, store};
use crate::life::is_closing;

/// How often the hub is killed in a run of the tests; `PHOTODESK_HUB_KILLS=100` takes its time.
const ROUNDS: u64 = 8;
const KILLS: &str = "PHOTODESK_HUB_KILLS";
/// So many that desks still have work when it is killed for the last time.
const SUBMISSIONS_A_ROUND: u64 = 75;
const DESKS: usize = 3;
/// So many are acknowledged before it is killed, however slow the machine is.
const ACKNOWLEDGED_A_ROUND: usize = 4;
/// So many that their closing takes several transactions.
const CONFIRMED: usize = 3000;

#[test]
pub fn a_killed_hub_loses_no_acknowledged_decision() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let rounds = std::env::var(KILLS).map_or(ROUNDS, |count| count.parse().unwrap());
    fill(folder.path(), rounds);
    let (mut process, url) = start(folder.path());
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let desks: Vec<Desk> = (0..DESKS)
        .map(|number| {
            let code = code(folder.path(), &format!("desk {number}"), Role::Reviewer, now_ms);
            Desk::new(&url, &code)
        })
        .collect();
    process.kill().unwrap();
    process.wait().unwrap();
    let random = RandomState::new();
    for round in 0..rounds {
        let (mut process, url) = start(folder.path());
        std::thread::scope(|scope| {
            for desk in &desks {
                let url = &url;
                scope.spawn(move || desk.work(url));
            }
            let enough = number_acknowledged(&desks) + ACKNOWLEDGED_A_ROUND;
            let begun = Instant::now();
            while number_acknowledged(&desks) < enough && begun.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(2));
            }
            std::thread::sleep(Duration::from_millis(random.hash_one(round) % 160));
            process.kill().unwrap();
            process.wait().unwrap();
        });
        let store = store(folder.path());
        store.verify_journal().unwrap();
        for (id, state) in desks.iter().flat_map(Desk::acknowledged) {
            assert_eq!(store.item(&id).unwrap().state, state, "round {round}: {id} was acknowledged");
        }
        let decisions = decisions_by_submission(&store);
        assert!(decisions.values().all(|count| *count == 1), "round {round}: a decision stands twice");
    }
    let (mut process, url) = start(folder.path());
    desks.iter().for_each(|desk| desk.send_rest(&url));
    stop(&mut process);
    let store = store(folder.path());
    store.verify_journal().unwrap();
    let acknowledged: HashMap<String, State> = desks.iter().flat_map(Desk::acknowledged).collect();
    assert_eq!(decisions_by_submission(&store).len(), acknowledged.len(), "all is known to its desk");
    assert!(acknowledged.len() > DESKS * 8, "only {} decisions were taken", acknowledged.len());
    #[allow(clippy::print_stdout, reason = "for whoever asked for many")]
    {
        println!("{rounds} kills, {} decisions acknowledged, each kept once", acknowledged.len());
    }
}

/// The batch's time to close is long over; each start goes on with the closing until it is killed.
#[test]
pub fn a_closing_that_is_killed_again_and_again_confirms_each_once() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    fill_with(folder.path(), State::AwaitingConfirmation, CONFIRMED);
    let rules = BatchRules { asks_confirmation: true, closes_at_ms: Some(START_MS), ..BatchRules::default() };
    let standards = Catalogue::built_in().unwrap();
    let new = NewRules { max_attempts: 2, rules };
    let beside = store(folder.path());
    admin::set_rules(&beside, &standards, crate::fixture::BATCH, &new, START_MS).unwrap();
    drop(beside);
    let mut times_interrupted = 0;
    // A transaction takes longer on a server.
    let mut runs_for =
        Duration::from_millis(if crate::fixture::database(folder.path()).is_some() { 60 } else { 5 });
    while times_interrupted < ROUNDS {
        let (mut process, _) = start(folder.path());
        std::thread::sleep(runs_for);
        process.kill().unwrap();
        process.wait().unwrap();
        let left = store(folder.path()).in_state(crate::fixture::BATCH, State::AwaitingConfirmation).unwrap();
        match left.len() {
            CONFIRMED => runs_for = runs_for * 5 / 4,
            0 => break,
            _ => times_interrupted += 1,
        }
    }
    let (mut process, url) = start(folder.path());
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let office = device(&url, &code(folder.path(), "office", Role::Administrator, now_ms));
    let begun = Instant::now();
    while office.close(crate::fixture::BATCH, &Close { dry_run: true }).unwrap().done_at_ms.is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the closing does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
    stop(&mut process);
    let store = store(folder.path());
    store.verify_journal().unwrap();
    assert!(store.in_state(crate::fixture::BATCH, State::AwaitingConfirmation).unwrap().is_empty());
    let entries = store.journal_after(0).unwrap();
    let confirmed: Vec<&str> =
        entries.iter().filter(|entry| is_closing(&entry.event)).map(|entry| entry.event.as_str()).collect();
    assert_eq!(confirmed.len(), CONFIRMED, "each once");
    assert!(times_interrupted > 0, "no kill fell into the closing: make it longer");
}

fn number_acknowledged(desks: &[Desk]) -> usize {
    desks.iter().map(|desk| desk.acknowledged.lock().unwrap().len()).sum()
}

/// A desk that decides and remembers what was answered and what was not.
struct Desk {
    device: (String, String),
    waiting: Mutex<Vec<DecisionRow>>,
    acknowledged: Mutex<Vec<(String, State)>>,
}

impl Desk {
    fn new(url: &str, code: &str) -> Self {
        let token = "k".repeat(40) + code;
        let enrolment = photodesk::sync::protocol::Enrolment { code: code.to_owned(), token: token.clone() };
        let enrolled = Client::new(url).unwrap().enrol(&enrolment).unwrap();
        Self { device: (enrolled.device, token), waiting: Mutex::default(), acknowledged: Mutex::default() }
    }

    fn client(&self, url: &str) -> Client {
        Client::new(url).unwrap().as_device(&self.device.0, &self.device.1)
    }

    /// Sends what waits, then claims and decides until the hub is gone.
    fn work(&self, url: &str) {
        let client = self.client(url);
        while self.send(&client).is_ok() {
            let Ok(claimed) = client.claim(&key(), &Claim { batch: None, count: 4 }) else { return };
            let rows = claimed.leases.iter().enumerate().map(|(number, leased)| {
                row(leased, if number % 2 == 0 { Verb::Approve } else { Verb::Reject })
            });
            self.waiting.lock().unwrap().extend(rows);
        }
    }

    fn send(&self, client: &Client) -> Result<(), ClientError> {
        let waiting = self.waiting.lock().unwrap().clone();
        let verdicts = client.decide(&Decisions { decisions: waiting })?.verdicts;
        for verdict in verdicts {
            self.waiting.lock().unwrap().retain(|row| row.key != verdict.key);
            assert_eq!(verdict.refused, None, "nobody else could have decided {}", verdict.submission);
            self.acknowledged.lock().unwrap().push((verdict.submission, verdict.now.unwrap().state));
        }
        Ok(())
    }

    fn send_rest(&self, url: &str) {
        self.send(&self.client(url)).unwrap();
    }

    fn acknowledged(&self) -> Vec<(String, State)> {
        self.acknowledged.lock().unwrap().clone()
    }
}

fn fill(folder: &Path, rounds: u64) {
    fill_with(folder, State::PendingReview, (rounds * SUBMISSIONS_A_ROUND) as usize);
}

pub fn fill_with(folder: &Path, state: State, count: usize) {
    use photodesk::store::submissions::NewSubmission;
    let store = store(folder);
    let content = photo(1);
    let photo_sha256 = store.put_photo(&content).unwrap();
    let add = |tx: &photodesk::store::Tx<'_>, number: usize| {
        tx.add_submission(&NewSubmission {
            id: &format!("s{number:05}"),
            batch: crate::fixture::BATCH,
            masked_name: "吴*兰",
            state,
            photo_sha256: &photo_sha256,
            photo_bytes: content.len() as u64,
            received_at_ms: START_MS,
        })
    };
    store.write(|tx| (0..count).try_for_each(|number| add(tx, number))).unwrap();
}

/// A process that does not outlive a test that fails.
pub struct Running(Child);

impl Deref for Running {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Mostly it has ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The hub as a process of its own, and its address.
pub fn start(folder: &Path) -> (Running, String) {
    start_with(folder, &[])
}

fn start_with(folder: &Path, more: &[&str]) -> (Running, String) {
    let mut process = Command::new(assert_cmd::cargo::cargo_bin("photodesk"))
        .args(["hub", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.join("hub"))
        .arg("--key-file")
        .arg(folder.join("key"))
        .args(more)
        .envs(crate::fixture::environment(folder))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().rsplit_once(' ').map(|(_, url)| url.to_owned()).unwrap();
    (Running(process), url)
}

/// Asks it to stop as a service manager does, and waits.
#[cfg(unix)]
pub fn stop(process: &mut Child) {
    let asked = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert!(process.wait().unwrap().success(), "the hub ends well when it is asked to");
}

#[cfg(not(unix))]
pub fn stop(process: &mut Child) {
    process.kill().unwrap();
    process.wait().unwrap();
}

fn decisions_by_submission(store: &photodesk::store::Store) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for entry in store.journal_after(0).unwrap() {
        if let JournalEvent::Decision { decision, .. } = serde_json::from_str(&entry.event).unwrap() {
            *counts.entry(decision.submission).or_default() += 1;
        }
    }
    counts
}

#[test]
pub fn leases_outlive_the_hub_but_not_a_desk_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    fill(folder.path(), ROUNDS);
    let (mut process, url) = start_with(folder.path(), &["--lease-seconds", "3"]);
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let one = device(&url, &code(folder.path(), "desk 1", Role::Reviewer, now_ms));
    let held = one.claim(&key(), &Claim { batch: None, count: 16 }).unwrap();
    let held_since = Instant::now();
    assert_eq!((held.leases.len(), held.lease_seconds), (16, 3));
    // The desk is gone without a word; the hub is killed and started again.
    process.kill().unwrap();
    process.wait().unwrap();
    let (mut process, url) = start(folder.path());
    let two = device(&url, &code(folder.path(), "desk 2", Role::Reviewer, now_ms));
    let others = ids(&two.claim(&key(), &Claim { batch: None, count: 16 }).unwrap());
    assert!(held_since.elapsed() < Duration::from_secs(3), "the machine is too slow for this test");
    assert!(ids(&held).iter().all(|id| !others.contains(id)));
    std::thread::sleep(Duration::from_millis(3100).saturating_sub(held_since.elapsed()));
    assert_eq!(ids(&two.claim(&key(), &Claim { batch: None, count: 16 }).unwrap()), ids(&held));
    stop(&mut process);
}

fn ids(claimed: &Claimed) -> Vec<String> {
    claimed.leases.iter().map(|leased| leased.submission.submission.clone()).collect()
}
