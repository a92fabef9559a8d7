//! Claim and decision latency with fifty desks over loopback, and durable decisions a second; prints the rows of the
//! hub's table in BENCHMARKS.md. Decisions are flushed to disk before they are answered.
#![allow(clippy::print_stdout, reason = "a bench reports on standard output")]

#[cfg(not(feature = "hub"))]
fn main() {
    println!("built without the hub");
}

#[cfg(feature = "hub")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    bench::run()
}

#[cfg(feature = "hub")]
mod bench {
    use std::net::TcpListener;
    use std::path::Path;
    use std::sync::Barrier;
    use std::time::{Duration, Instant};

    use photodesk::hub::{Clock, Hub, Served, admin};
    use photodesk::standard::Catalogue;
    use photodesk::store::devices::Role;
    use photodesk::store::keys::KeyFileStore;
    use photodesk::store::submissions::NewSubmission;
    use photodesk::store::{Store, StoreError, Tx};
    use photodesk::submission::{Batch, BatchRules, Decision, State, Verb};
    use photodesk::sync::client::Client;
    use photodesk::sync::limits::HubLimits;
    use photodesk::sync::protocol::{Claim, DecisionRow, Decisions, Enrolment, Leased};

    type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

    const BATCH: &str = "BENCH1";
    const SUBMISSIONS: usize = 200_000;
    const DESKS: usize = 50;
    const CLAIM: u32 = 8;
    /// A reviewer at full speed takes about one photo a second.
    const PACE: Duration = Duration::from_secs(1);
    const PACED: Duration = Duration::from_secs(12);
    const RUSH: Duration = Duration::from_secs(8);

    /// Times of one desk.
    #[derive(Default)]
    struct Times {
        claims: Vec<Duration>,
        decisions: Vec<Duration>,
    }

    pub fn run() -> Outcome<()> {
        let folder = tempfile::tempdir()?;
        let (store, codes) = fill(folder.path())?;
        let limits = HubLimits::built_in()?;
        let clock = Clock::running(jiff::Timestamp::now().as_millisecond(), 0);
        let hub = Hub::open(store, limits, clock)?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let served = Served::begin(hub, listener);
        let desks = codes.iter().map(|code| device(&url, code)).collect::<Outcome<Vec<_>>>()?;
        println!("{SUBMISSIONS} submissions, {DESKS} desks over loopback, each decision flushed to disk\n");
        println!("| work | median | p95 | p99 | most | remark |\n|---|---|---|---|---|---|");
        report("one decision a second a desk", &together(&desks, PACED, Some(PACE)), PACED);
        report("as fast as they can", &together(&desks, RUSH, None), RUSH);
        drop(desks);
        Ok(served.stop()?)
    }

    fn report(pace: &str, times: &[Times], lasted: Duration) {
        let all = |part: fn(&Times) -> &Vec<Duration>| {
            let mut all: Vec<Duration> = times.iter().flat_map(part).copied().collect();
            all.sort();
            all
        };
        let (claims, decisions) = (all(|times| &times.claims), all(|times| &times.decisions));
        row(&format!("claim of {CLAIM}, {pace}"), &claims, &format!("{} claims", claims.len()));
        let rate = decisions.len() as f64 / lasted.as_secs_f64();
        row(&format!("decision, {pace}"), &decisions, &format!("{rate:.0} durable decisions/s"));
    }

