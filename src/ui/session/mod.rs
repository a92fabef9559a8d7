//! The open desk in the window: the screens' states, what floats over them, and the work under way.

mod apply;
mod cameras;
mod countersigns;
mod draw;
mod hub;
mod keys;
mod on_site;
mod opinions;
mod order_list;
mod perform;
mod printers;
mod printing;
mod resume;
mod roster;
mod stations;

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::Context;

use super::action::Action;
use super::app::Equipment;
use super::crew::{Crew, Done, Lane, Overview};
use super::dialogs::Dialog;
use super::hub_tie::HubTie;
use super::photos::{Whose, stage_texture, texture};
use super::problem;
use super::route::Route;
use super::screens::on_site::OnSite;
use super::screens::print_room::{DrawnSheet, PrintRoom};
use super::screens::queue::QueueScreen;
use super::screens::review::{Framed, ReviewScreen};
use super::screens::settings::SettingsScreen;
use super::screens::statistics::StatisticsScreen;
use super::summon::Listener;
use super::widgets::notice::Notice;
use super::widgets::progress::{READ_EVERY, Running};
use crate::i18n::words;
use crate::settings::resume::WindowSize;
use crate::workflow::Desk;
use crate::workflow::hub_state::Conflict;
use crate::workflow::job::Job;
use crate::workflow::{earlier, export, intake, orders, prepare, quality, statistics};

/// How often counts and rows are read again while an import runs.
const REFRESH_EVERY: Duration = Duration::from_secs(1);

/// Everything the open desk remembers.
pub struct Session {
    desk: Arc<Desk>,
    route: Route,
    overview: Overview,
    /// False until the counts came for the first time.
    overview_here: bool,
    queue: QueueScreen,
    review: ReviewScreen,
    print_room: PrintRoom,
    statistics: StatisticsScreen,
    on_site: OnSite,
    settings_screen: SettingsScreen,
    dialog: Dialog,
    notice: Option<Notice>,
    running: Option<Running>,
    hub: HubTie,
    /// Decisions the hub refused, oldest first.
    conflicts: Vec<Conflict>,
    /// The batch whose waiting photos are reviewed, or all; `None` when the list is a choice of rows.
    reviewing: Option<Option<String>>,
    refreshed: Instant,
    actions: Vec<Action>,
    /// Window time of this frame, seconds.
    now_s: f64,
    window: Option<WindowSize>,
    /// The submission to go back to once the rows are here.
    returns_to: Option<String>,
    /// The group approved last, as long as nothing was decided since: undo takes it back as one.
    last_sweep: Option<Vec<String>>,
    /// The photo whose second opinion or test answer was given last, as long as nothing was decided since.
    last_opinion: Option<String>,
    /// Who sits at the desk.
    reviewer: String,
    _listener: Listener,
}

impl Session {
    pub fn new(desk: Arc<Desk>, listener: Listener) -> Self {
        Self {
            desk,
            route: Route::default(),
            overview: Overview::default(),
            overview_here: false,
            queue: QueueScreen::default(),
            review: ReviewScreen::default(),
            print_room: PrintRoom::default(),
            statistics: StatisticsScreen::default(),
            on_site: OnSite::default(),
            settings_screen: SettingsScreen::default(),
            dialog: Dialog::None,
            notice: None,
            running: None,
            hub: HubTie::default(),
            conflicts: Vec::new(),
            reviewing: None,
            refreshed: Instant::now(),
            actions: Vec::new(),
            now_s: 0.0,
            window: None,
            returns_to: None,
            last_sweep: None,
            last_opinion: None,
            reviewer: String::new(),
            _listener: listener,
        }
    }

    /// Turns keys and drops into actions, carries out what was asked, and asks for what the screens lack.
    pub fn logic(&mut self, ctx: &Context, crew: &Crew, equipment: &mut Equipment) {
        self.now_s = ctx.input(|input| input.time);
        self.reviewer.clone_from(&equipment.settings.reviewer);
        if self.notice.as_ref().is_some_and(|notice| notice.is_over(self.now_s)) {
            self.notice = None;
        }
        self.read_keys(ctx);
        self.review.flip(self.is_flipping(ctx));
        self.read_drops(ctx);
        for action in std::mem::take(&mut self.actions) {
            self.perform(action, ctx, crew, equipment);
        }
        self.remember(ctx, crew, equipment);
        self.ask_for_photos(crew);
        self.ask_for_earlier(crew);
        self.ask_for_sweep(crew);
        self.ask_for_statistics(crew, equipment);
        self.ask_for_sheets(crew);
        if self.route == Route::OnSite {
            self.ask_for_people(crew);
        }
        self.watch_job(ctx, crew);
    }

