//! The review: one photo at a time between the filmstrip and the facts; keys act only on painted pixels.

mod compare;
mod done;
mod facts;
mod filmstrip;
pub mod keys;
mod layers;
mod reasons;
mod stage;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use egui::{CentralPanel, Panel, TextureHandle, Ui, vec2};

use super::Scene;
use crate::inspect::{Finding, Verdict};
use crate::submission::{Decision, Hold, HoldKind, HoldNote, State, Verb};
use crate::ui::action::{Layer, PhotoTab};
use crate::ui::crew::Crew;
use crate::ui::photos::{LoadedPhoto, PhotoCache};
use crate::ui::theme::{VIEWING_GREY, palette, size, space, surface};
use crate::workflow::Desk;
use crate::workflow::desk::QueueItem;

/// The pixels that are on screen: whose, and which file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Painted {
    submission: String,
    sha256: String,
}

/// A final photo on its way.
pub enum FinalPhoto {
    Asked,
    Here(TextureHandle),
    Failed(String),
}

/// The submission whose final photo is wanted now, shared with the worker: others need not be made.
#[derive(Clone, Default)]
pub struct WantedFinal(Arc<Mutex<Option<String>>>);

impl WantedFinal {
    pub fn is(&self, submission: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_deref() == Some(submission)
    }

    fn set(&self, submission: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = submission;
    }
}

/// What the review remembers.
#[derive(Default)]
pub struct ReviewScreen {
    items: Vec<QueueItem>,
    at: usize,
    /// Left for the end of the list.
    skipped: HashSet<String>,
    /// Set aside already when the list was opened: they are what it is about.
    held_at_start: HashSet<String>,
    /// Notes of what was set aside since the photos were read.
    notes: HashMap<String, HoldNote>,
    pub photos: PhotoCache,
    finals: HashMap<String, FinalPhoto>,
    wanted_final: WantedFinal,
    pub tab: PhotoTab,
    show_clipping: bool,
    show_loupe: bool,
    /// The other picture is shown while the key is held.
    is_flipped: bool,
    /// Finding whose evidence stays lit.
    pinned: Option<usize>,
    hovered: Option<usize>,
    show_passed: bool,
    /// Reasons chosen so far, in the order of choosing.
    chosen: Vec<String>,
    reason_page: usize,
    hovered_reason: Option<String>,
    painted: Option<Painted>,
    /// A list was asked for and is not here yet.
    awaits_rows: bool,
    /// A decision is being written; nothing may be asked until it is.
    writing: bool,
    pub keys: keys::KeyGuard,
    /// Longest side of the stage in device pixels.
    stage_px: u32,
}

impl ReviewScreen {
    /// Starts on a list of items.
    pub fn open(&mut self, items: Vec<QueueItem>, at: usize) {
        self.photos.clear();
        self.finals.clear();
        self.skipped.clear();
        self.notes.clear();
        let held = items.iter().filter(|item| item.hold.is_some());
        self.held_at_start = held.map(|item| item.submission.clone()).collect();
        self.items = items;
        self.writing = false;
        self.awaits_rows = false;
        self.look_at(at);
    }

    /// Puts what came meanwhile at the end of the list, each once.
    pub fn add(&mut self, items: impl Iterator<Item = QueueItem>) {
        let had_none_left = self.pending() == 0;
        for item in items {
            if !self.items.iter().any(|known| known.submission == item.submission) {
                self.items.push(item);
            }
        }
        if had_none_left {
            self.go_on();
        }
    }

    /// Shows a neutral stage until another list is here.
    pub fn await_rows(&mut self) {
        self.open(Vec::new(), 0);
        self.awaits_rows = true;
    }

    pub fn current(&self) -> Option<&QueueItem> {
        self.items.get(self.at)
    }

    pub fn items(&self) -> (&[QueueItem], usize) {
        (&self.items, self.at)
    }

