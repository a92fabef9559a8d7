//! The people of the batch, and who is missing: counts that add up.

use egui::{Role, ScrollArea, Ui, WidgetInfo};

use super::answer::name_of;
use super::{OnSite, Wish, strip};
use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::{size, space};
use crate::ui::widgets::{button, label, status};

pub(super) fn draw(ui: &mut Ui, screen: &mut OnSite, scene: &mut Scene<'_>) {
    let all = screen.people.len();
    let missing = screen.people.iter().filter(|row| row.photos == 0).count();
    label::emphasis(ui, &words!("onsite.people", n = all));
    label::caption(ui, &words!("onsite.with_and_without", with = all - missing, without = missing));
    strip::day(ui, screen, scene);
    ui.horizontal_wrapped(|ui| {
        let mut only_missing = screen.only_missing;
        if ui.checkbox(&mut only_missing, words!("onsite.only_missing")).changed() {
            scene.ask(Action::OnSite(Wish::OnlyMissing(only_missing)));
        }
        let roster = Action::OpenRoster(screen.batch.clone());
        button::plain(ui, roster, !scene.is_busy(), scene.actions);
    });
    ui.add_space(space::S);
    let rows: Vec<_> = screen.people.iter().filter(|row| !screen.only_missing || row.photos == 0).collect();
    ScrollArea::vertical().auto_shrink([false, false]).show_rows(
        ui,
        size::CONTROL,
        rows.len(),
        |ui, range| {
            for row in &rows[range] {
                ui.horizontal(|ui| {
                    let mark = if row.photos == 0 { Verdict::Unknown } else { Verdict::Pass };
                    status::verdict_mark(ui, mark);
                    let text = format!("{} {}", row.subject.serial, name_of(&row.subject));
                    let here = screen.person().is_some_and(|person| person.id == row.subject.id);
                    let response = ui.selectable_label(here, &text);
                    response.widget_info(|| WidgetInfo::selected(Role::Button, true, here, &text));
                    if response.clicked() {
                        scene.ask(Action::OnSite(Wish::Choose(row.subject.clone())));
                    }
                });
            }
        },
    );
}
