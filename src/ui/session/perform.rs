//! The one place where actions are carried out.

use std::path::PathBuf;

use egui::{Context, ViewportCommand};

use super::{Session, opinions};
use crate::i18n::{self, words};
use crate::submission::{Hold, HoldKind, State, Verb};
use crate::ui::action::{Action, Choice, Filter};
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done, Lane, Picked};
use crate::ui::dialogs::{
    CalibrationForm, ConnectForm, Dialog, ImportForm, NewBatchForm, NoteForm, OwnKeys, PaletteForm,
    PeopleForm, RecallsCard,
};
use crate::ui::keymap;
use crate::ui::picker;
use crate::ui::problem;
use crate::ui::route::Route;
use crate::ui::theme;
use crate::ui::widgets::progress::Running;
use crate::workflow::desk::{NewBatch, QueueFilter};
use crate::workflow::sweep::{self, SweepPlan};
use crate::workflow::{export, intake, quality, review};

impl Session {
    pub(super) fn perform(&mut self, action: Action, ctx: &Context, crew: &Crew, equipment: &mut Equipment) {
        match action {
            Action::Go(route) => self.go(route, ctx, crew, equipment),
            Action::Choose(choice) => self.choose(choice, ctx, equipment),
            Action::ChooseKey { id, key } => self.choose_key(id, key, equipment),
            Action::UsualKeys => {
                equipment.settings.keys.clear();
                self.keys_changed(equipment);
            }
            Action::Narrow(filter) => self.narrow(filter, crew),
            Action::OpenNewBatch => {
                self.dialog = Dialog::NewBatch(Box::new(NewBatchForm::new(&self.desk, &equipment.shop)));
            }
            Action::CreateBatch(new) => self.create_batch(new, crew),
            Action::OpenImport(paths) => self.open_import(&paths, equipment),
            Action::PickPhotos => pick(crew, equipment, Picked::Photos, false),
            Action::PickPhotoFolder => pick(crew, equipment, Picked::Photos, true),
            Action::PickExportFolder => pick(crew, equipment, Picked::ExportFolder, true),
            Action::Import { batch, paths } => self.import(batch, paths, crew),
            Action::OnSite(wish) => self.on_site(wish, crew, equipment),
            Action::OpenRoster(batch) => self.open_roster(batch, equipment),
            Action::PickRoster => pick(crew, equipment, Picked::Roster, false),
            Action::ReadRoster(path) => self.read_roster(path, crew),
            Action::MapColumn { column, field } => self.map_column(column, field, crew),
            Action::ImportRoster { batch, file } => self.import_roster(batch, file, crew),
            Action::MakeSamples => self.make_samples(crew, equipment),
            Action::CloseDialog => self.dialog = Dialog::None,
            Action::CancelJob => self.running.iter().for_each(|running| running.job.cancel()),
            Action::ReviewFrom(row) => {
                self.go(Route::Review, ctx, crew, equipment);
                self.reviewing = None;
                self.review.open(self.queue.rows().to_vec(), row);
                self.review.set_tasks(self.queue.tasks());
            }
            Action::ReviewPending(batch) => self.review_pending(batch, ctx, crew, equipment),
            Action::Approve => self.decide(Verb::Approve, Vec::new(), crew, equipment),
            Action::RejectFor(code) => {
                let mut reasons = self.review.chosen().to_vec();
                reasons.retain(|chosen| *chosen != code);
                reasons.push(code);
                self.decide(Verb::Reject, reasons, crew, equipment);
            }
            Action::RejectChosen => self.decide(Verb::Reject, self.review.chosen().to_vec(), crew, equipment),
            Action::ToggleReason(code) => self.review.toggle_reason(&code),
            Action::TurnReasonPage => self.review.turn_reason_page(self.desk.reasons.presets().len()),
            Action::Undo => self.undo(crew, equipment),
            Action::ShowSheet(sheet) => self.queue.show_sheet(sheet),
            Action::PlanSweep => self.plan_sweep(crew),
            Action::ApproveSweep(plan) => self.approve_sweep(*plan, crew, equipment),
            Action::DoubtSweep(submission) => self.doubt_sweep(&submission, ctx, crew, equipment),
            Action::Look(step) => self.review.look(step),
            Action::LookAt(index) => self.review.look_at(index),
            Action::Skip => self.skip(),
            Action::OpenNote(kind) => self.open_note(kind, crew, equipment),
            Action::SetAside { hold, note } => self.set_aside(hold, note, crew),
            Action::OpenOwnKeys => self.dialog = Dialog::OwnKeys(OwnKeys::default()),
            Action::OpenPalette => self.dialog = Dialog::Palette(PaletteForm::default()),
            Action::OpenConnect => self.dialog = Dialog::Connect(ConnectForm::new(self.hub.url())),
            Action::Connect { url, code } => self.connect(url, code, crew),
            Action::OpenConflicts => self.open_conflicts(crew, equipment),
            Action::OpenKeys => self.dialog = Dialog::Keys,
            Action::FocusSearch => self.queue.focus_search(),
            Action::Toggle(layer) => {
                if !self.review.toggle(layer) {
                    equipment.settings.guides = !equipment.settings.guides;
                    self.save_settings(equipment);
                }
            }
            Action::Show(tab) => self.review.tab = tab,
            Action::CompareWith(earlier) => self.review.compare_with(earlier),
            Action::Zoom(zoom) => self.review.zoom(zoom),
            Action::OpenPrintRoom(batch) => self.open_print_room(batch, ctx, crew, equipment),
            Action::TurnSheet(step) => self.print_room.turn(step),
            Action::Export => self.export(crew, equipment),
            Action::OpenOrders(state) => self.read_orders(state, crew),
            Action::AdvanceOrders { numbers, event } => self.advance_orders(numbers, event, crew, equipment),
            Action::ShipOrder { number, carrier, tracking } => {
                self.ship_order(number, carrier, tracking, crew, equipment);
            }
            Action::PrintOrders(numbers) => self.print_orders(numbers, crew),
            Action::WriteOrderPapers(numbers) => self.write_order_papers(&numbers, equipment),
            Action::OpenRecalls => {
                self.dialog = Dialog::Recalls(RecallsCard { recalls: self.print_room.recalls() });
            }
            Action::SettleRecall { job, submission } => self.settle_recall(&job, &submission, equipment),
            Action::OpenPrintings => self.open_printings(),
            Action::OpenFetch => self.ask_hub_what_to_print(crew),
            Action::FetchApproved(batch) => self.fetch_approved(batch, crew),
            Action::FetchOrders => self.fetch_orders(crew),
            Action::PrintSheets(job) => self.print_sheets(job, None, crew),
            Action::SettleSheet { job, sheet, came_out } => {
                self.settle_sheet(&job, sheet, came_out, equipment);
            }
            Action::GiveUpPrinting(job) => self.give_up_printing(&job, equipment),
            Action::FindQueues => Self::find_queues(crew),
            Action::SetQueue { printer, uri } => self.set_queue(&printer, uri, equipment),
            Action::LookAgain => self.print_room.approvals_changed(),
            Action::PrintAgain { people, layout, paper } => {
                let layout = (!layout.is_empty()).then_some((layout, paper));
                self.print_room.print_again(people, layout);
                self.dialog = Dialog::None;
            }
            Action::OpenCalibration { printer, paper } => {
                let folder = self.print_room.folder();
                self.dialog = Dialog::Calibration(CalibrationForm::new(printer, paper, folder));
            }
            Action::WriteCalibrationPage { printer, paper, folder } => {
                self.write_calibration_page(&printer, &paper, &folder, equipment);
            }
            Action::KeepCalibration { printer, paper, measured } => {
                self.keep_calibration(&printer, &paper, &measured, equipment);
            }
            Action::OpenFolder(folder) => self.open_folder(&folder),
            Action::DismissNotice => self.notice = None,
            Action::OpenPeople => self.dialog = Dialog::People(PeopleForm::default()),
            Action::SetRole { name, role } => self.set_role(name, role, crew),
            Action::SetShares { batch, shares } => self.set_shares(batch, shares, crew),
            Action::MarkKnown(known) => self.mark_known(known, crew),
            Action::Reopen => self.reopen(crew),
            Action::OpenAgain => self.open_again(),
            Action::PlanAgain(scope) => self.plan_again(scope, crew),
            Action::ReviewAgain(scope) => self.review_again(scope, crew),
        }
        ctx.request_repaint();
    }

