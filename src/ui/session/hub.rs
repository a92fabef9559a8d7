//! The session and its hub: rounds that ended, connecting, and decisions the hub refused.

use super::Session;
use crate::i18n::words;
use crate::submission::State;
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done, Lane};
use crate::ui::dialogs::{Dialog, FetchCard};
use crate::ui::hub_tie::{AtHub, FetchEnd, HubTie, HubView, RoundEnd};
use crate::ui::route::Route;
use crate::workflow::DeskError;
use crate::workflow::desk::{QueueFilter, QueueItem};
use crate::workflow::hub_state::Conflict;

impl Session {
    /// Goes in step with the hub this desk is enrolled at, if it is.
    pub fn tie_to_hub(&mut self, crew: &Crew) {
        match HubTie::begin(&self.desk, crew) {
            Ok(tie) => self.hub = tie,
            Err(error) => self.say_error(&error),
        }
        self.read_conflicts(crew);
    }

    pub(super) fn hub_view(&self, equipment: &Equipment) -> HubView {
        let seen_ms = equipment.settings.conflicts_seen_ms;
        HubView {
            state: self.hub.state(),
            url: self.hub.url().map(str::to_owned),
            unseen_conflicts: self.conflicts.iter().filter(|conflict| conflict.at_ms > seen_ms).count(),
        }
    }

    pub(super) fn round_ended(&mut self, ended: RoundEnd, crew: &Crew) {
        if ended.pulled > 0 {
            self.check_waiting(crew);
        }
        if ended.pulled + ended.changed > 0 {
            self.refresh(crew);
            self.read_conflicts(crew);
        }
    }

    pub(super) fn connect(&mut self, url: String, code: String, crew: &Crew) {
        let desk = self.desk.clone();
        crew.start(move || Done::Connected(HubTie::enrol(&desk, &url, &code)));
    }

    pub(super) fn connected(&mut self, result: Result<String, DeskError>, crew: &Crew) {
        match result {
            Ok(name) => {
                self.dialog = Dialog::None;
                self.say_done(words!("hub.connected", name = name).into_owned(), false);
                self.tie_to_hub(crew);
            }
            Err(error) => self.say_error(&error),
        }
    }

    /// Shows what the hub refused and what stations say differently; from now on it counts as seen.
    pub(super) fn open_conflicts(&mut self, crew: &Crew, equipment: &mut Equipment) {
        self.show_conflicts(crew);
        equipment.settings.conflicts_seen_ms = self.conflicts.iter().map(|it| it.at_ms).max().unwrap_or(0);
        self.save_settings(equipment);
    }

    pub(super) fn conflicts_read(&mut self, result: Result<Vec<Conflict>, DeskError>) {
        match result {
            Ok(conflicts) => self.conflicts = conflicts,
            Err(error) => self.say_error(&error),
        }
    }

    fn read_conflicts(&self, crew: &Crew) {
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || Done::Conflicts(HubTie::conflicts(&desk)));
    }

    /// Asks the hub which batches have something to print.
    pub(super) fn ask_hub_what_to_print(&self, crew: &Crew) {
        let desk = self.desk.clone();
        crew.start(move || Done::AtHub(HubTie::batches(&desk)));
    }

    pub(super) fn hub_batches_read(&mut self, result: Result<Vec<AtHub>, DeskError>) {
        match result {
            Ok(batches) => self.dialog = Dialog::Fetch(FetchCard { batches }),
            Err(error) => self.say_error(&error),
        }
    }

    pub(super) fn fetch_approved(&mut self, batch: String, crew: &Crew) {
        self.dialog = Dialog::None;
        self.run(words!("fetch.running"), crew, move |desk, job| {
            Done::Fetched(HubTie::fetch_approved(desk, &batch, job))
        });
    }

    pub(super) fn fetched(&mut self, result: Result<FetchEnd, DeskError>, crew: &Crew) {
        self.running = None;
        match result {
            Ok(FetchEnd { fetched, known, failed: 0 }) => {
                self.say_done(words!("fetch.done", n = fetched, known = known).into_owned(), false);
            }
            Ok(FetchEnd { fetched, failed, .. }) => {
                self.say_problem(words!("fetch.partly", n = fetched, failed = failed).into_owned());
            }
            Err(error) => self.say_error(&error),
        }
        self.print_room.approvals_changed();
        self.refresh(crew);
        // Processed photos are made of what the check has measured.
        self.check_waiting(crew);
    }

    pub(super) fn fetch_orders(&mut self, crew: &Crew) {
        self.dialog = Dialog::None;
        self.run(words!("fetch.running"), crew, |desk, job| {
            Done::OrdersFetched(HubTie::fetch_orders(desk, job))
        });
    }

    pub(super) fn orders_fetched(&mut self, result: Result<usize, DeskError>, crew: &Crew) {
        self.running = None;
        match result {
            Ok(came) => self.say_done(words!("fetch.orders_done", n = came).into_owned(), false),
            Err(error) => self.say_error(&error),
        }
        self.refresh(crew);
        self.check_waiting(crew);
    }

    /// Asks for what came since the review was opened.
    pub(super) fn ask_for_more(&self, crew: &Crew) {
        let Some(batch) = self.reviewing.clone().filter(|_| self.route == Route::Review) else { return };
        let filter = QueueFilter { batch, state: Some(State::PendingReview), ..QueueFilter::default() };
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || Done::MoreRows(desk.queue(&filter)));
    }

    pub(super) fn more_rows(&mut self, result: Result<Vec<QueueItem>, DeskError>) {
        match result {
            Ok(rows) => self.review.add(rows.into_iter().filter(|item| item.hold.is_none())),
            Err(error) => self.say_error(&error),
        }
    }
}
