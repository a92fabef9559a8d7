//! Very many people with a photo each, for whole exports.
#![allow(clippy::unwrap_used, reason = "a test may stop on a broken fixture")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use image::RgbImage;
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::resize::resize;
use photodesk::photo::units::Dpi;
use photodesk::sitter;
use photodesk::store::Store;

use super::common::{BATCH, add_all_approved, key_path};

/// People written to the store at once.
const CHUNK: usize = 500;

/// People who are approved and whose final photo was made: no two files are alike. `most_sitters` faces are drawn at
/// most, which takes time.
pub fn seed(store: &Store, people: usize, most_sitters: usize) {
    let sitters: Vec<RgbImage> = sitter::demo::demo_sitters()
        .iter()
        .filter(|sitter| sitter.fault.is_none())
        .take(most_sitters)
        .map(|sitter| resize(&sitter::render(&sitter.spec).pixels, 480, 640))
        .collect();
    for from in (0..people).step_by(CHUNK) {
        let numbers: Vec<usize> = (from..people.min(from + CHUNK)).collect();
        let photos = in_parallel(&numbers, |number| {
            let jpeg = portrait(&sitters[number % sitters.len()], number);
            let sha256 = store.put_photo(&jpeg).unwrap();
            (format!("p{number:05}"), sha256, jpeg.len() as u64)
        });
        add_all_approved(store, &photos, from as i64);
    }
}

/// Starts the real command for everybody's sheets of 版式一 on 6寸 under `out`; `more` are further options.
pub fn start_export(desk: &Path, out: &Path, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_photodesk"))
        .args(["export", "--batch", BATCH, "--layout", "版式一", "--paper", "6寸", "--out"])
        .arg(out)
        .args(more)
        .arg("--data")
        .arg(desk)
        .arg("--key-file")
        .arg(key_path(desk))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn in_parallel<R: Send>(numbers: &[usize], work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let one = || {
        let mut done = Vec::new();
        while let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((*number, work(*number)));
        }
        done
    };
    let mut all: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(one)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, result)| result).collect()
}

/// A sitter in a light and with a grain that nobody else has.
fn portrait(sitter: &RgbImage, number: usize) -> Vec<u8> {
    let mut pixels = sitter.clone();
    let mut noise = number as u32 ^ 0x9E37_79B9;
    let light = 0.94 + 0.06 * (number % 97) as f32 / 97.0;
    for pixel in pixels.pixels_mut() {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        let grain = (noise % 5) as f32 - 2.0;
        pixel.0 = pixel.0.map(|level| (f32::from(level) * light + grain) as u8);
    }
    let target = JpegTarget {
        dpi: Dpi(300),
        min_bytes: Some(30 * 1024),
        max_bytes: Some(60 * 1024),
        min_quality: 20,
        max_quality: 95,
        embed_icc: false,
    };
    encode_jpeg(&pixels, &target).unwrap().bytes
}
