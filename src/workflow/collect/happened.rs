//! What happens in a collection session, for the window and as lines of JSON.

use std::sync::Arc;

use image::RgbImage;
use serde::Serialize;

use crate::inspect::Verdict;
use crate::onsite::rules::Room;
use crate::onsite::shot::Doubt;

/// One thing that happened. File names are shown to the operator and never logged.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happened {
    /// The folder is watched; so many photos lay in it and are not taken.
    Begun {
        passed_over: usize,
    },
    /// A photo is durable and paired. It is checked next.
    Taken {
        shot: String,
        subject: Option<String>,
        file: String,
        doubt: Option<Doubt>,
    },
    /// The very same file is there already.
    Duplicate {
        shot: String,
        file: String,
    },
    /// The photo, made small for the screen.
    Seen {
        shot: String,
        subject: Option<String>,
        #[serde(skip)]
        picture: Arc<RgbImage>,
    },
    /// The local check is through.
    Checked {
        shot: String,
        subject: Option<String>,
        verdict: Verdict,
        /// What to change, worst first; empty when the photo passes.
        changes: Vec<Change>,
        /// It is the one of its person that is to be sent.
        is_marked: bool,
        /// From the complete file to now; `None` for a photo of an earlier session.
        millis: Option<i64>,
    },
    /// A person must say whose the shot is.
    Doubted {
        shot: String,
        doubt: Doubt,
        other: Option<String>,
    },
    /// The file stopped growing and is not whole.
    Incomplete {
        file: String,
    },
    /// The file is whole and cannot be taken.
    Refused {
        file: String,
        code: String,
        message: String,
    },
    /// Somebody stands there and no photo comes.
    Stalled {
        seconds: i64,
    },
    Room {
        room: Room,
        free_mib: u64,
    },
    /// The folder cannot be read, or can be read again.
    Folder {
        is_there: bool,
    },
    Problem {
        code: &'static str,
        message: String,
    },
}

/// One thing that a photo fails or nearly fails.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    pub check: &'static str,
    pub verdict: Verdict,
    /// Code of the preset reason, which carries cause and remedy.
    pub reason: Option<String>,
}
