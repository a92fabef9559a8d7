//! The watched folder: which files are settled and whole, each once, and whose they are. Pure: callers list the folder.
//!
//! 1. A file belongs to whoever stood before the camera when its first byte was seen, whatever happens later; a renamed
//!    file keeps its owner.
//! 2. A file is offered for reading when size and time have stood still; once taken it is not offered again until it
//!    changes.
//! 3. What stands still and is not whole is a problem after a while, and is offered again whenever it changes.
//! 4. What lay in the folder before the watch began is nobody's.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::rules::FolderRules;

/// Endings of files that are read as photos. Other files are passed over: cameras put raw files beside the JPEG.
const PHOTO_ENDINGS: [&str; 3] = ["jpg", "jpeg", "png"];

/// A listing taken in the middle of a renaming may show neither name.
const GONE_REMEMBERED_MS: i64 = 5000;
/// A file that is being written grows more often than this.
const GROWS_WITHIN_MS: i64 = 1000;

/// A file as the folder's listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub path: PathBuf,
    /// What stays the same when the file is renamed, where the system has such a number.
    pub inode: Option<u64>,
    pub bytes: u64,
    pub modified_ms: i64,
}

/// Who stands before the camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// Id of the subject.
    pub subject: String,
    pub since_ms: i64,
}

/// A file to be read now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub path: PathBuf,
    pub bytes: u64,
    pub modified_ms: i64,
    /// When its first byte was seen.
    pub first_seen_ms: i64,
    /// When it was last seen to grow.
    pub complete_ms: i64,
    pub owner: Option<Present>,
}

impl Arrival {
    /// It came so soon after its owner stepped up that it may be of the one before.
    pub fn is_late(&self, rules: &FolderRules) -> bool {
        self.owner.as_ref().is_some_and(|owner| self.first_seen_ms - owner.since_ms < rules.late_within_ms)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Growing,
    /// Offered; whoever reads it says what it was.
    Offered,
    /// Was read and is not whole.
    Incomplete,
    /// Was read and is not whole after a long while; the person was told.
    Given,
    Done,
}

#[derive(Clone, Debug)]
struct Track {
    inode: Option<u64>,
    bytes: u64,
    modified_ms: i64,
    first_seen_ms: i64,
    changed_ms: i64,
    owner: Option<Present>,
    stage: Stage,
}

/// Remembers every file of one folder.
#[derive(Debug)]
pub struct Watch {
    rules: FolderRules,
    tracks: HashMap<PathBuf, Track>,
    /// Files that vanished, by their number, with when: they may come back under another name.
    gone: HashMap<u64, (Track, i64)>,
}

impl Watch {
    /// `before` are the files that lie in the folder now: they are nobody's. `is_known` says which of them were taken
    /// or passed over by an earlier watch.
    pub fn begin(
        rules: FolderRules,
        now_ms: i64,
        before: &[Listed],
        is_known: impl Fn(&Listed) -> bool,
    ) -> Self {
        let mut watch = Self { rules, tracks: HashMap::new(), gone: HashMap::new() };
        for listed in before {
            let stage = if is_known(listed) { Stage::Done } else { Stage::Growing };
            watch.tracks.insert(listed.path.clone(), Track::new(listed, now_ms, None, stage));
        }
        watch
    }

    /// Compares the folder with what is known; gives the files to be read now, oldest first.
    pub fn look(&mut self, now_ms: i64, listed: &[Listed], present: Option<&Present>) -> Vec<Arrival> {
        self.notice(now_ms, listed, present);
        self.settled(now_ms)
    }

    /// Compares the folder with what is known and offers nothing: what is new belongs to `present`.
    pub fn notice(&mut self, now_ms: i64, listed: &[Listed], present: Option<&Present>) {
        let there: HashSet<&Path> = listed.iter().map(|file| file.path.as_path()).collect();
        self.gone.retain(|_, (_, gone_ms)| now_ms - *gone_ms < GONE_REMEMBERED_MS);
        let gone = &mut self.gone;
        self.tracks.retain(|path, track| {
            let stays = there.contains(path.as_path());
            if let (false, Some(inode)) = (stays, track.inode) {
                gone.insert(inode, (track.clone(), now_ms));
            }
            stays
        });
        for file in listed {
            self.follow(now_ms, file, present);
        }
    }

    fn follow(&mut self, now_ms: i64, file: &Listed, present: Option<&Present>) {
        if let Some(track) = self.tracks.get_mut(&file.path) {
            if (track.bytes, track.modified_ms) != (file.bytes, file.modified_ms) {
                // Written anew after it was taken: a new photo under an old name.
                let anew = track.stage == Stage::Done;
                let (owner, first_seen_ms) = if anew {
                    (present.cloned(), now_ms)
                } else {
                    (track.owner.clone(), track.first_seen_ms)
                };
                *track = Track { first_seen_ms, ..Track::new(file, now_ms, owner, Stage::Growing) };
            }
            return;
        }
        // The number of a deleted file is given to new ones, so that it alone proves no renaming.
        let renamed = file.inode.and_then(|inode| self.gone.remove(&inode));
        let track = match renamed {
            Some((before, _)) if before.bytes == file.bytes && before.modified_ms == file.modified_ms => {
                before
            }
            Some((before, gone_ms)) if before.is_growing(gone_ms) && before.bytes <= file.bytes => Track {
                first_seen_ms: before.first_seen_ms,
                ..Track::new(file, now_ms, before.owner, Stage::Growing)
            },
            _ => Track::new(file, now_ms, present.cloned(), Stage::Growing),
        };
        self.tracks.insert(file.path.clone(), track);
    }

