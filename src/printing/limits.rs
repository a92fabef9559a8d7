//! How long is waited for printers, and how far their sizes may differ: data.

use std::time::Duration;

use serde::Deserialize;

use crate::print::data::{self, DataError};

const FILE: &str = "assets/print/direct.toml";

/// The numbers of direct printing.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub media_tolerance_mm: f64,
    connect_s: f64,
    answer_s: f64,
    poll_s: f64,
    longest_pause_s: f64,
    give_up_s: f64,
    history_s: f64,
    /// Sheets that the printer has in hand at once.
    pub most_in_hand: usize,
    pub source: String,
}

#[derive(Deserialize)]
struct DataFile {
    limits: Limits,
}

impl Limits {
    pub fn built_in() -> Result<Self, DataError> {
        let DataFile { limits } = data::parse(FILE, include_str!("../../assets/print/direct.toml"))?;
        let seconds = [limits.connect_s, limits.answer_s, limits.poll_s, limits.give_up_s, limits.history_s];
        if seconds.iter().all(|wait| (0.001..=86_400.0).contains(wait)) && limits.most_in_hand > 0 {
            return Ok(limits);
        }
        let (file, name) = (FILE.to_owned(), "limits".to_owned());
        Err(DataError::Entry { file, name, key: "limits", reason: "must be above nothing".into() })
    }

    /// The same with every wait this many times as long.
    pub fn times(self, factor: f64) -> Self {
        Self {
            poll_s: self.poll_s * factor,
            longest_pause_s: self.longest_pause_s * factor,
            give_up_s: self.give_up_s * factor,
            ..self
        }
    }

    pub fn connect(&self) -> Duration {
        Duration::from_secs_f64(self.connect_s)
    }

    pub fn answer(&self) -> Duration {
        Duration::from_secs_f64(self.answer_s)
    }

    /// Between two looks at a job.
    pub fn poll(&self) -> Duration {
        Duration::from_secs_f64(self.poll_s)
    }

    /// Between two tries to reach a printer that is gone.
    pub fn longest_pause(&self) -> Duration {
        Duration::from_secs_f64(self.longest_pause_s)
    }

    /// After this long a printer that is gone is not waited for any more.
    pub fn give_up(&self) -> Duration {
        Duration::from_secs_f64(self.give_up_s)
    }

    /// So lately ended jobs are still known to every printer.
    pub fn history_ms(&self) -> i64 {
        (self.history_s * 1000.0) as i64
    }
}
