//! On-site collection: a list of 20,000 people from its file into the store, 24-megapixel photos from the complete file to
//! the verdict, and 2,000 degraded codes read; prints the rows of its tables in BENCHMARKS.md.
//! `cargo bench --bench onsite -- 200` reads fewer codes.
#![allow(clippy::print_stdout, reason = "a bench reports on standard output")]

#[path = "../tests/degraded/mod.rs"]
mod degraded;
#[path = "../tests/workbook/mod.rs"]
mod workbook;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use degraded::Degraded;
use image::imageops::{FilterType, resize};
use photodesk::onsite::code::{Codes, Luma, read};
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::sitter;
use photodesk::store::keys::KeyFileStore;
use photodesk::workflow::collect::{Collecting, Happened};
use photodesk::workflow::desk::NewBatch;
use photodesk::workflow::{Desk, roster};
use workbook::{Text, Value};

const PEOPLE: usize = 20_000;
const RUNS: usize = 3;
const CODES: u64 = 2000;
const PHOTOS: usize = 40;
const SIDE_PX: [u32; 2] = [4000, 6000];

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let rows: Vec<[String; 6]> = (0..PEOPLE).map(person).collect();
    println!("| work | best of {RUNS} | read | kept | remark |\n|---|---|---|---|---|");
    run("20,000 people, .xlsx", "list.xlsx", &xlsx(&rows))?;
    run("20,000 people, .csv GB18030", "list.csv", &gb18030(&rows))?;
    verdicts()?;
    let given = std::env::args().find_map(|argument| argument.parse().ok());
    codes(given.unwrap_or(CODES))
}

/// Photos dropped one after the other into a watched folder, each timed from the end of its writing to the answer.
fn verdicts() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let shots = folder.path().join("shots");
    std::fs::create_dir(&shots)?;
    let keys = KeyFileStore::new(folder.path().join("key"));
    let desk = Arc::new(Desk::open(&folder.path().join("desk"), &keys)?);
    let batch = desk.create_batch(new_batch(&desk)?)?.code;
    let sitter = sitter::render(&sitter::vary(1)).pixels;
    let pixels = resize(&sitter, SIDE_PX[0], SIDE_PX[1], FilterType::Triangle);
    let (tell, heard) = channel();
    let session = Collecting::begin(Arc::clone(&desk), &batch, &shots, move |happened| {
        if let Happened::Checked { .. } = happened {
            let _ = tell.send(Instant::now());
        }
    })?;
    let mut times = Vec::new();
    for number in 0..PHOTOS {
        let target = JpegTarget::of_quality(Dpi(300), 80 + number as u8 % 15);
        let mut bytes = encode_jpeg(&pixels, &target)?.bytes;
        // Another file each time: bytes after the end of the picture change nothing else.
        bytes.extend(number.to_be_bytes());
        std::fs::write(shots.join(format!("{number}.jpg")), bytes)?;
        let written = Instant::now();
        times.push(heard.recv_timeout(Duration::from_secs(30))?.duration_since(written));
    }
    drop(session);
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
    println!("\n| {PHOTOS} photos of 24 megapixels | median | p95 | worst |\n|---|---|---|---|");
    println!("| complete file to verdict | {:.0} ms | {:.0} ms | {:.0} ms |", at(50), at(95), at(100));
    Ok(())
}

/// Read, misread, and how long each took.
#[derive(Default)]
struct Tally {
    read: usize,
    wrong: usize,
    times: Vec<Duration>,
}

impl Tally {
    fn count(&mut self, payload: &[u8], look: impl FnOnce() -> Vec<Vec<u8>>) {
        let begun = Instant::now();
        let found = look();
        self.times.push(begun.elapsed());
        let is_right = found.len() == 1 && found[0] == payload;
        self.read += usize::from(is_right);
        self.wrong += usize::from(!is_right && !found.is_empty());
    }

    fn report(mut self, what: &str) {
        self.times.sort();
        let at = |share: usize| self.times[self.times.len() * share / 100].as_secs_f64() * 1000.0;
        let rate = self.read as f64 / self.times.len() as f64 * 100.0;
        println!("| {what} | {rate:.2} % | {} | {:.0} ms | {:.0} ms |", self.wrong, at(50), at(95));
    }
}