    fn settled(&mut self, now_ms: i64) -> Vec<Arrival> {
        let mut ready = Vec::new();
        for (path, track) in &mut self.tracks {
            let stands_still = now_ms - track.changed_ms >= self.rules.settled_after_ms;
            if track.stage == Stage::Growing && stands_still && is_photo_name(path) {
                track.stage = Stage::Offered;
                ready.push(Arrival {
                    path: path.clone(),
                    bytes: track.bytes,
                    modified_ms: track.modified_ms,
                    first_seen_ms: track.first_seen_ms,
                    complete_ms: track.changed_ms,
                    owner: track.owner.clone(),
                });
            }
        }
        ready.sort_by(|one, other| (one.first_seen_ms, &one.path).cmp(&(other.first_seen_ms, &other.path)));
        ready
    }

    /// The offered file was taken, was known already, or is no photo: it is not offered again unless it changes.
    pub fn done(&mut self, path: &Path) {
        self.set(path, Stage::Done);
    }

    /// The offered file is not whole yet.
    pub fn incomplete(&mut self, path: &Path) {
        self.set(path, Stage::Incomplete);
    }

    /// The offered file could not be read this time: it is offered again.
    pub fn again(&mut self, path: &Path, now_ms: i64) {
        if let Some(track) = self.tracks.get_mut(path) {
            track.stage = Stage::Growing;
            track.changed_ms = now_ms;
        }
    }

    fn set(&mut self, path: &Path, stage: Stage) {
        if let Some(track) = self.tracks.get_mut(path).filter(|track| track.stage == Stage::Offered) {
            track.stage = stage;
        }
    }

    /// Files that have not been whole for too long, each told once.
    pub fn overdue(&mut self, now_ms: i64) -> Vec<PathBuf> {
        let limit = self.rules.incomplete_after_ms;
        let mut overdue = Vec::new();
        for (path, track) in &mut self.tracks {
            if track.stage == Stage::Incomplete && now_ms - track.changed_ms >= limit {
                track.stage = Stage::Given;
                overdue.push(path.clone());
            }
        }
        overdue.sort();
        overdue
    }

    /// Files still on their way that belong to this person.
    pub fn on_the_way(&self, subject: &str) -> usize {
        let theirs = |track: &&Track| {
            matches!(track.stage, Stage::Growing | Stage::Offered | Stage::Incomplete)
                && track.owner.as_ref().is_some_and(|owner| owner.subject == subject)
        };
        self.tracks.values().filter(theirs).count()
    }

    /// Nothing is on its way.
    pub fn is_still(&self) -> bool {
        let is_pending = |path: &Path, track: &Track| {
            is_photo_name(path) && matches!(track.stage, Stage::Growing | Stage::Offered)
        };
        !self.tracks.iter().any(|(path, track)| is_pending(path, track))
    }
}

impl Track {
    /// It grew until just before it vanished.
    fn is_growing(&self, gone_ms: i64) -> bool {
        self.stage == Stage::Growing && gone_ms - self.changed_ms <= GROWS_WITHIN_MS
    }