    /// The space bar is held down on nothing but the photo.
    fn is_flipping(&self, ctx: &Context) -> bool {
        self.route == Route::Review
            && !self.dialog.is_open()
            && !ctx.egui_wants_keyboard_input()
            && ctx.input(|input| input.key_down(egui::Key::Space))
    }

    /// Reads counts and rows again.
    pub fn refresh(&mut self, crew: &Crew) {
        self.refreshed = Instant::now();
        let (desk, reviewer) = (self.desk.clone(), self.reviewer.clone());
        crew.send(Lane::Desk, move || Done::Overview(overview(&desk, &reviewer)));
        self.refresh_rows(crew);
    }

    fn refresh_rows(&self, crew: &Crew) {
        let (desk, filter) = (self.desk.clone(), self.queue.filter.clone());
        let order = self.queue.order();
        crew.send(Lane::Desk, move || {
            let mut result = desk.queue(&filter);
            if let Ok(rows) = &mut result {
                order(rows);
            }
            Done::Queue { filter, result }
        });
    }

    /// Does long work on a thread of its own while `what` and its progress are shown.
    fn run(
        &mut self,
        what: impl Into<String>,
        crew: &Crew,
        work: impl FnOnce(&Desk, &Job) -> Done + Send + 'static,
    ) {
        let running = Running::start(what.into());
        let (desk, job) = (self.desk.clone(), running.job.clone());
        self.running = Some(running);
        crew.start(move || work(&desk, &job));
    }

    /// Fills the desk with sample submissions, when the program can.
    pub fn make_samples(&mut self, crew: &Crew, equipment: &Equipment) {
        let Some(make) = equipment.samples.clone().filter(|_| self.running.is_none()) else { return };
        self.run(words!("samples.making"), crew, move |desk, job| {
            Done::SamplesMade(make(desk, job).map_err(|error| problem::of(&error)))
        });
    }

    /// Checks photos that an import cut short has left unchecked.
    pub fn check_waiting(&mut self, crew: &Crew) {
        self.run(words!("import.checking_rest"), crew, move |desk, job| {
            Done::WaitingChecked(intake::check_waiting(desk, job))
        });
    }

    fn ask_for_photos(&mut self, crew: &Crew) {
        if self.route != Route::Review {
            return;
        }
        let stage_px = self.review.stage_px();
        self.review.keep_photos(stage_px, &self.desk, crew);
        let current = self.review.current().cloned();
        let close = current.as_ref().filter(|_| self.review.is_close());
        self.review.photos.look_closely(close, &self.desk, crew);
        self.review.photos.look_first(current.as_ref(), &self.desk, crew);
        if self.review.photos.upload(crew.context(), current.as_ref()) {
            crew.context().request_repaint();
        }
        if let Some(submission) = self.review.final_wanted() {
            let (desk, ctx) = (self.desk.clone(), crew.context().clone());
            let wanted = self.review.wanted();
            crew.send(Lane::Sheets, move || {
                if !wanted.is(&submission) {
                    return Done::FinalSkipped { submission };
                }
                let result = prepare::final_photo(&desk, &submission);
                let result = result.map(|prepared| texture(&ctx, &submission, &prepared.pixels));
                Done::FinalPhoto { submission, result }
            });
        }
    }

    fn ask_for_statistics(&mut self, crew: &Crew, equipment: &Equipment) {
        if self.route != Route::Statistics {
            return;
        }
        let reviewer = &equipment.settings.reviewer;
        let wanted = self.statistics.wanted(reviewer, self.queue.filter.batch.as_ref());
        if let Some(scope) = wanted {
            let desk = self.desk.clone();
            let may_see = self.overview.watch.is_senior() || scope.reviewer.as_ref() == Some(reviewer);
            crew.send(Lane::Desk, move || {
                let figures = || {
                    let quality = may_see.then(|| quality::quality(&desk, &scope)).transpose()?;
                    Ok((statistics::statistics(&desk, &scope)?, quality))
                };
                let result = figures();
                Done::Statistics { scope, result }
            });
        }
    }

