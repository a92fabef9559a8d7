//! Photos brought from a folder to an object store, whatever breaks off, and those that nothing names swept from there.

use std::process::Command;
use std::time::Duration;

use photodesk::store::Store;
use photodesk::store::blobs::sha256_hex;
use photodesk::store::devices::Role;
use photodesk::store::elsewhere::Elsewhere;
use photodesk::store::keys::KeyFileStore;
use photodesk::store::moving::photos_to_objects;
use photodesk::sync::protocol::NewSubmission;

use crate::cluster::new_database;
use crate::fixture::place::Place;
use crate::fixture::{
    BATCH, START_MS, TestHub, claim, code, device, elsewhere, environment, key, lies_at, make, photo, store,
};
use crate::kill::{start, stop};
use crate::object_store::ObjectStore;
use crate::objects::{Tried, comes};
use crate::postgres;

/// A hub in a folder, with so many photos of about `bytes` bytes.
fn filled(photos: u32, bytes: usize) -> TestHub {
    let hub = TestHub::new();
    let student = hub.student();
    for number in 0..photos {
        let mut content = photo(number);
        content.extend(std::iter::repeat_n(0x5a, bytes));
        let photo_sha256 = sha256_hex(&content);
        student.client.put_photo(&photo_sha256, content).unwrap();
        let new = NewSubmission { batch: BATCH.into(), masked_name: "吴*兰".into(), photo_sha256 };
        student.client.submit(&key(), &new).unwrap();
    }
    hub
}

#[test]
fn photos_are_brought_to_the_store_also_when_that_is_killed_in_between() {
    const PHOTOS: u32 = 60;
    let objects = ObjectStore::start();
    let place = objects.new_place();
    let mut hub = filled(PHOTOS, 20_000);
    let folder = hub.folder.path().to_owned();
    let (at, keys) = (folder.join("hub"), KeyFileStore::new(folder.join("key")));
    let there = || Elsewhere { database: None, photos: Some(place.address()) };
    assert_eq!(photos_to_objects(&at, &keys, None, &place.address()).unwrap_err().code(), "in_use");
    hub.stop();
    assert_eq!(Store::open_elsewhere(&at, &keys, &there()).err().unwrap().code(), "photos_not_moved");
    let program = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_photodesk"));
        program.arg("--key-file").arg(folder.join("key")).args(["hub", "--data"]).arg(&at);
        program.args(["admin", "move"]).envs(place.environment());
        program
    };
    objects.takes_slowly(Duration::from_millis(40));
    let mut process = program().spawn().unwrap();
    comes("the first photos", || objects.puts() >= 10);
    process.kill().unwrap();
    process.wait().unwrap();
    let sent = objects.objects(&place);
    assert!((10..PHOTOS as usize).contains(&sent.len()), "killed in between: {}", sent.len());
    assert_eq!(hub.store().verify_photos().unwrap().whole, PHOTOS as usize, "the folder counts still");
    objects.takes_slowly(Duration::ZERO);
    let done = program().output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && said.contains(&format!("photos: {PHOTOS} in ")), "{done:?}");
    assert_eq!(objects.objects(&place).len(), PHOTOS as usize);
    // What the killed one sent last may come in after it, and then be sent once more.
    assert!(sent.iter().all(|key| objects.taken(key) == 1), "what was there was sent again");
    assert_eq!(Store::open(&at, &keys).err().unwrap().code(), "photos_elsewhere");
    // Asked for again, it compares; without the old files too.
    std::fs::remove_dir_all(at.join("blobs")).unwrap();
    let again = photos_to_objects(&at, &keys, None, &place.address()).unwrap();
    assert_eq!((again.photos, again.sent), (PHOTOS as usize, 0));
    place.is_of(&folder);
    hub.start_again();
    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 1).leases.remove(0);
    assert_eq!(
        sha256_hex(&desk.photo(&leased.submission.photo_sha256).unwrap()),
        leased.submission.photo_sha256
    );
    hub.student().submits(7);
    hub.stop();
    let mut verify = Command::new(env!("CARGO_BIN_EXE_photodesk"));
    verify.arg("--key-file").arg(folder.join("key")).args(["hub", "--data"]).arg(&at);
    let output = verify.args(["admin", "verify"]).envs(environment(&folder)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(&format!("photos: {} whole, 0 faulty", PHOTOS + 1)), "{output:?}");
}

