//! Buttons: the one primary of a place, quiet ones, and icons that name their action and key.

use egui::{Button, Response, RichText, Role, Ui, WidgetInfo, vec2};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::theme::{self, palette, size};

/// An icon in front of a text, as one laid-out line.
pub fn icon_and_text(ui: &Ui, icon: &str, text: &str, colour: egui::Color32) -> egui::text::LayoutJob {
    let mut job = egui::text::LayoutJob::default();
    let format = |font_id| egui::TextFormat {
        font_id,
        color: colour,
        valign: egui::Align::Center,
        ..Default::default()
    };
    job.append(icon, 0.0, format(theme::icon_font()));
    job.append(text, theme::space::S, format(egui::TextStyle::Button.resolve(ui.style())));
    job
}

/// The sentence shown on hover: what it does and its key.
pub fn tooltip(action: &Action) -> Option<String> {
    let text = action.tooltip_key().or_else(|| action.label_key()).map(|key| words!(key).into_owned())?;
    Some(match action.key_text() {
        Some(key) => format!("{text} ({key})"),
        None => text,
    })
}

/// The words of an action in the chosen language.
pub fn verb(action: &Action) -> String {
    action.label_key().map(|key| words!(key).into_owned()).unwrap_or_default()
}

/// What every button ends in: its accessible name and state, its click, its tooltip. `selected` is told of buttons that
/// stay on or off.
fn finish(
    response: Response,
    action: Action,
    name: &str,
    selected: Option<bool>,
    actions: &mut Vec<Action>,
) -> Response {
    let enabled = response.enabled();
    response.widget_info(|| match selected {
        Some(selected) => WidgetInfo::selected(Role::Button, enabled, selected, name),
        None => WidgetInfo::labeled(Role::Button, enabled, name),
    });
    if response.clicked() {
        actions.push(action.clone());
    }
    match tooltip(&action) {
        Some(text) if selected.is_some() || text != name => {
            response.on_hover_text(text.clone()).on_disabled_hover_text(text)
        }
        _ => response,
    }
}

/// The one button a place is about.
pub fn primary(
    ui: &mut Ui,
    action: Action,
    text: &str,
    enabled: bool,
    actions: &mut Vec<Action>,
) -> Response {
    let p = palette(ui);
    let label = RichText::new(text).color(p.on_accent);
    let response = primary_button(ui, label.into(), enabled);
    finish(response, action, text, None, actions)
}

/// A primary button whose wish stays within its dialog; true when it was clicked.
pub fn primary_here(ui: &mut Ui, text: &str, enabled: bool) -> bool {
    let label = RichText::new(text).color(palette(ui).on_accent);
    let response = primary_button(ui, label.into(), enabled);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    response.clicked()
}

/// The primary button with its key beside its text; both together are its name.
pub fn primary_keyed(
    ui: &mut Ui,
    action: Action,
    text: &str,
    enabled: bool,
    actions: &mut Vec<Action>,
) -> Response {
    let key = action.key_text().unwrap_or_default();
    let p = palette(ui);
    let job = text_and_key(ui, text, &key, p.on_accent, p.on_accent);
    let response = primary_button(ui, job.into(), enabled);
    finish(response, action, format!("{text} {key}").trim_end(), None, actions)
}

fn primary_button(ui: &mut Ui, text: egui::WidgetText, enabled: bool) -> Response {
    let p = palette(ui);
    ui.scope(|ui| {
        let widgets = &mut ui.visuals_mut().widgets;
        widgets.inactive.weak_bg_fill = p.accent_fill;
        widgets.hovered.weak_bg_fill = p.accent_fill_hover;
        widgets.active.weak_bg_fill = p.accent_fill_hover;
        ui.add_enabled(enabled, Button::new(text).min_size(vec2(0.0, size::TALL_CONTROL)))
    })
    .inner
}

/// A primary button that takes the whole width.
pub fn wide_primary(
    ui: &mut Ui,
    action: Action,
    text: &str,
    enabled: bool,
    actions: &mut Vec<Action>,
) -> Response {
    let width = ui.available_width();
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.x = width;
        let height = size::TALL_CONTROL;
        ui.allocate_ui_with_layout(
            vec2(width, height),
            egui::Layout::top_down_justified(egui::Align::Center),
            |ui| primary(ui, action, text, enabled, actions),
        )
        .inner
    })
    .inner
}

