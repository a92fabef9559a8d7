//! On-site collection: who stands before the camera, their photos as they come, and the answer the student reads.

mod answer;
mod happened;
mod keys;
mod live;
mod paste;
mod people;
mod place;
mod shoot;
mod strip;
mod wish;

use std::sync::Arc;

use egui::{Context, Key, RichText, Role, TextEdit, Ui, WidgetInfo};

use super::Scene;
use crate::camera::CameraInfo;
use crate::i18n::words;
use crate::onsite::rules::Room;
use crate::onsite::ticket::Ticket;
use crate::submission::Subject;
use crate::ui::action::Action;
use crate::ui::dialogs::batch_choice;
use crate::ui::icons;
use crate::ui::theme::{palette, space};
use crate::ui::widgets::{button, empty, label};
use crate::workflow::bundle::OnsiteConflict;
use crate::workflow::collect::Collecting;
use crate::workflow::roster::SubjectPhotos;
use crate::workflow::shots::{Count, Shot};
use crate::workflow::who::{PictureCode, Who};

pub use answer::name_of;
pub use wish::{
    BundleWay, NotSignedIn, OnSiteDone, Passphrase, ShownConflict, ShownCountersign, Standing, Wish,
};

pub use live::{LiveView, TetherView};
use shoot::SeenShot;

/// Height of a window in which what only finds somebody makes room once somebody is found.
const LITTLE_HEIGHT: f32 = 560.0;

/// What the screen remembers.
#[derive(Default)]
pub struct OnSite {
    batch: Option<String>,
    /// The batch whose people are shown or on their way.
    asked: Option<String>,
    typed: String,
    last_four: String,
    /// True until the field for the last four has been given the focus.
    wants_last_four: bool,
    /// True until the field has been given the focus.
    wants_focus: bool,
    answer: Option<Result<Who, String>>,
    /// The person on the screen, with what is known of their code.
    person: Option<(Subject, Option<Standing>)>,
    people: Vec<SubjectPhotos>,
    only_missing: bool,
    unread: Vec<PictureCode>,
    /// The ticket shown for the student to hold.
    ticket: Option<Ticket>,
    /// The running session with its folder.
    collecting: Option<Arc<Collecting>>,
    /// The open camera of this computer.
    live: Option<LiveView>,
    /// The camera on a cable whose photos come through the folder.
    tether: Option<TetherView>,
    /// The cameras that were found when they were asked for.
    cameras: Option<Result<Vec<CameraInfo>, String>>,
    /// Path of the folder as it was typed or pasted.
    folder: String,
    /// True while a session is being begun.
    is_starting: bool,
    is_handing_in: bool,
    /// Photos of the person on the screen, in the order they came.
    seen: Vec<SeenShot>,
    /// The operator wants another photo: the last answer is out of the way.
    wants_retake: bool,
    count: Option<Count>,
    /// Shots a person must say something about.
    doubted: Vec<Shot>,
    /// What two stations, or a station and the hub, say differently.
    conflicts: Vec<OnsiteConflict>,
    room: Option<(Room, u64)>,
    /// What the folder lacks, until something arrives again.
    warning: Option<String>,
}

impl OnSite {
    /// The batch that is collected now, chosen anew when it is the only one.
    pub fn enter(&mut self, only_batch: Option<String>) {
        self.batch = self.batch.take().or(only_batch);
        self.asked = None;
        self.wants_focus = true;
    }

    /// The batch whose people must be read now, once.
    pub fn people_wanted(&mut self) -> Option<String> {
        if self.batch == self.asked {
            return None;
        }
        self.asked.clone_from(&self.batch);
        self.batch.clone()
    }

    /// Reads the people again at the next occasion.
    pub fn people_changed(&mut self) {
        self.asked = None;
    }

    pub fn set_only_missing(&mut self, only: bool) {
        self.only_missing = only;
    }

    /// The batch that is collected from now on; another one is not chosen while photos arrive.
    pub fn choose_batch(&mut self, batch: &str) {
        if self.collecting.is_none() && self.batch.as_deref() != Some(batch) {
            self.batch = Some(batch.to_owned());
            self.clear_person();
            self.people.clear();
            (self.asked, self.count, self.ticket, self.answer) = (None, None, None, None);
            self.unread.clear();
        }
    }

    /// The last photo of the person on the screen, unless it is the one that is sent already.
    pub fn last_unmarked(&self) -> Option<String> {
        self.seen.last().filter(|last| !last.is_marked).map(|last| last.id.clone())
    }

    pub fn batch(&self) -> Option<&str> {
        self.batch.as_deref()
    }

    /// The person on the screen.
    pub fn person(&self) -> Option<&Subject> {
        self.person.as_ref().map(|(subject, _)| subject)
    }

    /// Shows a person; the answer that led there is settled.
    pub fn show_person(&mut self, subject: Subject, standing: Option<Standing>) {
        if self.person().is_none_or(|person| person.id != subject.id) {
            self.seen.clear();
            self.warning = None;
        }
        self.wants_retake = false;
        self.person = Some((subject, standing));
        self.answer = None;
        self.last_four.clear();
        self.wants_focus = true;
    }

    /// The person goes; the screen waits for the next one.
    pub fn clear_person(&mut self) {
        self.person = None;
        self.seen.clear();
        self.wants_retake = false;
        self.warning = None;
        self.wants_focus = true;
    }

    /// The running session.
    pub fn collecting(&self) -> Option<Arc<Collecting>> {
        self.collecting.clone()
    }

    /// Masked name and last four of somebody of the batch.
    fn name(&self, subject: &str) -> String {
        let row = self.people.iter().find(|row| row.subject.id == subject);
        row.map_or_else(String::new, |row| name_of(&row.subject))
    }

