//! Messages to students: by webhook and by mail, again until they are taken, never in the way of a decision.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photodesk::store::devices::Role;
use photodesk::submission::notice::{Notice, NoticeState};
use photodesk::submission::{BoundBy, Person, Verb};
use photodesk::sync::protocol::Submission;
use ring::hmac;
use serde_json::Value;

use crate::fixture::{BATCH, START_MS, TestHub, claim, outcome, row};
use crate::mail_server::{MailServer, Way, certificate};

const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PASSWORD: &str = "a password nobody must see";
const SOON: Duration = Duration::from_secs(20);

/// Headers, by their names in small letters, and the body.
type Request = (HashMap<String, String>, String);

/// A receiver that answers with the given statuses, then with 204, and keeps what came.
struct Receiver {
    address: String,
    came: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    fn start(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        let came = Arc::<Mutex<Vec<_>>>::default();
        let keeps = Arc::clone(&came);
        std::thread::spawn(move || {
            let mut statuses = statuses.iter();
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream);
                let mut headers = HashMap::new();
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    if let Some((name, value)) = line.trim().split_once(": ") {
                        headers.insert(name.to_lowercase(), value.to_owned());
                    }
                }
                let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                keeps.lock().unwrap().push((headers, String::from_utf8(body).unwrap()));
                let status = statuses.next().unwrap_or(&204);
                let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                drop(reader.get_mut().write_all(answer.as_bytes()));
            }
        });
        Self { address, came }
    }

    fn requests(&self, count: usize) -> Vec<Request> {
        let begun = Instant::now();
        while self.came.lock().unwrap().len() < count {
            assert!(begun.elapsed() < SOON, "{count} requests did not come");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.came.lock().unwrap().clone()
    }
}

fn webhook(folder: &Path, address: &str) -> PathBuf {
    std::fs::write(folder.join("secret"), format!("whsec_{SECRET}\n")).unwrap();
    let text = format!(
        "page = \"https://photos.example\"\n[webhook]\naddress = \"{address}\"\nsecret = \"secret\"\n"
    );
    std::fs::write(folder.join("notices.toml"), text).unwrap();
    folder.join("notices.toml")
}

fn mail(folder: &Path, port: u16, encryption: &str) -> PathBuf {
    std::fs::write(folder.join("password"), format!("{PASSWORD}\n")).unwrap();
    let authority = if encryption == "none" { "" } else { "authority = \"cert.pem\"\n" };
    let text = format!(
        "page = \"https://photos.example\"\n[mail]\nhost = \"localhost\"\nport = {port}\n\
         encryption = \"{encryption}\"\n{authority}user = \"photos\"\npassword = \"password\"\n\
         from = \"毕业照采集 <photos@school.example>\"\n"
    );
    std::fs::write(folder.join("notices.toml"), text).unwrap();
    folder.join("notices.toml")
}

/// Claims the only submission and decides; gives what was decided on.
fn decides(hub: &TestHub, verb: Verb) -> Submission {
    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 1).leases.remove(0);
    assert_eq!(outcome(&desk, &row(&leased, verb)), "committed");
    leased.submission
}

/// The messages once all of them have ended, the latest first.
fn ended(hub: &TestHub) -> Vec<Notice> {
    let begun = Instant::now();
    loop {
        let notices = hub.beside(|store| store.notices(None, 9).unwrap());
        if !notices.is_empty() && notices.iter().all(|notice| notice.state != NoticeState::Waiting) {
            return notices;
        }
        assert!(begun.elapsed() < SOON, "still waiting: {notices:?}");
        // The hub's clock stands still, so pauses are over when the test says so.
        hub.later(10_000);
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn belongs_to(submission: &str, address: &str, hub: &TestHub) {
    hub.beside(|store| {
        let person =
            Person { name: "吴小兰".into(), email: Some(address.to_owned()), ..Person::default() };
        store.write(|tx| tx.keep_person(BATCH, &person, START_MS)).unwrap();
        let subject = store.subjects(BATCH).unwrap().remove(0).subject.id;
        assert!(store.write(|tx| tx.bind(submission, &subject, BoundBy::FileName, START_MS)).unwrap());
    });
}

#[test]
pub fn a_rejection_is_told_signed_with_its_reasons_and_again_until_it_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(&[503, 200]);
    let hub = TestHub::that_tells(&webhook(folder.path(), &receiver.address));
    let submission = hub.student().submits(1).submission;
    decides(&hub, Verb::Reject);
    let notices = ended(&hub);
    assert_eq!((notices.len(), notices[0].state, notices[0].tries), (1, NoticeState::Sent, 2));
    let tries = hub.beside(|store| store.notice_tries(&notices[0].id).unwrap());
    assert_eq!([tries[0].1.as_str(), tries[1].1.as_str()], ["HTTP 503", "sent"]);
    let came = receiver.requests(2);
    let told: Value = serde_json::from_str(&came[1].1).unwrap();
    assert_eq!(
        (told["kind"].as_str(), told["submission"].as_str()),
        (Some("rejected"), Some(submission.as_str()))
    );
    assert_eq!((told["state"].as_str(), told["attempt"].as_u64()), (Some("rejected"), Some(1)));
    assert_eq!(told["page"], format!("https://photos.example/s/{BATCH}"));
    let reason = &told["reasons"][0];
    assert_eq!(reason["code"], "G01");
    for text in ["cause", "remedy"] {
        assert!(reason[text]["zh"].as_str().is_some_and(|zh| !zh.is_empty()), "{reason}");
    }
    assert!(told.get("contact").is_none(), "nobody asked for personal data");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(SECRET).unwrap());
    for (headers, body) in &came {
        assert_eq!(headers["webhook-id"], notices[0].id, "doubles can be told");
        let signed = format!("{}.{}.{body}", headers["webhook-id"], headers["webhook-timestamp"]);
        let signature = STANDARD.decode(headers["webhook-signature"].strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&key, signed.as_bytes(), &signature).unwrap();
    }
}

