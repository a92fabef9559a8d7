//! The answer in large letters: the person, whom to choose among, or what to do.

use egui::{Color32, CornerRadius, Key, Rect, RichText, Role, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};

use super::{OnSite, Wish};
use crate::i18n::{find, words};
use crate::onsite::code::Modules;
use crate::onsite::code::draw::QUIET_MODULES;
use crate::onsite::ticket::Ticket;
use crate::submission::Subject;
use crate::ui::action::Action;
use crate::ui::problem;
use crate::ui::screens::Scene;
use crate::ui::theme::{self, palette, size, space};
use crate::ui::widgets::{button, label};
use crate::workflow::who::{NoCode, Who};

/// Side of a ticket's code on the screen, points.
const TICKET_SIDE: f32 = 220.0;

pub(super) fn draw(ui: &mut Ui, screen: &mut OnSite, scene: &mut Scene<'_>) {
    match screen.answer.clone() {
        Some(Ok(Who::NewCode(code))) => new_code(ui, screen, &code, scene),
        Some(Ok(Who::Several(people))) => several(ui, &people, scene),
        Some(Ok(Who::Nobody(why))) => {
            label::emphasis(ui, &find(&format!("onsite.nobody.{}", why.as_str())).unwrap_or_default());
        }
        Some(Ok(Who::One(_))) | None => person(ui, screen),
        Some(Err(problem)) => {
            ui.colored_label(palette(ui).fail, problem);
        }
    }
    if let Some(ticket) = &screen.ticket {
        ui.add_space(space::L);
        show_ticket(ui, ticket);
    }
    unread(ui, screen);
}

fn person(ui: &mut Ui, screen: &OnSite) {
    let Some((subject, standing)) = &screen.person else {
        label::weak(ui, &words!("onsite.waiting"));
        return;
    };
    // One line: the answer and the live picture need the room.
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(name_of(subject)).text_style(theme::number()));
        let Some((has_code, ticket)) = standing else { return };
        ui.add_space(space::M);
        let code = if *has_code { words!("onsite.has_code") } else { words!("onsite.no_code") };
        label::weak(ui, &code);
        if let Some(ticket) = ticket {
            label::weak(ui, &words!("onsite.has_ticket", ticket = ticket));
        }
    });
}

/// A code nobody has yet: a new person, or the one on the screen.
fn new_code(ui: &mut Ui, screen: &mut OnSite, code: &str, scene: &mut Scene<'_>) {
    label::emphasis(ui, &words!("onsite.new_code"));
    label::weak(ui, &words!("onsite.new_code_hint"));
    ui.add_space(space::S);
    let name = words!("onsite.last_four");
    let mut entered = false;
    ui.horizontal(|ui| {
        label::field_name(ui, &name, size::BATCHES / 2.0);
        let field = TextEdit::singleline(&mut screen.last_four).desired_width(size::FIELD / 2.0);
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name.as_ref()));
        if std::mem::take(&mut screen.wants_last_four) {
            response.request_focus();
        }
        entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    });
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        let (code, last_four) = (code.to_owned(), screen.last_four.trim().to_owned());
        let ready = !last_four.is_empty();
        let add = Action::OnSite(Wish::AddByCode { code: code.clone(), last_four: last_four.clone() });
        // With a person on the screen there are two ways, and Enter would choose one unseen.
        if entered && ready && screen.person().is_none() {
            scene.ask(add.clone());
        }
        button::primary(ui, add, &words!("onsite.add"), ready, scene.actions);
        if let Some(person) = screen.person() {
            let text = words!("onsite.bind", name = name_of(person));
            let bind = Action::OnSite(Wish::BindCode { code, last_four });
            button::plain_with(ui, bind, &text, ready, scene.actions);
        }
    });
}

fn several(ui: &mut Ui, people: &[Subject], scene: &mut Scene<'_>) {
    label::emphasis(ui, &words!("onsite.several", n = people.len()));
    for subject in people {
        let choose = Action::OnSite(Wish::Choose(subject.clone()));
        button::plain_with(ui, choose, &name_of(subject), true, scene.actions);
    }
}

/// Pictures that gave no person, each with what to do.
fn unread(ui: &mut Ui, screen: &OnSite) {
    if screen.unread.is_empty() {
        return;
    }
    ui.add_space(space::M);
    for picture in &screen.unread {
        let name = picture.path.file_name().unwrap_or_default().to_string_lossy();
        let why = match &picture.result {
            Ok(_) => words!("onsite.picture_new_code").into_owned(),
            Err(no_code) => said(no_code),
        };
        label::line(ui, &format!("{name} · {why}")).on_hover_text(why);
    }
}

fn said(no_code: &NoCode) -> String {
    problem::text(no_code.code(), &no_code.to_string())
}

/// The ticket to hold into the frame: its code on white, its number below.
fn show_ticket(ui: &mut Ui, ticket: &Ticket) {
    let text = ticket.to_string();
    let Some(modules) = Modules::of(&text) else { return };
    let (rect, response) = ui.allocate_exact_size(vec2(TICKET_SIDE, TICKET_SIDE), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words!("onsite.ticket", ticket = text)));
    ui.painter().rect_filled(rect, CornerRadius::ZERO, Color32::WHITE);
    let step = rect.width() / (modules.width + 2 * QUIET_MODULES) as f32;
    for row in 0..modules.width {
        for column in (0..modules.width).filter(|column| modules.is_dark(*column, row)) {
            let at = pos2(
                rect.left() + step * (column + QUIET_MODULES) as f32,
                rect.top() + step * (row + QUIET_MODULES) as f32,
            );
            let module = Rect::from_min_size(at, vec2(step, step));
            ui.painter().rect_filled(module, CornerRadius::ZERO, Color32::BLACK);
        }
    }
    ui.label(RichText::new(text).text_style(theme::emphasis()).monospace());
}

/// Masked name and last four, as far as they are known; else the place in the batch.
pub fn name_of(subject: &Subject) -> String {
    let parts: Vec<&str> = [subject.masked_name.as_str(), subject.last_four.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        words!("onsite.unnamed", serial = subject.serial).into_owned()
    } else {
        parts.join(" · ")
    }
}
