//! A scripted day against the real program: students by number, code and ticket, files dropped by another process slowly,
//! renamed, doubled and cut, one power cut, two stations made one, all of it handed in to a hub, then wiped.
//! `PHOTODESK_DAY_STUDENTS` says how many come; 300 is the long day.
#![cfg(feature = "hub")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code, reason = "the hub's own tests use all of it")]
#[path = "hub/fixture.rs"]
mod fixture;
#[path = "onsite_day/script.rs"]
mod script;
#[path = "onsite_day/station.rs"]
mod station;

use std::collections::{HashMap, HashSet};

use fixture::{BATCH, TestHub};
use photodesk::inspect::Verdict;
use photodesk::onsite::shot::ShotState;
use photodesk::store::Store;
use photodesk::store::devices::Role;
use photodesk::submission::State;
use photodesk::workflow::{bundle, shots};
use script::{Chance, Day, Known};
use serde_json::{Value, json};
use station::{CAMERA, Station, be_camera};

const STUDENTS: usize = 14;
const KILLS: usize = 6;

#[test]
fn a_day_ends_with_every_photo_bound_sent_proved_and_none_twice() {
    let asked = std::env::var("PHOTODESK_DAY_STUDENTS").ok().and_then(|text| text.parse().ok());
    let day = Day::of(asked.unwrap_or(STUDENTS));
    let (one, two) = (Station::new(), Station::new());
    for station in [&one, &two] {
        station.roster(&day);
    }
    let half = day.students.len() / 2;
    day.photograph(&one, &day.students[..half], Some(half / 2));
    day.photograph(&two, &day.students[half..], None);
    let bundle = two.path().join("two.bundle").display().to_string();
    let written = two.json(&["onsite", "bundle", "--batch", BATCH, "--out", &bundle]);
    assert_eq!(number(&written, "shots"), two.shots().len(), "{written}");
    let merged = one.json(&["onsite", "merge", &bundle]);
    assert_eq!(merged["conflicts"], json!([]), "{merged}");
    assert_eq!(number(&merged, "shots_added"), two.shots().len(), "{merged}");
    let again = one.json(&["onsite", "merge", &bundle]);
    assert_eq!((number(&again, "shots_added"), number(&again, "people_added")), (0, 0), "{again}");

    mark_what_fails(&one);
    let alone = one.json(&["onsite", "finalise", "--batch", BATCH]);
    let held = alone["held"].as_array().unwrap();
    assert!(held.iter().all(|held| held[1] == "countersign"), "{alone}");
    let late = day.students.iter().filter(|student| matches!(student.known, Known::Ticket { .. })).count();
    assert!(held.len() >= late, "every code that came after the photo waits: {alone}");
    assert!(one.countersign_all() >= held.len());
    let done = one.json(&["onsite", "finalise", "--batch", BATCH]);
    assert_eq!((done["held"].clone(), number(&done, "nobodys")), (json!([]), 0), "{done}");
    assert_eq!(number(&alone, "shots") + number(&done, "shots"), day.truth.len(), "{done}");
    let mut hub = TestHub::new();
    let code = hub.code("station one", Role::OnSite);
    let sent = one.json(&["onsite", "send", "--batch", BATCH, "--hub", &hub.url, "--code", &code]);
    assert_eq!(sent["conflicts"], json!([]), "{sent}");
    assert_eq!(
        (number(&sent, "sent"), number(&sent, "proved")),
        (day.truth.len(), day.truth.len()),
        "{sent}"
    );
    let resent = one.json(&["onsite", "send", "--batch", BATCH]);
    assert_eq!((number(&resent, "sent"), number(&resent, "proved")), (0, 0), "{resent}");
    hub.stop();
    check_station(&day, &one);
    check_hub(&day, &hub.store());
    let wiped = one.json(&["onsite", "wipe", "--batch", BATCH]);
    assert_eq!(number(&wiped, "wiped"), day.truth.len());
    let count = one.json(&["onsite", "count", "--batch", BATCH]);
    assert_eq!((number(&count, "wiped"), number(&count, "people_missing")), (day.truth.len(), 0), "{count}");
    one.desk().verify_journal().unwrap();
}

