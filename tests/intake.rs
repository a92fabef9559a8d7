//! Photos on their way in: good, doubled, damaged and no photos at all, with the real models.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{BATCH, Folder, decision};
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::sitter::{render, vary};
use photodesk::submission::{QueueFilter, State, Verb};
use photodesk::workflow::Desk;
use photodesk::workflow::intake::{check_waiting, import_photos};
use photodesk::workflow::job::Job;
use photodesk::workflow::review::decide;

const NAME: &str = "吴𠮷兰🙂_110101199003078515.jpg";

fn portrait(number: u64) -> Vec<u8> {
    let target = JpegTarget::of_quality(Dpi(72), 90);
    encode_jpeg(&render(&vary(number)).pixels, &target).unwrap().bytes
}

/// A folder as it comes from a phone: some of everything.
fn mixed_folder(folder: &Path) -> Vec<PathBuf> {
    let good = portrait(1);
    fs::write(folder.join("a good.jpg"), &good).unwrap();
    fs::write(folder.join("b again.jpg"), &good).unwrap();
    fs::write(folder.join("c cut off.jpg"), &good[..good.len() / 2]).unwrap();
    fs::write(folder.join("d empty.jpg"), b"").unwrap();
    fs::write(folder.join("e text.jpg"), b"this is a letter, not a photo").unwrap();
    fs::create_dir(folder.join("f folder.jpg")).unwrap();
    fs::write(folder.join("f folder.jpg").join(NAME), portrait(2)).unwrap();
    vec![folder.to_owned()]
}

fn waiting(desk: &Desk) -> usize {
    let filter = QueueFilter { state: Some(State::PendingReview), ..QueueFilter::default() };
    desk.queue(&filter).unwrap().len()
}

#[test]
fn a_mixed_folder_is_taken_as_far_as_it_is_photos() {
    let folder = Folder::new();
    let photos = tempfile::tempdir().unwrap();
    let paths = mixed_folder(photos.path());
    let desk = folder.desk();
    let job = Job::default();
    let report = import_photos(&desk, BATCH, &paths, &job).unwrap();

    let codes: Vec<&str> = report.refused.iter().map(|refusal| refusal.code.as_str()).collect();
    assert_eq!(codes, ["empty", "not_a_photo"], "{:?}", report.refused);
    assert_eq!(report.duplicates, [photos.path().join("b again.jpg")]);
    assert_eq!((report.added.len(), report.not_reached, job.progress()), (3, 0, (6, 6)));

    let items = desk.queue(&QueueFilter::default()).unwrap();
    let order: Vec<&String> = items.iter().map(|item| &item.submission).collect();
    assert_eq!(order, report.added.iter().collect::<Vec<_>>(), "the queue has the order of the files");
    let names: Vec<&str> = items.iter().map(|item| item.masked_name.as_str()).collect();
    assert_eq!(names, ["a g*d", "c c*t o*f", "吴*兰🙂_*8515"]);
    assert_eq!(desk.file_name(&report.added[2]).unwrap().as_deref(), Some(NAME));

    let good = desk.report(&report.added[0]).unwrap().unwrap().unwrap();
    assert_eq!((good.file.sha256.as_str(), good.faces.len()), (items[0].photo_sha256.as_str(), 1));
    assert_eq!(items[0].verdict, Some(good.verdict));

    let fault = desk.report(&report.added[1]).unwrap().unwrap().unwrap_err();
    assert_eq!(fault.code, "truncated");
    let approve = decision(&items[1], Verb::Approve, &[], "li");
    assert_eq!(decide(&desk, &approve).err().unwrap().code(), "damaged_photo");

    let again = import_photos(&desk, BATCH, &paths, &Job::default()).unwrap();
    assert_eq!((again.added.len(), again.duplicates.len(), again.refused.len()), (0, 4, 2));
    assert_eq!(desk.verify_journal().unwrap(), 4, "the batch and three photos");
}

#[test]
fn a_cancelled_import_leaves_whole_submissions_and_can_go_on() {
    let folder = Folder::new();
    let photos = tempfile::tempdir().unwrap();
    let paths = mixed_folder(photos.path());
    let desk = folder.desk();
    let job = Job::default();
    job.cancel();
    let report = import_photos(&desk, BATCH, &paths, &job).unwrap();
    assert_eq!((report.added.len(), report.not_reached), (0, 6));
    assert_eq!(waiting(&desk), 0);
    assert_eq!(import_photos(&desk, BATCH, &paths, &Job::default()).unwrap().added.len(), 3);
    assert_eq!(waiting(&desk), 3);
}

#[test]
fn photos_whose_check_was_cut_short_are_checked_later() {
    let folder = Folder::new();
    folder.add(2);
    let desk = folder.desk();
    assert_eq!(check_waiting(&desk, &Job::default()).unwrap(), 2);
    let items = desk.queue(&QueueFilter::default()).unwrap();
    assert!(items.iter().all(|item| item.verdict.is_some()), "text is no photo, and that is now known");
    assert_eq!(check_waiting(&desk, &Job::default()).unwrap(), 0);
}

#[test]
fn an_unknown_batch_takes_nothing() {
    let folder = Folder::new();
    let desk = folder.desk();
    let error = import_photos(&desk, "B7K2QX", &[], &Job::default()).err().unwrap();
    assert_eq!(error.code(), "unknown_batch");
}
