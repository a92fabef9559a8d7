//! What is asked about a photo that is not simply to be decided, and what the person is told of it.

use egui::{Label, Ui, vec2};

use super::ReviewScreen;
use crate::i18n::words;
use crate::submission::{Opinion, Verb};
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::{self, palette, space, surface};
use crate::ui::widgets::{button, label};
use crate::workflow::desk::QueueItem;

/// What is asked about a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// A second opinion, blind.
    Second,
    /// A senior's word between two opinions.
    Ruling,
    /// Its answer is known; the person is not told.
    Test,
}

/// Tells a second look from a first one, and puts both opinions before a senior.
pub fn draw(ui: &mut Ui, screen: &ReviewScreen, scene: &Scene<'_>) {
    let (title, hint) = match screen.task_here() {
        Some(Task::Second) => (words!("second.title"), words!("second.hint")),
        Some(Task::Ruling) => (words!("ruling.title"), words!("ruling.hint")),
        Some(Task::Test) | None => return,
    };
    let p = palette(ui);
    surface(p.raised, vec2(space::S, space::XS)).corner_radius(theme::RADIUS).show(ui, |ui| {
        ui.set_width(ui.available_width());
        label::emphasis(ui, &title);
        let dispute = screen.loaded().and_then(|loaded| loaded.dispute.as_ref());
        if let Some(dispute) = dispute.filter(|_| screen.task_here() == Some(Task::Ruling)) {
            for (who, opinion) in
                [(words!("ruling.first"), &dispute.first), (words!("ruling.second"), &dispute.second)]
            {
                let line = words!("ruling.line", who = who, opinion = said(opinion, scene));
                ui.add(Label::new(line).wrap());
            }
        }
        ui.add(Label::new(egui::RichText::new(hint).text_style(egui::TextStyle::Small).color(p.weak)).wrap());
    });
}

/// An opinion in words: the verdict, and the reasons of a rejection.
pub fn said(opinion: &Opinion, scene: &Scene<'_>) -> String {
    if opinion.verb == Verb::Approve {
        return words!("said.approved").into_owned();
    }
    let title = |code: &String| match scene.desk.reasons.get(code) {
        Some(reason) => scene.text(&reason.title).to_owned(),
        None => code.clone(),
    };
    let titles: Vec<String> = opinion.reasons.iter().map(title).collect();
    words!("said.rejected", reasons = titles.join(&words!("said.and"))).into_owned()
}

/// What a senior can do with a decision: make it a known answer, or give the photo back to review.
pub fn senior_tools(ui: &mut Ui, item: &QueueItem, screen: &ReviewScreen, scene: &mut Scene<'_>) {
    let (true, None, Some(is_known)) =
        (scene.overview.watch.is_senior(), screen.task(&item.submission), screen.is_known())
    else {
        return;
    };
    ui.add_space(space::M);
    label::section(ui, &words!("senior.tools"));
    ui.horizontal_wrapped(|ui| {
        let can_reopen = screen.decided_here().is_some();
        button::plain(ui, Action::MarkKnown(!is_known), true, scene.actions);
        button::plain(ui, Action::Reopen, can_reopen, scene.actions);
    });
    if is_known {
        label::caption(ui, &words!("senior.is_known"));
    }
}
