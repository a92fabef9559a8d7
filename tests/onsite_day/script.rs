//! Who comes on the day, how each is known, and what the camera does for each.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::sitter;
use photodesk::sitter::vary;
use photodesk::store::blobs::sha256_hex;

use crate::station::{COPY, Camera, Session, Station};

/// How the camera writes, in turns.
const WAYS: [&str; 6] = ["plain", "slow", "renamed", "doubled", "cut", "truncated"];
/// Longer than a photo after a change counts as late.
const CALM: Duration = Duration::from_millis(1700);

/// How a student is known.
#[derive(Clone, Debug)]
pub enum Known {
    /// By the number of the list.
    Number(String),
    /// By a collection code with the last four beside it; shown twice where `twice`.
    Code { code: String, last_four: String, twice: bool },
    /// Without a code; it comes later.
    Ticket { code: String, last_four: String },
}

#[derive(Clone, Debug)]
pub struct Student {
    pub number: usize,
    pub known: Known,
    photos: Vec<PathBuf>,
}

pub struct Day {
    pub students: Vec<Student>,
    /// Student by the SHA-256 of each photo.
    pub truth: HashMap<String, usize>,
    _photos: tempfile::TempDir,
}

impl Day {
    pub fn of(students: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut truth = HashMap::new();
        let students = (0..students)
            .map(|number| {
                let photos = usize::from(number % 5 == 1) + 1;
                let photos = (0..photos).map(|take| {
                    let jpeg = portrait(number, take);
                    truth.insert(sha256_hex(&jpeg), number);
                    let path = folder.path().join(format!("{number}-{take}.jpg"));
                    std::fs::write(&path, jpeg).unwrap();
                    path
                });
                Student { number, photos: photos.collect(), known: known(number) }
            })
            .collect();
        Self { students, truth, _photos: folder }
    }

    /// The list of those who are known by number.
    pub fn list(&self) -> String {
        let rows = self.students.iter().filter_map(|student| match &student.known {
            Known::Number(number) => Some(format!("甲{number},{number}\n")),
            _ => None,
        });
        format!("姓名,学号\n{}", rows.collect::<String>())
    }

    /// Photographs these students; the power is cut while the photo of number `cut` is on its way.
    pub fn photograph(&self, station: &Station, students: &[Student], cut: Option<usize>) {
        let (mut camera, mut slow_card) = (Camera::new(), Camera::new());
        let mut is_on_the_way = false;
        let mut session = station.start();
        for student in students {
            let subject = step_up(&mut session, student);
            let is_calm = student.number % 4 != 3;
            if is_calm {
                std::thread::sleep(CALM);
            }
            if cut == Some(student.number) {
                let to = station.shots_folder().join(name_of(student, 0));
                camera.begin("slow", &student.photos[0], &to);
                std::thread::sleep(Duration::from_millis(150));
                session.kill();
                camera.finish();
                session = station.start();
                let taken = taken(&mut session, student, 0);
                assert_eq!(taken["doubt"], "nobody", "what came in the dark is nobody's: {taken}");
                session.ask(&format!("assign {} {subject}", taken["shot"].as_str().unwrap()));
                step_up(&mut session, student);
                std::thread::sleep(CALM);
            }
            let takes: Vec<usize> =
                (usize::from(cut == Some(student.number))..student.photos.len()).collect();
            let begin = |camera: &mut Camera, take: usize, how: &str| {
                camera.begin(
                    how,
                    &student.photos[take],
                    &station.shots_folder().join(name_of(student, take)),
                );
            };
            let mut is_still_coming = std::mem::take(&mut is_on_the_way);
            let mut finish_slow_card = |slow_card: &mut Camera| {
                if std::mem::take(&mut is_still_coming) {
                    slow_card.finish();
                }
            };
            match takes.as_slice() {
                // The second is whole before the first.
                [first, second] if is_calm && !student.number.is_multiple_of(2) => {
                    finish_slow_card(&mut slow_card);
                    begin(&mut slow_card, *first, "cut");
                    std::thread::sleep(Duration::from_millis(300));
                    begin(&mut camera, *second, "plain");
                    camera.finish();
                    assert_eq!(taken(&mut session, student, *second)["subject"], subject.as_str());
                    assert_eq!(taken(&mut session, student, *first)["subject"], subject.as_str());
                    slow_card.finish();
                }
                // The photo is still on its way when the next student stands there, with the power on.
                [only] if is_calm && student.number % 7 == 2 && cut != Some(student.number + 1) => {
                    finish_slow_card(&mut slow_card);
                    begin(&mut slow_card, *only, "cut");
                    std::thread::sleep(Duration::from_millis(300));
                    is_on_the_way = true;
                }
                takes => {
                    for take in takes {
                        begin(&mut camera, *take, WAYS[(student.number + take) % WAYS.len()]);
                        camera.finish();
                        let taken = taken(&mut session, student, *take);
                        assert_eq!(taken["subject"], subject.as_str(), "{taken}");
                        if !is_calm {
                            assert_eq!(taken["doubt"], "late", "{taken}");
                        }
                    }
                }
            }
            finish_slow_card(&mut slow_card);
            if !is_on_the_way {
                session.ask("wait");
            }
            if let Known::Ticket { code, last_four } = &student.known {
                assert_eq!(session.ask(&format!("who {code}"))["who"], "new_code");
                session.ask(&format!("bind {last_four}"));
            }
            session.ask("down");
        }
        if is_on_the_way {
            slow_card.finish();
        }
        session.ask("wait");
        self.settle(station, session);
    }

