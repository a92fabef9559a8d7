//! What each role may ask: said by the document, held by the hub, changed at once.

use photodesk::hub::admin;
use photodesk::store::devices::Role;
use photodesk::submission::{State, Verb};
use photodesk::sync::protocol::{Claim, ExportRow, Exports, Publication, Reopening, Submission};
use serde_json::Value;

use crate::fixture::{START_MS, TestHub, claim, fault, http, key, outcome, photo, row};

fn exports(submission: &Submission) -> Exports {
    let Submission { submission, photo_sha256, revision, .. } = submission.clone();
    Exports { job: "job".into(), rows: vec![ExportRow { submission, photo_sha256, revision }] }
}

#[test]
pub fn a_print_room_sees_and_exports_and_decides_nothing() {
    let hub = TestHub::new();
    let student = hub.student();
    let submission = student.submits(1);
    let room = hub.device("print room", Role::PrintOperator);
    let refused = fault(room.claim(&key(), &Claim { batch: None, count: 1 }));
    assert_eq!(refused.code, "not_allowed");
    assert!(refused.message.contains("print_operator"), "{refused:?}");
    assert!(refused.remedy.contains("reviewer, senior, administrator"), "{refused:?}");
    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 1).leases.remove(0);
    assert_eq!(
        fault(
            room.decide(&photodesk::sync::protocol::Decisions {
                decisions: vec![row(&leased, Verb::Approve)]
            })
        )
        .code,
        "not_allowed"
    );
    assert_eq!(outcome(&desk, &row(&leased, Verb::Approve)), "committed");
    assert_eq!(room.photo(&submission.photo_sha256).unwrap(), photo(1));
    let verdict = room.export(&key(), &exports(&submission)).unwrap().verdicts.remove(0);
    assert_eq!((verdict.refused, verdict.now.unwrap().state), (None, State::InProduction));
    let made = photo(900);
    let final_sha256 = photodesk::store::blobs::sha256_hex(&made);
    room.put_photo(&final_sha256, made).unwrap();
    let Submission { submission: id, photo_sha256, revision, .. } = submission;
    let new = Publication { photo_sha256, revision, final_sha256 };
    assert_eq!(room.publish(&key(), &id, &new).unwrap().state, State::Completed);
    assert_eq!(fault(student.client.photo(&new.photo_sha256)).code, "not_allowed");
}

#[test]
pub fn only_a_senior_gives_an_approved_photo_back_and_it_waits_again() {
    let hub = TestHub::new();
    let id = hub.student().submits(1).submission;
    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 1).leases.remove(0);
    let senior = hub.device("senior", Role::Senior);
    let asked = Reopening { revision: 1 };
    assert_eq!(fault(senior.reopen(&key(), &id, &asked)).code, "illegal_transition");
    assert_eq!(outcome(&desk, &row(&leased, Verb::Approve)), "committed");
    assert_eq!(fault(desk.reopen(&key(), &id, &asked)).code, "not_allowed");
    assert_eq!(fault(senior.reopen(&key(), &id, &Reopening { revision: 2 })).code, "stale_photo");
    let reopening = key();
    assert_eq!(senior.reopen(&reopening, &id, &asked).unwrap().state, State::PendingReview);
    assert_eq!(outcome(&desk, &row(&leased, Verb::Undo)), "stale_token", "what was decided is over");
    let again = claim(&senior, 1).leases.remove(0);
    assert_eq!(outcome(&senior, &row(&again, Verb::Reject)), "committed");
    assert_eq!(
        senior.reopen(&reopening, &id, &asked).unwrap().state,
        State::PendingReview,
        "its stored answer"
    );
    assert_eq!(senior.submission(&id).unwrap().state, State::Rejected);
}

#[test]
pub fn another_role_counts_from_the_next_request_and_frees_what_was_held() {
    let hub = TestHub::new();
    hub.student().submits(1);
    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 1).leases.remove(0);
    let set = |role| {
        hub.beside(|store| {
            let device = store.devices().unwrap().into_iter().find(|device| device.name == "desk 1").unwrap();
            admin::set_role(store, &device.id, role, START_MS).unwrap()
        })
    };
    assert!(set(Role::PrintOperator));
    let refused =
        desk.decide(&photodesk::sync::protocol::Decisions { decisions: vec![row(&leased, Verb::Approve)] });
    assert_eq!(fault(refused).code, "not_allowed");
    assert_eq!(claim(&hub.device("desk 2", Role::Reviewer), 1).leases.len(), 1, "free at once");
    assert!(set(Role::Senior));
    assert_eq!(desk.claim(&key(), &Claim { batch: None, count: 1 }).unwrap().leases.len(), 0);
    assert!(!hub.beside(|store| admin::set_role(store, "nobody", Role::Senior, START_MS).unwrap()));
}

/// The document names the roles of every operation that is not open to anyone, and the hub refuses the others.
#[test]
pub fn the_document_says_who_may_ask_and_the_hub_holds_it() {
    let hub = TestHub::new();
    let document: Value = serde_json::from_str(
        &http().get(format!("{}/v1/openapi.json", hub.url)).send().unwrap().text().unwrap(),
    )
    .unwrap();
    let bearers: Vec<(Role, String)> = Role::ALL
        .map(|role| {
            let code = hub.code(role.as_str(), role);
            let token = "t".repeat(32) + &code;
            let enrolment = photodesk::sync::protocol::Enrolment { code, token: token.clone() };
            let client = photodesk::sync::client::Client::new(&hub.url).unwrap();
            (role, format!("{}.{token}", client.enrol(&enrolment).unwrap().device))
        })
        .into();
    let mut asked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let Some(roles) = operation["x-roles"].as_array() else {
                assert_eq!(operation["security"], serde_json::json!([]), "{method} {path} is open to anyone");
                continue;
            };
            // What needs a body is refused for that first; the reads show who is let in.
            if method != "get" {
                continue;
            }
            for (role, bearer) in &bearers {
                let url = format!("{}{}", hub.url, path.replace("{sha256}", &"0".repeat(64)));
                let status = http().get(url).bearer_auth(bearer).send().unwrap().status();
                let may = roles.iter().any(|word| word == role.as_str());
                assert_eq!(status != 403, may, "{method} {path} {}", role.as_str());
                asked += 1;
            }
        }
    }
    assert!(asked >= 40, "only {asked} were asked");
}
