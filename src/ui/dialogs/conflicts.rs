//! The one list of what is said differently: by two stations, by a station and the hub, by this desk and the hub.

use egui::{Context, Label, RichText, Role, Sense, TextureHandle, Ui, Vec2, WidgetInfo, vec2};
use image::RgbImage;

use crate::i18n::{find, words};
use crate::submission::Verb;
use crate::ui::action::Action;
use crate::ui::photos;
use crate::ui::screens::Scene;
use crate::ui::screens::on_site::{ShownConflict, Wish, name_of};
use crate::ui::theme::{palette, space};
use crate::ui::widgets::{button, dialog, label};
use crate::workflow::conflicts::OpenConflict;
use crate::workflow::hub_state::Conflict;

/// Longest side of a photo to choose, points.
const PHOTO_SIDE: f32 = 120.0;

/// What was said differently when the card was opened, newest first.
pub struct ConflictsCard {
    refused: Vec<Conflict>,
    stations: Vec<Row>,
}

struct Row {
    open: OpenConflict,
    /// By shot.
    pictures: Vec<(String, TextureHandle)>,
}

impl ConflictsCard {
    pub fn new(refused: &[Conflict], stations: Vec<ShownConflict>, ctx: &Context) -> Self {
        let row = |shown: ShownConflict| Row { open: shown.open, pictures: loaded(shown.pictures, ctx) };
        Self {
            refused: refused.iter().rev().cloned().collect(),
            stations: stations.into_iter().map(row).collect(),
        }
    }

    pub fn draw(&self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        dialog::show(ctx, "conflicts", &words!("conflicts.title"), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| {
                label::weak(ui, &words!("conflicts.hint"));
                ui.add_space(space::S);
                if self.refused.is_empty() && self.stations.is_empty() {
                    label::line(ui, &words!("conflicts.none"));
                }
                for row in &self.stations {
                    station_row(ui, row, actions);
                }
                for conflict in &self.refused {
                    refused_row(ui, conflict, scene);
                }
            });
            dialog::foot(ui, |ui| {
                button::primary(ui, Action::CloseDialog, &words!("action.close"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }
}

/// Who, what is said differently, and the ways to settle it.
fn station_row(ui: &mut Ui, row: &Row, actions: &mut Vec<Action>) {
    let OpenConflict { conflict, subject, other, photos } = &row.open;
    let people: Vec<String> = std::iter::once(subject).chain(other).map(name_of).collect();
    label::line(ui, &format!("{} · {}", people.join(" ↔ "), conflict.batch));
    let why = find(&format!("onsite.conflict.{}", conflict.kind.as_str())).unwrap_or_default();
    ui.add(Label::new(RichText::new(why).small().color(palette(ui).weak)).wrap());
    ui.horizontal(|ui| {
        for shot in photos {
            ui.vertical(|ui| {
                if let Some((_, texture)) = row.pictures.iter().find(|(id, _)| *id == shot.id) {
                    let is_marked = shot.mark.is_some();
                    let name = if is_marked {
                        words!("conflicts.photo_marked")
                    } else {
                        words!("conflicts.photo_other")
                    };
                    picture(ui, texture, &name, is_marked);
                }
                let choose = Wish::ChoosePhoto { seq: conflict.seq, shot: shot.id.clone() };
                let text = if shot.mark.is_some() {
                    words!("conflicts.keep_photo")
                } else {
                    words!("conflicts.take_photo")
                };
                button::plain_with(ui, Action::OnSite(choose), &text, true, actions);
            });
        }
    });
    if photos.is_empty() {
        ui.horizontal_wrapped(|ui| {
            let settled = Action::OnSite(Wish::Resolve(conflict.seq));
            button::plain_with(ui, settled, &words!("onsite.settled"), true, actions);
        });
    }
    ui.add_space(space::M);
}

/// Small pictures as the window draws them, by shot.
pub(super) fn loaded(pictures: Vec<(String, RgbImage)>, ctx: &Context) -> Vec<(String, TextureHandle)> {
    let load = |(shot, picture): (String, RgbImage)| {
        let texture = photos::texture(ctx, &shot, &picture);
        (shot, texture)
    };
    pictures.into_iter().map(load).collect()
}

/// A small picture; the marked one of several has a frame.
pub(super) fn picture(ui: &mut Ui, texture: &TextureHandle, name: &str, is_marked: bool) {
    let [width, height] = texture.size().map(|side| side as f32);
    let scale = PHOTO_SIDE / width.max(height).max(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height) * scale, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, Vec2::splat(1.0));
    ui.painter().image(texture.id(), rect, whole, egui::Color32::WHITE);
    if is_marked {
        let stroke = egui::Stroke::new(3.0, palette(ui).accent);
        ui.painter().rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
    }
}

fn refused_row(ui: &mut Ui, conflict: &Conflict, scene: &Scene<'_>) {
    let who = scene.desk.item(&conflict.decision.submission).map_or_else(
        |_| conflict.decision.submission.clone(),
        |item| format!("{} · {}", item.masked_name, item.batch),
    );
    let verb = match conflict.decision.verb {
        Verb::Approve => words!("conflicts.approve"),
        Verb::Reject => words!("conflicts.reject"),
        Verb::Undo => words!("conflicts.undo"),
    };
    label::line(ui, &format!("{who} · {verb}"));
    let why = find(&format!("conflict.{}", conflict.code))
        .unwrap_or_else(|| format!("{}; {}", conflict.message, conflict.remedy));
    ui.add(Label::new(RichText::new(why).small().color(palette(ui).weak)).wrap());
    ui.add_space(space::S);
}
