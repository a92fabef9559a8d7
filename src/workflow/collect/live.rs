//! A camera beside the session: its live picture, the code that is held into it, and the shutter.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use image::RgbImage;

use super::super::DeskError;
use super::{Collecting, locked};
use crate::camera::{Camera, CameraError, Cameras};
use crate::onsite::code::{Codes, Luma, read};
use crate::onsite::watch::Present;
use crate::photo::DecodeLimits;

/// A camera that was drawn is looked for again so often.
const LOOK_AGAIN_EVERY: Duration = Duration::from_secs(2);
/// Between two looks for a code; a look with the quick reader takes a few milliseconds.
const READ_EVERY: Duration = Duration::from_millis(200);
/// Each so many looks the slow readers look too.
const THOROUGH_EACH: u32 = 5;
/// A code held into the picture is told once, until so many looks in a row did not find it: who was served still holds it.
const LOOKS_UNTIL_FORGOTTEN: u32 = 15;

/// What a camera has to say. File names and codes are shown to the operator and never logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveSaid {
    /// It shows a picture: after it was opened, and after it was gone.
    Opened,
    /// A newer picture than the last is there.
    Picture,
    /// A code is held into the picture.
    Code(String),
    /// It gives no picture; it is tried again until the session ends.
    Failed { code: &'static str, message: String },
    /// A shot that was released was not taken.
    NotTaken { code: &'static str, message: String },
}

/// An open camera of a session. Dropped, the camera is free again.
pub struct Live {
    inner: Arc<Inner>,
    threads: Vec<JoinHandle<()>>,
}

type Tell = Box<dyn Fn(LiveSaid) + Send + Sync>;

struct Inner {
    collecting: Arc<Collecting>,
    limits: DecodeLimits,
    name: String,
    latest: Mutex<Option<Arc<RgbImage>>>,
    newer: Condvar,
    number: AtomicU64,
    /// Who stood there when the shutter was released for a shot that is not taken yet.
    released: Mutex<Option<Present>>,
    wants_code: AtomicBool,
    is_stopping: AtomicBool,
    tell: Tell,
}

impl Live {
    /// Opens the camera on a thread of its own; `tell` hears how that went and whatever follows.
    pub fn begin(
        cameras: Arc<dyn Cameras>,
        id: &str,
        collecting: Arc<Collecting>,
        tell: impl Fn(LiveSaid) + Send + Sync + 'static,
    ) -> Self {
        let inner = Arc::new(Inner {
            limits: collecting.inner.desk.limits,
            collecting,
            name: id.to_owned(),
            latest: Mutex::default(),
            newer: Condvar::new(),
            number: AtomicU64::new(0),
            released: Mutex::default(),
            wants_code: AtomicBool::new(false),
            is_stopping: AtomicBool::new(false),
            tell: Box::new(tell),
        });
        let (watcher, reader) = (Arc::clone(&inner), Arc::clone(&inner));
        let threads = vec![
            thread::spawn(move || watcher.keep_showing(cameras.as_ref())),
            thread::spawn(move || reader.keep_reading()),
        ];
        Self { inner, threads }
    }

    /// The session whose people are photographed.
    pub fn collecting(&self) -> Arc<Collecting> {
        Arc::clone(&self.inner.collecting)
    }

    /// The newest picture and its number.
    pub fn picture(&self) -> Option<(u64, Arc<RgbImage>)> {
        let latest = locked(&self.inner.latest).clone()?;
        Some((self.inner.number.load(Ordering::SeqCst), latest))
    }

    /// Whether a code held into the picture is to be read.
    pub fn look_for_code(&self, looks: bool) {
        self.inner.wants_code.store(looks, Ordering::SeqCst);
    }

    /// Releases the shutter: the still belongs to whoever stands there at this moment. While a still is on its way this does
    /// nothing.
    ///
    /// # Errors
    /// When nobody stands there, or the disk has no room for a shot.
    pub fn release(&self) -> Result<(), DeskError> {
        let present = self.inner.collecting.ready_for_shot()?;
        let mut released = locked(&self.inner.released);
        if released.is_none() {
            *released = Some(present);
        }
        Ok(())
    }

    /// A shot was released and is not taken yet.
    pub fn is_taking(&self) -> bool {
        locked(&self.inner.released).is_some()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.inner.is_stopping.store(true, Ordering::SeqCst);
        self.inner.newer.notify_all();
        super::join(&mut self.threads, "the camera");
    }
}

impl Inner {
    /// Opens the camera and shows it until the end; one that goes is looked for until it is back.
    fn keep_showing(&self, cameras: &dyn Cameras) {
        let mut told = None;
        while !self.is_stopping() {
            let failed = match cameras.open(&self.name) {
                Ok(camera) => {
                    told = None;
                    self.show(camera)
                }
                Err(error) => error,
            };
            if self.is_stopping() {
                return;
            }
            self.give_up_released(&failed);
            if told.as_ref() != Some(&failed) {
                *locked(&self.latest) = None;
                self.tell(LiveSaid::Failed { code: failed.code(), message: failed.to_string() });
                told = Some(failed);
            }
            self.pause(LOOK_AGAIN_EVERY);
        }
    }

    /// Shows one open camera until it fails.
    fn show(&self, mut camera: Box<dyn Camera>) -> CameraError {
        let mut is_told = false;
        loop {
            if self.is_stopping() {
                return CameraError::Gone { name: self.name.clone() };
            }
            let released = locked(&self.released).clone();
            if let Some(present) = released {
                let taken = self.take(camera.as_mut(), present);
                *locked(&self.released) = None;
                if let Err(error) = taken
                    && !error.is_passing()
                {
                    return error;
                }
            }
            let pixels = camera.live().and_then(|frame| frame.pixels(&self.limits));
            match pixels {
                Ok(pixels) => {
                    *locked(&self.latest) = Some(Arc::new(pixels));
                    self.number.fetch_add(1, Ordering::SeqCst);
                    self.newer.notify_all();
                    if !std::mem::replace(&mut is_told, true) {
                        self.tell(LiveSaid::Opened);
                    }
                    self.tell(LiveSaid::Picture);
                }
                Err(error) if error.is_passing() => {}
                Err(error) => return error,
            }
        }
    }

    /// Takes one still; what keeps it from being taken is told.
    fn take(&self, camera: &mut dyn Camera, present: Present) -> Result<(), CameraError> {
        let file = camera.still().and_then(|frame| frame.jpeg(&self.limits));
        match file {
            Ok(bytes) => {
                if let Err(error) = self.collecting.take_still(&bytes, present, &self.name) {
                    self.tell(LiveSaid::NotTaken { code: error.code(), message: error.to_string() });
                }
                Ok(())
            }
            Err(error) => {
                self.tell(LiveSaid::NotTaken { code: error.code(), message: error.to_string() });
                Err(error)
            }
        }
    }

    /// Nobody waits for a shot that cannot be taken any more.
    fn give_up_released(&self, why: &CameraError) {
        let given_up = locked(&self.released).take();
        if given_up.is_some() {
            self.tell(LiveSaid::NotTaken { code: why.code(), message: why.to_string() });
        }
    }

    fn keep_reading(&self) {
        let (mut seen, mut looks, mut missed) = (0, 0_u32, 0);
        let mut last: Option<String> = None;
        while !self.is_stopping() {
            self.pause(READ_EVERY);
            let number = self.number.load(Ordering::SeqCst);
            if !self.wants_code.load(Ordering::SeqCst) || number == seen {
                continue;
            }
            seen = number;
            let Some(picture) = locked(&self.latest).clone() else { continue };
            looks = looks.wrapping_add(1);
            let Some(code) = code_in(&picture, looks.is_multiple_of(THOROUGH_EACH)) else {
                missed += 1;
                if missed >= LOOKS_UNTIL_FORGOTTEN {
                    last = None;
                }
                continue;
            };
            missed = 0;
            if last.as_ref() != Some(&code) {
                last = Some(code.clone());
                self.tell(LiveSaid::Code(code));
            }
        }
    }

    /// Waits, or until the end.
    fn pause(&self, time: Duration) {
        let latest = locked(&self.latest);
        let end = Instant::now() + time;
        let waited =
            self.newer.wait_timeout_while(latest, time, |_| !self.is_stopping() && Instant::now() < end);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn tell(&self, said: LiveSaid) {
        (self.tell)(said);
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }
}

/// The one code in a picture. Several are none: the wrong one could be taken.
fn code_in(picture: &RgbImage, thoroughly: bool) -> Option<String> {
    let luma = Luma::of(picture);
    let content = if thoroughly {
        match read::codes(&luma) {
            Codes::One(content) => content,
            _ => return None,
        }
    } else {
        let mut found = read::rqrr(&luma);
        found.sort();
        found.dedup();
        let [content] = <[Vec<u8>; 1]>::try_from(found).ok()?;
        content
    };
    String::from_utf8(content).ok()
}
