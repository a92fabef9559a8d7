//! The one writing thread: requests that arrive while the disk is busy share the next commit.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};

use super::error::HubError;
use crate::store::checkpoint::Checkpoints;
use crate::store::together::{Finish, Part};
use crate::store::{Store, StoreError, Tx};

/// Parts of one commit at most, so that nobody waits long for others' work.
const TOGETHER: usize = 64;
/// How often the log is carried over while there are commits: often, so that each time is short.
const CARRY_OVER: Duration = Duration::from_millis(500);

/// Hands work to the writing thread.
pub(super) struct Writer {
    parts: Mutex<Option<mpsc::Sender<Part>>>,
    /// The one that writes, and the one that carries over; the second ends with the first.
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread. `journal_end` is told the number of the last entry after each commit that added one.
    pub(super) fn start(
        store: Arc<Store>,
        checkpoints: Option<Checkpoints>,
        journal_end: Arc<watch::Sender<u64>>,
    ) -> io::Result<Self> {
        let (parts, arriving) = mpsc::channel();
        let (committed, commits) = mpsc::channel();
        let named = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let writing = named("hub writer").spawn(move || run(&store, &arriving, &journal_end, &committed))?;
        let mut threads = vec![writing];
        if let Some(checkpoints) = checkpoints {
            threads.push(named("hub log").spawn(move || carry_over(&checkpoints, &commits))?);
        }
        Ok(Self { parts: Mutex::new(Some(parts)), threads: Mutex::new(threads) })
    }

    /// Carries out `work` in the next commit; gives its result once it is durable. An `Err` leaves no trace.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        let (tell, told) = oneshot::channel();
        let part: Part = Box::new(move |tx| {
            let result = work(tx);
            let stays = result.is_ok();
            let finish: Finish = Box::new(move || drop(tell.send(result)));
            (stays, finish)
        });
        let sent = self.sender().is_some_and(|parts| parts.send(part).is_ok());
        if !sent {
            return Err(HubError::stopping());
        }
        told.await.unwrap_or_else(|_| Err(HubError::stopping()))
    }

    /// Ends the thread after what was handed over is stored.
    pub(super) fn stop(&self) {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).take();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a writing thread of the hub ended badly");
            }
        }
    }

    fn sender(&self) -> Option<mpsc::Sender<Part>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn run(
    store: &Store,
    arriving: &mpsc::Receiver<Part>,
    journal_end: &watch::Sender<u64>,
    committed: &mpsc::Sender<()>,
) {
    while let Ok(first) = arriving.recv() {
        let together = std::iter::once(first).chain(arriving.try_iter()).take(TOGETHER);
        match catch_unwind(AssertUnwindSafe(|| store.write_together(together))) {
            Ok(Ok(())) => {
                tell_end(store, journal_end);
                // Only missing when that thread broke off; commits then carry over by themselves.
                let _ = committed.send(());
            }
            // It may be back for the next; who asked is told.
            Ok(Err(error @ StoreError::DatabaseAway(_))) => {
                tracing::warn!(code = error.code(), %error, "a commit failed");
            }
            Ok(Err(error)) => tracing::error!(code = error.code(), %error, "a commit failed"),
            Err(_) => tracing::error!("a commit was given up after a panic"),
        }
    }
}

/// Carries over after commits, until there can be none any more.
fn carry_over(checkpoints: &Checkpoints, commits: &mpsc::Receiver<()>) {
    while commits.recv().is_ok() {
        let until = Instant::now() + CARRY_OVER;
        while commits.recv_timeout(until.saturating_duration_since(Instant::now())).is_ok() {}
        if let Err(error) = checkpoints.carry_over() {
            tracing::warn!(code = error.code(), %error, "the log is carried over later");
        }
    }
}

fn tell_end(store: &Store, journal_end: &watch::Sender<u64>) {
    if let Ok(end) = store.journal_end() {
        super::pulse::tell_end(journal_end, end);
    }
}
