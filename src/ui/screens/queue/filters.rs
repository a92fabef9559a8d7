//! The filters of the queue: a row of states that reads as a sentence, and a search field.

use egui::{Align, Layout, TextEdit, Ui};

use super::{FILTER_STATES, finer};
use crate::i18n::words;
use crate::submission::{HoldKind, State};
use crate::ui::action::{Action, Filter};
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{chip, status};
use crate::workflow::desk::{BatchSummary, Pile, QueueFilter};

const SEARCH_WIDTH: f32 = 220.0;
const NARROW_SEARCH: f32 = 96.0;
/// Room for the finer filters beside the search.
const FINER_WIDTH: f32 = 96.0;

/// `wants_search` puts the cursor into the search field.
pub fn draw(ui: &mut Ui, filter: &QueueFilter, wants_search: bool, scene: &mut Scene<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
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
        piles(ui, filter, scene);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut text = filter.text.clone();
            let hint = words!("queue.search");
            let width = (ui.available_width() - FINER_WIDTH).clamp(NARROW_SEARCH, SEARCH_WIDTH);
            let field = TextEdit::singleline(&mut text).hint_text(hint.as_ref()).desired_width(width);
            let response = ui.add(field);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, hint.as_ref()));
            if filter.pile.is_none() {
                finer::button(ui, filter, scene);
            }
            if wants_search {
                response.request_focus();
            }
            if response.changed() {
                scene.ask(Action::Narrow(Filter::Text(text)));
            }
        });
    });
    finer::chosen(ui, filter, scene);
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
