//! Waits for an export's drive: a network folder that vanishes pauses the work, and it goes on when it is back.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::workflow::job::Job;

/// First pause between two looks; each is twice as long as the one before.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// After this long nobody is coming to plug the drive in again: the export is taken back.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Carries `work` out, again after each time that `folder` was gone while it failed.
///
/// A failure while the folder is there is given back when it happens twice: the folder may have been away for a
/// moment. So is any failure after the job was cancelled.
pub(super) fn with_drive<T>(
    folder: &Path,
    job: &Job,
    mut work: impl FnMut() -> io::Result<T>,
) -> io::Result<T> {
    let mut failed_there = false;
    loop {
        match work() {
            Err(error) if !folder.is_dir() => {
                if !wait_for(folder, job, PATIENCE) {
                    return Err(error);
                }
            }
            Err(_) if !failed_there => failed_there = true,
            done => return done,
        }
    }
}

/// Makes the folders that lead from `base`, which must be there, down to `folder`. `base` itself is never made: a drive
/// that is away must not get a double on the disk below it.
pub(super) fn create_below(base: &Path, folder: &Path) -> io::Result<()> {
    let mut path = base.to_owned();
    for part in folder.strip_prefix(base).into_iter().flatten() {
        path.push(part);
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Waits until the folder is there; `false` when the job was cancelled or patience is over.
fn wait_for(folder: &Path, job: &Job, patience: Duration) -> bool {
    tracing::warn!("the export's folder is gone; waiting for it");
    let (since, mut pause) = (Instant::now(), SHORTEST_PAUSE);
    job.set_paused(true);
    while !folder.is_dir() && !job.is_cancelled() && since.elapsed() < patience {
        thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    job.set_paused(false);
    folder.is_dir() && !job.is_cancelled()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_goes_on_when_the_folder_is_back() {
        let root = tempfile::tempdir().unwrap();
        let (drive, unplugged) = (root.path().join("drive"), root.path().join("unplugged"));
        fs::create_dir(&unplugged).unwrap();
        let job = Job::default();
        thread::scope(|scope| {
            scope.spawn(|| {
                while !job.is_paused() {
                    thread::yield_now();
                }
                fs::rename(&unplugged, &drive).unwrap();
            });
            let written = with_drive(&drive, &job, || fs::write(drive.join("sheet"), "whole"));
            assert!(written.is_ok() && !job.is_paused());
        });
        assert_eq!(fs::read_to_string(drive.join("sheet")).unwrap(), "whole");
    }

    #[test]
    fn folders_are_made_below_a_base_that_is_there_and_nowhere_else() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("school").join("class");
        create_below(root.path(), &deep).unwrap();
        create_below(root.path(), &deep).unwrap();
        assert!(deep.is_dir());
        let away = root.path().join("drive");
        assert!(create_below(&away, &away.join("photos")).is_err());
        assert!(!away.exists());
    }

    #[test]
    fn a_fault_of_another_kind_is_tried_once_more_and_told() {
        let drive = tempfile::tempdir().unwrap();
        let mut tries = 0;
        let fault = with_drive(drive.path(), &Job::default(), || {
            tries += 1;
            fs::read(drive.path().join("absent"))
        });
        assert_eq!((fault.unwrap_err().kind(), tries), (io::ErrorKind::NotFound, 2));
    }

    #[test]
    fn cancelling_ends_the_wait() {
        let job = Job::default();
        job.cancel();
        assert!(with_drive(Path::new("/absent/drive"), &job, || fs::read("/absent/drive/sheet")).is_err());
        assert!(!wait_for(Path::new("/absent/drive"), &Job::default(), Duration::ZERO));
    }
}
