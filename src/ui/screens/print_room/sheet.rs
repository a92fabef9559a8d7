//! The sheet as it will be written, true to scale with rulers in millimetres, person by person.

use egui::{
    Align, Layout, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
    vec2,
};

use super::{DrawnSheet, Known, PrintRoom, Zoom};
use crate::i18n::words;
use crate::inspect::Verdict;
use crate::photo::units::{MM_PER_INCH, Mm};
use crate::print::Area;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::screens::Scene;
use crate::ui::theme::{VIEWING_GREY, palette, size, space, surface};
use crate::ui::widgets::photo_view::{self, Placement};
use crate::ui::widgets::{button, empty, label, ruler, status};
use crate::workflow::export::SHEET_DPI;

/// What desktops call an inch.
const POINTS_PER_INCH: f32 = 96.0;
/// Width below which the ways to show the sheet and its position take a row each.
const ONE_ROW: f32 = 400.0;
/// Of the frame around the piece under the pointer, in points.
const FRAME: f32 = 2.0;

pub fn draw(ui: &mut Ui, room: &mut PrintRoom, scene: &mut Scene<'_>) {
    let is_narrow = ui.available_width() < ONE_ROW;
    let rows = if is_narrow { 2.0 } else { 1.0 };
    egui::Panel::top("sheet_bar")
        .exact_size(rows * (size::CONTROL + space::S) + space::S)
        .show_separator_line(false)
        .frame(surface(palette(ui).panel, vec2(space::M, space::S)))
        .show(ui, |ui| {
            if is_narrow {
                ui.horizontal(|ui| zooms(ui, room));
                ui.horizontal(|ui| position(ui, room, scene));
            } else {
                ui.horizontal_centered(|ui| {
                    label::line(ui, &words!("print.preview"));
                    zooms(ui, room);
                    position(ui, room, scene);
                });
            }
        });
    banners(ui, room, scene);
    let fill = if room.people() > 0 { VIEWING_GREY } else { palette(ui).window };
    egui::CentralPanel::default().frame(surface(fill, vec2(0.0, 0.0))).show(ui, |ui| {
        let failure = [plan_failure(room), sheet_failure(room)].into_iter().flatten().next();
        match (failure, &room.last_sheet) {
            (Some(why), _) => empty::show(ui, icons::PROBLEM, &words!("print.no_sheet"), why, |_| {}),
            (None, Some(sheet)) if room.people() > 0 => draw_sheet(ui, sheet, room.zoom),
            (None, _) if room.ready_plan().is_some_and(|plan| plan.people == 0) => nothing_ready(ui),
            (None, _) => {
                ui.centered_and_justified(|ui| label::line(ui, &words!("print.drawing")));
            }
        }
    });
}

/// Prints that must not be given out, and whose sheets are printed again.
fn banners(ui: &mut Ui, room: &PrintRoom, scene: &mut Scene<'_>) {
    let recalls = room.ready_plan().map_or(0, |plan| plan.recalls.len());
    if recalls > 0 {
        banner(ui, "recalls_banner", &words!("recalls.banner", n = recalls), |ui| {
            button::plain(ui, Action::OpenRecalls, true, scene.actions);
        });
    }
    let left = room.ready_plan().map_or(0, |plan| plan.unprinted);
    if left > 0 && scene.running.is_none() {
        banner(ui, "printings_banner", &words!("printings.banner", n = left), |ui| {
            button::plain(ui, Action::OpenPrintings, true, scene.actions);
        });
    }
    if !room.reprint.is_empty() {
        banner(ui, "reprint_banner", &words!("print.again", n = room.reprint.len()), |ui| {
            let back = Action::PrintAgain { people: Vec::new(), layout: String::new(), paper: String::new() };
            button::plain_with(ui, back, &words!("print.not_again"), true, scene.actions);
        });
    }
}

fn banner(ui: &mut Ui, name: &'static str, text: &str, action: impl FnOnce(&mut Ui)) {
    let panel = egui::Panel::top(name)
        .show_separator_line(false)
        .frame(surface(palette(ui).panel, vec2(space::M, space::S)));
    if ui.available_width() < ONE_ROW {
        panel.show(ui, |ui| {
            ui.horizontal_top(|ui| {
                status::verdict_mark(ui, Verdict::Warn);
                ui.add(egui::Label::new(text).wrap());
            });
            action(ui);
        });
        return;
    }
    panel.exact_size(size::CONTROL + 2.0 * space::S).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            status::verdict_mark(ui, Verdict::Warn);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                action(ui);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| label::line(ui, text));
            });
        });
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

