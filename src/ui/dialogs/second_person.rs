//! What one person said on site and a second one must confirm: a colleague signs in here, looks, and says whether it is so.

use egui::{Context, Key, TextEdit, TextureHandle, Ui, WidgetInfo};
use zeroize::Zeroizing;

use super::bundle::{NAME_WIDTH, secret};
use super::conflicts::{loaded, picture};
use crate::i18n::{find, words};
use crate::onsite::countersign::is_same_name;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::screens::on_site::{NotSignedIn, Passphrase, ShownCountersign, Wish, name_of};
use crate::ui::theme::{palette, size, space};
use crate::ui::widgets::{button, dialog, label};
use crate::workflow::countersign::OpenCountersign;
use crate::workflow::sign_in::Signed;

/// The list while a colleague looks at it. Closed, they are signed out.
pub struct SecondPersonForm {
    rows: Vec<Row>,
    signed: Option<Signed>,
    name: String,
    code: Zeroizing<String>,
    again: Zeroizing<String>,
    /// The name has no code yet: this one is to be theirs.
    is_first_time: bool,
    /// The code is being tried, which takes a moment.
    is_trying: bool,
    problem: Option<String>,
    /// False until the first field has had the focus.
    focused: bool,
}

struct Row {
    open: OpenCountersign,
    /// By shot.
    pictures: Vec<(String, TextureHandle)>,
}

impl SecondPersonForm {
    pub fn new(waiting: Vec<ShownCountersign>, ctx: &Context) -> Self {
        let mut form = Self {
            rows: Vec::new(),
            signed: None,
            name: String::new(),
            code: Zeroizing::default(),
            again: Zeroizing::default(),
            is_first_time: false,
            is_trying: false,
            problem: None,
            focused: false,
        };
        form.set_rows(waiting, ctx);
        form
    }

    /// The list as it stands now; whoever is signed in stays so.
    pub fn set_rows(&mut self, waiting: Vec<ShownCountersign>, ctx: &Context) {
        let row = |shown: ShownCountersign| Row { open: shown.open, pictures: loaded(shown.pictures, ctx) };
        self.rows = waiting.into_iter().map(row).collect();
    }

    /// What the code gave.
    pub fn tried(&mut self, result: Result<Signed, NotSignedIn>) {
        self.is_trying = false;
        match result {
            Ok(signed) => {
                self.signed = Some(signed);
                (self.code, self.again) = (Zeroizing::default(), Zeroizing::default());
                (self.is_first_time, self.problem) = (false, None);
            }
            Err(problem) => {
                self.is_first_time = problem.is_unknown;
                // Whoever has no code yet chooses the one just typed, by typing it again.
                if !problem.is_unknown {
                    self.code = Zeroizing::default();
                }
                self.again = Zeroizing::default();
                self.problem = Some(problem.text);
                self.focused = false;
            }
        }
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        dialog::show(ctx, "second_person", &words!("countersign.title"), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| {
                label::weak(ui, &words!("countersign.hint"));
                ui.add_space(space::S);
                if self.rows.is_empty() {
                    label::line(ui, &words!("countersign.none"));
                    return;
                }
                self.who(ui, actions);
                ui.add_space(space::M);
                for row in &self.rows {
                    row.draw(ui, self.signed.as_ref(), actions);
                }
            });
            dialog::foot(ui, |ui| {
                button::primary(ui, Action::CloseDialog, &words!("action.close"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }

    /// Who looks: signed in already, or the fields to do so.
    fn who(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        if let Some(signed) = &self.signed {
            label::emphasis(ui, &words!("countersign.signed_in", name = signed.name()));
            return;
        }
        let name = words!("countersign.name");
        let field = ui.horizontal(|ui| {
            label::field_name(ui, &name, NAME_WIDTH);
            let width = ui.available_width().max(size::FIELD);
            ui.add(TextEdit::singleline(&mut self.name).desired_width(width))
        });
        field.inner.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, true, name.as_ref()));
        if field.inner.changed() {
            (self.is_first_time, self.problem) = (false, None);
        }
        let mut last = secret(ui, &words!("countersign.code"), &mut self.code);
        let first = if self.name.is_empty() { &field.inner } else { &last };
        if !self.is_first_time && !std::mem::replace(&mut self.focused, true) {
            first.request_focus();
        }
        if self.is_first_time {
            last = secret(ui, &words!("countersign.again"), &mut self.again);
            if !std::mem::replace(&mut self.focused, true) {
                last.request_focus();
            }
        }
        if let Some(problem) = &self.problem {
            ui.colored_label(palette(ui).warn, problem);
        }
        let differs = self.is_first_time && !self.again.is_empty() && self.again != self.code;
        if differs {
            ui.colored_label(palette(ui).warn, words!("countersign.differs"));
        }
        let is_said = !self.name.trim().is_empty() && !self.code.is_empty();
        let is_ready = is_said && !self.is_trying && (!self.is_first_time || self.again == self.code);
        let text =
            if self.is_first_time { words!("countersign.set_code") } else { words!("countersign.sign_in") };
        let clicked = button::primary(ui, self.action(), &text, is_ready, actions).clicked();
        let entered = is_ready && last.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if entered && !clicked {
            actions.push(self.action());
        }
        self.is_trying |= clicked || entered;
    }

    fn action(&self) -> Action {
        Action::OnSite(Wish::SignIn {
            name: self.name.trim().to_owned(),
            code: Passphrase(self.code.clone()),
            is_first: self.is_first_time,
        })
    }
}

impl Row {
    /// What was said of whom and by whom, the photos to look at, and the two answers.
    fn draw(&self, ui: &mut Ui, signed: Option<&Signed>, actions: &mut Vec<Action>) {
        let OpenCountersign { numbered, subject, against, photos } = &self.open;
        let it = &numbered.countersign;
        let people: Vec<String> = std::iter::once(subject).chain(against).map(name_of).collect();
        label::line(ui, &format!("{} · {}", people.join(" ↔ "), it.batch));
        let by =
            if it.said_by.is_empty() { words!("countersign.nameless") } else { it.said_by.as_str().into() };
        let why = find(&format!("countersign.risk.{}", it.risk.as_str())).unwrap_or_default();
        label::weak(ui, &words!("countersign.said", why = why, name = by));
        ui.horizontal(|ui| {
            for shot in photos {
                if let Some((_, texture)) = self.pictures.iter().find(|(id, _)| *id == shot.id) {
                    let is_it = it.shot.as_deref().is_none_or(|asked| asked == shot.id);
                    let name =
                        if is_it { words!("countersign.photo") } else { words!("countersign.other_photo") };
                    picture(ui, texture, &name, is_it && photos.len() > 1);
                }
            }
        });
        match signed {
            None => {}
            Some(signed) if is_same_name(signed.name(), &it.said_by) => {
                ui.colored_label(palette(ui).warn, words!("countersign.own"));
            }
            Some(signed) => answers(ui, numbered.seq, signed, actions),
        }
        ui.add_space(space::M);
    }
}

/// It is so, or it is not.
fn answers(ui: &mut Ui, seq: u64, by: &Signed, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        for (is_so, text) in [(true, words!("countersign.is_so")), (false, words!("countersign.is_not_so"))] {
            let wish = Wish::Countersign { seq, is_so, by: by.clone() };
            button::plain_with(ui, Action::OnSite(wish), &text, true, actions);
        }
    });
}
