//! An S3-compatible object store of the tests' own, on loopback: it checks every signature and every SHA-256, keeps objects
//! in memory, and fails when a test wants it to.

mod signature;
mod wire;

use std::collections::BTreeMap;
use std::io::BufReader;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use sha2::{Digest, Sha256};

use crate::fixture::place::Place;
use wire::{Answer, Request};

const BUCKET: &str = "photos";

/// What it does with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// Connections break off before anything is answered.
    Gone,
    /// Everything is answered 503 SlowDown.
    Busy,
    /// Nothing is answered until the mood changes; then the connection breaks off.
    Silent,
}

pub struct ObjectStore {
    pub endpoint: String,
    state: Arc<Doings>,
}

struct Doings {
    mood: Mutex<Mood>,
    objects: Mutex<BTreeMap<String, Object>>,
    /// Objects that were taken, those of the same name again and again.
    puts: AtomicUsize,
    reads: AtomicUsize,
    put_pause_ms: AtomicU64,
}

struct Object {
    content: Vec<u8>,
    /// As it was told with the object.
    checksum: Option<String>,
    changed: Timestamp,
    /// How often one of this name was taken.
    taken: usize,
}

impl ObjectStore {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Doings {
            mood: Mutex::new(Mood::Well),
            objects: Mutex::default(),
            puts: AtomicUsize::new(0),
            reads: AtomicUsize::new(0),
            put_pause_ms: AtomicU64::new(0),
        });
        let serving = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = Arc::clone(&serving);
                std::thread::spawn(move || serving.serve(stream));
            }
        });
        Self { endpoint, state }
    }

    /// A place in it of one hub's own.
    pub fn new_place(&self) -> Place {
        let url = format!("s3://{BUCKET}/{}", uuid::Uuid::now_v7().simple());
        Place { endpoint: self.endpoint.clone(), url }
    }

    pub fn is(&self, mood: Mood) {
        *self.state.mood.lock().unwrap() = mood;
    }

    /// Objects it has taken so far.
    pub fn puts(&self) -> usize {
        self.state.puts.load(Ordering::SeqCst)
    }

    /// How often it was asked for anything else so far.
    pub fn reads(&self) -> usize {
        self.state.reads.load(Ordering::SeqCst)
    }

    /// Takes its time for each object.
    pub fn takes_slowly(&self, each: Duration) {
        self.state.put_pause_ms.store(each.as_millis() as u64, Ordering::SeqCst);
    }

    /// The keys of all objects below a place, the oldest first.
    pub fn objects(&self, place: &Place) -> Vec<String> {
        let below = place.url.trim_start_matches("s3://");
        let objects = self.state.objects.lock().unwrap();
        let mut found: Vec<_> = objects.iter().filter(|(key, _)| key.starts_with(below)).collect();
        found.sort_by_key(|(_, object)| object.changed);
        found.into_iter().map(|(key, _)| key.clone()).collect()
    }

    pub fn content(&self, key: &str) -> Vec<u8> {
        self.state.objects.lock().unwrap()[key].content.clone()
    }

    /// How often it took an object of this name.
    pub fn taken(&self, key: &str) -> usize {
        self.state.objects.lock().unwrap()[key].taken
    }

    /// Changes what lies there, as a disk that rots does.
    pub fn damage(&self, key: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change(&mut self.state.objects.lock().unwrap().get_mut(key).unwrap().content);
    }

    pub fn lose(&self, key: &str) {
        self.state.objects.lock().unwrap().remove(key).unwrap();
    }
}

impl Doings {
    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some(request) = Request::read(&mut reader) {
            let mood = || *self.mood.lock().unwrap();
            let answer = match mood() {
                Mood::Well => self.answer(&request),
                Mood::Busy => Answer::refusal(503, "SlowDown"),
                Mood::Gone => return,
                Mood::Silent => {
                    while mood() == Mood::Silent {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                    return;
                }
            };
            if answer.write(reader.get_mut(), request.method == "HEAD").is_err() {
                return;
            }
        }
    }

    fn answer(&self, request: &Request) -> Answer {
        let now = Timestamp::now();
        let mut answer = match signature::fault(request, now) {
            Some(code) => Answer::refusal(403, code),
            None => self.carry_out(request, now),
        };
        answer.headers.push(("Date", http_date(now)));
        answer
    }

    fn carry_out(&self, request: &Request, now: Timestamp) -> Answer {
        let key = request.path.trim_start_matches('/').to_owned();
        if request.method == "PUT" {
            return self.take(request, key, now);
        }
        self.reads.fetch_add(1, Ordering::SeqCst);
        let mut objects = self.objects.lock().unwrap();
        match (request.method.as_str(), key.strip_prefix(BUCKET)) {
            (_, None) => Answer::refusal(404, "NoSuchBucket"),
            ("GET", Some("" | "/")) => list(&objects, request),
            ("DELETE", _) => {
                objects.remove(&key);
                Answer::with(204, Vec::new())
            }
            ("GET" | "HEAD", _) => match objects.get(&key) {
                None => Answer::refusal(404, "NoSuchKey"),
                Some(object) => {
                    let mut answer = Answer::with(200, object.content.clone());
                    answer.headers.push(("Last-Modified", http_date(object.changed)));
                    let is_asked =
                        request.headers.get("x-amz-checksum-mode").is_some_and(|mode| mode == "ENABLED");
                    if let Some(checksum) = object.checksum.clone().filter(|_| is_asked) {
                        answer.headers.push(("x-amz-checksum-sha256", checksum));
                    }
                    answer
                }
            },
            _ => Answer::refusal(405, "MethodNotAllowed"),
        }
    }

    fn take(&self, request: &Request, key: String, now: Timestamp) -> Answer {
        std::thread::sleep(Duration::from_millis(self.put_pause_ms.load(Ordering::SeqCst)));
        let told = request.headers.get("x-amz-checksum-sha256").cloned();
        if told.as_ref().is_some_and(|told| *told != STANDARD.encode(Sha256::digest(&request.body))) {
            return Answer::refusal(400, "BadDigest");
        }
        let mut objects = self.objects.lock().unwrap();
        let taken = objects.get(&key).map_or(0, |earlier| earlier.taken) + 1;
        objects.insert(key, Object { content: request.body.clone(), checksum: told, changed: now, taken });
        drop(objects);
        self.puts.fetch_add(1, Ordering::SeqCst);
        Answer::with(200, Vec::new())
    }
}

/// One page of the list of objects; the token of the next is the last key of this.
fn list(objects: &BTreeMap<String, Object>, request: &Request) -> Answer {
    let most = request.query("max-keys").map_or(1000, |text| text.parse().unwrap());
    let after = request.query("continuation-token").unwrap_or_default();
    let below = format!("{BUCKET}/{}", request.query("prefix").unwrap_or_default());
    let mut found = objects.iter().filter(|(key, _)| key.starts_with(&below) && **key > after).peekable();
    let (mut text, mut last) = (String::new(), String::new());
    for (key, object) in found.by_ref().take(most) {
        let name = &key[BUCKET.len() + 1..];
        text.push_str(&format!(
            "<Contents><Key>{name}</Key><LastModified>{}</LastModified><Size>{}</Size></Contents>",
            object.changed,
            object.content.len()
        ));
        last.clone_from(key);
    }
    if found.peek().is_some() {
        text.push_str(&format!("<NextContinuationToken>{last}</NextContinuationToken>"));
    }
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    Answer::with(200, format!("{head}<EncodingType>url</EncodingType>{text}</ListBucketResult>").into_bytes())
}

fn http_date(time: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap()
}