    /// One student by code, one photo, at their leisure.
    pub fn photograph_by_code(&self, station: &Station, code: &str, photo_of: usize) {
        let mut camera = Camera::new();
        let mut session = station.start();
        session.ask(&format!("who {code}"));
        session.ask("new 002X");
        std::thread::sleep(CALM);
        let photo = &self.students[photo_of].photos[0];
        camera.shoot("plain", photo, &station.shots_folder().join("capt0000.jpg"));
        let taken = session.until(|said| said["event"] == "taken");
        assert!(taken["doubt"].is_null(), "{taken}");
        session.ask("wait");
        session.end();
    }

    /// Every photo is on its way while the program is killed; gives the subject of each student.
    pub fn photograph_under_fire(&self, station: &Station, chance: &mut Chance) -> HashMap<usize, String> {
        let mut camera = Camera::new();
        let mut subjects = HashMap::new();
        for student in &self.students {
            for (take, photo) in student.photos.iter().enumerate() {
                let mut session = station.start();
                match subjects.get(&student.number) {
                    Some(subject) => drop(session.ask(&format!("choose {subject}"))),
                    None => drop(subjects.insert(student.number, step_up(&mut session, student))),
                }
                let to = station.shots_folder().join(name_of(student, take));
                camera.begin(WAYS[(student.number + take) % WAYS.len()], photo, &to);
                std::thread::sleep(chance.millis(900));
                session.kill();
                camera.finish();
            }
        }
        let mut session = station.start();
        for student in &self.students {
            if let Known::Ticket { code, last_four } = &student.known {
                session.ask(&format!("choose {}", subjects[&student.number]));
                if session.ask(&format!("who {code}"))["who"] == "new_code" {
                    session.ask(&format!("bind {last_four}"));
                }
            }
        }
        session.ask("wait");
        session.end();
        subjects
    }

    /// Somebody looks at every doubt and says whose the photo is.
    fn settle(&self, station: &Station, mut session: Session) {
        let doubts: Vec<String> = session
            .said()
            .iter()
            .filter(|said| said["event"] == "doubted" || said["doubt"] == "late")
            .map(|said| said["shot"].as_str().unwrap().to_owned())
            .collect();
        let whose: HashMap<String, String> = session
            .said()
            .iter()
            .filter(|said| said["event"] == "taken" && said["subject"].is_string())
            .map(|said| {
                (said["shot"].as_str().unwrap().to_owned(), said["subject"].as_str().unwrap().to_owned())
            })
            .collect();
        for shot in doubts {
            if let Some(subject) = whose.get(&shot) {
                session.ask(&format!("assign {shot} {subject}"));
            }
        }
        session.end();
        // What was doubted before the cut was said in a session that is gone.
        for shot in station.shots().into_iter().filter(|shot| shot.doubt.is_some()) {
            let subject = shot.subject.unwrap();
            let desk = station.desk();
            photodesk::workflow::shots::assign(&desk, &shot.id, &subject, "operator").unwrap();
        }
    }
}

/// As the camera names the photo.
fn name_of(student: &Student, take: usize) -> String {
    format!("IMG_{}_{take}.JPG", student.number)
}

/// Waits until this photo is taken, and not a copy of it.
fn taken(session: &mut Session, student: &Student, take: usize) -> serde_json::Value {
    let name = name_of(student, take);
    session.until(|said| said["event"] == "taken" && (said["file"] == name.as_str() || said["file"] == COPY))
}

/// Brings the student before the camera; gives the subject's id.
fn step_up(session: &mut Session, student: &Student) -> String {
    let answer = match &student.known {
        Known::Number(number) => session.ask(&format!("who {number}")),
        Known::Code { code, last_four, twice } => {
            let first = session.ask(&format!("who {code}"));
            let answer =
                if first["who"] == "new_code" { session.ask(&format!("new {last_four}")) } else { first };
            if *twice { session.ask(&format!("who {code}")) } else { answer }
        }
        Known::Ticket { code, .. } => {
            let known = session.ask(&format!("who {code}"));
            if known["who"] == "one" {
                known
            } else {
                let ticket = session.ask("ticket")["ticket"].as_str().unwrap().to_owned();
                session.ask(&format!("who {ticket}"))
            }
        }
    };
    assert_eq!(answer["who"], "one", "{student:?}: {answer}");
    answer["subject"]["id"].as_str().unwrap().to_owned()
}

fn known(number: usize) -> Known {
    let code = format!("opaque-{number:04}-").repeat(6);
    let last_four = format!("{number:03}X");
    match number % 3 {
        0 => Known::Number(format!("2021{number:06}")),
        1 => Known::Code { code, last_four, twice: number.is_multiple_of(2) },
        _ => Known::Ticket { code, last_four },
    }
}

/// Another face for each student, another file for each take.
fn portrait(number: usize, take: usize) -> Vec<u8> {
    let pixels = sitter::render(&vary(1000 + number as u64)).pixels;
    let quality = 91 - take as u8;
    let target = JpegTarget::of_quality(Dpi(300), quality);
    encode_jpeg(&pixels, &target).unwrap().bytes
}

/// Times at random; shown with its seed when something fails.
#[derive(Debug)]
pub struct Chance {
    #[expect(dead_code, reason = "shown when something fails")]
    seed: u64,
    state: u64,
}

impl Chance {
    pub fn new() -> Self {
        let asked = std::env::var("PHOTODESK_DAY_SEED").ok().and_then(|text| text.parse().ok());
        let seed = asked.unwrap_or_else(|| std::process::id().into());
        Self { seed, state: seed }
    }

    pub fn millis(&mut self, most: u64) -> Duration {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis((self.state >> 33) % most)
    }
}
