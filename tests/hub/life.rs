//! The order's whole life: payment, windows, production, confirmation, closing, refunds, progress.

use std::time::{Duration, Instant};

use photodesk::store::devices::Role;
use photodesk::store::journal::JournalEvent;
use photodesk::submission::{BatchRules, Event, PaymentRule, PhotoSource, State, Verb};
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{
    Close, ClosingReport, Confirmation, ExportRow, Exports, NewOrder, NewPhoto, NewRules, NewSubmission,
    PaymentRecord, Publication, Refund, Submission, Withdrawal,
};

use crate::fixture::{BATCH, Student, TestHub, batch, claim, fault, key, outcome, photo, row, send};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const FEE: u32 = 2500;

/// A hub, its student, a desk and an administrator, under these rules.
struct Centre {
    hub: TestHub,
    student: Student,
    desk: Client,
    office: Client,
}

impl Centre {
    fn under(rules: BatchRules) -> Self {
        let hub = TestHub::with(|limits| limits.closing.look_every_seconds = 1);
        let (student, desk) = (hub.student(), hub.device("desk 1", Role::Reviewer));
        let office = hub.device("office", Role::Administrator);
        let centre = Self { hub, student, desk, office };
        centre.set(rules);
        centre
    }

    fn set(&self, rules: BatchRules) {
        let new = NewRules { max_attempts: batch().max_attempts, rules };
        let set = self.office.set_rules(&key(), BATCH, &new).unwrap();
        assert_eq!(set.rules, new.rules);
    }

    fn submits(&self, number: u32) -> Submission {
        self.student.submits(number)
    }

    /// Claims it (and gives the others back) and decides.
    fn decides(&self, id: &str, verb: Verb) {
        let claimed = claim(&self.desk, 16);
        let leased = claimed.leases.iter().find(|leased| leased.submission.submission == id).unwrap();
        assert_eq!(outcome(&self.desk, &row(leased, verb)), "committed");
        let others = claimed.leases.iter().filter(|leased| leased.submission.submission != id);
        let leases = others.map(|leased| photodesk::sync::protocol::LeaseRef {
            submission: leased.submission.submission.clone(),
            token: leased.token,
        });
        let leases = photodesk::sync::protocol::Leases { leases: leases.collect() };
        self.desk.release(&key(), &leases).unwrap();
    }

    fn exports(&self, submission: &Submission) -> Option<String> {
        let row = ExportRow {
            submission: submission.submission.clone(),
            photo_sha256: submission.photo_sha256.clone(),
            revision: submission.revision,
        };
        let answer = self.desk.export(&key(), &Exports { job: "job".into(), rows: vec![row] }).unwrap();
        answer.verdicts.into_iter().next().unwrap().refused.map(|fault| fault.code)
    }

    fn publishes(&self, submission: &Submission, number: u32) -> Submission {
        let content = photo(number);
        let final_sha256 = photodesk::store::blobs::sha256_hex(&content);
        self.desk.put_photo(&final_sha256, content).unwrap();
        let new = Publication {
            photo_sha256: submission.photo_sha256.clone(),
            revision: submission.revision,
            final_sha256,
        };
        self.desk.publish(&key(), &submission.submission, &new).unwrap()
    }

    /// From the student's photo to the processed one.
    fn produces(&self, number: u32) -> Submission {
        let submission = self.submits(number);
        self.decides(&submission.submission, Verb::Approve);
        assert_eq!(self.exports(&submission), None);
        self.publishes(&submission, number + 500)
    }

    fn state(&self, id: &str) -> State {
        self.student.client.submission(id).unwrap().state
    }

    fn close(&self, dry_run: bool) -> ClosingReport {
        self.office.close(BATCH, &Close { dry_run }).unwrap()
    }

    fn pays(&self, order: &str) -> State {
        let asked = PaymentRecord { amount_fen: FEE, recorded_by: "wang".into() };
        self.office.record_payment(&key(), order, &asked).unwrap().state
    }
}

fn paying(payment: PaymentRule) -> BatchRules {
    BatchRules { payment, fee_fen: FEE, ..BatchRules::default() }
}

fn asking() -> BatchRules {
    BatchRules { asks_confirmation: true, ..BatchRules::default() }
}

