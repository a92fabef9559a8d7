//! The submissions as a table that draws only the rows in sight.

use egui::{Align, Layout, Role, Sense, Ui, WidgetInfo};
use egui_extras::{Column, TableBuilder, TableRow};

use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::{palette, size, space};
use crate::ui::widgets::{label, status};
use crate::workflow::desk::QueueItem;

const STATE_WIDTH: f32 = 104.0;
const BATCH_WIDTH: f32 = 84.0;
const CHECKS_WIDTH: f32 = 112.0;
const ATTEMPT_WIDTH: f32 = 64.0;
const TIME_WIDTH: f32 = 96.0;

pub fn draw(ui: &mut Ui, rows: &[QueueItem], selected: &mut Option<String>, scene: &mut Scene<'_>) {
    ui.style_mut().interaction.selectable_labels = false;
    ui.spacing_mut().item_spacing = egui::vec2(space::S, 0.0);
    TableBuilder::new(ui)
        .striped(false)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(STATE_WIDTH))
        .column(Column::remainder().at_least(88.0).clip(true))
        .column(Column::exact(CHECKS_WIDTH))
        .column(Column::exact(BATCH_WIDTH))
        .column(Column::exact(ATTEMPT_WIDTH))
        .column(Column::exact(TIME_WIDTH))
        .auto_shrink(false)
        .header(size::TABLE_HEADER, header)
        .body(|body| {
            body.rows(size::TABLE_ROW, rows.len(), |mut row| {
                let index = row.index();
                draw_row(&mut row, &rows[index], selected, index, scene);
            });
        });
}

fn header(mut row: TableRow<'_, '_>) {
    let names = [
        words!("queue.column.state"),
        words!("queue.column.person"),
        words!("queue.column.checks"),
        words!("queue.column.batch"),
        words!("queue.column.attempt"),
        words!("queue.column.received"),
    ];
    for name in names {
        row.col(|ui| {
            label::section(ui, &name);
        });
    }
}

fn draw_row(
    row: &mut TableRow<'_, '_>,
    item: &QueueItem,
    selected: &mut Option<String>,
    index: usize,
    scene: &mut Scene<'_>,
) {
    row.set_selected(selected.as_ref() == Some(&item.submission));
    row.col(|ui| status::state_line(ui, item.state));
    row.col(|ui| {
        label::line(ui, &person(item));
    });
    row.col(|ui| checks(ui, item));
    row.col(|ui| {
        label::caption(ui, &item.batch);
    });
    row.col(|ui| {
        label::caption(ui, &words!("queue.attempt", n = item.attempt));
    });
    row.col(|ui| {
        label::caption(ui, &received(item.received_at_ms));
    });
    let response = row.response();
    let name = words!("queue.row", person = person(item), state = words!(status::state_key(item.state)));
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
