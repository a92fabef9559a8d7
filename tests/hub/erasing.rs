//! Erasing what is due: photos and persons go, decisions and journal stay, and whoever comes back is told.

use std::time::Duration;

use photodesk::hub::admin::{self, Due, Erasure, Hindrance};
use photodesk::store::blobs::sha256_hex;
use photodesk::store::devices::Role;
use photodesk::store::{Store, StoreError};
use photodesk::submission::{OrderState, Recipient, State, Verb};
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{ExportRow, Exports, Publication};
use photodesk::sync::round::{self, Plan};

use crate::fixture::{TestHub, claim, key, outcome, photo, row};

/// Nobody watches a round.
struct Nobody;

impl round::Watcher for Nobody {
    fn is_cancelled(&self) -> bool {
        false
    }

    fn begun(&self, _photos: usize) {}

    fn step(&self) {}
}

const A_DAY_MS: i64 = 24 * 3600 * 1000;
const DAYS: u32 = 365;

/// A hub that erases by itself only when it starts, and leaves no photo because it is new.
fn hub() -> TestHub {
    TestHub::with(|limits| limits.page.dropped_kept_seconds = 0)
}

/// A finished submission; gives its id and the SHA-256 of its two photos.
fn finished(hub: &TestHub, desk: &Client, number: u32) -> (String, [String; 2]) {
    let id = hub.student().submits(number).submission;
    let leased = claim(desk, 1).leases.remove(0);
    assert_eq!(
        (&leased.submission.submission, outcome(desk, &row(&leased, Verb::Approve))),
        (&id, "committed".into())
    );
    let (photo_sha256, revision) = (leased.submission.photo_sha256, leased.submission.revision);
    let exported = ExportRow { submission: id.clone(), photo_sha256: photo_sha256.clone(), revision };
    desk.export(&key(), &Exports { job: key(), rows: vec![exported] }).unwrap();
    let made = photo(number + 20_000);
    let final_sha256 = sha256_hex(&made);
    desk.put_photo(&final_sha256, made).unwrap();
    let new =
        Publication { photo_sha256: photo_sha256.clone(), revision, final_sha256: final_sha256.clone() };
    assert_eq!(desk.publish(&key(), &id, &new).unwrap().state, State::Completed);
    (id, [photo_sha256, final_sha256])
}

fn erased(hub: &TestHub) -> Erasure {
    let now_ms = hub.now_ms.load(std::sync::atomic::Ordering::SeqCst);
    hub.beside(|store| admin::erase(store, DAYS, Duration::ZERO, now_ms)).unwrap()
}

fn due(hub: &TestHub) -> Vec<Due> {
    let now_ms = hub.now_ms.load(std::sync::atomic::Ordering::SeqCst);
    hub.beside(|store| admin::erasing_plan(store, DAYS, now_ms)).unwrap()
}

fn state(store: &Store, id: &str) -> State {
    store.item(id).unwrap().state
}

fn is_missing(store: &Store, sha256: &str) -> bool {
    matches!(store.photo(sha256), Err(StoreError::MissingPhoto { .. }))
}

#[test]
pub fn what_is_due_goes_once_and_the_chain_the_decision_and_what_is_open_stay() {
    let hub = hub();
    let desk = hub.device("desk 1", Role::Reviewer);
    let (old, photos) = finished(&hub, &desk, 1);
    let waiting = hub.student().submits(2).submission;
    hub.later(365 * A_DAY_MS - 1);
    assert_eq!(due(&hub), [], "a year is not over");
    let (young, kept) = finished_later(&hub, 3);
    hub.later(1);
    let plan = due(&hub);
    let reasons: Vec<_> = plan.iter().map(|due| (due.submission.as_str(), due.hindrance.clone())).collect();
    assert_eq!(
        reasons,
        [(old.as_str(), None), (waiting.as_str(), Some(Hindrance::Open(State::PendingReview)))]
    );
    hub.beside(|store| {
        assert_eq!(state(store, &old), State::Completed, "a plan changes nothing");
        assert!(!is_missing(store, &photos[0]) && !is_missing(store, &photos[1]));
    });

    let done = erased(&hub);
    assert_eq!(
        (done.erased.len(), done.stays.len(), done.photos.gone, done.photos.still_there),
        (1, 1, 2, 0)
    );
    hub.beside(|store| {
        assert_eq!((state(store, &old), state(store, &waiting)), (State::Erased, State::PendingReview));
        assert!(photos.iter().all(|sha256| is_missing(store, sha256)));
        assert!(kept.iter().all(|sha256| !is_missing(store, sha256)), "{young} is young");
        assert_eq!(store.item(&old).unwrap().masked_name, "");
        assert_eq!(store.order_of(&old).unwrap().unwrap().masked_name, "");
        assert!(store.published(&old).unwrap().is_none());
        store.verify_journal().unwrap();
        let proof = store.verify_photos().unwrap();
        assert_eq!((proof.whole, proof.erased, proof.faulty.len()), (3, 2, 0));
    });
    let again = erased(&hub);
    assert_eq!((again.erased.len(), again.photos.gone), (0, 0), "each is erased once");
    let told = desk.changes(0, Duration::ZERO).unwrap();
    assert!(told.changes.iter().any(|change| change.submission == old && change.state == State::Erased));
}

/// The same with a desk of its own, since leases of another may have run out.
fn finished_later(hub: &TestHub, number: u32) -> (String, [String; 2]) {
    let desk = hub.device("desk 2", Role::Reviewer);
    // The one that waits longest comes first, and is given back.
    let first = claim(&desk, 1);
    assert_eq!(first.leases.len(), 1);
    finished(hub, &desk, number)
}