    /// Moves to this item; whatever was chosen for the last one is gone.
    pub fn look_at(&mut self, at: usize) {
        self.at = at.min(self.items.len().saturating_sub(1));
        self.pinned = None;
        self.hovered = None;
        self.chosen.clear();
        self.reason_page = 0;
        self.painted = None;
    }

    pub fn look(&mut self, step: isize) {
        self.look_at(self.at.saturating_add_signed(step));
    }

    pub fn toggle_reason(&mut self, code: &str) {
        match self.chosen.iter().position(|chosen| chosen == code) {
            Some(index) => drop(self.chosen.remove(index)),
            None => self.chosen.push(code.to_owned()),
        }
    }

    pub fn chosen(&self) -> &[String] {
        &self.chosen
    }

    pub fn turn_reason_page(&mut self, reasons: usize) {
        self.reason_page = (self.reason_page + 1) % reasons.div_ceil(reasons::PAGE).max(1);
    }

    /// The reason under a digit of the page now shown, 1 to 9.
    pub fn reason_at_digit(
        &self,
        digit: usize,
        catalogue: &crate::submission::ReasonCatalogue,
    ) -> Option<String> {
        let ordered = reasons::ordered(catalogue, self.findings(), self.is_damaged());
        let index = self.reason_page * reasons::PAGE + digit.checked_sub(1)?;
        ordered.get(index).map(|offered| offered.reason.code.clone())
    }

    /// A decision on the photo whose pixels are on screen; `None` while keys are dead.
    pub fn decision(&self, verb: Verb, reasons: Vec<String>, reviewer: &str) -> Option<Decision> {
        let item = self.current().filter(|item| item.state == State::PendingReview && !self.writing)?;
        let allowed = match verb {
            Verb::Approve => self.is_painted(item) && !self.is_damaged(),
            Verb::Reject => !reasons.is_empty() && (self.is_painted(item) || self.is_damaged()),
            Verb::Undo => false,
        };
        allowed.then(|| Decision {
            submission: item.submission.clone(),
            photo_sha256: item.photo_sha256.clone(),
            revision: item.revision,
            verb,
            reasons,
            reviewer: reviewer.to_owned(),
        })
    }

    /// True while a decision is on its way to the journal.
    pub fn set_writing(&mut self, writing: bool) {
        self.writing = writing;
    }

    /// The photo on screen to be set aside in this way, or given back when it already is; `None` while keys are dead.
    pub fn hold(&self, kind: HoldKind, reviewer: &str) -> Option<Hold> {
        let item = self.current().filter(|item| item.state == State::PendingReview && !self.writing)?;
        (self.is_painted(item) || self.is_damaged()).then(|| Hold {
            submission: item.submission.clone(),
            photo_sha256: item.photo_sha256.clone(),
            revision: item.revision,
            hold: (item.hold != Some(kind)).then_some(kind),
            reviewer: reviewer.to_owned(),
        })
    }

    /// Leaves the photo for the end of the list and goes on; false when nothing else is left.
    pub fn skip(&mut self) -> bool {
        let Some(item) = self.current().filter(|item| item.state == State::PendingReview) else {
            self.look(1);
            return true;
        };
        let from = self.at;
        self.skipped.insert(item.submission.clone());
        self.go_on();
        self.at != from
    }

    /// Takes the new state of a decided item and goes on to the next pending one. Gives the item as it was.
    pub fn decided(&mut self, item: QueueItem) -> Option<QueueItem> {
        self.writing = false;
        self.skipped.remove(&item.submission);
        let (_, before) = self.replace(item);
        self.go_on();
        before
    }

    /// Takes an item that was set aside with its note and goes on, or one that was given back and stays.
    pub fn held(&mut self, item: QueueItem, note: HoldNote) -> Option<QueueItem> {
        self.writing = false;
        let (id, is_held) = (item.submission.clone(), item.hold.is_some());
        self.held_at_start.remove(&id);
        let (at, before) = self.replace(item);
        if is_held {
            self.notes.insert(id, note);
            self.go_on();
        } else {
            self.look_at(at);
        }
        before
    }

