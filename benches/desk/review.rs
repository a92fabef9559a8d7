//! From a key to the next photo: prefetched and cold, and what a decision itself costs.

use std::time::Duration;

use egui::Key;

use super::hand::{Window, cpu_time, is_painted, ms, report, rest, rss_mb, settle, shows, time, wait_for};
use super::place::Place;

const FRAME_S: f32 = 1.0 / 60.0;
/// A frame of this window's clock is longer than the guard between two presses.
const LONG_FRAME_S: f32 = 0.125;
/// A fast hand: four decisions a second.
const PACE: Duration = Duration::from_millis(250);
const DECISIONS: usize = 1000;
/// Rows between two cold openings: nothing of the last one's surroundings is near.
const COLD_STEP: usize = 24;
const COLD_TIMES: usize = 24;

/// Nothing of the photo is in memory when its row is opened.
pub fn cold() {
    for (name, bar, size, files) in [
        ("480×640", "p95 ≤ 25 ms", (480, 640), 24),
        ("12 megapixels", "p95 ≤ 150 ms", (3000, 4000), 12),
        ("24 megapixels", "p95 ≤ 250 ms", (4000, 6000), 6),
    ] {
        let rows = COLD_STEP * COLD_TIMES;
        let place = Place::with_photos(files, size, rows);
        let mut window = place.window(FRAME_S);
        wait_for(&mut window, |window| shows(window, &format!("开始审核 {rows}")));
        wait_for(&mut window, |window| shows(window, "，待审核"));
        let mut times: Vec<Duration> = Vec::new();
        // The first opening builds the screen itself and is not counted.
        open_row(&mut window, 0, rows);
        for row in (COLD_STEP..rows).step_by(COLD_STEP) {
            window.key_press(Key::Escape);
            wait_for(&mut window, |window| shows(window, "开始审核"));
            settle(&mut window);
            times.push(open_row(&mut window, row, rows));
        }
        report(
            &format!("cold photo of {name}: Enter on its row to painted"),
            bar,
            &mut times,
            "the desk at rest, nothing decoded",
        );
    }
}

/// The next photo was decoded while this one was looked at.
pub fn prefetched() {
    let place = Place::with_photos(24, (3000, 4000), DECISIONS + 1);
    let mut window = place.window(FRAME_S);
    let of = DECISIONS + 1;
    start_review(&mut window, of);
    let (mut times, mut frames) = (Vec::new(), Vec::new());
    rest(&mut window, PACE * 8, &mut frames);
    frames.clear();
    let before = cpu_time();
    for at in 2..=of {
        rest(&mut window, PACE, &mut frames);
        // Frames of a still window, so that the guard between two presses is over.
        window.run_steps(8);
        times.push(time(&mut window, Key::A, |window| is_painted(window, at, of)));
    }
    let cpu = (cpu_time() - before) / DECISIONS as u32;
    let how = "four decisions a second over 24 different JPEGs of 12 megapixels; the durable journal entry is part of it";
    report("key to next photo painted, prefetched", "p95 ≤ 16.7 ms, p99 ≤ 33 ms", &mut times, how);
    report(
        "frames meanwhile, those that take photos over included",
        "textures ≤ 4 ms a frame",
        &mut frames,
        "CPU of a frame without the driver",
    );
    println!(
        "| CPU of all threads a decision, decoding included | – | {} | 12-megapixel photos; eight still frames a decision are part of it |",
        ms(cpu)
    );
    println!("| memory after {DECISIONS} of them | – | {:.0} MB | VmRSS, without a driver |", rss_mb("self"));
}

/// With photos that cost next to nothing to decode, what is left is the desk's own.
pub fn overhead() {
    let place = Place::with_photos(4, (60, 80), DECISIONS + 1);
    let mut window = place.window(LONG_FRAME_S);
    let of = DECISIONS + 1;
    start_review(&mut window, of);
    settle(&mut window);
    let mut times = Vec::new();
    let before = cpu_time();
    for at in 2..=of {
        times.push(time(&mut window, Key::A, |window| is_painted(window, at, of)));
    }
    let cpu = (cpu_time() - before) / DECISIONS as u32;
    report("key to next photo painted, no one waiting", "–", &mut times, "photos of 60×80 pixels");
    println!(
        "| CPU of all threads a decision | ≤ 5 ms | {} | {DECISIONS} decisions, no one waiting |",
        ms(cpu)
    );
}

pub fn start_review(window: &mut Window, of: usize) {
    wait_for(window, |window| shows(window, &format!("开始审核 {of}")));
    super::hand::click(window, egui::accesskit::Role::Button, "开始审核");
    wait_for(window, |window| is_painted(window, 1, of));
}

/// Opens the review on a row of the queue and waits for its photo.
fn open_row(window: &mut Window, row: usize, of: usize) -> Duration {
    window.key_press(Key::Home);
    window.step();
    for _ in 0..row {
        window.key_press(Key::ArrowDown);
    }
    window.step();
    time(window, Key::Enter, |window| is_painted(window, row + 1, of))
}
