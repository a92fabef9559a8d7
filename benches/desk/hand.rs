//! The hand at the desk: presses keys, waits as an eye does, and notes times, processor time and memory.

use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, TexturesDelta};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, TestRenderer};
use photodesk::ui::App;

/// Work off the window's thread is waited for at most this long.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the hand looks whether a frame is wanted.
const LOOK_EVERY: Duration = Duration::from_micros(100);
/// Processor time in this stretch below which the desk rests.
const STRETCH: Duration = Duration::from_millis(150);

pub type Window = Harness<'static, App>;

/// Takes textures and lets go of them, as a graphics card would; the harness's own keeps them all.
pub struct NoScreen;

impl TestRenderer for NoScreen {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        delta.clear();
    }
}

pub fn shows(window: &Window, text: &str) -> bool {
    window.query_all_by_label_contains(text).next().is_some()
}

/// The photo at this place of the list is on screen.
pub fn is_painted(window: &Window, at: usize, of: usize) -> bool {
    shows(window, &format!("{at} / {of}"))
        && window.query_all_by_role_and_label(Role::Image, "原图").next().is_some()
}

pub fn click(window: &mut Window, role: Role, beginning: &str) {
    let node = window
        .query_all_by_role(role)
        .find(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with(beginning)));
    node.unwrap_or_else(|| panic!("no {beginning}")).click();
}

/// Draws a frame whenever the desk wants one, until it is so.
pub fn wait_for(window: &mut Window, is_so: impl Fn(&Window) -> bool) {
    let since = Instant::now();
    window.step();
    while !is_so(window) {
        assert!(since.elapsed() < PATIENCE, "waited in vain");
        if window.ctx.has_requested_repaint() {
            window.step();
        } else {
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// From the press to the frame in which it is so.
pub fn time(window: &mut Window, key: Key, is_so: impl Fn(&Window) -> bool) -> Duration {
    let begun = Instant::now();
    window.key_press(key);
    wait_for(window, is_so);
    begun.elapsed()
}

/// Lets the hand rest while the desk draws what it wants to; the times of those frames are noted.
pub fn rest(window: &mut Window, long: Duration, frames: &mut Vec<Duration>) {
    let since = Instant::now();
    while since.elapsed() < long {
        if window.ctx.has_requested_repaint() {
            let begun = Instant::now();
            window.step();
            frames.push(begun.elapsed());
        } else {
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// Waits until nothing is done any more.
pub fn settle(window: &mut Window) {
    let since = Instant::now();
    loop {
        let before = cpu_time();
        rest(window, STRETCH, &mut Vec::new());
        if cpu_time() - before <= Duration::from_millis(20) {
            return;
        }
        assert!(since.elapsed() < PATIENCE, "the desk does not come to rest");
    }
}

/// Prints a row: what, its bar, the middle and the upper end.
pub fn report(what: &str, bar: &str, times: &mut [Duration], how: &str) {
    times.sort();
    let at = |share: f64| ms(times[((times.len() - 1) as f64 * share).round() as usize]);
    println!(
        "| {what} | {bar} | median {}, p95 {}, p99 {}, most {} | {} times; {how} |",
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0),
        times.len()
    );
}

pub fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// CPU time of all threads of this process so far, where the system tells it; else nothing.
pub fn cpu_time() -> Duration {
    cpu_time_of("self")
}

pub fn cpu_time_of(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: u64 = [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum();
    // A tick is a hundredth of a second on Linux.
    Duration::from_millis(ticks * 10)
}

/// Memory of a process in MB, where the system tells it; else 0.
pub fn rss_mb(process: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
