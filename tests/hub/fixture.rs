//! A hub on loopback whose clock stands where the test sets it, with enrolled devices and small photos.

#[path = "place.rs"]
pub mod place;

use std::cell::Cell;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use photodesk::hub::notices::Notices;
use photodesk::hub::pay::Provider;
use photodesk::hub::{Clock, Hub, Served, Services, admin};
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::standard::Catalogue;
use photodesk::store::blobs::sha256_hex;
use photodesk::store::devices::Role;
use photodesk::store::elsewhere::Elsewhere;
use photodesk::store::keys::KeyFileStore;
use photodesk::store::server::Address;
use photodesk::store::{Store, StoreError};
use photodesk::submission::{Batch, BatchRules, Decision, Verb};
use photodesk::sync::client::{Client, ClientError};
use photodesk::sync::limits::HubLimits;
use photodesk::sync::protocol::{
    Claim, Claimed, DecisionRow, Decisions, Enrolment, Fault, Leased, NewSubmission, RowVerdict, Submission,
};

use place::Place;

pub const BATCH: &str = "HUBTST";
/// The file beside a hub's folder that says where its database is.
const DATABASE: &str = "database";
/// In the past, so that a hub on the real clock starts after it.
pub const START_MS: i64 = 1_700_000_000_000;

/// Gives the address of a new, empty database.
type NewDatabase = fn() -> Option<String>;
/// Gives a new, empty place for photos.
type NewPlace = fn() -> Place;

thread_local! {
    /// Where the test of this thread runs on PostgreSQL.
    pub static NEW_DATABASE: Cell<Option<NewDatabase>> = const { Cell::new(None) };
    /// Where its photos lie in an object store.
    pub static NEW_PLACE: Cell<Option<NewPlace>> = const { Cell::new(None) };
}

/// Services outside, known at every start.
#[derive(Clone, Default)]
pub struct Outside {
    pub pay: Option<Arc<dyn Provider>>,
    /// The configuration of messages to students.
    pub notices: Option<PathBuf>,
}

impl Outside {
    fn services(&self) -> Services {
        let notices = self.notices.as_deref().map(|path| Notices::from_file(path).unwrap());
        Services { pay: self.pay.clone(), notices: notices.unwrap_or_default() }
    }
}

/// A running hub. Dropped, it stops gracefully.
pub struct TestHub {
    pub folder: Arc<tempfile::TempDir>,
    pub url: String,
    pub now_ms: Arc<AtomicI64>,
    pub limits: HubLimits,
    outside: Outside,
    served: Option<Served>,
}

impl TestHub {
    pub fn new() -> Self {
        Self::with(|_| ())
    }

    pub fn with(adjust: impl FnOnce(&mut HubLimits)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        make(folder.path());
        let mut limits = HubLimits::built_in().unwrap();
        adjust(&mut limits);
        Self::start(folder, "127.0.0.1:0", limits, Arc::new(AtomicI64::new(START_MS)), Outside::default())
    }

