//! One look at the folder and at what the operator should know: stalls, room, files that stay half.

use super::super::desk::now_ms;
use super::{Happened, Inner, Watching, locked};
use crate::onsite::watch::Listed;

impl Inner {
    pub(super) fn look_once(&self) {
        let now_ms = now_ms();
        let (arrivals, overdue) = {
            let mut watching = locked(&self.watching);
            let Some(listed) = self.listed(&mut watching) else { return };
            let present = watching.present.clone();
            let arrivals = watching.watch.look(now_ms, &listed, present.as_ref());
            (arrivals, watching.watch.overdue(now_ms))
        };
        for arrival in arrivals {
            if let Err(error) = self.take(&arrival) {
                locked(&self.watching).watch.again(&arrival.path, now_ms);
                self.tell_problem(&error);
            }
        }
        for path in overdue {
            self.tell(Happened::Incomplete { file: self.shown(&path) });
        }
        self.watch_for_stall(now_ms);
        self.watch_room();
    }

    /// The folder's files; the operator is told once when it cannot be read, and once when it can again.
    fn listed(&self, watching: &mut Watching) -> Option<Vec<Listed>> {
        let listed = self.list().ok();
        if watching.folder_is_gone == listed.is_some() {
            watching.folder_is_gone = listed.is_none();
            self.tell(Happened::Folder { is_there: listed.is_some() });
        }
        listed
    }

    fn watch_for_stall(&self, now_ms: i64) {
        let mut watching = locked(&self.watching);
        let Some(present) = watching.present.clone().filter(|_| !watching.is_settled) else { return };
        let waited_ms = now_ms - present.since_ms;
        if waited_ms >= self.rules.folder.stalled_after_ms {
            watching.is_settled = true;
            self.tell(Happened::Stalled { seconds: waited_ms / 1000 });
        }
    }

    fn watch_room(&self) {
        let Ok(free_mib) = self.free_mib() else { return };
        let room = self.rules.disk.room(free_mib);
        let mut watching = locked(&self.watching);
        if watching.room != room {
            watching.room = room;
            self.tell(Happened::Room { room, free_mib });
        }
    }

    /// A file's name within the folder.
    pub(super) fn shown(&self, path: &std::path::Path) -> String {
        let within = self.folder.as_deref().and_then(|folder| path.strip_prefix(folder).ok());
        within.unwrap_or(path).display().to_string()
    }
}
