//! The contact sheet: the rows as pictures, to sweep over what passed every check.

use std::collections::HashSet;

use egui::{
    Align2, CornerRadius, Rect, Role, ScrollArea, Sense, Stroke, TextStyle, Ui, Vec2, WidgetInfo, vec2,
};

use super::table::person;
use crate::i18n::words;
use crate::inspect::Verdict;
use crate::submission::State;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::photos::Thumbs;
use crate::ui::screens::Scene;
use crate::ui::theme::{
    ON_GREY_FILL, OUTSIDE, RADIUS, VIEWING_GREY, large_icon_font, on_photo, palette, space, surface,
};
use crate::ui::widgets::photo_view::{self, Placement};
use crate::ui::widgets::{button, label, status};
use crate::workflow::desk::QueueItem;

const CARD_WIDTH: f32 = 150.0;
const PICTURE_HEIGHT: f32 = 190.0;
const NAME_HEIGHT: f32 = 24.0;
const BADGE: f32 = 18.0;

/// What the sheet remembers of the rows it shows.
#[derive(Default)]
pub struct Sheet {
    pub thumbs: Thumbs,
    /// Photos whose picture was on screen, by hash.
    seen: HashSet<String>,
    /// Left out by the person, by submission.
    left_out: HashSet<String>,
    /// Photos in sight whose picture is not here, by hash.
    wanted: Vec<String>,
}

impl Sheet {
    /// The pictures that are wanted now.
    pub fn wanted(&mut self) -> Vec<String> {
        std::mem::take(&mut self.wanted)
    }

    /// What may be approved together: it passed, its picture was seen, and it was not left out.
    pub fn group(&self, rows: &[QueueItem]) -> Vec<QueueItem> {
        let fits = |item: &&QueueItem| {
            may_sweep(item)
                && self.seen.contains(&item.photo_sha256)
                && !self.left_out.contains(&item.submission)
        };
        rows.iter().filter(fits).cloned().collect()
    }

    /// Rows that passed but were not seen yet.
    fn unseen(&self, rows: &[QueueItem]) -> usize {
        rows.iter().filter(|item| may_sweep(item) && !self.seen.contains(&item.photo_sha256)).count()
    }

    pub fn draw(&mut self, ui: &mut Ui, rows: &[QueueItem], scene: &mut Scene<'_>) {
        egui::Panel::top("sweep")
            .show_separator_line(false)
            .frame(surface(palette(ui).window, vec2(0.0, space::S)))
            .show(ui, |ui| self.head(ui, rows, scene));
        ui.spacing_mut().item_spacing = Vec2::splat(space::S);
        let room = ui.available_width() - ui.spacing().scroll.allocated_width() + space::S;
        let columns = ((room / (CARD_WIDTH + space::S)).floor() as usize).max(1);
        // Whole pixels, so that no picture is drawn between them; a row fills the sheet.
        let width = (room / columns as f32 - space::S).floor();
        let picture = vec2(width, (width * PICTURE_HEIGHT / CARD_WIDTH).floor());
        let lines = rows.len().div_ceil(columns);
        ScrollArea::vertical().auto_shrink(false).show_rows(
            ui,
            picture.y + NAME_HEIGHT,
            lines,
            |ui, shown| {
                for line in shown {
                    ui.horizontal(|ui| {
                        for (index, item) in rows.iter().enumerate().skip(line * columns).take(columns) {
                            self.card(ui, item, (index, picture), scene);
                        }
                    });
                }
            },
        );
    }

