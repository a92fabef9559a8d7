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

fn verb(action: &Action) -> String {
    action.label_key().map(|key| words!(key).into_owned()).unwrap_or_default()
}

fn finish(response: Response, action: Action, name: &str, actions: &mut Vec<Action>) -> Response {
    let enabled = response.enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    if response.clicked() {
        actions.push(action.clone());
    }
    match tooltip(&action) {
        Some(text) if text != name => response.on_hover_text(text.clone()).on_disabled_hover_text(text),
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
    let response = ui
        .scope(|ui| {
            let widgets = &mut ui.visuals_mut().widgets;
            widgets.inactive.weak_bg_fill = p.accent_fill;
            widgets.hovered.weak_bg_fill = p.accent_fill_hover;
            widgets.active.weak_bg_fill = p.accent_fill_hover;
            let label = RichText::new(text).color(p.on_accent);
            ui.add_enabled(enabled, Button::new(label).min_size(vec2(0.0, size::TALL_CONTROL)))
        })
        .inner;
    finish(response, action, text, actions)
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
    finish(response, action, text, actions)
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
    finish(response, action, &text, actions)
}

/// An icon alone; its verb is its accessible name and its tooltip.
pub fn icon(ui: &mut Ui, icon: &str, action: Action, selected: bool, actions: &mut Vec<Action>) -> Response {
    let text = verb(&action);
    let label = RichText::new(icon).font(theme::icon_font());
    let button = Button::new(label).selected(selected).min_size(egui::Vec2::splat(size::CONTROL));
    let response = ui.add(button.frame_when_inactive(selected));
    let enabled = response.enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, selected, &text));
    if response.clicked() {
        actions.push(action.clone());
    }
    match tooltip(&action) {
        Some(tip) => response.on_hover_text(tip),
        None => response,
    }
}

/// Two or more choices of which one holds, side by side.
pub fn tab(ui: &mut Ui, action: Action, selected: bool, actions: &mut Vec<Action>) -> Response {
    let text = verb(&action);
    let response = ui.add(Button::selectable(selected, text.as_str()).min_size(vec2(0.0, size::CONTROL)));
    finish(response, action, &text, actions)
}
