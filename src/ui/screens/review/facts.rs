//! The facts beside the photo: whose it is, what the checks found, the reasons and the two decisions.

use egui::{Panel, RichText, ScrollArea, Ui, vec2};

use super::{GROUPS, ReviewScreen, done, reasons, task};
use crate::i18n::words;
use crate::inspect::{TwinRelation, Verdict};
use crate::submission::{HoldKind, State, Verb};
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::screens::queue::{person, received};
use crate::ui::theme::{self, palette, size, space, surface};
use crate::ui::widgets::{button, evidence, finding_row, label, status};
use crate::workflow::desk::QueueItem;

/// Lines of the student's text shown at once, and in a window of little height.
const STUDENT_LINES: f32 = 4.0;
const FEW_STUDENT_LINES: f32 = 2.0;
const LITTLE_HEIGHT: f32 = 760.0;
const DECIDE_HEIGHT: f32 = 40.0;

pub fn draw(ui: &mut Ui, screen: &mut ReviewScreen, scene: &mut Scene<'_>) {
    let Some(item) = screen.current().cloned() else { return };
    heading(ui, &item, screen, scene);
    hold_note(ui, &item, screen);
    if screen.task_here().is_some() {
        ui.add_space(space::XS);
    }
    task::draw(ui, screen, scene);
    ui.add_space(space::XS);
    let pending = item.state == State::PendingReview;
    if pending {
        Panel::bottom("decide")
            .show_separator_line(false)
            .resizable(false)
            .frame(surface(palette(ui).panel, vec2(0.0, 0.0)))
            .show(ui, |ui| decide(ui, screen, scene));
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        findings(ui, screen);
        ui.add_space(space::S);
        if pending {
            reasons::draw(ui, screen, scene);
        } else if screen.pending() == 0 {
            ui.add_space(space::M);
            done::all_decided(ui, Some(item.batch.clone()), scene);
        }
        if !pending {
            task::senior_tools(ui, &item, screen, scene);
        }
    });
}

fn heading(ui: &mut Ui, item: &QueueItem, screen: &ReviewScreen, scene: &Scene<'_>) {
    label::emphasis(ui, &person(item));
    ui.spacing_mut().item_spacing.y = 2.0;
    let summary = scene.overview.batches.iter().find(|summary| summary.batch.code == item.batch);
    let school = summary.map(|summary| summary.batch.school.as_str()).unwrap_or_default();
    if school.is_empty() {
        label::caption(ui, &item.batch);
    } else {
        label::caption(ui, &words!("review.batch_line", code = item.batch, school = school));
    }
    let mut line =
        words!("review.attempt_line", n = item.attempt, time = received(item.received_at_ms)).into_owned();
    if let Some(report) = screen.loaded().and_then(|loaded| loaded.report.as_ref()) {
        let kilobytes = report.file.bytes.div_ceil(1024);
        let format = format!("{:?}", report.file.format).to_uppercase();
        line.push_str(&format!(" · {}×{} {format} {kilobytes} KB", report.width_px, report.height_px));
    }
    label::caption(ui, &line);
    ui.spacing_mut().item_spacing.y = space::S;
}

fn findings(ui: &mut Ui, screen: &mut ReviewScreen) {
    label::section(ui, &words!("review.checks"));
    let found = screen.findings().to_vec();
    if found.is_empty() {
        let text =
            if screen.loaded().is_some() { words!("review.no_checks") } else { words!("review.loading") };
        label::weak(ui, &text);
        screen.hovered = None;
        return;
    }
    ui.spacing_mut().item_spacing.y = 1.0;
    let mut hovered = None;
    for group in GROUPS {
        let of_group: Vec<usize> = (0..found.len()).filter(|index| found[*index].verdict == group).collect();
        if group == Verdict::Pass && !of_group.is_empty() && !fold(ui, screen, of_group.len()) {
            continue;
        }
        for index in of_group {
            let response = finding_row::show(ui, &found[index], screen.pinned == Some(index));
            if response.hovered() && evidence::exists(&found[index]) {
                hovered = Some(index);
            }
            if response.clicked() {
                screen.pinned = if screen.pinned == Some(index) { None } else { Some(index) };
            }
        }
    }
    screen.hovered = hovered;
    ui.spacing_mut().item_spacing.y = space::S;
    twin_line(ui, screen);
}

/// Whose the other photo of the same exposure is, masked, and how to look at it.
fn twin_line(ui: &mut Ui, screen: &ReviewScreen) {
    let Some(loaded) = screen.loaded() else { return };
    let found = loaded.report.as_ref().and_then(|report| report.twin.as_ref());
    let (Some(found), Some(shown)) = (found, &loaded.twin) else { return };
    let (name, batch) = (person(&shown.item), &shown.item.batch);
    let time = received(shown.item.received_at_ms);
    label::caption(
        ui,
        &match found.relation {
            TwinRelation::AnotherSubject => {
                words!("review.twin_other", name = name, batch = batch, time = time)
            }
            TwinRelation::EarlierAttempt => {
                words!("review.twin_earlier", name = name, batch = batch, time = time)
            }
        },
    );
}

/// The line that folds the passed checks; true while they are shown.
fn fold(ui: &mut Ui, screen: &mut ReviewScreen, count: usize) -> bool {
    ui.horizontal(|ui| {
        ui.add_space(space::S);
        status::verdict_mark(ui, Verdict::Pass);
        let icon = if screen.show_passed { crate::ui::icons::UNFOLD } else { crate::ui::icons::NEXT };
        let text = words!("review.passed", n = count);
        let job = button::icon_and_text(ui, icon, &text, palette(ui).weak);
        let response = ui.add(egui::Button::new(job).frame(false));
        response.widget_info(|| {
            egui::WidgetInfo::selected(
                egui::Role::DisclosureTriangle,
                true,
                screen.show_passed,
                text.as_ref(),
            )
        });
        if response.clicked() {
            screen.show_passed = !screen.show_passed;
        }
    });
    screen.show_passed
}

