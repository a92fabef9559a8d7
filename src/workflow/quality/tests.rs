//! Second reviews, disputes and tests on a real desk, and that no order of steps breaks their promises.
use proptest::prelude::*;

use super::*;
use crate::inspect::{CheckId, Verdict};
use crate::store::journal::JournalEvent;
use crate::store::keys::KeyFileStore;
use crate::store::submissions::NewSubmission;
use crate::submission::second::Effect;
use crate::submission::{Hold, HoldKind, QueueFilter, Verb};
use crate::workflow::fixture::new_batch;
use crate::workflow::review::{decide, hold, undo_of};
use crate::workflow::statistics::Scope;

struct Place {
    desk: Desk,
    batch: String,
    _folder: tempfile::TempDir,
}

/// A desk with photos that wait; so much of what is decided is looked at again, and zhao is the senior.
fn place(photos: usize, second_percent: f64) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), &KeyFileStore::new(folder.path().join("key"))).unwrap();
    let batch = desk.create_batch(new_batch(&desk)).unwrap().code;
    for number in 0..photos {
        let photo_sha256 = desk.store.put_photo(format!("photo {number}").as_bytes()).unwrap();
        let id = format!("s{number}");
        let new = NewSubmission {
            id: &id,
            batch: &batch,
            masked_name: "吴*兰",
            state: State::PendingReview,
            photo_sha256: &photo_sha256,
            photo_bytes: 7,
            received_at_ms: number as i64,
        };
        desk.store.write(|tx| tx.add_submission(&new)).unwrap();
    }
    set_shares(&desk, None, Shares { second_percent, known_percent: 100.0 }, "li").unwrap();
    set_role(&desk, "zhao", Role::Senior, "li").unwrap();
    Place { desk, batch, _folder: folder }
}

impl Place {
    fn signed(&self, id: &str, by: &str, verb: Verb) -> Decision {
        let item = self.desk.item(id).unwrap();
        let reasons = if verb == Verb::Reject { vec!["G01".to_owned()] } else { Vec::new() };
        Decision {
            submission: item.submission,
            photo_sha256: item.photo_sha256,
            revision: item.revision,
            verb,
            reasons,
            reviewer: by.to_owned(),
        }
    }

    fn decide(&self, id: &str, by: &str, verb: Verb) -> Result<QueueItem, DeskError> {
        decide(&self.desk, &self.signed(id, by, verb))
    }

    fn opine(&self, id: &str, by: &str, verb: Verb) -> Result<QueueItem, DeskError> {
        opine(&self.desk, &self.signed(id, by, verb))
    }

    fn rule(&self, id: &str, by: &str, verb: Verb) -> Result<Effect, DeskError> {
        rule(&self.desk, &self.signed(id, by, verb)).map(|(_, effect)| effect)
    }

    fn state(&self, id: &str) -> State {
        self.desk.item(id).unwrap().state
    }

    fn to_look_again(&self, by: &str) -> Vec<String> {
        ids(to_look_again(&self.desk, by, &QueueFilter::default()).unwrap())
    }

    fn disputed(&self) -> Vec<String> {
        ids(disputed(&self.desk, &QueueFilter::default()).unwrap())
    }
}

fn ids(items: Vec<QueueItem>) -> Vec<String> {
    items.into_iter().map(|item| item.submission).collect()
}

fn code<T>(result: Result<T, DeskError>) -> &'static str {
    result.err().map_or("done", |error| error.code())
}

#[test]
fn a_decision_is_looked_at_again_by_somebody_else_without_a_trace_of_the_first() {
    let place = place(2, 100.0);
    place.decide("s0", "li", Verb::Approve).unwrap();
    place.decide("s1", "wang", Verb::Reject).unwrap();
    assert_eq!(
        (place.to_look_again("li"), place.to_look_again("wang")),
        (vec!["s1".into()], vec!["s0".into()])
    );
    let offered = to_look_again(&place.desk, "wang", &QueueFilter::default()).unwrap();
    assert_eq!((offered[0].state, offered[0].hold), (State::PendingReview, None));
    assert_eq!(code(place.opine("s0", "li", Verb::Approve)), "own_decision");
    let seen = place.opine("s0", "wang", Verb::Approve).unwrap();
    assert_eq!((seen.state, place.state("s0")), (State::Approved, State::Approved));
    assert_eq!(code(place.opine("s0", "wang", Verb::Approve)), "second_not_open");
    assert_eq!(code(undo_of(&place.desk, "li", "s0")), "built_on");
    assert_eq!(place.disputed(), Vec::<String>::new());
    place.desk.verify_journal().unwrap();
}

