//! The same stories with rows on PostgreSQL and photos in an object store, and what only an object store can do to a hub.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use photodesk::store::blobs::sha256_hex;
use photodesk::store::devices::Role;
use photodesk::submission::Verb;
use photodesk::sync::client::ClientError;
use photodesk::sync::protocol::{NewSubmission, PART_BYTES};

use crate::fixture::place::{Place, SECRET};
use crate::fixture::{
    BATCH, NEW_PLACE, TestHub, claim, code, device, fault, http, key, make, outcome, photo, row, store,
};
use crate::kill::{start, stop};
use crate::object_store::{Mood, ObjectStore};
use crate::postgres;

fn shared() -> &'static ObjectStore {
    static STORE: OnceLock<ObjectStore> = OnceLock::new();
    STORE.get_or_init(ObjectStore::start)
}

/// Carries out a test whose hubs have their photos in an object store.
fn on_objects(test: impl FnOnce()) {
    NEW_PLACE.set(Some(|| shared().new_place()));
    test();
    NEW_PLACE.set(None);
}

/// The same with their rows on PostgreSQL.
fn on_both(test: impl FnOnce()) {
    postgres::on_postgres(|| on_objects(test));
}

told_again! { on_both
    api:
        withdraw_wins_until_a_decision_commits_and_the_new_photo_is_a_new_revision
        every_write_repeated_under_its_key_is_answered_the_same
        attempts_are_counted_and_run_out
        a_withdrawal_reaches_a_waiting_desk_within_a_second
        each_role_does_its_work_and_no_other
        health_counts_what_waits;
    capture:
        a_shot_becomes_one_submission_however_often_it_is_sent
        what_the_hub_knows_differently_is_refused_by_its_kind_and_changes_nothing;
    conform:
        the_running_hub_does_what_the_model_says;
    desk:
        a_desk_pulls_decides_and_sends
        work_goes_on_while_the_hub_is_gone_and_nothing_is_lost
        a_withdrawn_photo_leaves_the_desk_and_its_late_decision_is_kept
        what_another_desk_took_is_no_longer_offered_and_cannot_be_decided
        a_cancelled_pull_gives_back_what_it_did_not_fetch;
    erasing:
        what_is_due_goes_once_and_the_chain_the_decision_and_what_is_open_stay
        a_photo_that_a_living_submission_shares_stays_and_a_file_that_is_still_there_is_reported
        a_run_that_broke_off_after_its_rows_is_made_good_by_the_next_hub;
    kill:
        a_killed_hub_loses_no_acknowledged_decision
        leases_outlive_the_hub_but_not_a_desk_that_is_gone;
    life:
        a_student_pays_first_sends_the_photo_and_confirms_what_was_made_of_it
        where_the_batch_does_not_ask_the_processed_photo_completes
        only_the_approved_photo_is_exported_and_published
        closing_tells_beforehand_and_confirms_exactly_those_once
        a_withdrawn_photo_is_paid_for_still;
    live:
        photos_come_decisions_go_and_withdrawals_arrive_by_themselves
        a_hub_that_goes_and_comes_back_is_told_calmly;
    photos:
        the_very_bytes_come_back
        a_photo_is_given_in_ranges_and_not_to_whoever_has_it
        a_photo_in_parts_goes_on_where_it_broke_and_is_proved
        parts_that_make_another_photo_are_refused_and_forgotten
        the_same_photo_of_two_students_is_flagged_not_merged
        a_submission_without_its_photo_is_told_what_to_do;
    story:
        a_desk_is_enrolled_pulls_reviews_and_sends
        the_office_sets_rules_records_money_and_closes_from_the_command_line;
}

/// A hub with its photos in a store that this test may treat as it likes.
pub struct Tried {
    pub objects: ObjectStore,
    pub place: Place,
    pub hub: TestHub,
}

thread_local! {
    static NEXT: std::cell::RefCell<Option<Place>> = const { std::cell::RefCell::new(None) };
}

/// What the hub that is made next gets for a place.
fn is_next(place: &Place) {
    NEXT.set(Some(place.clone()));
    NEW_PLACE.set(Some(|| NEXT.with_borrow(|place| place.clone().unwrap())));
}

impl Tried {
    pub fn new() -> Self {
        let objects = ObjectStore::start();
        let place = objects.new_place();
        is_next(&place);
        let hub = TestHub::new();
        NEW_PLACE.set(None);
        Self { objects, place, hub }
    }
}

fn files_in(folder: &Path) -> usize {
    let files = walkdir::WalkDir::new(folder.join("hub/blobs")).into_iter().flatten();
    files.filter(|entry| entry.file_type().is_file()).count()
}

