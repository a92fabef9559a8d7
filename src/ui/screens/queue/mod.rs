//! The queue: batches with their progress on the left, the submissions that match the filters on the right.

mod batches;
mod filters;
mod finer;
mod sheet;
mod table;

use egui::{CentralPanel, Key, Panel, Ui, vec2};

use super::Scene;
use super::review::Task;
use crate::i18n::words;
use crate::submission::State;
use crate::ui::action::{Action, Filter};
use crate::ui::hub_tie::HubTie;
use crate::ui::icons;
use crate::ui::problem;
use crate::ui::theme::{palette, size, space, surface};
use crate::ui::widgets::{button, empty, label, progress};
use crate::workflow::DeskError;
use crate::workflow::desk::{Pile, QueueFilter, QueueItem};

pub use table::{person, received};

/// What the queue remembers.
#[derive(Default)]
pub struct QueueScreen {
    pub filter: QueueFilter,
    /// The worst checks first instead of the oldest.
    by_risk: bool,
    /// Rows of the filter, oldest first; `None` until they came for the first time.
    rows: Option<Vec<QueueItem>>,
    /// True when the filter changed and its rows are not here yet.
    asked: bool,
    selected: Option<String>,
    /// The row the keys moved to: it is brought into sight once.
    scroll_to: Option<usize>,
    /// True until the search field has been given the focus.
    wants_search: bool,
    error: Option<String>,
    /// The rows are shown as pictures.
    shows_sheet: bool,
    pub sheet: sheet::Sheet,
}

/// Rows a page key moves by.
const PAGE: isize = 12;

impl QueueScreen {
    /// Narrows the filter; true when the rows must be fetched anew.
    pub fn narrow(&mut self, filter: Filter) -> bool {
        let before = (self.filter.clone(), self.by_risk);
        match filter {
            Filter::Batch(batch) => self.filter.batch = batch,
            Filter::State(state) => self.filter = QueueFilter { state, ..self.anew() },
            Filter::Hold(kind) => self.filter = QueueFilter { hold: Some(kind), ..self.anew() },
            Filter::Pile(pile) => {
                let (batch, text) = (self.filter.batch.clone(), self.filter.text.clone());
                self.filter = QueueFilter { batch, text, pile: Some(pile), ..QueueFilter::default() };
            }
            Filter::Clear => {
                self.filter = QueueFilter { batch: self.filter.batch.clone(), ..QueueFilter::default() };
            }
            Filter::School(school) => self.filter.school = school,
            Filter::Verdict(verdict) => self.filter.verdict = verdict,
            Filter::Reason(reason) => self.filter.reason = reason,
            Filter::Attempt(attempt) => self.filter.attempt = attempt,
            Filter::Text(text) => self.filter.text = text,
            Filter::ByRisk(by_risk) => self.by_risk = by_risk,
        }
        if before.0.pile != self.filter.pile {
            // Rows of another kind must not be taken for these.
            self.rows = None;
        }
        let changed = before != (self.filter.clone(), self.by_risk);
        self.asked |= changed;
        changed
    }

    /// The filter of any state.
    fn anew(&self) -> QueueFilter {
        QueueFilter { state: None, hold: None, pile: None, ..self.filter.clone() }
    }

    /// What is asked about the rows now shown when they lie beside the queue.
    pub fn tasks(&self) -> impl Iterator<Item = (String, Task)> {
        let task = self.filter.pile.as_ref().map(|pile| match pile {
            Pile::Second { .. } => Task::Second,
            Pile::Disputed => Task::Ruling,
        });
        let ids = self.rows().iter().map(|item| item.submission.clone());
        ids.filter_map(move |id| Some((id, task?)))
    }

    /// Brings rows that come oldest first into the order asked for.
    pub fn order(&self) -> fn(&mut [QueueItem]) {
        if self.by_risk { worst_first } else { |_| {} }
    }

    /// Takes the rows of a filter; late answers to an older filter are dropped.
    pub fn arrived(&mut self, filter: &QueueFilter, result: Result<Vec<QueueItem>, DeskError>) {
        if *filter != self.filter {
            return;
        }
        self.asked = false;
        match result {
            Ok(rows) => (self.rows, self.error) = (Some(rows), None),
            Err(error) => self.error = Some(problem::text(error.code(), &error.to_string())),
        }
    }

    /// Takes the new state of one row; whether it still matches is settled when the rows are read again.
    pub fn replace(&mut self, item: QueueItem) {
        let rows = self.rows.iter_mut().flatten();
        if let Some(row) = rows.into_iter().find(|row| row.submission == item.submission) {
            *row = item;
        }
    }

    /// Shows the rows as pictures, or as a table.
    pub fn show_sheet(&mut self, sheet: bool) {
        self.shows_sheet = sheet;
    }

