//! On-site collection: a list of 20,000 people from its file into the store; prints the rows of its table in
//! BENCHMARKS.md.
#![allow(clippy::print_stdout, reason = "a bench reports on standard output")]

#[path = "../tests/workbook/mod.rs"]
mod workbook;

use std::time::{Duration, Instant};

use photodesk::store::keys::KeyFileStore;
use photodesk::workflow::desk::NewBatch;
use photodesk::workflow::{Desk, roster};
use workbook::{Text, Value};

const PEOPLE: usize = 20_000;
const RUNS: usize = 3;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let rows: Vec<[String; 6]> = (0..PEOPLE).map(person).collect();
    println!("| work | best of {RUNS} | read | kept | remark |\n|---|---|---|---|---|");
    run("20,000 people, .xlsx", "list.xlsx", &xlsx(&rows))?;
    run("20,000 people, .csv GB18030", "list.csv", &gb18030(&rows))?;
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
