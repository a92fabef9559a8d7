//! The submissions as a table that draws only the rows in sight.

use std::collections::HashMap;

use egui::{Align, Layout, Rect, Response, Role, Sense, Ui, WidgetInfo};
use egui_extras::{Column, TableBuilder, TableRow};

use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::{Action, Filter};
use crate::ui::screens::Scene;
use crate::ui::theme::{palette, size, space};
use crate::ui::widgets::{label, status};
use crate::workflow::desk::QueueItem;

const STATE_WIDTH: f32 = 120.0;
const PERSON_WIDTH: f32 = 140.0;
const CHECKS_WIDTH: f32 = 112.0;
const ATTEMPT_WIDTH: f32 = 64.0;
const TIME_WIDTH: f32 = 96.0;
/// Width of the table from which the attempts have a column.
const WITH_ATTEMPTS: f32 = 640.0;

/// What the table shows.
pub struct View<'a> {
    pub rows: &'a [QueueItem],
    /// The rows lie in the order of their checks instead of their age.
    pub by_risk: bool,
    /// A row to bring into sight.
    pub scroll_to: Option<usize>,
}

pub fn draw(ui: &mut Ui, view: &View<'_>, selected: &mut Option<String>, scene: &mut Scene<'_>) {
    let rows = view.rows;
    let overview = scene.overview;
    let schools: HashMap<&str, &str> = overview
        .batches
        .iter()
        .map(|summary| (summary.batch.code.as_str(), summary.batch.school.as_str()))
        .collect();
    ui.style_mut().interaction.selectable_labels = false;
    ui.spacing_mut().item_spacing = egui::vec2(space::S, 0.0);
    let has_attempts = ui.available_width() >= WITH_ATTEMPTS;
    let mut table = TableBuilder::new(ui);
    if let Some(row) = view.scroll_to {
        table = table.scroll_to_row(row, None);
    }
    table = table
        .striped(false)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(cell(STATE_WIDTH))
        .column(Column::exact(PERSON_WIDTH).clip(true))
        .column(cell(CHECKS_WIDTH))
        .column(Column::remainder().at_least(72.0).clip(true));
    if has_attempts {
        table = table.column(cell(ATTEMPT_WIDTH));
    }
    table
        .column(cell(TIME_WIDTH))
        .auto_shrink(false)
        .header(size::TABLE_HEADER, |row| header(row, view.by_risk, has_attempts, scene.actions))
        .body(|body| {
            body.rows(size::TABLE_ROW, rows.len(), |mut row| {
                let item = &rows[row.index()];
                draw_row(&mut row, item, selected, &schools, has_attempts, scene);
            });
        });
}

/// A column of this width; a text too long for it ends in an ellipsis instead of running into the next.
fn cell(width: f32) -> Column {
    Column::exact(width).clip(true)
}

fn header(mut row: TableRow<'_, '_>, by_risk: bool, has_attempts: bool, actions: &mut Vec<Action>) {
    let plain = |row: &mut TableRow<'_, '_>, name: &str| {
        row.col(|ui| {
            label::section(ui, name);
        });
    };
    plain(&mut row, &words!("queue.column.state"));
    plain(&mut row, &words!("queue.column.person"));
    row.col(|ui| sort_button(ui, &words!("queue.column.checks"), by_risk, true, actions));
    plain(&mut row, &words!("queue.column.batch"));
    if has_attempts {
        plain(&mut row, &words!("queue.column.attempt"));
    }
    row.col(|ui| sort_button(ui, &words!("queue.column.received"), !by_risk, false, actions));
}

/// The name of a column the rows can be ordered by, with an arrow where they are.
fn sort_button(ui: &mut Ui, name: &str, is_on: bool, by_risk: bool, actions: &mut Vec<Action>) {
    let text = if is_on { format!("{name} ↓") } else { name.to_owned() };
    let ink = if is_on { palette(ui).text } else { palette(ui).weak };
    let label = egui::RichText::new(text).text_style(egui::TextStyle::Small).color(ink);
    ui.spacing_mut().button_padding.x = 0.0;
    let response = ui.add(egui::Button::new(label).frame(false));
    let tip = if by_risk { words!("queue.sort_risk") } else { words!("queue.sort_age") };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, tip.as_ref()));
    if response.on_hover_text(tip.as_ref()).clicked() {
        actions.push(Action::Narrow(Filter::ByRisk(by_risk)));
    }
}

fn draw_row(
    row: &mut TableRow<'_, '_>,
    item: &QueueItem,
    selected: &mut Option<String>,
    schools: &HashMap<&str, &str>,
    has_attempts: bool,
    scene: &mut Scene<'_>,
) {
    let index = row.index();
    row.set_selected(selected.as_ref() == Some(&item.submission));
    let mut area = Rect::NOTHING;
    let mut cell = |add: &mut dyn FnMut(&mut Ui)| {
        row.col(|ui| {
            area |= ui.max_rect();
            add(ui);
        });
    };
    cell(&mut |ui| status::state_line(ui, item.state, item.hold));
    cell(&mut |ui| {
        label::line(ui, &person(item));
    });
    cell(&mut |ui| checks(ui, item));
    cell(&mut |ui| {
        let school = schools.get(item.batch.as_str()).copied().unwrap_or_default();
        label::caption(ui, format!("{}  {school}", item.batch).trim_end());
    });
    if has_attempts {
        cell(&mut |ui| {
            label::caption(ui, &words!("queue.attempt", n = item.attempt));
        });
    }
    cell(&mut |ui| {
        label::caption(ui, &received(item.received_at_ms));
    });
    // The table counts a cell's width from where its content ends; a screen reader is told the true place.
    let response = Response { rect: area, ..row.response() };
    let standing = item.hold.map_or_else(|| status::state_key(item.state), status::hold_key);
    let name = words!("queue.row", person = person(item), state = words!(standing));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name.as_ref()));
    if response.clicked() {
        *selected = Some(item.submission.clone());
    }
    if response.double_clicked() {
        scene.ask(Action::ReviewFrom(index));
    }
}

/// The masked name, or the submission's short number where no name is known.
pub fn person(item: &QueueItem) -> String {
    if item.masked_name.is_empty() { short_id(&item.submission) } else { item.masked_name.clone() }
}

/// The last part of a submission's id: enough to tell neighbours apart.
pub fn short_id(submission: &str) -> String {
    let from = submission.char_indices().rev().nth(7).map_or(0, |(index, _)| index);
    submission[from..].to_owned()
}

/// How many checks failed or warned, each with its mark.
fn checks(ui: &mut Ui, item: &QueueItem) {
    match item.verdict {
        None => {
            label::caption(ui, &words!("queue.not_checked"));
        }
        Some(Verdict::Pass) => {
            status::verdict_mark(ui, Verdict::Pass);
        }
        Some(verdict) => {
            for (count, mark) in [(item.failed_checks, Verdict::Fail), (item.warned_checks, Verdict::Warn)] {
                if count > 0 {
                    status::verdict_mark(ui, mark);
                    ui.colored_label(palette(ui).verdict(mark), count.to_string());
                }
            }
            if item.failed_checks + item.warned_checks == 0 {
                status::verdict_mark(ui, verdict);
            }
        }
    }
}

/// Day and minute of arrival in local time.
pub fn received(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|time| time.to_zoned(jiff::tz::TimeZone::system()).strftime("%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_ids_are_the_last_eight_signs() {
        assert_eq!(short_id("0198f0aa-1111-7222-8333-444455556666"), "55556666");
        assert_eq!(short_id("abc"), "abc");
    }
}