    /// Takes what the workers found out. A text is what could not be done, said for the person.
    pub fn arrived(&mut self, done: OnSiteDone, ctx: &Context) {
        match done {
            OnSiteDone::People { batch, result } => {
                if self.batch.as_deref() == Some(&batch) {
                    self.people = result.unwrap_or_default();
                }
            }
            OnSiteDone::Found(Ok((Who::One(subject), standing))) => {
                self.show_person(subject, standing);
                self.people_changed();
            }
            OnSiteDone::Found(Ok((who, _))) => {
                self.wants_last_four = matches!(who, Who::NewCode(_));
                self.answer = Some(Ok(who));
                self.last_four.clear();
            }
            OnSiteDone::Found(Err(problem)) => self.answer = Some(Err(problem)),
            OnSiteDone::Pictures(read) => self.unread = read,
            OnSiteDone::Tickets(tickets) => self.ticket = tickets.into_iter().next(),
            other => self.session_arrived(other, ctx),
        }
    }

    pub fn draw(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        if scene.overview.batches.is_empty() {
            empty::show(ui, icons::ON_SITE, &words!("welcome.title"), &words!("onsite.no_batch"), |ui| {
                let text = words!("action.new_batch");
                button::primary(ui, Action::OpenNewBatch, &text, !scene.is_busy(), scene.actions);
                let merge = Action::OnSite(Wish::OpenBundle(BundleWay::Merge));
                button::plain(ui, merge, !scene.is_busy(), scene.actions);
            });
            return;
        }
        place::draw(ui, self, scene);
    }

    fn draw_who(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        self.draw_steps(ui);
        ui.add_space(space::S);
        // Another batch would not be the one whose photos arrive.
        if self.collecting.is_none() {
            ui.horizontal(|ui| {
                button::plain(ui, Action::OpenNewBatch, !scene.is_busy(), scene.actions);
                batch_choice(ui, scene, &mut self.batch);
            });
            ui.add_space(space::S);
        }
        if self.batch.is_none() {
            label::weak(ui, &words!("onsite.choose_batch"));
            return;
        }
        if let Some(wish) = paste::read(ui) {
            scene.ask(Action::OnSite(wish));
        }
        if self.is_released(ui) {
            scene.ask(Action::OnSite(Wish::Release));
        }
        if let Some(wish) = keys::read(ui, self) {
            scene.ask(Action::OnSite(wish));
        }
        strip::head(ui, self, scene);
        ui.add_space(space::S);
        self.draw_field(ui, scene);
        ui.add_space(space::M);
        answer::draw(ui, self, scene);
        ui.add_space(space::M);
        shoot::draw(ui, self, scene);
    }

    /// Who · shoot · result: the one that is on stands out.
    fn draw_steps(&self, ui: &mut Ui) {
        let at = match (self.person(), self.seen.last()) {
            (None, _) => 0,
            (Some(_), Some(_)) if !self.wants_retake => 2,
            (Some(_), _) => 1,
        };
        let p = palette(ui);
        ui.horizontal(|ui| {
            let steps = [words!("onsite.who"), words!("onsite.shoot"), words!("onsite.result")];
            for (number, step) in steps.iter().enumerate() {
                let colour = if number == at { p.accent } else { p.weak };
                let text = RichText::new(format!("{} {step}", number + 1)).heading().color(colour);
                ui.add(egui::Label::new(text).selectable(false));
                ui.add_space(space::L);
            }
        });
    }

    /// Nothing else has the focus: what a scanner types next must arrive.
    fn is_field_next(&self, ui: &Ui) -> bool {
        let is_free = ui.memory(|memory| memory.focused().is_none() && memory.top_modal_layer().is_none());
        is_free && !matches!(self.answer, Some(Ok(Who::NewCode(_))))
    }

    /// One field for all: a scanner types into it and presses Enter as a person does.
    fn draw_field(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let hint = words!("onsite.field");
        let field = TextEdit::singleline(&mut self.typed)
            .id(paste::field())
            .hint_text(words!("onsite.field_hint").as_ref())
            .font(crate::ui::theme::number())
            .align(egui::Align2::LEFT_CENTER)
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, hint.as_ref()));
        // Asked before the focus is given back, which would hide that it was lost.
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if std::mem::take(&mut self.wants_focus) || self.is_field_next(ui) {
            response.request_focus();
        }
        if entered {
            // Emptied at once: the next scan must not stand behind this one.
            scene.ask(Action::OnSite(Wish::Find(std::mem::take(&mut self.typed))));
            self.wants_focus = true;
        }
        // The answer needs the room while the student reads it; in a low window the live picture does, too.
        let is_low = ui.ctx().content_rect().height() < LITTLE_HEIGHT;
        if !self.seen.is_empty() || (is_low && self.person().is_some()) {
            return;
        }
        ui.add_space(space::S);
        ui.horizontal_wrapped(|ui| {
            let find = Action::OnSite(Wish::Find(self.typed.clone()));
            let ready = !self.typed.trim().is_empty();
            if button::primary(ui, find, &words!("onsite.find"), ready, scene.actions).clicked() {
                self.typed.clear();
            }
            let pick = Action::OnSite(Wish::PickPictures);
            button::plain_with(ui, pick, &words!("onsite.read_pictures"), true, scene.actions);
            let folder = Action::OnSite(Wish::PickCodeFolder);
            button::plain_with(ui, folder, &words!("onsite.register_codes"), !scene.is_busy(), scene.actions);
            let ticket = Action::OnSite(Wish::ShowTicket);
            button::plain_with(ui, ticket, &words!("onsite.show_ticket"), true, scene.actions);
            let print = Action::OnSite(Wish::PrintTickets);
            button::plain_with(ui, print, &words!("onsite.print_tickets"), true, scene.actions);
        });
    }
}
