//! What the workers hand back, put where it belongs.

use egui::Context;

use super::Session;
use crate::i18n::words;
use crate::submission::{Decision, Hold, HoldKind, HoldNote, Verb};
use crate::ui::action::{Action, Filter};
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done, Picked};
use crate::ui::dialogs::{Dialog, ExportedCard, ImportForm, ImportedCard, SweepForm};
use crate::ui::photos::Whose;
use crate::ui::problem;
use crate::ui::route::Route;
use crate::ui::screens::by_language;
use crate::ui::screens::on_site::Wish;
use crate::workflow::DeskError;
use crate::workflow::desk::{Batch, QueueItem};
use crate::workflow::export::{ExportReport, ExportRequest};
use crate::workflow::intake::ImportReport;
use crate::workflow::sweep::SweepReport;

impl Session {
    pub fn apply(&mut self, done: Done, ctx: &Context, crew: &Crew, equipment: &mut Equipment) {
        let text = |error: DeskError| problem::of(&error);
        match done {
            Done::Opened(_) | Done::SheetSkipped | Done::PhotoSkipped => {}
            Done::Overview(Ok(overview)) => {
                self.overview = overview;
                let is_first = !std::mem::replace(&mut self.overview_here, true);
                // The screen may have been quicker than the list of batches.
                match self.route {
                    Route::OnSite if is_first => self.enter_on_site(),
                    Route::PrintRoom => self.enter_print_room(equipment),
                    _ => {}
                }
            }
            Done::Overview(Err(error)) => self.say_error(&error),
            Done::Queue { filter, result } => self.queue.arrived(&filter, result),
            Done::ReviewRows { result: Ok((rows, tests)) } => self.open_review(rows, tests),
            Done::Opined { task, decision, result } => self.opined(task, &decision, result, equipment, crew),
            Done::OpinionTakenBack(result) => self.opinion_taken_back(result, crew),
            Done::KnownMarked { submission, known, result } => self.known_marked(submission, known, result),
            Done::WatchSet(result) => self.watch_set(result, crew),
            Done::AgainPlanned(result) => self.again_planned(result),
            Done::PutUpAgain(result) => self.again_done(result, crew),
            Done::Statistics { scope, result } => self.statistics.arrived(&scope, result),
            Done::Remembered => {}
            Done::ReviewRows { result: Err(error) } => {
                self.review.open(Vec::new(), 0);
                self.say_error(&error);
            }
            Done::BatchMade(result) => self.batch_made(result, crew),
            Done::Picked { what, paths } => self.picked(what, &paths, crew),
            Done::Photo(photo) => match (photo.whose, &mut self.dialog) {
                (Whose::Review, _) => self.review.photos.arrived(photo),
                (Whose::Sweep, Dialog::Sweep(form)) => form.photos.arrived(photo),
                (Whose::Sweep, _) => {}
            },
            Done::SmallPictures { whose: Whose::Review, pictures } => {
                self.review.photos.small_arrived(pictures)
            }
            Done::SmallPictures { whose: Whose::Sweep, pictures } => {
                self.queue.sheet.thumbs.arrived(pictures)
            }
            Done::Detail(detail) => self.review.photos.detail_arrived(*detail),
            Done::FinalSkipped { submission } => self.review.final_skipped(&submission),
            Done::FinalPhoto { submission, result } => {
                self.review.final_arrived(submission, result.map_err(text))
            }
            Done::Earlier { sha256, result } => self.review.earlier_arrived(sha256, result.map_err(text)),
            Done::Decided { decision, result } => self.decided(&decision, result, equipment),
            Done::Held { hold, note, result } => self.held(&hold, note, result),
            Done::Undone(result) => self.undone(result, crew),
            Done::SweepPlanned(Ok(plan)) => self.dialog = Dialog::Sweep(Box::new(SweepForm::new(plan))),
            Done::SweepPlanned(Err(error)) => self.say_error(&error),
            Done::Swept(result) => self.swept(result, crew),
            Done::SweepUndone(result) => self.sweep_undone(result, crew),
            Done::Imported { batch, result } => self.imported(batch, result, crew),
            Done::OnSite(done) => self.on_site_done(done, crew),
            Done::TicketsWritten(result) => self.tickets_written(result),
            Done::RosterRead { path, result } => self.roster_read(path, result),
            Done::RosterImported(result) => self.roster_imported(result, crew),
            Done::WaitingChecked(result) => self.waiting_checked(result, crew),
            Done::SamplesMade(result) => self.samples_made(result, crew),
            Done::RoundEnded(ended) => self.round_ended(ended, crew),
            Done::Connected(result) => self.connected(result, crew),
            Done::AtHub(result) => self.hub_batches_read(result),
            Done::Fetched(result) => self.fetched(result, crew),
            Done::OrdersFetched(result) => self.orders_fetched(result, crew),
            Done::Conflicts(result) => self.conflicts_read(result),
            Done::MoreRows(result) => self.more_rows(result),
            Done::Planned { request, result } => self.print_room.plan_arrived(&request, result.map_err(text)),
            Done::Sheet { question, result } => {
                self.print_room.sheet_arrived(&question, result.map_err(text))
            }
            Done::OrdersRead { state, result } => self.orders_read(state, result),
            Done::OrdersMoved(result) => self.orders_moved(result, crew),
            Done::OrdersPrinted(result) => self.orders_printed(result, crew),
            Done::Printed(result) => self.printed(result, crew),
            Done::QueuesFound(queues) => self.print_room.queues_found(queues),
            Done::Exported { request, result } => self.exported(&request, result, crew),
            Done::Broke(cause) => {
                tracing::error!(%cause, "a worker broke off");
                self.running = None;
                self.review.set_writing(false);
                self.say_problem(words!("problem.broke", cause = cause).into_owned());
            }
        }
        ctx.request_repaint();
    }

