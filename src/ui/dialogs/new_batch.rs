//! Opens a batch: whose it is, under which standard, with which background and layouts.

use egui::{Context, CornerRadius, DragValue, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, vec2};

use crate::i18n::{find, words};
use crate::standard::{Background, Standard};
use crate::submission::SignatureCode;
use crate::ui::action::Action;
use crate::ui::screens::{Scene, Shop, by_language};
use crate::ui::theme::{hairline, outline, space};
use crate::ui::widgets::{button, combo, dialog, label};
use crate::workflow::Desk;
use crate::workflow::desk::NewBatch;

const NAME_WIDTH: f32 = 96.0;
const USUAL_ATTEMPTS: u32 = 3;
const MOST_ATTEMPTS: u32 = 99;
const LAYOUT_ROWS_HEIGHT: f32 = 112.0;
const SWATCH: f32 = 16.0;
const CODE_SIGNS: usize = 6;

/// The form while it is filled in.
pub struct NewBatchForm {
    /// Signature code agreed with the centre; empty has one drawn.
    code: String,
    school: String,
    title: String,
    standard: String,
    background: String,
    layouts: Vec<String>,
    max_attempts: u32,
    /// False until the first field has had the focus.
    focused: bool,
}

impl NewBatchForm {
    pub fn new(desk: &Desk, shop: &Shop) -> Self {
        let standard = desk.standards.all().first();
        let layout = shop.layouts.entries().first();
        Self {
            code: String::new(),
            school: String::new(),
            title: String::new(),
            standard: standard.map(|standard| standard.id.clone()).unwrap_or_default(),
            background: standard.map(first_background).unwrap_or_default(),
            layouts: layout.map(|entry| entry.expression.clone()).into_iter().collect(),
            max_attempts: USUAL_ATTEMPTS,
            focused: false,
        }
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let title = words!("batch.title");
        let mut asked = Vec::new();
        dialog::show(ctx, "new_batch", &title, &mut asked, |ui, actions| {
            dialog::body(ui, |ui| {
                self.names(ui);
                self.code_field(ui);
                self.standard_choice(ui, scene);
                self.layout_choice(ui, scene);
                row(ui, &words!("batch.attempts"), |ui, name| {
                    let field = DragValue::new(&mut self.max_attempts).range(1..=MOST_ATTEMPTS);
                    let response = ui.add(field.suffix(words!("batch.attempts_unit")));
                    response.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, name));
                });
            });
            dialog::foot(ui, |ui| {
                let create = Action::CreateBatch(self.batch());
                button::primary(ui, create, &words!("batch.create"), self.is_complete(), actions);
                button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }

    fn is_complete(&self) -> bool {
        let is_code = self.code.trim().is_empty() || SignatureCode::parse(self.code.trim()).is_ok();
        is_code && !self.school.trim().is_empty() && !self.title.trim().is_empty() && !self.layouts.is_empty()
    }

    fn batch(&self) -> NewBatch {
        NewBatch {
            code: Some(self.code.trim().to_owned()).filter(|code| !code.is_empty()),
            school: self.school.trim().to_owned(),
            title: self.title.trim().to_owned(),
            standard: self.standard.clone(),
            background: self.background.clone(),
            layouts: self.layouts.clone(),
            max_attempts: self.max_attempts,
        }
    }

    fn names(&mut self, ui: &mut Ui) {
        let (school, title) = (words!("batch.school"), words!("batch.name"));
        let school_hint = words!("batch.school_hint");
        let title_hint = words!("batch.name_hint");
        for (name, hint, text) in
            [(school, school_hint, &mut self.school), (title, title_hint, &mut self.title)]
        {
            row(ui, &name, |ui, name| {
                let field = TextEdit::singleline(text).hint_text(hint.as_ref()).desired_width(f32::INFINITY);
                let response = ui.add(field);
                response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
                if !self.focused {
                    response.request_focus();
                    self.focused = true;
                }
            });
        }
    }

    /// Stations that collect for one batch must use one code; without a network it is typed.
    fn code_field(&mut self, ui: &mut Ui) {
        row(ui, &words!("batch.code"), |ui, name| {
            let field = TextEdit::singleline(&mut self.code)
                .hint_text(words!("batch.code_hint").as_ref())
                .char_limit(CODE_SIGNS)
                .desired_width(f32::INFINITY);
            let response = ui.add(field);
            response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
            if response.changed() {
                self.code.make_ascii_uppercase();
            }
        });
    }

    fn standard_choice(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        let language = scene.settings.language;
        let name_of = |standard: &Standard| by_language(language, &standard.zh, &standard.en).to_owned();
        let all = scene.desk.standards.all();
        let chosen = all.iter().find(|standard| standard.id == self.standard);
        let shown = chosen.map(name_of).unwrap_or_default();
        let mut picked = None;
        row(ui, &words!("batch.standard"), |ui, name| {
            combo::show(ui, "standard", name, &shown, |ui| {
                for standard in all {
                    if ui.selectable_label(standard.id == self.standard, name_of(standard)).clicked() {
                        picked = Some(standard);
                    }
                }
            });
        });
        if let Some(standard) = picked {
            self.standard.clone_from(&standard.id);
            self.background = first_background(standard);
        }
        let backgrounds = chosen.map(|standard| standard.backgrounds.as_slice()).unwrap_or_default();
        row(ui, &words!("batch.background"), |ui, _| {
            for background in backgrounds {
                self.background_choice(ui, background);
            }
        });
    }

    fn background_choice(&mut self, ui: &mut Ui, background: &Background) {
        outline(ui);
        let name = background_name(&background.id);
        if ui.radio(self.background == background.id, name).clicked() {
            self.background.clone_from(&background.id);
        }
        let (rect, _) = ui.allocate_exact_size(vec2(SWATCH, SWATCH), Sense::hover());
        let [r, g, b] = background.rgb;
        let colour = egui::Color32::from_rgb(r, g, b);
        ui.painter().rect(rect, CornerRadius::same(3), colour, hairline(ui), egui::StrokeKind::Inside);
        ui.add_space(space::S);
    }

    fn layout_choice(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        let language = scene.settings.language;
        ui.horizontal_top(|ui| {
            label::field_name(ui, &words!("batch.layouts"), NAME_WIDTH);
            ui.vertical(|ui| {
                ScrollArea::vertical().max_height(LAYOUT_ROWS_HEIGHT).auto_shrink([false, true]).show(
                    ui,
                    |ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        outline(ui);
                        for entry in scene.shop.layouts.entries() {
                            let name = by_language(language, &entry.name, &entry.name_en);
                            let mut on = self.layouts.contains(&entry.expression);
                            if ui.checkbox(&mut on, format!("{name} · {}", entry.expression)).changed() {
                                self.layouts.retain(|layout| *layout != entry.expression);
                                self.layouts.extend(on.then(|| entry.expression.clone()));
                            }
                        }
                    },
                );
            });
        });
    }
}

fn first_background(standard: &Standard) -> String {
    standard.backgrounds.first().map(|background| background.id.clone()).unwrap_or_default()
}

/// A background's name in the chosen language; its id when no locale file names it.
fn background_name(id: &str) -> String {
    find(&format!("background.{id}")).unwrap_or_else(|| id.replace('_', " "))
}

fn row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui, &str)) {
    ui.horizontal(|ui| {
        label::field_name(ui, name, NAME_WIDTH);
        content(ui, name);
    });
}
