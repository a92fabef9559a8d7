//! A finding's evidence on the photo: points, lines, boxes, curves and heat.

use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, pos2, vec2};

use super::guides::{chip, haloed_line};
use super::photo_view::Placement;
use crate::i18n::find;
use crate::inspect::{Evidence, Finding};
use crate::ui::theme::{EVIDENCE, HALO};

/// Heat below this is not drawn, so that the photo stays to be seen.
const FAINTEST_HEAT: f32 = 0.05;
/// Opacity of the strongest heat.
const STRONGEST_HEAT: f32 = 0.6;

/// Paints all the evidence of one finding.
pub fn paint(painter: &Painter, placement: Placement, finding: &Finding) {
    let painter = painter.with_clip_rect(placement.rect.expand(2.0).intersect(painter.clip_rect()));
    for evidence in &finding.evidence {
        paint_one(&painter, placement, evidence);
    }
}

/// A label of the evidence in the chosen language; shown as it is when no locale file names it.
fn label_text(label: &str) -> String {
    find(&format!("evidence.{label}")).unwrap_or_else(|| label.replace('_', " "))
}

fn paint_one(painter: &Painter, placement: Placement, evidence: &Evidence) {
    match evidence {
        Evidence::Point { label, at } => {
            let centre = placement.at(*at);
            painter.circle_stroke(centre, 5.0, Stroke::new(3.0, HALO));
            painter.circle_stroke(centre, 5.0, Stroke::new(1.5, EVIDENCE));
            name(painter, centre + vec2(8.0, 0.0), Align2::LEFT_CENTER, label);
        }
        Evidence::Line { label, from, to } => {
            let (from, to) = (placement.at(*from), placement.at(*to));
            haloed_line(painter, vec![from, to], EVIDENCE);
            name(painter, to + vec2(6.0, 0.0), Align2::LEFT_CENTER, label);
        }
        Evidence::Box { label, rect } => {
            let corner = placement.at(crate::photo::Point::new(rect.x, rect.y));
            let shown = Rect::from_min_size(corner, vec2(rect.width, rect.height) * placement.scale);
            painter.rect_stroke(shown, 0.0, Stroke::new(3.0, HALO), egui::StrokeKind::Middle);
            painter.rect_stroke(shown, 0.0, Stroke::new(1.5, EVIDENCE), egui::StrokeKind::Middle);
            name(painter, shown.left_top(), Align2::LEFT_BOTTOM, label);
        }
        Evidence::Curve { points, closed, label } => {
            let mut shown: Vec<Pos2> = points.iter().map(|point| placement.at(*point)).collect();
            if *closed && let Some(first) = shown.first().copied() {
                shown.push(first);
            }
            if let Some(last) = shown.last().copied() {
                name(painter, last + vec2(6.0, 0.0), Align2::LEFT_CENTER, label);
            }
            haloed_line(painter, shown, EVIDENCE);
        }
        Evidence::Heat { columns, rows, values, .. } => {
            heat(painter, placement.rect, *columns, *rows, values)
        }
    }
}

fn name(painter: &Painter, at: Pos2, anchor: Align2, label: &str) {
    if !label.is_empty() {
        chip(painter, at, anchor, &label_text(label));
    }
}

fn heat(painter: &Painter, whole: Rect, columns: u32, rows: u32, values: &[f32]) {
    let cell = vec2(whole.width() / columns.max(1) as f32, whole.height() / rows.max(1) as f32);
    for (index, value) in values.iter().enumerate().filter(|(_, value)| **value >= FAINTEST_HEAT) {
        let (column, row) = (index as u32 % columns.max(1), index as u32 / columns.max(1));
        let corner = pos2(whole.left() + column as f32 * cell.x, whole.top() + row as f32 * cell.y);
        painter.rect_filled(Rect::from_min_size(corner, cell), 0.0, heat_colour(*value));
    }
}

fn heat_colour(value: f32) -> Color32 {
    EVIDENCE.gamma_multiply(value.clamp(0.0, 1.0) * STRONGEST_HEAT)
}

/// True when there is anything to light up on the photo.
pub fn exists(finding: &Finding) -> bool {
    !finding.evidence.is_empty()
}
