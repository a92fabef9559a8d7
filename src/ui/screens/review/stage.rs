//! The photo on the neutral grey: original, result or both, with what is laid over them and what stands in the way.

use egui::{Align, Align2, Layout, Rect, RichText, Ui, UiBuilder, vec2};

use super::{FinalPhoto, Painted, ReviewScreen, compare, layers, zoom};
use crate::i18n::words;
use crate::submission::State;
use crate::ui::action::{Action, Layer, PhotoTab};
use crate::ui::icons;
use crate::ui::photos::ShownPhoto;
use crate::ui::problem;
use crate::ui::screens::Scene;
use crate::ui::theme::{self, ON_GREY_FILL, ON_GREY_TEXT, palette, size, space, surface};
use crate::ui::widgets::guides::{self, GuideSpace};
use crate::ui::widgets::photo_view::{self, Placement};
use crate::ui::widgets::{button, evidence, label, status};
use crate::workflow::desk::PhotoFault;

/// From this width on the tools bear their names.
const ROOMY: f32 = 820.0;
/// Width below which the tools take a row of their own.
const ONE_ROW: f32 = 480.0;

pub fn draw(ui: &mut Ui, screen: &mut ReviewScreen, scene: &mut Scene<'_>) {
    let is_narrow = ui.available_width() < ONE_ROW;
    let rows = if is_narrow { 2.0 } else { 1.0 };
    egui::Panel::top("stage_bar")
        .exact_size(rows * (size::CONTROL + space::S) + space::S)
        .show_separator_line(false)
        .frame(surface(palette(ui).panel, vec2(space::M, space::S)))
        .show(ui, |ui| {
            if is_narrow {
                narrow_toolbar(ui, screen, scene);
            } else {
                toolbar(ui, screen, scene);
            }
        });
    let whole = ui.available_rect_before_wrap();
    let area = whole.shrink(space::M);
    // A photo seen closely reaches beyond the stage, but is not painted there.
    ui.shrink_clip_rect(whole);
    let ppp = ui.ctx().pixels_per_point();
    screen.stage_px = (area.width().max(area.height()) * ppp).ceil() as u32;
    if let Some(Err(fault)) = screen.loaded().map(|loaded| &loaded.picture) {
        damaged(ui, area, &fault.clone());
    } else {
        match (screen.tab, screen.is_flipped) {
            (PhotoTab::Original, false) | (PhotoTab::Result, true) => original(ui, area, screen, scene),
            (PhotoTab::Result, false) | (PhotoTab::Original, true) => result(ui, area, screen, scene),
            (PhotoTab::Compare, _) => compare::draw(ui, area, screen, scene),
        }
    }
    if let Some(state) =
        screen.current().map(|item| item.state).filter(|state| *state != State::PendingReview)
    {
        banner(ui, area, state);
    }
}

fn toolbar(ui: &mut Ui, screen: &ReviewScreen, scene: &mut Scene<'_>) {
    let is_roomy = ui.available_width() >= ROOMY;
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        tabs(ui, screen, scene);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            neighbours(ui, scene);
            ui.add_space(space::S);
            tools(ui, screen, is_roomy, scene);
        });
    });
}

/// On two rows; says the place in the list, too, for there is no room for the filmstrip.
fn narrow_toolbar(ui: &mut Ui, screen: &ReviewScreen, scene: &mut Scene<'_>) {
    ui.spacing_mut().item_spacing.x = space::XS;
    ui.horizontal(|ui| {
        tabs(ui, screen, scene);
        let (items, at) = screen.items();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            label::caption(ui, &words!("review.position", at = at + 1, total = items.len()));
        });
    });
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            neighbours(ui, scene);
            tools(ui, screen, false, scene);
        });
    });
}

fn tabs(ui: &mut Ui, screen: &ReviewScreen, scene: &mut Scene<'_>) {
    for tab in PhotoTab::ALL {
        button::tab(ui, Action::Show(tab), screen.tab == tab, scene.actions);
    }
}

/// From right to left, like the tools.
fn neighbours(ui: &mut Ui, scene: &mut Scene<'_>) {
    button::icon(ui, icons::NEXT, Action::Look(1), false, scene.actions);
    button::icon(ui, icons::PREVIOUS, Action::Look(-1), false, scene.actions);
}

fn tools(ui: &mut Ui, screen: &ReviewScreen, are_named: bool, scene: &mut Scene<'_>) {
    let tools = [
        (icons::UNDO, Action::Undo, false),
        (icons::LOUPE, Action::Toggle(Layer::Loupe), screen.show_loupe),
        (icons::CLIPPING, Action::Toggle(Layer::Clipping), screen.show_clipping),
        (icons::GUIDES, Action::Toggle(Layer::Guides), scene.settings.guides),
    ];
    for (icon, action, is_on) in tools {
        if are_named {
            button::tool(ui, icon, action, is_on, scene.actions);
        } else {
            button::icon(ui, icon, action, is_on, scene.actions);
        }
    }
}

