//! The review: one photo at a time between the filmstrip and the facts; keys act only on painted pixels.

mod compare;
mod done;
mod facts;
mod filmstrip;
pub mod keys;
mod layers;
mod list;
mod made;
mod reasons;
mod stage;
mod task;
mod twin;
mod zoom;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use egui::{CentralPanel, Panel, TextureHandle, Ui, vec2};

use super::Scene;
use crate::inspect::{Finding, Verdict};
use crate::submission::{Decision, Hold, HoldKind, HoldNote, State, Verb};
use crate::ui::action::{Layer, PhotoTab, Zoom};
use crate::ui::crew::Crew;
use crate::ui::photos::{LoadedPhoto, PhotoCache};
use crate::ui::theme::{VIEWING_GREY, palette, size, space, surface};
use crate::ui::widgets::photo_view::View;
use crate::workflow::Desk;
use crate::workflow::desk::QueueItem;
use crate::workflow::earlier::EarlierPhoto;
use made::{FinalPhoto, Made, Pictures, Wanted};

use list::ReviewList;
pub use made::Framed;
pub use task::{Task, said};

/// The pixels that are on screen: whose, and which file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Painted {
    submission: String,
    sha256: String,
}

/// What the review remembers.
#[derive(Default)]
pub struct ReviewScreen {
    list: ReviewList,
    /// What is asked about photos of the list that are not simply decided, by submission.
    tasks: HashMap<String, Task>,
    /// Notes of what was set aside since the photos were read.
    notes: HashMap<String, HoldNote>,
    /// Known answers made or unmade since the photos were read.
    known: HashMap<String, bool>,
    pub photos: PhotoCache,
    finals: Pictures<TextureHandle>,
    /// Earlier photos by hash, for the comparison.
    earlier: Pictures<Framed>,
    /// What the photo is compared with: the result, or an earlier photo by its place in the list.
    against: Option<usize>,
    pub tab: PhotoTab,
    show_clipping: bool,
    show_loupe: bool,
    /// The other picture is shown while the key is held.
    is_flipped: bool,
    view: View,
    /// A key asked for another view; the stage knows about which point.
    zoom_asked: Option<Zoom>,
    /// Finding whose evidence stays lit.
    pinned: Option<usize>,
    hovered: Option<usize>,
    show_passed: bool,
    /// Reasons chosen so far, in the order of choosing.
    chosen: Vec<String>,
    /// Reasons chosen for photos that were left without a decision, by submission and revision.
    drafts: BTreeMap<String, Vec<String>>,
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
        self.keep_draft();
        self.chosen.clear();
        self.photos.clear();
        self.finals.clear();
        self.earlier.clear();
        self.notes.clear();
        self.tasks.clear();
        self.known.clear();
        self.list = ReviewList::new(items);
        self.writing = false;
        self.awaits_rows = false;
        self.show(at);
    }

    /// What is asked about photos of the list that are not simply decided.
    pub fn set_tasks(&mut self, tasks: impl Iterator<Item = (String, Task)>) {
        self.tasks = tasks.collect();
    }

    /// What is asked about this photo when it is not simply to be decided.
    pub fn task(&self, submission: &str) -> Option<Task> {
        self.tasks.get(submission).copied()
    }

    /// The same of the photo looked at.
    fn task_here(&self) -> Option<Task> {
        self.task(&self.current()?.submission)
    }

    /// The photo's decision is a known answer from now on, or no longer.
    pub fn known_marked(&mut self, submission: String, known: bool) {
        self.known.insert(submission, known);
    }

    /// Whether the decision of the photo looked at is a known answer; `None` until its photo is here.
    fn is_known(&self) -> Option<bool> {
        let marked = self.known.get(&self.current()?.submission).copied();
        marked.or_else(|| self.loaded().map(|loaded| loaded.is_known))
    }

    /// Puts what came meanwhile at the end of the list, each once.
    pub fn add(&mut self, items: impl Iterator<Item = QueueItem>) {
        let had_none_left = self.pending() == 0;
        self.list.add(items);
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
        self.list.current()
    }

    pub fn items(&self) -> (&[QueueItem], usize) {
        (self.list.items(), self.list.at())
    }

    /// Moves to this item; what was chosen for the last one waits there.
    pub fn look_at(&mut self, at: usize) {
        self.keep_draft();
        self.show(at);
    }

    fn show(&mut self, at: usize) {
        self.list.go_to(at);
        self.pinned = None;
        self.hovered = None;
        self.chosen =
            self.current().and_then(|item| self.drafts.get(&draft_key(item)).cloned()).unwrap_or_default();
        self.reason_page = 0;
        self.painted = None;
        self.view = View::default();
        self.zoom_asked = None;
        self.against = None;
    }

    pub fn look(&mut self, step: isize) {
        self.look_at(self.list.at().saturating_add_signed(step));
    }

    pub fn toggle_reason(&mut self, code: &str) {
        match self.chosen.iter().position(|chosen| chosen == code) {
            Some(index) => drop(self.chosen.remove(index)),
            None => self.chosen.push(code.to_owned()),
        }
    }

    /// Reasons chosen but not given, by submission and revision.
    pub fn drafts(&self) -> BTreeMap<String, Vec<String>> {
        let mut drafts = self.drafts.clone();
        if let Some((key, chosen)) = self.draft() {
            drafts.insert(key, chosen);
        }
        drafts
    }

    /// Takes the drafts of an earlier day; they show when their photo is looked at.
    pub fn set_drafts(&mut self, drafts: BTreeMap<String, Vec<String>>) {
        self.drafts = drafts;
    }

    /// What was chosen for the photo looked at, as long as it waits for a decision.
    fn draft(&self) -> Option<(String, Vec<String>)> {
        let item = self.current().filter(|item| item.state == State::PendingReview)?;
        (!self.chosen.is_empty()).then(|| (draft_key(item), self.chosen.clone()))
    }

    fn keep_draft(&mut self) {
        let Some(item) = self.current() else { return };
        let key = draft_key(item);
        self.drafts.remove(&key);
        if let Some((key, chosen)) = self.draft() {
            self.drafts.insert(key, chosen);
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
        if self.task(&item.submission).is_some_and(|task| task != Task::Test) {
            return None;
        }
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
        if !self.list.skip() {
            self.look(1);
            return true;
        }
        let from = self.list.at();
        self.go_on();
        self.list.at() != from
    }

    /// Takes the new state of a decided item and goes on to the next pending one. Gives the item as it was.
    pub fn decided(&mut self, item: QueueItem) -> Option<QueueItem> {
        self.writing = false;
        self.list.settled(&item.submission);
        let (_, before) = self.list.replace(item);
        self.go_on();
        before
    }

    /// Takes an item that was set aside with its note and goes on, or one that was given back and stays.
    pub fn held(&mut self, item: QueueItem, note: HoldNote) -> Option<QueueItem> {
        self.writing = false;
        let (id, is_held) = (item.submission.clone(), item.hold.is_some());
        self.list.set_aside(&id);
        let (at, before) = self.list.replace(item);
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
        let (at, before) = self.list.replace(item);
        self.look_at(at);
        before
    }

    /// The decided item now looked at: the undo key means it rather than the latest decision.
    pub fn decided_here(&self) -> Option<String> {
        let item = self.current()?;
        matches!(item.state, State::Approved | State::Rejected).then(|| item.submission.clone())
    }

    fn go_on(&mut self) {
        self.look_at(self.list.next());
    }

    /// Who set the photo now looked at aside, and why.
    fn note(&self) -> Option<&HoldNote> {
        let item = self.current()?;
        self.notes.get(&item.submission).or_else(|| self.loaded()?.note.as_ref())
    }

    /// Pending items left in this list.
    pub fn pending(&self) -> usize {
        self.list.pending()
    }

    pub fn final_arrived(&mut self, submission: String, result: Result<TextureHandle, String>) {
        self.finals.arrived(submission, result);
    }

    /// The worker left it, for another one was looked at.
    pub fn final_skipped(&mut self, submission: &str) {
        self.finals.skipped(submission);
    }

    /// The item whose final photo should be made now, once.
    pub fn final_wanted(&mut self) -> Option<String> {
        let wanted = self.current().filter(|_| self.needs_final() && !self.is_damaged());
        let wanted = wanted.map(|item| item.submission.clone());
        self.finals.want(wanted)
    }

    /// Tells a worker whether its final photo still is wanted.
    pub fn wanted(&self) -> Wanted {
        self.finals.wanted()
    }

    /// Compares with the result, or with the earlier photo at this place of the list.
    pub fn compare_with(&mut self, earlier: Option<usize>) {
        self.against = earlier;
    }

    /// What this submission showed before, the latest first.
    fn earlier_photos(&self) -> &[EarlierPhoto] {
        self.loaded().map_or(&[], |loaded| &loaded.earlier)
    }

    /// The earlier photo the present one is compared with.
    fn against(&self) -> Option<&EarlierPhoto> {
        self.earlier_photos().get(self.against?)
    }

    /// The earlier photo that should be read now, once: of which submission, and its hash.
    pub fn earlier_wanted(&mut self) -> Option<(String, String)> {
        let sha256 = self.against().filter(|_| self.tab == PhotoTab::Compare);
        let sha256 = sha256.map(|photo| photo.photo_sha256.clone());
        let asked = self.earlier.want(sha256)?;
        Some((self.current()?.submission.clone(), asked))
    }

    pub fn earlier_arrived(&mut self, sha256: String, result: Result<Framed, String>) {
        self.earlier.arrived(sha256, result);
    }

    fn earlier_picture(&self) -> Option<&Made<Framed>> {
        self.earlier.get(&self.against()?.photo_sha256)
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

    /// Asks for a closer or a farther view of the photo.
    pub fn zoom(&mut self, zoom: Zoom) {
        self.zoom_asked = Some(zoom);
    }

    /// True while the photo is seen closer than whole.
    pub fn is_close(&self) -> bool {
        !self.view.is_whole()
    }

    /// Decodes ahead around the place looked at, for a stage of this size.
    pub fn keep_photos(&mut self, stage_px: u32, desk: &Arc<Desk>, crew: &Crew) {
        let most_px = crew.context().input(|input| input.max_texture_side) as u32;
        self.photos.fit(stage_px, most_px);
        self.photos.keep_around(self.list.items(), self.list.at(), desk, crew);
    }

    /// Longest side of the stage in device pixels, as drawn last.
    pub fn stage_px(&self) -> u32 {
        self.stage_px
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
        if self.list.items().is_empty() {
            done::nothing_to_review(ui, scene);
            return;
        }
        let p = palette(ui);
        let is_narrow = ui.available_width() < size::NARROW;
        let facts = if is_narrow { ui.available_width() * NARROW_FACTS } else { size::FACTS };
        // The stage needs the room; the ways to the neighbours stand above the photo.
        if !is_narrow {
            Panel::left("filmstrip")
                .exact_size(size::FILMSTRIP)
                .resizable(false)
                .frame(surface(p.panel, vec2(space::S, space::S)))
                .show(ui, |ui| filmstrip::draw(ui, self, scene));
        }
        Panel::right("facts")
            .exact_size(facts)
            .resizable(false)
            .frame(surface(p.panel, vec2(space::M, space::M)))
            .show(ui, |ui| facts::draw(ui, self, scene));
        CentralPanel::default()
            .frame(surface(VIEWING_GREY, vec2(0.0, 0.0)))
            .show(ui, |ui| stage::draw(ui, self, scene));
    }
}

/// A draft holds for one revision: another photo wants another look.
fn draft_key(item: &QueueItem) -> String {
    format!("{}#{}", item.submission, item.revision)
}

/// Of a narrow place, the share of the facts.
const NARROW_FACTS: f32 = 0.46;

/// Groups of findings in the order of their weight.
const GROUPS: [Verdict; 4] = [Verdict::Fail, Verdict::Warn, Verdict::Unknown, Verdict::Pass];

#[cfg(test)]
mod tests;
