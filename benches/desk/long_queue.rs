//! A hundred thousand rows: opened, walked through, filtered.

use std::time::{Duration, Instant};

use egui::Key;
use egui::accesskit::Role;
use photodesk::store::Store;
use photodesk::submission::{QueueFilter, State};

use super::hand::{click, ms, report, rss_mb, settle, shows, wait_for};
use super::place::Place;

const ROWS: usize = 100_000;
const REJECTED: usize = ROWS / 5;
const FRAME_S: f32 = 1.0 / 60.0;

pub fn run() {
    let place = Place::with_rows(ROWS);
    in_the_store(&place);
    by_reason(&place);
    let begun = Instant::now();
    let mut window = place.window(FRAME_S);
    wait_for(&mut window, |window| shows(window, "，待审核"));
    println!(
        "| {ROWS} rows: desk opened, first rows shown | ≤ 300 ms | {} | from nothing |",
        ms(begun.elapsed())
    );
    settle(&mut window);
    let mut frames: Vec<Duration> = (0..600)
        .map(|frame| {
            window.key_press(if frame % 10 == 0 { Key::PageDown } else { Key::ArrowDown });
            let begun = Instant::now();
            window.step();
            begun.elapsed()
        })
        .collect();
    report(
        "frame while the selection walks through 100,000 rows",
        "≤ 8 ms",
        &mut frames,
        "one frame, its accessibility tree included",
    );
    let mut filters: Vec<Duration> = Vec::new();
    for _ in 0..10 {
        for chip in ["待制作", "全部"] {
            let is_empty = chip == "待制作";
            let begun = Instant::now();
            click(&mut window, Role::RadioButton, chip);
            wait_for(&mut window, |window| shows(window, "没有符合条件的照片") == is_empty);
            filters.push(begun.elapsed());
            settle(&mut window);
        }
    }
    report(
        "filter by state over 100,000 rows, click to shown",
        "≤ 100 ms",
        &mut filters,
        "half of them show every row",
    );
    println!("| memory with 100,000 rows | – | {:.0} MB | VmRSS, without a driver |", rss_mb("self"));
}

/// One reason among the rejections.
fn by_reason(place: &Place) {
    place.reject(ROWS - REJECTED..ROWS, "G01");
    let store = place.store();
    let rejected = QueueFilter { reason: Some("G01".into()), ..QueueFilter::default() };
    let mut times = times(&store, &rejected, REJECTED);
    report(
        "100,000 rows in the store: one reason",
        "≤ 100 ms",
        &mut times,
        "the last fifth of the rows rejected for it",
    );
}

fn times(store: &Store, filter: &QueueFilter, rows: usize) -> Vec<Duration> {
    let once = || {
        let begun = Instant::now();
        assert_eq!(store.queue(filter).unwrap().len(), rows);
        begun.elapsed()
    };
    (0..10).map(|_| once()).collect()
}

/// The whole queue, one batch, one state, and a text that few rows hold (its first search opens the names).
fn in_the_store(place: &Place) {
    let store = place.store();
    let batch = store.batches().unwrap()[0].batch.code.clone();
    let all = QueueFilter::default();
    let of_batch = QueueFilter { batch: Some(batch), ..QueueFilter::default() };
    let approved = QueueFilter { state: Some(State::Approved), ..QueueFilter::default() };
    let text = QueueFilter { text: "小兰77".into(), ..QueueFilter::default() };
    let begun = Instant::now();
    store.queue(&text).unwrap();
    let first_search = begun.elapsed();
    for (name, filter, rows) in [
        ("all", &all, ROWS),
        ("one batch", &of_batch, ROWS),
        ("one state", &approved, 0),
        ("a text", &text, 1111),
    ] {
        let mut times = times(&store, filter, rows);
        report(&format!("100,000 rows in the store: {name}"), "≤ 100 ms", &mut times, "rows read");
    }
    println!(
        "| 100,000 rows in the store: first search by text | – | {} | opens every sealed name once |",
        ms(first_search)
    );
}
