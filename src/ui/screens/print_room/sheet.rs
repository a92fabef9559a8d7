//! The sheet as it will be written, true to scale with rulers in millimetres, person by person.

use egui::{Align, Layout, Rect, TextureHandle, Ui, vec2};

use super::{Known, PrintRoom};
use crate::i18n::words;
use crate::photo::units::MM_PER_INCH;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::screens::Scene;
use crate::ui::theme::{VIEWING_GREY, palette, size, space, surface};
use crate::ui::widgets::photo_view::{self, Placement};
use crate::ui::widgets::{button, empty, label, ruler};

pub fn draw(ui: &mut Ui, room: &PrintRoom, scene: &mut Scene<'_>) {
    egui::Panel::top("sheet_bar")
        .exact_size(size::CONTROL + 2.0 * space::S)
        .show_separator_line(false)
        .frame(surface(palette(ui).panel, vec2(space::M, space::S)))
        .show(ui, |ui| toolbar(ui, room, scene));
    let fill = if room.people() > 0 { VIEWING_GREY } else { palette(ui).window };
    egui::CentralPanel::default().frame(surface(fill, vec2(0.0, 0.0))).show(ui, |ui| {
        let failure = [plan_failure(room), sheet_failure(room)].into_iter().flatten().next();
        match (failure, &room.last_sheet) {
            (Some(why), _) => empty::show(ui, icons::PROBLEM, &words!("print.no_sheet"), why, |_| {}),
            (None, Some(texture)) if room.people() > 0 => draw_sheet(ui, texture),
            (None, _) if room.ready_plan().is_some_and(|plan| plan.people == 0) => nothing_ready(ui),
            (None, _) => {
                label::weak(ui, &words!("print.drawing"));
            }
        }
    });
}

fn plan_failure(room: &PrintRoom) -> Option<&str> {
    match &room.plan {
        Some((_, Known::Failed(why))) => Some(why),
        _ => None,
    }
}

fn sheet_failure(room: &PrintRoom) -> Option<&str> {
    match &room.sheet {
        Some((_, Known::Failed(why))) => Some(why),
        _ => None,
    }
}

fn nothing_ready(ui: &mut Ui) {
    empty::show(
        ui,
        icons::PRINT_ROOM,
        &words!("print.nothing_ready"),
        &words!("print.nothing_ready_hint"),
        |_| {},
    );
}

fn toolbar(ui: &mut Ui, room: &PrintRoom, scene: &mut Scene<'_>) {
    ui.horizontal_centered(|ui| {
        label::line(ui, &words!("print.preview"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let people = room.people();
            if people == 0 {
                return;
            }
            button::icon(ui, icons::NEXT, Action::TurnSheet(1), false, scene.actions);
            label::line(ui, &words!("print.person_of", at = room.index.min(people - 1) + 1, total = people));
            button::icon(ui, icons::PREVIOUS, Action::TurnSheet(-1), false, scene.actions);
        });
    });
}

fn draw_sheet(ui: &mut Ui, texture: &TextureHandle) {
    let whole = ui.available_rect_before_wrap();
    let mut area = whole;
    area.min += vec2(size::RULER, size::RULER);
    let area = area.shrink(space::L);
    let [width_px, height_px] = texture.size().map(|side| side as u32);
    let placement = Placement::fit(area, width_px, height_px, ui.ctx().pixels_per_point());
    let rect = Rect::from_min_size(placement.rect.min, placement.rect.size());
    photo_view::paint(ui.painter(), texture.id(), rect);
    let px_per_mm = f64::from(super::SHEET_DPI.0) / MM_PER_INCH;
    ruler::paint(ui, whole, rect, placement.scale * px_per_mm as f32);
    let response = ui.interact(rect, ui.scope_id().with("sheet"), egui::Sense::hover());
    let mm = |px: u32| format!("{:.1}", f64::from(px) / px_per_mm);
    let name = words!("print.sheet_name", width = mm(width_px), height = mm(height_px));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name.as_ref()));
}
