//! The filters of the queue: a row of states that reads as a sentence, and a search field.

use egui::{Align, Layout, TextEdit, Ui};

use super::FILTER_STATES;
use crate::i18n::words;
use crate::submission::State;
use crate::ui::action::{Action, Filter};
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{chip, status};
use crate::workflow::desk::{BatchSummary, QueueFilter};

const SEARCH_WIDTH: f32 = 220.0;

pub fn draw(ui: &mut Ui, filter: &mut QueueFilter, scene: &mut Scene<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        if chip::show(ui, &words!("queue.every_state"), None, filter.state.is_none()).clicked() {
            scene.ask(Action::Narrow(Filter::State(None)));
        }
        for state in FILTER_STATES {
            let count = count(scene, filter, state);
            let name = words!(status::state_key(state));
            if chip::show(ui, &name, Some(count), filter.state == Some(state)).clicked() {
                scene.ask(Action::Narrow(Filter::State(Some(state))));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut text = filter.text.clone();
            let hint = words!("queue.search");
            let field = TextEdit::singleline(&mut text).hint_text(hint.as_ref()).desired_width(SEARCH_WIDTH);
            let response = ui.add(field);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, hint.as_ref()));
            if response.changed() {
                scene.ask(Action::Narrow(Filter::Text(text)));
            }
        });
    });
}

fn count(scene: &Scene<'_>, filter: &QueueFilter, state: State) -> usize {
    let of = |summary: &BatchSummary| match state {
        State::PendingReview => summary.pending,
        State::Approved => summary.approved,
        State::Rejected => summary.rejected,
        State::InProduction => summary.in_production,
        _ => summary.completed,
    };
    let chosen =
        |summary: &&BatchSummary| filter.batch.as_ref().is_none_or(|code| *code == summary.batch.code);
    scene.overview.batches.iter().filter(chosen).map(of).sum()
}