#[test]
fn photos_lie_sealed_in_the_store_and_nowhere_else() {
    let Tried { objects, place, mut hub } = Tried::new();
    let student = hub.student();
    let sha256 = student.sends(1);
    student.submits(1);
    let keys = objects.objects(&place);
    assert_eq!((keys.len(), objects.puts()), (1, 2), "the same photo again is the same object");
    let sealed = objects.content(&keys[0]);
    let plain = photo(1);
    assert!(!sealed.windows(16).any(|window| plain.windows(16).any(|part| part == window)));
    assert!(!keys[0].replace('/', "").contains(&sha256), "names are keyed");
    assert_eq!(files_in(hub.folder.path()), 0);
    let desk = hub.device("desk 1", Role::Reviewer);
    assert_eq!(desk.photo(&sha256).unwrap(), plain);
    hub.stop();
    let proof = hub.store().verify_photos().unwrap();
    assert_eq!((proof.whole, proof.faulty.len()), (1, 0));
}

#[test]
fn a_store_that_is_gone_or_busy_stops_photos_and_nothing_else() {
    let Tried { objects, place, hub } = Tried::new();
    let student = hub.student();
    let known = student.sends(1);
    (1..=4).for_each(|number| drop(student.submits(number)));
    let desk = hub.device("desk 1", Role::Reviewer);
    let taken = objects.objects(&place).len();
    for (number, mood) in [(11, Mood::Gone), (12, Mood::Busy)] {
        objects.is(mood);
        let new = photo(number);
        let sha256 = sha256_hex(&new);
        let refused = student.client.put_photo(&sha256, new).unwrap_err();
        assert!(matches!(refused, ClientError::Unreachable { .. }), "{mood:?}: {refused}");
        assert!(matches!(desk.photo(&known), Err(ClientError::Unreachable { .. })), "{mood:?}");
        let submission =
            NewSubmission { batch: BATCH.into(), masked_name: "吴*兰".into(), photo_sha256: sha256 };
        let refused = fault(student.client.submit(&key(), &submission));
        assert_eq!(refused.code, "photo_not_stored", "{mood:?}: nothing was acknowledged");
        let begun = Instant::now();
        let leased = claim(&desk, 1).leases.remove(0);
        assert_eq!(outcome(&desk, &row(&leased, Verb::Approve)), "committed");
        assert!(begun.elapsed() < Duration::from_secs(1), "{mood:?}: decisions need no photo store");
        let metrics = http().get(format!("{}/v1/metrics", hub.url)).send().unwrap().text().unwrap();
        assert!(metrics.contains("\nphotodesk_photos_away 1"), "{mood:?}: {metrics}");
        objects.is(Mood::Well);
        assert_eq!(objects.objects(&place).len(), taken, "{mood:?}: nothing half-written");
        comes("the store", || desk.photo(&known).is_ok());
    }
    student.submits(13);
    let metrics = http().get(format!("{}/v1/metrics", hub.url)).send().unwrap().text().unwrap();
    assert!(metrics.contains("\nphotodesk_photos_away 0"));
}

pub fn comes(what: &str, is_there: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_there() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn who_is_refused_for_now_is_told_when_to_come_back() {
    let Tried { objects, hub, .. } = Tried::new();
    let token = "t".repeat(40);
    let enrolment = serde_json::json!({"code": hub.code("page", Role::OnSite), "token": token});
    let enrolled = http().post(format!("{}/v1/enrolments", hub.url)).json(&enrolment).send().unwrap();
    let enrolled: serde_json::Value = serde_json::from_str(&enrolled.text().unwrap()).unwrap();
    objects.is(Mood::Gone);
    let new = photo(1);
    let put = http()
        .put(format!("{}/v1/photos/{}", hub.url, sha256_hex(&new)))
        .bearer_auth(format!("{}.{token}", enrolled["device"].as_str().unwrap()))
        .body(new)
        .send()
        .unwrap();
    assert_eq!(put.status(), 503);
    assert_eq!(put.headers()["retry-after"], "5");
    let refused: photodesk::sync::protocol::Fault = serde_json::from_str(&put.text().unwrap()).unwrap();
    assert_eq!(refused.code, "photos_away");
    assert!(!refused.remedy.is_empty());
}

/// As many as would like to read and write wait for a store that says nothing; decisions do not.
#[test]
fn a_store_that_says_nothing_holds_up_no_decision() {
    let Tried { objects, hub, .. } = Tried::new();
    let student = hub.student();
    (1..=4).for_each(|number| drop(student.submits(number)));
    let known = sha256_hex(&photo(1));
    let desks = [hub.device("desk 1", Role::Reviewer), hub.device("desk 2", Role::Reviewer)];
    objects.is(Mood::Silent);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (desk, student, known) = (&desks[1], &student, &known);
            scope.spawn(move || {
                let new = photo(20 + number);
                drop(student.client.put_photo(&sha256_hex(&new), new));
            });
            scope.spawn(move || drop(desk.photo(known)));
        }
        std::thread::sleep(Duration::from_millis(300));
        let begun = Instant::now();
        for leased in claim(&desks[0], 4).leases {
            assert_eq!(outcome(&desks[0], &row(&leased, Verb::Approve)), "committed");
        }
        assert!(begun.elapsed() < Duration::from_secs(1), "took {:?}", begun.elapsed());
        objects.is(Mood::Well);
    });
}

