//! The last place: written down as the person moves, found again at the next start.

use std::collections::HashSet;

use egui::Context;

use super::Session;
use crate::settings::resume::{Resume, WindowSize};
use crate::ui::action::Filter;
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done, Lane};
use crate::ui::route::Route;
use crate::ui::screens::review::Task;
use crate::workflow::desk::QueueItem;

impl Session {
    /// Goes where the person was when the desk was closed.
    pub fn resume(&mut self, equipment: &Equipment, crew: &Crew) {
        let kept = &equipment.resume;
        self.reviewer.clone_from(&equipment.settings.reviewer);
        if let Some(batch) = kept.batch.clone().filter(|code| self.desk.batch(code).is_ok()) {
            self.queue.narrow(Filter::Batch(Some(batch)));
        }
        let place = Route::ALL.into_iter().find(|route| Some(route.label_key()) == kept.place.as_deref());
        self.review.set_drafts(kept.drafts.clone());
        match place {
            Some(Route::Review) => {
                self.route = Route::Review;
                self.returns_to = kept.submission.clone();
                self.ask_for_pending(self.queue.filter.batch.clone(), crew);
            }
            Some(place) => self.route = place,
            None => {}
        }
    }

    /// Starts the review on these rows, where the person left it if that is among them.
    pub(super) fn open_review(&mut self, rows: Vec<QueueItem>, tests: HashSet<String>) {
        let wanted = self.returns_to.take();
        let at = rows.iter().position(|item| Some(&item.submission) == wanted.as_ref()).unwrap_or(0);
        self.review.open(rows, at);
        self.review.set_tasks(tests.into_iter().map(|submission| (submission, Task::Test)));
    }

    /// Writes down where the person is when that changed, off the window's thread. The photo looked at changes with
    /// each decision and is written down with the rest only.
    pub(super) fn remember(&mut self, ctx: &Context, crew: &Crew, equipment: &mut Equipment) {
        self.window = window_size(ctx).or(self.window);
        let present = self.present(equipment);
        let known = &equipment.resume;
        let moved =
            present.place != known.place || present.batch != known.batch || present.drafts != known.drafts;
        if moved {
            equipment.resume = present.clone();
            let profile = equipment.profile.clone();
            crew.send(Lane::Desk, move || {
                if let Err(error) = present.save(&profile) {
                    tracing::warn!(%error, "the last place was not written down");
                }
                Done::Remembered
            });
        }
    }

    /// Writes everything down at once: the window is being closed.
    pub fn remember_now(&mut self, equipment: &mut Equipment) {
        equipment.resume = self.present(equipment);
        if let Err(error) = equipment.resume.save(&equipment.profile) {
            tracing::warn!(%error, "the last place was not written down");
        }
    }

    fn present(&self, equipment: &Equipment) -> Resume {
        let known = &equipment.resume;
        // The settings are no place of work to come back to.
        let place = match self.route {
            Route::Settings => known.place.clone(),
            route => Some(route.label_key().to_owned()),
        };
        Resume {
            window: self.window.or(known.window),
            place,
            batch: self.queue.filter.batch.clone(),
            submission: self.review.current().map(|item| item.submission.clone()),
            drafts: self.review.drafts(),
        }
    }
}

fn window_size(ctx: &Context) -> Option<WindowSize> {
    let zoom = ctx.zoom_factor();
    ctx.input(|input| {
        let viewport = input.viewport();
        let size = viewport.inner_rect?.size() * zoom;
        Some(WindowSize { width: size.x, height: size.y, maximized: viewport.maximized.unwrap_or(false) })
    })
}