fn original(ui: &mut Ui, area: Rect, screen: &mut ReviewScreen, scene: &Scene<'_>) {
    let Some(Ok(photo)) = screen.loaded().map(|loaded| &loaded.picture) else {
        return loading(ui, area, screen);
    };
    let (texture, whole) = (photo.texture.id(), place(ui, area, photo));
    let (placement, hand) = zoom::follow(ui, area, whole, screen, "original");
    photo_view::paint(ui.painter(), texture, placement.rect);
    own_pixels(ui, placement, screen);
    if hand.clicked() {
        pin_at(screen, placement, hand.interact_pointer_pos());
    }
    paint_guides(ui, placement, screen, scene);
    layers::paint(ui, area, placement, screen);
    zoom::tell(ui, area, placement, screen);
    name_picture(ui, placement.rect, "original", &words!("review.photo_name"));
    painted(screen);
}

pub(super) fn place(ui: &Ui, area: Rect, photo: &ShownPhoto) -> Placement {
    Placement::fit(area, photo.width_px, photo.height_px, ui.ctx().pixels_per_point())
}

/// Remembers that these pixels are on screen: from the next frame on keys act on them.
pub(super) fn painted(screen: &mut ReviewScreen) {
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
    match screen.final_photo() {
        None | Some(FinalPhoto::Asked) => {
            // The original stays until the result is there, so that the eye need not wait.
            original(ui, area, screen, scene);
            if screen.loaded().is_some() {
                chip_in_the_middle(ui, area, &words!("review.making_result"));
            }
        }
        Some(FinalPhoto::Failed(why)) => {
            message(ui, area, icons::PROBLEM, &words!("review.no_result"), why);
        }
        Some(FinalPhoto::Here(texture)) => {
            let [width_px, height_px] = texture.size().map(|side| side as u32);
            let texture = texture.id();
            let whole = Placement::fit(area, width_px, height_px, ui.ctx().pixels_per_point());
            let (placement, _) = zoom::follow(ui, area, whole, screen, "result");
            photo_view::paint(ui.painter(), texture, placement.rect);
            if let (true, Some(standard)) = (scene.settings.guides, standard(screen, scene)) {
                let space = GuideSpace { standard, crop: None, placement };
                let report = screen.loaded().and_then(|loaded| loaded.report.as_ref());
                let crown = report.and_then(|report| report.crop.as_ref()).map(|crop| crop.crown_y);
                guides::paint_standard(ui.painter(), &space, crown);
            }
            zoom::tell(ui, area, placement, screen);
            caption(ui, placement.rect, &words!("review.result_size", width = width_px, height = height_px));
            name_picture(ui, placement.rect, "result", &words!("review.result_name"));
            painted(screen);
        }
    }
}

/// Lays the photo's own pixels over the stage's, as far as they are here.
fn own_pixels(ui: &Ui, placement: Placement, screen: &ReviewScreen) {
    let Some(item) = screen.current().filter(|_| screen.is_close()) else { return };
    for (part, tile) in screen.photos.tiles(item) {
        let at = |share: egui::Pos2| placement.rect.min + share.to_vec2() * placement.rect.size();
        photo_view::paint(ui.painter(), tile.id(), Rect::from_min_max(at(part.min), at(part.max)));
    }
}

/// A click on the photo keeps the finding whose evidence lies there, or lets go of the one that is kept.
fn pin_at(screen: &mut ReviewScreen, placement: Placement, at: Option<egui::Pos2>) {
    let found = at.and_then(|at| evidence::at(placement, screen.findings(), at));
    screen.pinned = if found == screen.pinned { None } else { found };
}

/// Gives the picture a name for those who cannot see it.
pub(super) fn name_picture(ui: &mut Ui, rect: Rect, id: &str, name: &str) {
    let response = ui.interact(rect, ui.scope_id().with(id), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
}

pub(super) fn caption(ui: &Ui, picture: Rect, text: &str) {
    let picture = picture.intersect(ui.clip_rect());
    guides::chip(ui.painter(), picture.left_bottom() + vec2(space::S, -space::S), Align2::LEFT_BOTTOM, text);
}

/// Neutral, without a spinner: photos come within a few frames, and keys are dead until then. A photo that was near
/// before shows its small picture meanwhile.
pub(super) fn loading(ui: &Ui, area: Rect, screen: &ReviewScreen) {
    if let Some(small) = screen.current().and_then(|item| screen.photos.thumb(item)) {
        let [width, height] = small.size().map(|side| side as f32);
        let scale = (area.width() / width).min(area.height() / height);
        photo_view::paint(
            ui.painter(),
            small.id(),
            Rect::from_center_size(area.center(), vec2(width, height) * scale),
        );
    }
    chip_in_the_middle(ui, area, &words!("review.loading"));
}

fn chip_in_the_middle(ui: &Ui, area: Rect, text: &str) {
    guides::chip(ui.painter(), area.center(), Align2::CENTER_CENTER, text);
}

fn damaged(ui: &mut Ui, area: Rect, fault: &PhotoFault) {
    let hint = format!("{}\n{}", problem::text(&fault.code, &fault.message), words!("review.damaged_hint"));
    message(ui, area, icons::DAMAGED, &words!("review.damaged"), &hint);
}

/// A card in the middle of the stage.
pub(super) fn message(ui: &mut Ui, area: Rect, icon: &str, title: &str, text: &str) {
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
    status::paint_state(ui.painter(), at, size::STATUS_ICON, state, theme::on_photo());
    ui.painter().galley(ground.left_top() + mark + vec2(space::M, space::XS), galley, ON_GREY_TEXT);
}
