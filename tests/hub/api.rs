//! Queue, leases, decisions and changes, each race as its name says.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use photodesk::store::devices::Role;
use photodesk::store::journal::JournalEvent;
use photodesk::submission::{State, Verb};
use photodesk::sync::protocol::{Claim, Enrolment, LeaseRef, Leases, NewPhoto, NewSubmission, Withdrawal};

use crate::fixture::{BATCH, TestHub, batch, claim, fault, key, outcome, row, send, store_beside};

#[test]
pub fn two_desks_never_get_the_same_submission() {
    let hub = TestHub::new();
    let student = hub.student();
    let submitted: HashSet<String> = (0..60).map(|number| student.submits(number).submission).collect();
    let desks = ["desk 1", "desk 2", "desk 3"].map(|name| hub.device(name, Role::Reviewer));
    let claimed: Vec<Vec<String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = desks
            .iter()
            .map(|desk| {
                scope.spawn(move || {
                    let mut all = Vec::new();
                    loop {
                        let leases = claim(desk, 8).leases;
                        if leases.is_empty() {
                            return all;
                        }
                        all.extend(leases.into_iter().map(|leased| leased.submission.submission));
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let all: Vec<String> = claimed.into_iter().flatten().collect();
    assert_eq!(all.len(), submitted.len(), "each once");
    assert_eq!(all.into_iter().collect::<HashSet<_>>(), submitted);
}

#[test]
pub fn a_claim_gives_the_oldest_first_and_at_most_sixteen() {
    let hub = TestHub::new();
    let student = hub.student();
    let submitted: Vec<String> = (0..20)
        .map(|number| {
            hub.later(1);
            student.submits(number).submission
        })
        .collect();
    let desk = hub.device("desk 1", Role::Reviewer);
    let claimed: Vec<String> =
        claim(&desk, 100).leases.into_iter().map(|leased| leased.submission.submission).collect();
    assert_eq!(claimed, submitted[..16]);
}

#[test]
pub fn a_silent_desk_s_items_return_after_the_lease_and_its_token_is_refused() {
    let hub = TestHub::new();
    let student = hub.student();
    student.submits(1);
    let (one, two) = (hub.device("desk 1", Role::Reviewer), hub.device("desk 2", Role::Reviewer));
    let of_one = claim(&one, 8).leases.remove(0);
    hub.later(hub.limits.lease_ms() - 1);
    assert!(claim(&two, 8).leases.is_empty());
    hub.later(1);
    let of_two = claim(&two, 8).leases.remove(0);
    assert!(of_two.token > of_one.token);
    assert_eq!(outcome(&one, &row(&of_one, Verb::Approve)), "stale_token");
    assert_eq!(outcome(&two, &row(&of_two, Verb::Approve)), "committed");
}

#[test]
pub fn heartbeats_keep_a_lease_and_tell_what_is_lost() {
    let hub = TestHub::new();
    let student = hub.student();
    student.submits(1);
    let lost = student.submits(2);
    let desk = hub.device("desk 1", Role::Reviewer);
    let claimed = claim(&desk, 8);
    let leases = claimed
        .leases
        .iter()
        .map(|leased| LeaseRef { submission: leased.submission.submission.clone(), token: leased.token });
    let leases = Leases { leases: leases.collect() };
    student.client.withdraw(&key(), &lost.submission, &Withdrawal { revision: 1 }).unwrap();
    hub.later(hub.limits.lease_ms() * 2 / 3);
    let renewed = desk.renew(&leases).unwrap();
    assert_eq!((renewed.held.len(), renewed.lost), (1, vec![lost.submission]));
    hub.later(hub.limits.lease_ms() * 2 / 3);
    assert!(claim(&hub.device("desk 2", Role::Reviewer), 8).leases.is_empty());
    assert_eq!(desk.release(&key(), &leases).unwrap().released, 1);
    assert_eq!(claim(&hub.device("desk 3", Role::Reviewer), 8).leases.len(), 1, "free at once");
}

#[test]
pub fn a_lapsed_lease_nobody_took_still_counts() {
    let hub = TestHub::new();
    hub.student().submits(1);
    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 8).leases.remove(0);
    hub.later(hub.limits.lease_ms() * 10);
    assert_eq!(outcome(&desk, &row(&leased, Verb::Approve)), "committed");
}

#[test]
pub fn withdraw_wins_until_a_decision_commits_and_the_new_photo_is_a_new_revision() {
    let mut hub = TestHub::new();
    let student = hub.student();
    let submission = student.submits(1);
    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 8).leases.remove(0);
    let withdrawal = Withdrawal { revision: 1 };
    let withdrawn = student.client.withdraw(&key(), &submission.submission, &withdrawal).unwrap();
    assert_eq!(withdrawn.state, State::Paid);

    let late = row(&leased, Verb::Approve);
    assert_eq!(outcome(&desk, &late), "stale_withdrawn");
    assert_eq!(desk.submission(&submission.submission).unwrap().state, State::Paid);

    let photo_sha256 = student.sends(2);
    let again = student.client.resubmit(&key(), &submission.submission, &NewPhoto { photo_sha256 }).unwrap();
    assert_eq!((again.state, again.revision, again.attempt), (State::PendingReview, 2, 1));
    assert_eq!(outcome(&desk, &row(&leased, Verb::Approve)), "stale_photo");
    assert_eq!(outcome(&desk, &late), "stale_withdrawn", "the stored answer stays");

    let leased = claim(&desk, 8).leases.remove(0);
    assert_eq!(outcome(&desk, &row(&leased, Verb::Approve)), "committed");
    let refused = student.client.withdraw(&key(), &submission.submission, &Withdrawal { revision: 2 });
    assert_eq!(fault(refused).code, "illegal_transition");

    hub.stop();
    let store = hub.store();
    let attempts = store.history(&submission.submission).unwrap();
    let late: Vec<_> = attempts.iter().filter(|entry| entry.event.contains("late_decision")).collect();
    assert_eq!(late.len(), 2, "attempts are kept in the audit, each once");
    store.verify_journal().unwrap();
}

#[test]
pub fn a_second_decision_gets_the_first_one_s_result() {
    let hub = TestHub::new();
    hub.student().submits(1);
    let (one, two) = (hub.device("desk 1", Role::Reviewer), hub.device("desk 2", Role::Reviewer));
    let of_one = claim(&one, 8).leases.remove(0);
    hub.later(hub.limits.lease_ms());
    let of_two = claim(&two, 8).leases.remove(0);
    assert_eq!(outcome(&two, &row(&of_two, Verb::Reject)), "committed");
    let verdict = send(&one, &[row(&of_one, Verb::Approve)]).remove(0);
    let refused = verdict.refused.unwrap();
    assert_eq!(refused.code, "already_decided");
    assert!(refused.message.contains("rejected") && refused.message.contains("li"), "{}", refused.message);
    assert_eq!(verdict.now.unwrap().state, State::Rejected);
}

#[test]
pub fn a_lost_reply_asked_for_again_decides_once() {
    let mut hub = TestHub::new();
    let submission = hub.student().submits(1).submission;
    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 8).leases.remove(0);
    let approve = row(&leased, Verb::Approve);
    let first = send(&desk, std::slice::from_ref(&approve));
    // The reply is lost; meanwhile the hub is restarted, and the row travels with another one.
    hub.stop();
    hub.start_again();
    let mut undo = row(&leased, Verb::Undo);
    undo.decision.reasons.clear();
    let again = send(&desk, &[approve.clone(), undo.clone(), approve.clone()]);
    assert_eq!(again[0], first[0]);
    assert_eq!(again[1].now.unwrap().state, State::PendingReview);
    assert_eq!(again[2], first[0], "the answer is the stored one, whatever happened since");

    let other =
        photodesk::sync::protocol::DecisionRow { key: approve.key.clone(), ..row(&leased, Verb::Reject) };
    assert_eq!(outcome(&desk, &other), "key_reused");

    hub.stop();
    let store = hub.store();
    let decisions = store
        .history(&submission)
        .unwrap()
        .into_iter()
        .filter(|entry| matches!(serde_json::from_str(&entry.event).unwrap(), JournalEvent::Decision { .. }))
        .count();
    assert_eq!(decisions, 2, "one approval, one undo");
}

#[test]
pub fn every_write_repeated_under_its_key_is_answered_the_same() {
    let hub = TestHub::new();
    let student = hub.student();
    let photo_sha256 = student.sends(1);
    let new = NewSubmission { batch: BATCH.into(), masked_name: "吴*兰".into(), photo_sha256 };
    let submit_key = key();
    let first = student.client.submit(&submit_key, &new).unwrap();
    assert_eq!(student.client.submit(&submit_key, &new).unwrap(), first);
    let other = NewSubmission { masked_name: "赵*".into(), ..new };
    assert_eq!(fault(student.client.submit(&submit_key, &other)).code, "key_reused");

    let desk = hub.device("desk 1", Role::Reviewer);
    let claim_key = key();
    let asked = Claim { batch: None, count: 8 };
    let claimed = desk.claim(&claim_key, &asked).unwrap();
    assert_eq!(claimed.leases.len(), 1);
    assert_eq!(desk.claim(&claim_key, &asked).unwrap(), claimed);

    let withdraw_key = key();
    let asked = Withdrawal { revision: 1 };
    let withdrawn = student.client.withdraw(&withdraw_key, &first.submission, &asked).unwrap();
    assert_eq!(student.client.withdraw(&withdraw_key, &first.submission, &asked).unwrap(), withdrawn);
    assert_eq!(fault(student.client.withdraw(&key(), &first.submission, &asked)).code, "illegal_transition");
}

#[test]
pub fn a_bad_row_stops_no_other() {
    let hub = TestHub::new();
    let student = hub.student();
    student.submits(1);
    student.submits(2);
    let desk = hub.device("desk 1", Role::Reviewer);
    let leases = claim(&desk, 8).leases;
    let mut unknown = row(&leases[0], Verb::Approve);
    unknown.decision.submission = "nobody".into();
    let mut no_reason = row(&leases[0], Verb::Reject);
    no_reason.decision.reasons.clear();
    let mut other_photo = row(&leases[0], Verb::Approve);
    other_photo.decision.photo_sha256 = "0".repeat(64);
    let rows =
        [unknown, no_reason, other_photo, row(&leases[1], Verb::Approve), row(&leases[0], Verb::Reject)];
    let codes: Vec<String> = send(&desk, &rows)
        .into_iter()
        .map(|verdict| verdict.refused.map_or_else(String::new, |fault| fault.code))
        .collect();
    assert_eq!(codes, ["unknown_submission", "no_reason", "stale_photo", "", ""]);
}

#[test]
pub fn attempts_are_counted_and_run_out() {
    let hub = TestHub::new();
    let student = hub.student();
    let submission = student.submits(0).submission;
    let desk = hub.device("desk 1", Role::Reviewer);
    for number in 1..=2 {
        let leased = claim(&desk, 8).leases.remove(0);
        assert_eq!(outcome(&desk, &row(&leased, Verb::Reject)), "committed");
        let photo_sha256 = student.sends(number);
        let answer = student.client.resubmit(&key(), &submission, &NewPhoto { photo_sha256 });
        if number < batch().max_attempts {
            assert_eq!(answer.unwrap().attempt, number + 1);
        } else {
            assert_eq!(fault(answer).message, "no attempt is left for this submission");
        }
    }
}

#[test]
pub fn a_withdrawal_reaches_a_waiting_desk_within_a_second() {
    let hub = TestHub::new();
    let student = hub.student();
    let submission = student.submits(1).submission;
    let desk = hub.device("desk 1", Role::Reviewer);
    let cursor = desk.changes(0, Duration::ZERO).unwrap().cursor;
    let begun = Instant::now();
    assert!(desk.changes(cursor, Duration::from_secs(1)).unwrap().changes.is_empty());
    assert!(begun.elapsed() >= Duration::from_millis(900), "it waited");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let changes = desk.changes(cursor, Duration::from_secs(20)).unwrap();
            (changes, Instant::now())
        });
        std::thread::sleep(Duration::from_millis(300));
        let withdrawn_at = Instant::now();
        student.client.withdraw(&key(), &submission, &Withdrawal { revision: 1 }).unwrap();
        let (changes, heard_at) = waiting.join().unwrap();
        assert_eq!((changes.changes[0].kind.as_str(), changes.changes[0].state), ("withdrawn", State::Paid));
        assert!(heard_at - withdrawn_at < Duration::from_secs(1));
        assert!(changes.cursor > cursor);
    });
}