    fn batch_made(&mut self, result: Result<Batch, DeskError>, crew: &Crew) {
        match result {
            Ok(batch) => {
                self.queue.narrow(Filter::Batch(Some(batch.code.clone())));
                if self.route == Route::OnSite {
                    self.dialog = Dialog::None;
                    self.on_site.choose_batch(&batch.code);
                    self.say_done(words!("batch.made", code = batch.code).into_owned(), false);
                    return self.refresh(crew);
                }
                self.dialog = Dialog::Import(ImportForm::new(Some(batch.code.clone()), &[]));
                self.say_done(words!("batch.made", code = batch.code).into_owned(), false);
                self.refresh(crew);
            }
            Err(error) => self.say_error(&error),
        }
    }

    fn picked(&mut self, what: Picked, paths: &[std::path::PathBuf], crew: &Crew) {
        match (what, paths) {
            (_, []) => self.say_done(words!("pick.nothing").into_owned(), false),
            (Picked::ExportFolder, [folder, ..]) => self.print_room.set_folder(folder.clone()),
            (Picked::CodePictures, pictures) => self.read_code_pictures(pictures.to_vec(), crew),
            (Picked::CodeFolder, folders) => self.register_codes(folders.to_vec(), crew),
            (Picked::Bundle | Picked::BundleFolder, [path, ..]) => self.dialog.set_bundle(path),
            (Picked::ShotFolder, [folder, ..]) => {
                self.actions.push(Action::OnSite(Wish::Watch(folder.clone())));
            }
            (Picked::TicketFolder, [folder, ..]) => self.print_tickets(folder.clone(), crew),
            (Picked::Roster, [file, ..]) => self.read_roster(file.clone(), crew),
            (Picked::Photos, photos) => {
                self.dialog.add_photos(photos);
            }
        }
    }

    fn decided(&mut self, decision: &Decision, result: Result<QueueItem, DeskError>, equipment: &Equipment) {
        match result {
            Ok(item) => {
                (self.last_sweep, self.last_opinion) = (None, None);
                let said = self.said(decision, equipment);
                self.hub.nudge();
                let before = self.review.decided(item.clone());
                self.overview.decided_today += 1;
                self.moved(before, item);
                self.say_done(said, true);
            }
            Err(error) => {
                self.review.set_writing(false);
                self.say_error(&error);
            }
        }
    }

    fn held(&mut self, hold: &Hold, note: String, result: Result<QueueItem, DeskError>) {
        match result {
            Ok(item) => {
                let at_ms = jiff::Timestamp::now().as_millisecond();
                let note = HoldNote { by: hold.reviewer.clone(), at_ms, text: note };
                let before = self.review.held(item.clone(), note);
                self.moved(before, item);
                let said = match hold.hold {
                    Some(HoldKind::Parked) => words!("said.parked"),
                    Some(HoldKind::Escalated) => words!("said.escalated"),
                    None => words!("said.given_back"),
                };
                self.say_done(said.into_owned(), false);
            }
            Err(error) => {
                self.review.set_writing(false);
                self.say_error(&error);
            }
        }
    }

