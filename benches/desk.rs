//! How long the desk lets a reviewer wait; prints the rows of the desk's table in BENCHMARKS.md.
//!
//! The window runs without a screen: layout, actions, store, decoding and textures as in the product, without the
//! graphics driver. Photos are drawn sitters enlarged to camera size. Takes about four minutes.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a bench reports and may stop")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::sitter;
use photodesk::store::Store;
use photodesk::store::keys::KeyFileStore;
use photodesk::store::submissions::{NewSubmission, PersonalField};
use photodesk::submission::State;
use photodesk::ui::{App, FilePicker, UiStart, app};
use photodesk::workflow::desk::{NewBatch, PhotoFault, QueueFilter};
use photodesk::workflow::job::Job;
use photodesk::workflow::{Desk, intake};

/// Photos reviewed at camera size.
const PHOTOS: usize = 48;
/// Rows of the long queue.
const ROWS: i64 = 100_000;
/// A fast hand: four decisions a second.
const PACE: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(60);
/// Frames after which a key counts again.
const GUARD_FRAMES: usize = 8;

fn main() {
    println!("| what | figure | how |\n|---|---|---|");
    let place = tempfile::tempdir().unwrap();
    review(place.path());
    let place = tempfile::tempdir().unwrap();
    long_queue(place.path());
}

fn review(folder: &Path) {
    fill_with_photos(folder);
    let mut window = window(folder);
    wait_for(&mut window, |window| shows(window, &format!("开始审核 {PHOTOS}")));
    let mut cold: Vec<Duration> = Vec::new();
    for row in (0..PHOTOS).step_by(4) {
        cold.push(open_row(&mut window, row));
        window.key_press(Key::Escape);
        wait_for(&mut window, |window| shows(window, "开始审核"));
    }
    report(
        "cold 12-megapixel photo: Enter on its row to painted",
        &mut cold,
        "list opened on a row, nothing decoded",
    );
    window.key_press(Key::Home);
    window.step();
    open_row(&mut window, 0);
    let mut warm: Vec<Duration> = Vec::new();
    let before = cpu_time();
    for at in 2..=PHOTOS {
        pause(&mut window, PACE);
        warm.push(time(&mut window, |window| window.key_press(Key::A), |window| is_painted(window, at)));
    }
    let cpu = (cpu_time() - before) / (PHOTOS as u32 - 1);
    report(
        "key to next photo painted, prefetched, 12 megapixels",
        &mut warm,
        "four decisions a second; the durable journal entry is part of it",
    );
    println!("| CPU of all threads a decision | {} | decode of the photos ahead included |", ms(cpu));
    println!("| memory with {} photos of 12 megapixels behind | {} MB | VmRSS |", PHOTOS, rss_mb());
}

fn long_queue(folder: &Path) {
    fill_with_rows(folder);
    let begun = Instant::now();
    let mut window = window(folder);
    wait_for(&mut window, |window| shows(window, "，待审核"));
    println!("| {ROWS} rows: desk opened and first rows shown | {} | from nothing |", ms(begun.elapsed()));
    window.run_steps(5);
    let mut frames: Vec<Duration> = (0..300)
        .map(|frame| {
            window.key_press(if frame % 10 == 0 { Key::PageDown } else { Key::ArrowDown });
            let begun = Instant::now();
            window.step();
            begun.elapsed()
        })
        .collect();
    report(
        "frame while the selection walks through 100,000 rows",
        &mut frames,
        "CPU of one frame, its accessibility tree included",
    );
    let mut filters: Vec<Duration> = Vec::new();
    for _ in 0..5 {
        for chip in ["待制作", "全部"] {
            let is_empty = chip == "待制作";
            filters.push(time(
                &mut window,
                |window| click(window, chip),
                |window| shows(window, "没有符合条件的照片") == is_empty,
            ));
        }
    }
    report("filter by state over 100,000 rows, click to shown", &mut filters, "half of them show every row");
    println!("| memory with 100,000 rows | {} MB | VmRSS, after the review above |", rss_mb());
}

/// Opens the review on a row of the queue and waits for its photo.
fn open_row(window: &mut Harness<'static, App>, row: usize) -> Duration {
    window.key_press(Key::Home);
    window.step();
    for _ in 0..row {
        window.key_press(Key::ArrowDown);
        window.step();
    }
    time(window, |window| window.key_press(Key::Enter), |window| is_painted(window, row + 1))
}

fn fill_with_photos(folder: &Path) {
    let desk = Desk::open(&folder.join("profile"), &KeyFileStore::new(folder.join("key"))).unwrap();
    let code = desk.create_batch(batch()).unwrap().code;
    let photos = folder.join("in");
    std::fs::create_dir_all(&photos).unwrap();
    let drawn: Vec<_> = (0..4).map(|number| sitter::render(&sitter::vary(number)).pixels).collect();
    let target = JpegTarget {
        dpi: Dpi(72),
        min_bytes: None,
        max_bytes: None,
        min_quality: 90,
        max_quality: 90,
        embed_icc: false,
    };
    for number in 0..PHOTOS {
        let mut large = image::imageops::resize(
            &drawn[number % drawn.len()],
            3000,
            4000,
            image::imageops::FilterType::Triangle,
        );
        // Every file another one.
        large.put_pixel(0, 0, image::Rgb([number as u8, 0, 0]));
        for (x, y, pixel) in large.enumerate_pixels_mut() {
            let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ number as u32) >> 13 & 3;
            pixel.0 = pixel.0.map(|channel| channel.saturating_add(grain as u8));
        }
        let jpeg = encode_jpeg(&large, &target).unwrap();
        std::fs::write(photos.join(format!("{number:04}.jpg")), jpeg.bytes).unwrap();
    }
    let report = intake::import_photos(&desk, &code, &[photos], &Job::default()).unwrap();
    assert_eq!(report.added.len(), PHOTOS);
}

