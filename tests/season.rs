//! Copies across the season: a photo handed in twice is found whatever was done to it, and says whose the other is.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod common;

use std::path::Path;

use common::{BATCH, Folder, new_batch};
use image::RgbImage;
use image::imageops::{FilterType, crop_imm, flip_horizontal, resize};
use photodesk::inspect::{CheckId, Finding, Report, TwinRelation, Verdict};
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::sitter::demo::demo_sitters;
use photodesk::sitter::render;
use photodesk::store::hub_link::NewRevision;
use photodesk::submission::State;
use photodesk::workflow::Desk;
use photodesk::workflow::intake::{check_waiting, import_photos};
use photodesk::workflow::job::Job;

fn jpeg(pixels: &RgbImage, quality: u8) -> Vec<u8> {
    let target = JpegTarget::of_quality(Dpi(72), quality);
    encode_jpeg(pixels, &target).unwrap().bytes
}

/// A faultless sitter of the demonstration.
fn portrait(number: usize) -> RgbImage {
    let faultless = demo_sitters().into_iter().filter(|sitter| sitter.fault.is_none());
    render(&faultless.skip(number - 1).map(|sitter| sitter.spec).next().unwrap()).pixels
}

/// Mirrored, cropped, smaller, and encoded harder.
fn edited(pixels: &RgbImage) -> RgbImage {
    let (width, height) = pixels.dimensions();
    let cropped = crop_imm(pixels, width / 30, height / 30, width * 14 / 15, height * 14 / 15).to_image();
    resize(&flip_horizontal(&cropped), width * 3 / 5, height * 3 / 5, FilterType::Triangle)
}

fn import(desk: &Desk, batch: &str, folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    import_photos(desk, batch, &[path], &Job::default()).unwrap().added.remove(0)
}

fn report(desk: &Desk, submission: &str) -> Report {
    desk.report(submission).unwrap().unwrap().unwrap()
}

fn finding(report: &Report, check: CheckId) -> Option<&Finding> {
    report.findings.iter().find(|finding| finding.check == check)
}

#[test]
fn an_edited_copy_under_another_name_is_found_in_another_batch_after_a_restart() {
    let folder = Folder::new();
    let photos = tempfile::tempdir().unwrap();
    let first = import(&folder.desk(), BATCH, photos.path(), "吴小兰.jpg", &jpeg(&portrait(1), 92));
    let desk = folder.desk();
    let clean = report(&desk, &first);
    assert_eq!(finding(&clean, CheckId::Reuse).unwrap().verdict, Verdict::Pass);
    assert_eq!((&clean.twin, finding(&clean, CheckId::FaceMatch)), (&None, None));

    let other = desk.create_batch(new_batch(None)).unwrap();
    let copy = import(&desk, &other.code, photos.path(), "赵一.jpg", &jpeg(&edited(&portrait(1)), 60));
    let found = report(&desk, &copy);
    assert_eq!(found.faces.len(), 1, "{found:?}");
    let reuse = finding(&found, CheckId::Reuse).unwrap();
    assert_eq!((reuse.verdict, reuse.reason.as_deref()), (Verdict::Fail, Some("R08")), "{reuse:?}");
    assert_eq!(found.verdict, Verdict::Fail);
    let twin = found.twin.unwrap();
    assert_eq!((&twin.submission, twin.relation), (&first, TwinRelation::AnotherSubject));
    assert!(twin.mirrored && twin.score > 0.9, "{twin:?}");
    assert_eq!(desk.item(&twin.submission).unwrap().masked_name, "吴*兰");
    assert_eq!(desk.twin_bytes(&twin).unwrap(), desk.photo_bytes(&first).unwrap());

    let stranger = import(&desk, &other.code, photos.path(), "钱二.jpg", &jpeg(&portrait(3), 92));
    assert_eq!(finding(&report(&desk, &stranger), CheckId::Reuse).unwrap().verdict, Verdict::Pass);
}

#[test]
fn a_photo_sent_again_is_compared_with_the_one_before() {
    let folder = Folder::new();
    let photos = tempfile::tempdir().unwrap();
    let id = import(&folder.desk(), BATCH, photos.path(), "吴小兰.jpg", &jpeg(&portrait(3), 92));
    send_again(&folder, &id, 2, &jpeg(&edited(&portrait(3)), 80));
    let desk = folder.desk();
    assert_eq!(check_waiting(&desk, &Job::default()).unwrap(), 1);
    let again = report(&desk, &id);
    let reuse = finding(&again, CheckId::Reuse).unwrap();
    assert_eq!(
        (reuse.verdict, reuse.reason.as_deref()),
        (Verdict::Warn, Some("R05")),
        "an own photo is no fraud"
    );
    assert_eq!(again.twin.as_ref().unwrap().relation, TwinRelation::EarlierAttempt);
    assert_eq!(finding(&again, CheckId::FaceMatch).unwrap().verdict, Verdict::Pass);
}

#[test]
fn the_desk_uses_the_face_descriptor_that_lies_in_its_folder() {
    let folder = Folder::new();
    let photos = tempfile::tempdir().unwrap();
    let id = import(&folder.desk(), BATCH, photos.path(), "吴小兰.jpg", &jpeg(&portrait(3), 92));
    send_again(&folder, &id, 2, &jpeg(&edited(&portrait(3)), 80));
    // The program's own network, with limits within which nobody is the same.
    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    std::fs::copy("assets/models/face_recognition.onnx", models.join("face_recognition.onnx")).unwrap();
    let described = include_str!("../assets/models/face_recognition.toml")
        .replace("same_to = 0.47", "same_to = 0.0001")
        .replace("perhaps_to = 0.57", "perhaps_to = 0.0002");
    std::fs::write(models.join("face_descriptor.toml"), described).unwrap();
    let desk = folder.desk();
    assert_eq!(desk.own_face_descriptor(), Some(Ok("dlib ResNet-29".to_owned())));
    assert_eq!(check_waiting(&desk, &Job::default()).unwrap(), 1);
    let found = report(&desk, &id);
    let found = finding(&found, CheckId::FaceMatch).unwrap();
    assert_eq!((found.verdict, found.reason.as_deref()), (Verdict::Warn, Some("R06")), "{found:?}");
    drop(desk);
    std::fs::write(models.join("face_descriptor.toml"), "name = 1").unwrap();
    send_again(&folder, &id, 3, &jpeg(&edited(&portrait(3)), 70));
    let desk = folder.desk();
    assert_eq!(
        desk.own_face_descriptor(),
        Some(Err("line 1: invalid type: integer `1`, expected a string".into()))
    );
    assert_eq!(
        check_waiting(&desk, &Job::default()).unwrap(),
        1,
        "the rest of the check does not wait for it"
    );
    let found = report(&desk, &id);
    assert_eq!(finding(&found, CheckId::FaceMatch).unwrap().verdict, Verdict::Unknown);
    assert_eq!(finding(&found, CheckId::Reuse).unwrap().verdict, Verdict::Warn);
}

/// What a round with the hub does when the student hands in another photo.
fn send_again(folder: &Folder, id: &str, revision: u32, bytes: &[u8]) {
    let store = folder.store();
    let photo_sha256 = store.put_photo(bytes).unwrap();
    store
        .write(|tx| {
            tx.set_revision(&NewRevision {
                id,
                state: State::PendingReview,
                photo_sha256: &photo_sha256,
                photo_bytes: bytes.len() as u64,
                attempt: revision,
                revision,
                at_ms: 2,
            })
        })
        .unwrap();
}
