//! Prints people again who were exported before: nobody's state moves, every reprint is numbered in the journal.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::manifest::Manifest;
use crate::submission::{Batch, QueueItem, State};
use crate::workflow::{Desk, DeskError};

/// The people asked for, each of whom must have been exported.
pub(super) fn people(desk: &Desk, batch: &Batch, wanted: &[String]) -> Result<Vec<QueueItem>, DeskError> {
    let distinct: BTreeSet<&String> = wanted.iter().collect();
    let people = wanted.iter().filter({
        let mut left = distinct;
        move |id| left.remove(id)
    });
    people.map(|id| one(desk, batch, id)).collect()
}

fn one(desk: &Desk, batch: &Batch, id: &str) -> Result<QueueItem, DeskError> {
    let item = desk.item(id)?;
    let refused = |message: String| DeskError::Refused { code: "not_printed_yet", message };
    if item.batch != batch.code {
        return Err(refused(format!("{id} belongs to batch {}; name that batch", item.batch)));
    }
    match item.state {
        State::InProduction | State::AwaitingConfirmation | State::Completed => Ok(item),
        State::Approved => {
            Err(refused(format!("{id} was not exported yet; export it instead of printing it again")))
        }
        other => Err(refused(format!(
            "{id} is {} now, its approval no longer stands; decide on it and export it anew",
            other.as_str()
        ))),
    }
}

/// The people on some sheets of an earlier export, from its manifest; `sheets` such as `3-7,9`, counted from 1 in
/// the order of the people.
///
/// # Errors
/// A manifest that cannot be read, or sheets that it does not have.
pub fn people_on_sheets(manifest: &Path, sheets: &str) -> Result<Vec<String>, DeskError> {
    let bad = |message: String| DeskError::Refused { code: "bad_reprint", message };
    let read = fs::read(manifest).map_err(|error| error.to_string());
    let read = read.and_then(|bytes| serde_json::from_slice::<Manifest>(&bytes).map_err(|e| e.to_string()));
    let known = read.map_err(|cause| {
        bad(format!("{} is no manifest of an export ({cause}); name its manifest.json", manifest.display()))
    })?;
    let mut order = Vec::new();
    for person in &known.people {
        let sheet = (&person.sheet, person.page);
        if !order.contains(&sheet) {
            order.push(sheet);
        }
    }
    let wanted = numbers(sheets, order.len()).ok_or_else(|| {
        bad(format!("{sheets:?} names no sheets from 1 to {}; write for example 3-7,9", order.len()))
    })?;
    let is_wanted =
        |sheet| order.iter().position(|known| *known == sheet).is_some_and(|at| wanted.contains(&(at + 1)));
    let people = known.people.iter().filter(|person| is_wanted((&person.sheet, person.page)));
    Ok(people.map(|person| person.submission.clone()).collect())
}

/// Numbers and ranges from 1 to `most`.
fn numbers(text: &str, most: usize) -> Option<BTreeSet<usize>> {
    let mut numbers = BTreeSet::new();
    for part in text.split(',').map(str::trim) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (from, to): (usize, usize) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        if from == 0 || from > to || to > most {
            return None;
        }
        numbers.extend(from..=to);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges_are_understood() {
        assert_eq!(numbers("3-5, 9", 9), Some(BTreeSet::from([3, 4, 5, 9])));
        for wrong in ["", "0", "5-3", "10", "a", "1-"] {
            assert_eq!(numbers(wrong, 9), None, "{wrong}");
        }
    }
}
