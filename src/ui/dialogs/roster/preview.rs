//! The first rows of a list under what their columns hold, and every row that would be rejected, by its cell.

use egui::{Grid, RichText, ScrollArea, TextStyle, Ui};

use super::{ReadRoster, field_name};
use crate::i18n::words;
use crate::inspect::Verdict;
use crate::onsite::roster::table::column_letters;
use crate::onsite::roster::{Address, Field, Rejection};
use crate::submission::mask::masked;
use crate::ui::action::Action;
use crate::ui::problem;
use crate::ui::theme::{palette, space};
use crate::ui::widgets::{combo, label, status};

const SHOWN_ROWS: usize = 4;
const COLUMN_WIDTH: f32 = 128.0;
const REJECTED_HEIGHT: f32 = 120.0;
/// More would only be scrolled past; the command line prints them all.
const SHOWN_REJECTIONS: usize = 500;

pub(super) fn draw(ui: &mut Ui, read: &ReadRoster, actions: &mut Vec<Action>) {
    label::caption(ui, &read.path.display().to_string());
    ScrollArea::horizontal().id_salt("roster_columns").show(ui, |ui| columns(ui, read, actions));
    ui.add_space(space::S);
    counts(ui, read);
    rejected(ui, &read.roster.rejected);
}

fn columns(ui: &mut Ui, read: &ReadRoster, actions: &mut Vec<Action>) {
    let (table, mapping) = (&read.file.table, &read.file.mapping);
    let headers = mapping.header_row;
    Grid::new("roster_preview").spacing([space::M, space::XS]).show(ui, |ui| {
        for column in 0..table.width() {
            ui.scope(|ui| {
                ui.set_width(COLUMN_WIDTH);
                column_choice(ui, column, mapping.field(column), actions);
            });
        }
        ui.end_row();
        for row in headers..(headers + 1 + SHOWN_ROWS).min(table.rows.len()) {
            for column in 0..table.width() {
                let shown = table.cell(Address { row, column }).shown();
                ui.scope(|ui| {
                    ui.set_width(COLUMN_WIDTH);
                    if row == headers {
                        label::caption(ui, &shown);
                    } else {
                        label::line(ui, &masked(&shown));
                    }
                });
            }
            ui.end_row();
        }
    });
}

/// What the column holds; a choice is a wish, carried out where the list is read again.
fn column_choice(ui: &mut Ui, column: usize, field: Option<Field>, actions: &mut Vec<Action>) {
    let name = words!("roster.column", column = column_letters(column)).into_owned();
    let shown = field.map_or_else(|| words!("roster.left_out").into_owned(), field_name);
    let choices = std::iter::once(None).chain(Field::ALL.map(Some));
    combo::show(ui, &format!("roster_column_{column}"), &name, &shown, |ui| {
        for choice in choices {
            let text = choice.map_or_else(|| words!("roster.left_out").into_owned(), field_name);
            if ui.selectable_label(choice == field, text).clicked() {
                actions.push(Action::MapColumn { column, field: choice });
            }
        }
    });
}

fn counts(ui: &mut Ui, read: &ReadRoster) {
    let roster = &read.roster;
    let lines = [
        (Verdict::Pass, words!("roster.readable", n = roster.entries.len()), true),
        (Verdict::Fail, words!("roster.rejected", n = roster.rejected.len()), !roster.rejected.is_empty()),
        (
            Verdict::Warn,
            words!("roster.number_cells", n = roster.from_number_cells.len()),
            !roster.from_number_cells.is_empty(),
        ),
    ];
    for (mark, text, _) in lines.into_iter().filter(|(_, _, is_shown)| *is_shown) {
        ui.horizontal(|ui| {
            status::verdict_mark(ui, mark);
            label::line(ui, &text);
        });
    }
}

/// Every rejected row: its cell, what it should hold, why, what to do.
pub(super) fn rejected(ui: &mut Ui, rejected: &[Rejection]) {
    if rejected.is_empty() {
        return;
    }
    ui.add_space(space::XS);
    ScrollArea::vertical().id_salt("roster_rejected").max_height(REJECTED_HEIGHT).show(ui, |ui| {
        ui.set_width(ui.available_width());
        for rejection in rejected.iter().take(SHOWN_REJECTIONS) {
            let cell = rejection.at.to_string();
            let why = problem::text(rejection.fault.code(), &rejection.fault.to_string());
            label::line(ui, &format!("{cell} · {}", field_name(rejection.field)));
            let why = RichText::new(why).text_style(TextStyle::Small).color(palette(ui).weak);
            ui.add(egui::Label::new(why).wrap());
        }
    });
}