fn ids(listed: &[photodesk::sync::protocol::Listed]) -> Vec<String> {
    let mut ids: Vec<String> = listed.iter().filter_map(|listed| listed.submission.clone()).collect();
    ids.sort();
    ids
}

#[test]
pub fn a_student_pays_first_sends_the_photo_and_confirms_what_was_made_of_it() {
    let centre = Centre::under(BatchRules { asks_confirmation: true, ..paying(PaymentRule::BeforePhoto) });
    let client = &centre.student.client;
    let photo_sha256 = centre.student.sends(1);
    let new = NewSubmission {
        batch: BATCH.into(),
        masked_name: "吴*兰".into(),
        photo_sha256: photo_sha256.clone(),
    };
    assert_eq!(fault(client.submit(&key(), &new)).code, "payment_first");

    let opened =
        client.open_order(&key(), &NewOrder { batch: BATCH.into(), masked_name: "吴*兰".into() }).unwrap();
    assert_eq!((opened.state, opened.fee_fen, opened.paid_fen), (State::AwaitingPayment, FEE, 0));
    assert!(opened.order.starts_with("000000-") && opened.order.len() == 24, "{}", opened.order);
    let new = NewPhoto { photo_sha256 };
    assert_eq!(fault(client.order_photo(&key(), &opened.order, &new)).code, "payment_first");

    let record = |amount_fen| PaymentRecord { amount_fen, recorded_by: "wang".into() };
    let pay_key = key();
    let other = centre.office.record_payment(&pay_key, &opened.order, &record(FEE - 1));
    assert_eq!(fault(other).code, "other_amount");
    assert_eq!(fault(client.record_payment(&key(), &opened.order, &record(FEE))).code, "not_allowed");
    let paid = centre.office.record_payment(&pay_key, &opened.order, &record(FEE)).unwrap();
    assert_eq!((paid.state, paid.paid_fen), (State::Paid, FEE));
    assert_eq!(centre.office.record_payment(&pay_key, &opened.order, &record(FEE)).unwrap(), paid);
    let twice = centre.office.record_payment(&key(), &opened.order, &record(FEE));
    assert_eq!(fault(twice).code, "illegal_transition", "paid once");

    let submission = client.order_photo(&key(), &opened.order, &new).unwrap();
    assert_eq!(submission.state, State::PendingReview);
    centre.decides(&submission.submission, Verb::Approve);
    assert_eq!(fault(client.final_photo(&submission.submission)).code, "not_published");
    assert_eq!(centre.exports(&submission), None);
    assert_eq!(centre.state(&submission.submission), State::InProduction);
    assert_eq!(centre.publishes(&submission, 501).state, State::AwaitingConfirmation);
    assert_eq!(client.final_photo(&submission.submission).unwrap(), photo(501));
    let stale = client.confirm(&key(), &submission.submission, &Confirmation { revision: 2 });
    assert_eq!(fault(stale).code, "stale_photo");
    let confirmed = client.confirm(&key(), &submission.submission, &Confirmation { revision: 1 }).unwrap();
    assert_eq!(confirmed.state, State::Completed);
    let order = client.order(&opened.order).unwrap();
    assert_eq!((order.state, order.submission), (State::Completed, Some(submission.submission)));
}

#[test]
pub fn a_photo_that_is_paid_for_later_waits_for_the_money_and_then_at_the_end_of_the_queue() {
    let centre = Centre::under(paying(PaymentRule::AfterPhoto));
    let first = centre.submits(1);
    assert_eq!(first.state, State::AwaitingPayment);
    assert!(claim(&centre.desk, 8).leases.is_empty(), "unpaid photos are not reviewed");
    let order = |id: &str| centre.student.client.progress(id).unwrap().order.unwrap();
    centre.hub.later(10);
    let second = centre.submits(2);
    assert_eq!(centre.pays(&order(&second.submission)), State::PendingReview);
    centre.hub.later(10);
    assert_eq!(centre.pays(&order(&first.submission)), State::PendingReview);
    let place = |id: &str| centre.student.client.progress(id).unwrap().place;
    assert_eq!((place(&second.submission), place(&first.submission)), (Some(1), Some(2)));
    let third = centre.submits(3);
    let cancelled = centre.student.client.cancel_order(&key(), &order(&third.submission)).unwrap();
    assert_eq!((cancelled.state, centre.state(&third.submission)), (State::Closed, State::Closed));
    let paid = centre.student.client.cancel_order(&key(), &order(&first.submission));
    assert_eq!(fault(paid).code, "illegal_transition");
}

