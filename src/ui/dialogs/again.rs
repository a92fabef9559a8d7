//! Whose decisions are to be looked at again, from when to when: counted first, then put up as one.

use egui::{Context, Role, TextEdit, Ui, WidgetInfo};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::{size, space};
use crate::ui::widgets::{button, chip, dialog, label};
use crate::workflow::quality::{AgainPlan, AgainScope};

/// How a time is written in the two fields.
const WRITTEN: &str = "%Y-%m-%d %H:%M";
const NAME_WIDTH: f32 = 72.0;

/// The question while it is put together.
pub struct AgainForm {
    reviewer: Option<String>,
    from: String,
    to: String,
    plan: Option<AgainPlan>,
}

impl Default for AgainForm {
    fn default() -> Self {
        let now = jiff::Zoned::now();
        let from = now.start_of_day().unwrap_or_else(|_| now.clone());
        Self {
            reviewer: None,
            from: from.strftime(WRITTEN).to_string(),
            to: now.strftime(WRITTEN).to_string(),
            plan: None,
        }
    }
}

impl AgainForm {
    /// Takes the count of a scope; a late one of another scope is dropped.
    pub fn arrived(&mut self, plan: AgainPlan) {
        if self.scope().as_ref() == Some(&plan.scope) {
            self.plan = Some(plan);
        }
    }

    /// What is asked for, once everything is there and the times can be read. The minute of the end is in it.
    fn scope(&self) -> Option<AgainScope> {
        let minute_ms = 60_000;
        let scope = AgainScope {
            reviewer: self.reviewer.clone()?,
            from_ms: read(&self.from)?,
            to_ms: read(&self.to)? + minute_ms,
        };
        (scope.from_ms < scope.to_ms).then_some(scope)
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let names: Vec<String> =
            scene.overview.watch.colleagues.iter().map(|colleague| colleague.name.clone()).collect();
        dialog::show(ctx, "again", &words!("again.title"), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| {
                label::weak(ui, &words!("again.hint"));
                ui.add_space(space::S);
                ui.horizontal_wrapped(|ui| {
                    label::field_name(ui, &words!("again.reviewer"), NAME_WIDTH);
                    for name in names {
                        if chip::show(ui, &name, None, self.reviewer.as_ref() == Some(&name)).clicked() {
                            self.reviewer = Some(name);
                        }
                    }
                });
                time(ui, &words!("again.from"), &mut self.from);
                time(ui, &words!("again.to"), &mut self.to);
                if self.scope().as_ref() != self.plan.as_ref().map(|plan| &plan.scope) {
                    self.plan = None;
                }
                if read(&self.from).is_none() || read(&self.to).is_none() {
                    label::weak(ui, &words!("again.time_hint"));
                } else if let Some(plan) = &self.plan {
                    ui.label(words!("again.counted", n = plan.photos));
                }
            });
            dialog::foot(ui, |ui| {
                match (&self.plan, self.scope()) {
                    (Some(plan), Some(scope)) => {
                        let text = words!("again.put_up", n = plan.photos);
                        let put = Action::ReviewAgain(scope);
                        button::primary(ui, put, &text, plan.photos > 0, actions);
                    }
                    (None, Some(scope)) => {
                        let count = Action::PlanAgain(scope);
                        button::primary(ui, count, &words!("again.count"), true, actions);
                    }
                    (_, None) => {
                        button::primary_here(ui, &words!("again.count"), false);
                    }
                }
                button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }
}

fn time(ui: &mut Ui, name: &str, text: &mut String) {
    ui.horizontal(|ui| {
        label::field_name(ui, name, NAME_WIDTH);
        let response = ui.add(TextEdit::singleline(text).desired_width(size::FIELD).char_limit(16));
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
    });
}

/// The time a person wrote, in milliseconds since the Unix epoch; read in the time of this place.
fn read(text: &str) -> Option<i64> {
    let written = DateTime::strptime(WRITTEN, text.trim()).ok()?;
    Some(written.to_zoned(TimeZone::system()).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_times_that_can_be_read_and_lie_in_order_make_a_scope() {
        let scope = |from: &str, to: &str| {
            let (from, to) = (from.to_owned(), to.to_owned());
            AgainForm { reviewer: Some("li".into()), from, to, plan: None }.scope()
        };
        let hour = scope("2026-11-22 08:00", "2026-11-22 08:59").map(|scope| scope.to_ms - scope.from_ms);
        assert_eq!(hour, Some(3_600_000));
        assert_eq!(scope("2026-11-22 09:00", "2026-11-22 08:00"), None);
        assert_eq!(scope("yesterday", "2026-11-22 08:00"), None);
    }
}
