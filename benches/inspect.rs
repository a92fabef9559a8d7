//! How long the initial check takes and what memory it needs; prints the rows of its table in BENCHMARKS.md.
#![allow(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use photodesk::inspect::face_onnx::OnnxFaceModel;
use photodesk::inspect::matte_onnx::SelfieMatte;
use photodesk::inspect::{Models, inspect};
use photodesk::photo::resize::resize;
use photodesk::photo::{DecodeLimits, decode};
use photodesk::sitter::{render, vary};
use photodesk::standard::{Catalogue, Standard};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const SITTER: u64 = 10;
const ROUNDS: usize = 15;
/// Photos each thread checks when threads are compared.
const PHOTOS: usize = 12;

fn main() -> Outcome {
    let small = jpeg(&resize(&portrait(), 480, 640))?;
    let large = jpeg(&resize(&portrait(), 3000, 4000))?;
    println!("| work | median | fastest | processor | remark |\n|---|---|---|---|---|");
    let catalogue = Catalogue::built_in()?;
    let standard = catalogue.get("chsi_centre")?;
    let started = Instant::now();
    let (face, matte) = (OnnxFaceModel::embedded()?, SelfieMatte::embedded()?);
    let loaded = started.elapsed();
    let models = Models { face: &face, matte: &matte };
    check(&small, standard, models)?;
    println!(
        "| load the models, first 480 × 640 photo | {} | | | cold start, the models alone {} |",
        ms(started.elapsed()),
        ms(loaded)
    );
    row("480 × 640 JPEG, decode and every check", &small, standard, models)?;
    println!("| memory after the small photo | | | | {} |", peak_memory());
    row("3000 × 4000 JPEG, decode and every check", &large, standard, models)?;
    println!("| memory after the large photo | | | | {} |", peak_memory());
    threads(&small, standard, models)
}

fn check(bytes: &[u8], standard: &Standard, models: Models<'_>) -> Outcome {
    let photo = decode(bytes, &DecodeLimits::built_in()?)?;
    black_box(inspect(&photo, standard, models)?);
    Ok(())
}

fn row(name: &str, bytes: &[u8], standard: &Standard, models: Models<'_>) -> Outcome {
    check(bytes, standard, models)?;
    let mut times = Vec::with_capacity(ROUNDS);
    let mut decoding = Duration::MAX;
    let mut processor = 0.0;
    for _ in 0..ROUNDS {
        let (started, worked) = (Instant::now(), processor_seconds());
        check(bytes, standard, models)?;
        times.push(started.elapsed());
        processor += processor_seconds() - worked;
        let started = Instant::now();
        black_box(decode(bytes, &DecodeLimits::built_in()?)?);
        decoding = decoding.min(started.elapsed());
    }
    times.sort();
    println!(
        "| {name} | {} | {} | {} | one thread, {} KiB, of which decoding {} |",
        ms(times[ROUNDS / 2]),
        ms(times[0]),
        ms(Duration::from_secs_f64(processor / ROUNDS as f64)),
        bytes.len() / 1024,
        ms(decoding)
    );
    Ok(())
}

/// The same photos a thread on one and on two threads.
fn threads(bytes: &[u8], standard: &Standard, models: Models<'_>) -> Outcome {
    let on = |count: usize| -> f64 {
        let started = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..count {
                scope.spawn(|| (0..PHOTOS).for_each(|_| drop(check(bytes, standard, models))));
            }
        });
        (count * PHOTOS) as f64 / started.elapsed().as_secs_f64()
    };
    let (one, two) = (on(1), on(2));
    println!(
        "| 480 × 640 photos a second | | | | one thread {one:.1}, two threads {two:.1}: {:.2} × |",
        two / one
    );
    Ok(())
}

/// A drawn sitter, large enough to be resized in both directions.
fn portrait() -> RgbImage {
    let mut spec = vary(SITTER);
    (spec.camera.width_px, spec.camera.height_px) = (1200, 1600);
    render(&spec).pixels
}

fn jpeg(pixels: &RgbImage) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 92).encode_image(pixels)?;
    Ok(bytes)
}

/// Time this process had a processor (Linux only): on a machine that is busy with other work it says more than the clock.
fn processor_seconds() -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS_A_SECOND
}

/// Most memory the process ever held (Linux only).
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("not known on this system".to_owned(), |kb| format!("peak {}", kb.trim()))
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
