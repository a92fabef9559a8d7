//! Files that mean harm or were harmed on their way: each gets a verdict or a clear error, in little time and memory,
//! measured from outside the program.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a test may stop on a broken fixture")]

mod program;

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use image::{DynamicImage, ImageBuffer, ImageFormat, Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder};
use program::sitters;
use serde_json::Value;

/// Of computing, for another program may have the processor meanwhile.
const MOST_SECONDS: f64 = 2.0;
const MOST_MIB: u64 = 512;

/// What a check left: its line and what it took.
struct Checked {
    line: Value,
    seconds: f64,
    peak_mib: u64,
}

/// Runs `check` on one file and watches the process.
fn check(file: &Path) -> Checked {
    let mut child = Command::new(env!("CARGO_BIN_EXE_photodesk"))
        .args(["check", "--json", "--jobs", "1"])
        .arg(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let (mut seconds, mut peak_mib) = (0.0, 0);
    let status = loop {
        // The last figures before the end count; a process that has ended shows none.
        let process = Path::new("/proc").join(child.id().to_string());
        seconds = cpu_seconds(&process).unwrap_or(seconds).max(seconds);
        peak_mib = peak(&process).unwrap_or(peak_mib).max(peak_mib);
        if let Some(status) = child.try_wait().expect("waits") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(status.code().is_some_and(|code| code < 2), "{}: {status}", file.display());
    let output = child.wait_with_output().expect("output");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    Checked { line: serde_json::from_str(text.trim()).expect("one line of JSON"), seconds, peak_mib }
}

/// Time on the processor, user and system.
fn cpu_seconds(process: &Path) -> Option<f64> {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS_A_SECOND)
}

fn peak(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

/// A drawn sitter as a JPEG file.
fn good() -> Vec<u8> {
    let folder = sitters(&["good.jpg"]);
    fs::read(folder.path().join("good.jpg")).expect("read")
}

/// The verdicts a file may get: a photo, or an error with this code.
#[derive(Clone, Copy)]
enum Wanted {
    Photo,
    Error(&'static str),
}

fn holds(name: &str, bytes: &[u8], wanted: Wanted) {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join(name);
    fs::write(&file, bytes).expect("write");
    let Checked { line, seconds, peak_mib } = check(&file);
    match wanted {
        Wanted::Photo => {
            assert_eq!(line["error"], Value::Null, "{name}: {line}");
            assert!(line["findings"].as_array().is_some_and(|findings| !findings.is_empty()), "{name}");
        }
        Wanted::Error(code) => {
            assert_eq!(
                (&line["verdict"], &line["error"]["code"]),
                (&"error".into(), &code.into()),
                "{name}: {line}"
            );
            let message = line["error"]["message"].as_str().unwrap_or_default();
            assert!(message.contains(';'), "{name}: cause and remedy: {message}");
        }
    }
    assert!(seconds <= MOST_SECONDS, "{name} took {seconds} s of computing");
    assert!(peak_mib <= MOST_MIB, "{name} took {peak_mib} MiB");
}

#[test]
fn cut_files_at_any_place() {
    let good = good();
    for share in [1, 10, 50, 90, 99] {
        let cut = &good[..(good.len() * share / 100).max(3)];
        holds(&format!("cut {share}.jpg"), cut, Wanted::Error("truncated"));
    }
    holds("empty.jpg", b"", Wanted::Error("empty"));
}

#[test]
fn bombs_by_their_header_and_by_their_filling() {
    let png = |width: u32, height: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    };
    holds("bomb.png", &png(60_000, 60_000), Wanted::Error("too_large"));
    // A JPEG whose header says 65,500 × 65,500.
    let mut jpeg = good();
    let start = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame header");
    jpeg[start + 5..start + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
    holds("bomb.jpg", &jpeg, Wanted::Error("too_large"));
    // A whole picture of 100 megapixels of nothing, in a small file.
    holds("hollow.png", &hollow_png(10_000), Wanted::Error("too_large"));
}

/// A well-formed PNG of one bit a pixel, all black.
fn hollow_png(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().expect("header");
    let row = (side as usize).div_ceil(8);
    writer.write_image_data(&vec![0; row * side as usize]).expect("data");
    writer.finish().expect("end");
    bytes
}

#[test]
fn rare_kinds_of_pixels() {
    let good = image::load_from_memory(&good()).expect("decodes").to_rgb8();
    let deep: ImageBuffer<Rgb<u16>, Vec<u16>> = ImageBuffer::from_fn(good.width(), good.height(), |x, y| {
        Rgb(good.get_pixel(x, y).0.map(|value| u16::from(value) * 257))
    });
    let written = |picture: DynamicImage, format| {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("encodes");
        bytes.into_inner()
    };
    holds("deep.png", &written(deep.clone().into(), ImageFormat::Png), Wanted::Photo);
    holds("deep.tif", &written(deep.into(), ImageFormat::Tiff), Wanted::Photo);
    holds(
        "grey.png",
        &written(DynamicImage::from(good.clone()).to_luma8().into(), ImageFormat::Png),
        Wanted::Photo,
    );
    holds(
        "clear.png",
        &written(DynamicImage::from(good.clone()).to_rgba8().into(), ImageFormat::Png),
        Wanted::Photo,
    );
    for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let inks: Vec<u8> = good.pixels().flat_map(|Rgb([r, g, b])| [255 - r, 255 - g, 255 - b, 0]).collect();
        let mut bytes = Vec::new();
        let size = (good.width() as u16, good.height() as u16);
        Encoder::new(&mut bytes, 90).encode(&inks, size.0, size.1, kind).expect("encodes");
        holds("inks.jpg", &bytes, Wanted::Photo);
    }
}

#[test]
fn every_orientation_and_illegal_ones() {
    let good = good();
    let upright = check_bytes(&good)["faces"].clone();
    for orientation in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 99, u16::MAX] {
        let turned = with_orientation(&good, orientation);
        let line = check_bytes(&turned);
        let is_sideways = (5..=8).contains(&orientation);
        let (width, height) = (line["width"].as_u64(), line["height"].as_u64());
        assert_eq!(width > height, is_sideways, "{orientation}: {width:?} × {height:?}");
        assert_eq!(line["error"], Value::Null, "{orientation}");
        if orientation <= 1 || orientation > 8 {
            assert_eq!(line["faces"], upright, "{orientation}: an illegal one counts as 1");
        }
    }
}

fn check_bytes(bytes: &[u8]) -> Value {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("photo.jpg");
    fs::write(&file, bytes).expect("write");
    let Checked { line, seconds, peak_mib } = check(&file);
    assert!(seconds <= MOST_SECONDS && peak_mib <= MOST_MIB, "{seconds} s, {peak_mib} MiB");
    line
}

/// The JPEG with an EXIF block right after its start.
fn with_orientation(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    let mut exif = b"Exif\0\0II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend(orientation.to_le_bytes());
    exif.extend([0; 6]);
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xFF, 0xE1]);
    bytes.extend((exif.len() as u16 + 2).to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&jpeg[2..]);
    bytes
}