/// Every photo is there once, bound to its own student, proved; every student has one that is to be reviewed.
fn check_station(day: &Day, station: &Station) {
    let shots = station.shots();
    assert_eq!(shots.len(), day.truth.len());
    let mut student_of: HashMap<String, usize> = HashMap::new();
    for shot in &shots {
        let student = day.truth[&shot.photo_sha256];
        let subject = shot.subject.clone().unwrap();
        assert_eq!(
            *student_of.entry(subject).or_insert(student),
            student,
            "a photo is bound to another student"
        );
        assert_eq!(shot.state, ShotState::SafeToWipe);
    }
    assert_eq!(student_of.len(), day.students.len(), "each student is one person");
    let marked: HashSet<_> =
        shots.iter().filter(|shot| shot.mark.is_some()).map(|shot| &shot.subject).collect();
    assert_eq!(marked.len(), day.students.len());
    assert!(bundle::conflicts(&station.desk(), BATCH).unwrap().is_empty());
}

/// The hub has one submission a student, waiting for review, bound to the person whose number, code or ticket it is.
fn check_hub(day: &Day, store: &Store) {
    store.verify_journal().unwrap();
    let shots = store.shots(BATCH).unwrap();
    assert_eq!(shots.len(), day.truth.len());
    let submissions: Vec<_> = shots.iter().filter_map(|shot| shot.submission.clone()).collect();
    assert_eq!(submissions.len(), day.students.len());
    for shot in &shots {
        let student = &day.students[day.truth[&shot.photo_sha256]];
        let person = store.known_person(shot.subject.as_deref().unwrap()).unwrap();
        match &student.known {
            Known::Number(number) => assert_eq!(person.person.student_number.as_ref(), Some(number)),
            Known::Code { code, last_four, .. } => {
                assert_eq!((person.code.as_ref(), &person.last_four), (Some(code), last_four));
            }
            Known::Ticket { code, last_four } => {
                assert_eq!((person.code.as_ref(), &person.last_four), (Some(code), last_four));
                assert!(person.ticket.is_some());
            }
        }
        if let Some(submission) = &shot.submission {
            let item = store.item(submission).unwrap();
            assert_eq!((item.state, &item.photo_sha256), (State::PendingReview, &shot.photo_sha256));
            assert_eq!(Some(store.subject_of(submission).unwrap().unwrap().id), shot.subject);
        }
        assert!(store.photo(&shot.photo_sha256).is_ok());
    }
}

/// Killed again and again while photos come, while finalising, writing the bundle and sending: nothing is lost, nothing is
/// bound to another student, nothing is sent twice. `PHOTODESK_DAY_KILLS` says how often.
#[test]
fn kills_at_random_lose_nothing_and_double_nothing() {
    let asked = std::env::var("PHOTODESK_DAY_KILLS").ok().and_then(|text| text.parse().ok());
    let kills: usize = asked.unwrap_or(KILLS);
    let shots = kills.div_ceil(2).max(2);
    let day = Day::of(shots);
    let station = Station::new();
    station.roster(&day);
    let mut chance = Chance::new();
    let subjects = day.photograph_under_fire(&station, &mut chance);
    let found = station.shots();
    assert_eq!(found.len(), day.truth.len(), "{chance:?}: every file is there once");
    for shot in &found {
        let student = day.truth[&shot.photo_sha256];
        match &shot.subject {
            Some(subject) => assert_eq!(*subject, subjects[&student], "{chance:?}: bound to another student"),
            None => {
                let desk = station.desk();
                shots::assign(&desk, &shot.id, &subjects[&student], "operator").unwrap();
            }
        }
    }
    settle(&station);
    station.countersign_all();
    mark_what_fails(&station);
    let mut hub = TestHub::new();
    let code = hub.code("station", Role::OnSite);
    let enrolled = station.json(&["onsite", "send", "--batch", BATCH, "--hub", &hub.url, "--code", &code]);
    assert_eq!(number(&enrolled, "sent"), 0, "nothing is finalised yet: {enrolled}");
    let bundle = station.path().join("day.bundle").display().to_string();
    let verbs: [&[&str]; 3] = [
        &["onsite", "finalise", "--batch", BATCH],
        &["onsite", "bundle", "--batch", BATCH, "--out", &bundle],
        &["onsite", "send", "--batch", BATCH],
    ];
    for verb in verbs {
        for _ in 0..kills.div_ceil(6) {
            station.run_and_kill(verb, chance.millis(500));
        }
        station.json(verb);
    }
    hub.stop();
    check_station(&day, &station);
    check_hub(&day, &hub.store());
    let other = Station::new();
    let merged = other.json(&["onsite", "merge", &bundle]);
    assert_eq!(number(&merged, "shots_added"), day.truth.len(), "{chance:?}: {merged}");
}

