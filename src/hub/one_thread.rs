//! One thread for work that needs a whole photo in memory. An allocator keeps what each thread once needed: the eight
//! that read would together keep several photos' size each.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use tokio::sync::oneshot;

use super::error::HubError;

type Job = Box<dyn FnOnce() + Send>;

/// Hands work to that thread, which ends with it.
pub(super) struct OneThread(mpsc::Sender<Job>);

impl OneThread {
    pub(super) fn start() -> io::Result<Self> {
        let (jobs, arriving) = mpsc::channel::<Job>();
        let work = move || {
            for job in arriving {
                if catch_unwind(AssertUnwindSafe(job)).is_err() {
                    tracing::error!("a photo's work ended badly");
                }
            }
        };
        std::thread::Builder::new().name("hub photos".to_owned()).spawn(work)?;
        Ok(Self(jobs))
    }

    /// Carries out `work` after what was handed over before. All it holds is let go before its result is told.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        let (tell, told) = oneshot::channel();
        let job = Box::new(move || drop(tell.send(work())));
        if self.0.send(job).is_err() {
            return Err(HubError::stopping());
        }
        told.await.unwrap_or_else(|_| Err(HubError::bug("a photo's work ended badly")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thread_outlives_work_that_breaks_off() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let thread = OneThread::start().unwrap();
        let broken: Result<(), HubError> = runtime.block_on(thread.run(|| panic!("a broken photo")));
        assert_eq!(broken.unwrap_err().status, 500);
        assert_eq!(runtime.block_on(thread.run(|| Ok(7))), Ok(7));
    }
}