fn zooms(ui: &mut Ui, room: &mut PrintRoom) {
    for (zoom, text) in [
        (Zoom::Whole, words!("print.zoom_whole")),
        (Zoom::Real, words!("print.zoom_real")),
        (Zoom::Twice, words!("print.zoom_twice")),
    ] {
        ui.selectable_value(&mut room.zoom, zoom, text.as_ref());
    }
}

/// Which sheet this is, between the ways to its neighbours, at the right end of the row.
fn position(ui: &mut Ui, room: &PrintRoom, scene: &mut Scene<'_>) {
    let (people, sheets) = (room.people(), room.sheets());
    if sheets == 0 {
        return;
    }
    let at = room.index.min(sheets - 1) + 1;
    let position = match people == sheets {
        true => words!("print.person_of", at = at, total = people),
        false => words!("print.sheet_of", at = at, total = sheets),
    };
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        button::icon(ui, icons::NEXT, Action::TurnSheet(1), false, scene.actions);
        label::line(ui, &position);
        button::icon(ui, icons::PREVIOUS, Action::TurnSheet(-1), false, scene.actions);
    });
}

fn draw_sheet(ui: &mut Ui, sheet: &DrawnSheet, zoom: Zoom) {
    let whole = ui.available_rect_before_wrap();
    let mut area = whole;
    area.min += vec2(size::RULER, size::RULER);
    let [width_px, height_px] = sheet.texture.size().map(|side| side as u32);
    let px_per_mm = (f64::from(SHEET_DPI.0) / MM_PER_INCH) as f32;
    let (rect, points_per_mm) = match zoom {
        Zoom::Whole => {
            let placement =
                Placement::fit(area.shrink(space::L), width_px, height_px, ui.ctx().pixels_per_point());
            let points_per_mm = placement.scale * px_per_mm;
            let response = ui.interact(placement.rect, ui.scope_id().with("sheet"), Sense::hover());
            paint_sheet(ui, sheet, response, points_per_mm);
            (placement.rect, points_per_mm)
        }
        Zoom::Real | Zoom::Twice => {
            let times = if zoom == Zoom::Twice { 2.0 } else { 1.0 };
            let points_per_mm = POINTS_PER_INCH / MM_PER_INCH as f32 * times;
            let shown = vec2(width_px as f32, height_px as f32) * (points_per_mm / px_per_mm);
            let scrolled = ui.scope_builder(UiBuilder::new().max_rect(area), |ui| {
                ScrollArea::both().auto_shrink(false).show(ui, |ui| {
                    let (rect, response) = ui.allocate_exact_size(shown, Sense::hover());
                    paint_sheet(ui, sheet, response, points_per_mm);
                    rect
                })
            });
            (scrolled.inner.inner, points_per_mm)
        }
    };
    ruler::paint(ui, whole, rect, points_per_mm);
}

/// Paints the sheet where `response` lies; the piece under the pointer is framed and says whose it is.
fn paint_sheet(ui: &Ui, sheet: &DrawnSheet, response: Response, points_per_mm: f32) {
    let rect = response.rect;
    photo_view::paint(ui.painter(), sheet.texture.id(), rect);
    let mm = |points: f32| format!("{:.1}", points / points_per_mm);
    let name = words!("print.sheet_name", width = mm(rect.width()), height = mm(rect.height()));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name.as_ref()));
    let place = |area: Area| {
        let points = |length: Mm| length.mm() as f32 * points_per_mm;
        let size = vec2(points(area.width), points(area.height));
        Rect::from_min_size(rect.min + vec2(points(area.x), points(area.y)), size)
    };
    let pointer = response.hover_pos();
    let pieces = sheet.pieces.iter().map(|piece| (piece, place(piece.area)));
    let Some((piece, own)) = pointer.and_then(|at| pieces.into_iter().find(|(_, own)| own.contains(at)))
    else {
        return;
    };
    let stroke = Stroke::new(FRAME, palette(ui).accent);
    ui.painter().rect_stroke(own, 0.0, stroke, StrokeKind::Inside);
    response.on_hover_ui_at_pointer(|ui| {
        label::line(ui, &format!("{} · {}", piece.masked_name, piece.submission));
        label::caption(ui, &piece.size);
    });
}
