//! The finer filters of the queue: school, verdict, attempt and reason, behind one button; those that hold stand below.

use std::collections::BTreeSet;

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::style::StyleModifier;
use egui::{Frame, PopupCloseBehavior, ScrollArea, Ui};

use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::{Action, Filter};
use crate::ui::screens::Scene;
use crate::ui::theme::{size, space};
use crate::ui::widgets::{chip, label, status};
use crate::workflow::desk::QueueFilter;

const VERDICTS: [Verdict; 4] = [Verdict::Fail, Verdict::Warn, Verdict::Unknown, Verdict::Pass];
/// Attempts offered; a batch that allows more is searched by its state.
const ATTEMPTS: [u32; 3] = [1, 2, 3];
const REASONS_HEIGHT: f32 = 200.0;

/// The button that opens them; it tells how many hold.
pub fn button(ui: &mut Ui, filter: &QueueFilter, scene: &mut Scene<'_>) {
    let text = match filter.finer() {
        0 => words!("queue.finer"),
        n => words!("queue.finer_n", n = n),
    };
    // Chips keep the frames that a menu takes from its buttons.
    let config = MenuConfig::new()
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .style(StyleModifier::default());
    MenuButton::new(text.as_ref()).config(config).ui(ui, |ui| {
        Frame::new().inner_margin(space::S).show(ui, |ui| menu(ui, filter, scene));
    });
}

fn menu(ui: &mut Ui, filter: &QueueFilter, scene: &mut Scene<'_>) {
    ui.set_width(size::DIALOG * 0.75);
    let batches = scene.overview.batches.iter();
    let schools: BTreeSet<String> =
        batches.map(|summary| summary.batch.school.clone()).filter(|school| !school.is_empty()).collect();
    if !schools.is_empty() {
        choices(
            ui,
            &words!("queue.finer_school"),
            schools,
            &filter.school,
            scene,
            |school| school.clone(),
            Filter::School,
        );
    }
    let verdict = |verdict: &Verdict| words!(status::verdict_key(*verdict)).into_owned();
    choices(ui, &words!("queue.finer_verdict"), VERDICTS, &filter.verdict, scene, verdict, Filter::Verdict);
    let attempt = |n: &u32| words!("queue.finer_attempt_n", n = n).into_owned();
    choices(ui, &words!("queue.finer_attempt"), ATTEMPTS, &filter.attempt, scene, attempt, Filter::Attempt);
    ScrollArea::vertical().max_height(REASONS_HEIGHT).show(ui, |ui| {
        let codes: Vec<String> =
            scene.desk.reasons.presets().iter().map(|reason| reason.code.clone()).collect();
        let titles: Vec<String> = codes.iter().map(|code| title(code, scene)).collect();
        let title = |code: &String| {
            let at = codes.iter().position(|known| known == code);
            at.map(|at| titles[at].clone()).unwrap_or_default()
        };
        choices(
            ui,
            &words!("queue.finer_reason"),
            codes.clone(),
            &filter.reason,
            scene,
            title,
            Filter::Reason,
        );
    });
}

/// One row of choices; the one that holds is given up by a second click.
fn choices<T: Clone + PartialEq>(
    ui: &mut Ui,
    name: &str,
    all: impl IntoIterator<Item = T>,
    chosen: &Option<T>,
    scene: &mut Scene<'_>,
    text: impl Fn(&T) -> String,
    filter: impl Fn(Option<T>) -> Filter,
) {
    label::section(ui, name);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(space::XS, space::XS);
        for one in all {
            let holds = chosen.as_ref() == Some(&one);
            if chip::show(ui, &text(&one), None, holds).clicked() {
                scene.ask(Action::Narrow(filter((!holds).then_some(one))));
            }
        }
    });
    ui.add_space(space::XS);
}

/// Those that hold, each given up by a click.
pub fn chosen(ui: &mut Ui, filter: &QueueFilter, scene: &mut Scene<'_>) {
    if filter.finer() == 0 {
        return;
    }
    let mut held = Vec::new();
    held.extend(filter.school.clone().map(|school| (school, Filter::School(None))));
    let verdict = filter.verdict.map(|verdict| words!(status::verdict_key(verdict)).into_owned());
    held.extend(verdict.map(|verdict| (verdict, Filter::Verdict(None))));
    let attempt = filter.attempt.map(|n| words!("queue.finer_attempt_n", n = n).into_owned());
    held.extend(attempt.map(|attempt| (attempt, Filter::Attempt(None))));
    held.extend(filter.reason.as_ref().map(|code| (title(code, scene), Filter::Reason(None))));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (name, filter) in held {
            if chip::show(ui, &format!("{name}  ×"), None, true).clicked() {
                scene.ask(Action::Narrow(filter));
            }
        }
    });
}

fn title(code: &str, scene: &Scene<'_>) -> String {
    match scene.desk.reasons.get(code) {
        Some(reason) => scene.text(&reason.title).to_owned(),
        None => code.to_owned(),
    }
}
