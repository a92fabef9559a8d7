//! The on-site screen's wishes, carried out off the window's thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::ViewportCommand;

use super::Session;
use crate::i18n::words;
use crate::onsite::code::Modules;
use crate::onsite::ticket::Ticket;
use crate::print::tickets::{self, TicketFace};
use crate::submission::Subject;
use crate::ui::action::Action;
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done, Lane, Picked};
use crate::ui::problem;
use crate::ui::screens::on_site::{BundleWay, OnSiteDone, Standing, Wish};
use crate::workflow::collect::Collecting;
use crate::workflow::who::{self, PictureCode, Who};
use crate::workflow::{Desk, DeskError, bundle, codes, conflicts, preview, roster, shots, walk};
#[cfg(feature = "hub")]
use crate::workflow::{job::Job, sync};

/// Tickets printed at a time: two pages of A4.
const TICKETS_AT_A_TIME: u32 = 42;

impl Session {
    pub(super) fn on_site(&mut self, wish: Wish, crew: &Crew, equipment: &Equipment) {
        let wish = match self.without_batch(wish, crew, equipment) {
            Some(wish) => wish,
            None => return,
        };
        let Some(batch) = self.on_site.batch().map(str::to_owned) else { return };
        match wish {
            Wish::Find(text) => self.ask_who(crew, move |desk| who::find(desk, &batch, &text)),
            Wish::AddByCode { code, last_four } => self
                .ask_who(crew, move |desk| who::add_by_code(desk, &batch, &code, &last_four).map(Who::One)),
            Wish::BindCode { code, last_four } => {
                let Some(person) = self.on_site.person().cloned() else { return };
                let by = equipment.settings.reviewer.clone();
                self.ask_who(crew, move |desk| {
                    who::bind_code(desk, &person, &code, &last_four, &by).map(Who::One)
                });
            }
            Wish::Choose(person) => self.ask_who(crew, move |_| Ok(Who::One(person))),
            Wish::PickFolder => super::perform::pick(crew, equipment, Picked::ShotFolder, true),
            Wish::Watch(folder) => self.watch(batch, folder, crew),
            Wish::StopWatching => {
                // Ends what it is at, which may take a moment.
                let session = self.on_site.stop_watching();
                crew.start(move || {
                    drop(session);
                    Done::OnSite(OnSiteDone::Changed(Ok(())))
                });
            }
            Wish::FindCameras => Self::find_cameras(crew, equipment),
            Wish::OpenCamera(camera) => self.open_camera(batch, camera, crew, equipment),
            Wish::CloseCamera => {
                let cameras = self.on_site.close_camera();
                crew.start(move || {
                    drop(cameras);
                    Done::OnSite(OnSiteDone::Changed(Ok(())))
                });
            }
            Wish::Release => self.release(),
            Wish::Retake => self.on_site.retake(),
            Wish::Next => {
                if let Some(collecting) = self.on_site.collecting() {
                    collecting.step_down();
                }
                self.on_site.clear_person();
            }
            Wish::Mark(shot) => {
                self.change(crew, equipment, move |desk, by| shots::mark(desk, &shot, by).map(drop));
            }
            Wish::Assign { shot, subject } => self.assign(shot, subject, crew, equipment),
            Wish::MarkLast => {
                if let Some(shot) = self.on_site.last_unmarked() {
                    self.change(crew, equipment, move |desk, by| shots::mark(desk, &shot, by).map(drop));
                }
            }
            Wish::OpenBundle(way) => self.open_bundle(way, Some(batch), equipment),
            Wish::SaveBundle { folder, passphrase } => self.save_bundle(batch, folder, passphrase, crew),
            Wish::Resolve(_)
            | Wish::ChoosePhoto { .. }
            | Wish::PickBundle(_)
            | Wish::MergeBundle { .. }
            | Wish::OpenCountersigns
            | Wish::SignIn { .. }
            | Wish::Countersign { .. } => {}
            Wish::Finalise => {
                let (desk, by) = (self.desk.clone(), equipment.settings.reviewer.clone());
                crew.send(Lane::Desk, move || {
                    let done = shots::finalise(&desk, &batch, &by).map_err(|error| problem::of(&error));
                    Done::OnSite(OnSiteDone::Finalised(done))
                });
            }
            Wish::HandIn => self.hand_in(batch, crew),
            Wish::Wipe => {
                let (desk, by) = (self.desk.clone(), equipment.settings.reviewer.clone());
                crew.start(move || {
                    let wiped = shots::wipe(&desk, &batch, &by).map_err(|error| problem::of(&error));
                    Done::OnSite(OnSiteDone::Wiped(wiped))
                });
            }
            Wish::FullScreen => {
                let ctx = crew.context();
                let is_full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(ViewportCommand::Fullscreen(!is_full));
            }
            Wish::PickPictures => {
                super::perform::pick(crew, equipment, Picked::CodePictures, false);
            }
            Wish::PickCodeFolder => super::perform::pick(crew, equipment, Picked::CodeFolder, true),
            Wish::ReadPicture(picture) => self.ask_who(crew, move |desk| {
                let code = who::read_pixels(&picture).map_err(|no_code| DeskError::Refused {
                    code: no_code.code(),
                    message: no_code.to_string(),
                })?;
                who::find(desk, &batch, &code)
            }),
            Wish::ReadPaths(paths) => self.read_code_pictures(paths, crew),
            Wish::ShowTicket => self.tickets(batch, 1, None, crew),
            Wish::PrintTickets => super::perform::pick(crew, equipment, Picked::TicketFolder, true),
            Wish::OnlyMissing(only) => self.on_site.set_only_missing(only),
        }
    }