#[test]
fn a_photo_in_parts_waits_for_a_store_that_comes_back() {
    let Tried { objects, hub, .. } = Tried::new();
    let client = hub.student().client;
    let mut large = photo(7);
    large.extend(std::iter::repeat_n(0x5a, PART_BYTES));
    let sha256 = sha256_hex(&large);
    for (number, part) in (0..).zip(large.chunks(PART_BYTES)) {
        client.put_part(&sha256, number, part.to_vec()).unwrap();
    }
    objects.is(Mood::Gone);
    assert!(matches!(client.join_parts(&sha256, 2), Err(ClientError::Unreachable { .. })));
    objects.is(Mood::Well);
    assert_eq!(client.parts(&sha256).unwrap().parts, 2, "nothing has to be sent again");
    comes("the store", || client.join_parts(&sha256, 2).is_ok());
    assert_eq!(client.parts(&sha256).unwrap().parts, 0);
}

#[test]
fn an_object_that_is_damaged_or_gone_is_told_by_its_name() {
    let Tried { objects, place, mut hub } = Tried::new();
    let student = hub.student();
    let (one, two) = (student.sends(1), student.sends(2));
    let desk = hub.device("desk 1", Role::Reviewer);
    let keys = objects.objects(&place);
    objects.damage(&keys[0], |sealed| sealed[40] ^= 1);
    objects.lose(&keys[1]);
    assert_eq!(fault(desk.photo(&one)).code, "sealed_data");
    let missing = fault(desk.photo(&two));
    assert_eq!(missing.code, "missing_photo");
    assert!(missing.remedy.contains("backup"), "{missing:?}");
    hub.stop();
    let proof = hub.store().verify_photos().unwrap();
    let faulty: HashSet<_> =
        proof.faulty.iter().map(|(sha256, error)| (sha256.clone(), error.code())).collect();
    assert_eq!(proof.whole, 0);
    assert_eq!(faulty, HashSet::from([(one.clone(), "sealed_data"), (two, "missing_photo")]));
    objects.is(Mood::Gone);
    assert_eq!(hub.store().verify_photos().unwrap_err().code(), "photos_away", "which says nothing of any");
    objects.is(Mood::Well);
    hub.start_again();
    hub.student().sends(1);
    assert_eq!(
        hub.device("desk 1", Role::Reviewer).photo(&one).unwrap(),
        photo(1),
        "sending it again mends it"
    );
}

#[test]
fn keys_that_are_wrong_are_told_at_the_start_and_repeated_nowhere() {
    let objects = ObjectStore::start();
    let place = objects.new_place();
    let folder = tempfile::tempdir().unwrap();
    let run = |secret: &str, more: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_photodesk"));
        program.arg("--key-file").arg(folder.path().join("key")).arg("hub");
        program.arg("--data").arg(folder.path().join("hub")).args(["--listen", "127.0.0.1:0"]).args(more);
        program.envs(place.environment()).env("AWS_SECRET_ACCESS_KEY", secret);
        program.env("PHOTODESK_LOG", "trace").output().unwrap()
    };
    let said = |output: Output| {
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let wrong = said(run("a-secret-that-is-not-it", &[]));
    assert!(wrong.contains("SignatureDoesNotMatch") && wrong.contains("the keys"), "{wrong}");
    let none = said(run("", &[]));
    assert!(none.contains("AWS_SECRET_ACCESS_KEY"), "{none}");
    let clear = said(run(SECRET, &["--s3-endpoint", "http://store.example"]));
    assert!(clear.contains("write https://HOST"), "{clear}");
    for text in [wrong, none, clear] {
        assert!(!text.contains(SECRET) && !text.contains("a-secret-that"), "{text}");
        assert!(!text.contains("X-Amz-Signature"), "{text}");
    }
}