    /// What lies beside the queue is looked at one by one, never swept.
    fn is_sheet(&self) -> bool {
        self.shows_sheet && self.filter.pile.is_none()
    }

    /// What the person swept over on the contact sheet.
    pub fn sweep_group(&self) -> Vec<QueueItem> {
        self.sheet.group(self.rows())
    }

    /// Puts the cursor into the search field.
    pub fn focus_search(&mut self) {
        self.wants_search = true;
    }

    /// Walks the rows and opens the selected one.
    pub fn read_keys(&mut self, ctx: &egui::Context) -> Option<Action> {
        let pressed = |key| ctx.input(|input| input.key_pressed(key));
        let last = self.rows().len().checked_sub(1)?;
        let at = self.selected_row();
        if pressed(Key::Enter) {
            return at.map(Action::ReviewFrom);
        }
        let steps = [
            (Key::ArrowDown, 1),
            (Key::ArrowUp, -1),
            (Key::PageDown, PAGE),
            (Key::PageUp, -PAGE),
            (Key::Home, isize::MIN),
            (Key::End, isize::MAX),
        ];
        let (_, step) = steps.into_iter().find(|(key, _)| pressed(*key))?;
        let to = match at {
            Some(at) => at.saturating_add_signed(step).min(last),
            None if step == isize::MAX => last,
            None => 0,
        };
        self.selected = self.rows().get(to).map(|item| item.submission.clone());
        self.scroll_to = Some(to);
        None
    }

    /// The rows now shown.
    pub fn rows(&self) -> &[QueueItem] {
        self.rows.as_deref().unwrap_or_default()
    }

    pub fn draw(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let p = palette(ui);
        let is_narrow = ui.available_width() < size::NARROW;
        if !is_narrow {
            Panel::left("batches")
                .exact_size(size::BATCHES)
                .resizable(false)
                .frame(surface(p.panel, vec2(space::M, space::M)))
                .show(ui, |ui| batches::draw(ui, &self.filter, scene));
        }
        let margin = if is_narrow { vec2(space::M, space::S) } else { vec2(space::L, space::M) };
        CentralPanel::default().frame(surface(p.window, margin)).show(ui, |ui| {
            if is_narrow && !scene.overview.batches.is_empty() {
                batches::choice(ui, &self.filter, scene);
            }
            self.draw_submissions(ui, scene);
        });
    }

    fn draw_submissions(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        if scene.overview.batches.is_empty() {
            welcome(ui, scene);
            return;
        }
        self.draw_heading(ui, scene);
        ui.add_space(space::XS);
        filters::draw(ui, &self.filter, std::mem::take(&mut self.wants_search), scene);
        ui.add_space(space::S);
        if let Some(error) = &self.error {
            empty::show(ui, icons::PROBLEM, &words!("queue.error"), error, |_| {});
        } else if self.rows.as_ref().is_some_and(Vec::is_empty) && !self.asked {
            self.draw_nothing_here(ui, scene);
        } else if let Some(rows) = self.rows.as_ref().filter(|_| self.is_sheet()) {
            self.sheet.draw(ui, rows, scene);
        } else if let Some(rows) = &self.rows {
            let view = table::View { rows, by_risk: self.by_risk, scroll_to: self.scroll_to.take() };
            table::draw(ui, &view, &mut self.selected, scene);
        }
    }

