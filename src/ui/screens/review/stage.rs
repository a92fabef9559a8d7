//! The photo on the neutral grey: original or result, guides, the lit evidence, and what stands in the way.

use egui::{Align, Align2, Layout, Rect, RichText, Ui, UiBuilder, vec2};

use super::{FinalPhoto, Painted, ReviewScreen};
use crate::i18n::words;
use crate::submission::State;
use crate::ui::action::{Action, PhotoTab};
use crate::ui::icons;
use crate::ui::photos::ShownPhoto;
use crate::ui::screens::Scene;
use crate::ui::theme::{self, ON_GREY_FILL, ON_GREY_TEXT, palette, size, space, surface};
use crate::ui::widgets::guides::{self, GuideSpace};
use crate::ui::widgets::photo_view::{self, Placement};
use crate::ui::widgets::{button, evidence, status};
use crate::workflow::desk::PhotoFault;

pub fn draw(ui: &mut Ui, screen: &mut ReviewScreen, scene: &mut Scene<'_>) {
    egui::Panel::top("stage_bar")
        .exact_size(size::CONTROL + 2.0 * space::S)
        .show_separator_line(false)
        .frame(surface(palette(ui).panel, vec2(space::M, space::S)))
        .show(ui, |ui| toolbar(ui, screen, scene));
    let area = ui.available_rect_before_wrap().shrink(space::M);
    let ppp = ui.ctx().pixels_per_point();
    screen.stage_px = (area.width().max(area.height()) * ppp).ceil() as u32;
    match screen.tab {
        PhotoTab::Original => original(ui, area, screen, scene),
        PhotoTab::Result => result(ui, area, screen, scene),
    }
    if let Some(state) =
        screen.current().map(|item| item.state).filter(|state| *state != State::PendingReview)
    {
        banner(ui, area, state);
    }
}

fn toolbar(ui: &mut Ui, screen: &ReviewScreen, scene: &mut Scene<'_>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for tab in [PhotoTab::Original, PhotoTab::Result] {
            button::tab(ui, Action::Show(tab), screen.tab == tab, scene.actions);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            button::icon(ui, icons::NEXT, Action::Look(1), false, scene.actions);
            button::icon(ui, icons::PREVIOUS, Action::Look(-1), false, scene.actions);
            button::icon(ui, icons::GUIDES, Action::ToggleGuides, scene.settings.guides, scene.actions);
            button::icon(ui, icons::UNDO, Action::Undo, false, scene.actions);
        });
    });
}

fn original(ui: &mut Ui, area: Rect, screen: &mut ReviewScreen, scene: &Scene<'_>) {
    let shown = match screen.loaded().map(|loaded| &loaded.picture) {
        None => return loading(ui, area),
        Some(Err(fault)) => return damaged(ui, area, &fault.clone()),
        Some(Ok(photo)) => {
            let placement = place(ui, area, photo);
            photo_view::paint(ui.painter(), photo.texture.id(), placement.rect);
            paint_guides(ui, placement, screen, scene);
            if let Some(finding) = screen.lit() {
                evidence::paint(ui.painter(), placement, finding);
            }
            placement
        }
    };
    name_picture(ui, shown.rect, &words!("review.photo_name"));
    painted(screen);
}

fn place(ui: &Ui, area: Rect, photo: &ShownPhoto) -> Placement {
    Placement::fit(area, photo.width_px, photo.height_px, ui.ctx().pixels_per_point())
}

/// Remembers that these pixels are on screen: from the next frame on keys act on them.
fn painted(screen: &mut ReviewScreen) {
    screen.painted = screen
        .current()
        .map(|item| Painted { submission: item.submission.clone(), sha256: item.photo_sha256.clone() });
}

fn paint_guides(ui: &Ui, placement: Placement, screen: &ReviewScreen, scene: &Scene<'_>) {
    let report = screen.loaded().and_then(|loaded| loaded.report.as_ref());
    let (Some(report), true) = (report, scene.settings.guides) else { return };
    if let (Some(crop), Some(standard)) = (&report.crop, standard(screen, scene)) {
        let space = GuideSpace { standard, crop: Some(crop), placement };
        guides::paint_outside(ui.painter(), &space);
        guides::paint_standard(ui.painter(), &space, Some(crop.crown_y));
    }
    if let Some(face) = &report.landmarks {
        guides::paint_face(ui.painter(), placement, face);
    }
}