/// Students send while the hub is killed; what it acknowledged is in the store, whole.
#[test]
fn a_hub_killed_during_uploads_loses_no_acknowledged_photo() {
    let objects = ObjectStore::start();
    let place = objects.new_place();
    objects.takes_slowly(Duration::from_millis(7));
    let folder = tempfile::tempdir().unwrap();
    is_next(&place);
    make(folder.path());
    NEW_PLACE.set(None);
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let acknowledged = Mutex::new(Vec::new());
    let mut in_vain = 0;
    for round in 0..5_u32 {
        let (mut process, url) = start(folder.path());
        let phones: Vec<_> = (0..3)
            .map(|phone| {
                device(&url, &code(folder.path(), &format!("phone {round} {phone}"), Role::OnSite, now_ms))
            })
            .collect();
        let tried = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for (phone, client) in (0..).zip(&phones) {
                let (acknowledged, tried) = (&acknowledged, &tried);
                scope.spawn(move || {
                    for number in 0.. {
                        let new = photo(round * 9000 + phone * 3000 + number);
                        let sha256 = sha256_hex(&new);
                        tried.fetch_add(1, Ordering::SeqCst);
                        match client.put_photo(&sha256, new) {
                            Ok(_) => acknowledged.lock().unwrap().push(sha256),
                            Err(_) => return,
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(150 + u64::from(round) * 41));
            process.kill().unwrap();
            process.wait().unwrap();
        });
        in_vain += tried.into_inner();
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 20 && in_vain > acknowledged.len(), "{}", acknowledged.len());
    let store = store(folder.path());
    let proof = store.verify_photos().unwrap();
    assert_eq!(proof.faulty.len(), 0, "what is on record is there: {:?}", proof.faulty);
    for sha256 in &acknowledged {
        assert_eq!(sha256_hex(&store.photo(sha256).unwrap()), *sha256);
    }
}

/// Two hubs share database and object store, and nothing else: what one takes the other gives.
#[test]
fn two_hubs_with_folders_of_their_own_serve_the_same_photos() {
    on_both(|| {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        make(one.path());
        for name in ["key", "database", "photos-at"] {
            std::fs::copy(one.path().join(name), two.path().join(name)).unwrap();
        }
        let ((mut here, url), (mut there, other)) = (start(one.path()), start(two.path()));
        let now_ms = jiff::Timestamp::now().as_millisecond();
        let phone = device(&url, &code(one.path(), "phone", Role::OnSite, now_ms));
        let desk = device(&other, &code(one.path(), "desk", Role::Reviewer, now_ms));
        let new = photo(3);
        let sha256 = sha256_hex(&new);
        phone.put_photo(&sha256, new.clone()).unwrap();
        assert_eq!(desk.photo(&sha256).unwrap(), new);
        stop(&mut here);
        stop(&mut there);
    });
}

#[test]
fn uploads_of_many_phones_arrive_together() {
    let Tried { objects, place, hub } = Tried::new();
    let failed = AtomicBool::new(false);
    let phones: Vec<_> = (0..8).map(|phone| hub.device(&format!("phone {phone}"), Role::OnSite)).collect();
    std::thread::scope(|scope| {
        for (phone, client) in (0..).zip(&phones) {
            let failed = &failed;
            scope.spawn(move || {
                for number in 0..6 {
                    let mut new = photo(phone * 100 + number);
                    new.extend(std::iter::repeat_n(phone as u8, 300_000));
                    let done = client.put_photo(&sha256_hex(&new), new);
                    failed.fetch_or(done.is_err(), Ordering::SeqCst);
                }
            });
        }
    });
    assert!(!failed.into_inner());
    assert_eq!(
        (objects.objects(&place).len(), objects.reads()),
        (48, 2),
        "only the start asked for anything"
    );
    assert_eq!(files_in(hub.folder.path()), 0);
}

/// Megabytes of memory that a process has needed at most so far, or (`VmRSS`) needs now.
fn memory_mib(process: &std::process::Child, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
    line.trim_matches([':', '\t', ' ']).trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

/// Twenty phones send ten megabytes each at once to a store that takes its time: photos wait on the disk, not in memory.
#[test]
fn many_large_photos_at_once_do_not_lie_in_memory() {
    const PHONES: usize = 20;
    const BYTES: usize = 10_000_000;
    let objects = ObjectStore::start();
    objects.takes_slowly(Duration::from_millis(200));
    let place = objects.new_place();
    let folder = tempfile::tempdir().unwrap();
    is_next(&place);
    make(folder.path());
    NEW_PLACE.set(None);
    let (mut process, url) = start(folder.path());
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let phones: Vec<_> = (0..PHONES)
        .map(|phone| device(&url, &code(folder.path(), &format!("phone {phone}"), Role::OnSite, now_ms)))
        .collect();
    let before = memory_mib(&process, "VmRSS");
    std::thread::scope(|scope| {
        for (phone, client) in (0..).zip(&phones) {
            scope.spawn(move || {
                let mut new = photo(phone);
                new.resize(BYTES, phone as u8);
                client.put_photo(&sha256_hex(&new), new).unwrap();
            });
        }
    });
    let grown = memory_mib(&process, "VmHWM") - before;
    assert_eq!(objects.objects(&place).len(), PHONES);
    assert!(grown < 64, "{grown} MiB more for {PHONES} photos");
    stop(&mut process);
}
