//! What a running session reports, put on the screen.

use std::sync::Arc;

use egui::{Context, TextureHandle};
use image::RgbImage;

use super::shoot::SeenShot;
use super::{LiveView, OnSite, OnSiteDone, TetherView};
use crate::camera::tether::Tether;
use crate::i18n::words;
use crate::onsite::shot::ShotState;
use crate::ui::problem;
use crate::workflow::collect::{Collecting, Happened};
use crate::workflow::shots::Shot;

impl OnSite {
    pub(super) fn session_arrived(&mut self, done: OnSiteDone, ctx: &Context) {
        match done {
            OnSiteDone::Watching(result) => {
                self.is_starting = false;
                match result {
                    Ok(collecting) => self.collecting = Some(collecting),
                    Err(problem) => self.warning = Some(problem),
                }
                self.people_changed();
            }
            OnSiteDone::TetherSaid(said) => self.tether_said(said),
            OnSiteDone::Cameras(found) => self.cameras = Some(found),
            OnSiteDone::CameraOpened(result) => {
                self.is_starting = false;
                match result {
                    Ok((live, name)) => {
                        self.cameras = None;
                        self.collecting = Some(live.collecting());
                        self.live = Some(LiveView::new(live, name));
                    }
                    Err(problem) => self.warning = Some(problem),
                }
                self.people_changed();
            }
            OnSiteDone::Shots { batch, shots, count, conflicts, pictures }
                if self.batch.as_deref() == Some(&batch) =>
            {
                self.count = Some(count);
                self.conflicts = conflicts;
                self.take_shots(shots);
                self.take_pictures(&pictures, ctx);
            }
            OnSiteDone::HandedIn(_) => {
                self.is_handing_in = false;
                self.people_changed();
            }
            OnSiteDone::Finalised(_) | OnSiteDone::Wiped(_) | OnSiteDone::Changed(_) => {
                self.people_changed();
            }
            _ => {}
        }
    }

    /// The store's word on marks and doubts is the last.
    fn take_shots(&mut self, shots: Vec<Shot>) {
        let person = self.person().map(|person| person.id.clone());
        let theirs = shots.iter().filter(|shot| shot.subject.is_some() && shot.subject == person);
        let mut before = std::mem::take(&mut self.seen);
        // In the order they were taken; a shot that was given to another does not stay with this person.
        for shot in theirs {
            let known = before.iter().position(|seen| seen.id == shot.id).map(|at| before.swap_remove(at));
            let mut seen = known.unwrap_or_else(|| SeenShot::new(shot.id.clone()));
            seen.is_marked = shot.mark.is_some();
            seen.verdict = seen.verdict.or(shot.verdict);
            self.seen.push(seen);
        }
        // Taken since the list was read.
        self.seen.extend(before.into_iter().filter(|seen| shots.iter().all(|shot| shot.id != seen.id)));
        self.doubted = shots;
        self.doubted.retain(|shot| shot.doubt.is_some() && shot.state == ShotState::Draft);
    }

    fn take_pictures(&mut self, pictures: &[(String, RgbImage)], ctx: &Context) {
        for (shot, picture) in pictures {
            let seen = self.seen.iter_mut().find(|seen| seen.id == *shot && seen.picture.is_none());
            if let Some(seen) = seen {
                seen.picture = Some(texture(ctx, shot, picture));
            }
        }
    }

    /// Takes one thing that happened; true when the counts must be read again.
    pub fn happened(&mut self, happened: Happened, ctx: &Context) -> bool {
        match happened {
            Happened::Begun { .. } => false,
            Happened::Taken { shot, subject, .. } => {
                self.warning = None;
                if self.is_present(subject.as_deref()) {
                    self.wants_retake = false;
                    self.seen.push(SeenShot::new(shot));
                }
                true
            }
            Happened::Seen { shot, picture, .. } => {
                if let Some(seen) = self.seen.iter_mut().find(|seen| seen.id == shot) {
                    seen.picture = Some(texture(ctx, &shot, &picture));
                }
                false
            }
            Happened::Checked { shot, verdict, changes, is_marked, .. } => {
                if is_marked {
                    self.seen.iter_mut().for_each(|seen| seen.is_marked = false);
                }
                if let Some(seen) = self.seen.iter_mut().find(|seen| seen.id == shot) {
                    (seen.verdict, seen.changes, seen.is_marked) = (Some(verdict), changes, is_marked);
                }
                true
            }
            Happened::Doubted { .. } => true,
            other => self.warn(other),
        }
    }

    fn warn(&mut self, happened: Happened) -> bool {
        let text = match happened {
            Happened::Duplicate { file, .. } => words!("onsite.duplicate", file = file),
            Happened::Incomplete { file } => words!("onsite.incomplete", file = file),
            Happened::Stalled { seconds } => words!("onsite.stalled", n = seconds),
            Happened::Folder { is_there: false } => words!("onsite.folder_gone"),
            Happened::Refused { file, code, message } => {
                self.warning = Some(format!("{file}: {}", problem::text(&code, &message)));
                return false;
            }
            Happened::Problem { code, message } => {
                self.warning = Some(problem::text(code, &message));
                return false;
            }
            Happened::Room { room, free_mib } => {
                self.room = Some((room, free_mib));
                return false;
            }
            _ => {
                self.warning = None;
                return false;
            }
        };
        self.warning = Some(text.into_owned());
        false
    }

    fn is_present(&self, subject: Option<&str>) -> bool {
        subject.is_some() && self.person().map(|person| person.id.as_str()) == subject
    }

    pub fn set_starting(&mut self) {
        self.is_starting = true;
        self.warning = None;
    }

    #[cfg_attr(not(feature = "hub"), expect(dead_code, reason = "there is no hub to hand in to"))]
    pub fn set_handing_in(&mut self) {
        self.is_handing_in = true;
    }

    /// Gives the session and its camera away, to be ended where nobody waits for it.
    pub fn stop_watching(&mut self) -> (Option<LiveView>, Option<TetherView>, Option<Arc<Collecting>>) {
        self.room = None;
        self.warning = None;
        self.cameras = None;
        (self.live.take(), self.tether.take(), self.collecting.take())
    }

    /// Gives the cameras away, to be closed where nobody waits for it.
    pub fn close_camera(&mut self) -> (Option<LiveView>, Option<TetherView>) {
        (self.live.take(), self.tether.take())
    }

    pub fn tethered(&mut self, tether: Tether, name: String) {
        self.cameras = None;
        self.tether = Some(TetherView::new(tether, name));
    }

    /// The open camera.
    pub fn live(&self) -> Option<&LiveView> {
        self.live.as_ref()
    }

    /// Says what could not be done, until something arrives again.
    pub fn set_warning(&mut self, problem: String) {
        self.warning = Some(problem);
    }

    /// Hides the answer until the next photo comes.
    pub fn retake(&mut self) {
        self.wants_retake = true;
        self.wants_focus = true;
    }
}

fn texture(ctx: &Context, name: &str, pixels: &RgbImage) -> TextureHandle {
    crate::ui::photos::texture(ctx, name, pixels)
}
