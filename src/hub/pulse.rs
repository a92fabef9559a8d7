//! What other hub processes on the same database do: their commits wake whoever waits here, and all keep one time.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use super::Hub;
use super::clock::Clock;
use crate::store::{Store, StoreError};

/// How long a change that another process made may stay unnoticed here.
const LOOK: Duration = Duration::from_millis(250);
/// After a server that does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells of a later end of the journal; an earlier one is old news.
pub(super) fn tell_end(journal_end: &watch::Sender<u64>, end: u64) {
    journal_end.send_if_modified(|known| end > *known && std::mem::replace(known, end) != end);
}

/// Begins to look, where the store is shared at all. Ends with the hub.
pub(super) fn begin(hub: &Arc<Hub>) -> std::io::Result<()> {
    if hub.store.is_shared() {
        let weak = Arc::downgrade(hub);
        thread::Builder::new().name("hub pulse".to_owned()).spawn(move || keep_looking(&weak))?;
    }
    Ok(())
}

fn keep_looking(hub: &Weak<Hub>) {
    let mut is_away = false;
    while let Some(present) = hub.upgrade() {
        let looked = look(&present.store, &present.clock, &present.journal_teller);
        drop(present);
        if let Err(error) = &looked
            && !is_away
        {
            tracing::warn!(code = error.code(), "the changes of other processes are not seen at present");
        }
        is_away = looked.is_err();
        thread::sleep(if is_away { PATIENCE } else { LOOK });
    }
}

fn look(store: &Store, clock: &Clock, journal_end: &watch::Sender<u64>) -> Result<(), StoreError> {
    if let Some(pulse) = store.pulse()? {
        clock.lean_to(pulse.now_ms);
        tell_end(journal_end, pulse.journal_end);
    }
    Ok(())
}
