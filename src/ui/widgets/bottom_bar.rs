//! The bar at the foot: work under way on the left, the day's counts on the right.

use egui::{Align, Layout, Ui};

use super::{button, label, progress, status};
use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::Action;
use crate::ui::hub_tie::HubView;
use crate::ui::icons;
use crate::ui::theme::{size, space};
use crate::workflow::hub_state::HubState;
use progress::Running;

/// Width of the progress bar in the foot.
const BAR_WIDTH: f32 = 140.0;

/// The counts of the day.
pub struct Counts {
    pub decided_today: usize,
    pub pending: usize,
}

/// Draws the bar.
pub fn show(
    ui: &mut Ui,
    counts: Option<&Counts>,
    running: Option<&Running>,
    hub: &HubView,
    actions: &mut Vec<Action>,
) {
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        if let Some(running) = running.filter(|running| running.since.elapsed() >= progress::PATIENCE) {
            label::caption(ui, &running.what);
            progress::bar(ui, running, BAR_WIDTH);
            label::caption(ui, &running.sentence());
            button::icon(ui, icons::CLOSE, Action::CancelJob, false, actions);
        }
        if hub.unseen_conflicts > 0 {
            let text = words!("hub.conflicts", n = hub.unseen_conflicts);
            button::plain_with(ui, Action::OpenConflicts, &text, true, actions);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().interact_size.y = size::BOTTOM_BAR - 4.0;
            button::icon(ui, icons::KEYS, Action::OpenKeys, false, actions);
            let Some(counts) = counts else { return };
            label::caption(ui, &words!("bar.pending", n = counts.pending));
            ui.add_space(space::M);
            label::caption(ui, &words!("bar.today", n = counts.decided_today));
            ui.add_space(space::M);
            standing(ui, hub.state);
        });
    });
}

/// How the desk stands to its hub, in one sentence.
pub fn hub_sentence(state: HubState) -> String {
    words!(state.key(), n = state.waiting()).into_owned()
}

/// How the desk stands to its hub, in one sentence and one mark; a desk that works alone says nothing.
fn standing(ui: &mut Ui, state: HubState) {
    let mark = match state {
        HubState::Alone => return,
        HubState::InStep { .. } => Verdict::Pass,
        HubState::Waiting { .. } => Verdict::Unknown,
        HubState::Away { .. } => Verdict::Warn,
    };
    label::caption(ui, &hub_sentence(state));
    status::verdict_mark(ui, mark);
}