#[test]
pub fn stopping_ends_waiting_requests_at_once() {
    let mut hub = TestHub::new();
    let desk = hub.device("desk 1", Role::Reviewer);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| desk.changes(100, Duration::from_secs(20)));
        std::thread::sleep(Duration::from_millis(300));
        let begun = Instant::now();
        hub.stop();
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        assert!(waiting.join().unwrap().unwrap().changes.is_empty());
    });
}

#[test]
pub fn each_role_does_its_work_and_no_other() {
    let hub = TestHub::new();
    let student = hub.student();
    let desk = hub.device("desk 1", Role::Reviewer);
    assert_eq!(fault(student.client.claim(&key(), &Claim { batch: None, count: 1 })).code, "not_allowed");
    assert_eq!(fault(desk.add_batch(&key(), &batch())).code, "not_allowed");
    let administrator = hub.device("office", Role::Administrator);
    assert_eq!(fault(administrator.add_batch(&key(), &batch())).code, "batch_exists");
    let other = photodesk::submission::Batch { code: "other1".into(), ..batch() };
    assert_eq!(administrator.add_batch(&key(), &other).unwrap().code, "OTHER1");
    let faulty = photodesk::submission::Batch { standard: "none".into(), code: "OTHER2".into(), ..batch() };
    assert_eq!(fault(administrator.add_batch(&key(), &faulty)).code, "standard_unknown");
}

