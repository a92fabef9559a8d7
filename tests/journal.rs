//! What a reviewer decides: bound to the pixels, written once, taken back only where nobody built on it.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Folder, decision, new_batch};
use photodesk::submission::{State, Verb};
use photodesk::workflow::Desk;
use photodesk::workflow::desk::QueueItem;
use photodesk::workflow::review::{decide, undo};

const REASON: &str = "G01";

fn entries(desk: &Desk) -> u64 {
    desk.verify_journal().unwrap()
}

fn refusal(desk: &Desk, item: &QueueItem, verb: Verb, reasons: &[&str]) -> &'static str {
    let before = entries(desk);
    let code = decide(desk, &decision(item, verb, reasons, "li")).err().unwrap().code();
    assert_eq!(entries(desk), before, "a refused decision leaves no entry");
    assert_eq!(desk.item(&item.submission).unwrap(), *item, "a refused decision changes nothing");
    code
}

#[test]
fn a_decision_moves_the_state_and_is_in_the_journal() {
    let folder = Folder::new();
    let ids = folder.add(2);
    let desk = folder.desk();
    let (one, two) = (desk.item(&ids[0]).unwrap(), desk.item(&ids[1]).unwrap());
    let approved = decide(&desk, &decision(&one, Verb::Approve, &[], "li")).unwrap();
    let rejected = decide(&desk, &decision(&two, Verb::Reject, &[REASON], "li")).unwrap();
    assert_eq!((approved.state, rejected.state), (State::Approved, State::Rejected));
    assert_eq!((desk.item(&ids[0]).unwrap(), desk.item(&ids[1]).unwrap()), (approved, rejected));
    let summary = desk.batches().unwrap().remove(0);
    assert_eq!((summary.pending, summary.approved, summary.rejected), (0, 1, 1));
    assert_eq!((desk.decisions_since(0).unwrap(), entries(&desk)), (2, 3));
}

#[test]
fn the_same_decision_again_changes_nothing() {
    let folder = Folder::new();
    let id = folder.add(1).remove(0);
    let desk = folder.desk();
    let approve = decision(&desk.item(&id).unwrap(), Verb::Approve, &[], "li");
    let first = decide(&desk, &approve).unwrap();
    assert_eq!(decide(&desk, &approve).unwrap(), first);
    assert_eq!((desk.decisions_since(0).unwrap(), entries(&desk)), (1, 2));
    let other = decision(&first, Verb::Reject, &[REASON], "wang");
    assert_eq!(
        decide(&desk, &other).err().unwrap().code(),
        "illegal_transition",
        "another one comes too late"
    );
}

#[test]
fn a_decision_counts_for_the_photo_that_was_painted_only() {
    let folder = Folder::new();
    let id = folder.add(1).remove(0);
    let desk = folder.desk();
    let item = desk.item(&id).unwrap();
    for stale in [
        QueueItem { photo_sha256: "0".repeat(64), ..item.clone() },
        QueueItem { revision: item.revision + 1, ..item.clone() },
    ] {
        let refused = decide(&desk, &decision(&stale, Verb::Approve, &[], "li")).err().unwrap();
        assert_eq!(refused.code(), "stale_photo");
    }
    assert_eq!(desk.item(&id).unwrap(), item);
}

#[test]
fn what_no_key_press_may_do_is_refused() {
    let folder = Folder::new();
    let ids = folder.add(2);
    folder.damage(&ids[1]);
    let desk = folder.desk();
    let (sound, damaged) = (desk.item(&ids[0]).unwrap(), desk.item(&ids[1]).unwrap());
    assert_eq!(refusal(&desk, &sound, Verb::Reject, &[]), "no_reason");
    assert_eq!(refusal(&desk, &sound, Verb::Reject, &[REASON, "X99"]), "unknown_reason");
    assert_eq!(refusal(&desk, &sound, Verb::Undo, &[]), "illegal_transition");
    assert_eq!(refusal(&desk, &damaged, Verb::Approve, &[]), "damaged_photo");
    let unsigned = decision(&sound, Verb::Approve, &[], " ");
    assert_eq!(decide(&desk, &unsigned).err().unwrap().code(), "unsigned");
    let rejected = decide(&desk, &decision(&damaged, Verb::Reject, &[REASON], "li")).unwrap();
    assert_eq!(rejected.state, State::Rejected, "a person can send a damaged photo back");
}