    /// With messages to students, sent at once, by the configuration in `path`.
    pub fn that_tells(path: &Path) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        make(folder.path());
        let mut limits = HubLimits::built_in().unwrap();
        limits.notices.settle_seconds = 0;
        limits.notices.look_every_seconds = 1;
        limits.notices.first_pause_seconds = 1;
        limits.notices.tries_at_most = 3;
        let outside = Outside { notices: Some(path.to_owned()), ..Outside::default() };
        Self::start(folder, "127.0.0.1:0", limits, Arc::new(AtomicI64::new(START_MS)), outside)
    }

    /// With a service through which students pay, which is asked for what is due every second.
    pub fn with_provider(provider: Arc<dyn Provider>) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        make(folder.path());
        let mut limits = HubLimits::built_in().unwrap();
        limits.closing.look_every_seconds = 1;
        limits.pay.look_every_seconds = 0;
        let outside = Outside { pay: Some(provider), ..Outside::default() };
        Self::start(folder, "127.0.0.1:0", limits, Arc::new(AtomicI64::new(START_MS)), outside)
    }

    fn start(
        folder: Arc<tempfile::TempDir>,
        at: &str,
        limits: HubLimits,
        now_ms: Arc<AtomicI64>,
        outside: Outside,
    ) -> Self {
        let listener = TcpListener::bind(at).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let clock = Clock::set(Arc::clone(&now_ms));
        let hub = Hub::open_with(store(folder.path()), limits.clone(), clock, outside.services()).unwrap();
        Self { folder, url, now_ms, limits, outside, served: Some(Served::begin(hub, listener)) }
    }

    /// Stops the hub, as Ctrl+C does.
    pub fn stop(&mut self) {
        if let Some(served) = self.served.take() {
            served.stop().unwrap();
        }
    }

    /// Starts it again on the same data at the same address.
    pub fn start_again(&mut self) {
        let at = self.url.trim_start_matches("http://").to_owned();
        *self = Self::start(
            Arc::clone(&self.folder),
            &at,
            self.limits.clone(),
            Arc::clone(&self.now_ms),
            self.outside.clone(),
        );
    }

    /// Another hub on the same data and clock, where both may work on them.
    pub fn another(&self) -> Self {
        let (folder, now_ms) = (Arc::clone(&self.folder), Arc::clone(&self.now_ms));
        Self::start(folder, "127.0.0.1:0", self.limits.clone(), now_ms, self.outside.clone())
    }

    pub fn later(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn code(&self, name: &str, role: Role) -> String {
        code(self.folder.path(), name, role, self.now_ms.load(Ordering::SeqCst))
    }

    pub fn device(&self, name: &str, role: Role) -> Client {
        device(&self.url, &self.code(name, role))
    }

    /// The device through which students' photos come in.
    pub fn student(&self) -> Student {
        Student { client: self.device("student page", Role::OnSite) }
    }

    /// Looks into the store beside the running hub.
    pub fn beside<T>(&self, work: impl FnOnce(&Store) -> T) -> T {
        work(&store_beside(self.folder.path()))
    }

    /// Looks into the store; only while the hub is stopped.
    pub fn store(&self) -> Store {
        assert!(self.served.is_none(), "the hub has its store open");
        store(self.folder.path())
    }
}

impl Drop for TestHub {
    fn drop(&mut self) {
        self.stop();
    }
}

pub struct Student {
    pub client: Client,
}

impl Student {
    /// Submits photo number `number`.
    pub fn submits(&self, number: u32) -> Submission {
        let photo_sha256 = self.sends(number);
        let masked_name = "吴*兰".to_owned();
        let new = NewSubmission { batch: BATCH.to_owned(), masked_name, photo_sha256 };
        self.client.submit(&key(), &new).unwrap()
    }

    pub fn sends(&self, number: u32) -> String {
        let photo = photo(number);
        let sha256 = sha256_hex(&photo);
        self.client.put_photo(&sha256, photo).unwrap();
        sha256
    }
}

/// A folder with a key, a batch and nothing else; where the test runs on PostgreSQL, with the address of its database.
pub fn make(folder: &Path) {
    if let Some(address) = NEW_DATABASE.get().and_then(|new| new()) {
        lies_at(folder, &address);
    }
    if let Some(new_place) = NEW_PLACE.get() {
        new_place().is_of(folder);
    }
    let store = store(folder);
    let standards = Catalogue::built_in().unwrap();
    admin::add_batch(&store, &standards, batch(), START_MS).unwrap();
}

pub fn store(folder: &Path) -> Store {
    let (at, keys) = (folder.join("hub"), KeyFileStore::new(folder.join("key")));
    let open = || Store::open_elsewhere(&at, &keys, &elsewhere(folder));
    let begun = Instant::now();
    loop {
        match open() {
            // A process that another test starts at this moment holds our lock until it is another program.
            Err(StoreError::InUse { .. }) if begun.elapsed() < Duration::from_secs(2) => {
                std::thread::sleep(Duration::from_millis(20));
            }
            opened => return opened.unwrap(),
        }
    }
}

/// What of this hub does not lie in its folder.
pub fn elsewhere(folder: &Path) -> Elsewhere {
    let database = database(folder).map(|address| Address::parse(&address).unwrap());
    Elsewhere { database, photos: Place::known(folder).map(|place| place.address()) }
}

