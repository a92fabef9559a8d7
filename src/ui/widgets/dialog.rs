//! A floating card over the window for one question or one result.

use egui::{Context, Id, Modal, Ui};

use crate::ui::action::Action;
use crate::ui::theme::{of_window, size, space};
use crate::ui::widgets::label;

/// Shows a dialog; Escape or a click beside it closes it.
pub fn show(
    ctx: &Context,
    name: &str,
    title: &str,
    actions: &mut Vec<Action>,
    content: impl FnOnce(&mut Ui, &mut Vec<Action>),
) {
    show_sized(ctx, name, title, size::DIALOG, actions, content);
}

/// A dialog for tables, as wide as the smallest window allows.
pub fn show_wide(
    ctx: &Context,
    name: &str,
    title: &str,
    actions: &mut Vec<Action>,
    content: impl FnOnce(&mut Ui, &mut Vec<Action>),
) {
    show_sized(ctx, name, title, size::WIDE_DIALOG, actions, content);
}

fn show_sized(
    ctx: &Context,
    name: &str,
    title: &str,
    width: f32,
    actions: &mut Vec<Action>,
    content: impl FnOnce(&mut Ui, &mut Vec<Action>),
) {
    let shadow = of_window(ctx).shadow;
    let frame = egui::Frame::window(&ctx.global_style());
    let modal = Modal::new(Id::unique(name)).backdrop_color(shadow).frame(frame);
    let response = modal.show(ctx, |ui| {
        ui.set_width(width);
        label::title(ui, title);
        ui.add_space(space::S);
        content(ui, actions);
    });
    if response.should_close() {
        actions.push(Action::CloseDialog);
    }
}

/// The row of buttons at a dialog's foot, right to left.
pub fn foot(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ui.add_space(space::L);
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.spacing_mut().interact_size.y = size::TALL_CONTROL;
        content(ui);
    });
}