    fn go(&mut self, route: Route, ctx: &Context, crew: &Crew, equipment: &Equipment) {
        self.route = route;
        self.dialog = Dialog::None;
        ctx.memory_mut(|memory| memory.stop_text_input());
        self.name_window(ctx);
        match route {
            Route::PrintRoom => self.enter_print_room(equipment),
            Route::OnSite => self.enter_on_site(),
            _ => {}
        }
        self.print_room.approvals_changed();
        self.statistics.forget();
        if route == Route::Review && self.review.pending() == 0 {
            self.review.open(Vec::new(), 0);
        }
        self.refresh(crew);
    }

    /// The batch that the queue shows, or the only one.
    fn likely_batch(&self) -> Option<String> {
        let only = match self.overview.batches.as_slice() {
            [summary] => Some(summary.batch.code.clone()),
            _ => None,
        };
        self.queue.filter.batch.clone().or(only)
    }

    /// Chooses the batch with most to print, unless one was chosen before.
    pub(super) fn enter_print_room(&mut self, equipment: &Equipment) {
        let most_ready = self.overview.batches.iter().max_by_key(|summary| summary.approved);
        if let Some(summary) = most_ready.filter(|_| self.print_room.batch().is_none()) {
            self.print_room.choose(summary, &equipment.shop, &equipment.settings);
        }
    }

