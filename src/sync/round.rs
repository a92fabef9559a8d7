//! One round with the hub: outbox and exports up, changes down, leases kept, new work claimed. What stands on the desk stays
//! usable whether or not the round succeeds.

mod approved;
mod exports;
mod follow;
mod leases;
mod outbox;
mod prints;
mod pull;

use super::client::{Client, ClientError};
use super::limits::{HubLimits, HubLimitsError};
use super::protocol::{Enrolled, Enrolment};
use crate::store::hub_link::HubLink;
use crate::store::outbox::Conflict;
use crate::store::{Store, StoreError, seal};

pub use approved::Fetched;
pub use exports::RefusedExport;

/// What a round is to do beside sending and following.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Hold so many undecided submissions afterwards; 0 claims none.
    pub hold: u32,
    /// Claim from this batch only.
    pub batch: Option<String>,
    /// Give back what is held and undecided instead of claiming.
    pub release: bool,
}

/// What a round did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoundReport {
    /// Decisions the hub has committed.
    pub committed: usize,
    /// Decisions the hub refused; they are kept, and the desk follows the hub.
    pub refused: Vec<Conflict>,
    /// Exported submissions that the hub has put on record.
    pub exported: usize,
    /// Prints that the hub refused to put on record: they must not be given out.
    pub refused_exports: Vec<RefusedExport>,
    /// Processed photos that were published.
    pub published: usize,
    /// Submissions whose state was taken over from the hub.
    pub followed: usize,
    /// Leases that have gone to others.
    pub lost: usize,
    pub released: usize,
    /// Submissions that were claimed and whose photos are here.
    pub pulled: Vec<String>,
    /// Submissions that were claimed but not fetched, and why; they are given back.
    pub not_pulled: Vec<(String, String)>,
}

/// The round could not be done. What was done before stands.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Limits(#[from] HubLimitsError),
    #[error(
        "this desk is enrolled at no hub; ask the administrator for a code, then give --hub URL --code CODE"
    )]
    NotEnrolled,
}

impl SyncError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Client(error) => error.code(),
            Self::Limits(_) => "hub_limits",
            Self::NotEnrolled => "not_enrolled",
        }
    }
}

/// Who watches a round: is told of each photo that came, and may wish it to stop.
pub trait Watcher {
    fn is_cancelled(&self) -> bool;
    /// `photos` are going to be fetched.
    fn begun(&self, photos: usize);
    /// One more is here.
    fn step(&self);
}

/// Makes this desk a device of the hub at `url`.
pub fn enrol(store: &Store, url: &str, code: &str) -> Result<Enrolled, SyncError> {
    let client = Client::new(url)?;
    let mut random = [0; 32];
    seal::fill_random(&mut random).map_err(StoreError::from)?;
    let token = hex::encode(random);
    let enrolled = client.enrol(&Enrolment { code: code.to_owned(), token: token.clone() })?;
    let url = url.trim_end_matches('/').to_owned();
    store.write(|tx| {
        tx.set_hub_link(&HubLink { url, device: enrolled.device.clone(), token })?;
        tx.set_hub_cursor(enrolled.cursor)
    })?;
    Ok(enrolled)
}

/// The way to the hub this desk is enrolled at.
pub fn client(store: &Store) -> Result<Client, SyncError> {
    let link = store.hub_link()?.ok_or(SyncError::NotEnrolled)?;
    Ok(Client::new(&link.url)?.as_device(&link.device, &link.token))
}

/// Runs one round. `now_ms` gives the desk's clock in milliseconds since the Unix epoch.
pub fn run(
    store: &Store,
    client: &Client,
    plan: &Plan,
    watcher: &dyn Watcher,
    now_ms: &dyn Fn() -> i64,
) -> Result<RoundReport, SyncError> {
    let limits = HubLimits::built_in()?;
    let round = Round { store, client, limits, watcher, now_ms };
    let mut report = RoundReport::default();
    round.send(&mut report)?;
    round.report_exports(&mut report)?;
    round.report_orders(&mut report)?;
    round.follow(&mut report)?;
    round.renew(&mut report)?;
    if plan.release {
        round.release(&mut report)?;
    } else {
        round.pull(plan, &mut report)?;
    }
    store.write(|tx| tx.set_in_step(now_ms()))?;
    Ok(report)
}

/// Brings everything of a batch here that may be printed.
pub fn fetch_approved(
    store: &Store,
    client: &Client,
    batch: &str,
    watcher: &dyn Watcher,
    now_ms: &dyn Fn() -> i64,
) -> Result<Fetched, SyncError> {
    let limits = HubLimits::built_in()?;
    Round { store, client, limits, watcher, now_ms }.fetch_approved(batch)
}

/// Brings orders for prints here that nobody else prints; gives how many came now.
pub fn fetch_orders(
    store: &Store,
    client: &Client,
    watcher: &dyn Watcher,
    now_ms: &dyn Fn() -> i64,
) -> Result<usize, SyncError> {
    let limits = HubLimits::built_in()?;
    Round { store, client, limits, watcher, now_ms }.fetch_orders()
}

struct Round<'a> {
    store: &'a Store,
    client: &'a Client,
    limits: HubLimits,
    watcher: &'a dyn Watcher,
    now_ms: &'a dyn Fn() -> i64,
}

/// A key for one request; its repetitions within this program carry the same.
fn new_key() -> String {
    uuid::Uuid::now_v7().to_string()
}
