//! Work on several threads whose results come out one by one in the order of the input.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// Runs `work` over the files on `jobs` threads and hands each result to `take` as soon as all before it
/// were taken. Stops early when `take` fails, for example because nobody reads the output any more.
pub(super) fn for_each<T: Send, E>(
    files: &[PathBuf],
    jobs: usize,
    work: impl Fn(usize, &Path) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (sender, results) = mpsc::sync_channel(jobs.max(1));
        for _ in 0..jobs.clamp(1, files.len().max(1)) {
            let (sender, next, stopped, work) = (sender.clone(), &next, &stopped, &work);
            scope.spawn(move || {
                while !stopped.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(number) else { break };
                    if sender.send((number, work(number, file))).is_err() {
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

    fn files(count: usize) -> Vec<PathBuf> {
        (0..count).map(|number| PathBuf::from(number.to_string())).collect()
    }

    #[test]
    fn results_come_in_order_whatever_their_work_takes() {
        let mut taken = Vec::new();
        let work = |number: usize, _: &Path| {
            std::thread::sleep(Duration::from_millis((7 * (number as u64 + 1)) % 5));
            number
        };
        let done: Result<(), ()> = for_each(&files(40), 4, work, |number| {
            taken.push(number);
            Ok(())
        });
        assert_eq!((done, taken), (Ok(()), (0..40).collect()));
    }

    #[test]
    fn nothing_to_do_is_done() {
        assert_eq!(for_each(&[], 4, |number, _: &Path| number, |_| Ok::<(), ()>(())), Ok(()));
    }

    #[test]
    fn a_reader_that_goes_away_stops_the_work() {
        let started = AtomicUsize::new(0);
        let work = |_: usize, _: &Path| started.fetch_add(1, Ordering::Relaxed);
        assert_eq!(for_each(&files(10_000), 2, work, |_| Err("closed")), Err("closed"));
        assert!(started.load(Ordering::Relaxed) < 10_000);
    }
}