/// What a process must be told to find it.
pub fn environment(folder: &Path) -> Vec<(&'static str, String)> {
    let database = database(folder).map(|address| ("PHOTODESK_DATABASE", address));
    let photos = Place::known(folder).map(|place| place.environment());
    database.into_iter().chain(photos.into_iter().flatten()).collect()
}

/// The hub of this folder has its database there.
pub fn lies_at(folder: &Path, address: &str) {
    std::fs::write(folder.join(DATABASE), address).unwrap();
}

/// The store that a running hub may have open.
pub fn store_beside(folder: &Path) -> Store {
    let keys = KeyFileStore::new(folder.join("key"));
    Store::open_elsewhere_beside(&folder.join("hub"), &keys, &elsewhere(folder)).unwrap()
}

/// The address of the database, where it is not SQLite in the folder.
pub fn database(folder: &Path) -> Option<String> {
    std::fs::read_to_string(folder.join(DATABASE)).ok()
}

pub fn code(folder: &Path, name: &str, role: Role, now_ms: i64) -> String {
    admin::announce(&store_beside(folder), name, role, now_ms, 3600).unwrap()
}

pub fn device(url: &str, code: &str) -> Client {
    let token = "t".repeat(32) + code;
    let client = Client::new(url).unwrap();
    let enrolled = client.enrol(&Enrolment { code: code.to_owned(), token: token.clone() }).unwrap();
    client.as_device(&enrolled.device, &token)
}

pub fn batch() -> Batch {
    Batch {
        code: BATCH.to_owned(),
        school: "示范大学".to_owned(),
        title: "2026 届".to_owned(),
        standard: "chsi_centre".to_owned(),
        background: background(),
        layouts: vec!["1寸×8+2寸×4".to_owned()],
        max_attempts: 2,
        rules: BatchRules::default(),
    }
}

fn background() -> String {
    let standards = Catalogue::built_in().unwrap();
    standards.get("chsi_centre").unwrap().backgrounds[0].id.clone()
}

/// A small JPEG, another for each number.
pub fn photo(number: u32) -> Vec<u8> {
    let shade = |part: u32| (number >> (part * 5) & 31) as u8 * 8;
    let pixels = image::RgbImage::from_pixel(48, 64, image::Rgb([shade(0), shade(1), shade(2)]));
    let target = JpegTarget::of_quality(Dpi(300), 92);
    encode_jpeg(&pixels, &target).unwrap().bytes
}

/// For requests that are no client's of ours.
pub fn http() -> reqwest::blocking::Client {
    // Fails when another test was faster, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::blocking::Client::builder().timeout(Duration::from_secs(20)).build().unwrap()
}

pub fn key() -> String {
    uuid::Uuid::now_v7().to_string()
}

pub fn claim(desk: &Client, count: u32) -> Claimed {
    desk.claim(&key(), &Claim { batch: Some(BATCH.to_owned()), count }).unwrap()
}

/// The decision of a reviewer who sees this lease's photo.
pub fn row(leased: &Leased, verb: Verb) -> DecisionRow {
    let submission = &leased.submission;
    let decision = Decision {
        submission: submission.submission.clone(),
        photo_sha256: submission.photo_sha256.clone(),
        revision: submission.revision,
        verb,
        reasons: if verb == Verb::Reject { vec!["G01".to_owned()] } else { Vec::new() },
        reviewer: "li".to_owned(),
    };
    DecisionRow { key: key(), token: leased.token, at_ms: START_MS, decision }
}

pub fn send(desk: &Client, rows: &[DecisionRow]) -> Vec<RowVerdict> {
    desk.decide(&Decisions { decisions: rows.to_vec() }).unwrap().verdicts
}

/// The code of one row's refusal, `committed` when it counts.
pub fn outcome(desk: &Client, row: &DecisionRow) -> String {
    let verdict = send(desk, std::slice::from_ref(row)).remove(0);
    verdict.refused.map_or_else(|| "committed".to_owned(), |fault| fault.code)
}

/// The refusal, which must be one of the hub's own.
pub fn fault<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> Fault {
    match answer {
        Err(ClientError::Refused(fault)) => {
            assert!(!fault.message.is_empty() && !fault.remedy.is_empty(), "{fault:?}");
            fault
        }
        other => panic!("not refused: {other:?}"),
    }
}
