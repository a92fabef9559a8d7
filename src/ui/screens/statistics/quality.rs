//! The quality of the review in figures: agreement by reason with its interval, known answers, time against risk.

use egui::{Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{nothing, number, part, seconds};
use crate::i18n::words;
use crate::submission::agreement::{Agreement, Kappa};
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::screens::queue::received;
use crate::ui::screens::review::said;
use crate::ui::theme::{palette, space};
use crate::ui::widgets::{button, label, status};
use crate::workflow::quality::{Missed, Quality};
use crate::workflow::statistics::RiskPace;

const ROW: f32 = 26.0;
const NAME_WIDTH: f32 = 168.0;
const COUNT_WIDTH: f32 = 64.0;
const FIGURE_WIDTH: f32 = 148.0;
/// Wrong answers shown.
const MISSED_SHOWN: usize = 10;

/// Agreement and known answers of those who may see them.
pub fn draw(ui: &mut Ui, quality: Option<&Quality>, scene: &mut Scene<'_>) {
    ui.horizontal(|ui| {
        label::emphasis(ui, &words!("quality.title"));
        if scene.overview.watch.is_senior() {
            button::plain(ui, Action::OpenAgain, true, scene.actions);
        }
    });
    ui.add_space(space::XS);
    let Some(quality) = quality else {
        return nothing(ui, &words!("quality.senior_only"));
    };
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let few = || words!("quality.few").into_owned();
    ui.horizontal_wrapped(|ui| {
        number(ui, &words!("quality.looked_again"), Some(quality.looked_again.to_string()));
        number(ui, &words!("quality.same"), quality.verdict.share().map(percent));
        let kappa = quality.verdict_kappa.map_or_else(few, |kappa| format!("{:.2}", kappa.value));
        number(ui, &words!("quality.kappa"), Some(kappa));
        number(ui, &words!("quality.disputed"), Some(quality.disputed.to_string()));
        number(ui, &words!("quality.changed"), Some((quality.changed + quality.recalls).to_string()));
        let right = quality.right_share.map_or_else(few, percent);
        number(ui, &words!("quality.right"), Some(right));
    });
    ui.add_space(space::M);
    part(ui, &words!("quality.by_reason"), |ui| by_reason(ui, quality, scene));
    part(ui, &words!("quality.tests"), |ui| tests(ui, quality, scene));
}

/// Median and 95th percentile of the time a photo takes, by the worst verdict of its checks.
pub fn by_risk(ui: &mut Ui, paces: &[RiskPace]) {
    if paces.is_empty() {
        return nothing(ui, &words!("statistics.no_decisions"));
    }
    let longest = paces.iter().map(|pace| pace.p95_s).fold(f64::EPSILON, f64::max);
    for pace in paces {
        let name = words!(status::verdict_key(pace.risk));
        let figures = words!(
            "quality.pace",
            n = pace.looks,
            median = seconds(pace.median_s),
            p95 = seconds(pace.p95_s)
        );
        line(ui, &name, &figures, |ui| {
            status::verdict_mark(ui, pace.risk);
            cell(ui, &name, NAME_WIDTH - ROW);
            cell(ui, &pace.looks.to_string(), COUNT_WIDTH);
            cell(ui, &format!("{} · {}", seconds(pace.median_s), seconds(pace.p95_s)), FIGURE_WIDTH);
            span(ui, (0.0, longest), (pace.median_s, pace.p95_s), pace.median_s);
        });
    }
    label::caption(ui, &words!("quality.pace_hint"));
}

fn by_reason(ui: &mut Ui, quality: &Quality, scene: &Scene<'_>) {
    if quality.looked_again == 0 {
        return nothing(ui, &words!("quality.none_again"));
    }
    reason(ui, &words!("quality.verdict"), &quality.verdict, quality.verdict_kappa, quality.talk_below);
    for one in &quality.reasons {
        let name = match scene.desk.reasons.get(&one.code) {
            Some(reason) => scene.text(&reason.title),
            None => one.code.as_str(),
        };
        reason(ui, name, &one.agreement, one.kappa, quality.talk_below);
    }
    label::caption(ui, &words!("quality.kappa_hint"));
}

fn reason(ui: &mut Ui, name: &str, agreement: &Agreement, kappa: Option<Kappa>, talk_below: f64) {
    let share = agreement.share().map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", share * 100.0));
    let counts = format!("{}/{}", agreement.both, agreement.given());
    let told = match kappa {
        Some(kappa) => format!("κ {:.2} ({:.2} – {:.2})", kappa.value, kappa.low, kappa.high),
        None => words!("quality.few").into_owned(),
    };
    let figures = words!(
        "quality.reason_line",
        both = agreement.both,
        given = agreement.given(),
        pairs = agreement.pairs(),
        share = share,
        kappa = told
    );
    line(ui, name, &figures, |ui| {
        cell(ui, name, NAME_WIDTH);
        cell(ui, &counts, COUNT_WIDTH);
        cell(ui, &share, COUNT_WIDTH);
        cell(ui, &told, FIGURE_WIDTH);
        if let Some(kappa) = kappa {
            let weak = kappa.value < talk_below;
            if weak {
                status::verdict_mark(ui, crate::inspect::Verdict::Warn);
            } else {
                ui.add_space(ROW - space::S);
            }
            span(ui, (-1.0, 1.0), (kappa.low, kappa.high), kappa.value);
        }
    });
}

fn tests(ui: &mut Ui, quality: &Quality, scene: &Scene<'_>) {
    if quality.tests == 0 {
        return nothing(ui, &words!("quality.no_tests"));
    }
    ui.label(words!("quality.tests_line", n = quality.tests, right = quality.right));
    for one in quality.missed.iter().take(MISSED_SHOWN) {
        ui.add(egui::Label::new(missed(one, scene)).wrap());
    }
    let rest = quality.missed.len().saturating_sub(MISSED_SHOWN);
    if rest > 0 {
        label::caption(ui, &words!("quality.more_missed", n = rest));
    }
}

fn missed(one: &Missed, scene: &Scene<'_>) -> String {
    let name = if one.masked_name.is_empty() { &one.submission } else { &one.masked_name };
    words!(
        "quality.missed",
        name = name,
        batch = one.batch,
        time = received(one.at_ms),
        given = said(&one.given, scene),
        known = said(&one.known, scene)
    )
    .into_owned()
}

/// One row of figures whose accessible name says all of it.
fn line(ui: &mut Ui, name: &str, figures: &str, content: impl FnOnce(&mut Ui)) {
    let drawn = ui.allocate_ui_with_layout(
        vec2(ui.available_width(), ROW),
        egui::Layout::left_to_right(egui::Align::Center),
        content,
    );
    let told = format!("{name} {figures}");
    let response = ui.interact(drawn.response.rect, ui.scope_id().with(("figures", name)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &told));
    response.on_hover_text(figures);
}

fn cell(ui: &mut Ui, text: &str, width: f32) {
    ui.allocate_ui_with_layout(vec2(width, ROW), egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_width(width);
        label::line(ui, text);
    });
}

/// An interval on its scale, with the value as a dot.
fn span(ui: &mut Ui, (from, to): (f64, f64), (low, high): (f64, f64), value: f64) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let p = palette(ui);
    let inner = rect.shrink2(vec2(space::S, 0.0));
    let at =
        |value: f64| inner.left() + inner.width() * ((value - from) / (to - from)).clamp(0.0, 1.0) as f32;
    let middle = rect.center().y;
    ui.painter().hline(inner.x_range(), middle, Stroke::new(1.0, p.hairline));
    if from < 0.0 {
        ui.painter().vline(
            at(0.0),
            rect.shrink2(vec2(0.0, space::XS)).y_range(),
            Stroke::new(1.0, p.hairline),
        );
    }
    ui.painter().hline(at(low)..=at(high), middle, Stroke::new(4.0, p.accent.gamma_multiply(0.45)));
    ui.painter().circle_filled(pos2(at(value), middle), 4.0, p.accent);
}
