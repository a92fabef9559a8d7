//! A station after three days without a network: 5,000 people, each with a photo. How soon its session opens, how fast a person
//! is found, and what it holds in memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use photodesk::inspect::{Report, Verdict};
use photodesk::onsite::shot::ShotState;
use photodesk::photo::decode::{DecodeLimits, decode};
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::sitter;
use photodesk::store::Store;
use photodesk::store::keys::KeyFileStore;
use photodesk::store::shots::{Mark, Shot};
use photodesk::workflow::collect::Collecting;
use photodesk::workflow::who::{self, Who};
use photodesk::workflow::{Desk, bundle, roster, shots};

use super::{Outcome, new_batch, person, xlsx};

const PEOPLE: usize = 5_000;
/// The size of a photo unless `PHOTODESK_STAY_MIB` says otherwise: a whole portrait, and random bytes behind its end.
const PHOTO_MIB: usize = 1;
const FACES: u64 = 24;
const LOOKS: usize = 400;
const STAY: Duration = Duration::from_secs(120);

pub fn run() -> Outcome<()> {
    let folder = tempfile::tempdir_in(std::env::var("PHOTODESK_STAY_DIR").unwrap_or_else(|_| "/tmp".into()))?;
    let (profile, key) = (folder.path().join("desk"), folder.path().join("key"));
    let numbers = fill(&profile, &key)?;
    let before_mib = memory_mib();
    let begun = Instant::now();
    let desk = Arc::new(Desk::open(&profile, &KeyFileStore::new(&key))?);
    let opened = begun.elapsed();
    let batch = desk.batches()?[0].batch.code.clone();
    let shot_folder = folder.path().join("shots");
    std::fs::create_dir(&shot_folder)?;
    desk.models()?;
    let loaded = begun.elapsed();
    let session = Collecting::begin(Arc::clone(&desk), &batch, Some(&shot_folder), |_| {})?;
    let people = screen(&desk, &batch)?;
    let ready = begun.elapsed();
    if people != PEOPLE {
        return Err(format!("{people} of {PEOPLE} people are there").into());
    }
    println!("| {PEOPLE} people, {PEOPLE} photos of {} MiB | |\n|---|---|", photo_mib()?);
    let s = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    println!("| desk opened | {} |\n| models loaded | {} |", s(opened), s(loaded - opened));
    println!("| session begun, people, photos and counts on the screen | {} |", s(ready - loaded));
    search(&desk, &batch, &numbers)?;
    let again = Instant::now();
    screen(&desk, &batch)?;
    println!("| people, photos and counts read again after a shot | {} ms |", again.elapsed().as_millis());
    println!("| memory before the desk was opened | {before_mib} MiB |");
    let since = Instant::now();
    while since.elapsed() < STAY {
        println!("| memory after {} s | {} MiB |", since.elapsed().as_secs(), memory_mib());
        std::thread::sleep(STAY / 4);
        search_quietly(&desk, &batch, &numbers)?;
    }
    println!("| memory after {} s | {} MiB |", STAY.as_secs(), memory_mib());
    drop(session);
    Ok(())
}

fn photo_mib() -> Outcome<usize> {
    Ok(std::env::var("PHOTODESK_STAY_MIB").map_or(Ok(PHOTO_MIB), |given| given.parse())?)
}

/// What the on-site screen reads when it is entered, and after each shot.
fn screen(desk: &Desk, batch: &str) -> Outcome<usize> {
    let people = roster::people(desk, batch)?;
    let all = shots::shots(desk, batch)?;
    let count = shots::count(desk, batch)?;
    bundle::conflicts(desk, batch)?;
    if all.len() != count.shots {
        return Err("the counts do not add up".into());
    }
    Ok(people.len())
}