    pub(super) fn enter_on_site(&mut self) {
        let batch = self.likely_batch();
        self.on_site.enter(batch);
    }

    /// The title bar shows the place, never a person.
    fn name_window(&self, ctx: &Context) {
        let title = format!("{} – Photodesk 验像台", words!(self.route.label_key()));
        ctx.send_viewport_cmd(ViewportCommand::Title(title));
    }

    fn choose(&mut self, choice: Choice, ctx: &Context, equipment: &mut Equipment) {
        let settings = &mut equipment.settings;
        match choice {
            Choice::Language(language) => settings.language = language,
            Choice::Theme(theme) => settings.theme = theme,
            Choice::ScalePercent(percent) => settings.scale_percent = percent,
            Choice::Reviewer(name) => {
                settings.reviewer = name;
                // What lies beside the queue is another person's now.
                self.queue.narrow(Filter::State(None));
                self.review.open(Vec::new(), 0);
                self.last_opinion = None;
            }
        }
        i18n::set_locale(settings.language.tag());
        theme::apply(ctx, settings.theme, settings.scale_percent);
        self.name_window(ctx);
        self.save_settings(equipment);
    }

    fn choose_key(&mut self, id: &str, key: Option<String>, equipment: &mut Equipment) {
        match key {
            Some(key) => drop(equipment.settings.keys.insert(id.to_owned(), key)),
            None => drop(equipment.settings.keys.remove(id)),
        }
        self.keys_changed(equipment);
    }

    fn keys_changed(&mut self, equipment: &Equipment) {
        keymap::install(&equipment.settings.keys);
        self.save_settings(equipment);
    }

    pub(super) fn save_settings(&mut self, equipment: &Equipment) {
        if let Err(error) = equipment.settings.save(&equipment.profile) {
            self.say_problem(problem::text(error.code(), &error.to_string()));
        }
    }

    fn narrow(&mut self, filter: Filter, crew: &Crew) {
        if self.queue.narrow(filter) {
            self.refresh_rows(crew);
        }
    }