#[test]
fn files_that_are_two_things_at_once() {
    let good = good();
    let after = |tail: &[u8]| [&good[..], tail].concat();
    holds("padded.jpg", &after(&vec![0x20; 1 << 20]), Wanted::Photo);
    holds("archive.jpg", &after(b"PK\x03\x04 an archive behind the photo"), Wanted::Photo);
    holds("page.jpg", &after(b"<script>alert(1)</script>"), Wanted::Photo);
    let twice = after(&good);
    holds("twice.jpg", &twice, Wanted::Photo);
    holds("page first.jpg", &[b"<html>", &good[..]].concat(), Wanted::Error("not_a_photo"));
}

#[test]
fn names_that_lie() {
    let good = good();
    holds("really a jpeg.png", &good, Wanted::Photo);
    holds("really a jpeg.bmp", &good, Wanted::Photo);
    let mut png = Cursor::new(Vec::new());
    RgbImage::from_pixel(300, 400, Rgb([200, 210, 220]))
        .write_to(&mut png, ImageFormat::Png)
        .expect("encodes");
    holds("really a png.jpg", &png.into_inner(), Wanted::Photo);
    holds("text.jpg", b"these are words, and no photo", Wanted::Error("not_a_photo"));
    holds("phone.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Wanted::Error("heic"));
}

#[test]
fn damaged_insides() {
    let good = good();
    // Tables that are gone, a scan that is scrambled, a length that points beyond the end.
    let scan = good.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).expect("a scan");
    let mut scrambled = good.clone();
    scrambled[scan + 100..scan + 4000]
        .iter_mut()
        .enumerate()
        .for_each(|(at, byte)| *byte = (at * 37 % 251) as u8);
    let mut long = good.clone();
    long[4..6].copy_from_slice(&[0xFF, 0xFF]);
    for (name, bytes) in [("scrambled.jpg", scrambled), ("long.jpg", long)] {
        let line = check_bytes(&bytes);
        let is_answered =
            line["verdict"].is_string() && (line["error"].is_null() || line["error"]["code"].is_string());
        assert!(is_answered, "{name}: {line}");
    }
}
