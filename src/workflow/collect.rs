//! A collection session: photos of a watched folder and of a camera, each paired with who stands there, kept, checked, told.

mod faces;
mod folder;
mod happened;
pub mod live;
mod look;
mod take;

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::desk::{Batch, now_ms};
use super::{Desk, DeskError};
use crate::onsite::rules::{Room, SessionRules};
use crate::onsite::watch::{Listed, Present, Watch};
use crate::photo::Photo;
use crate::submission::Subject;

pub use happened::{Change, Happened};

use faces::Faces;

/// A running session. Dropped, it stops watching and ends what it is at.
pub struct Collecting {
    inner: Arc<Inner>,
    threads: Vec<JoinHandle<()>>,
}

type Tell = Box<dyn Fn(Happened) + Send + Sync>;

struct Inner {
    desk: Arc<Desk>,
    batch: Batch,
    /// The watched folder; none when every photo comes from a camera of this computer.
    folder: Option<PathBuf>,
    rules: SessionRules,
    watching: Mutex<Watching>,
    /// Photos to be checked; the last one is looked at first, for its student is waiting.
    waiting: Mutex<VecDeque<Waiting>>,
    has_work: Condvar,
    /// A photo is being checked or compared.
    is_checking: AtomicBool,
    faces: Mutex<Faces>,
    is_stopping: AtomicBool,
    tell: Tell,
}

/// What the watching thread and the operator both touch.
struct Watching {
    watch: Watch,
    present: Option<Present>,
    /// The present person got a photo, or the operator was told that none comes.
    is_settled: bool,
    room: Room,
    folder_is_gone: bool,
}

/// A kept photo that has not been checked.
struct Waiting {
    shot: String,
    photo_sha256: String,
    subject: Option<String>,
    /// Decoded already, unless many wait.
    photo: Option<Photo>,
    /// When the file was seen to be complete; `None` for one of an earlier session.
    complete_ms: Option<i64>,
}

impl Collecting {
    /// Begins to watch `folder`. Photos that lie in a folder watched for the first time are passed over; `tell` hears
    /// of everything that happens, on a thread of the session. Without a folder the photos come from a [`live::Live`].
    pub fn begin(
        desk: Arc<Desk>,
        batch: &str,
        folder: Option<&Path>,
        tell: impl Fn(Happened) + Send + Sync + 'static,
    ) -> Result<Self, DeskError> {
        let rules = super::shots::rules()?;
        let batch = desk.batch(batch)?;
        desk.standard_of(&batch)?;
        desk.models()?;
        let folder = folder.map(folder::usable).transpose()?;
        let (watch, passed_over) = folder::begin(&desk, folder.as_deref(), &rules, now_ms())?;
        let watching =
            Watching { watch, present: None, is_settled: true, room: Room::Enough, folder_is_gone: false };
        let inner = Arc::new(Inner {
            batch,
            folder,
            rules,
            watching: Mutex::new(watching),
            waiting: Mutex::default(),
            has_work: Condvar::new(),
            is_checking: AtomicBool::new(false),
            faces: Mutex::default(),
            is_stopping: AtomicBool::new(false),
            tell: Box::new(tell),
            desk,
        });
        inner.tell(Happened::Begun { passed_over });
        inner.queue_earlier()?;
        let (watcher, checker) = (Arc::clone(&inner), Arc::clone(&inner));
        let threads = vec![
            thread::spawn(move || watcher.keep_watching()),
            thread::spawn(move || checker.keep_checking()),
        ];
        Ok(Self { inner, threads })
    }

    pub fn batch(&self) -> &Batch {
        &self.inner.batch
    }

    /// The watched folder, where there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.inner.folder.as_deref()
    }

    /// The person steps before the camera: photos that begin to arrive from now on are theirs. Refused when the disk
    /// has no room for a further shot.
    pub fn step_up(&self, subject: &Subject) -> Result<(), DeskError> {
        self.inner.need_room()?;
        self.inner.change_present(Some(Present { subject: subject.id.clone(), since_ms: now_ms() }));
        Ok(())
    }

    /// Nobody stands before the camera any more.
    pub fn step_down(&self) {
        self.inner.change_present(None);
    }

    /// Who a shot released now belongs to.
    fn ready_for_shot(&self) -> Result<Present, DeskError> {
        self.inner.need_room()?;
        let present = locked(&self.inner.watching).present.clone();
        present.ok_or_else(|| DeskError::Refused {
            code: "nobody_there",
            message: "nobody stands before the camera; find the person first".to_owned(),
        })
    }

    /// Takes a still that was released while `present` stood there; `source` names the camera.
    fn take_still(&self, bytes: &[u8], present: Present, source: &str) -> Result<(), DeskError> {
        self.inner.take_still(bytes, present, source)
    }

    /// A person said whose a shot is.
    pub fn reassigned(&self, shot: &str, subject: &str) {
        locked(&self.inner.faces).reassigned(shot, subject);
    }

    /// Files of this person that are still on their way.
    pub fn on_the_way(&self, subject: &str) -> usize {
        locked(&self.inner.watching).watch.on_the_way(subject)
    }

    /// Nothing arrives and nothing waits for its check.
    pub fn is_still(&self) -> bool {
        let is_checked = || {
            let waiting = locked(&self.inner.waiting);
            waiting.is_empty() && !self.inner.is_checking.load(Ordering::SeqCst)
        };
        locked(&self.inner.watching).watch.is_still() && is_checked()
    }
}

