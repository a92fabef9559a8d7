//! The server that desks pull from: connect, migrate, serve, stop gracefully.
//!
//! Everything that decides is in `submission` (states, leases) and is called inside one transaction by [`queue`] and
//! [`intake`]; [`router`] shows every route; the rest carries requests there and answers back.

pub mod admin;
mod auth;
mod capture;
mod clock;
mod closing;
mod codes;
pub mod config;
mod erasing;
mod error;
mod intake;
mod life;
mod meters;
pub mod notices;
mod once;
mod one_thread;
mod openapi;
mod operation;
mod orders;
mod pace;
mod page;
pub mod pay;
mod prints;
mod progress;
mod pulse;
mod queue;
mod router;
mod routes;
mod serve;
mod tls;
mod unread;
mod upload;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use crate::photo::decode::{DecodeLimits, LimitsError};
use crate::standard::{Catalogue, StandardError};
use crate::store::blobs::StagedPhoto;
use crate::store::{Store, StoreError, Tx};
use crate::submission::ReasonCatalogue;
use crate::submission::reason::ReasonError;
use crate::sync::limits::HubLimits;
use auth::Bearer;
use meters::Meters;
use notices::Notices;
use one_thread::OneThread;
use pay::Provider;
use writer::Writer;

pub use clock::Clock;
pub use error::HubError;
pub use page::PageDataError;
pub use serve::{Served, serve, stop_signal};
pub use tls::{TlsError, TlsFiles};

use crate::store::devices::Device;

/// Photos that are put together and sealed at the same time; each needs its size about three times over.
const WHOLE_PHOTOS: usize = 1;
/// Photos that are unsealed at the same time.
const PHOTO_READS: usize = 4;
/// Photos that are sent to an object store at the same time; each keeps a thread, of which some must be left for those
/// who need no photo.
const PHOTO_WRITES: usize = 2;
/// Requests to a payment service that may be under way at the same time; each keeps a thread.
const OUTWARD: usize = 2;

/// The hub could not be opened or could not go on. The text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum HubFailure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Standard(#[from] StandardError),
    #[error(transparent)]
    Reasons(#[from] ReasonError),
    #[error(transparent)]
    Limits(#[from] LimitsError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Page(#[from] PageDataError),
    #[error("the hub cannot start a thread ({0}); free some memory, then start it again")]
    Thread(std::io::Error),
    #[error(
        "the hub cannot serve ({0}); see whether another program has this address, or name another with --listen"
    )]
    Serve(std::io::Error),
}

/// Services outside that a hub was told of; none by default.
#[derive(Default)]
pub struct Services {
    /// Through which students pay.
    pub pay: Option<Arc<dyn Provider>>,
    /// By which students are told.
    pub notices: Notices,
}

/// An open hub; share it in an `Arc`.
pub struct Hub {
    store: Arc<Store>,
    standards: Catalogue,
    reasons: ReasonCatalogue,
    limits: HubLimits,
    clock: Clock,
    writer: Writer,
    journal_end: watch::Receiver<u64>,
    journal_teller: Arc<watch::Sender<u64>>,
    /// Set once, when requests that wait should end.
    stopping: watch::Sender<bool>,
    photo_limits: DecodeLimits,
    meters: Meters,
    pace: pace::Pace,
    /// An arrived photo is whole in memory only while this is held.
    whole_photos: Semaphore,
    /// Where that is done.
    photo_thread: OneThread,
    /// A stored photo is unsealed only while one of these is held.
    photo_reads: Semaphore,
    /// A sealed photo is brought to its place only while one of these is held.
    photo_writes: Semaphore,
    pages: page::Pages,
    /// Where students pay, if anywhere.
    pay: Option<Arc<dyn Provider>>,
    /// What that gave of late.
    till: pay::Till,
    /// How students are told.
    notices: Arc<Notices>,
    /// A payment service is asked only while one of these is held.
    outward: Semaphore,
}

/// What a verb of the hub knows beside its transaction.
struct Call<'a> {
    hub: &'a Hub,
    device: &'a Device,
    now_ms: i64,
}

impl Hub {
    /// Takes the store into service.
    pub fn open(store: Store, limits: HubLimits, clock: Clock) -> Result<Arc<Self>, HubFailure> {
        Self::open_with(store, limits, clock, Services::default())
    }

    /// The same with services outside.
    pub fn open_with(
        store: Store,
        limits: HubLimits,
        clock: Clock,
        services: Services,
    ) -> Result<Arc<Self>, HubFailure> {
        let store = Arc::new(store);
        let (tell_end, journal_end) = watch::channel(store.journal_end()?);
        let journal_teller = Arc::new(tell_end);
        let pace = pace::Pace::new(&limits.pace);
        let till = pay::Till::new(&limits.pay);
        let hub = Self {
            standards: Catalogue::built_in()?,
            reasons: ReasonCatalogue::built_in()?,
            writer: Writer::start(Arc::clone(&store), store.checkpoints()?, Arc::clone(&journal_teller))
                .map_err(HubFailure::Thread)?,
            store,
            limits,
            clock,
            journal_end,
            journal_teller,
            stopping: watch::Sender::new(false),
            photo_limits: DecodeLimits::built_in()?,
            meters: Meters::default(),
            pace,
            whole_photos: Semaphore::new(WHOLE_PHOTOS),
            photo_thread: OneThread::start().map_err(HubFailure::Thread)?,
            photo_reads: Semaphore::new(PHOTO_READS),
            photo_writes: Semaphore::new(PHOTO_WRITES),
            pages: page::Pages::open()?,
            pay: services.pay,
            till,
            notices: Arc::new(services.notices),
            outward: Semaphore::new(OUTWARD),
        };
        hub.set_up_notices()?;
        unless_photos_are_away(hub.store.probe_photos())?;
        unless_photos_are_away(hub.sweep())?;
        let hub = Arc::new(hub);
        pulse::begin(&hub).map_err(HubFailure::Thread)?;
        Ok(hub)
    }