fn fill_with_rows(folder: &Path) {
    let keys = KeyFileStore::new(folder.join("key"));
    let code = Desk::open(&folder.join("profile"), &keys).unwrap().create_batch(batch()).unwrap().code;
    let store = Store::open(&folder.join("profile"), &keys).unwrap();
    let photo_sha256 = store.put_photo(b"one photo for all").unwrap();
    let fault = PhotoFault { code: "truncated".into(), message: "cut off".into() };
    let add = |tx: &photodesk::store::Tx<'_>, row: i64| {
        let id = format!("row-{row:08}");
        tx.add_submission(&NewSubmission {
            id: &id,
            batch: &code,
            masked_name: "吴*兰",
            state: State::PendingReview,
            photo_sha256: &photo_sha256,
            photo_bytes: 17,
            received_at_ms: row,
        })?;
        tx.set_personal(&id, PersonalField::FileName, "吴小兰.jpg")?;
        // Checked already, or the desk would begin with the check.
        tx.set_report(&id, &photo_sha256, &Err(fault.clone())).map(drop)
    };
    store.write(|tx| (0..ROWS).try_for_each(|row| add(tx, row))).unwrap();
    assert_eq!(store.queue(&QueueFilter::default()).unwrap().len() as i64, ROWS);
}

fn batch() -> NewBatch {
    NewBatch {
        code: None,
        school: "江南大学".into(),
        title: "2026 届".into(),
        standard: "chsi_2017".into(),
        background: "light_blue".into(),
        layouts: vec!["1寸×8+2寸×4".into()],
        max_attempts: 3,
    }
}

struct NoPicker;

impl FilePicker for NoPicker {
    fn photos(&self, _title: &str) -> Vec<std::path::PathBuf> {
        Vec::new()
    }

    fn folder(&self, _title: &str) -> Option<std::path::PathBuf> {
        None
    }
}

fn window(folder: &Path) -> Harness<'static, App> {
    let (profile, key) = (folder.join("profile"), folder.join("key"));
    let opened = profile.clone();
    let start = UiStart {
        profile,
        open: Arc::new(move || Desk::open(&opened, &KeyFileStore::new(&key))),
        samples: None,
        samples_at_start: false,
        reviewer: "王审".into(),
    };
    Harness::builder()
        .with_size(vec2(1440.0, 900.0))
        .with_step_dt(1.0 / 60.0)
        .build_eframe(|creation| app(&creation.egui_ctx, start, Arc::new(NoPicker)).unwrap())
}

fn shows(window: &Harness<'_, App>, text: &str) -> bool {
    window.query_all_by_label_contains(text).next().is_some()
}

/// The photo at this place of the list is on screen.
fn is_painted(window: &Harness<'_, App>, at: usize) -> bool {
    shows(window, &format!("{at} / {PHOTOS}"))
        && window.query_all_by_role_and_label(Role::Image, "原图").next().is_some()
}

fn click(window: &mut Harness<'_, App>, chip: &str) {
    let node = window
        .query_all_by_role(Role::RadioButton)
        .find(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with(chip)));
    node.unwrap().click();
}

/// Steps as fast as it goes until it is so.
fn wait_for(window: &mut Harness<'_, App>, is_so: impl Fn(&Harness<'_, App>) -> bool) {
    let since = Instant::now();
    loop {
        window.step();
        if is_so(window) {
            return;
        }
        assert!(since.elapsed() < PATIENCE, "waited in vain");
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn time(
    window: &mut Harness<'static, App>,
    act: impl FnOnce(&mut Harness<'static, App>),
    is_so: impl Fn(&Harness<'_, App>) -> bool,
) -> Duration {
    let begun = Instant::now();
    act(window);
    wait_for(window, is_so);
    begun.elapsed()
}

/// Lets the hand rest, as frames of a still window.
fn pause(window: &mut Harness<'_, App>, long: Duration) {
    window.run_steps(GUARD_FRAMES);
    std::thread::sleep(long);
    window.run_steps(2);
}

fn report(what: &str, times: &mut [Duration], how: &str) {
    times.sort();
    let at = |share: f64| ms(times[((times.len() - 1) as f64 * share).round() as usize]);
    println!("| {what} | median {}, p95 {}, most {} | {}; {how} |", at(0.5), at(0.95), at(1.0), times.len());
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// CPU time of this process so far, where the system tells it; else nothing.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: u64 = [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum();
    // A tick is a hundredth of a second on Linux.
    Duration::from_millis(ticks * 10)
}

/// Memory of this process in MB, where the system tells it; else 0.
fn rss_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