#[test]
fn a_hub_s_rows_and_photos_are_brought_over_together() {
    let objects = ObjectStore::start();
    let place = objects.new_place();
    let mut hub = filled(5, 10);
    let folder = hub.folder.path().to_owned();
    let at = folder.join("hub");
    hub.stop();
    postgres::on_postgres(|| {
        lies_at(&folder, &new_database().unwrap());
        place.is_of(&folder);
        let mut program = Command::new(env!("CARGO_BIN_EXE_photodesk"));
        program.arg("--key-file").arg(folder.join("key")).args(["hub", "--data"]).arg(&at);
        program.args(["admin", "move"]).envs(environment(&folder));
        for _ in 0..2 {
            let done = program.output().unwrap();
            let said = String::from_utf8_lossy(&done.stdout).into_owned();
            assert!(done.status.success() && said.contains("photos: 5 in s3://"), "{done:?}");
        }
        std::fs::remove_dir_all(at.join("blobs")).unwrap();
        let (mut process, url) = start(&folder);
        let now_ms = jiff::Timestamp::now().as_millisecond();
        let desk = device(&url, &code(&folder, "desk 1", Role::Reviewer, now_ms));
        let leased = claim(&desk, 8).leases;
        assert_eq!(leased.len(), 5);
        for leased in leased {
            desk.photo(&leased.submission.photo_sha256).unwrap();
        }
        stop(&mut process);
        let store = store(&folder);
        store.verify_journal().unwrap();
        assert_eq!(store.verify_photos().unwrap().whole, 5);
    });
}

/// Rows on a server already: nothing locks the folder, so the server is asked who works on them.
#[test]
fn photos_are_not_moved_under_a_hub_that_runs_on_a_server() {
    let objects = ObjectStore::start();
    let place = objects.new_place();
    postgres::on_postgres(|| {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path());
        let (at, keys) = (folder.path().join("hub"), KeyFileStore::new(folder.path().join("key")));
        store(folder.path()).put_photo(&photo(1)).unwrap();
        let database = elsewhere(folder.path()).database;
        let move_them = || photos_to_objects(&at, &keys, database.as_ref(), &place.address());
        let (mut process, _) = start(folder.path());
        assert_eq!(move_them().unwrap_err().code(), "in_use");
        stop(&mut process);
        comes("the end of the hub's sessions", || move_them().is_ok());
    });
}

fn lying(objects: &ObjectStore, place: &Place, under: &str) -> usize {
    objects.objects(place).iter().filter(|key| key.contains(&format!("/{under}/"))).count()
}

/// What was sent and never submitted, and what is not on record, goes; first aside, from where it comes back when somebody
/// has it on record by then.
#[test]
fn what_nothing_names_is_swept_and_what_is_named_meanwhile_comes_back() {
    let Tried { objects, place, mut hub } = Tried::new();
    let student = hub.student();
    let submitted = student.submits(1);
    let sent = student.sends(2);
    hub.later(3_600_000);
    let late = student.sends(3);
    hub.stop();
    let (store, before_ms) = (hub.store(), START_MS + 1000);
    let stray = store.put_photo(&photo(4)).unwrap();
    let other = store.put_photo(&photo(5)).unwrap();
    let kept = store.unnamed_photos(before_ms, Duration::from_secs(3600)).unwrap();
    assert_eq!((kept.recorded.len(), kept.strays.len()), (0, 0), "the store has just taken all of them");
    let unnamed = store.unnamed_photos(before_ms, Duration::ZERO).unwrap();
    assert_eq!((&unnamed.recorded, unnamed.strays.len()), (&vec![sent.clone()], 2));
    assert_eq!(lying(&objects, &place, "photos"), 5, "nothing goes unasked");
    assert_eq!(store.remove_unnamed(&unnamed, before_ms, Duration::ZERO).unwrap(), 3);
    assert_eq!((lying(&objects, &place, "photos"), lying(&objects, &place, "aside")), (2, 3));
    // As if it had been stored just before it was set aside, and recorded after.
    store.write(|tx| tx.record_photo(&stray, 1, before_ms)).unwrap();
    assert_eq!(store.photo(&stray).unwrap(), photo(4));
    store.clear_aside(Duration::from_secs(3600)).unwrap();
    assert_eq!(lying(&objects, &place, "aside"), 3, "for a while");
    store.clear_aside(Duration::ZERO).unwrap();
    assert_eq!((lying(&objects, &place, "photos"), lying(&objects, &place, "aside")), (3, 0));
    for gone in [&sent, &other] {
        assert_eq!(store.photo(gone).unwrap_err().code(), "missing_photo");
    }
    for there in [&submitted.photo_sha256, &late, &stray] {
        store.photo(there).unwrap();
    }
    assert_eq!(store.verify_photos().unwrap().faulty.len(), 0);
    drop(store);
    let mut sweep = Command::new(env!("CARGO_BIN_EXE_photodesk"));
    sweep.arg("--key-file").arg(hub.folder.path().join("key")).args(["hub", "--data"]);
    sweep.arg(hub.folder.path().join("hub")).args(["admin", "sweep", "--delete"]);
    let output = sweep.envs(environment(hub.folder.path())).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("0 of 0 photos that nothing names"), "{output:?}");
}