    /// Counts and rows follow one submission without asking the store again.
    fn moved(&mut self, before: Option<QueueItem>, item: QueueItem) {
        if let Some(before) = before {
            self.overview.moved(&before, &item);
        }
        self.queue.replace(item);
    }

    /// The decision as the quiet line says it.
    pub(super) fn said(&self, decision: &Decision, equipment: &Equipment) -> String {
        if decision.verb == Verb::Approve {
            return words!("said.approved").into_owned();
        }
        let language = equipment.settings.language;
        let titles = decision.reasons.iter().filter_map(|code| self.desk.reasons.get(code));
        let titles: Vec<&str> =
            titles.map(|reason| by_language(language, &reason.title.zh, &reason.title.en)).collect();
        words!("said.rejected", reasons = titles.join(&words!("said.and"))).into_owned()
    }

    pub(super) fn undone(&mut self, result: Result<Option<QueueItem>, DeskError>, crew: &Crew) {
        self.review.set_writing(false);
        match result {
            Ok(Some(item)) => {
                self.hub.nudge();
                self.review.undone(item.clone());
                self.queue.replace(item);
                self.say_done(words!("said.undone").into_owned(), false);
                // It may belong to another list: the counts are read again.
                self.refresh(crew);
            }
            Ok(None) => self.say_done(words!("said.nothing_to_undo").into_owned(), false),
            Err(error) => self.say_error(&error),
        }
    }

    fn swept(&mut self, result: Result<SweepReport, DeskError>, crew: &Crew) {
        self.running = None;
        self.hub.nudge();
        match result {
            Ok(report) => {
                let ids: Vec<String> = report.approved.iter().map(|item| item.submission.clone()).collect();
                let said = if report.refused.is_empty() {
                    words!("said.swept", n = ids.len())
                } else {
                    words!("said.swept_some", n = ids.len(), refused = report.refused.len())
                };
                self.last_sweep = (!ids.is_empty()).then_some(ids);
                self.say_done(said.into_owned(), self.last_sweep.is_some());
            }
            Err(error) => self.say_error(&error),
        }
        self.refresh(crew);
    }

    fn sweep_undone(&mut self, result: Result<SweepReport, DeskError>, crew: &Crew) {
        match result {
            Ok(report) => {
                self.hub.nudge();
                let said = words!("said.sweep_undone", n = report.approved.len());
                self.say_done(said.into_owned(), false);
            }
            Err(error) => self.say_error(&error),
        }
        self.refresh(crew);
    }

    fn imported(&mut self, batch: String, result: Result<ImportReport, DeskError>, crew: &Crew) {
        self.running = None;
        match result {
            Ok(report) => self.dialog = Dialog::Imported(ImportedCard { batch, report }),
            Err(error) => self.say_error(&error),
        }
        self.refresh(crew);
    }

    fn waiting_checked(&mut self, result: Result<usize, DeskError>, crew: &Crew) {
        self.running = None;
        match result {
            Ok(0) => {}
            Ok(_) => {
                self.refresh(crew);
                self.ask_for_more(crew);
            }
            Err(error) => self.say_error(&error),
        }
    }

    fn samples_made(&mut self, result: Result<(), String>, crew: &Crew) {
        self.running = None;
        match result {
            Ok(()) => {
                self.say_done(words!("samples.made").into_owned(), false);
                // The hub may have sent more meanwhile.
                self.check_waiting(crew);
            }
            Err(error) => self.say_problem(error),
        }
        self.refresh(crew);
    }

    fn exported(&mut self, request: &ExportRequest, result: Result<ExportReport, DeskError>, crew: &Crew) {
        self.running = None;
        match result {
            Ok(report) => {
                let folder = report.manifest.parent().map_or_else(|| request.out.clone(), ToOwned::to_owned);
                let whole = report.difference == 0 && !report.cancelled;
                if let Some(queue) = request.queue.clone().filter(|_| whole) {
                    self.print_sheets(report.job.clone(), Some(queue), crew);
                }
                self.dialog = Dialog::Exported(ExportedCard { report, folder });
                self.print_room.print_again(Vec::new(), None);
                self.hub.nudge();
            }
            Err(error) => self.say_error(&error),
        }
        self.print_room.approvals_changed();
        self.refresh(crew);
    }
}
