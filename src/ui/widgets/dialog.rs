//! A floating card over the window for one question or one result.

use egui::{Context, Id, Modal, ScrollArea, Ui};

use crate::ui::action::Action;
use crate::ui::theme::{of_window, size, space};
use crate::ui::widgets::label;

/// A list longer than this scrolls however high the window is.
const HIGHEST_BODY: f32 = 520.0;
/// Of the window's height, what stands around the body: title, foot, frame and a little of the place behind.
const AROUND: f32 = 172.0;
/// What stays free of the window at each side of a dialog: its frame's margin and a little of the place behind.
const BESIDE: f32 = space::XL + space::S;

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

/// A dialog for tables, as wide as a window at usual scale allows.
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
        ui.set_width(width.min(ctx.content_rect().width() - 2.0 * BESIDE));
        label::title(ui, title);
        ui.add_space(space::S);
        content(ui, actions);
    });
    if response.should_close() {
        actions.push(Action::CloseDialog);
    }
}

/// What stands between a dialog's title and its foot: scrolls where the window is too low, so that the foot stays in
/// sight.
pub fn body<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let highest = HIGHEST_BODY.min(ui.ctx().content_rect().height() - AROUND);
    let area = ScrollArea::vertical().id_salt("body").max_height(highest).auto_shrink([false, true]);
    area.show(ui, content).inner
}

/// The row of buttons at a dialog's foot, right to left.
pub fn foot(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ui.add_space(space::L);
    // As high as its buttons: what takes all the height there is would keep the dialog from shrinking.
    let row = egui::vec2(ui.available_width(), size::TALL_CONTROL);
    ui.allocate_ui_with_layout(row, egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.spacing_mut().interact_size.y = size::TALL_CONTROL;
        content(ui);
    });
}