    fn head(&self, ui: &mut Ui, rows: &[QueueItem], scene: &mut Scene<'_>) {
        let group = self.group(rows);
        let of_one_batch = group.windows(2).all(|pair| pair[0].batch == pair[1].batch);
        ui.horizontal(|ui| {
            let text = words!(
                "sheet.counts",
                seen = group.len(),
                unseen = self.unseen(rows),
                out = self.left_out.len()
            );
            label::weak(ui, &text);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let text = words!("sheet.approve", n = group.len());
                let ready = !group.is_empty() && of_one_batch;
                button::primary(ui, Action::PlanSweep, &text, ready, scene.actions);
                if !of_one_batch {
                    label::caption(ui, &words!("sheet.one_batch"));
                }
            });
        });
    }

    fn card(&mut self, ui: &mut Ui, item: &QueueItem, (index, size): (usize, Vec2), scene: &mut Scene<'_>) {
        let (rect, response) = ui.allocate_exact_size(size + vec2(0.0, NAME_HEIGHT), Sense::click());
        let is_out = self.left_out.contains(&item.submission);
        let sweepable = may_sweep(item);
        let standing = item.hold.map_or_else(|| status::state_key(item.state), status::hold_key);
        let name = if is_out {
            words!("sheet.card_out", person = person(item), state = words!(standing))
        } else {
            words!("sheet.card", person = person(item), state = words!(standing))
        };
        response
            .widget_info(|| WidgetInfo::selected(Role::CheckBox, true, sweepable && !is_out, name.as_ref()));
        let picture = Rect::from_min_size(rect.min, size);
        self.picture(ui, item, picture);
        let p = palette(ui);
        let round = CornerRadius::same(RADIUS);
        if is_out || !sweepable {
            ui.painter().rect_filled(picture, round, OUTSIDE);
        }
        badge(ui, item, picture, is_out);
        let small = TextStyle::Small.resolve(ui.style());
        let mut job = egui::text::LayoutJob::simple_singleline(person(item), small, p.weak);
        job.wrap = egui::text::TextWrapping::truncate_at_width(size.x);
        let galley = ui.painter().layout_job(job);
        let below = picture.left_bottom() + vec2(0.0, (NAME_HEIGHT - galley.size().y) / 2.0);
        ui.painter().galley(below, galley, p.weak);
        if response.hovered() || response.has_focus() {
            let ring = Stroke::new(2.0, p.accent);
            ui.painter().rect_stroke(picture, round, ring, egui::StrokeKind::Inside);
        }
        if response.double_clicked() {
            scene.ask(Action::ReviewFrom(index));
        } else if response.clicked() && sweepable && !self.left_out.remove(&item.submission) {
            self.left_out.insert(item.submission.clone());
        }
        response.on_hover_text(words!("sheet.card_hint").as_ref());
    }

    fn picture(&mut self, ui: &Ui, item: &QueueItem, place: Rect) {
        let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
        painter.rect_filled(place, CornerRadius::same(RADIUS), VIEWING_GREY);
        if let Some(small) = self.thumbs.get(&item.photo_sha256) {
            let [width_px, height_px] = small.size().map(|side| side as u32);
            let fitted = Placement::fit(place.shrink(2.0), width_px, height_px, ui.ctx().pixels_per_point());
            photo_view::paint(&painter, small.id(), fitted.rect);
            // Seen only where the whole picture was in sight.
            if ui.clip_rect().contains_rect(fitted.rect) {
                self.seen.insert(item.photo_sha256.clone());
            }
        } else if self.thumbs.has_none(&item.photo_sha256) {
            painter.text(
                place.center(),
                Align2::CENTER_CENTER,
                icons::DAMAGED,
                large_icon_font(),
                ON_GREY_FILL,
            );
        } else {
            self.wanted.push(item.photo_sha256.clone());
        }
    }
}

/// What may be approved without being opened: it waits and passed every check.
fn may_sweep(item: &QueueItem) -> bool {
    item.state == State::PendingReview
        && item.hold.is_none()
        && item.verdict == Some(Verdict::Pass)
        && item.failed_checks + item.warned_checks == 0
}

fn badge(ui: &Ui, item: &QueueItem, picture: Rect, is_out: bool) {
    let corner = picture.right_bottom() - vec2(BADGE + 4.0, BADGE + 4.0);
    let place = Rect::from_min_size(corner, vec2(BADGE, BADGE));
    let colours = on_photo();
    status::paint_badge(ui.painter(), place, |painter, at| {
        if is_out {
            status::paint_verdict(painter, at, 10.0, Verdict::Unknown, colours.unknown);
        } else if item.state != State::PendingReview {
            status::paint_state(painter, at, 11.0, item.state, colours);
        } else if let Some(kind) = item.hold {
            status::paint_hold(painter, at, 10.0, kind, colours.warn);
        } else {
            let verdict = item.verdict.unwrap_or(Verdict::Unknown);
            status::paint_verdict(painter, at, 10.0, verdict, colours.verdict(verdict));
        }
    });
}