#[test]
pub fn a_receiver_that_hangs_or_is_gone_holds_up_no_decision_and_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody ever accepts here.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", silent.local_addr().unwrap());
    let mut hub = TestHub::that_tells(&webhook(folder.path(), &address));
    let student = hub.student();
    student.submits(1);
    decides(&hub, Verb::Approve);
    std::thread::sleep(Duration::from_millis(1500));
    let begun = Instant::now();
    student.submits(2);
    decides(&hub, Verb::Reject);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let begun = Instant::now();
    hub.stop();
    assert!(begun.elapsed() < Duration::from_secs(5), "a stop waits for no receiver");
    drop(silent);
    hub.start_again();
    let notices = ended(&hub);
    assert_eq!(notices.len(), 2);
    assert!(
        notices.iter().all(|notice| notice.state == NoticeState::GivenUp && notice.tries == 3),
        "{notices:?}"
    );
    let metrics = reqwest::blocking::get(format!("{}/v1/metrics", hub.url)).unwrap().text().unwrap();
    assert!(metrics.contains("photodesk_notices{state=\"given_up\"} 2"), "{metrics}");
}

#[test]
pub fn what_was_taken_back_before_it_was_sent_is_told_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(&[]);
    let mut hub = TestHub::that_tells(&webhook(folder.path(), &receiver.address));
    hub.limits.notices.settle_seconds = 60;
    hub.stop();
    hub.start_again();
    let student = hub.student();
    let id = student.submits(1).submission;
    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 1).leases.remove(0);
    for verb in [Verb::Reject, Verb::Undo, Verb::Approve] {
        assert_eq!(outcome(&desk, &row(&leased, verb)), "committed");
    }
    std::thread::sleep(Duration::from_millis(1500));
    assert!(receiver.came.lock().unwrap().is_empty(), "the minute is not over");
    hub.later(61_000);
    let states: Vec<_> = ended(&hub).iter().map(|notice| (notice.kind.as_str(), notice.state)).collect();
    assert_eq!(states, [("approved", NoticeState::Sent), ("rejected", NoticeState::Moot)]);
    let told: Value = serde_json::from_str(&receiver.requests(1)[0].1).unwrap();
    assert_eq!((told["kind"].as_str(), told["submission"].as_str()), (Some("approved"), Some(id.as_str())));
}

/// By mail to whom the roster names; the certificate is one that only the configuration trusts.
#[test]
pub fn letters_go_encrypted_with_words_in_both_languages() {
    for encryption in ["tls", "starttls"] {
        let folder = tempfile::tempdir().unwrap();
        let config = certificate(folder.path());
        let way = if encryption == "tls" { Way::Tls(config) } else { Way::Starttls(config) };
        let server = MailServer::start(way);
        let hub = TestHub::that_tells(&mail(folder.path(), server.port, encryption));
        let submission = hub.student().submits(1).submission;
        belongs_to(&submission, "lan@example.com", &hub);
        // Put off once, as servers do with strangers.
        server.refuses(&["451 come again"]);
        decides(&hub, Verb::Reject);
        let notices = ended(&hub);
        assert_eq!((notices[0].state, notices[0].tries), (NoticeState::Sent, 2), "{encryption}: {notices:?}");
        let letter = server.letters(1).remove(0);
        assert!(letter.is_encrypted && letter.to == "lan@example.com", "{letter:?}");
        let login = STANDARD.decode(letter.login.unwrap()).unwrap();
        assert_eq!(login, format!("\0photos\0{PASSWORD}").as_bytes());
        assert!(letter.data.contains(&format!("<{}@school.example>", notices[0].id)), "{}", letter.data);
        let text = readable(&letter.data);
        assert!(text.contains("重新提交") && text.contains("send another one"), "{text}");
        assert!(
            text.contains(&format!("https://photos.example/s/{BATCH}")) && !text.contains("吴小兰"),
            "{text}"
        );
    }
}

