//! Which place of which sheet is whose, and the separator slips that stand between classes.

use std::sync::Arc;

use super::{ExportRequest, people};
use crate::i18n::{self, words};
use crate::print::impose::cut_and_stack;
use crate::print::sheet::SheetPlan;
use crate::print::slip::Slip;
use crate::submission::QueueItem;
use crate::workflow::{Desk, DeskError};

/// What stands in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    /// Index into the items.
    Person(usize),
    /// Index into the slips.
    Slip(usize),
}

/// The seats of every sheet, by place.
pub(super) struct Seating {
    pub sheets: Vec<Vec<Seat>>,
    slips: Vec<(Arc<Slip>, String)>,
}

impl Seating {
    /// `items` are ordered by class where slips are asked for.
    pub fn new(
        desk: &Desk,
        request: &ExportRequest,
        sheet: &SheetPlan,
        items: &[QueueItem],
    ) -> Result<Self, DeskError> {
        let (row, slips) = match request.slips {
            true => with_slips(desk, request, items)?,
            false => ((0..items.len()).map(Seat::Person).collect(), Vec::new()),
        };
        let stacked = cut_and_stack(row.len(), sheet.people(), request.lift);
        let seats = |places: Vec<usize>| places.into_iter().map(|at| row[at]).collect();
        Ok(Self { sheets: stacked.into_iter().map(seats).collect(), slips })
    }

    /// How many slips there are.
    pub fn slips(&self) -> usize {
        self.slips.len()
    }

    /// A slip and the class it names.
    pub fn slip(&self, number: usize) -> (Arc<Slip>, String) {
        let (slip, title) = &self.slips[number];
        (slip.clone(), title.clone())
    }
}

/// How many slips a list of classes needs: one before each run of a class.
pub(super) fn count(classes: &[String]) -> usize {
    classes.chunk_by(|one, other| one == other).count()
}

type Row = (Vec<Seat>, Vec<(Arc<Slip>, String)>);

fn with_slips(desk: &Desk, request: &ExportRequest, items: &[QueueItem]) -> Result<Row, DeskError> {
    let classes = people::classes(desk, items)?;
    let (mut row, mut slips, mut first) = (Vec::new(), Vec::new(), 0);
    for run in classes.chunk_by(|one, other| one == other) {
        let people = &items[first..first + run.len()];
        row.push(Seat::Slip(slips.len()));
        slips.push(slip(request, &run[0], people)?);
        row.extend((first..first + run.len()).map(Seat::Person));
        first += run.len();
    }
    Ok((row, slips))
}

fn slip(
    request: &ExportRequest,
    class: &str,
    people: &[QueueItem],
) -> Result<(Arc<Slip>, String), DeskError> {
    // The thread that works need not be the one whose language the person reads.
    let before = i18n::locale();
    i18n::set_locale(request.language.tag());
    let title = if class.is_empty() { words!("ticket.no_class").into_owned() } else { class.to_owned() };
    let count = words!("ticket.people", n = people.len()).into_owned();
    i18n::set_locale(before);
    let name = |item: Option<&QueueItem>| item.map_or_else(String::new, |item| item.masked_name.clone());
    let span = format!("{} – {}", name(people.first()), name(people.last()));
    let slip = Slip::new(&title, &[count, span, request.batch.to_uppercase()])
        .map_err(|error| DeskError::Refused { code: error.code(), message: error.to_string() })?;
    Ok((Arc::new(slip), title))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_stands_before_each_run_of_a_class() {
        let classes = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(count(&classes(&["一班", "一班", "二班", ""])), 3);
        assert_eq!(count(&[]), 0);
    }
}