#[test]
fn a_disagreement_is_settled_by_a_senior_and_the_wrong_decision_taken_anew_on_record() {
    let place = place(2, 100.0);
    for id in ["s0", "s1"] {
        place.decide(id, "li", Verb::Approve).unwrap();
        place.opine(id, "wang", Verb::Reject).unwrap();
        assert_eq!(place.state(id), State::Approved, "a second opinion changes nothing");
    }
    assert_eq!(place.disputed(), ["s0", "s1"]);
    assert_eq!(code(place.rule("s0", "wang", Verb::Reject)), "senior_only");
    let shown = dispute(&place.desk, "s0").unwrap().unwrap();
    assert_eq!((shown.first.verb, shown.second.verb), (Verb::Approve, Verb::Reject));
    assert_eq!((shown.first.by.as_str(), shown.second.by.as_str()), ("", ""));
    assert_eq!(place.rule("s0", "zhao", Verb::Approve).unwrap(), Effect::Upheld);
    assert_eq!(place.rule("s1", "zhao", Verb::Reject).unwrap(), Effect::Changed);
    assert_eq!((place.state("s0"), place.state("s1")), (State::Approved, State::Rejected));
    assert_eq!(place.disputed(), Vec::<String>::new());
    let kinds: Vec<JournalEvent> = place
        .desk
        .store
        .history("s1")
        .unwrap()
        .iter()
        .map(|entry| JournalEvent::of(entry).unwrap())
        .collect();
    let tail: Vec<bool> = kinds
        .iter()
        .rev()
        .take(3)
        .map(|event| {
            matches!(
                event,
                JournalEvent::Ruled { .. } | JournalEvent::Reopened { .. } | JournalEvent::Decision { .. }
            )
        })
        .collect();
    assert_eq!(tail, [true, true, true], "{kinds:?}");
    place.desk.verify_journal().unwrap();
}

#[test]
fn what_is_in_production_is_recalled_and_not_changed() {
    let place = place(1, 100.0);
    place.decide("s0", "li", Verb::Approve).unwrap();
    place.desk.store.write(|tx| tx.set_state("s0", State::InProduction)).unwrap();
    place.opine("s0", "wang", Verb::Reject).unwrap();
    assert_eq!(place.rule("s0", "zhao", Verb::Reject).unwrap(), Effect::Recall);
    assert_eq!(place.state("s0"), State::InProduction);
    assert_eq!(code(reopen(&place.desk, "s0", "zhao")), "illegal_transition");
}

#[test]
fn doubt_about_whose_photo_it_is_is_looked_at_again_whatever_the_share() {
    let place = place(2, 0.0);
    let mut report = crate::store::fixture::report(&[Verdict::Warn]);
    report.findings[0].check = CheckId::FaceMatch;
    let sha256 = place.desk.item("s1").unwrap().photo_sha256;
    place.desk.store.write(|tx| tx.set_report("s1", &sha256, &Ok(report.clone()))).unwrap();
    for id in ["s0", "s1"] {
        place.decide(id, "li", Verb::Approve).unwrap();
    }
    assert_eq!(place.to_look_again("wang"), ["s1"]);
}

#[test]
fn the_share_is_drawn_the_same_at_every_try_and_by_nothing_but_the_photo() {
    let place = place(60, 30.0);
    let drawn = |by: &str, verb| {
        (0..60).for_each(|n| drop(place.decide(&format!("s{n}"), by, verb).unwrap()));
        let drawn = place.to_look_again("sun");
        (0..60).for_each(|n| drop(undo_of(&place.desk, by, &format!("s{n}")).unwrap()));
        assert_eq!(place.to_look_again("sun"), Vec::<String>::new(), "nothing waits for what was taken back");
        drawn
    };
    let first = drawn("li", Verb::Approve);
    assert!((8..=30).contains(&first.len()), "{} of 60 at 30 %", first.len());
    assert_eq!(first, drawn("wang", Verb::Reject));
}

#[test]
fn everything_of_one_reviewer_between_two_times_is_counted_and_put_up_once() {
    let place = place(3, 0.0);
    for id in ["s0", "s1"] {
        place.decide(id, "li", Verb::Approve).unwrap();
    }
    place.decide("s2", "wang", Verb::Approve).unwrap();
    let scope = AgainScope { reviewer: "li".into(), from_ms: 0, to_ms: i64::MAX };
    assert_eq!(plan_again(&place.desk, &scope).unwrap().photos, 2);
    assert_eq!(place.to_look_again("wang"), Vec::<String>::new(), "counting changes nothing");
    assert_eq!(code(review_again(&place.desk, &scope, "wang")), "senior_only");
    assert_eq!(review_again(&place.desk, &scope, "zhao").unwrap(), 2);
    assert_eq!(place.to_look_again("wang"), ["s0", "s1"]);
    assert_eq!(plan_again(&place.desk, &scope).unwrap().photos, 0);
    let past = AgainScope { to_ms: 1, ..scope };
    assert_eq!(plan_again(&place.desk, &past).unwrap().photos, 0);
}