#[test]
pub fn where_the_batch_does_not_ask_the_processed_photo_completes() {
    let centre = Centre::under(BatchRules::default());
    assert_eq!(centre.produces(1).state, State::Completed);
}

#[test]
pub fn only_the_approved_photo_is_exported_and_published() {
    let centre = Centre::under(asking());
    let submission = centre.submits(1);
    assert_eq!(centre.exports(&submission).as_deref(), Some("illegal_transition"), "not approved");
    centre.decides(&submission.submission, Verb::Approve);
    let other = Submission { revision: 9, ..submission.clone() };
    assert_eq!(centre.exports(&other).as_deref(), Some("stale_photo"));
    let nobody = Submission { submission: "nobody".into(), ..submission.clone() };
    assert_eq!(centre.exports(&nobody).as_deref(), Some("unknown_submission"));
    assert_eq!(centre.exports(&submission), None);
    let publication = |final_sha256: &str| Publication {
        photo_sha256: submission.photo_sha256.clone(),
        revision: 1,
        final_sha256: final_sha256.into(),
    };
    let missing = centre.desk.publish(&key(), &submission.submission, &publication(&"0".repeat(64)));
    assert_eq!(fault(missing).code, "photo_not_stored");
    let by_student =
        centre.student.client.publish(&key(), &submission.submission, &publication(&submission.photo_sha256));
    assert_eq!(fault(by_student).code, "not_allowed");
}

#[test]
pub fn closing_tells_beforehand_and_confirms_exactly_those_once() {
    let mut centre = Centre::under(asking());
    let unconfirmed: Vec<Submission> = (1..=3).map(|number| centre.produces(number)).collect();
    let confirmed = centre.produces(4);
    let confirmation = Confirmation { revision: 1 };
    centre.student.client.confirm(&key(), &confirmed.submission, &confirmation).unwrap();
    let rejected = centre.submits(5);
    centre.decides(&rejected.submission, Verb::Reject);
    let pending = centre.submits(6);

    let plan = centre.close(true);
    let mut expected: Vec<String> = unconfirmed.iter().map(|one| one.submission.clone()).collect();
    expected.sort();
    assert_eq!(ids(&plan.confirmed), expected);
    assert_eq!(ids(&plan.closed), std::slice::from_ref(&rejected.submission));
    assert_eq!((plan.still_reviewed, plan.begun_at_ms), (1, None));
    assert_eq!(plan.confirmed[0].masked_name, "吴*兰");
    assert_eq!(centre.state(&expected[0]), State::AwaitingConfirmation, "a dry run changes nothing");

    let done = centre.close(false);
    assert_eq!((ids(&done.confirmed), ids(&done.closed)), (ids(&plan.confirmed), ids(&plan.closed)));
    assert!(done.done_at_ms.is_some());
    let again = centre.close(false);
    assert!(again.confirmed.is_empty() && again.closed.is_empty());
    assert_eq!((again.begun_at_ms, again.done_at_ms), (done.begun_at_ms, done.done_at_ms));

    assert_eq!(centre.state(&rejected.submission), State::Closed);
    let new = NewPhoto { photo_sha256: centre.student.sends(7) };
    let late = centre.student.client.resubmit(&key(), &rejected.submission, &new);
    assert_eq!(fault(late).code, "batch_over");
    centre.decides(&pending.submission, Verb::Approve);
    assert_eq!(centre.exports(&pending), None);
    assert_eq!(centre.publishes(&pending, 506).state, State::Completed, "nobody is asked any more");

    centre.hub.stop();
    let store = centre.hub.store();
    for id in &expected {
        let closings = store.history(id).unwrap();
        let closings = closings.iter().filter(|entry| is_closing(&entry.event)).count();
        assert_eq!(closings, 1, "confirmed once");
    }
    store.verify_journal().unwrap();
}

