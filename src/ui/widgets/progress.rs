//! A long piece of work as the person sees it: what, how many, time left.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Role, Sense, Ui, WidgetInfo, vec2};

use crate::i18n::{find, words};
use crate::ui::theme::{palette, size};
use crate::workflow::job::Job;

/// Nothing is shown for work shorter than this.
pub const PATIENCE: Duration = Duration::from_millis(300);
/// How often progress is read while it is shown.
pub const READ_EVERY: Duration = Duration::from_millis(100);
/// A forecast is given only after this much of the work.
const FORECAST_AFTER: f32 = 0.05;

/// A long job under way.
pub struct Running {
    /// What is being done, in words.
    pub what: String,
    pub job: Arc<Job>,
    pub since: Instant,
}

impl Running {
    pub fn start(what: String) -> Self {
        Self { what, job: Arc::default(), since: Instant::now() }
    }

    /// Done share 0..=1; zero while the total is unknown.
    pub fn share(&self) -> f32 {
        match self.job.progress() {
            (_, 0) => 0.0,
            (done, total) => (done as f32 / total as f32).min(1.0),
        }
    }

    /// How many of how many, and the time left once it can be told.
    pub fn sentence(&self) -> String {
        let told = self.job.told().and_then(|code| find(&format!("trouble.{code}")));
        if let Some(trouble) = told {
            let (done, total) = self.job.progress();
            return format!("{} · {trouble}", words!("progress.counts", done = done, total = total));
        }
        if self.job.is_paused() {
            return words!("progress.paused").into_owned();
        }
        let (done, total) = self.job.progress();
        if total == 0 {
            return words!("progress.counting").into_owned();
        }
        let counts = words!("progress.counts", done = done, total = total).into_owned();
        match seconds_left(self.share(), self.since.elapsed()) {
            Some(seconds) => format!("{counts} · {}", time_left(seconds)),
            None => counts,
        }
    }
}

/// Seconds left at the pace so far.
fn seconds_left(share: f32, elapsed: Duration) -> Option<u64> {
    (FORECAST_AFTER..1.0)
        .contains(&share)
        .then(|| (elapsed.as_secs_f32() / share * (1.0 - share)).ceil() as u64)
}

fn time_left(seconds: u64) -> String {
    if seconds < 90 {
        words!("progress.seconds_left", n = seconds).into_owned()
    } else {
        words!("progress.minutes_left", n = seconds.div_ceil(60)).into_owned()
    }
}

/// Draws the bar over `width` points.
pub fn bar(ui: &mut Ui, running: &Running, width: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::PROGRESS), Sense::hover());
    let p = palette(ui);
    let round = size::PROGRESS / 2.0;
    ui.painter().rect_filled(rect, round, p.hairline);
    let mut done = rect;
    done.set_width(rect.width() * running.share());
    ui.painter().rect_filled(done, round, p.accent);
    let sentence = format!("{} {}", running.what, running.sentence());
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &sentence));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_follows_the_pace() {
        let check = |share, elapsed_s, expect| {
            assert_eq!(seconds_left(share, Duration::from_secs(elapsed_s)), expect)
        };
        check(0.5, 30, Some(30));
        check(0.01, 30, None);
        check(1.0, 30, None);
    }
}