    /// Takes back an item and shows it again. Gives the item as it was, when this list had it.
    pub fn undone(&mut self, item: QueueItem) -> Option<QueueItem> {
        self.writing = false;
        let (at, before) = self.replace(item);
        self.look_at(at);
        before
    }

    /// The decided item now looked at: the undo key means it rather than the latest decision.
    pub fn decided_here(&self) -> Option<String> {
        let item = self.current()?;
        matches!(item.state, State::Approved | State::Rejected).then(|| item.submission.clone())
    }

    /// Goes to the next photo that waits; then to those left for the end; then to those the list was opened for.
    fn go_on(&mut self) {
        let waits = |item: &QueueItem| item.state == State::PendingReview && item.hold.is_none();
        let is_skipped = |item: &QueueItem| self.skipped.contains(&item.submission);
        let is_about = |item: &QueueItem| {
            item.state == State::PendingReview && self.held_at_start.contains(&item.submission)
        };
        let last = self.items.len().saturating_sub(1);
        let find = |wanted: &dyn Fn(&QueueItem) -> bool| {
            let mut after = (self.at + 1..self.items.len()).chain(0..=self.at.min(last));
            after.find(|index| wanted(&self.items[*index]))
        };
        if self.items.is_empty() {
            return;
        }
        let next = find(&|item| waits(item) && !is_skipped(item))
            .or_else(|| find(&waits))
            .or_else(|| find(&|item| is_about(item) && !is_skipped(item)))
            .or_else(|| find(&is_about));
        self.look_at(next.unwrap_or(self.at));
    }

    /// Who set the photo now looked at aside, and why.
    fn note(&self) -> Option<&HoldNote> {
        let item = self.current()?;
        self.notes.get(&item.submission).or_else(|| self.loaded()?.note.as_ref())
    }

    /// Pending items left in this list.
    pub fn pending(&self) -> usize {
        self.items.iter().filter(|item| item.state == State::PendingReview).count()
    }

    pub fn final_arrived(&mut self, submission: String, result: Result<TextureHandle, String>) {
        let photo = result.map_or_else(FinalPhoto::Failed, FinalPhoto::Here);
        // Only the ones about the place looked at are kept.
        if self.current().is_some_and(|item| item.submission != submission) {
            self.finals.retain(|_, photo| matches!(photo, FinalPhoto::Here(_)));
        }
        self.finals.insert(submission, photo);
    }

    /// The item whose final photo should be made now, once.
    pub fn final_wanted(&mut self) -> Option<String> {
        let wanted = self.current().filter(|_| self.needs_final() && !self.is_damaged());
        let wanted = wanted.map(|item| item.submission.clone());
        self.wanted_final.set(wanted.clone());
        let submission = wanted?;
        if self.finals.contains_key(&submission) {
            return None;
        }
        if self.finals.len() > FINALS_KEPT {
            self.finals.clear();
        }
        self.finals.insert(submission.clone(), FinalPhoto::Asked);
        Some(submission)
    }

    /// Tells a worker whether its final photo still is.
    pub fn wanted(&self) -> WantedFinal {
        self.wanted_final.clone()
    }

    /// The worker left it: it is asked for again when it is looked at again.
    pub fn final_skipped(&mut self, submission: &str) {
        self.finals.remove(submission);
    }

    fn needs_final(&self) -> bool {
        self.tab != PhotoTab::Original || self.is_flipped
    }

    /// Turns a layer on or off; false for those that are settings.
    pub fn toggle(&mut self, layer: Layer) -> bool {
        match layer {
            Layer::Guides => return false,
            Layer::Clipping => self.show_clipping = !self.show_clipping,
            Layer::Loupe => self.show_loupe = !self.show_loupe,
        }
        true
    }

