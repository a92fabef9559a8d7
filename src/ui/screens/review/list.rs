//! The photos of one review: where the person stands among them, and which one comes next.

use std::collections::HashSet;

use crate::submission::State;
use crate::workflow::desk::QueueItem;

/// The items in their order, and the one looked at.
#[derive(Default)]
pub struct ReviewList {
    items: Vec<QueueItem>,
    at: usize,
    /// Left for the end of the list.
    skipped: HashSet<String>,
    /// Set aside already when the list was opened: they are what it is about.
    held_at_start: HashSet<String>,
}

impl ReviewList {
    pub fn new(items: Vec<QueueItem>) -> Self {
        let held = items.iter().filter(|item| item.hold.is_some());
        let held_at_start = held.map(|item| item.submission.clone()).collect();
        Self { items, at: 0, skipped: HashSet::new(), held_at_start }
    }

    pub fn items(&self) -> &[QueueItem] {
        &self.items
    }

    /// Where the person stands, 0 for the first.
    pub fn at(&self) -> usize {
        self.at
    }

    pub fn current(&self) -> Option<&QueueItem> {
        self.items.get(self.at)
    }

    pub fn go_to(&mut self, at: usize) {
        self.at = at.min(self.items.len().saturating_sub(1));
    }

    /// Pending items left.
    pub fn pending(&self) -> usize {
        self.items.iter().filter(|item| item.state == State::PendingReview).count()
    }

    /// Puts what came meanwhile at the end, each once.
    pub fn add(&mut self, items: impl Iterator<Item = QueueItem>) {
        for item in items {
            if !self.items.iter().any(|known| known.submission == item.submission) {
                self.items.push(item);
            }
        }
    }

    /// Puts the item where it stood, or where the person stands when the list has not had it; gives its place and what
    /// it was before.
    pub fn replace(&mut self, item: QueueItem) -> (usize, Option<QueueItem>) {
        match self.items.iter().position(|old| old.submission == item.submission) {
            Some(index) => (index, Some(std::mem::replace(&mut self.items[index], item))),
            None => {
                let at = self.at.min(self.items.len());
                self.items.insert(at, item);
                (at, None)
            }
        }
    }

    /// Leaves the photo looked at for the end of the list; false when it needs no decision.
    pub fn skip(&mut self) -> bool {
        let pending = self.items.get(self.at).filter(|item| item.state == State::PendingReview);
        pending.is_some_and(|item| {
            self.skipped.insert(item.submission.clone());
            true
        })
    }

    /// The item was decided: it is no longer left for the end.
    pub fn settled(&mut self, submission: &str) {
        self.skipped.remove(submission);
    }

    /// The item was set aside or given back in this run: the list is no longer about it.
    pub fn set_aside(&mut self, submission: &str) {
        self.held_at_start.remove(submission);
    }

    /// The place of the next photo that waits; then of those left for the end; then of those the list was opened for.
    pub fn next(&self) -> usize {
        let waits = |item: &QueueItem| item.state == State::PendingReview && item.hold.is_none();
        let is_skipped = |item: &QueueItem| self.skipped.contains(&item.submission);
        let is_about = |item: &QueueItem| {
            item.state == State::PendingReview && self.held_at_start.contains(&item.submission)
        };
        let find = |wanted: &dyn Fn(&QueueItem) -> bool| {
            let before = 0..(self.at + 1).min(self.items.len());
            (self.at + 1..self.items.len()).chain(before).find(|index| wanted(&self.items[*index]))
        };
        find(&|item| waits(item) && !is_skipped(item))
            .or_else(|| find(&waits))
            .or_else(|| find(&|item| is_about(item) && !is_skipped(item)))
            .or_else(|| find(&is_about))
            .unwrap_or(self.at)
    }
}
