//! Fifty desks that claim and decide: at a reviewer's full speed, and as fast as they can.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use photodesk::submission::{Decision, Verb};
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{Claim, DecisionRow, Decisions, Leased};

use super::place::{Place, SUBMISSIONS, key};
use super::{Outcome, times};

pub const DESKS: usize = 50;
pub const CLAIM: u32 = 8;
/// A reviewer at full speed takes about one photo a second.
pub const PACE: Duration = Duration::from_secs(1);
const PACED: Duration = Duration::from_secs(60);
pub const RUSH: Duration = Duration::from_secs(20);
const LEAST_A_SECOND: u32 = 100;

/// Times of one desk.
#[derive(Default)]
struct Times {
    claims: Vec<Duration>,
    decisions: Vec<Duration>,
}

pub fn run() -> Outcome<()> {
    let place = Place::new()?;
    let desks = place.desks(DESKS)?;
    let flush = place.flush()?.as_secs_f64() * 1e3;
    let how = format!("{DESKS} desks, one decision a second each; {SUBMISSIONS} submissions");
    let paced = together(&desks, PACED, Some(PACE));
    times(&format!("claim of {CLAIM}"), "p99 ≤ 30 ms", all(&paced, |desk| &desk.claims), &how);
    times("decision", "p99 ≤ 50 ms", all(&paced, |desk| &desk.decisions), &how);
    let how = format!("{DESKS} desks as fast as they can");
    let a_second = rush(&desks, &how);
    println!(
        "| durable decisions a second | ≥ {LEAST_A_SECOND} | {a_second:.0} | {how}, for {} s; the disk needs {flush:.1} ms to keep 4 KiB |",
        RUSH.as_secs()
    );
    Ok(())
}

/// Lets the desks decide as fast as they can; gives the decisions a second.
pub fn rush(desks: &[Client], how: &str) -> f64 {
    let rush = together(desks, RUSH, None);
    times(&format!("claim of {CLAIM}"), "–", all(&rush, |desk| &desk.claims), how);
    let decisions = all(&rush, |desk| &desk.decisions);
    let a_second = decisions.len() as f64 / RUSH.as_secs_f64();
    times("decision", "–", decisions, how);
    a_second
}

fn all(desks: &[Times], part: fn(&Times) -> &Vec<Duration>) -> Vec<Duration> {
    desks.iter().flat_map(part).copied().collect()
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
        if !approves(desk, &leased) {
            break;
        }
        times.decisions.push(asked.elapsed());
        if let Some(pace) = pace {
            std::thread::sleep(pace.saturating_sub(asked.elapsed()));
        }
    }
    times
}

/// Sends one approval; `true` when it counts.
pub fn approves(desk: &Client, leased: &Leased) -> bool {
    let submission = &leased.submission;
    let decision = Decision {
        submission: submission.submission.clone(),
        photo_sha256: submission.photo_sha256.clone(),
        revision: submission.revision,
        verb: Verb::Approve,
        reasons: Vec::new(),
        reviewer: "bench".to_owned(),
    };
    let row = DecisionRow { key: key(), token: leased.token, at_ms: 0, decision };
    let is_committed = desk
        .decide(&Decisions { decisions: vec![row] })
        .is_ok_and(|answer| answer.verdicts.iter().all(|verdict| verdict.refused.is_none()));
    if !is_committed {
        println!("a decision was refused");
    }
    is_committed
}