/// The standard of the item's batch.
fn standard<'a>(screen: &ReviewScreen, scene: &Scene<'a>) -> Option<&'a crate::standard::Standard> {
    let batch = &screen.current()?.batch;
    let summary = scene.overview.batches.iter().find(|summary| summary.batch.code == *batch)?;
    scene.desk.standards.get(&summary.batch.standard).ok()
}

fn result(ui: &mut Ui, area: Rect, screen: &mut ReviewScreen, scene: &Scene<'_>) {
    if let Some(Err(fault)) = screen.loaded().map(|loaded| &loaded.picture) {
        return damaged(ui, area, &fault.clone());
    }
    let submission = screen.current().map(|item| item.submission.clone()).unwrap_or_default();
    match screen.finals.get(&submission) {
        None | Some(FinalPhoto::Asked) => loading(ui, area),
        Some(FinalPhoto::Failed(why)) => message(ui, area, icons::PROBLEM, &words!("review.no_result"), why),
        Some(FinalPhoto::Here(texture)) => {
            let [width_px, height_px] = texture.size().map(|side| side as u32);
            let placement = Placement::fit(area, width_px, height_px, ui.ctx().pixels_per_point());
            photo_view::paint(ui.painter(), texture.id(), placement.rect);
            if let (true, Some(standard)) = (scene.settings.guides, standard(screen, scene)) {
                let space = GuideSpace { standard, crop: None, placement };
                let report = screen.loaded().and_then(|loaded| loaded.report.as_ref());
                let crown = report.and_then(|report| report.crop.as_ref()).map(|crop| crop.crown_y);
                guides::paint_standard(ui.painter(), &space, crown);
            }
            caption(ui, placement.rect, &words!("review.result_size", width = width_px, height = height_px));
            name_picture(ui, placement.rect, &words!("review.result_name"));
            painted(screen);
        }
    }
}

/// Gives the picture a name for those who cannot see it.
fn name_picture(ui: &mut Ui, rect: Rect, name: &str) {
    let response = ui.interact(rect, ui.scope_id().with("picture"), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
}

fn caption(ui: &Ui, picture: Rect, text: &str) {
    guides::chip(ui.painter(), picture.left_bottom() + vec2(space::S, -space::S), Align2::LEFT_BOTTOM, text);
}

/// Neutral, without a spinner: photos come within a few frames, and keys are dead until then.
fn loading(ui: &Ui, area: Rect) {
    guides::chip(ui.painter(), area.center(), Align2::CENTER_CENTER, &words!("review.loading"));
}

fn damaged(ui: &mut Ui, area: Rect, fault: &PhotoFault) {
    let hint = format!("{}\n{}", fault.message, words!("review.damaged_hint"));
    message(ui, area, icons::DAMAGED, &words!("review.damaged"), &hint);
}

/// A card in the middle of the stage.
fn message(ui: &mut Ui, area: Rect, icon: &str, title: &str, text: &str) {
    let middle = Rect::from_center_size(area.center(), vec2(size::CARD.min(area.width()), 0.0));
    let builder = UiBuilder::new().max_rect(middle).layout(Layout::top_down(Align::Center));
    ui.scope_builder(builder, |ui| {
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new(icon).font(theme::empty_icon_font()).color(palette(ui).fail));
            ui.label(RichText::new(title).text_style(egui::TextStyle::Heading));
            ui.add(egui::Label::new(RichText::new(text).color(palette(ui).weak)).wrap());
        });
    });
}

/// The state of a photo that is already decided.
fn banner(ui: &Ui, area: Rect, state: State) {
    let text = words!(status::state_key(state));
    let font = egui::TextStyle::Body.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(text.into_owned(), font, ON_GREY_TEXT);
    let mark = vec2(size::STATUS_ICON + space::S, 0.0);
    let ground = Rect::from_min_size(area.left_top(), galley.size() + mark + vec2(2.0 * space::M, space::S));
    ui.painter().rect_filled(ground, theme::RADIUS, ON_GREY_FILL);
    let at = ground.left_center() + vec2(space::M + size::STATUS_ICON / 2.0, 0.0);
    status::paint_state(ui.painter(), at, size::STATUS_ICON, state, theme::of_mode(true));
    ui.painter().galley(ground.left_top() + mark + vec2(space::M, space::XS), galley, ON_GREY_TEXT);
}
