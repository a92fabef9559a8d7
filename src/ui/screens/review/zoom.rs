//! The hand on the photo: the wheel and keys come closer, dragging moves, a double click shows single pixels.

use egui::{Align2, Pos2, Rect, Response, Sense, Ui, vec2};

use super::ReviewScreen;
use crate::i18n::words;
use crate::ui::action::Zoom;
use crate::ui::theme::{size, space};
use crate::ui::widgets::guides;
use crate::ui::widgets::photo_view::{Placement, View};

/// One press of a key comes this much closer.
const STEP: f32 = 1.5;
/// Points of the wheel for a factor of e.
const WHEEL_POINTS: f32 = 240.0;

/// Takes the hand's wishes about a picture that fills `whole` when it is seen whole; gives where it lies now.
pub fn follow(
    ui: &Ui,
    area: Rect,
    whole: Placement,
    screen: &mut ReviewScreen,
    id: &str,
) -> (Placement, Response) {
    let response = ui.interact(area, ui.scope_id().with(("hand", id)), Sense::click_and_drag());
    let ppp = ui.ctx().pixels_per_point();
    let pointer = response.hover_pos().unwrap_or_else(|| area.center());
    let before = screen.view;
    if let Some(asked) = screen.zoom_asked.take() {
        screen.view = match asked {
            Zoom::In => screen.view.zoomed(STEP, pointer, area, whole, ppp),
            Zoom::Out => screen.view.zoomed(1.0 / STEP, pointer, area, whole, ppp),
            Zoom::Whole => Default::default(),
            Zoom::Full => full_or_whole(screen, pointer, area, whole, ppp),
        };
    }
    if response.hovered() {
        let (wheel, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        let factor = pinch * (wheel / WHEEL_POINTS).exp();
        if factor != 1.0 {
            screen.view = screen.view.zoomed(factor, pointer, area, whole, ppp);
        }
    }
    if response.double_clicked() {
        screen.view = full_or_whole(screen, pointer, area, whole, ppp);
    } else if response.dragged() {
        screen.view = screen.view.dragged(response.drag_delta(), area, whole);
    }
    if screen.view != before {
        // The photo's own pixels may be wanted now.
        ui.ctx().request_repaint();
    }
    (screen.view.place(area, whole), response)
}

/// How large a photo pixel is shown, in the corner of the stage; over all that is painted there.
pub fn tell(ui: &Ui, area: Rect, placement: Placement, screen: &ReviewScreen) {
    if screen.view.is_whole() {
        return;
    }
    let device_px = placement.scale * ui.ctx().pixels_per_point();
    let text = words!("review.zoom", percent = (device_px * 100.0).round());
    let corner = area.right_top() + vec2(-space::S, space::S);
    guides::chip(ui.painter(), corner, Align2::RIGHT_TOP, &text);
    let place = Rect::from_min_max(corner - vec2(size::TALL_CONTROL, 0.0), corner + vec2(0.0, size::CONTROL));
    let response = ui.interact(place, ui.scope_id().with("zoom"), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text.as_ref()));
}

fn full_or_whole(screen: &ReviewScreen, pointer: Pos2, area: Rect, whole: Placement, ppp: f32) -> View {
    if screen.view.is_whole() {
        screen.view.at_full_size(pointer, area, whole, ppp)
    } else {
        Default::default()
    }
}
