//! A hub's folder with its submissions, the hub as a process on it, and its devices.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use photodesk::hub::admin;
use photodesk::standard::Catalogue;
use photodesk::store::devices::Role;
use photodesk::store::elsewhere::Elsewhere;
use photodesk::store::keys::KeyFileStore;
use photodesk::store::server::Address;
use photodesk::store::submissions::NewSubmission;
use photodesk::store::{Store, StoreError, Tx};
use photodesk::submission::{Batch, BatchRules, State};
use photodesk::sync::client::Client;
use photodesk::sync::protocol::Enrolment;

use super::Outcome;

pub const SUBMISSIONS: usize = 200_000;
const BATCH: &str = "BENCH1";
/// Blocks written and flushed, to tell what the disk itself needs.
const FLUSHES: u32 = 100;
const BLOCK_BYTES: usize = 4096;

/// A running hub with [`SUBMISSIONS`] that wait. Dropped, its process ends.
pub struct Place {
    pub url: String,
    process: Child,
    folder: tempfile::TempDir,
    address: Option<String>,
}

impl Place {
    pub fn new() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        fill(folder.path())?;
        Self::on(folder, None)
    }

    /// A hub on this folder, with its rows at this address of a server, if not in the folder too.
    pub fn on(folder: tempfile::TempDir, address: Option<&str>) -> Outcome<Self> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_photodesk"))
            .args(["hub", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("hub"))
            .arg("--key-file")
            .arg(folder.path().join("key"))
            .env("PHOTODESK_LOG", "warn")
            .envs(address.map(|address| ("PHOTODESK_DATABASE", address)))
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let said = process.stdout.take().ok_or("the hub has no output")?;
        BufReader::new(said).read_line(&mut line)?;
        let url = line.trim().rsplit_once(' ').ok_or("the hub does not tell its address")?.1.to_owned();
        Ok(Self { url, process, folder, address: address.map(str::to_owned) })
    }

    /// A device of this hub: its way, and what it says of itself.
    pub fn device(&self, name: &str, role: Role) -> Outcome<(Client, String)> {
        let at = self.folder.path().join("hub");
        let store = match &self.address {
            Some(address) => {
                let database = Some(Address::parse(address)?);
                Store::open_elsewhere(&at, &self.keys(), &Elsewhere { database, photos: None })?
            }
            None => Store::open_beside(&at, &self.keys())?,
        };
        let code = admin::announce(&store, name, role, jiff::Timestamp::now().as_millisecond(), 3600)?;
        let token = "t".repeat(32) + &code;
        let client = Client::new(&self.url)?;
        let enrolled = client.enrol(&Enrolment { code, token: token.clone() })?;
        let bearer = format!("{}.{token}", enrolled.device);
        Ok((client.as_device(&enrolled.device, &token), bearer))
    }

    pub fn desks(&self, count: usize) -> Outcome<Vec<Client>> {
        (0..count).map(|number| Ok(self.device(&format!("desk {number}"), Role::Reviewer)?.0)).collect()
    }

    /// Median time the disk under the hub needs to keep a block for good.
    pub fn flush(&self) -> Outcome<Duration> {
        let mut file = File::create(self.folder.path().join("flushed"))?;
        let mut times = Vec::new();
        for _ in 0..FLUSHES {
            let begun = Instant::now();
            file.write_all(&[7; BLOCK_BYTES])?;
            file.sync_all()?;
            times.push(begun.elapsed());
        }
        times.sort();
        Ok(times[times.len() / 2])
    }

    /// Megabytes of memory the hub has now. Its most is counted anew from here.
    pub fn memory_now(&self) -> Outcome<f64> {
        std::fs::write(format!("/proc/{}/clear_refs", self.process.id()), "5")?;
        self.status("VmRSS:")
    }

    /// The most it had since then.
    pub fn memory_most(&self) -> Outcome<f64> {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)).ok_or("no such field")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }

    fn keys(&self) -> KeyFileStore {
        KeyFileStore::new(self.folder.path().join("key"))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // It has ended already, or it ends now.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

pub fn key() -> String {
    uuid::Uuid::now_v7().to_string()
}

pub fn fill(folder: &Path) -> Outcome<()> {
    let store = Store::open(&folder.join("hub"), &KeyFileStore::new(folder.join("key")))?;
    let standards = Catalogue::built_in()?;
    let batch = Batch {
        code: BATCH.to_owned(),
        school: String::new(),
        title: String::new(),
        standard: "chsi_centre".to_owned(),
        background: standards.get("chsi_centre")?.backgrounds[0].id.clone(),
        layouts: Vec::new(),
        max_attempts: 3,
        rules: BatchRules::default(),
    };
    admin::add_batch(&store, &standards, batch, 0).map_err(|refused| refused.fault.message)?;
    let photo_sha256 = store.put_photo(b"a photo")?;
    store.write(|tx| (0..SUBMISSIONS).try_for_each(|number| add(tx, number, &photo_sha256)))?;
    Ok(())
}

fn add(tx: &Tx<'_>, number: usize, photo_sha256: &str) -> Result<(), StoreError> {
    tx.add_submission(&NewSubmission {
        id: &format!("s{number:06}"),
        batch: BATCH,
        masked_name: "吴*兰",
        state: State::PendingReview,
        photo_sha256,
        photo_bytes: 7,
        received_at_ms: number as i64,
    })
}