/// What the student will read, and the two decisions.
fn decide(ui: &mut Ui, screen: &ReviewScreen, scene: &mut Scene<'_>) {
    ui.add_space(space::S);
    student_preview(ui, screen, scene);
    ui.add_space(space::XS);
    let can_approve = screen.decision(Verb::Approve, Vec::new(), "").is_some();
    let can_reject = screen.decision(Verb::Reject, screen.chosen.clone(), "").is_some();
    ui.horizontal(|ui| {
        let half = (ui.available_width() - space::S) / 2.0;
        ui.spacing_mut().interact_size.x = half;
        let cell = vec2(half, DECIDE_HEIGHT);
        let layout = egui::Layout::centered_and_justified(egui::Direction::LeftToRight);
        ui.allocate_ui_with_layout(cell, layout, |ui| {
            let text = words!("action.approve");
            button::primary_keyed(ui, Action::Approve, &text, can_approve, scene.actions);
        });
        ui.allocate_ui_with_layout(cell, layout, |ui| {
            let text = match screen.chosen.len() {
                0 => words!("action.reject"),
                n => words!("review.reject_button_n", n = n),
            };
            button::keyed(ui, Action::RejectChosen, &text, can_reject, scene.actions);
        });
    });
    ui.add_space(space::XS);
    without_decision(ui, screen, scene);
}

/// Below this width three buttons with a word and a key stand closer.
const ROOMY: f32 = 270.0;

/// The ways to go on without a decision, three of one width.
fn without_decision(ui: &mut Ui, screen: &ReviewScreen, scene: &mut Scene<'_>) {
    let is_here = screen.hold(HoldKind::Parked, "").is_some();
    let held = screen.current().and_then(|item| item.hold);
    let holds = HoldKind::ALL.map(|kind| {
        let text = match kind {
            _ if held == Some(kind) => words!("review.give_back"),
            HoldKind::Parked => words!("action.park"),
            HoldKind::Escalated => words!("action.escalate"),
        };
        (Action::OpenNote(kind), text, is_here)
    });
    ui.horizontal(|ui| {
        if ui.available_width() < ROOMY {
            ui.spacing_mut().item_spacing.x = space::XS;
            ui.spacing_mut().button_padding.x = space::XS / 2.0;
        }
        let third = (ui.available_width() - 2.0 * ui.spacing().item_spacing.x) / 3.0;
        let layout = egui::Layout::centered_and_justified(egui::Direction::LeftToRight);
        let ways = [(Action::Skip, words!("action.skip"), true)].into_iter().chain(holds);
        for (action, text, enabled) in ways {
            ui.allocate_ui_with_layout(vec2(third, size::CONTROL), layout, |ui| {
                button::keyed(ui, action, &text, enabled, scene.actions);
            });
        }
    });
}

/// Who set the photo aside, when and why.
fn hold_note(ui: &mut Ui, item: &QueueItem, screen: &ReviewScreen) {
    let Some(kind) = item.hold else { return };
    let p = palette(ui);
    surface(p.raised, vec2(space::S, space::XS)).corner_radius(theme::RADIUS).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let (rect, _) =
                ui.allocate_exact_size(egui::Vec2::splat(size::STATUS_ICON), egui::Sense::hover());
            status::paint_hold(ui.painter(), rect.center(), size::STATUS_ICON, kind, p.warn);
            let mut text = words!(status::hold_key(kind)).into_owned();
            if let Some(note) = screen.note() {
                text.push_str(&format!(" · {} · {}", note.by, received(note.at_ms)));
            }
            label::caption(ui, &text);
        });
        if let Some(note) = screen.note().filter(|note| !note.text.is_empty()) {
            ui.add(egui::Label::new(&note.text).wrap());
        }
    });
}

/// The text of the chosen reasons, or of the one under the pointer.
fn student_preview(ui: &mut Ui, screen: &ReviewScreen, scene: &Scene<'_>) {
    let mut codes = screen.chosen.clone();
    codes.extend(screen.hovered_reason.iter().filter(|code| !screen.chosen.contains(code)).cloned());
    label::section(ui, &words!("review.student_reads"));
    let text = reasons::student_text(&scene.desk.reasons, &codes, scene);
    let (text, ink) = if text.is_empty() {
        (words!("review.student_reads_nothing").into_owned(), palette(ui).weak)
    } else {
        (text, palette(ui).text)
    };
    let line = ui.text_style_height(&egui::TextStyle::Small);
    surface(palette(ui).raised, vec2(space::S, space::XS)).corner_radius(theme::RADIUS).show(ui, |ui| {
        let is_low = ui.ctx().content_rect().height() < LITTLE_HEIGHT;
        let lines = match (is_low, codes.is_empty()) {
            (true, true) => 1.0,
            (true, false) => FEW_STUDENT_LINES,
            (false, _) => STUDENT_LINES,
        };
        let height = line * lines;
        ScrollArea::vertical().id_salt("student").max_height(height).min_scrolled_height(height).show(
            ui,
            |ui| {
                ui.set_min_size(vec2(ui.available_width(), height));
                ui.add(
                    egui::Label::new(RichText::new(text).text_style(egui::TextStyle::Small).color(ink))
                        .wrap(),
                );
            },
        );
    });
}
