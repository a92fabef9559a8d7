//! Shots of on-site collection at the hub: each once, bound to its person; what the hub knows differently is typed.

use photodesk::submission::Person;
use photodesk::submission::subject::KnownPerson;
use photodesk::sync::protocol::Capture;

use crate::fixture::{BATCH, Student, TestHub, fault};

fn person(id: &str, code: &str) -> KnownPerson {
    KnownPerson {
        id: id.to_owned(),
        person: Person::default(),
        last_four: "002X".to_owned(),
        code: Some(code.to_owned()),
        ticket: None,
    }
}

fn capture(student: &Student, shot: &str, photo: u32, person: KnownPerson, is_marked: bool) -> Capture {
    let photo_sha256 = student.sends(photo);
    Capture {
        shot: shot.to_owned(),
        batch: BATCH.to_owned(),
        photo_sha256,
        taken_at_ms: 1,
        is_marked,
        person,
    }
}

#[test]
pub fn a_shot_becomes_one_submission_however_often_it_is_sent() {
    let mut hub = TestHub::new();
    let student = hub.student();
    let marked = capture(&student, "s1", 1, person("anna", "opaque a"), true);
    let first = student.client.capture("s1", &marked).unwrap();
    assert!(first.submission.is_some());
    assert_eq!(student.client.capture("s1", &marked).unwrap(), first);
    assert_eq!(student.client.capture("another key", &marked).unwrap(), first, "the shot's own id names it");
    let kept = capture(&student, "s2", 2, person("anna", "opaque a"), false);
    assert_eq!(student.client.capture("s2", &kept).unwrap().submission, None);
    hub.stop();
    let store = hub.store();
    let submission = first.submission.unwrap();
    assert_eq!(store.subject_of(&submission).unwrap().unwrap().id, "anna");
    assert_eq!(store.shots(BATCH).unwrap().len(), 2);
    store.verify_journal().unwrap();
}

#[test]
pub fn what_the_hub_knows_differently_is_refused_by_its_kind_and_changes_nothing() {
    let mut hub = TestHub::new();
    let student = hub.student();
    let send = |capture: &Capture| student.client.capture(&capture.shot, capture);
    send(&capture(&student, "s1", 1, person("anna", "opaque a"), true)).unwrap();
    let other_station = capture(&student, "t1", 2, person("anna at station two", "opaque a"), true);
    assert_eq!(fault(send(&other_station)).code, "hub_has_photo");
    let same_file = capture(&student, "t2", 1, person("ben", "opaque b"), true);
    assert_eq!(fault(send(&same_file)).code, "photo_of_another");
    let other_code = capture(&student, "s3", 3, person("anna", "opaque c"), false);
    assert_eq!(fault(send(&other_code)).code, "other_code");
    hub.stop();
    let store = hub.store();
    assert_eq!((store.shots(BATCH).unwrap().len(), store.subjects(BATCH).unwrap().len()), (1, 1));
}