#[test]
fn undo_takes_back_ones_own_decisions_from_the_latest_on() {
    let folder = Folder::new();
    let ids = folder.add(3);
    let desk = folder.desk();
    let item = |number: usize| desk.item(&ids[number]).unwrap();
    decide(&desk, &decision(&item(0), Verb::Approve, &[], "li")).unwrap();
    decide(&desk, &decision(&item(1), Verb::Reject, &[REASON], "li")).unwrap();
    decide(&desk, &decision(&item(2), Verb::Approve, &[], "wang")).unwrap();

    assert_eq!(undo(&desk, "li").unwrap().unwrap().submission, ids[1]);
    assert_eq!(undo(&desk, "li").unwrap().unwrap().submission, ids[0]);
    assert_eq!(undo(&desk, "li").unwrap(), None, "wang's decision is not li's to take back");
    let others = decide(&desk, &decision(&item(2), Verb::Undo, &[], "li")).err().unwrap();
    assert_eq!(others.code(), "not_yours");
    assert_eq!((item(0).state, item(2).state), (State::PendingReview, State::Approved));
    assert_eq!(desk.decisions_since(0).unwrap(), 1);

    decide(&desk, &decision(&item(0), Verb::Approve, &[], "li")).unwrap();
    assert_eq!(item(0).state, State::Approved, "after an undo one decides anew");
}

#[test]
fn what_is_exported_is_not_undone() {
    let folder = Folder::new();
    let id = folder.add(1).remove(0);
    {
        let desk = folder.desk();
        decide(&desk, &decision(&desk.item(&id).unwrap(), Verb::Approve, &[], "li")).unwrap();
    }
    let store = folder.store();
    store.write(|tx| tx.begin_export("job", common::BATCH, "{}", std::slice::from_ref(&id), 1, "p")).unwrap();
    store.write(|tx| tx.commit_export("job", "m", 2, "p")).unwrap();
    drop(store);

    let desk = folder.desk();
    assert_eq!(undo(&desk, "li").unwrap(), None);
    let exported = desk.item(&id).unwrap();
    assert_eq!(exported.state, State::InProduction);
    assert_eq!(refusal(&desk, &exported, Verb::Undo, &[]), "illegal_transition");
}

#[test]
fn batches_are_checked_before_they_are_made() {
    let folder = Folder::new();
    let desk = folder.desk();
    let code = |change: fn(&mut photodesk::workflow::desk::NewBatch)| {
        let mut new = new_batch(Some("B7K2QX"));
        change(&mut new);
        desk.create_batch(new).err().unwrap().code()
    };
    assert_eq!(code(|new| new.code = Some("short".into())), "bad_signature_code");
    assert_eq!(code(|new| new.code = Some(common::BATCH.into())), "batch_exists");
    assert_eq!(code(|new| new.standard = "nowhere".into()), "standard_unknown");
    assert_eq!(code(|new| new.background = "pink".into()), "unknown_background");
    assert_eq!(code(|new| new.max_attempts = 0), "no_attempts");
    let drawn = desk.create_batch(new_batch(None)).unwrap();
    assert_eq!(desk.batch(&drawn.code.to_lowercase()).unwrap(), drawn);
    assert_eq!(entries(&desk), 2, "one entry for each batch made");
}

#[test]
fn a_flipped_bit_in_a_photo_file_is_a_clear_error() {
    let folder = Folder::new();
    let id = folder.add(1).remove(0);
    let desk = folder.desk();
    assert_eq!(desk.photo_bytes(&id).unwrap(), common::PHOTO);
    let blob = walkdir::WalkDir::new(folder.path().join("blobs"))
        .into_iter()
        .filter_map(Result::ok)
        .find(|entry| entry.file_type().is_file())
        .unwrap();
    let mut bytes = std::fs::read(blob.path()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(blob.path(), bytes).unwrap();
    let error = desk.photo_bytes(&id).err().unwrap();
    assert_eq!(error.code(), "sealed_data");
    assert!(error.to_string().contains("restore it from a backup"), "{error}");
}

#[test]
fn another_key_is_refused_and_changes_nothing() {
    use photodesk::store::keys::{KeyFileStore, KeyStore, ProfilePlace};
    let folder = Folder::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let keys = KeyFileStore::new(elsewhere.path().join("other.key"));
    keys.make(ProfilePlace { folder: folder.path(), id: "x" }).unwrap();
    let before = std::fs::read(folder.path().join("desk.db")).unwrap();
    let refused = Desk::open(folder.path(), &keys).err().unwrap();
    assert_eq!(refused.code(), "wrong_key");
    assert_eq!(std::fs::read(folder.path().join("desk.db")).unwrap(), before);
    assert!(folder.desk().batch(common::BATCH).is_ok());
}

#[test]
fn a_second_desk_on_the_same_folder_is_refused() {
    let folder = Folder::new();
    let _first = folder.desk();
    let keys = photodesk::store::keys::KeyFileStore::new(common::key_path(folder.path()));
    let refused = Desk::open(folder.path(), &keys).err().unwrap();
    assert_eq!(refused.code(), "in_use");
}