    /// Shows the other picture of the two while `flipped` holds.
    pub fn flip(&mut self, flipped: bool) {
        self.is_flipped = flipped;
    }

    /// Decodes ahead around the place looked at, for a stage of this size.
    pub fn keep_photos(&mut self, stage_px: u32, desk: &Arc<Desk>, crew: &Crew) {
        let most_px = crew.context().input(|input| input.max_texture_side) as u32;
        self.photos.fit(stage_px, most_px);
        self.photos.keep_around(&self.items, self.at, desk, crew);
    }

    /// Longest side of the stage in device pixels, as drawn last.
    pub fn stage_px(&self) -> u32 {
        self.stage_px
    }

    /// Puts the item where it stood; gives its place and what it was before.
    fn replace(&mut self, item: QueueItem) -> (usize, Option<QueueItem>) {
        match self.items.iter().position(|old| old.submission == item.submission) {
            Some(index) => (index, Some(std::mem::replace(&mut self.items[index], item))),
            None => {
                let at = self.at.min(self.items.len());
                self.items.insert(at, item);
                (at, None)
            }
        }
    }

    fn is_painted(&self, item: &QueueItem) -> bool {
        self.painted.as_ref().is_some_and(|painted| {
            painted.submission == item.submission && painted.sha256 == item.photo_sha256
        })
    }

    fn loaded(&self) -> Option<&LoadedPhoto> {
        self.photos.get(self.current()?)
    }

    /// What is known of the final photo of the item looked at.
    fn final_photo(&self) -> Option<&FinalPhoto> {
        self.finals.get(&self.current()?.submission)
    }

    /// True when the photo is here and cannot be shown.
    fn is_damaged(&self) -> bool {
        self.loaded().is_some_and(|photo| photo.picture.is_err())
    }

    fn findings(&self) -> &[Finding] {
        self.loaded().and_then(|photo| photo.report.as_ref()).map_or(&[], |report| &report.findings)
    }

    /// The finding whose evidence is lit: the hovered one before the pinned one.
    fn lit(&self) -> Option<&Finding> {
        self.findings().get(self.hovered.or(self.pinned)?)
    }

    pub fn draw(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        if self.awaits_rows {
            CentralPanel::default().frame(surface(VIEWING_GREY, vec2(0.0, 0.0))).show(ui, |_| {});
            return;
        }
        if self.items.is_empty() {
            done::nothing_to_review(ui, scene);
            return;
        }
        let p = palette(ui);
        Panel::left("filmstrip")
            .exact_size(size::FILMSTRIP)
            .resizable(false)
            .frame(surface(p.panel, vec2(space::S, space::S)))
            .show(ui, |ui| filmstrip::draw(ui, self, scene));
        Panel::right("facts")
            .exact_size(size::FACTS)
            .resizable(false)
            .frame(surface(p.panel, vec2(space::M, space::M)))
            .show(ui, |ui| facts::draw(ui, self, scene));
        CentralPanel::default()
            .frame(surface(VIEWING_GREY, vec2(0.0, 0.0)))
            .show(ui, |ui| stage::draw(ui, self, scene));
    }
}

/// Final photos kept in memory.
const FINALS_KEPT: usize = 24;

/// Groups of findings in the order of their weight.
const GROUPS: [Verdict; 4] = [Verdict::Fail, Verdict::Warn, Verdict::Unknown, Verdict::Pass];

#[cfg(test)]
mod tests {
    use super::*;

    fn item(submission: &str, state: State) -> QueueItem {
        QueueItem {
            submission: submission.into(),
            batch: "B7K2QX".into(),
            masked_name: "吴*兰".into(),
            state,
            attempt: 1,
            revision: 0,
            photo_sha256: format!("{submission}-hash"),
            received_at_ms: 0,
            verdict: None,
            failed_checks: 0,
            warned_checks: 0,
            hold: None,
        }
    }