/// Both photos are kept, nobody's age decides, and the student is held back until somebody has chosen.
#[test]
fn a_student_photographed_at_two_stations_is_a_conflict_until_somebody_chose() {
    let day = Day::of(2);
    let (one, two) = (Station::new(), Station::new());
    let code = "opaque-both-stations-".repeat(4);
    day.photograph_by_code(&one, &code, 0);
    day.photograph_by_code(&two, &code, 1);
    let bundle = two.path().join("two.bundle").display().to_string();
    two.json(&["onsite", "bundle", "--batch", BATCH, "--out", &bundle]);
    let merged = one.json(&["onsite", "merge", &bundle]);
    assert_eq!(merged["conflicts"], json!(["two_photos"]), "{merged}");
    let count = one.json(&["onsite", "count", "--batch", BATCH]);
    assert_eq!((number(&count, "people"), number(&count, "shots")), (1, 2), "{count}");
    mark_what_fails(&one);
    let held = one.json(&["onsite", "finalise", "--batch", BATCH]);
    assert_eq!(held["held"][0][1], "conflict", "{held}");
    let theirs = one.shots().into_iter().find(|shot| shot.mark.is_none()).unwrap();
    shots::mark(&one.desk(), &theirs.id, "operator").unwrap();
    let seq = one.json(&["onsite", "conflicts", "--batch", BATCH])["seq"].to_string();
    assert!(one.succeeds(&["onsite", "resolve", &seq]));
    let done = one.json(&["onsite", "finalise", "--batch", BATCH]);
    assert_eq!((number(&done, "people"), number(&done, "shots")), (1, 2), "{done}");
    let again = one.json(&["onsite", "merge", &bundle]);
    assert_eq!(again["conflicts"], json!([]), "what was settled is not raised again: {again}");
}

/// A drawn sitter may fail the check; somebody takes the photo as it is.
fn mark_what_fails(station: &Station) {
    for shot in station.shots() {
        if shot.mark.is_some() && shot.verdict == Some(Verdict::Fail) {
            shots::mark(&station.desk(), &shot.id, "operator").unwrap();
        }
    }
}

/// Somebody confirms every doubt that is left.
fn settle(station: &Station) {
    for shot in station.shots().into_iter().filter(|shot| shot.doubt.is_some()) {
        let subject = shot.subject.unwrap();
        shots::assign(&station.desk(), &shot.id, &subject, "operator").unwrap();
    }
}

fn number(of: &Value, field: &str) -> usize {
    of[field].as_u64().unwrap_or_else(|| panic!("{field} of {of}")) as usize
}

/// Not a test by itself: the camera that the day above starts.
#[test]
fn camera_in_its_own_process() {
    if std::env::var_os(CAMERA).is_some() {
        be_camera();
    }
}
