//! What the hub counts about itself, in the Prometheus text format: numbers only, no code, no name.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::submission::notice::NoticeState;
use crate::sync::protocol::{Health, Verdicts};

/// Classes of HTTP status, from 1xx on.
const CLASSES: usize = 5;

/// How far the messages to students are.
pub(super) struct Told {
    pub(super) counts: Vec<(NoticeState, u64)>,
    pub(super) oldest_seconds: u64,
}

/// Counters since the hub was started.
#[derive(Debug, Default)]
pub(super) struct Meters {
    answers: [AtomicU64; CLASSES],
    answering_micros: AtomicU64,
    committed: AtomicU64,
    refused: AtomicU64,
}

impl Meters {
    /// A request was answered with this status after so long.
    pub(super) fn answered(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, CLASSES) - 1;
        self.answers[class].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.answering_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Rows of a bundle of decisions were judged.
    pub(super) fn judged(&self, verdicts: &Verdicts) {
        let refused = verdicts.verdicts.iter().filter(|row| row.refused.is_some()).count();
        self.refused.fetch_add(refused as u64, Ordering::Relaxed);
        self.committed.fetch_add((verdicts.verdicts.len() - refused) as u64, Ordering::Relaxed);
    }

    /// The counters and the queue as it stands, one metric a block.
    pub(super) fn text(&self, health: &Health, told: &Told, photos_are_away: bool, now_ms: i64) -> String {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut text = Text::default();
        let answers: Vec<(String, f64)> = (self.answers.iter().enumerate())
            .map(|(class, count)| (format!("{{class=\"{}xx\"}}", class + 1), read(count) as f64))
            .collect();
        text.block("requests_total", "counter", "Requests answered, by class of status.", &answers);
        let seconds = read(&self.answering_micros) as f64 / 1e6;
        text.one("request_seconds_total", "counter", "Time spent answering, waiting included.", seconds);
        let rows = [
            ("{outcome=\"committed\"}".to_owned(), read(&self.committed) as f64),
            ("{outcome=\"refused\"}".to_owned(), read(&self.refused) as f64),
        ];
        text.block("decisions_total", "counter", "Decisions judged, repetitions included.", &rows);
        let notices: Vec<(String, f64)> = (told.counts.iter())
            .map(|(state, count)| (format!("{{state=\"{}\"}}", state.as_str()), *count as f64))
            .collect();
        text.block("notices", "gauge", "Messages to students, by what became of them.", &notices);
        let gauges = [
            ("pending", "Submissions that wait for review.", health.pending as f64),
            ("leased", "Of those, submissions a desk holds.", health.leased as f64),
            (
                "oldest_pending_seconds",
                "How long the oldest has waited.",
                health.oldest_pending_seconds.unwrap_or(0) as f64,
            ),
            (
                "oldest_notice_seconds",
                "How long the oldest message that was not taken yet has waited.",
                told.oldest_seconds as f64,
            ),
            ("journal_entries", "Entries of the audit chain.", health.journal_entries as f64),
            ("free_disk_bytes", "Room left on the disk.", health.free_disk_mib as f64 * 1024.0 * 1024.0),
            (
                "photos_away",
                "1 while the object store of the photos does not answer.",
                f64::from(u8::from(photos_are_away)),
            ),
            ("clock_seconds", "The hub's clock, since the Unix epoch.", now_ms as f64 / 1000.0),
        ];
        for (name, help, value) in gauges {
            text.one(name, "gauge", help, value);
        }
        text.0
    }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn one(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.block(name, kind, help, &[(String::new(), value)]);
    }

    fn block(&mut self, name: &str, kind: &str, help: &str, values: &[(String, f64)]) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.0, "# HELP photodesk_{name} {help}\n# TYPE photodesk_{name} {kind}");
        for (labels, value) in values {
            let _ = writeln!(self.0, "photodesk_{name}{labels} {value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_comment_or_a_number() {
        let meters = Meters::default();
        meters.answered(200, Duration::from_millis(250));
        meters.answered(404, Duration::from_millis(250));
        let health = Health {
            status: "ok".into(),
            version: "1".into(),
            api: "v1".into(),
            pending: 7,
            leased: 2,
            oldest_pending_seconds: None,
            journal_entries: 9,
            free_disk_mib: 1,
        };
        let told = Told { counts: vec![(NoticeState::GivenUp, 3)], oldest_seconds: 0 };
        let text = meters.text(&health, &told, false, 1500);
        for expected in [
            "photodesk_requests_total{class=\"2xx\"} 1",
            "photodesk_requests_total{class=\"4xx\"} 1",
            "photodesk_request_seconds_total 0.5",
            "photodesk_pending 7",
            "photodesk_notices{state=\"given_up\"} 3",
            "photodesk_free_disk_bytes 1048576",
            "photodesk_clock_seconds 1.5",
        ] {
            assert!(text.lines().any(|line| line == expected), "{expected} in\n{text}");
        }
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            assert!(line.rsplit(' ').next().is_some_and(|value| value.parse::<f64>().is_ok()), "{line}");
        }
    }
}
