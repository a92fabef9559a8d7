//! The program itself on the display there is: time to the first frame, memory, rest.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::hand::{cpu_time_of, report, rss_mb};
use super::place::Place;

const STARTS: usize = 8;
const IDLE: Duration = Duration::from_secs(30);
/// Quiet lines are gone and photos decoded ahead after this.
const SETTLING: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run() {
    if std::env::var_os("DISPLAY").is_none() {
        println!(
            "| the program's own window | – | not measured | needs a display, such as `xvfb-run -a` gives |"
        );
        return;
    }
    let place = Place::with_photos(24, (3000, 4000), 48);
    let mut starts: Vec<Duration> = (0..=STARTS).map(|_| Program::start(&place).first_frame).collect();
    // The first reads the program from the disk.
    starts.remove(0);
    report(
        "program started to first frame",
        "≤ 1 s",
        &mut starts,
        "warm; the real window, software rendering",
    );
    let program = Program::start(&place);
    let id = program.process.id().to_string();
    std::thread::sleep(Duration::from_secs(2));
    keys(&["ctrl+1", "Down", "Return"]);
    std::thread::sleep(SETTLING);
    println!(
        "| memory with Chinese shown and the photos around cached | ≤ 300 MB | {:.0} MB | VmRSS; 12-megapixel photos; software rendering, textures included |",
        rss_mb(&id)
    );
    let (cpu, frames) = (cpu_time_of(&id), program.frames.load(Ordering::Relaxed));
    std::thread::sleep(IDLE);
    let share = (cpu_time_of(&id) - cpu).as_secs_f64() / IDLE.as_secs_f64() * 100.0;
    let drawn = program.frames.load(Ordering::Relaxed) - frames;
    println!(
        "| idle in the review | ≤ 0.5 % of a core, 0 repaints | {share:.2} %, {drawn} repaints | {} s |",
        IDLE.as_secs()
    );
}

/// The running program; it ends with this.
struct Program {
    process: Child,
    first_frame: Duration,
    frames: Arc<AtomicUsize>,
}

impl Program {
    fn start(place: &Place) -> Self {
        let begun = Instant::now();
        let mut process = Command::new(env!("CARGO_BIN_EXE_photodesk"))
            .arg("--data")
            .arg(place.path().join("profile"))
            .arg("--key-file")
            .arg(place.path().join("key"))
            .env("PHOTODESK_LOG", "photodesk::ui=trace")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap());
        let frames = Arc::new(AtomicUsize::new(0));
        let first = follow(lines, frames.clone());
        let at = first.recv_timeout(PATIENCE).unwrap();
        Self { process, first_frame: at - begun, frames }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Counts the frames the log tells of; gives the moment of the first.
fn follow(lines: impl BufRead + Send + 'static, frames: Arc<AtomicUsize>) -> Receiver<Instant> {
    let (sender, first) = channel();
    std::thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            if line.contains("first frame drawn") {
                let _ = sender.send(Instant::now());
            } else if line.contains("frame drawn") {
                frames.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    first
}

/// Presses keys in the program's window.
fn keys(keys: &[&str]) {
    let found =
        Command::new("xdotool").args(["search", "--onlyvisible", "--class", "photodesk"]).output().unwrap();
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    let window = text.lines().last().unwrap_or_default().to_owned();
    for key in keys {
        let done = Command::new("xdotool").args(["windowfocus", &window, "key", key]).status().unwrap();
        assert!(done.success(), "{key} was not pressed");
        std::thread::sleep(Duration::from_millis(500));
    }
}