    fn create_batch(&mut self, new: NewBatch, crew: &Crew) {
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || Done::BatchMade(desk.create_batch(new)));
    }

    fn open_import(&mut self, paths: &[PathBuf], equipment: &Equipment) {
        if self.overview.batches.is_empty() {
            self.dialog = Dialog::NewBatch(Box::new(NewBatchForm::new(&self.desk, &equipment.shop)));
            self.say_done(words!("import.batch_first").into_owned(), false);
            return;
        }
        self.dialog = Dialog::Import(ImportForm::new(self.likely_batch(), paths));
    }

    fn import(&mut self, batch: String, paths: Vec<PathBuf>, crew: &Crew) {
        if self.running.is_some() {
            return;
        }
        self.dialog = Dialog::None;
        self.run(words!("import.running"), crew, move |desk, job| {
            let result = intake::import_photos(desk, &batch, &paths, job);
            Done::Imported { batch, result }
        });
    }

    fn review_pending(&mut self, batch: Option<String>, ctx: &Context, crew: &Crew, equipment: &Equipment) {
        self.ask_for_pending(batch, crew);
        self.go(Route::Review, ctx, crew, equipment);
        self.review.await_rows();
    }

    /// Asks for the rows that wait and are not set aside.
    pub(super) fn ask_for_pending(&mut self, batch: Option<String>, crew: &Crew) {
        self.review.await_rows();
        self.reviewing = Some(batch.clone());
        let filter = QueueFilter { batch, state: Some(State::PendingReview), ..QueueFilter::default() };
        let (desk, order, reviewer) = (self.desk.clone(), self.queue.order(), self.reviewer.clone());
        crew.send(Lane::Desk, move || {
            let rows = || {
                let mut rows = desk.queue(&filter)?;
                rows.retain(|item| item.hold.is_none());
                order(&mut rows);
                let tests = quality::mix(&desk, &mut rows, &reviewer, filter.batch.as_deref())?;
                Ok((rows, tests))
            };
            Done::ReviewRows { result: rows() }
        });
    }

    fn decide(&mut self, verb: Verb, reasons: Vec<String>, crew: &Crew, equipment: &Equipment) {
        let Some(decision) = self.review.decision(verb, reasons, &equipment.settings.reviewer) else {
            return;
        };
        self.review.set_writing(true);
        let desk = self.desk.clone();
        if let Some(task) = self.review.task(&decision.submission) {
            return opinions::send(desk, task, decision, crew);
        }
        crew.send(Lane::Desk, move || {
            let result = review::decide(&desk, &decision);
            Done::Decided { decision, result }
        });
    }

    fn plan_sweep(&mut self, crew: &Crew) {
        let (desk, group) = (self.desk.clone(), self.queue.sweep_group());
        crew.send(Lane::Desk, move || Done::SweepPlanned(sweep::plan(&desk, &group)));
    }

    fn approve_sweep(&mut self, plan: SweepPlan, crew: &Crew, equipment: &Equipment) {
        if self.running.is_some() {
            return;
        }
        self.dialog = Dialog::None;
        self.running = Some(Running::start(words!("sweep.running").into_owned()));
        let (desk, reviewer) = (self.desk.clone(), equipment.settings.reviewer.clone());
        crew.send(Lane::Desk, move || Done::Swept(sweep::approve(&desk, &plan, &reviewer)));
    }

    fn doubt_sweep(&mut self, submission: &str, ctx: &Context, crew: &Crew, equipment: &Equipment) {
        let rows = self.queue.rows();
        let at = rows.iter().position(|item| item.submission == submission).unwrap_or(0);
        let rows = rows.to_vec();
        self.go(Route::Review, ctx, crew, equipment);
        self.review.open(rows, at);
    }

    fn undo(&mut self, crew: &Crew, equipment: &Equipment) {
        let (desk, reviewer) = (self.desk.clone(), equipment.settings.reviewer.clone());
        if let Some(group) = self.last_sweep.take() {
            crew.send(Lane::Desk, move || Done::SweepUndone(sweep::undo(&desk, &group, &reviewer)));
            return;
        }
        let here = self.review.decided_here().filter(|_| self.route == Route::Review);
        self.review.set_writing(true);
        let opinion = match &here {
            Some(submission) => here.clone().filter(|_| self.review.task(submission).is_some()),
            None => self.last_opinion.take(),
        };
        if let Some(submission) = opinion {
            crew.send(Lane::Desk, move || {
                Done::OpinionTakenBack(quality::take_back(&desk, &reviewer, &submission))
            });
            return;
        }
        crew.send(Lane::Desk, move || {
            Done::Undone(match here {
                Some(submission) => review::undo_of(&desk, &reviewer, &submission).map(Some),
                None => review::undo(&desk, &reviewer),
            })
        });
    }

    fn skip(&mut self) {
        let said = if self.review.skip() { words!("said.skipped") } else { words!("said.nothing_else") };
        self.say_done(said.into_owned(), false);
    }

    /// Asks for the note; what is already set aside in this way goes back to the queue at once.
    fn open_note(&mut self, kind: HoldKind, crew: &Crew, equipment: &Equipment) {
        let Some(hold) = self.review.hold(kind, &equipment.settings.reviewer) else { return };
        match hold.hold {
            Some(_) => self.dialog = Dialog::Note(NoteForm::new(hold)),
            None => self.set_aside(hold, String::new(), crew),
        }
    }

    fn set_aside(&mut self, hold: Hold, note: String, crew: &Crew) {
        if self.review.task(&hold.submission).is_some() {
            return self.leave_test(&hold);
        }
        self.review.set_writing(true);
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || {
            let result = review::hold(&desk, &hold, &note);
            Done::Held { hold, note, result }
        });
    }

    fn open_print_room(&mut self, batch: Option<String>, ctx: &Context, crew: &Crew, equipment: &Equipment) {
        let summary =
            self.overview.batches.iter().find(|summary| Some(&summary.batch.code) == batch.as_ref());
        if let Some(summary) = summary {
            self.print_room.choose(summary, &equipment.shop, &equipment.settings);
        }
        if self.route != Route::PrintRoom {
            self.go(Route::PrintRoom, ctx, crew, equipment);
        }
    }

    fn export(&mut self, crew: &Crew, equipment: &mut Equipment) {
        let Some(request) = self.print_room.ready_request().filter(|_| self.running.is_none()) else {
            return;
        };
        equipment.settings.export_folder = Some(request.out.clone());
        equipment.settings.paper = Some(request.paper.clone());
        self.save_settings(equipment);
        self.run(words!("print.running"), crew, move |desk, job| {
            let result = export::run(desk, &request, job);
            Done::Exported { request, result }
        });
    }

    fn open_folder(&mut self, folder: &std::path::Path) {
        if let Err(error) = picker::open_folder(folder) {
            let text = words!("exported.no_file_manager", folder = folder.display(), cause = error);
            self.say_problem(text.into_owned());
        }
    }
}

/// Shows a system dialog on its own thread.
pub(super) fn pick(crew: &Crew, equipment: &Equipment, what: Picked, folder: bool) {
    let picker = equipment.picker.clone();
    let title = match what {
        Picked::Photos => words!("pick.photos"),
        Picked::Bundle => words!("pick.bundle"),
        Picked::BundleFolder => words!("pick.bundle_folder"),
        Picked::CodeFolder => words!("pick.code_folder"),
        Picked::CodePictures => words!("pick.code_pictures"),
        Picked::ShotFolder => words!("pick.shot_folder"),
        Picked::TicketFolder => words!("pick.ticket_folder"),
        Picked::Roster => words!("pick.roster"),
        Picked::ExportFolder => words!("pick.export_folder"),
    }
    .into_owned();
    crew.start(move || {
        let paths = if folder { picker.folder(&title).into_iter().collect() } else { picker.photos(&title) };
        Done::Picked { what, paths }
    });
}
