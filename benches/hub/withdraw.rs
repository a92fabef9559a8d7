//! How soon the desk that holds a submission hears that the student took it back, while every desk listens and works.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use photodesk::store::devices::Role;
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{Claim, Leased, Withdrawal};

use super::desks::{CLAIM, DESKS, PACE, approves};
use super::place::{Place, key};
use super::{Outcome, times};

const WITHDRAWALS: usize = 150;
const BETWEEN: Duration = Duration::from_millis(100);
const LISTEN: Duration = Duration::from_secs(2);
const LATEST: Duration = Duration::from_secs(10);

/// Which desk heard of which submission's withdrawal.
type Heard = (usize, String, Instant);

pub fn run() -> Outcome<()> {
    let place = Place::new()?;
    let desks = place.desks(DESKS)?;
    let (student, _) = place.device("student page", Role::OnSite)?;
    let held = desks.iter().map(claim_all).collect::<Outcome<Vec<_>>>()?;
    let is_over = AtomicBool::new(false);
    let (tell, heard) = channel::<Heard>();
    let asked = std::thread::scope(|scope| {
        for (number, desk) in desks.iter().enumerate() {
            let (tell, is_over) = (tell.clone(), &is_over);
            // The first that it holds are withdrawn, the others decided.
            let decided = &held[number][WITHDRAWALS / DESKS..];
            scope.spawn(move || listen(desk, number, &tell, is_over));
            scope.spawn(move || decide(desk, decided, is_over));
        }
        let asked = withdraw_all(&student, &held);
        std::thread::sleep(LISTEN);
        is_over.store(true, Ordering::SeqCst);
        asked
    })?;
    drop(tell);
    let heard: HashMap<(usize, String), Instant> =
        heard.iter().map(|(desk, id, at)| ((desk, id), at)).collect();
    let took: Vec<Duration> = asked
        .iter()
        .map(|(desk, id, at)| heard.get(&(*desk, id.clone())).map_or(LATEST, |heard| *heard - *at))
        .collect();
    let how = format!("{DESKS} desks listen and decide one a second; from the request to the holder's news");
    times("a withdrawal reaches the desk that holds the photo", "≤ 1 s", took, &how);
    Ok(())
}

/// So many that it can decide for the whole time.
fn claim_all(desk: &Client) -> Outcome<Vec<Leased>> {
    let mut held = Vec::new();
    for _ in 0..4 {
        held.extend(desk.claim(&key(), &Claim { batch: None, count: CLAIM })?.leases);
    }
    Ok(held)
}

fn withdraw_all(student: &Client, held: &[Vec<Leased>]) -> Outcome<Vec<Heard>> {
    let mut asked = Vec::new();
    for number in 0..WITHDRAWALS {
        let desk = number % DESKS;
        let submission = &held[desk][number / DESKS].submission;
        let at = Instant::now();
        student.withdraw(&key(), &submission.submission, &Withdrawal { revision: submission.revision })?;
        asked.push((desk, submission.submission.clone(), at));
        std::thread::sleep(BETWEEN);
    }
    Ok(asked)
}

fn listen(desk: &Client, number: usize, tell: &Sender<Heard>, is_over: &AtomicBool) {
    let mut cursor = 0;
    while !is_over.load(Ordering::SeqCst) {
        let Ok(page) = desk.changes(cursor, LISTEN) else { return };
        cursor = page.cursor;
        for change in page.changes.into_iter().filter(|change| change.kind == "withdrawn") {
            // Nobody hears it any more when the part is over.
            drop(tell.send((number, change.submission, Instant::now())));
        }
    }
}

fn decide(desk: &Client, held: &[Leased], is_over: &AtomicBool) {
    for leased in held {
        if is_over.load(Ordering::SeqCst) || !approves(desk, leased) {
            return;
        }
        std::thread::sleep(PACE);
    }
}