    fn draw_heading(&self, ui: &mut Ui, scene: &mut Scene<'_>) {
        ui.horizontal(|ui| {
            ui.set_min_height(size::TALL_CONTROL);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                self.draw_start(ui, scene);
                button::with_icon(
                    ui,
                    icons::IMPORT,
                    Action::OpenImport(Vec::new()),
                    !scene.is_busy(),
                    scene.actions,
                );
                if self.filter.pile.is_none() {
                    let other = Action::ShowSheet(!self.shows_sheet);
                    let icon = if self.shows_sheet { icons::TABLE } else { icons::SHEET };
                    button::icon(ui, icon, other, false, scene.actions);
                }
                if let Some(row) = self.selected_row().filter(|_| !self.is_sheet()) {
                    button::plain(ui, Action::ReviewFrom(row), true, scene.actions);
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    label::title(ui, &self.heading(scene));
                });
            });
        });
    }

    /// The button this place is about: reviewing what waits, or what lies beside the queue.
    fn draw_start(&self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let rows = self.rows().len();
        let (action, text, count) = match &self.filter.pile {
            Some(Pile::Second { .. }) => {
                (Action::ReviewFrom(0), words!("queue.start_second", n = rows), rows)
            }
            Some(Pile::Disputed) => (Action::ReviewFrom(0), words!("queue.start_ruling", n = rows), rows),
            None => {
                let pending = self.pending(scene);
                let text = match pending {
                    0 => words!("queue.start_review_none"),
                    n => words!("queue.start_review", n = n),
                };
                (Action::ReviewPending(self.filter.batch.clone()), text, pending)
            }
        };
        button::primary(ui, action, &text, count > 0, scene.actions);
    }

    /// Where the selected submission stands in the rows now shown.
    fn selected_row(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.rows().iter().position(|item| item.submission == *selected)
    }

    fn heading(&self, scene: &Scene<'_>) -> String {
        let chosen = self.filter.batch.as_ref();
        let summary = chosen.and_then(|code| scene.overview.batches.iter().find(|s| s.batch.code == *code));
        match summary {
            Some(summary) => summary.batch.full_name(),
            None => words!("queue.all_batches").into_owned(),
        }
    }

    /// Submissions of the chosen batch, or of all, that wait and are not set aside.
    fn pending(&self, scene: &Scene<'_>) -> usize {
        let of_batch = |code: &str| self.filter.batch.as_deref().is_none_or(|chosen| chosen == code);
        scene.overview.batches.iter().filter(|s| of_batch(&s.batch.code)).map(|s| s.waiting()).sum()
    }

    fn draw_nothing_here(&self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let (title, hint) = match &self.filter.pile {
            Some(Pile::Second { .. }) => (words!("queue.no_second"), words!("queue.no_second_hint")),
            Some(Pile::Disputed) => (words!("queue.no_disputes"), words!("queue.no_disputes_hint")),
            None => (words!("queue.no_match"), words!("queue.no_match_hint")),
        };
        let narrowed = self.filter.pile.is_some()
            || self.filter.finer() > 0
            || self.filter.state.is_some()
            || self.filter.hold.is_some()
            || !self.filter.text.is_empty();
        if narrowed {
            empty::show(ui, icons::SEARCH, &title, &hint, |ui| {
                if ui.button(words!("queue.clear_filters")).clicked() {
                    scene.ask(Action::Narrow(Filter::Clear));
                }
            });
        } else {
            empty::show(
                ui,
                icons::PHOTO,
                &words!("queue.no_photos"),
                &words!("queue.no_photos_hint"),
                |ui| {
                    let text = words!("action.import");
                    button::primary(
                        ui,
                        Action::OpenImport(Vec::new()),
                        &text,
                        !scene.is_busy(),
                        scene.actions,
                    );
                },
            );
        }
    }
}

/// Worst verdict first, then the most failures, then the most warnings; rows alike keep their order.
fn worst_first(rows: &mut [QueueItem]) {
    rows.sort_by_key(|item| std::cmp::Reverse((item.verdict, item.failed_checks, item.warned_checks)));
}

/// The first opening: nothing is here yet.
fn welcome(ui: &mut Ui, scene: &mut Scene<'_>) {
    if let Some(running) = scene.running {
        empty::show(ui, icons::QUEUE, &running.what, &running.sentence(), |ui| {
            progress::bar(ui, running, size::FIELD);
            ui.add_space(space::S);
            button::plain(ui, Action::CancelJob, true, scene.actions);
        });
        return;
    }
    empty::show(ui, icons::QUEUE, &words!("welcome.title"), &words!("welcome.hint"), |ui| {
        button::primary(
            ui,
            Action::OpenNewBatch,
            &words!("action.new_batch"),
            !scene.is_busy(),
            scene.actions,
        );
        ui.add_space(space::XS);
        if scene.samples {
            ui.add_space(space::XS);
            button::plain(ui, Action::MakeSamples, !scene.is_busy(), scene.actions);
        }
        if HubTie::IS_BUILT_IN {
            ui.add_space(space::XS);
            button::plain(ui, Action::OpenConnect, true, scene.actions);
        }
    });
}

/// The states a person filters by, in the order of the work.
const FILTER_STATES: [State; 4] =
    [State::PendingReview, State::Approved, State::Rejected, State::InProduction];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;

    #[test]
    fn the_worst_come_first_and_those_alike_stay_in_the_order_they_came() {
        let row = |name: &str, verdict, failed_checks, warned_checks| QueueItem {
            submission: name.into(),
            batch: "B7K2QX".into(),
            masked_name: String::new(),
            state: State::PendingReview,
            attempt: 1,
            revision: 1,
            photo_sha256: String::new(),
            received_at_ms: 0,
            verdict,
            failed_checks,
            warned_checks,
            hold: None,
        };
        let mut rows = vec![
            row("unchecked", None, 0, 0),
            row("passed", Some(Verdict::Pass), 0, 0),
            row("warned", Some(Verdict::Warn), 0, 2),
            row("failed once", Some(Verdict::Fail), 1, 3),
            row("failed twice", Some(Verdict::Fail), 2, 0),
            row("warned too", Some(Verdict::Warn), 0, 2),
        ];
        worst_first(&mut rows);
        let names: Vec<&str> = rows.iter().map(|row| row.submission.as_str()).collect();
        assert_eq!(names, ["failed twice", "failed once", "warned", "warned too", "passed", "unchecked"]);
    }
}