pub fn is_closing(event: &str) -> bool {
    let event: JournalEvent = serde_json::from_str(event).unwrap();
    matches!(event, JournalEvent::Moved { event: Event::BatchClosed, .. })
}

#[test]
pub fn a_batch_closes_by_itself_when_its_time_comes() {
    let centre =
        Centre::under(BatchRules { closes_at_ms: Some(crate::fixture::START_MS + DAY_MS), ..asking() });
    let one = centre.produces(1);
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(centre.state(&one.submission), State::AwaitingConfirmation, "not before its time");
    centre.hub.later(DAY_MS);
    let begun = Instant::now();
    while centre.state(&one.submission) != State::Completed {
        assert!(begun.elapsed() < Duration::from_secs(20), "it was not closed");
        std::thread::sleep(Duration::from_millis(50));
    }
    let student = &centre.student;
    let photo_sha256 = student.sends(2);
    let new = NewSubmission { batch: BATCH.into(), masked_name: "赵*".into(), photo_sha256 };
    assert_eq!(fault(student.client.submit(&key(), &new)).code, "batch_over");
}

#[test]
pub fn photos_are_taken_only_while_batch_and_window_are_open() {
    let start = crate::fixture::START_MS;
    let centre = Centre::under(BatchRules {
        opens_at_ms: Some(start + HOUR_MS),
        upload_until_ms: Some(start + 10 * DAY_MS),
        reupload_hours: Some(48),
        ..BatchRules::default()
    });
    let photo_sha256 = centre.student.sends(1);
    let new = NewSubmission { batch: BATCH.into(), masked_name: "吴*兰".into(), photo_sha256 };
    assert_eq!(fault(centre.student.client.submit(&key(), &new)).code, "batch_not_open");
    centre.hub.later(HOUR_MS);
    let id = centre.submits(1).submission;
    centre.decides(&id, Verb::Reject);
    let progress = || centre.student.client.progress(&id).unwrap();
    assert_eq!(progress().reasons, ["G01"]);
    assert_eq!(progress().reupload_until_ms, Some(start + HOUR_MS + 2 * DAY_MS));
    assert!(progress().may_send_again);
    centre.hub.later(2 * DAY_MS);
    assert!(!progress().may_send_again);
    let new = NewPhoto { photo_sha256: centre.student.sends(2) };
    let late = fault(centre.student.client.resubmit(&key(), &id, &new));
    assert_eq!(
        (late.code.as_str(), late.message.as_str()),
        ("illegal_transition", "the re-upload window is over")
    );
    centre.set(BatchRules { reupload_hours: Some(72), ..BatchRules::default() });
    let again = centre.student.client.resubmit(&key(), &id, &new).unwrap();
    assert_eq!((again.state, again.attempt), (State::PendingReview, 2), "the batch extended the window");
}

#[test]
pub fn a_refund_takes_the_photo_from_the_desk_and_is_over_with_production() {
    let centre = Centre::under(paying(PaymentRule::AfterPhoto));
    let order = |id: &str| centre.student.client.progress(id).unwrap().order.unwrap();
    let refund = |order: &str| centre.office.refund(&key(), order, &Refund { recorded_by: "wang".into() });
    let one = centre.submits(1).submission;
    assert_eq!(fault(refund(&order(&one))).code, "nothing_paid");
    centre.pays(&order(&one));
    let leased = claim(&centre.desk, 8).leases.remove(0);
    let back = refund(&order(&one)).unwrap();
    assert_eq!((back.state, back.paid_fen), (State::Refunded, 0));
    assert_eq!(outcome(&centre.desk, &row(&leased, Verb::Approve)), "already_decided");
    assert_eq!(fault(refund(&order(&one))).code, "nothing_paid");

    let two = centre.submits(2);
    centre.pays(&order(&two.submission));
    centre.decides(&two.submission, Verb::Approve);
    assert_eq!(centre.exports(&two), None);
    assert_eq!(fault(refund(&order(&two.submission))).code, "illegal_transition");
    assert_eq!(centre.student.client.order(&order(&two.submission)).unwrap().paid_fen, FEE, "nothing moved");
}

