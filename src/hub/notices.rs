//! Messages to students: sent in the background by the ways the hub was set up for, again until they are taken.
//!
//! What is to be told is written by the store in the transaction of the change itself (`store::notices`); nothing here
//! holds up a request. A message that was taken just before the hub ended may be sent once more: its id is the same.

mod facts;
mod letter;
mod setup;
mod webhook;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, Thread};
use std::time::Duration;

use super::config::ConfigError;
use super::{Hub, HubFailure};
use crate::store::StoreError;
use crate::store::notices::Tried;
use crate::submission::notice::{Notice, NoticeState, NoticeWay, pause_ms};
use crate::sync::mail::MailError;
use facts::facts;

pub use setup::Notices;

/// How a try went, before it is decided what follows from it.
enum Answer {
    Taken,
    /// Nobody answers: others would fare the same.
    Away(String),
    /// This one was not taken; it may be later.
    NotNow(String),
    /// The receiver will never take it.
    Never(String),
}

/// The threads that send, one a way. Dropped, they end after the message they are at.
pub(super) struct Sending {
    stop: Arc<AtomicBool>,
    threads: Vec<Thread>,
}

impl Sending {
    /// Begins to send what waits.
    pub(super) fn begin(hub: &Arc<Hub>) -> Result<Self, HubFailure> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        for (way, _) in hub.notices.ways(0) {
            let (weak, notices, stop) = (Arc::downgrade(hub), Arc::clone(&hub.notices), Arc::clone(&stop));
            let work = move || keep_sending(&weak, &notices, way, &stop);
            let named = thread::Builder::new().name(format!("hub {}", way.as_str()));
            threads.push(named.spawn(work).map_err(HubFailure::Thread)?.thread().clone());
        }
        Ok(Self { stop, threads })
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Not waited for: a server may take its time, and what it was sent counts by its id.
        self.threads.iter().for_each(Thread::unpark);
    }
}

/// Holds no hub while it waits for anybody.
fn keep_sending(hub: &Weak<Hub>, notices: &Notices, way: NoticeWay, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        let Some(present) = hub.upgrade() else { return };
        let pause = Duration::from_secs(present.limits.notices.look_every_seconds.into());
        let due = present.due_notices(way);
        drop(present);
        match due {
            Ok(due) => send_all(hub, notices, due, stop),
            Err(error) => tracing::warn!(code = error.code(), "messages to students wait"),
        }
        if !stop.load(Ordering::SeqCst) {
            thread::park_timeout(pause);
        }
    }
}

/// Sends until one finds nobody there.
fn send_all(hub: &Weak<Hub>, notices: &Notices, due: Vec<Notice>, stop: &AtomicBool) {
    for notice in due {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        match send(hub, notices, &notice) {
            Ok(Some(true)) => {}
            Ok(_) => return,
            Err(error) => tracing::warn!(code = error.code(), notice = notice.id, "a message waits"),
        }
    }
}

/// Sends one and writes down how it went; gives whether the receiver is there, `None` when the hub is gone.
fn send(hub: &Weak<Hub>, notices: &Notices, notice: &Notice) -> Result<Option<bool>, StoreError> {
    let Some(present) = hub.upgrade() else { return Ok(None) };
    if !present.takes(notice)? {
        return Ok(Some(true));
    }
    let now_ms = present.clock.now_ms();
    let ready = facts(&present, notice)?;
    drop(present);
    let answer = match ready {
        Ok(facts) => Ok(notices.send(notice, &facts, now_ms)),
        Err(over) => Err(over),
    };
    let Some(present) = hub.upgrade() else { return Ok(None) };
    let is_there = !matches!(answer, Ok(Answer::Away(_)));
    let tried = match answer {
        Ok(answer) => present.follows(notice, answer),
        Err((state, why)) => Tried::Over { why: why.to_owned(), state },
    };
    present.note_try(notice, &tried)?;
    Ok(Some(is_there))
}

impl Hub {
    /// Writes down by which ways messages go from now on.
    pub(super) fn set_up_notices(&self) -> Result<(), StoreError> {
        let settle_ms = i64::from(self.limits.notices.settle_seconds) * 1000;
        let now_ms = self.clock.now_ms();
        self.store.write(|tx| tx.set_notice_ways(&self.notices.ways(settle_ms), now_ms))
    }

    /// Whether a photo can be sent by mail.
    pub(super) fn mails(&self) -> bool {
        self.notices.ways(0).iter().any(|(way, _)| *way == NoticeWay::Mail)
    }

    fn due_notices(&self, way: NoticeWay) -> Result<Vec<Notice>, StoreError> {
        self.store.due_notices(way, self.clock.now_ms(), self.limits.notices.at_once)
    }

    /// Whether this process is to send the message. Where several look for what is due, the first to take it sends it;
    /// of one that ends meanwhile, the message is due again after a while.
    fn takes(&self, notice: &Notice) -> Result<bool, StoreError> {
        if !self.store.is_shared() {
            return Ok(true);
        }
        let until_ms = self.clock.now_ms() + i64::from(self.limits.notices.taken_seconds) * 1000;
        self.store.write(|tx| tx.take_notice(notice, until_ms))
    }

    /// What follows from a try.
    fn follows(&self, notice: &Notice, answer: Answer) -> Tried {
        let limits = &self.limits.notices;
        let seconds_ms = |seconds: u32| i64::from(seconds) * 1000;
        let why = match answer {
            Answer::Taken => return Tried::Sent,
            Answer::Never(why) => return Tried::Over { why, state: NoticeState::GivenUp },
            Answer::Away(why) | Answer::NotNow(why) => why,
        };
        let tries = notice.tries + 1;
        if tries >= limits.tries_at_most {
            return Tried::Over { why, state: NoticeState::GivenUp };
        }
        let (first_ms, longest_ms) =
            (seconds_ms(limits.first_pause_seconds), seconds_ms(limits.longest_pause_seconds));
        Tried::InVain { why, again_at_ms: self.clock.now_ms() + pause_ms(tries, first_ms, longest_ms) }
    }

    fn note_try(&self, notice: &Notice, tried: &Tried) -> Result<(), StoreError> {
        match tried {
            Tried::Sent => {
                tracing::info!(notice = notice.id, kind = notice.kind.as_str(), "a student was told")
            }
            Tried::InVain { why, .. } => {
                tracing::info!(notice = notice.id, why, "a message is tried again later");
            }
            Tried::Over { why, state: NoticeState::GivenUp } => {
                tracing::warn!(notice = notice.id, why, "a message was given up");
            }
            Tried::Over { .. } => {}
        }
        self.store.write(|tx| tx.tried(&notice.id, self.clock.now_ms(), tried))
    }
}

impl From<Result<(), MailError>> for Answer {
    fn from(sent: Result<(), MailError>) -> Self {
        match sent {
            Ok(()) => Self::Taken,
            Err(error @ MailError::Away(_)) => Self::Away(error.to_string()),
            Err(error @ MailError::PutOff(_)) => Self::NotNow(error.to_string()),
            Err(error @ (MailError::Refused(_) | MailError::NoAddress)) => Self::Never(error.to_string()),
        }
    }
}
