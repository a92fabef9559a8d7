//! The bar at the foot: work under way on the left, the day's counts on the right.

use egui::{Align, Layout, Ui};

use super::{button, label, progress, status};
use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::theme::{size, space};
use crate::workflow::hub_state::HubState;
use progress::Running;

/// Width of the progress bar in the foot.
const BAR_WIDTH: f32 = 140.0;

/// The counts of the day.
pub struct Counts {
    pub hub: HubState,
    pub decided_today: usize,
    pub pending: usize,
}

/// Draws the bar.
pub fn show(ui: &mut Ui, counts: Option<&Counts>, running: Option<&Running>, actions: &mut Vec<Action>) {
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        if let Some(running) = running.filter(|running| running.since.elapsed() >= progress::PATIENCE) {
            label::caption(ui, &running.what);
            progress::bar(ui, running, BAR_WIDTH);
            label::caption(ui, &running.sentence());
            button::icon(ui, icons::CLOSE, Action::CancelJob, false, actions);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().interact_size.y = size::BOTTOM_BAR - 4.0;
            button::icon(ui, icons::KEYS, Action::OpenKeys, false, actions);
            let Some(counts) = counts else { return };
            label::caption(ui, &words!("bar.pending", n = counts.pending));
            ui.add_space(space::M);
            label::caption(ui, &words!("bar.today", n = counts.decided_today));
            ui.add_space(space::M);
            hub(ui, counts.hub);
        });
    });
}

/// How the desk stands to its hub, in one sentence and one mark; a desk that works alone says nothing.
fn hub(ui: &mut Ui, state: HubState) {
    let (n, mark) = match state {
        HubState::Alone => return,
        HubState::InStep { .. } => (0, Verdict::Pass),
        HubState::Waiting { waiting, .. } => (waiting, Verdict::Unknown),
        HubState::Away { waiting, .. } => (waiting, Verdict::Warn),
    };
    label::caption(ui, &words!(state.key(), n = n));
    status::verdict_mark(ui, mark);
}
