//! One finding on one or two lines: shape, name, value, gauge and limit.

use egui::{
    Align2, CornerRadius, FontId, Rect, Response, Role, Sense, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

use super::{gauge, status};
use crate::i18n::{find, words};
use crate::inspect::{CheckId, Finding, Limit, Verdict};
use crate::ui::theme::{RADIUS, palette, size, space};

const ONE_LINE: f32 = 26.0;
const TWO_LINES: f32 = 46.0;
/// Lengths below this are told to the tenth of a pixel.
const SMALL_PX: f64 = 20.0;

/// A check's name in the chosen language; its id when no locale file names it.
pub fn check_name(check: CheckId) -> String {
    find(&format!("check.{}.name", check.as_str())).unwrap_or_else(|| check.as_str().to_owned())
}

/// A measured value with its unit, as exact as the unit deserves.
pub fn value_text(value: f64, unit: &str) -> String {
    match unit {
        "px" if value.abs() < SMALL_PX => format!("{value:.1} px"),
        "px" | "faces" | "KB" => format!("{value:.0} {}", unit_text(unit)).trim_end().to_owned(),
        "ratio" | "probability" | "correlation" | "distance" => format!("{value:.2}"),
        "deg" => format!("{value:.1}°"),
        "%" => format!("{value:.1} %"),
        "sides" => format!("{value:.0}"),
        "log" => format!("{value:.1}"),
        _ => format!("{value:.1} {}", unit_text(unit)).trim_end().to_owned(),
    }
}

fn unit_text(unit: &str) -> &str {
    match unit {
        "dE00" => "ΔE",
        "faces" => "",
        other => other,
    }
}

/// The band that passes, in words.
pub fn limit_text(limit: &Limit, unit: &str) -> Option<String> {
    let number = |end: f64| value_text(end, unit);
    Some(match limit.pass {
        (Some(from), Some(to)) if from == to => format!("= {}", number(to)),
        (Some(from), Some(to)) => format!("{} – {}", number(from), number(to)),
        (Some(from), None) => format!("≥ {}", number(from)),
        (None, Some(to)) => format!("≤ {}", number(to)),
        (None, None) => return None,
    })
}

/// The finding as one sentence, for the accessible name.
fn sentence(finding: &Finding) -> String {
    let mut text = format!("{} {}", check_name(finding.check), words!(status::verdict_key(finding.verdict)));
    if let Some(value) = finding.value {
        text.push_str(&format!(" {}", value_text(value, &finding.unit)));
    }
    if let Some(limit) = finding.limit.as_ref().and_then(|limit| limit_text(limit, &finding.unit)) {
        text.push_str(&format!(" ({limit})"));
    }
    text
}

/// Draws the row; hovering and clicking are told by the response.
pub fn show(ui: &mut Ui, finding: &Finding, pinned: bool) -> Response {
    let measured = finding.value.zip(finding.limit.as_ref());
    let tall = finding.verdict != Verdict::Pass && measured.is_some();
    let height = if tall { TWO_LINES } else { ONE_LINE };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let text = sentence(finding);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, pinned, &text));
    if ui.is_rect_visible(rect) {
        paint_ground(ui, rect, &response, pinned);
        paint_first_line(ui, rect, finding);
        if let (true, Some((value, limit))) = (tall, measured) {
            paint_second_line(ui, rect, finding, value, limit);
        }
    }
    match find(&format!("check.{}.help", finding.check.as_str())) {
        Some(help) => response.on_hover_text(help),
        None => response,
    }
}

fn paint_ground(ui: &Ui, rect: Rect, response: &Response, pinned: bool) {
    let p = palette(ui);
    if pinned || response.hovered() || response.has_focus() {
        let fill = if pinned { p.selected } else { p.raised };
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), fill);
    }
    if response.has_focus() {
        let ring = ui.visuals().widgets.active.bg_stroke;
        ui.painter().rect_stroke(rect, CornerRadius::same(RADIUS), ring, egui::StrokeKind::Inside);
    }
}

fn paint_first_line(ui: &Ui, rect: Rect, finding: &Finding) {
    let p = palette(ui);
    let y = rect.top() + ONE_LINE / 2.0;
    let colour = p.verdict(finding.verdict);
    let mark = pos2(rect.left() + space::S + size::STATUS_ICON / 2.0, y);
    status::paint_verdict(ui.painter(), mark, size::STATUS_ICON, finding.verdict, colour);
    let value = finding.value.map_or_else(|| "–".to_owned(), |value| value_text(value, &finding.unit));
    let body = TextStyle::Body.resolve(ui.style());
    let value_ink = if finding.verdict == Verdict::Pass { p.weak } else { colour };
    let right = pos2(rect.right() - space::S, y);
    let drawn = ui.painter().text(right, Align2::RIGHT_CENTER, value, body.clone(), value_ink);
    let left = mark.x + size::STATUS_ICON / 2.0 + space::S;
    elided(ui, pos2(left, y), drawn.left() - space::S - left, &check_name(finding.check), body);
}

fn paint_second_line(ui: &Ui, rect: Rect, finding: &Finding, value: f64, limit: &Limit) {
    let p = palette(ui);
    let y = rect.bottom() - space::S - size::GAUGE_HEIGHT / 2.0;
    let left = rect.left() + space::S + size::STATUS_ICON + space::S;
    let gauge_rect = Rect::from_center_size(
        pos2(left + size::GAUGE_WIDTH / 2.0, y),
        vec2(size::GAUGE_WIDTH, size::GAUGE_HEIGHT),
    );
    gauge::paint(ui.painter(), gauge_rect, value, limit, finding.verdict, p);
    if let Some(text) = limit_text(limit, &finding.unit) {
        let text = words!("finding.limit", limit = text);
        let small = TextStyle::Small.resolve(ui.style());
        ui.painter().text(pos2(rect.right() - space::S, y), Align2::RIGHT_CENTER, text, small, p.weak);
    }
}

/// A single line cut with an ellipsis at `width`.
fn elided(ui: &Ui, left_centre: egui::Pos2, width: f32, text: &str, font: FontId) {
    let ink = palette(ui).text;
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    let galley = ui.painter().layout_job(job);
    let top = pos2(left_centre.x, left_centre.y - galley.size().y / 2.0);
    ui.painter().galley(top, galley, ink);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_as_exact_as_their_unit() {
        let check = |value, unit, expect: &str| assert_eq!(value_text(value, unit), expect);
        check(0.9666, "probability", "0.97");
        check(3.12, "deg", "3.1°");
        check(480.0, "px", "480 px");
        check(2.04, "px", "2.0 px");
        check(1.0, "faces", "1");
        check(4.21, "dE00", "4.2 ΔE");
        check(57.0, "L*", "57.0 L*");
    }

    #[test]
    fn limits_are_written_as_bands() {
        let check = |pass, expect: Option<&str>| {
            let limit = Limit { pass, warn: (None, None) };
            assert_eq!(limit_text(&limit, "deg").as_deref(), expect);
        };
        check((Some(-3.0), Some(3.0)), Some("-3.0° – 3.0°"));
        check((None, Some(4.0)), Some("≤ 4.0°"));
        check((Some(1.0), Some(1.0)), Some("= 1.0°"));
        check((None, None), None);
    }
}
