//! The preset reasons with their digits: those the findings suggest come first, softly marked, never chosen.

use egui::{Align2, CornerRadius, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2};

use super::ReviewScreen;
use crate::i18n::words;
use crate::inspect::{Finding, Verdict};
use crate::submission::{Reason, ReasonCatalogue};
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::{RADIUS, palette, space};
use crate::ui::widgets::{button, label};

/// Reasons a page, one a digit.
pub const PAGE: usize = 9;
const ROW: f32 = 26.0;
const KEY_CAP: f32 = 18.0;
/// Check whose reasons fit a file that cannot be read.
const FILE_CHECK: &str = "file";

/// A reason in the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offered<'a> {
    pub reason: &'a Reason,
    pub suggested: bool,
}

/// All reasons a person may give: suggested ones first, most severe first, then the catalogue's order.
pub fn ordered<'a>(catalogue: &'a ReasonCatalogue, findings: &[Finding], damaged: bool) -> Vec<Offered<'a>> {
    let mut weighty: Vec<&Finding> =
        findings.iter().filter(|finding| finding.verdict != Verdict::Pass).collect();
    weighty.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
    let mut suggested: Vec<&Reason> = Vec::new();
    let of_findings = weighty.iter().filter_map(|finding| catalogue.get(finding.reason.as_deref()?));
    let of_damage = catalogue.for_check(FILE_CHECK).into_iter().filter(|_| damaged);
    for reason in of_findings.chain(of_damage) {
        if !suggested.iter().any(|known| known.code == reason.code) {
            suggested.push(reason);
        }
    }
    let presets = catalogue.presets();
    let rest = presets.into_iter().filter(|reason| !suggested.iter().any(|known| known.code == reason.code));
    let rest: Vec<Offered<'_>> = rest.map(|reason| Offered { reason, suggested: false }).collect();
    suggested.into_iter().map(|reason| Offered { reason, suggested: true }).chain(rest).collect()
}

/// The page of reasons now shown.
pub fn draw(ui: &mut Ui, screen: &mut ReviewScreen, scene: &mut Scene<'_>) {
    let desk = scene.desk;
    let all = ordered(&desk.reasons, screen.findings(), screen.is_damaged());
    let from = (screen.reason_page * PAGE).min(all.len());
    let page = &all[from..(from + PAGE).min(all.len())];
    ui.horizontal(|ui| {
        label::section(ui, &words!("review.reasons"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let pages = all.len().div_ceil(PAGE).max(1);
            let text = words!("review.reason_page", page = screen.reason_page + 1, pages = pages);
            button::keyed(ui, Action::TurnReasonPage, &text, pages > 1, scene.actions);
        });
    });
    ui.spacing_mut().item_spacing.y = 1.0;
    let mut hovered = None;
    for (index, offered) in page.iter().enumerate() {
        if row(ui, screen, scene, index + 1, *offered) {
            hovered = Some(offered.reason.code.clone());
        }
    }
    screen.hovered_reason = hovered;
}

/// One reason; true while the pointer is on it.
fn row(
    ui: &mut Ui,
    screen: &ReviewScreen,
    scene: &mut Scene<'_>,
    digit: usize,
    offered: Offered<'_>,
) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let chosen = screen.chosen.contains(&offered.reason.code);
    let title = scene.text(&offered.reason.title);
    let name = words!("review.reason_name", digit = digit, title = title);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, chosen, name.as_ref()));
    let p = palette(ui);
    let painter = ui.painter();
    if chosen || response.hovered() {
        painter.rect_filled(rect, CornerRadius::same(RADIUS), if chosen { p.selected } else { p.raised });
    }
    if response.has_focus() {
        let ring = ui.visuals().widgets.active.bg_stroke;
        painter.rect_stroke(rect, CornerRadius::same(RADIUS), ring, egui::StrokeKind::Inside);
    }
    let cap = egui::Rect::from_center_size(
        pos2(rect.left() + space::S + KEY_CAP / 2.0, rect.center().y),
        egui::Vec2::splat(KEY_CAP),
    );
    let (cap_fill, cap_ink) = if chosen { (p.accent_fill, p.on_accent) } else { (p.raised, p.weak) };
    painter.rect(cap, 4.0, cap_fill, Stroke::new(1.0, p.hairline), egui::StrokeKind::Inside);
    let small = TextStyle::Small.resolve(ui.style());
    painter.text(cap.center(), Align2::CENTER_CENTER, digit, small.clone(), cap_ink);
    let mut right = rect.right() - space::S;
    if offered.suggested {
        let mark = painter.text(
            pos2(right, rect.center().y),
            Align2::RIGHT_CENTER,
            words!("review.suggested"),
            small,
            p.accent,
        );
        right = mark.left() - space::S;
    }
    let left = cap.right() + space::S;
    let body = TextStyle::Body.resolve(ui.style());
    let mut job = egui::text::LayoutJob::simple_singleline(title.to_owned(), body, p.text);
    job.wrap = egui::text::TextWrapping::truncate_at_width(right - left);
    let galley = painter.layout_job(job);
    painter.galley(pos2(left, rect.center().y - galley.size().y / 2.0), galley, p.text);
    if response.clicked() {
        scene.ask(Action::ToggleReason(offered.reason.code.clone()));
    }
    response.hovered()
}

/// What the student will read for these reasons: cause, then remedy.
pub fn student_text(catalogue: &ReasonCatalogue, codes: &[String], scene: &Scene<'_>) -> String {
    let lines = codes.iter().filter_map(|code| catalogue.get(code)).map(|reason| {
        let text = words!(
            "review.student_line",
            cause = scene.text(&reason.cause),
            remedy = scene.text(&reason.remedy)
        );
        text.into_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}