    /// Pictures of the contact sheet, and the sample of a group.
    fn ask_for_sweep(&mut self, crew: &Crew) {
        let wanted = self.queue.sheet.wanted();
        if self.route == Route::Queue {
            let wanted = wanted.iter().map(String::as_str);
            self.queue.sheet.thumbs.want(wanted, Whose::Sweep, &self.desk, crew);
        }
        if let Dialog::Sweep(form) = &mut self.dialog {
            let (sample, at) = form.sample();
            let (sample, current) = (sample.to_vec(), sample.get(at).cloned());
            let most_px = crew.context().input(|input| input.max_texture_side) as u32;
            form.photos.fit(form.stage_px, most_px);
            form.photos.keep_around(&sample, at, &self.desk, crew);
            if form.photos.upload(crew.context(), current.as_ref()) {
                crew.context().request_repaint();
            }
        }
    }

    /// The earlier photo a comparison wants.
    fn ask_for_earlier(&mut self, crew: &Crew) {
        let Some((submission, sha256)) = self.review.earlier_wanted() else { return };
        let (desk, ctx, side_px) = (self.desk.clone(), crew.context().clone(), self.review.stage_px());
        crew.send(Lane::Sheets, move || {
            let result = earlier::framed(&desk, &submission, &sha256).map(|framed| Framed {
                texture: stage_texture(&ctx, &sha256, &framed.pixels, side_px),
                width_px: framed.pixels.width(),
                height_px: framed.pixels.height(),
                crop: framed.crop,
            });
            Done::Earlier { sha256, result }
        });
    }

    fn ask_for_sheets(&mut self, crew: &Crew) {
        if self.route != Route::PrintRoom {
            return;
        }
        if let Some(request) = self.print_room.plan_wanted() {
            let desk = self.desk.clone();
            crew.send(Lane::Desk, move || {
                let result = export::plan(&desk, &request);
                Done::Planned { request, result }
            });
        }
        if let Some(question) = self.print_room.sheet_wanted() {
            let (desk, ctx) = (self.desk.clone(), crew.context().clone());
            let latest = self.print_room.latest_question();
            crew.send(Lane::Sheets, move || {
                if !latest.is_latest(&question) {
                    return Done::SheetSkipped;
                }
                let result = export::preview(&desk, &question.request, question.index);
                let result = result.map(|preview| DrawnSheet {
                    texture: texture(&ctx, "sheet", &preview.pixels),
                    pieces: preview.pieces.into(),
                });
                Done::Sheet { question: Box::new(question), result }
            });
        }
    }

    /// While a job runs, progress is read ten times a second and the counts once.
    fn watch_job(&mut self, ctx: &Context, crew: &Crew) {
        if self.running.is_some() {
            ctx.request_repaint_after(READ_EVERY);
            if self.refreshed.elapsed() > REFRESH_EVERY {
                self.refresh(crew);
            }
        }
    }

    fn say_done(&mut self, text: String, undo: bool) {
        self.notice = Some(Notice::done(text, undo, self.now_s));
    }

    fn say_error(&mut self, error: &crate::workflow::DeskError) {
        self.say_problem(problem::of(error));
    }

    fn say_problem(&mut self, text: String) {
        self.notice = Some(Notice::problem(text));
    }
}

/// Batches with their counts, and the decisions since midnight.
fn overview(desk: &Desk, reviewer: &str) -> Result<Overview, crate::workflow::DeskError> {
    let midnight_ms = jiff::Zoned::now().start_of_day().map_or(0, |day| day.timestamp().as_millisecond());
    Ok(Overview {
        batches: desk.batches()?,
        decided_today: desk.decisions_since(midnight_ms)?,
        orders: orders::counts(desk)?,
        look_ms: statistics::recent_look_ms(desk)?,
        watch: quality::watch(desk, reviewer)?,
        shares: Some(quality::shares(desk, None)?.0),
    })
}
