//! The filters of the queue: a row of states that reads as a sentence, and a search field.

use egui::{Align, Layout, TextEdit, Ui, vec2};

use super::{FILTER_STATES, finer};
use crate::i18n::words;
use crate::submission::{HoldKind, State};
use crate::ui::action::{Action, Filter};
use crate::ui::screens::Scene;
use crate::ui::theme::{size, space};
use crate::ui::widgets::{chip, status};
use crate::workflow::desk::{BatchSummary, Pile, QueueFilter};

const SEARCH_WIDTH: f32 = 220.0;
const NARROW_SEARCH: f32 = 96.0;
/// Room for the finer filters beside the search.
const FINER_WIDTH: f32 = 96.0;
/// From this width on the search field has its full width.
const ROOMY: f32 = 900.0;

/// `wants_search` puts the cursor into the search field.
pub fn draw(ui: &mut Ui, filter: &QueueFilter, wants_search: bool, scene: &mut Scene<'_>) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let search_width = if ui.available_width() < ROOMY { NARROW_SEARCH } else { SEARCH_WIDTH };
        let beside = search_width + FINER_WIDTH + space::L;
        let room = vec2((ui.available_width() - beside).max(size::FIELD), size::CONTROL);
        let wrapped = Layout::left_to_right(Align::Center).with_main_wrap(true);
        ui.allocate_ui_with_layout(room, wrapped, |ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            states(ui, filter, scene);
            piles(ui, filter, scene);
        });
        ui.with_layout(Layout::right_to_left(Align::TOP), |ui| {
            search(ui, filter, search_width, wants_search, scene);
            if filter.pile.is_none() {
                finer::button(ui, filter, scene);
            }
        });
    });
    finer::chosen(ui, filter, scene);
}

fn states(ui: &mut Ui, filter: &QueueFilter, scene: &mut Scene<'_>) {
    let is_all = filter.state.is_none() && filter.hold.is_none() && filter.pile.is_none();
    if chip::show(ui, &words!("queue.every_state"), None, is_all).clicked() {
        scene.ask(Action::Narrow(Filter::State(None)));
    }
    for state in FILTER_STATES {
        let count = state_count(scene, filter, state);
        let name = words!(status::state_key(state));
        if chip::show(ui, &name, Some(count), filter.state == Some(state)).clicked() {
            scene.ask(Action::Narrow(Filter::State(Some(state))));
        }
        if state == State::PendingReview {
            holds(ui, filter, scene);
        }
    }
}

fn search(ui: &mut Ui, filter: &QueueFilter, width: f32, wants_search: bool, scene: &mut Scene<'_>) {
    let mut text = filter.text.clone();
    let hint = words!("queue.search");
    let field = TextEdit::singleline(&mut text).hint_text(hint.as_ref()).desired_width(width);
    let response = ui.add(field);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, hint.as_ref()));
    if wants_search {
        response.request_focus();
    }
    if response.changed() {
        scene.ask(Action::Narrow(Filter::Text(text)));
    }
}

/// What is set aside, while there is any.
fn holds(ui: &mut Ui, filter: &QueueFilter, scene: &mut Scene<'_>) {
    for kind in HoldKind::ALL {
        let count = counted(scene, filter, |summary| match kind {
            HoldKind::Parked => summary.parked,
            HoldKind::Escalated => summary.escalated,
        });
        let chosen = filter.hold == Some(kind);
        if (count > 0 || chosen)
            && chip::show(ui, &words!(status::hold_key(kind)), Some(count), chosen).clicked()
        {
            scene.ask(Action::Narrow(Filter::Hold(kind)));
        }
    }
}

/// What lies beside the queue, while there is any: second looks for everybody, disagreements for a senior.
fn piles(ui: &mut Ui, filter: &QueueFilter, scene: &mut Scene<'_>) {
    let watch = &scene.overview.watch;
    let count = |of: &std::collections::BTreeMap<String, usize>| match &filter.batch {
        Some(batch) => of.get(batch).copied().unwrap_or_default(),
        None => of.values().sum(),
    };
    let second = Pile::Second { reviewer: scene.settings.reviewer.clone() };
    let choices = [
        (second, words!("queue.second"), count(&watch.second), true),
        (Pile::Disputed, words!("queue.disputed"), count(&watch.disputed), watch.is_senior()),
    ];
    for (pile, name, count, may_see) in choices {
        let chosen = filter.pile.as_ref() == Some(&pile);
        if may_see && (count > 0 || chosen) && chip::show(ui, &name, Some(count), chosen).clicked() {
            scene.ask(Action::Narrow(Filter::Pile(pile)));
        }
    }
}

fn state_count(scene: &Scene<'_>, filter: &QueueFilter, state: State) -> usize {
    counted(scene, filter, |summary| match state {
        State::PendingReview => summary.pending,
        State::Approved => summary.approved,
        State::Rejected => summary.rejected,
        State::InProduction => summary.in_production,
        _ => summary.completed,
    })
}

/// The sum over the chosen batch, or over all.
fn counted(scene: &Scene<'_>, filter: &QueueFilter, of: impl Fn(&BatchSummary) -> usize) -> usize {
    let chosen =
        |summary: &&BatchSummary| filter.batch.as_ref().is_none_or(|code| *code == summary.batch.code);
    scene.overview.batches.iter().filter(chosen).map(of).sum()
}