    fn new(file: &Listed, now_ms: i64, owner: Option<Present>, stage: Stage) -> Self {
        Self {
            inode: file.inode,
            bytes: file.bytes,
            modified_ms: file.modified_ms,
            first_seen_ms: now_ms,
            changed_ms: now_ms,
            owner,
            stage,
        }
    }
}

/// Whether a name is that of a photo that is read: by its ending, and not a hidden one, as half-copied files are.
pub fn is_photo_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    !name.starts_with('.') && PHOTO_ENDINGS.contains(&ending.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onsite::rules::SessionRules;

    struct Day {
        watch: Watch,
        now_ms: i64,
        listed: Vec<Listed>,
    }

    impl Day {
        fn new() -> Self {
            let rules = SessionRules::built_in().unwrap().folder;
            Self { watch: Watch::begin(rules, 0, &[], |_| false), now_ms: 0, listed: Vec::new() }
        }

        fn write(&mut self, name: &str, inode: u64, bytes: u64) {
            self.listed.retain(|file| file.path != Path::new(name));
            let modified_ms = self.now_ms;
            self.listed.push(Listed { path: name.into(), inode: Some(inode), bytes, modified_ms });
        }

        /// Looks every 100 ms for `ms`; gives name and owner of what was offered.
        fn wait(&mut self, ms: i64, present: Option<&Present>) -> Vec<(String, Option<String>)> {
            let end = self.now_ms + ms;
            let mut offered = Vec::new();
            while self.now_ms < end {
                for arrival in self.watch.look(self.now_ms, &self.listed, present) {
                    let owner = arrival.owner.map(|owner| owner.subject);
                    offered.push((arrival.path.display().to_string(), owner));
                }
                self.now_ms += 100;
            }
            offered
        }
    }

    fn person(id: &str, since_ms: i64) -> Present {
        Present { subject: id.to_owned(), since_ms }
    }

    fn of(name: &str, owner: &str) -> (String, Option<String>) {
        (name.to_owned(), Some(owner.to_owned()))
    }

    #[test]
    fn a_slow_file_belongs_to_who_stood_there_when_it_began() {
        let mut day = Day::new();
        let (anna, ben) = (person("anna", 0), person("ben", 400));
        day.write("slow.jpg", 1, 10);
        assert_eq!(day.wait(100, Some(&anna)), []);
        day.write("slow.jpg", 1, 20);
        assert_eq!(day.wait(100, Some(&anna)), []);
        day.write("slow.jpg", 1, 30);
        day.write("quick.jpg", 2, 5);
        assert_eq!(day.wait(500, Some(&ben)), [of("slow.jpg", "anna"), of("quick.jpg", "ben")]);
        day.watch.done(Path::new("slow.jpg"));
        day.watch.done(Path::new("quick.jpg"));
        assert_eq!(day.wait(1000, Some(&ben)), [], "each once");
    }

    #[test]
    fn a_renamed_file_keeps_its_owner_and_is_read_under_its_last_name() {
        let mut day = Day::new();
        day.write("IMG_1.JPG.part", 7, 10);
        assert_eq!(day.wait(1000, Some(&person("anna", 0))), [], "a half name is not read");
        day.listed[0].path = "IMG_1.JPG".into();
        assert_eq!(day.wait(300, Some(&person("ben", 1000))), [of("IMG_1.JPG", "anna")]);
        day.watch.done(Path::new("IMG_1.JPG"));
        day.listed[0].path = "anna.JPG".into();
        assert_eq!(day.wait(1000, None), [], "renamed after it was taken: not read again");
    }

    #[test]
    fn what_is_not_whole_waits_is_told_once_and_is_read_when_it_goes_on() {
        let mut day = Day::new();
        let anna = person("anna", 0);
        day.write("cut.jpg", 1, 10);
        assert_eq!(day.wait(400, Some(&anna)), [of("cut.jpg", "anna")]);
        day.watch.incomplete(Path::new("cut.jpg"));
        assert_eq!(day.watch.overdue(day.now_ms), Vec::<PathBuf>::new());
        assert_eq!(day.wait(10_000, Some(&anna)), []);
        assert_eq!(day.watch.overdue(day.now_ms), [PathBuf::from("cut.jpg")]);
        assert_eq!(day.watch.overdue(day.now_ms), Vec::<PathBuf>::new());
        day.write("cut.jpg", 1, 20);
        assert_eq!(day.wait(400, Some(&person("ben", 9000))), [of("cut.jpg", "anna")]);
    }

    #[test]
    fn what_lay_there_before_is_nobodys_and_what_was_taken_is_not_read_again() {
        let file = |name: &str| Listed { path: name.into(), inode: None, bytes: 5, modified_ms: 0 };
        let rules = SessionRules::built_in().unwrap().folder;
        let listed = [file("old.jpg"), file("known.jpg"), file("raw.cr3")];
        let mut watch = Watch::begin(rules, 0, &listed, |file| file.path == Path::new("known.jpg"));
        let ready = watch.look(1000, &listed, Some(&person("anna", 0)));
        let names: Vec<_> =
            ready.iter().map(|ready| (ready.path.to_str().unwrap(), ready.owner.clone())).collect();
        assert_eq!(names, [("old.jpg", None)]);
        assert!(!watch.is_still());
        watch.done(Path::new("old.jpg"));
        assert!(watch.is_still());
    }

    #[test]
    fn a_photo_right_after_the_change_is_told_from_a_later_one() {
        let rules = SessionRules::built_in().unwrap().folder;
        let arrival = |first_seen_ms| Arrival {
            path: "a.jpg".into(),
            bytes: 1,
            modified_ms: 0,
            first_seen_ms,
            complete_ms: first_seen_ms,
            owner: Some(person("anna", 10_000)),
        };
        assert!(arrival(10_100).is_late(&rules));
        assert!(!arrival(10_000 + rules.late_within_ms).is_late(&rules));
    }

    #[test]
    fn a_name_used_again_is_a_new_photo_of_who_stands_there_now() {
        let mut day = Day::new();
        day.write("capt0000.jpg", 1, 10);
        assert_eq!(day.wait(400, Some(&person("anna", 0))), [of("capt0000.jpg", "anna")]);
        day.watch.done(Path::new("capt0000.jpg"));
        day.write("capt0000.jpg", 1, 12);
        assert_eq!(day.wait(400, Some(&person("ben", 300))), [of("capt0000.jpg", "ben")]);
    }
}
