//! Work on several threads whose results come out one by one in the order of the input.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// One thread a processor core.
pub(super) fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Runs `work` over the items on `jobs` threads and hands each result to `take` as soon as all before it
/// were taken. Stops early when `take` fails, for example because nobody reads the output any more.
pub(super) fn for_each<'a, I: Sync, T: Send, E>(
    items: &'a [I],
    jobs: usize,
    work: impl Fn(usize, &'a I) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (sender, results) = mpsc::sync_channel(jobs.max(1));
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            let (sender, next, stopped, work) = (sender.clone(), &next, &stopped, &work);
            scope.spawn(move || {
                while !stopped.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(number) else { break };
                    if sender.send((number, work(number, item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        for (number, result) in results {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&expected) {
                expected += 1;
                if let Err(error) = take(result) {
                    stopped.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn results_come_in_order_whatever_their_work_takes() {
        let mut taken = Vec::new();
        let work = |number: usize, _: &()| {
            std::thread::sleep(Duration::from_millis((7 * (number as u64 + 1)) % 5));
            number
        };
        let done: Result<(), ()> = for_each(&[(); 40], 4, work, |number| {
            taken.push(number);
            Ok(())
        });
        assert_eq!((done, taken), (Ok(()), (0..40).collect()));
    }

    #[test]
    fn nothing_to_do_is_done() {
        assert_eq!(for_each(&[], 4, |number, _: &()| number, |_| Ok::<(), ()>(())), Ok(()));
    }

    #[test]
    fn a_reader_that_goes_away_stops_the_work() {
        let started = AtomicUsize::new(0);
        let work = |_: usize, _: &()| started.fetch_add(1, Ordering::Relaxed);
        assert_eq!(for_each(&[(); 10_000], 2, work, |_| Err("closed")), Err("closed"));
        assert!(started.load(Ordering::Relaxed) < 10_000);
    }
}