    /// Carries out what needs no batch chosen; gives the other wishes back.
    fn without_batch(&mut self, wish: Wish, crew: &Crew, equipment: &Equipment) -> Option<Wish> {
        match wish {
            Wish::Resolve(seq) => {
                self.settle(crew, equipment, move |desk, by| bundle::resolve(desk, seq, by).map(drop));
            }
            Wish::ChoosePhoto { seq, shot } => {
                self.settle(crew, equipment, move |desk, by| conflicts::choose_photo(desk, seq, &shot, by));
            }
            Wish::OpenBundle(BundleWay::Merge) => self.open_bundle(BundleWay::Merge, None, equipment),
            Wish::PickBundle(BundleWay::Save) => {
                super::perform::pick(crew, equipment, Picked::BundleFolder, true);
            }
            Wish::PickBundle(BundleWay::Merge) => {
                super::perform::pick(crew, equipment, Picked::Bundle, false)
            }
            Wish::MergeBundle { file, passphrase } => self.merge_bundle(file, passphrase, crew),
            other => return self.second_person(other, crew),
        }
        None
    }

    fn watch(&mut self, batch: String, folder: PathBuf, crew: &Crew) {
        self.on_site.set_starting();
        let (desk, report) = (self.desk.clone(), crew.reporter());
        crew.start(move || {
            let tell = move |happened| report(Done::OnSite(OnSiteDone::Happened(happened)));
            let begun = Collecting::begin(desk, &batch, Some(&folder), tell);
            Done::OnSite(OnSiteDone::Watching(begun.map(Arc::new).map_err(|error| problem::of(&error))))
        });
    }

    fn change(
        &self,
        crew: &Crew,
        equipment: &Equipment,
        work: impl FnOnce(&Desk, &str) -> Result<(), DeskError> + Send + 'static,
    ) {
        let (desk, by) = (self.desk.clone(), equipment.settings.reviewer.clone());
        crew.send(Lane::Desk, move || {
            let done = work(&desk, &by).map_err(|error| problem::of(&error));
            Done::OnSite(OnSiteDone::Changed(done))
        });
    }

    fn assign(&self, shot: String, subject: String, crew: &Crew, equipment: &Equipment) {
        let collecting = self.on_site.collecting();
        self.change(crew, equipment, move |desk, by| {
            shots::assign(desk, &shot, &subject, by)?;
            if let Some(collecting) = collecting {
                collecting.reassigned(&shot, &subject);
            }
            Ok(())
        });
    }

    #[cfg(feature = "hub")]
    fn hand_in(&mut self, batch: String, crew: &Crew) {
        self.on_site.set_handing_in();
        let desk = self.desk.clone();
        crew.start(move || {
            let done = sync::hand_in(&desk, &batch, sync::Pace::default(), &Job::default());
            let said = done.map(|done| {
                let (sent, proved) = (done.sent, done.proved);
                let kept = done.conflicts.len() + done.waiting.len();
                words!("onsite.handed_in", sent = sent, proved = proved, conflicts = kept).into_owned()
            });
            Done::OnSite(OnSiteDone::HandedIn(said.map_err(|error| problem::of(&error))))
        });
    }

    #[cfg(not(feature = "hub"))]
    fn hand_in(&mut self, _batch: String, _crew: &Crew) {}

