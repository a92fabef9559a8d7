//! The demonstration's own centre: a hub on loopback, the students who submit to it, and the desk's way there.

use std::net::TcpListener;
use std::path::Path;

use anyhow::Context;

use super::Delivered;
use crate::cli::DeskPlace;
use crate::hub::{Clock, Hub, Served, admin};
use crate::store::blobs::sha256_hex;
use crate::store::devices::Role;
use crate::store::{Store, seal};
use crate::submission::{Batch, SignatureCode};
use crate::sync::client::Client;
use crate::sync::limits::HubLimits;
use crate::sync::protocol::{Enrolment, NewSubmission};
use crate::workflow::intake::check_waiting;
use crate::workflow::job::Job;
use crate::workflow::samples::{SamplePhoto, draw_samples, sample_batch};
use crate::workflow::sync::{Plan, enrol, hub_url, sync_now};
use crate::workflow::{Desk, DeskError};

/// Any free port of this computer.
const LOOPBACK: &str = "127.0.0.1:0";

/// A running hub with its data beside the desk's. Dropped, it stops.
pub(super) struct Centre {
    url: String,
    place: DeskPlace,
    limits: HubLimits,
    _served: Served,
}

impl Centre {
    /// Opens the hub whose data lie in `root`, making it at the first use.
    pub(super) fn open(root: &Path) -> anyhow::Result<Self> {
        let place = DeskPlace { data: Some(root.join("hub")), key_file: Some(root.join("hub.key")) };
        let limits = HubLimits::built_in()?;
        let store = Store::open(&place.folder()?, &*place.keys())?;
        let clock = Clock::running(now_ms(), Hub::on_record_ms(&store)?);
        let hub = Hub::open(store, limits.clone(), clock)?;
        let listener = TcpListener::bind(LOOPBACK)
            .context("no port of this computer can be listened on; see what its firewall forbids")?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { url, place, limits, _served: Served::begin(hub, listener) })
    }

    /// Makes the desk a device of this hub, unless it is one at the very address the hub has now.
    pub(super) fn attach(&self, desk: &Desk) -> Result<(), DeskError> {
        if hub_url(desk)?.as_deref() != Some(&*self.url) {
            let code = said(self.code("demo desk", Role::Reviewer))?;
            enrol(desk, &self.url, &code)?;
        }
        Ok(())
    }

    /// Students submit their drawn photos, which stay in `folder`; the desk pulls and checks all of them.
    pub(super) fn deliver(&self, desk: &Desk, folder: &Path, job: &Job) -> Result<Delivered, DeskError> {
        let photos = draw_samples(folder, job)?;
        let batch = said(self.submit(desk, &photos))?;
        let plan = Plan { hold: u32::MAX, batch: Some(batch.code.clone()), release: false };
        let mut pulled = 0;
        loop {
            let report = sync_now(desk, &plan, job)?;
            pulled += report.pulled.len();
            if report.pulled.is_empty() || job.is_cancelled() {
                break;
            }
        }
        check_waiting(desk, job)?;
        let how =
            format!("{} submitted to the hub at {}, {pulled} pulled by the desk", photos.len(), self.url);
        let page = format!("{}/s/{}", self.url, batch.code);
        Ok(Delivered { batch, photos: photos.len(), how, page })
    }

    /// Sends the desk's decisions. A line for the reader, and whether the hub committed every one.
    pub(super) fn send(&self, desk: &Desk, decided: usize) -> Result<(String, bool), DeskError> {
        let report = sync_now(desk, &Plan::default(), &Job::default())?;
        let line = format!("hub: {} decisions committed, {} refused", report.committed, report.refused.len());
        Ok((line, report.committed == decided && report.refused.is_empty()))
    }

    fn submit(&self, desk: &Desk, photos: &[SamplePhoto]) -> anyhow::Result<Batch> {
        let batch = self.open_batch(desk)?;
        let students = self.students()?;
        for photo in photos {
            let content = std::fs::read(&photo.path).with_context(|| {
                format!("{} cannot be read; run the demonstration again", photo.path.display())
            })?;
            let photo_sha256 = sha256_hex(&content);
            students.put_photo(&photo_sha256, content)?;
            let new = NewSubmission {
                batch: batch.code.clone(),
                masked_name: photo.masked_name.to_owned(),
                photo_sha256,
            };
            students.submit(&uuid::Uuid::now_v7().to_string(), &new)?;
        }
        Ok(batch)
    }

    fn open_batch(&self, desk: &Desk) -> anyhow::Result<Batch> {
        let code = loop {
            let drawn = SignatureCode::draw(&mut random()?.into_iter());
            if let Some(code) = drawn {
                break code;
            }
        };
        let batch = sample_batch(&desk.standards)?.under(&code);
        let added = admin::add_batch(&self.store()?, &desk.standards, batch, now_ms());
        added.map_err(|refused| anyhow::anyhow!("{}; {}", refused.fault.message, refused.fault.remedy))
    }

    /// The device through which the students' photos come in.
    fn students(&self) -> anyhow::Result<Client> {
        let code = self.code("sample students", Role::OnSite)?;
        let token = hex::encode(random()?);
        let client = Client::new(&self.url)?;
        let enrolled = client.enrol(&Enrolment { code, token: token.clone() })?;
        Ok(client.as_device(&enrolled.device, &token))
    }

    fn code(&self, name: &str, role: Role) -> anyhow::Result<String> {
        Ok(admin::announce(&self.store()?, name, role, now_ms(), self.limits.enrolment.code_seconds)?)
    }

    /// The running hub's data, as an administrator opens them.
    fn store(&self) -> anyhow::Result<Store> {
        Ok(Store::open_beside(&self.place.folder()?, &*self.place.keys())?)
    }
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn random() -> anyhow::Result<[u8; 32]> {
    let mut random = [0; 32];
    seal::fill_random(&mut random)?;
    Ok(random)
}

fn said<T>(result: anyhow::Result<T>) -> Result<T, DeskError> {
    result.map_err(|error| DeskError::Refused { code: "demo_centre", message: format!("{error:#}") })
}
