//! An eight-hour day replayed at speed: the memory of the desk must not grow with it.

use egui::Key;

use super::hand::{is_painted, rss_mb, time};
use super::place::Place;
use super::review::start_review;

const DECISIONS: usize = 24_000;
/// Caches are full after this many.
const WARM: usize = 1_000;
const LONG_FRAME_S: f32 = 0.125;

pub fn run() {
    let of = DECISIONS + WARM + 1;
    let place = Place::with_photos(300, (480, 640), of);
    let mut window = place.window(LONG_FRAME_S);
    start_review(&mut window, of);
    let mut at_start = 0.0;
    for at in 2..=of {
        // Every third is rejected by a digit.
        let key = if at % 3 == 0 { Key::Num1 } else { Key::A };
        time(&mut window, key, |window| is_painted(window, at, of));
        if at == WARM + 1 {
            at_start = rss_mb("self");
        }
    }
    let grown = rss_mb("self") - at_start;
    println!(
        "| growth of memory over {DECISIONS} decisions | < 20 MB | {grown:.1} MB | VmRSS, from {at_start:.0} MB after {WARM}; 300 photos of 480×640 in turns |"
    );
}
