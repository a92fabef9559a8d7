//! A long piece of work: progress that can be read, a wish to stop that can be set.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::DeskError;

/// Shared between the one who works and the one who watches.
#[derive(Debug, Default)]
pub struct Job {
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
    paused: AtomicBool,
    told: Mutex<Option<&'static str>>,
}

impl Job {
    pub fn set_total(&self, total: usize) {
        self.total.store(total, Ordering::Relaxed);
    }

    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Items done and items in all.
    pub fn progress(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Tells whether the work stands still until something outside is back.
    pub fn set_paused(&self, paused: bool) {
        self.paused.store(paused, Ordering::Relaxed);
    }

    /// Tells by a code what the work waits for; nothing when it goes on.
    pub fn tell(&self, what: Option<&'static str>) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = what;
    }

    /// What the work waits for, by its code.
    pub fn told(&self) -> Option<&'static str> {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Works on as many threads as the machine has cores. `next` runs on one thread at a time and sets the order;
/// `work` runs beside it. Ends when `next` gives nothing more and all work is done.
pub(super) fn in_parallel<T>(next: impl FnMut() -> Option<T> + Send, work: impl Fn(T) + Sync) {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = Mutex::new(next);
    // The lock is let go before the work begins.
    let pull = || (next.lock().unwrap_or_else(PoisonError::into_inner))();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = pull() {
                    work(item);
                }
            });
        }
    });
}

/// Carries `work` out on every item as [`in_parallel`] does; results come in the items' order.
pub(super) fn map_in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let mut numbered = items.iter().enumerate();
    let results = Mutex::new(Vec::with_capacity(items.len()));
    in_parallel(
        || numbered.next(),
        |(number, item)| {
            let result = work(item);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
        },
    );
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_unstable_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

/// The first failure of any thread; it stops the others.
#[derive(Default)]
pub(super) struct Failure(Mutex<Option<DeskError>>);

impl Failure {
    /// The value, or nothing after the error was kept.
    pub(super) fn catch<T>(&self, result: Result<T, DeskError>) -> Option<T> {
        result
            .map_err(|error| {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            })
            .ok()
    }

    pub(super) fn happened(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(super) fn into_result(self) -> Result<(), DeskError> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_pulled_in_order() {
        let mut numbers = 0..500;
        let mut pulled = Vec::new();
        let next = || {
            let number = numbers.next();
            pulled.extend(number);
            number
        };
        let sum = AtomicUsize::new(0);
        in_parallel(next, |number| {
            sum.fetch_add(number, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), (0..500).sum::<usize>());
        assert!(pulled.is_sorted());
        assert_eq!(pulled.len(), 500);
    }

    #[test]
    fn results_come_in_the_items_order() {
        let items: Vec<usize> = (0..200).collect();
        assert_eq!(map_in_parallel(&items, |item| item * 2), items.iter().map(|i| i * 2).collect::<Vec<_>>());
    }

    #[test]
    fn progress_and_the_wish_to_stop_are_seen() {
        let job = Job::default();
        job.set_total(3);
        job.step();
        assert_eq!((job.progress(), job.is_cancelled()), ((1, 3), false));
        job.cancel();
        assert!(job.is_cancelled());
    }
}