#[test]
pub fn a_withdrawn_photo_is_paid_for_still() {
    let centre = Centre::under(paying(PaymentRule::AfterPhoto));
    let one = centre.submits(1).submission;
    let order = centre.student.client.progress(&one).unwrap().order.unwrap();
    centre.pays(&order);
    centre.student.client.withdraw(&key(), &one, &Withdrawal { revision: 1 }).unwrap();
    assert_eq!(
        ids(&centre.close(true).to_refund),
        std::slice::from_ref(&one),
        "the batch would owe the money"
    );
    let new = NewPhoto { photo_sha256: centre.student.sends(2) };
    assert_eq!(centre.student.client.order_photo(&key(), &order, &new).unwrap().state, State::PendingReview);
}

#[test]
pub fn an_estimate_is_given_only_when_the_pace_is_known() {
    let centre = Centre::under(BatchRules::default());
    let ids: Vec<String> = (0..30).map(|number| centre.submits(number).submission).collect();
    let last = ids.last().unwrap();
    let progress = centre.student.client.progress(last).unwrap();
    assert_eq!((progress.place, progress.estimate), (Some(30), None), "nothing was decided yet");
    for _ in 0..3 {
        let leases = claim(&centre.desk, 8).leases;
        let rows: Vec<_> = leases.iter().map(|leased| row(leased, Verb::Approve)).collect();
        assert!(send(&centre.desk, &rows).iter().all(|verdict| verdict.refused.is_none()));
    }
    let progress = centre.student.client.progress(last).unwrap();
    let estimate = progress.estimate.unwrap();
    assert_eq!((progress.place, estimate.decisions, estimate.window_seconds), (Some(6), 24, 3600));
    assert_eq!(estimate.seconds, 6 * 3600 / 24);
    let decided = centre.student.client.progress(&ids[0]).unwrap();
    assert_eq!((decided.place, decided.estimate), (None, None), "it does not wait");
    centre.hub.later(2 * HOUR_MS);
    let slower = centre.student.client.progress(last).unwrap().estimate.unwrap();
    assert_eq!((slower.decisions, slower.window_seconds), (24, 86_400), "the pace of the day");
    centre.hub.later(30 * DAY_MS);
    assert_eq!(centre.student.client.progress(last).unwrap().estimate, None, "nobody works");
}

#[test]
pub fn the_year_counts_from_the_capture_and_a_batch_may_keep_shorter() {
    let centre = Centre::under(BatchRules::default());
    let start = crate::fixture::START_MS;
    let one = centre.submits(1).submission;
    let erase = || centre.student.client.progress(&one).unwrap().erase_at_ms;
    assert_eq!(erase(), start + 365 * DAY_MS);
    centre.hub.later(DAY_MS);
    let client = &centre.student.client;
    client.withdraw(&key(), &one, &Withdrawal { revision: 1 }).unwrap();
    let new = NewPhoto { photo_sha256: centre.student.sends(2) };
    client.resubmit(&key(), &one, &new).unwrap();
    assert_eq!(erase(), start + 365 * DAY_MS, "a further photo prolongs nothing");
    centre.set(BatchRules { retention_days: Some(90), ..BatchRules::default() });
    assert_eq!(erase(), start + 90 * DAY_MS);
}

#[test]
pub fn rules_that_contradict_themselves_are_refused_with_what_to_do() {
    let centre = Centre::under(BatchRules { sources: vec![PhotoSource::Camera], ..BatchRules::default() });
    let set = |rules| centre.office.set_rules(&key(), BATCH, &NewRules { max_attempts: 2, rules });
    assert_eq!(fault(set(paying(PaymentRule::SchoolPays))).code, "bad_rules");
    let free = BatchRules { payment: PaymentRule::BeforePhoto, ..BatchRules::default() };
    assert_eq!(fault(set(free.clone())).remedy, "set the fee, or let the school or nobody pay");
    let by_desk = centre.desk.set_rules(&key(), BATCH, &NewRules { max_attempts: 2, rules: free });
    assert_eq!(fault(by_desk).code, "not_allowed");
    assert_eq!(centre.desk.batch(BATCH).unwrap().rules.sources, [PhotoSource::Camera], "nothing changed");
}