fn codes(count: u64) -> Outcome<()> {
    let (mut first, mut second, mut both) = (Tally::default(), Tally::default(), Tally::default());
    for number in 0..count {
        let code = Degraded::draw(number);
        let frame = code.frame().ok_or("a payload is too long for any code")?;
        let luma = Luma { width: frame.width, height: frame.height, pixels: Cow::Borrowed(&frame.luma) };
        first.count(&code.payload, || read::rqrr(&luma));
        second.count(&code.payload, || read::rxing(&luma));
        both.count(&code.payload, || match read::codes(&luma) {
            Codes::None => Vec::new(),
            Codes::One(content) => vec![content],
            Codes::Several(_) => vec![Vec::new()],
        });
    }
    println!("\n| {count} degraded codes | read | misread | median | p95 |\n|---|---|---|---|---|");
    first.report("rqrr alone");
    second.report("rxing alone");
    both.report("both in turns, as the desk reads");
    Ok(())
}

fn run(what: &str, name: &str, bytes: &[u8]) -> Outcome<()> {
    let mut best = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        let desk = Desk::open(&folder.path().join("desk"), &KeyFileStore::new(folder.path().join("key")))?;
        let code = desk.create_batch(new_batch(&desk)?)?.code;
        let begun = Instant::now();
        let file = roster::open(&path)?;
        let read = begun.elapsed();
        let report = roster::import(&desk, &code, &file)?;
        let all = begun.elapsed();
        if report.counts.added != PEOPLE {
            return Err(format!("{} of {PEOPLE} people were added", report.counts.added).into());
        }
        best = best.min((all, read, all - read));
    }
    let s = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    println!("| {what} | {} | {} | {} | {} KB |", s(best.0), s(best.1), s(best.2), bytes.len() / 1024);
    Ok(())
}

fn new_batch(desk: &Desk) -> Outcome<NewBatch> {
    let standard = desk.standards.get("chsi_centre")?;
    Ok(NewBatch {
        code: None,
        school: "示范大学".into(),
        title: "2026 届".into(),
        standard: standard.id.clone(),
        background: standard.backgrounds[0].id.clone(),
        layouts: Vec::new(),
        max_attempts: 3,
    })
}

fn person(number: usize) -> [String; 6] {
    let seventeen = format!(
        "110105{:04}{:02}{:02}{:03}",
        2003 + number / 9000,
        1 + number / 999 % 9,
        1 + number / 999 % 28,
        number % 999 + 1
    );
    [
        format!("吴小兰{number}"),
        with_check_character(&seventeen),
        format!("2021{number:07}"),
        "物理与电子工程学院".into(),
        "应用物理学".into(),
        format!("138{number:08}"),
    ]
}

fn with_check_character(seventeen: &str) -> String {
    let sum = seventeen.bytes().fold(0_u32, |sum, digit| (sum * 2 + u32::from(digit - b'0')) % 11);
    let check = (12 - sum * 2 % 11) % 11;
    format!("{seventeen}{}", if check == 10 { "X".to_owned() } else { check.to_string() })
}

const HEADERS: [&str; 6] = ["姓名", "身份证号", "学号", "学院", "专业", "手机号"];

fn xlsx(rows: &[[String; 6]]) -> Vec<u8> {
    let cells: Vec<Vec<Value<'_>>> = std::iter::once(HEADERS.map(Text).to_vec())
        .chain(rows.iter().map(|row| row.iter().map(|text| Text(text)).collect()))
        .collect();
    let rows: Vec<&[Value<'_>]> = cells.iter().map(Vec::as_slice).collect();
    workbook::workbook(&rows)
}

fn gb18030(rows: &[[String; 6]]) -> Vec<u8> {
    let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
    let text = format!("{}\r\n{}\r\n", HEADERS.join(","), lines.join("\r\n"));
    encoding_rs::GB18030.encode(&text).0.into_owned()
}
