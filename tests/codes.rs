//! Collection codes as cameras see them: whatever is read is right, and most are read.
#![allow(clippy::expect_used, reason = "a test may stop on a broken fixture")]

mod degraded;
mod program;

use std::borrow::Cow;

use degraded::Degraded;
use image::{GrayImage, RgbImage};
use photodesk::onsite::code::{Codes, Luma, Modules, read};

/// The benchmark reads two thousand; these show that nothing broke.
const CODES: u64 = 24;
/// All were read when this was written; one may be lost to another machine's arithmetic.
const READ_AT_LEAST: usize = 23;

#[test]
fn degraded_codes_are_read_and_never_misread() {
    let mut unread = Vec::new();
    for number in 0..CODES {
        let code = Degraded::draw(number);
        let frame = code.frame().expect("fits a code");
        let luma = Luma { width: frame.width, height: frame.height, pixels: Cow::Borrowed(&frame.luma) };
        match read::codes(&luma) {
            Codes::One(content) => assert_eq!(content, code.payload, "code {number} was misread"),
            Codes::None => unread.push(number),
            Codes::Several(count) => unreachable!("code {number}: {count} codes where one was drawn"),
        }
    }
    assert!(CODES as usize - unread.len() >= READ_AT_LEAST, "not read: {unread:?}");
}

#[test]
fn two_codes_in_one_picture_are_told_apart_and_none_is_none() {
    let (one, two) = (drawn("B7K2QX-K7-0042-F"), drawn("B7K2QX-K7-0043-D"));
    let side = one.width();
    let mut both = RgbImage::from_pixel(2 * side, side, image::Rgb([255; 3]));
    image::imageops::replace(&mut both, &one, 0, 0);
    image::imageops::replace(&mut both, &two, i64::from(side), 0);
    assert_eq!(read::codes(&Luma::of(&both)), Codes::Several(2));
    assert_eq!(read::codes(&Luma::of(&one)), Codes::One(b"B7K2QX-K7-0042-F".to_vec()));
    let blank = GrayImage::from_pixel(300, 200, image::Luma([128]));
    let blank = Luma { width: 300, height: 200, pixels: Cow::Owned(blank.into_raw()) };
    assert_eq!(read::codes(&blank), Codes::None);
}

/// A ticket's code as a screen shows it, with its blank border.
fn drawn(text: &str) -> RgbImage {
    const SCALE: usize = 6;
    let modules = Modules::of(text).expect("short enough");
    let border = photodesk::onsite::code::draw::QUIET_MODULES;
    let side = ((modules.width + 2 * border) * SCALE) as u32;
    RgbImage::from_fn(side, side, |x, y| {
        let module = |at: u32| (at as usize / SCALE).checked_sub(border);
        let dark = matches!((module(x), module(y)), (Some(x), Some(y)) if modules.is_dark(x, y));
        image::Rgb([if dark { 20 } else { 235 }; 3])
    })
}

/// A folder of pictures from outside: the codes of a batch are registered, what cannot be read is named.
#[test]
fn a_folder_of_codes_is_registered_by_the_program() {
    let desk = program::desk();
    let folder = desk.path().join("codes");
    std::fs::create_dir_all(&folder).expect("folder");
    drawn(&"opaque-one".repeat(8)).save(folder.join("002X.png")).expect("writes");
    drawn(&"opaque-two".repeat(8)).save(folder.join("6(A).png")).expect("writes");
    drawn(&"opaque-two".repeat(8)).save(folder.join("again.png")).expect("writes");
    RgbImage::new(64, 64).save(folder.join("black.png")).expect("writes");
    let folder = folder.to_string_lossy().into_owned();
    let run = || {
        let run = desk.run(["import", "--batch", "C0DES1", "--codes", &folder]).output().expect("runs");
        (run.status.code(), String::from_utf8_lossy(&run.stdout).into_owned())
    };
    let (code, said) = run();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("C0DES1: 2 registered, 1 known, 1 refused"), "{said}");
    assert!(said.contains("black.png: code_not_found"), "{said}");
    let (_, again) = run();
    assert!(again.contains("C0DES1: 0 registered, 3 known, 1 refused"), "{again}");
    assert!(!said.contains("opaque"), "a code is never shown: {said}");
}
