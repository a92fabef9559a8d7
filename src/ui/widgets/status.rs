//! Marks of verdicts and states: each has its own colour and its own shape.

use egui::{
    Color32, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::i18n::words;
use crate::inspect::Verdict;
use crate::submission::{HoldKind, State};
use crate::ui::route::key;
use crate::ui::theme::{Palette, palette, size};

/// Strokes of the marks, in points.
const LINE: f32 = 1.8;
/// Dashes of the ring that stands for unknown.
const DASHES: usize = 6;

/// Locale key of a verdict's name.
pub const fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => key("verdict.pass"),
        Verdict::Warn => key("verdict.warn"),
        Verdict::Fail => key("verdict.fail"),
        Verdict::Unknown => key("verdict.unknown"),
    }
}

/// Locale key of a state's name.
pub const fn state_key(state: State) -> &'static str {
    match state {
        State::AwaitingPayment => key("state.awaiting_payment"),
        State::Paid => key("state.paid"),
        State::PendingReview => key("state.pending_review"),
        State::Rejected => key("state.rejected"),
        State::Approved => key("state.approved"),
        State::InProduction => key("state.in_production"),
        State::AwaitingConfirmation => key("state.awaiting_confirmation"),
        State::Completed => key("state.completed"),
        State::Closed => key("state.closed"),
        State::Refunded => key("state.refunded"),
        State::Erased => key("state.erased"),
    }
}

/// The mark of a verdict: check, triangle, cross or dashed ring.
pub fn paint_verdict(painter: &Painter, centre: Pos2, side: f32, verdict: Verdict, colour: Color32) {
    let r = side / 2.0;
    let stroke = Stroke::new(LINE, colour);
    let at = |x: f32, y: f32| centre + vec2(x * r, y * r);
    match verdict {
        Verdict::Pass => {
            painter.line(vec![at(-0.8, 0.05), at(-0.2, 0.65), at(0.85, -0.6)], stroke);
        }
        Verdict::Warn => {
            painter.add(Shape::convex_polygon(
                vec![at(0.0, -0.9), at(0.95, 0.8), at(-0.95, 0.8)],
                colour,
                Stroke::NONE,
            ));
        }
        Verdict::Fail => {
            painter.line_segment([at(-0.7, -0.7), at(0.7, 0.7)], stroke);
            painter.line_segment([at(0.7, -0.7), at(-0.7, 0.7)], stroke);
        }
        Verdict::Unknown => dashed_ring(painter, centre, r * 0.85, stroke),
    }
}

fn dashed_ring(painter: &Painter, centre: Pos2, radius: f32, stroke: Stroke) {
    let step = std::f32::consts::TAU / DASHES as f32;
    for dash in 0..DASHES {
        let points = (0..=4).map(|part| {
            let angle = dash as f32 * step + part as f32 / 4.0 * step * 0.6;
            centre + radius * vec2(angle.cos(), angle.sin())
        });
        painter.line(points.collect(), stroke);
    }
}

/// The mark of a verdict as a widget with its name.
pub fn verdict_mark(ui: &mut Ui, verdict: Verdict) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size::STATUS_ICON), Sense::hover());
    paint_verdict(ui.painter(), rect.center(), size::STATUS_ICON, verdict, palette(ui).verdict(verdict));
    let name = words!(verdict_key(verdict));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    response
}

/// The colour of a state.
pub fn state_colour(p: &Palette, state: State) -> Color32 {
    match state {
        State::Approved => p.pass,
        State::Rejected => p.fail,
        State::InProduction | State::AwaitingConfirmation | State::Completed => p.accent,
        _ => p.unknown,
    }
}

/// The mark of a state: an open ring waits, a check is approved, a cross rejected, a full disc made.
pub fn paint_state(painter: &Painter, centre: Pos2, side: f32, state: State, p: &Palette) {
    let colour = state_colour(p, state);
    match state {
        State::Approved => paint_verdict(painter, centre, side, Verdict::Pass, colour),
        State::Rejected => paint_verdict(painter, centre, side, Verdict::Fail, colour),
        State::InProduction | State::AwaitingConfirmation | State::Completed => {
            painter.circle_filled(centre, side * 0.36, colour);
        }
        _ => {
            painter.circle_stroke(centre, side * 0.36, Stroke::new(LINE, colour));
        }
    }
}

/// Locale key of a hold's name.
pub const fn hold_key(kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Parked => key("hold.parked"),
        HoldKind::Escalated => key("hold.escalated"),
    }
}

/// The mark of a hold: two bars wait, an arrow went up.
pub fn paint_hold(painter: &Painter, centre: Pos2, side: f32, kind: HoldKind, colour: Color32) {
    let r = side / 2.0;
    let at = |x: f32, y: f32| centre + vec2(x * r, y * r);
    let lines = match kind {
        HoldKind::Parked => [vec![at(-0.4, -0.7), at(-0.4, 0.7)], vec![at(0.4, -0.7), at(0.4, 0.7)]],
        HoldKind::Escalated => {
            [vec![at(0.0, 0.8), at(0.0, -0.7)], vec![at(-0.6, -0.1), at(0.0, -0.75), at(0.6, -0.1)]]
        }
    };
    for line in lines {
        painter.line(line, Stroke::new(LINE, colour));
    }
}

/// A state's mark and name on one line, or those of the hold that keeps it there.
pub fn state_line(ui: &mut Ui, state: State, hold: Option<HoldKind>) {
    if let Some(kind) = hold {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(size::STATUS_ICON), Sense::hover());
        paint_hold(ui.painter(), rect.center(), size::STATUS_ICON, kind, palette(ui).warn);
        super::label::line(ui, &words!(hold_key(kind)));
        return;
    }
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(size::STATUS_ICON), Sense::hover());
    paint_state(ui.painter(), rect.center(), size::STATUS_ICON, state, palette(ui));
    super::label::line(ui, &words!(state_key(state)));
}

/// A dot on a thumbnail's corner with a dark ring, so that it reads on any picture.
pub fn paint_badge(painter: &Painter, corner: Rect, draw: impl FnOnce(&Painter, Pos2)) {
    let centre = pos2(corner.center().x, corner.center().y);
    painter.circle_filled(centre, corner.width() / 2.0, crate::ui::theme::ON_GREY_FILL);
    draw(painter, centre);
}
