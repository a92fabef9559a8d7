//! Keeps an open desk in step with its hub in the background: a round when something was decided, heard of, or due.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::hub_state::HubState;
use super::job::Job;
use super::sync::{Plan, RoundReport, hub_limits, hub_state, sync_now};
use super::{Desk, DeskError};
use crate::sync::client::Client;
use crate::sync::round::{self, SyncError};

/// Waits after rounds that did not reach the hub, doubled each time up to the heartbeat.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// How long one question for changes stays open.
const LISTEN: Duration = Duration::from_secs(20);

/// The background work; dropped, it gives back what is held and undecided and ends.
pub struct InStep {
    shared: Arc<Shared>,
    rounds: Option<JoinHandle<()>>,
}

struct Shared {
    desk: Arc<Desk>,
    plan: Plan,
    heartbeat: Duration,
    state: Mutex<HubState>,
    wish: Mutex<Wish>,
    woken: Condvar,
    is_stopping: AtomicBool,
}

struct Wish {
    round: bool,
}

impl InStep {
    /// Begins with a round at once. `after_round` is told what each round did, on the background thread: new photos
    /// want their initial check, rows want to be drawn anew.
    pub fn begin(
        desk: Arc<Desk>,
        plan: Plan,
        after_round: impl Fn(&Result<RoundReport, DeskError>) + Send + 'static,
    ) -> Result<Self, DeskError> {
        let limits = hub_limits()?;
        let shared = Arc::new(Shared {
            state: Mutex::new(hub_state(&desk, false)?),
            desk,
            plan,
            heartbeat: Duration::from_secs(u64::from(limits.lease.seconds) / 3),
            wish: Mutex::new(Wish { round: true }),
            woken: Condvar::new(),
            is_stopping: AtomicBool::new(false),
        });
        let (runs, listens) = (Arc::clone(&shared), Arc::downgrade(&shared));
        let rounds = thread::spawn(move || runs.keep_running(&after_round));
        // Not waited for at the end: its question may stay open for a while, and it changes nothing.
        thread::spawn(move || keep_listening(&listens));
        Ok(Self { shared, rounds: Some(rounds) })
    }

    /// Asks for a round now: something was decided.
    pub fn nudge(&self) {
        self.shared.nudge();
    }

    /// How the desk stood to its hub after the last round.
    pub fn state(&self) -> HubState {
        *locked(&self.shared.state)
    }
}

impl Drop for InStep {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::SeqCst);
        self.shared.nudge();
        if let Some(rounds) = self.rounds.take() {
            drop(rounds.join());
        }
    }
}

impl Shared {
    fn keep_running(&self, after_round: &dyn Fn(&Result<RoundReport, DeskError>)) {
        let mut pause = FIRST_PAUSE;
        while !self.is_stopping() {
            self.wait_for_a_wish();
            if self.is_stopping() {
                break;
            }
            let ended = self.round(&self.plan);
            after_round(&ended);
            match ended {
                Ok(_) => pause = FIRST_PAUSE,
                Err(error) => {
                    tracing::info!(code = error.code(), "a round with the hub did not succeed");
                    self.rest(pause);
                    pause = (pause * 2).min(self.heartbeat);
                    locked(&self.wish).round = true;
                }
            }
        }
        // When the hub is away the leases end by themselves, and nobody has to wait for the window to close.
        if !matches!(*locked(&self.state), HubState::Away { .. }) {
            let release = Plan { release: true, ..Plan::default() };
            drop(sync_now(&self.desk, &release, &Job::default()));
        }
    }

    fn round(&self, plan: &Plan) -> Result<RoundReport, DeskError> {
        let done = sync_now(&self.desk, plan, &Job::default());
        let is_unreachable = done.as_ref().is_err_and(|error| error.code() == "hub_unreachable");
        if let Ok(state) = hub_state(&self.desk, is_unreachable) {
            *locked(&self.state) = state;
        }
        done
    }

    /// The way to the hub, and where to begin listening.
    fn question(&self, cursor: Option<u64>) -> Result<(Client, u64), SyncError> {
        let begin = match cursor {
            Some(cursor) => cursor,
            None => self.desk.store.hub_cursor()?.0,
        };
        Ok((round::client(&self.desk.store)?, begin))
    }

    fn nudge(&self) {
        locked(&self.wish).round = true;
        self.woken.notify_all();
    }

    /// Returns when a round was asked for, or when the heartbeat is due.
    fn wait_for_a_wish(&self) {
        let waited = self.woken.wait_timeout_while(locked(&self.wish), self.heartbeat, |wish| {
            !wish.round && !self.is_stopping()
        });
        waited.unwrap_or_else(PoisonError::into_inner).0.round = false;
    }

    /// Rests, unless the desk is being closed.
    fn rest(&self, pause: Duration) {
        let rested = self.woken.wait_timeout_while(locked(&self.wish), pause, |_| !self.is_stopping());
        drop(rested);
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }
}

/// Asks for a round whenever something was committed at the hub. Holds no desk while its question is open.
fn keep_listening(desk: &Weak<Shared>) {
    let mut cursor = None;
    while let Some(shared) = desk.upgrade().filter(|shared| !shared.is_stopping()) {
        let asked = shared.question(cursor);
        drop(shared);
        let heard = asked.and_then(|(client, begin)| Ok(client.changes(begin, LISTEN)?));
        let Some(shared) = desk.upgrade() else { return };
        match heard {
            Ok(page) => {
                if !page.changes.is_empty() {
                    shared.nudge();
                }
                cursor = Some(page.cursor);
            }
            Err(_) => shared.rest(FIRST_PAUSE),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
