//! The review: one photo at a time between the filmstrip and the facts; keys act only on painted pixels.

mod done;
mod facts;
mod filmstrip;
pub mod keys;
mod reasons;
mod stage;

use std::collections::HashMap;
use std::sync::Arc;

use egui::{CentralPanel, Panel, TextureHandle, Ui, vec2};

use super::Scene;
use crate::inspect::{Finding, Verdict};
use crate::submission::{Decision, State, Verb};
use crate::ui::action::PhotoTab;
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

/// What the review remembers.
#[derive(Default)]
pub struct ReviewScreen {
    items: Vec<QueueItem>,
    at: usize,
    pub photos: PhotoCache,
    finals: HashMap<String, FinalPhoto>,
    pub tab: PhotoTab,
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
        self.items = items;
        self.writing = false;
        self.awaits_rows = false;
        self.look_at(at);
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

    /// Takes the new state of a decided item and goes on to the next pending one.
    pub fn decided(&mut self, item: QueueItem) {
        self.writing = false;
        self.replace(item);
        let after = (self.at..self.items.len()).chain(0..self.at);
        if let Some(next) = after.into_iter().find(|index| self.items[*index].state == State::PendingReview) {
            self.look_at(next);
        } else {
            self.look_at(self.at);
        }
    }

    /// Takes back an item and shows it again.
    pub fn undone(&mut self, item: QueueItem) {
        self.writing = false;
        let at = self.replace(item);
        self.look_at(at);
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
        if self.tab != PhotoTab::Result || self.is_damaged() {
            return None;
        }
        let submission = self.current()?.submission.clone();
        if self.finals.contains_key(&submission) {
            return None;
        }
        if self.finals.len() > FINALS_KEPT {
            self.finals.clear();
        }
        self.finals.insert(submission.clone(), FinalPhoto::Asked);
        Some(submission)
    }

    /// Decodes ahead around the place looked at, for a stage of this size.
    pub fn keep_photos(&mut self, stage_px: u32, desk: &Arc<Desk>, crew: &Crew) {
        self.photos.fit(stage_px);
        self.photos.keep_around(&self.items, self.at, desk, crew);
    }

    /// Longest side of the stage in device pixels, as drawn last.
    pub fn stage_px(&self) -> u32 {
        self.stage_px
    }

    fn replace(&mut self, item: QueueItem) -> usize {
        match self.items.iter().position(|old| old.submission == item.submission) {
            Some(index) => {
                self.items[index] = item;
                index
            }
            None => {
                let at = self.at.min(self.items.len());
                self.items.insert(at, item);
                at
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

    #[test]
    fn an_undone_item_is_shown_again() {
        let mut screen = screen();
        screen.decided(item("b", State::Rejected));
        screen.undone(item("b", State::PendingReview));
        assert_eq!(screen.current().map(|item| item.submission.as_str()), Some("b"));
    }
}