    /// What a running session or a worker of this screen handed back.
    pub(super) fn on_site_done(&mut self, done: OnSiteDone, crew: &Crew) {
        match done {
            OnSiteDone::Happened(happened) => {
                if self.on_site.happened(happened, crew.context()) {
                    self.on_site.people_changed();
                }
                return;
            }
            OnSiteDone::LiveSaid(said) => {
                if let Some(wish) = self.on_site.live_said(said) {
                    self.actions.push(Action::OnSite(wish));
                }
                return;
            }
            OnSiteDone::Cameras(Ok(found)) if found.len() == 1 => {
                self.actions.extend(found.into_iter().map(|only| Action::OnSite(Wish::OpenCamera(only))));
                return;
            }
            OnSiteDone::Conflicts(result) => return self.conflicts_shown(result, crew),
            OnSiteDone::Countersigns(result) => return self.countersigns_shown(result, crew),
            OnSiteDone::SignedIn(result) => return self.signed_in(result),
            OnSiteDone::Bundled(result) => return self.bundled(result),
            OnSiteDone::Merged(result) => return self.merged(result, crew),
            OnSiteDone::Registered(result) => {
                self.running = None;
                match result {
                    Ok(done) => {
                        let (new, known, left) = (done.registered, done.known, done.left.len());
                        let text = words!("onsite.registered", new = new, known = known, left = left);
                        self.say_done(text.into_owned(), false);
                        self.on_site.arrived(OnSiteDone::Pictures(done.left), crew.context());
                    }
                    Err(problem) => self.say_problem(problem),
                }
                self.on_site.people_changed();
                return;
            }
            OnSiteDone::Finalised(Ok(ref done)) => {
                let (people, shots, held) = (done.people, done.shots, done.held.len() + done.nobodys);
                let text = words!("onsite.finalised", people = people, shots = shots, held = held);
                self.say_done(text.into_owned(), false);
            }
            OnSiteDone::HandedIn(Ok(ref text)) => self.say_done(text.clone(), false),
            OnSiteDone::Wiped(Ok(wiped)) => {
                self.say_done(words!("onsite.wiped", n = wiped).into_owned(), false);
            }
            OnSiteDone::Finalised(Err(ref problem))
            | OnSiteDone::HandedIn(Err(ref problem))
            | OnSiteDone::Wiped(Err(ref problem))
            | OnSiteDone::Changed(Err(ref problem)) => self.say_problem(problem.clone()),
            _ => {}
        }
        self.on_site.arrived(done, crew.context());
    }

    /// Finds the person; one that is found steps before the camera at once.
    fn ask_who(&self, crew: &Crew, ask: impl FnOnce(&Desk) -> Result<Who, DeskError> + Send + 'static) {
        let (desk, collecting) = (self.desk.clone(), self.on_site.collecting());
        crew.send(Lane::Desk, move || {
            let found = ask(&desk).and_then(|who| stepped_up(collecting.as_deref(), who));
            let found = found.and_then(|who| with_standing(&desk, who));
            Done::OnSite(OnSiteDone::Found(found.map_err(|error| problem::of(&error))))
        });
    }

