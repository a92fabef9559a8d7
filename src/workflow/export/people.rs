//! Whom an export is for, and in which order: as their photos came, or class by class.

use std::collections::HashMap;

use super::{ExportRequest, reprint};
use crate::submission::{Batch, Person, QueueItem};
use crate::workflow::{Desk, DeskError};

/// Whom the request is for, in the order of their sets.
pub(super) fn of(desk: &Desk, request: &ExportRequest, batch: &Batch) -> Result<Vec<QueueItem>, DeskError> {
    if !request.orders.is_empty() {
        return ordered(desk, request, batch);
    }
    let items = match request.is_reprint() {
        true => reprint::people(desk, batch, &request.reprint)?,
        false => desk.store.exportable(&batch.code)?,
    };
    if request.slips { by_class(desk, items) } else { Ok(items) }
}

/// Which copy of which order an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub order: String,
    /// From 1.
    pub number: usize,
    /// Index of the order's first copy among the items.
    pub first: usize,
}

/// The copies of the request's orders in the order of its items; none without orders.
pub(super) fn copies(desk: &Desk, request: &ExportRequest) -> Result<Vec<Copy>, DeskError> {
    let mut copies = Vec::new();
    for number in &request.orders {
        let order = desk.store.print_order(number)?;
        let first = copies.len();
        copies.extend((1..=order.copies as usize).map(|number| Copy {
            order: order.number.clone(),
            number,
            first,
        }));
    }
    Ok(copies)
}

/// Each order's photo as often as it has copies.
fn ordered(desk: &Desk, request: &ExportRequest, batch: &Batch) -> Result<Vec<QueueItem>, DeskError> {
    let mut items = Vec::new();
    for number in &request.orders {
        let order = desk.store.print_order(number)?;
        let mut known = reprint::people(desk, batch, std::slice::from_ref(&order.submission))?;
        if let Some(item) = known.pop() {
            items.extend(std::iter::repeat_n(item, order.copies as usize));
        }
    }
    Ok(items)
}

/// What the roster says of a submission's person; personal data.
pub(super) fn person_of(desk: &Desk, submission: &str) -> Result<Option<Person>, DeskError> {
    let subject = desk.store.subject_of(submission)?;
    Ok(subject.map(|subject| desk.store.person(&subject.id)).transpose()?)
}

/// The class of each item; empty where the roster gives none.
pub(super) fn classes(desk: &Desk, items: &[QueueItem]) -> Result<Vec<String>, DeskError> {
    let class = |item: &QueueItem| -> Result<String, DeskError> {
        let person = person_of(desk, &item.submission)?;
        Ok(person.and_then(|person| person.class).map(|class| class.trim().to_owned()).unwrap_or_default())
    };
    items.iter().map(class).collect()
}

/// Classes in the order of their first person on the roster, each in the roster's order; people without one last.
fn by_class(desk: &Desk, items: Vec<QueueItem>) -> Result<Vec<QueueItem>, DeskError> {
    let classes = classes(desk, &items)?;
    let mut rows = Vec::new();
    for (item, class) in items.into_iter().zip(classes) {
        let subject = desk.store.subject_of(&item.submission)?;
        rows.push((subject.map_or(u32::MAX, |subject| subject.serial), class, item));
    }
    let mut first: HashMap<String, u32> = HashMap::new();
    for (serial, class, _) in &rows {
        let known = first.entry(class.clone()).or_insert(u32::MAX);
        *known = (*known).min(*serial);
    }
    // Sorting is stable: whoever has no place on the roster stays in the order the photos came.
    rows.sort_by_key(|(serial, class, _)| {
        (class.is_empty(), first.get(class).copied(), class.clone(), *serial)
    });
    Ok(rows.into_iter().map(|(_, _, item)| item).collect())
}