    /// The present time: the database server's where several hubs share one, else this computer's.
    pub fn wall_ms(store: &Store) -> Result<i64, StoreError> {
        let common_ms = store.pulse()?.map(|pulse| pulse.now_ms);
        Ok(common_ms.unwrap_or_else(|| jiff::Timestamp::now().as_millisecond()))
    }

    /// Hub time of the last thing on record in this store; a clock must not run behind it.
    pub fn on_record_ms(store: &Store) -> Result<i64, StoreError> {
        let end = store.journal_end()?;
        let last = store.journal_after(end.saturating_sub(1))?;
        Ok(last.last().map_or(0, |entry| entry.at_ms))
    }

    /// Carries out `verb` for the device of `bearer` in one durable transaction, if its role may ask this route.
    async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        bearer: Bearer,
        verb: impl FnOnce(&Tx<'_>, &Call<'_>) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        let hub = Arc::clone(self);
        let work = move |tx: &Tx<'_>| {
            // Asked in the same transaction, so that a device that was just revoked changes nothing more.
            let device = bearer.right.checked(tx.device(&bearer.device, &bearer.token)?)?;
            verb(tx, &Call { hub: &hub, device: &device, now_ms: hub.clock.now_ms() })
        };
        self.writer.write(work).await
    }

    /// Runs a reading piece of work off the request threads.
    async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        let hub = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || work(&hub)).await;
        done.unwrap_or_else(|_| Err(HubError::bug("a reading piece of work ended badly")))
    }

    /// Like [`Hub::read`], for the device of `bearer`, if its role may ask this route.
    async fn read_as<T: Send + 'static>(
        self: &Arc<Self>,
        bearer: Bearer,
        work: impl FnOnce(&Self) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        self.read(move |hub| {
            bearer.right.checked(hub.store.device(&bearer.device, &bearer.token)?)?;
            work(hub)
        })
        .await
    }

    /// Brings a sealed photo to its place. Only then may anybody be told that it is stored.
    async fn keep_photo(self: &Arc<Self>, staged: StagedPhoto) -> Result<(), HubError> {
        let _one_of_few = self.photo_writes.acquire().await.map_err(|_| HubError::stopping())?;
        self.read(move |hub| Ok(hub.store.keep_photo(&staged)?)).await
    }

    /// Forgets what has been kept long enough.
    fn sweep(&self) -> Result<(), StoreError> {
        self.forget_old_answers()?;
        let kept_seconds = u64::from(self.limits.requests.parts_kept_hours) * 3600;
        self.store.sweep_parts(Duration::from_secs(kept_seconds))?;
        self.sweep_drafts()
    }

    fn sweep_drafts(&self) -> Result<(), StoreError> {
        let now_ms = self.clock.now_ms();
        let kept_ms = i64::from(self.limits.page.drafts_kept_hours) * 3600 * 1000;
        let settle = Duration::from_secs(self.limits.page.dropped_kept_seconds.into());
        let swept = self.store.sweep_drafts(now_ms - kept_ms, now_ms, settle)?;
        if swept > 0 {
            tracing::info!(photos = swept, "photos that nobody submitted are deleted");
        }
        self.store.clear_aside(settle)
    }

    /// Like [`Hub::read`], for work that needs a whole photo in memory.
    async fn with_whole_photo<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        let hub = Arc::clone(self);
        self.photo_thread.run(move || work(&hub)).await
    }

    fn forget_old_answers(&self) -> Result<(), StoreError> {
        let kept_ms = i64::from(self.limits.requests.answers_kept_days) * 24 * 3600 * 1000;
        let before_ms = self.clock.now_ms() - kept_ms;
        let notices_ms = i64::from(self.limits.notices.kept_days) * 24 * 3600 * 1000;
        let notices_before_ms = self.clock.now_ms() - notices_ms;
        self.store.write(|tx| {
            tx.forget_notices(notices_before_ms)?;
            tx.forget_answers(before_ms).map(drop)
        })
    }
}

/// A hub without its object store still takes decisions, and says to whoever needs a photo that it is away.
fn unless_photos_are_away(done: Result<(), StoreError>) -> Result<(), StoreError> {
    match done {
        Err(error @ StoreError::PhotosAway { .. }) => {
            tracing::warn!(%error, "the hub goes on without photos");
            Ok(())
        }
        done => done,
    }
}
