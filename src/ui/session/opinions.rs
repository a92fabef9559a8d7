//! Second looks, rulings, tests and who may do what: asked for here, and put where they belong when they come back.

use std::sync::Arc;

use super::Session;
use crate::i18n::words;
use crate::submission::second::Effect;
use crate::submission::{Decision, Hold, HoldNote, Role};
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done, Lane};
use crate::ui::dialogs::{AgainForm, Dialog};
use crate::ui::screens::review::Task;
use crate::workflow::desk::QueueItem;
use crate::workflow::quality::{self, AgainPlan, AgainScope, Shares};
use crate::workflow::{Desk, DeskError};

/// Writes what was decided on a photo that is not simply to be decided.
pub(super) fn send(desk: Arc<Desk>, task: Task, decision: Decision, crew: &Crew) {
    crew.send(Lane::Desk, move || {
        let result = match task {
            Task::Second => quality::opine(&desk, &decision).map(|item| (item, None)),
            Task::Test => quality::answer(&desk, &decision).map(|item| (item, None)),
            Task::Ruling => quality::rule(&desk, &decision).map(|(item, effect)| (item, Some(effect))),
        };
        Done::Opined { task, decision, result }
    });
}

impl Session {
    pub(super) fn opined(
        &mut self,
        task: Task,
        decision: &Decision,
        result: Result<(QueueItem, Option<Effect>), DeskError>,
        equipment: &Equipment,
        crew: &Crew,
    ) {
        let (item, effect) = match result {
            Ok(written) => written,
            Err(error) => {
                self.review.set_writing(false);
                return self.say_error(&error);
            }
        };
        self.last_sweep = None;
        self.overview.decided_today += 1;
        let decided = self.said(decision, equipment);
        let said = match (task, effect) {
            (Task::Test, _) => decided,
            (_, None) => words!("said.second", opinion = decided).into_owned(),
            (_, Some(Effect::Upheld)) => words!("said.upheld").into_owned(),
            (_, Some(Effect::Changed)) => words!("said.changed", opinion = decided).into_owned(),
            (_, Some(Effect::Recall)) => words!("said.recall").into_owned(),
        };
        self.last_opinion = effect.is_none().then(|| item.submission.clone());
        if effect.is_some() {
            self.hub.nudge();
        }
        let before = self.review.decided(item.clone());
        match (task, before) {
            // Counts move as they would for any other photo.
            (Task::Test, Some(before)) => self.overview.moved(&before, &item),
            (Task::Test, None) => {}
            (Task::Second | Task::Ruling, _) => self.refresh(crew),
        }
        self.say_done(said, effect.is_none());
    }

    pub(super) fn opinion_taken_back(&mut self, result: Result<QueueItem, DeskError>, crew: &Crew) {
        self.review.set_writing(false);
        match result {
            Ok(item) => {
                // Another list may be open by now, which knows nothing of this photo.
                if self.review.task(&item.submission).is_some() {
                    self.review.undone(item);
                }
                self.last_opinion = None;
                self.say_done(words!("said.undone").into_owned(), false);
                self.refresh(crew);
            }
            Err(error) => self.say_error(&error),
        }
    }

    /// Setting a photo aside whose answer is known would come to nothing: the person is told and it leaves the list.
    pub(super) fn leave_test(&mut self, hold: &Hold) {
        let item = self.review.current().filter(|item| item.submission == hold.submission).cloned();
        let Some(item) = item else { return };
        let at_ms = jiff::Timestamp::now().as_millisecond();
        let note = HoldNote { by: hold.reviewer.clone(), at_ms, text: String::new() };
        self.review.held(QueueItem { hold: hold.hold, ..item }, note);
        self.say_done(words!("said.was_test").into_owned(), false);
    }

    pub(super) fn set_role(&mut self, name: String, role: Role, crew: &Crew) {
        let (desk, by) = (self.desk.clone(), self.reviewer.clone());
        crew.send(Lane::Desk, move || Done::WatchSet(quality::set_role(&desk, &name, role, &by)));
    }

    pub(super) fn set_shares(&mut self, batch: Option<String>, shares: Shares, crew: &Crew) {
        let (desk, by) = (self.desk.clone(), self.reviewer.clone());
        crew.send(Lane::Desk, move || {
            Done::WatchSet(quality::set_shares(&desk, batch.as_deref(), shares, &by))
        });
    }

    pub(super) fn watch_set(&mut self, result: Result<(), DeskError>, crew: &Crew) {
        match result {
            Ok(()) => self.say_done(words!("said.watch_set").into_owned(), false),
            Err(error) => self.say_error(&error),
        }
        self.refresh(crew);
    }

    pub(super) fn mark_known(&mut self, known: bool, crew: &Crew) {
        let Some(submission) = self.review.current().map(|item| item.submission.clone()) else { return };
        let (desk, by) = (self.desk.clone(), self.reviewer.clone());
        crew.send(Lane::Desk, move || {
            let result = quality::mark_known(&desk, &submission, known, &by);
            Done::KnownMarked { submission, known, result }
        });
    }

    pub(super) fn known_marked(&mut self, submission: String, known: bool, result: Result<(), DeskError>) {
        match result {
            Ok(()) => {
                self.review.known_marked(submission, known);
                let said = if known { words!("said.known_marked") } else { words!("said.known_unmarked") };
                self.say_done(said.into_owned(), false);
            }
            Err(error) => self.say_error(&error),
        }
    }

    pub(super) fn reopen(&mut self, crew: &Crew) {
        let Some(submission) = self.review.decided_here() else {
            return self.say_problem(words!("said.nothing_to_reopen").into_owned());
        };
        let (desk, by) = (self.desk.clone(), self.reviewer.clone());
        self.review.set_writing(true);
        crew.send(Lane::Desk, move || Done::Undone(quality::reopen(&desk, &submission, &by).map(Some)));
    }

    pub(super) fn open_again(&mut self) {
        if !self.overview.watch.is_senior() {
            return self.say_problem(words!("said.senior_only").into_owned());
        }
        self.dialog = Dialog::Again(AgainForm::default());
    }

    pub(super) fn plan_again(&mut self, scope: AgainScope, crew: &Crew) {
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || Done::AgainPlanned(quality::plan_again(&desk, &scope)));
    }

    pub(super) fn again_planned(&mut self, result: Result<AgainPlan, DeskError>) {
        match (result, &mut self.dialog) {
            (Ok(plan), Dialog::Again(form)) => form.arrived(plan),
            (Ok(_), _) => {}
            (Err(error), _) => self.say_error(&error),
        }
    }

    pub(super) fn review_again(&mut self, scope: AgainScope, crew: &Crew) {
        self.dialog = Dialog::None;
        let (desk, by) = (self.desk.clone(), self.reviewer.clone());
        crew.send(Lane::Desk, move || Done::PutUpAgain(quality::review_again(&desk, &scope, &by)));
    }

    pub(super) fn again_done(&mut self, result: Result<usize, DeskError>, crew: &Crew) {
        match result {
            Ok(count) => self.say_done(words!("said.again", n = count).into_owned(), false),
            Err(error) => self.say_error(&error),
        }
        self.statistics.forget();
        self.refresh(crew);
    }
}
