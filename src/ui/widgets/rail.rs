//! The rail at the left edge: one icon a place, the settings at its foot.

use egui::{Align2, CornerRadius, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::route::Route;
use crate::ui::theme::{self, CARD_RADIUS, palette, size, space};

const fn icon(route: Route) -> &'static str {
    match route {
        Route::Queue => icons::QUEUE,
        Route::Review => icons::REVIEW,
        Route::PrintRoom => icons::PRINT_ROOM,
        Route::Statistics => icons::STATISTICS,
        Route::OnSite => icons::ON_SITE,
        Route::Settings => icons::SETTINGS,
    }
}

/// Draws the rail and asks to go where it is clicked.
pub fn show(ui: &mut Ui, here: Route, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing = vec2(0.0, space::XS);
    ui.add_space(space::S);
    for route in Route::ALL.into_iter().filter(|route| *route != Route::Settings) {
        place(ui, route, here, actions);
    }
    ui.with_layout(egui::Layout::bottom_up(egui::Align::Center), |ui| {
        ui.add_space(space::S);
        place(ui, Route::Settings, here, actions);
    });
}

fn place(ui: &mut Ui, route: Route, here: Route, actions: &mut Vec<Action>) {
    let (rect, response) = ui.allocate_exact_size(vec2(size::RAIL, size::RAIL_BUTTON), Sense::click());
    let name = words!(route.label_key());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, route == here, &name));
    paint(ui, rect, &response, route, route == here);
    let action = Action::Go(route);
    let tip = action.key_text().map_or_else(|| name.to_string(), |key| format!("{name} ({key})"));
    if response.on_hover_text(tip).clicked() {
        actions.push(action);
    }
}

fn paint(ui: &Ui, rect: Rect, response: &Response, route: Route, here: bool) {
    let p = palette(ui);
    let ground = rect.shrink2(vec2(6.0, 0.0));
    if here || response.hovered() {
        let fill = if here { p.selected } else { p.raised };
        ui.painter().rect_filled(ground, CornerRadius::same(CARD_RADIUS), fill);
    }
    if response.has_focus() {
        let ring = ui.visuals().widgets.active.bg_stroke;
        ui.painter().rect_stroke(ground, CornerRadius::same(CARD_RADIUS), ring, egui::StrokeKind::Inside);
    }
    if here {
        let bar = Rect::from_min_max(
            pos2(rect.left(), rect.top() + 10.0),
            pos2(rect.left() + 3.0, rect.bottom() - 10.0),
        );
        ui.painter().rect_filled(bar, 1.5, p.accent);
    }
    let ink = if here { p.accent } else { p.weak };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon(route), theme::large_icon_font(), ink);
}
