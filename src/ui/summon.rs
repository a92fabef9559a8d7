//! One window a desk: a second start asks the running window to come to the front instead.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use egui::{Context, UserAttentionType, ViewportCommand};

/// The wish, in the desk's folder; the running window takes it away when it has heard of it.
const FILE_NAME: &str = "show-window";
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A window that does not answer in this time is none: a verb of the command line has the desk.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the window that has this desk open to come to the front; false when none answers.
pub fn ask(profile: &Path) -> bool {
    let wish = profile.join(FILE_NAME);
    if fs::write(&wish, b"").is_err() {
        return false;
    }
    let since = Instant::now();
    while since.elapsed() < PATIENCE {
        if !wish.exists() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    // Nobody heard: the next window must not come to the front for it.
    let _ = fs::remove_file(&wish);
    false
}

/// Listens for the wish as long as it is kept.
pub struct Listener {
    _alive: Arc<()>,
}

impl Listener {
    pub fn start(profile: &Path, ctx: &Context) -> Self {
        let alive = Arc::new(());
        let (wish, ctx, watched) = (profile.join(FILE_NAME), ctx.clone(), Arc::downgrade(&alive));
        // A wish left by a start that gave up.
        let _ = fs::remove_file(&wish);
        thread::spawn(move || listen(&wish, &ctx, &watched));
        Self { _alive: alive }
    }
}

fn listen(wish: &PathBuf, ctx: &Context, alive: &Weak<()>) {
    while alive.upgrade().is_some() {
        if wish.exists() && fs::remove_file(wish).is_ok() {
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            // Where the system keeps a program from taking the focus, its entry in the task bar calls.
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
            ctx.request_repaint();
        }
        thread::sleep(LOOK_EVERY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_window_answers_and_an_absent_one_does_not() {
        let profile = tempfile::tempdir().unwrap();
        let ctx = Context::default();
        let listener = Listener::start(profile.path(), &ctx);
        assert!(ask(profile.path()));
        drop(listener);
        thread::sleep(LOOK_EVERY * 2);
        assert!(!ask(profile.path()));
        assert!(!profile.path().join(FILE_NAME).exists(), "the wish is taken back");
    }
}
