//! Prints whose approval was taken back since: on which sheet, in which place, and who else is on it.

use std::collections::HashMap;
use std::path::PathBuf;

use super::folder::{ExportFolder, JobRecord};
use super::manifest::{Manifest, NAME};
use crate::submission::State;
use crate::workflow::desk::now_ms;
use crate::workflow::{Desk, DeskError};

/// Who signs what is noticed without a person.
const ACTOR: &str = "export";

/// A print that must not be given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recall {
    pub job: String,
    pub batch: String,
    pub submission: String,
    pub masked_name: String,
    /// Milliseconds since the Unix epoch.
    pub noticed_at_ms: i64,
    /// Where the print is, as far as its export can still be found.
    pub print: Option<Print>,
}

/// A person's place in an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    pub manifest: PathBuf,
    pub sheet: PathBuf,
    /// Number of the sheet in the order of the people, from 1, as `--sheets` takes it.
    pub number: usize,
    /// Page of a PDF.
    pub page: Option<usize>,
    /// Which of the sheet's sets, from 1, where several people share it.
    pub place: Option<usize>,
    pub pieces: usize,
    pub layout: String,
    pub paper: String,
    /// Whoever else is on the sheet and still stands: those to print again.
    pub others: Vec<String>,
}

/// The recalls that are not settled, newly noticed ones journalled on the way.
pub fn open(desk: &Desk) -> Result<Vec<Recall>, DeskError> {
    if desk.store.recalls_changed()? {
        desk.store.write(|tx| Ok::<_, DeskError>(tx.notice_recalls(now_ms(), ACTOR)?))?;
    }
    let open = desk.store.open_recalls()?;
    let found = open.into_iter().map(|recall| {
        let print = find(desk, &recall.job, &recall.submission, &recall.request);
        Recall {
            job: recall.job,
            batch: recall.batch,
            submission: recall.submission,
            masked_name: recall.masked_name,
            noticed_at_ms: recall.noticed_at_ms,
            print,
        }
    });
    Ok(found.collect())
}

/// The print was destroyed: its recall ends, and the journal keeps who said so.
pub fn settle(desk: &Desk, job: &str, submission: &str, actor: &str) -> Result<(), DeskError> {
    desk.store.write(|tx| Ok(tx.settle_recall(job, submission, false, now_ms(), actor)?))
}

fn find(desk: &Desk, job: &str, submission: &str, request: &str) -> Option<Print> {
    let record: JobRecord = serde_json::from_str(request).ok()?;
    let place = ExportFolder::of_record(job, record).place;
    let manifest: Manifest = serde_json::from_slice(&std::fs::read(place.join(NAME)).ok()?).ok()?;
    let own = manifest.people.iter().find(|person| person.submission == submission)?;
    let mut numbers: HashMap<(&String, Option<usize>), usize> = HashMap::new();
    for person in &manifest.people {
        let next = numbers.len() + 1;
        numbers.entry((&person.sheet, person.page)).or_insert(next);
    }
    let on_it = |sheet: &(&String, Option<usize>)| *sheet == (&own.sheet, own.page);
    let others = manifest.people.iter().filter(|person| on_it(&(&person.sheet, person.page)));
    let stands = |id: &String| {
        let item = desk.store.item(id).ok();
        let printed = [State::InProduction, State::AwaitingConfirmation, State::Completed];
        item.is_some_and(|item| printed.contains(&item.state))
    };
    Some(Print {
        manifest: place.join(NAME),
        sheet: place.join(&own.sheet),
        number: *numbers.get(&(&own.sheet, own.page))?,
        page: own.page,
        place: own.place,
        pieces: own.pieces,
        layout: manifest.layout.clone(),
        paper: manifest.paper.clone(),
        others: others
            .map(|person| person.submission.clone())
            .filter(|id| id != submission)
            .filter(stands)
            .collect(),
    })
}