impl Drop for Collecting {
    fn drop(&mut self) {
        self.inner.is_stopping.store(true, Ordering::SeqCst);
        self.inner.has_work.notify_all();
        join(&mut self.threads, "the collection session");
    }
}

/// Waits for the threads of `whose` to end; one that broke off is noted.
fn join(threads: &mut Vec<JoinHandle<()>>, whose: &str) {
    for thread in threads.drain(..) {
        if thread.join().is_err() {
            tracing::error!(whose, "a thread broke off");
        }
    }
}

impl Inner {
    fn keep_watching(&self) {
        while !self.is_stopping() {
            self.look_once();
            thread::sleep(Duration::from_millis(self.rules.folder.look_every_ms));
        }
    }

    fn keep_checking(&self) {
        while !self.is_stopping() {
            let work = self.next_waiting();
            match work {
                Some(waiting) => {
                    if let Err(error) = self.check(waiting) {
                        self.tell_problem(&error);
                    }
                }
                None => self.compare_one_earlier(),
            }
        }
    }

    /// The newest photo that waits; `None` after a moment without one.
    fn next_waiting(&self) -> Option<Waiting> {
        let pause = Duration::from_millis(self.rules.folder.look_every_ms);
        let waiting = locked(&self.waiting);
        let woken = self
            .has_work
            .wait_timeout_while(waiting, pause, |waiting| waiting.is_empty() && !self.is_stopping());
        let mut waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
        let next = if self.is_stopping() { None } else { waiting.pop_back() };
        self.is_checking.store(next.is_some(), Ordering::SeqCst);
        next
    }

    /// Photos an earlier session kept and did not check, and faces it did not keep.
    fn queue_earlier(&self) -> Result<(), DeskError> {
        let shots = self.desk.store.shots(&self.batch.code)?;
        let unchecked = shots.iter().filter(|shot| shot.verdict.is_none());
        locked(&self.waiting).extend(unchecked.map(|shot| Waiting {
            shot: shot.id.clone(),
            photo_sha256: shot.photo_sha256.clone(),
            subject: shot.subject.clone(),
            photo: None,
            complete_ms: None,
        }));
        locked(&self.faces).begin(&shots);
        Ok(())
    }

    /// Files seen so far stay with who was there; what comes from now on is the new person's.
    fn change_present(&self, present: Option<Present>) {
        let mut watching = locked(&self.watching);
        // Listed under the lock: a look with an older list would take the newest files for vanished.
        let listed = self.list();
        let before = watching.present.take();
        if let Ok(listed) = listed {
            watching.watch.notice(now_ms(), &listed, before.as_ref());
        }
        watching.is_settled = present.is_none();
        watching.present = present;
    }

    fn free_mib(&self) -> Result<u64, DeskError> {
        let own = self.desk.store.free_disk_mib()?;
        let folder = self.folder.as_deref().and_then(folder::free_mib);
        Ok(folder.map_or(own, |folder| folder.min(own)))
    }

    fn need_room(&self) -> Result<(), DeskError> {
        let free_mib = self.free_mib()?;
        if self.rules.disk.room(free_mib) != Room::None {
            return Ok(());
        }
        Err(DeskError::Refused {
            code: "no_room_for_a_shot",
            message: format!(
                "only {free_mib} MiB are free; send or move what is there before the next student is called up"
            ),
        })
    }

    /// What lies in the watched folder.
    fn list(&self) -> io::Result<Vec<Listed>> {
        self.folder.as_deref().map_or_else(|| Ok(Vec::new()), folder::list)
    }

    fn tell(&self, happened: Happened) {
        (self.tell)(happened);
    }

    fn tell_problem(&self, error: &DeskError) {
        self.tell(Happened::Problem { code: error.code(), message: error.to_string() });
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