fn search(desk: &Desk, batch: &str, numbers: &[(String, String)]) -> Outcome<()> {
    let mut times: HashMap<&str, Vec<Duration>> = HashMap::new();
    for look in 0..LOOKS {
        let (student, code) = &numbers[look * 7919 % numbers.len()];
        let last_four = format!("{:04}", look * 37 % 10_000);
        for (kind, text) in
            [("student number", student.as_str()), ("collection code", code), ("last four", &last_four)]
        {
            let begun = Instant::now();
            let found = who::find(desk, batch, text)?;
            times.entry(kind).or_default().push(begun.elapsed());
            if kind != "last four" && !matches!(found, Who::One(_)) {
                return Err(format!("nobody was found by {kind}").into());
            }
        }
    }
    for kind in ["student number", "collection code", "last four"] {
        let mut times = times.remove(kind).unwrap_or_default();
        times.sort();
        let at =
            |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
        println!("| found by {kind}: median, p95, worst | {:.2}, {:.2}, {:.2} ms |", at(50), at(95), at(100));
    }
    Ok(())
}

fn search_quietly(desk: &Desk, batch: &str, numbers: &[(String, String)]) -> Outcome<()> {
    for (student, _) in numbers.iter().step_by(50) {
        who::find(desk, batch, student)?;
    }
    screen(desk, batch).map(drop)
}

/// A station as it stands after three days; gives each person's student number and collection code.
fn fill(profile: &std::path::Path, key: &std::path::Path) -> Outcome<Vec<(String, String)>> {
    let keys = KeyFileStore::new(key);
    let rows: Vec<[String; 6]> = (0..PEOPLE).map(person).collect();
    let list = profile.with_extension("xlsx");
    std::fs::write(&list, xlsx(&rows))?;
    let desk = Desk::open(profile, &keys)?;
    let batch = desk.create_batch(new_batch(&desk)?)?.code;
    roster::import(&desk, &batch, &roster::open(&list)?)?;
    let people = roster::people(&desk, &batch)?;
    let portraits: Vec<Vec<u8>> = (0..FACES).map(portrait).collect::<Outcome<_>>()?;
    let photo = decode(&portraits[0], &DecodeLimits::built_in()?)?;
    let report: Report =
        photodesk::inspect::inspect(&photo, desk.standards.get("chsi_centre")?, desk.models()?)?;
    drop(desk);
    let store = Store::open(profile, &keys)?;
    let photo_bytes = photo_mib()? << 20;
    for (number, row) in people.iter().enumerate() {
        let mut bytes = portraits[number % portraits.len()].clone();
        noise(number as u64, photo_bytes, &mut bytes);
        let photo_sha256 = store.put_photo(&bytes)?;
        let shot = Shot {
            id: uuid::Uuid::now_v7().to_string(),
            batch: batch.clone(),
            subject: Some(row.subject.id.clone()),
            photo_sha256,
            taken_at_ms: 1_790_000_000_000 + number as i64 * 40_000,
            state: ShotState::Draft,
            mark: Some(Mark::Auto),
            doubt: None,
            doubt_other: None,
            verdict: Some(Verdict::Pass),
            score: 0.0,
            submission: None,
        };
        store.write(|tx| {
            tx.add_shot(&shot, bytes.len() as u64, "bench")?;
            tx.set_shot_report(&shot.id, &Ok(report.clone()), 1.0)?;
            tx.bind_code(&batch, &row.subject.id, &code(number), shot.taken_at_ms)
        })?;
    }
    Ok(rows.iter().enumerate().map(|(number, row)| (row[2].clone(), code(number))).collect())
}

fn code(number: usize) -> String {
    format!("opaque-{number:05}-").repeat(8)
}

fn portrait(number: u64) -> Outcome<Vec<u8>> {
    let target = JpegTarget {
        dpi: Dpi(300),
        min_bytes: None,
        max_bytes: None,
        min_quality: 90,
        max_quality: 90,
        embed_icc: false,
    };
    Ok(encode_jpeg(&sitter::render(&sitter::vary(number)).pixels, &target)?.bytes)
}

/// Bytes that no two photos share, behind the end of the picture.
fn noise(seed: u64, photo_bytes: usize, bytes: &mut Vec<u8>) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    while bytes.len() < photo_bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
}

/// Resident memory of this process.
fn memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
}