    fn screen() -> ReviewScreen {
        let mut screen = ReviewScreen::default();
        let items = ["a", "b", "c"].map(|name| item(name, State::PendingReview));
        screen.open(items.to_vec(), 1);
        screen
    }

    #[test]
    fn nothing_is_decided_before_its_pixels_were_painted() {
        let mut screen = screen();
        assert_eq!(screen.decision(Verb::Approve, vec![], "r"), None);
        screen.painted = Some(Painted { submission: "b".into(), sha256: "another file".into() });
        assert_eq!(screen.decision(Verb::Approve, vec![], "r"), None);
        screen.painted = Some(Painted { submission: "b".into(), sha256: "b-hash".into() });
        let decision = screen.decision(Verb::Approve, vec![], "r");
        assert_eq!(decision.map(|decision| decision.photo_sha256), Some("b-hash".into()));
    }

    #[test]
    fn a_rejection_needs_a_reason_and_a_written_decision_blocks_the_next() {
        let mut screen = screen();
        screen.painted = Some(Painted { submission: "b".into(), sha256: "b-hash".into() });
        assert_eq!(screen.decision(Verb::Reject, vec![], "r"), None);
        assert!(screen.decision(Verb::Reject, vec!["G01".into()], "r").is_some());
        screen.set_writing(true);
        assert_eq!(screen.decision(Verb::Approve, vec![], "r"), None);
    }

    #[test]
    fn after_a_decision_the_next_pending_one_comes_and_the_first_after_the_last() {
        let mut screen = screen();
        let mut visited = Vec::new();
        while let Some(current) = screen.current().filter(|item| item.state == State::PendingReview).cloned()
        {
            visited.push(current.submission.clone());
            screen.decided(item(&current.submission, State::Approved));
        }
        assert_eq!(visited, ["b", "c", "a"]);
        assert_eq!(screen.pending(), 0);
    }

    fn place(screen: &ReviewScreen) -> Option<&str> {
        screen.current().map(|item| item.submission.as_str())
    }

    #[test]
    fn skipped_photos_come_back_after_the_others() {
        let mut screen = screen();
        assert!(screen.skip());
        assert_eq!(place(&screen), Some("c"));
        screen.decided(item("c", State::Approved));
        assert_eq!(place(&screen), Some("a"));
        screen.decided(item("a", State::Approved));
        assert_eq!(place(&screen), Some("b"), "the skipped one is left");
        assert!(!screen.skip(), "nothing else is left");
    }

    #[test]
    fn what_was_set_aside_does_not_come_back_in_the_same_run() {
        let mut screen = screen();
        screen.painted = Some(Painted { submission: "b".into(), sha256: "b-hash".into() });
        let hold = screen.hold(HoldKind::Parked, "r");
        assert_eq!(hold.and_then(|hold| hold.hold), Some(HoldKind::Parked));
        let note = || HoldNote { by: "r".into(), at_ms: 1, text: "why".into() };
        let parked =
            |name: &str| QueueItem { hold: Some(HoldKind::Parked), ..item(name, State::PendingReview) };
        screen.held(parked("b"), note());
        screen.decided(item("c", State::Approved));
        screen.decided(item("a", State::Approved));
        assert_eq!(place(&screen), Some("a"), "it stays where the last decision was taken");
        // A list of what is set aside is about just that.
        screen.open(vec![parked("x"), parked("y")], 0);
        screen.decided(item("x", State::Rejected));
        assert_eq!(place(&screen), Some("y"));
        screen.painted = Some(Painted { submission: "y".into(), sha256: "y-hash".into() });
        assert_eq!(screen.hold(HoldKind::Parked, "r").map(|hold| hold.hold), Some(None), "given back");
    }

    #[test]
    fn an_undone_item_is_shown_again() {
        let mut screen = screen();
        screen.decided(item("b", State::Rejected));
        screen.undone(item("b", State::PendingReview));
        assert_eq!(screen.current().map(|item| item.submission.as_str()), Some("b"));
    }
}