    pub(super) fn ask_for_people(&mut self, crew: &Crew) {
        let Some(batch) = self.on_site.people_wanted() else { return };
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || {
            let result = roster::people(&desk, &batch).map_err(|error| problem::of(&error));
            Done::OnSite(OnSiteDone::People { batch, result })
        });
        let Some(batch) = self.on_site.batch().map(str::to_owned) else { return };
        let (desk, person) = (self.desk.clone(), self.on_site.person().map(|person| person.id.clone()));
        crew.send(Lane::Desk, move || {
            let read = read_shots(&desk, batch, person.as_deref());
            Done::OnSite(read.unwrap_or_else(|error| OnSiteDone::Found(Err(problem::of(&error)))))
        });
    }

    /// Reads the codes in pictures; one picture with one code asks for its person at once.
    pub(super) fn read_code_pictures(&mut self, paths: Vec<PathBuf>, crew: &Crew) {
        let Some(batch) = self.on_site.batch().map(str::to_owned) else { return };
        let (desk, collecting) = (self.desk.clone(), self.on_site.collecting());
        crew.start(move || {
            let paths = walk::photo_files(&paths);
            let read: Vec<PictureCode> = paths.iter().map(|path| who::read_picture(&desk, path)).collect();
            match read.as_slice() {
                [PictureCode { result: Ok(code), .. }] => {
                    let found = who::find(&desk, &batch, code)
                        .and_then(|who| stepped_up(collecting.as_deref(), who))
                        .and_then(|who| with_standing(&desk, who));
                    Done::OnSite(OnSiteDone::Found(found.map_err(|error| problem::of(&error))))
                }
                _ => Done::OnSite(OnSiteDone::Pictures(without_person(&desk, &batch, read))),
            }
        });
    }

    /// Registers a folder of codes before anybody stands there.
    pub(super) fn register_codes(&mut self, paths: Vec<PathBuf>, crew: &Crew) {
        let Some(batch) = self.on_site.batch().map(str::to_owned).filter(|_| self.running.is_none()) else {
            return;
        };
        self.run(words!("onsite.registering"), crew, move |desk, job| {
            let done = codes::register(desk, &batch, &paths, job);
            Done::OnSite(OnSiteDone::Registered(done.map_err(|error| problem::of(&error))))
        });
    }

    /// Gives out tickets: the first is shown, or all are written into a folder.
    pub(super) fn tickets(&self, batch: String, count: u32, folder: Option<PathBuf>, crew: &Crew) {
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || {
            let issued = who::issue_tickets(&desk, &batch, count);
            match (issued, folder) {
                (Ok(tickets), None) => Done::OnSite(OnSiteDone::Tickets(tickets)),
                (Ok(tickets), Some(folder)) => Done::TicketsWritten(write(&folder, &tickets)),
                (Err(error), _) => Done::OnSite(OnSiteDone::Found(Err(problem::of(&error)))),
            }
        });
    }

    pub(super) fn print_tickets(&self, folder: PathBuf, crew: &Crew) {
        if let Some(batch) = self.on_site.batch() {
            self.tickets(batch.to_owned(), TICKETS_AT_A_TIME, Some(folder), crew);
        }
    }

    pub(super) fn tickets_written(&mut self, result: Result<PathBuf, String>) {
        match result {
            Ok(path) => {
                let text = words!("onsite.tickets_written", path = path.display());
                self.say_done(text.into_owned(), false);
            }
            Err(problem) => self.say_problem(problem),
        }
    }
}

fn read_shots(desk: &Desk, batch: String, person: Option<&str>) -> Result<OnSiteDone, DeskError> {
    let shots = shots::shots(desk, &batch)?;
    let mut pictures = Vec::new();
    for shot in shots.iter().filter(|shot| person.is_some() && shot.subject.as_deref() == person) {
        pictures.extend(preview::kept(desk, &shot.photo_sha256)?.map(|picture| (shot.id.clone(), picture)));
    }
    let (count, conflicts) = (shots::count(desk, &batch)?, bundle::conflicts(desk, &batch)?);
    Ok(OnSiteDone::Shots { batch, shots, count, conflicts, pictures })
}

/// The one who was found stands before the camera from now on.
fn stepped_up(collecting: Option<&Collecting>, who: Who) -> Result<Who, DeskError> {
    if let (Some(collecting), Who::One(subject)) = (collecting, &who)
        && collecting.batch().code == subject.batch
    {
        collecting.step_up(subject)?;
    }
    Ok(who)
}

fn with_standing(desk: &Desk, who: Who) -> Result<(Who, Option<Standing>), DeskError> {
    let standing = match &who {
        Who::One(Subject { id, .. }) => Some(who::standing(desk, id)?),
        _ => None,
    };
    Ok((who, standing))
}

/// Pictures that name somebody of the batch need no attention.
fn without_person(desk: &Desk, batch: &str, read: Vec<PictureCode>) -> Vec<PictureCode> {
    let names_nobody = |picture: &PictureCode| match &picture.result {
        Ok(code) => !matches!(who::find(desk, batch, code), Ok(Who::One(_))),
        Err(_) => true,
    };
    read.into_iter().filter(names_nobody).collect()
}

/// One PDF named after its first ticket.
fn write(folder: &Path, issued: &[Ticket]) -> Result<PathBuf, String> {
    let faces: Vec<(String, Modules)> = issued
        .iter()
        .filter_map(|ticket| Some((ticket.to_string(), Modules::of(&ticket.to_string())?)))
        .collect();
    let faces: Vec<TicketFace<'_>> = faces
        .iter()
        .map(|(number, modules)| TicketFace { number, width: modules.width, dark: modules.dark() })
        .collect();
    let name = faces.first().map_or("tickets", |face| face.number);
    let path = folder.join(format!("{name}.pdf"));
    let written = who::write_tickets(&path, &tickets::pdf(&faces));
    written.map(|()| path).map_err(|error| problem::of(&error))
}