#[test]
fn a_known_answer_comes_up_among_others_once_and_changes_nothing() {
    let place = place(4, 0.0);
    place.decide("s0", "li", Verb::Reject).unwrap();
    assert_eq!(code(mark_known(&place.desk, "s0", true, "li")), "senior_only");
    mark_known(&place.desk, "s0", true, "zhao").unwrap();
    assert_eq!(code(mark_known(&place.desk, "s1", true, "zhao")), "no_known_answer");
    let mixed = |by: &str| {
        let filter = QueueFilter { state: Some(State::PendingReview), ..QueueFilter::default() };
        let mut rows = place.desk.queue(&filter).unwrap();
        let put = mix(&place.desk, &mut rows, by, Some(&place.batch)).unwrap();
        assert_eq!(put.len(), rows.len() - 3);
        (rows, put)
    };
    assert_eq!(mixed("li").1.len(), 0, "whoever decided it knows it");
    let (rows, put) = mixed("wang");
    assert!(put.contains("s0"));
    let test = rows.iter().position(|row| row.submission == "s0").unwrap();
    assert_eq!(
        (rows[test].state, rows[test].received_at_ms),
        (State::PendingReview, rows[test + 1].received_at_ms)
    );
    let answered = answer(&place.desk, &place.signed("s0", "wang", Verb::Approve)).unwrap();
    assert_eq!((answered.state, place.state("s0")), (State::Approved, State::Rejected));
    assert_eq!(code(answer(&place.desk, &place.signed("s0", "wang", Verb::Reject))), "no_test");
    assert_eq!(mixed("wang").1.len(), 0, "once answered it does not come again");
    let of =
        |by: &str| quality(&place.desk, &Scope { reviewer: Some(by.into()), ..Scope::default() }).unwrap();
    assert_eq!((of("wang").tests, of("wang").right, of("wang").missed.len()), (1, 0, 1));
    assert_eq!(take_back(&place.desk, "wang", "s0").unwrap().state, State::PendingReview);
    assert_eq!((of("wang").tests, mixed("wang").1.len()), (0, 1));
    place.desk.verify_journal().unwrap();
}

#[test]
fn the_first_senior_is_named_by_anybody_and_the_last_one_stays() {
    let place = place(1, 0.0);
    assert_eq!(code(set_role(&place.desk, "li", Role::Senior, "li")), "senior_only");
    assert_eq!(code(set_role(&place.desk, "zhao", Role::Reviewer, "zhao")), "last_senior");
    assert_eq!(code(set_role(&place.desk, "  ", Role::Senior, "zhao")), "nameless");
    set_role(&place.desk, "li", Role::Senior, "zhao").unwrap();
    set_role(&place.desk, "zhao", Role::Reviewer, "li").unwrap();
    let shares = Shares { second_percent: 1.0, known_percent: 1.0 };
    assert_eq!(code(set_shares(&place.desk, None, shares, "zhao")), "senior_only");
    assert_eq!(code(set_shares(&place.desk, Some("ZZZZZZ"), shares, "li")), "unknown_batch");
}

#[test]
fn what_was_escalated_is_decided_by_a_senior() {
    let place = place(1, 0.0);
    let item = place.desk.item("s0").unwrap();
    let escalated = Hold {
        submission: item.submission,
        photo_sha256: item.photo_sha256,
        revision: item.revision,
        hold: Some(HoldKind::Escalated),
        reviewer: "li".into(),
    };
    hold(&place.desk, &escalated, "疑似他人").unwrap();
    assert_eq!(code(place.decide("s0", "wang", Verb::Approve)), "senior_only");
    assert_eq!(place.decide("s0", "zhao", Verb::Approve).unwrap().state, State::Approved);
}

/// One thing somebody tries.
#[derive(Clone, Copy, Debug)]
enum Step {
    Decide(Verb),
    Opine(Verb),
    Undo,
    TakeBack,
    Rule(Verb),
    Reopen,
    Produce,
    MarkKnown(bool),
    Answer(Verb),
    Again,
}