    fn row(work: &str, sorted: &[Duration], remark: &str) {
        let at = |share: f64| {
            let place = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
            sorted.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        println!(
            "| {work} | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {remark} |",
            at(0.5),
            at(0.95),
            at(0.99),
            at(1.0)
        );
    }

    /// All desks claim and decide at the same time.
    fn together(desks: &[Client], lasts: Duration, pace: Option<Duration>) -> Vec<Times> {
        let begin = Barrier::new(desks.len());
        std::thread::scope(|scope| {
            let threads: Vec<_> = desks
                .iter()
                .enumerate()
                .map(|(number, desk)| {
                    let begin = &begin;
                    scope.spawn(move || {
                        begin.wait();
                        // Reviewers do not press their keys at the same moment.
                        let offset = pace.map_or(Duration::ZERO, |pace| pace * number as u32 / DESKS as u32);
                        std::thread::sleep(offset);
                        works(desk, lasts, pace)
                    })
                })
                .collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        })
    }

    fn works(desk: &Client, lasts: Duration, pace: Option<Duration>) -> Times {
        let mut times = Times::default();
        let begun = Instant::now();
        let mut held: Vec<Leased> = Vec::new();
        while begun.elapsed() < lasts {
            let Some(leased) = held.pop() else {
                let asked = Instant::now();
                let Ok(claimed) = desk.claim(&key(), &Claim { batch: None, count: CLAIM }) else { break };
                times.claims.push(asked.elapsed());
                held = claimed.leases;
                continue;
            };
            let asked = Instant::now();
            let is_committed = desk
                .decide(&Decisions { decisions: vec![approve(&leased)] })
                .is_ok_and(|answer| answer.verdicts.iter().all(|verdict| verdict.refused.is_none()));
            if !is_committed {
                println!("a decision was refused");
                break;
            }
            times.decisions.push(asked.elapsed());
            if let Some(pace) = pace {
                std::thread::sleep(pace.saturating_sub(asked.elapsed()));
            }
        }
        times
    }

    fn approve(leased: &Leased) -> DecisionRow {
        let submission = &leased.submission;
        let decision = Decision {
            submission: submission.submission.clone(),
            photo_sha256: submission.photo_sha256.clone(),
            revision: submission.revision,
            verb: Verb::Approve,
            reasons: Vec::new(),
            reviewer: "bench".to_owned(),
        };
        DecisionRow { key: key(), token: leased.token, at_ms: 0, decision }
    }

    fn device(url: &str, code: &str) -> Outcome<Client> {
        let token = "t".repeat(32) + code;
        let client = Client::new(url)?;
        let enrolled = client.enrol(&Enrolment { code: code.to_owned(), token: token.clone() })?;
        Ok(client.as_device(&enrolled.device, &token))
    }

    fn key() -> String {
        uuid::Uuid::now_v7().to_string()
    }

    /// A hub's folder with its submissions and a code for every desk.
    fn fill(folder: &Path) -> Outcome<(Store, Vec<String>)> {
        let store = Store::open(&folder.join("hub"), &KeyFileStore::new(folder.join("key")))?;
        let standards = Catalogue::built_in()?;
        let background = standards.get("chsi_centre")?.backgrounds[0].id.clone();
        let batch = Batch {
            code: BATCH.to_owned(),
            school: String::new(),
            title: String::new(),
            standard: "chsi_centre".to_owned(),
            background,
            layouts: Vec::new(),
            max_attempts: 3,
            rules: BatchRules::default(),
        };
        admin::add_batch(&store, &standards, batch, 0).map_err(|refused| refused.fault.message)?;
        let photo_sha256 = store.put_photo(b"a photo")?;
        store.write(|tx| (0..SUBMISSIONS).try_for_each(|number| add(tx, number, &photo_sha256)))?;
        let now_ms = jiff::Timestamp::now().as_millisecond();
        let codes = (0..DESKS)
            .map(|number| admin::announce(&store, &format!("desk {number}"), Role::Reviewer, now_ms, 3600))
            .collect::<Result<_, _>>()?;
        Ok((store, codes))
    }

    fn add(tx: &Tx<'_>, number: usize, photo_sha256: &str) -> Result<(), StoreError> {
        tx.add_submission(&NewSubmission {
            id: &format!("s{number:06}"),
            batch: BATCH,
            masked_name: "吴*兰",
            state: State::PendingReview,
            photo_sha256,
            photo_bytes: 7,
            received_at_ms: number as i64,
        })
    }
}