#[test]
pub fn a_photo_that_a_living_submission_shares_stays_and_a_file_that_is_still_there_is_reported() {
    let hub = hub();
    let desk = hub.device("desk 1", Role::Reviewer);
    let (old, [photo_sha256, final_sha256]) = finished(&hub, &desk, 1);
    hub.later(200 * A_DAY_MS);
    let twin = hub.student().submits(1).submission;
    hub.later(165 * A_DAY_MS);
    let done = erased(&hub);
    assert_eq!((done.erased.len(), done.photos.gone), (1, 1), "{done:?}");
    hub.beside(|store| {
        assert_eq!((state(store, &old), state(store, &twin)), (State::Erased, State::PendingReview));
        assert!(!is_missing(store, &photo_sha256) && is_missing(store, &final_sha256));
        // Somebody brings the file back behind the hub's back.
        assert_eq!(store.put_photo(&photo(20_001)).unwrap(), final_sha256);
        let proof = store.verify_photos().unwrap();
        assert_eq!((proof.faulty.len(), proof.faulty[0].1.code()), (1, "not_erased"));
    });
}

#[test]
pub fn a_run_that_broke_off_after_its_rows_is_made_good_by_the_next_hub() {
    let mut hub = hub();
    let desk = hub.device("desk 1", Role::Reviewer);
    let (old, photos) = finished(&hub, &desk, 1);
    hub.later(365 * A_DAY_MS);
    hub.stop();
    // As a killed run leaves it: the files were stored a moment ago and may not go yet.
    let now_ms = hub.now_ms.load(std::sync::atomic::Ordering::SeqCst);
    let store = hub.store();
    let done = admin::erase(&store, DAYS, Duration::from_secs(3600), now_ms).unwrap();
    assert_eq!((done.erased.len(), done.photos.gone, done.photos.still_there), (1, 0, 2));
    assert_eq!(store.verify_photos().unwrap().faulty.len(), 2, "marked, and still there");
    drop(store);
    hub.start_again();
    let begun = std::time::Instant::now();
    while !hub.beside(|store| photos.iter().all(|sha256| is_missing(store, sha256))) {
        assert!(begun.elapsed() < Duration::from_secs(20), "the hub goes on at its start");
        std::thread::sleep(Duration::from_millis(50));
    }
    hub.beside(|store| assert_eq!(state(store, &old), State::Erased));
}

#[test]
pub fn prints_that_are_not_settled_hold_it_up_and_their_address_goes_with_it() {
    let hub = hub();
    let desk = hub.device("desk 1", Role::Reviewer);
    let (old, _) = finished(&hub, &desk, 1);
    let recipient =
        Recipient { name: "吴小兰".into(), phone: "13800000000".into(), ..Recipient::default() };
    let number = "100001-20261122090000000";
    hub.beside(|store| {
        store
            .write(|tx| {
                let new = photodesk::store::print_orders::NewPrintOrder {
                    number,
                    submission: &old,
                    layout: "1寸×8",
                    paper: "6寸",
                    copies: 1,
                    paid: false,
                    recipient: &recipient,
                };
                tx.add_print_order(&new, 1, "test")
            })
            .unwrap();
    });
    hub.later(365 * A_DAY_MS);
    let held = erased(&hub);
    assert_eq!(held.stays[0].hindrance, Some(Hindrance::Prints(number.into())));
    hub.beside(|store| {
        store
            .write(|tx| tx.move_print_order(number, photodesk::submission::OrderEvent::Cancelled, 2, "test"))
            .unwrap();
    });
    assert_eq!(erased(&hub).erased.len(), 1);
    hub.beside(|store| {
        let order = store.print_order(number).unwrap();
        assert_eq!((order.state, order.masked_name.as_str()), (OrderState::Closed, ""));
        assert_eq!(store.recipient(number).unwrap(), Recipient::default());
    });
}

#[test]
pub fn a_desk_that_held_the_photo_drops_its_copy() {
    let hub = hub();
    let office = hub.device("desk 1", Role::Reviewer);
    let folder = tempfile::tempdir().unwrap();
    let keys = photodesk::store::keys::KeyFileStore::new(folder.path().join("key"));
    let desk = Store::open(&folder.path().join("desk"), &keys).unwrap();
    round::enrol(&desk, &hub.url, &hub.code("desk 2", Role::Reviewer)).unwrap();
    let id = hub.student().submits(1).submission;
    let now = || hub.now_ms.load(std::sync::atomic::Ordering::SeqCst);
    let goes = |plan: Plan| {
        let client = round::client(&desk).unwrap();
        round::run(&desk, &client, &plan, &Nobody, &now).unwrap()
    };
    assert_eq!(goes(Plan { hold: 1, ..Plan::default() }).pulled, std::slice::from_ref(&id));
    goes(Plan { release: true, ..Plan::default() });
    let leased = claim(&office, 1).leases.remove(0);
    assert_eq!(outcome(&office, &row(&leased, Verb::Reject)), "committed");
    hub.later(365 * A_DAY_MS);
    let batch = hub.beside(|store| store.batches().unwrap().remove(0).batch.code);
    hub.beside(|store| admin::close(store, &batch, now(), 10)).unwrap();
    assert_eq!(erased(&hub).erased.len(), 1, "closed, and its time is over");
    goes(Plan::default());
    let item = desk.item(&id).unwrap();
    assert_eq!((item.state, item.masked_name.as_str()), (State::Erased, ""));
    assert_eq!(desk.verify_photos().unwrap().faulty.len(), 1, "marked; new files stay for a while");
    assert_eq!(desk.remove_erased(now(), Duration::ZERO).unwrap().gone, 1);
    assert!(is_missing(&desk, &item.photo_sha256));
    desk.verify_journal().unwrap();
}
