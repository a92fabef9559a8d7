//! A finding's evidence on the photo: points, lines, boxes, curves and heat.

use egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::guides::{chip, haloed_line};
use super::photo_view::Placement;
use crate::i18n::find;
use crate::inspect::{Evidence, Finding, Verdict};
use crate::ui::theme::{CONTRAST, EVIDENCE, FAINT_HALO, HALO};

/// Heat below this is not drawn, so that the photo stays to be seen.
const FAINTEST_HEAT: f32 = 0.05;
/// Opacity of the strongest heat.
const STRONGEST_HEAT: f32 = 0.6;
/// Outlines whose inside is tinted too, and how strongly, as a share of the strongest heat.
const MASKS: [&str; 1] = ["lens"];
const MASK: f32 = 0.4;
/// Width of a contour where it is lost, and where it is clear.
const WEAKEST_WIDTH: f32 = 4.0;
const CLEAR_WIDTH: f32 = 1.5;
/// How near a click must come to a line or a point.
const NEAR: f32 = 8.0;
/// Between a name and what it names.
const NAME_GAP: f32 = 10.0;

/// Paints all the evidence of one finding.
pub fn paint(painter: &Painter, placement: Placement, finding: &Finding) {
    let painter = painter.with_clip_rect(placement.rect.expand(2.0).intersect(painter.clip_rect()));
    for evidence in &finding.evidence {
        paint_one(&painter, placement, evidence);
    }
    for (label, rect) in named(placement, &finding.evidence) {
        chip(&painter, rect.center_top() - vec2(0.0, NAME_GAP), Align2::CENTER_BOTTOM, &label_text(label));
    }
}

/// Each label once, with the rectangle around all it stands for, so that names never lie on what they name.
fn named(placement: Placement, evidence: &[Evidence]) -> Vec<(&str, Rect)> {
    let mut names: Vec<(&str, Rect)> = Vec::new();
    for (label, rect) in evidence.iter().filter_map(|one| extent(placement, one)) {
        match names.iter_mut().find(|(known, _)| *known == label) {
            Some((_, whole)) => *whole = whole.union(rect),
            None => names.push((label, rect)),
        }
    }
    names
}

/// The label of one piece of evidence and where it lies in the window; heat covers the photo and bears none.
fn extent(placement: Placement, evidence: &Evidence) -> Option<(&str, Rect)> {
    let around = |points: &[crate::photo::Point]| {
        let points: Vec<Pos2> = points.iter().map(|point| placement.at(*point)).collect();
        Rect::from_points(&points)
    };
    let (label, rect) = match evidence {
        Evidence::Point { label, at } => (label, around(&[*at])),
        Evidence::Line { label, from, to } => (label, around(&[*from, *to])),
        Evidence::Box { label, rect } => {
            let (x, y) = (rect.x, rect.y);
            let far = crate::photo::Point::new(x + rect.width, y + rect.height);
            (label, around(&[crate::photo::Point::new(x, y), far]))
        }
        Evidence::Curve { label, points, .. } | Evidence::Contour { label, points, .. } => {
            (label, around(points))
        }
        Evidence::Heat { .. } => return None,
    };
    (!label.is_empty() && rect.is_finite()).then_some((label.as_str(), rect))
}

/// A label of the evidence in the chosen language; shown as it is when no locale file names it.
fn label_text(label: &str) -> String {
    find(&format!("evidence.{label}")).unwrap_or_else(|| label.replace('_', " "))
}

fn paint_one(painter: &Painter, placement: Placement, evidence: &Evidence) {
    match evidence {
        Evidence::Point { at, .. } => {
            let centre = placement.at(*at);
            painter.circle_stroke(centre, 5.0, Stroke::new(3.0, HALO));
            painter.circle_stroke(centre, 5.0, Stroke::new(1.5, EVIDENCE));
        }
        Evidence::Line { from, to, .. } => {
            let (from, to) = (placement.at(*from), placement.at(*to));
            haloed_line(painter, vec![from, to], EVIDENCE);
        }
        Evidence::Box { rect, .. } => {
            let corner = placement.at(crate::photo::Point::new(rect.x, rect.y));
            let shown = Rect::from_min_size(corner, vec2(rect.width, rect.height) * placement.scale);
            painter.rect_stroke(shown, 0.0, Stroke::new(3.0, HALO), egui::StrokeKind::Middle);
            painter.rect_stroke(shown, 0.0, Stroke::new(1.5, EVIDENCE), egui::StrokeKind::Middle);
        }
        Evidence::Curve { label, points, closed } => {
            let mut shown: Vec<Pos2> = points.iter().map(|point| placement.at(*point)).collect();
            if *closed && let Some(first) = shown.first().copied() {
                shown.push(first);
            }
            if *closed && MASKS.contains(&label.as_str()) {
                painter.add(Shape::convex_polygon(shown.clone(), heat_colour(MASK), Stroke::NONE));
            }
            haloed_line(painter, shown, EVIDENCE);
        }
        Evidence::Contour { points, strengths, .. } => {
            let shown: Vec<Pos2> = points.iter().map(|point| placement.at(*point)).collect();
            contour(painter, &shown, strengths);
        }
        Evidence::Heat { columns, rows, values, .. } => {
            heat(painter, placement.rect, *columns, *rows, values)
        }
    }
}

/// The weaker a place, the redder and the wider it is drawn, so that it is also seen without colours.
fn contour(painter: &Painter, points: &[Pos2], strengths: &[f32]) {
    painter.line(points.to_vec(), Stroke::new(WEAKEST_WIDTH + 2.0, FAINT_HALO));
    for (pair, strength) in points.windows(2).zip(strengths) {
        let strength = strength.clamp(0.0, 1.0);
        let width = WEAKEST_WIDTH + (CLEAR_WIDTH - WEAKEST_WIDTH) * strength;
        painter.line_segment([pair[0], pair[1]], Stroke::new(width, contrast_colour(strength)));
    }
}

/// Red where nothing tells the person from the background, over yellow to green where it is clear.
fn contrast_colour(strength: f32) -> Color32 {
    let [lost, middle, clear] = CONTRAST;
    if strength < 0.5 {
        lost.lerp_to_gamma(middle, strength * 2.0)
    } else {
        middle.lerp_to_gamma(clear, strength * 2.0 - 1.0)
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

/// The weightiest finding whose evidence lies at this place of the window; among equals the one that takes least room.
pub fn at(placement: Placement, findings: &[Finding], at: Pos2) -> Option<usize> {
    let under = |finding: &Finding| {
        let parts = finding.evidence.iter().filter_map(|part| extent(placement, part));
        let reached = parts.map(|(_, rect)| rect.expand(NEAR)).filter(|rect| rect.contains(at));
        reached.map(|rect| rect.area()).reduce(f32::min)
    };
    let weighty = findings.iter().enumerate().filter(|(_, finding)| finding.verdict != Verdict::Pass);
    let found = weighty.filter_map(|(index, finding)| Some((finding.verdict, under(finding)?, index)));
    let best = found.max_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    best.map(|(_, _, index)| index)
}

/// True when there is anything to light up on the photo.
pub fn exists(finding: &Finding) -> bool {
    !finding.evidence.is_empty()
}