#[test]
pub fn a_box_that_does_not_exist_is_given_up_at_once_and_its_address_stands_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let server = MailServer::start(Way::Plain);
    let mut hub = TestHub::that_tells(&mail(folder.path(), server.port, "none"));
    let student = hub.student();
    let one = student.submits(1).submission;
    server.refuses(&["550 <lan@example.com> is unknown here"]);
    belongs_to(&one, "lan@example.com", &hub);
    decides(&hub, Verb::Approve);
    let notice = ended(&hub).remove(0);
    assert_eq!((notice.state, notice.tries), (NoticeState::GivenUp, 1));
    assert_eq!(notice.last_error.as_deref(), Some("refused: SMTP 550"));
    student.submits(2);
    decides(&hub, Verb::Approve);
    assert_eq!(ended(&hub)[0].state, NoticeState::NoAddress, "nothing is known of the second");
    hub.stop();
    assert!(server.kept().is_empty());
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_photodesk"))
        .args(["--key-file".as_ref(), hub.folder.path().join("key").as_os_str()])
        .args(["hub".as_ref(), "--data".as_ref(), hub.folder.path().join("hub").as_os_str()])
        .args(["admin", "notices", "--tries"])
        .envs(crate::fixture::database(hub.folder.path()).map(|address| ("PHOTODESK_DATABASE", address)))
        .output()
        .unwrap();
    let said = String::from_utf8(program.stdout).unwrap();
    assert!(said.contains("given_up mail approved 1 tries") && said.contains("SMTP 550"), "{said}");
    assert!(said.contains("1 given_up") && said.contains("1 no_address"), "{said}");
    assert!(!said.contains("example.com"), "{said}");
}

/// The text of a letter's first part, whatever way it was made fit for the wire.
fn readable(data: &str) -> String {
    let body = data.split_once("\r\n\r\n").unwrap().1;
    let compact: String = body.split_whitespace().collect();
    STANDARD.decode(&compact).map_or_else(
        |_| {
            let bytes = quoted(body);
            String::from_utf8_lossy(&bytes).into_owned()
        },
        |bytes| String::from_utf8(bytes).unwrap(),
    )
}

fn quoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match (first, after.get(..2).and_then(|two| std::str::from_utf8(two).ok())) {
            (b'=', Some(two)) if u8::from_str_radix(two, 16).is_ok() => {
                bytes.push(u8::from_str_radix(two, 16).unwrap());
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

/// Both look for messages that are due all the time; which of them sends one is chance.
#[cfg(target_os = "linux")]
#[test]
fn two_hubs_on_one_database_send_each_message_once() {
    const MESSAGES: usize = 40;
    crate::postgres::on_postgres(|| {
        let folder = tempfile::tempdir().unwrap();
        let receiver = Receiver::start(&[]);
        let one = TestHub::that_tells(&webhook(folder.path(), &receiver.address));
        let two = one.another();
        let student = one.student();
        (0..MESSAGES as u32).for_each(|number| drop(student.submits(number)));
        let desks = [one.device("desk 1", Role::Reviewer), two.device("desk 2", Role::Reviewer)];
        let mut decided = 0;
        while decided < MESSAGES {
            for desk in &desks {
                for leased in claim(desk, 8).leases {
                    assert_eq!(outcome(desk, &row(&leased, Verb::Reject)), "committed");
                    decided += 1;
                }
            }
        }
        let begun = Instant::now();
        let is_over = || {
            let notices = one.beside(|store| store.notices(None, 100).unwrap());
            notices.len() == MESSAGES && notices.iter().all(|notice| notice.state == NoticeState::Sent)
        };
        while !is_over() {
            assert!(begun.elapsed() < SOON, "messages are still waiting");
            std::thread::sleep(Duration::from_millis(50));
        }
        // Whoever still had one in hand would send it now.
        std::thread::sleep(Duration::from_millis(1500));
        let came = receiver.requests(MESSAGES);
        let ids: std::collections::HashSet<&String> =
            came.iter().map(|(headers, _)| &headers["webhook-id"]).collect();
        assert_eq!((came.len(), ids.len()), (MESSAGES, MESSAGES));
        let notices = one.beside(|store| store.notices(None, 100).unwrap());
        assert!(notices.iter().all(|notice| notice.tries == 1), "{notices:?}");
    });
}
