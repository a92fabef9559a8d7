//! The one writing thread: requests that arrive while the disk is busy share the next commit.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use tokio::sync::{oneshot, watch};

use super::error::HubError;
use crate::store::together::{Finish, Part};
use crate::store::{Store, Tx};

/// Parts of one commit at most, so that nobody waits long for others' work.
const TOGETHER: usize = 64;

/// Hands work to the writing thread.
pub(super) struct Writer {
    parts: Mutex<Option<mpsc::Sender<Part>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread. `journal_end` is told the number of the last entry after each commit that added one.
    pub(super) fn start(store: Arc<Store>, journal_end: watch::Sender<u64>) -> io::Result<Self> {
        let (parts, arriving) = mpsc::channel();
        let work = move || run(&store, &arriving, &journal_end);
        let thread = std::thread::Builder::new().name("hub writer".to_owned()).spawn(work)?;
        Ok(Self { parts: Mutex::new(Some(parts)), thread: Mutex::new(Some(thread)) })
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
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the hub's writing thread ended badly");
        }
    }

    fn sender(&self) -> Option<mpsc::Sender<Part>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn run(store: &Store, arriving: &mpsc::Receiver<Part>, journal_end: &watch::Sender<u64>) {
    while let Ok(first) = arriving.recv() {
        let together = std::iter::once(first).chain(arriving.try_iter()).take(TOGETHER);
        match catch_unwind(AssertUnwindSafe(|| store.write_together(together))) {
            Ok(Ok(())) => tell_end(store, journal_end),
            Ok(Err(error)) => tracing::error!(code = error.code(), %error, "a commit failed"),
            Err(_) => tracing::error!("a commit was given up after a panic"),
        }
    }
}

fn tell_end(store: &Store, journal_end: &watch::Sender<u64>) {
    if let Ok(end) = store.journal_end() {
        journal_end.send_if_modified(|known| std::mem::replace(known, end) != end);
    }
}