/// A quiet button with the action's own verb.
pub fn plain(ui: &mut Ui, action: Action, enabled: bool, actions: &mut Vec<Action>) -> Response {
    let text = verb(&action);
    plain_with(ui, action, &text, enabled, actions)
}

/// A quiet button with a text of its own.
pub fn plain_with(
    ui: &mut Ui,
    action: Action,
    text: &str,
    enabled: bool,
    actions: &mut Vec<Action>,
) -> Response {
    let height = ui.spacing().interact_size.y;
    let response = ui.add_enabled(enabled, Button::new(text).min_size(vec2(0.0, height)));
    finish(response, action, text, None, actions)
}

/// A quiet button with an icon before its verb.
pub fn with_icon(
    ui: &mut Ui,
    icon: &str,
    action: Action,
    enabled: bool,
    actions: &mut Vec<Action>,
) -> Response {
    let text = verb(&action);
    let job = icon_and_text(ui, icon, &text, palette(ui).text);
    let height = ui.spacing().interact_size.y;
    let response = ui.add_enabled(enabled, Button::new(job).min_size(vec2(0.0, height)));
    finish(response, action, &text, None, actions)
}

/// An icon alone; its verb is its accessible name and its tooltip.
pub fn icon(ui: &mut Ui, icon: &str, action: Action, selected: bool, actions: &mut Vec<Action>) -> Response {
    let text = verb(&action);
    let label = RichText::new(icon).font(theme::icon_font());
    let button = Button::new(label).selected(selected).min_size(vec2(size::TALL_CONTROL, size::CONTROL));
    let response = ui
        .scope(|ui| {
            ui.spacing_mut().button_padding.x = theme::space::XS;
            ui.add(button.frame_when_inactive(selected))
        })
        .inner;
    finish(response, action, &text, Some(selected), actions)
}

/// A tool with its icon, its verb and its key, for where there is room.
pub fn tool(ui: &mut Ui, icon: &str, action: Action, selected: bool, actions: &mut Vec<Action>) -> Response {
    let text = verb(&action);
    let p = palette(ui);
    let mut job = icon_and_text(ui, icon, &text, if selected { p.accent } else { p.text });
    if let Some(key) = action.key_text() {
        let font_id = egui::TextStyle::Small.resolve(ui.style());
        let format =
            egui::TextFormat { font_id, color: p.weak, valign: egui::Align::Center, ..Default::default() };
        job.append(&key, theme::space::S, format);
    }
    let button = Button::new(job).selected(selected).min_size(vec2(0.0, size::CONTROL));
    let response = ui.add(button.frame_when_inactive(selected));
    finish(response, action, &text, Some(selected), actions)
}

/// A text with its key, as one laid-out line.
fn text_and_key(
    ui: &Ui,
    text: &str,
    key: &str,
    ink: egui::Color32,
    key_ink: egui::Color32,
) -> egui::text::LayoutJob {
    let mut job = egui::text::LayoutJob::default();
    let format = |style: egui::TextStyle, color| egui::TextFormat {
        font_id: style.resolve(ui.style()),
        color,
        valign: egui::Align::Center,
        ..Default::default()
    };
    job.append(text, 0.0, format(egui::TextStyle::Button, ink));
    job.append(key, theme::space::S, format(egui::TextStyle::Small, key_ink));
    job
}

/// A quiet button whose key stands beside its text; both together are its name.
pub fn keyed(ui: &mut Ui, action: Action, text: &str, enabled: bool, actions: &mut Vec<Action>) -> Response {
    let key = action.key_text().unwrap_or_default();
    let p = palette(ui);
    let job = text_and_key(ui, text, &key, p.text, p.weak);
    let height = ui.spacing().interact_size.y;
    let response = ui.add_enabled(enabled, Button::new(job).min_size(vec2(0.0, height)));
    finish(response, action, format!("{text} {key}").trim_end(), None, actions)
}

/// Two or more choices of which one holds, side by side.
pub fn tab(ui: &mut Ui, action: Action, selected: bool, actions: &mut Vec<Action>) -> Response {
    let text = verb(&action);
    let response = ui.add(Button::selectable(selected, text.as_str()).min_size(vec2(0.0, size::CONTROL)));
    finish(response, action, &text, Some(selected), actions)
}
