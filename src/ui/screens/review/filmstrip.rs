//! The photos around the one looked at, each with its risk and its state.

use egui::{Align2, CornerRadius, Rect, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::ReviewScreen;
use crate::i18n::words;
use crate::submission::State;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::screens::Scene;
use crate::ui::screens::queue::person;
use crate::ui::theme::{ON_GREY_FILL, RADIUS, VIEWING_GREY, palette, size, space};
use crate::ui::widgets::photo_view::{self, Placement};
use crate::ui::widgets::{label, status};

const BADGE: f32 = 18.0;

pub fn draw(ui: &mut Ui, screen: &ReviewScreen, scene: &mut Scene<'_>) {
    let (items, at) = screen.items();
    label::caption(ui, &words!("review.position", at = at + 1, total = items.len()));
    ui.spacing_mut().item_spacing.y = space::XS;
    let step = size::THUMB + space::XS;
    let room = (ui.available_height() / step).floor().max(1.0) as usize;
    let first = at.saturating_sub(1).min(items.len().saturating_sub(room));
    for index in first..(first + room).min(items.len()) {
        thumb(ui, screen, scene, index, index == at);
    }
}

fn thumb(ui: &mut Ui, screen: &ReviewScreen, scene: &mut Scene<'_>, index: usize, current: bool) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::THUMB), Sense::click());
    let (items, _) = screen.items();
    let item = &items[index];
    let standing = item.hold.map_or_else(|| status::state_key(item.state), status::hold_key);
    let name = format!("{} {}", person(item), words!(standing));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, current, &name));
    let p = palette(ui);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let round = CornerRadius::same(RADIUS);
    painter.rect_filled(rect, round, VIEWING_GREY);
    if let Some(small) = screen.photos.thumb(item) {
        let [width_px, height_px] = small.size().map(|side| side as u32);
        let place = Placement::fit(rect.shrink(2.0), width_px, height_px, ui.ctx().pixels_per_point());
        photo_view::paint(&painter, small.id(), place.rect);
    } else if screen.photos.get(item).is_some_and(|loaded| loaded.picture.is_err()) {
        let icon = crate::ui::theme::large_icon_font();
        painter.text(rect.center(), Align2::CENTER_CENTER, icons::DAMAGED, icon, ON_GREY_FILL);
    }
    let badge = Rect::from_min_size(rect.right_bottom() - vec2(BADGE + 3.0, BADGE + 3.0), vec2(BADGE, BADGE));
    let on_photo = crate::ui::theme::on_photo();
    if item.state != State::PendingReview {
        painter.rect_filled(rect, round, crate::ui::theme::OUTSIDE);
        status::paint_badge(&painter, badge, |painter, at| {
            status::paint_state(painter, at, 11.0, item.state, on_photo)
        });
    } else if let Some(kind) = item.hold {
        status::paint_badge(&painter, badge, |painter, at| {
            status::paint_hold(painter, at, 10.0, kind, on_photo.warn);
        });
    } else if let Some(verdict) = item.verdict {
        status::paint_badge(&painter, badge, |painter, at| {
            status::paint_verdict(painter, at, 10.0, verdict, on_photo.verdict(verdict));
        });
    }
    if current {
        painter.rect_stroke(rect, round, Stroke::new(3.0, p.accent), egui::StrokeKind::Inside);
    } else if response.hovered() || response.has_focus() {
        painter.rect_stroke(rect, round, Stroke::new(1.0, p.text), egui::StrokeKind::Inside);
    }
    if response.on_hover_text(name).clicked() {
        scene.ask(Action::LookAt(index));
    }
}