fn step() -> impl Strategy<Value = Step> {
    let verb = || prop_oneof![Just(Verb::Approve), Just(Verb::Reject)];
    prop_oneof![
        4 => verb().prop_map(Step::Decide),
        4 => verb().prop_map(Step::Opine),
        2 => Just(Step::Undo),
        1 => Just(Step::TakeBack),
        3 => verb().prop_map(Step::Rule),
        1 => Just(Step::Reopen),
        1 => Just(Step::Produce),
        1 => any::<bool>().prop_map(Step::MarkKnown),
        1 => verb().prop_map(Step::Answer),
        1 => Just(Step::Again),
    ]
}

const PEOPLE: [&str; 3] = ["li", "wang", "zhao"];
const PHOTOS: usize = 2;

impl Place {
    fn take(&self, step: Step, id: &str, by: &str) {
        let desk = &self.desk;
        let _refused = match step {
            Step::Decide(verb) => self.decide(id, by, verb).map(drop),
            Step::Opine(verb) => self.opine(id, by, verb).map(drop),
            Step::Undo => undo_of(desk, by, id).map(drop),
            Step::TakeBack => take_back(desk, by, id).map(drop),
            Step::Rule(verb) => self.rule(id, by, verb).map(drop),
            Step::Reopen => reopen(desk, id, by).map(drop),
            Step::MarkKnown(known) => mark_known(desk, id, known, by),
            Step::Answer(verb) => answer(desk, &self.signed(id, by, verb)).map(drop),
            Step::Again => {
                let scope = AgainScope { reviewer: "li".into(), from_ms: 0, to_ms: i64::MAX };
                review_again(desk, &scope, by).map(drop)
            }
            Step::Produce if self.state(id) == State::Approved => {
                desk.store.write(|tx| tx.set_state(id, State::InProduction)).map_err(DeskError::from)
            }
            Step::Produce => Ok(()),
        };
    }

    /// What must hold whatever was tried, by whom and in which order.
    fn check(&self, step: Step, by: &str, before: &[State]) {
        let mut both = ids(self.desk.store.in_second_review(Stage::Open, None, None).unwrap());
        both.extend(self.disputed());
        let distinct: std::collections::BTreeSet<&String> = both.iter().collect();
        assert_eq!(distinct.len(), both.len(), "two that wait for one: {both:?}");
        for name in PEOPLE {
            for item in to_look_again(&self.desk, name, &QueueFilter::default()).unwrap() {
                assert_eq!(
                    (item.state, item.hold),
                    (State::PendingReview, None),
                    "a trace of the first look"
                );
                let (_, review) = self.desk.store.second_of(&item.submission).unwrap().unwrap();
                assert_ne!(review.first.by, name, "an own decision is offered");
            }
        }
        for (number, before) in before.iter().enumerate() {
            let now = self.state(&format!("s{number}"));
            let moves =
                matches!(step, Step::Decide(_) | Step::Undo | Step::Rule(_) | Step::Reopen | Step::Produce);
            assert!(now == *before || moves, "{step:?} by {by} moved {before} to {now}");
            assert!(*before != State::InProduction || now == *before, "{step:?} changed what is being made");
        }
    }

    /// Every state that was decided was left by an undoing or a reopening only.
    fn check_journal(&self) {
        self.desk.verify_journal().unwrap();
        for number in 0..PHOTOS {
            let mut state = State::PendingReview;
            for entry in self.desk.store.history(&format!("s{number}")).unwrap() {
                let (from, to) = match JournalEvent::of(&entry).unwrap() {
                    JournalEvent::Decision { from, to, decision } => {
                        let decides = decision.verb != Verb::Undo;
                        assert_eq!(from == State::PendingReview, decides, "decided over a decision");
                        (from, to)
                    }
                    JournalEvent::Reopened { from, to, .. } => (from, to),
                    _ => continue,
                };
                assert_eq!(from, state);
                state = to;
            }
            let now = self.state(&format!("s{number}"));
            assert!(
                now == state || now == State::InProduction,
                "{now} is not what the journal says: {state}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn no_order_of_steps_breaks_a_promise(
        steps in proptest::collection::vec((step(), 0..PHOTOS, 0..PEOPLE.len()), 1..40),
    ) {
        let place = place(PHOTOS, 100.0);
        let meet = |tx: &Tx<'_>| PEOPLE.iter().try_for_each(|name| tx.meet_reviewer(name));
        place.desk.store.write(meet).unwrap();
        for (step, photo, person) in steps {
            let before: Vec<State> = (0..PHOTOS).map(|number| place.state(&format!("s{number}"))).collect();
            place.take(step, &format!("s{photo}"), PEOPLE[person]);
            place.check(step, PEOPLE[person], &before);
        }
        place.check_journal();
    }
}