#[test]
pub fn a_revoked_device_is_shut_out_and_what_it_held_is_free() {
    let hub = TestHub::new();
    hub.student().submits(1);
    let (one, two) = (hub.device("desk 1", Role::Reviewer), hub.device("desk 2", Role::Reviewer));
    let leased = claim(&one, 8).leases.remove(0);
    let beside = store_beside(hub.folder.path());
    let devices = beside.devices().unwrap();
    let of_one = devices.iter().find(|device| device.name == "desk 1").unwrap();
    assert!(photodesk::hub::admin::revoke(&beside, &of_one.id, 5).unwrap());
    let rows = photodesk::sync::protocol::Decisions { decisions: vec![row(&leased, Verb::Approve)] };
    assert_eq!(fault(one.decide(&rows)).code, "unknown_device");
    assert_eq!(claim(&two, 8).leases.len(), 1);
}

#[test]
pub fn a_code_enrols_one_device_and_a_lost_answer_may_be_asked_for_again() {
    let hub = TestHub::new();
    let code = hub.code("desk 1", Role::Reviewer);
    let client = photodesk::sync::client::Client::new(&hub.url).unwrap();
    let enrolment = |token: &str| Enrolment { code: code.to_lowercase(), token: token.repeat(40) };
    let enrolled = client.enrol(&enrolment("a")).unwrap();
    assert_eq!((enrolled.name.as_str(), enrolled.role.as_str()), ("desk 1", "reviewer"));
    assert_eq!(client.enrol(&enrolment("a")).unwrap().device, enrolled.device);
    assert_eq!(fault(client.enrol(&enrolment("b"))).code, "bad_code");
    let late = hub.code("desk 2", Role::Reviewer);
    hub.later(3_600_001);
    assert_eq!(fault(client.enrol(&Enrolment { code: late, token: "c".repeat(40) })).code, "bad_code");
}

#[test]
pub fn health_counts_what_waits() {
    let hub = TestHub::new();
    let student = hub.student();
    student.submits(1);
    student.submits(2);
    let desk = hub.device("desk 1", Role::Reviewer);
    claim(&desk, 1);
    hub.later(90_000);
    let health = desk.health().unwrap();
    assert_eq!((health.status.as_str(), health.pending, health.leased), ("ok", 2, 1));
    assert_eq!(health.oldest_pending_seconds, Some(90));
    hub.later(hub.limits.lease_ms());
    assert_eq!(desk.health().unwrap().leased, 0);
}
