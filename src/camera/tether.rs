//! A camera on a cable, by the program `gphoto2`: it puts every photo into a folder as soon as the camera has taken it.
//!
//! The program is called, not linked: what it writes is read like the files of any other tethering program, and a camera
//! that hangs takes nothing but its own process along.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{CameraError, CameraInfo};

/// Names another program, or the place of this one.
const VARIABLE: &str = "PHOTODESK_GPHOTO2";
const PROGRAM: &str = "gphoto2";
/// What stands before the port in the id of such a camera.
const ID: &str = "gphoto2:";
/// Each file has a name of its own, whatever the camera calls it: date, time, number, and its own ending.
const FILE_NAME: &str = "tether-%Y%m%d-%H%M%S-%04n.%C";
/// A program that lives so long has its camera.
const HAS_CAMERA_AFTER: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOOK_AGAIN_EVERY: Duration = Duration::from_secs(2);

/// What the tethering has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TetherSaid {
    /// Photos come from now on.
    Listening,
    /// It is tried again until the end.
    Failed(CameraError),
}

/// A running tethering. Dropped, it ends and the camera is free again.
pub struct Tether {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    program: PathBuf,
    port: String,
    folder: PathBuf,
    running: Mutex<Option<Child>>,
    is_stopping: AtomicBool,
}

/// The program that speaks with the cameras.
pub fn program() -> PathBuf {
    std::env::var_os(VARIABLE).map_or_else(|| PathBuf::from(PROGRAM), PathBuf::from)
}

/// The cameras on a cable; none where the program is not installed.
pub fn list(program: &Path) -> Result<Vec<CameraInfo>, CameraError> {
    let run = Command::new(program).arg("--auto-detect").env("LC_ALL", "C").stdin(Stdio::null()).output();
    match run {
        Ok(run) => Ok(listed(&String::from_utf8_lossy(&run.stdout))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(unstarted(program, &error)),
    }
}

/// The port of a camera whose id is one of [`list`].
pub fn port_of(id: &str) -> Option<&str> {
    id.strip_prefix(ID)
}

/// The table of `--auto-detect`: after a line of dashes one camera a line, its port in the last column.
fn listed(table: &str) -> Vec<CameraInfo> {
    let rows = table.lines().skip_while(|line| !line.starts_with("---")).skip(1);
    rows.filter_map(|row| {
        let (name, port) = row.trim().rsplit_once(char::is_whitespace)?;
        let is_port = port.contains(':');
        is_port.then(|| CameraInfo { id: format!("{ID}{port}"), name: name.trim().to_owned() })
    })
    .collect()
}

impl Tether {
    /// Begins to put the photos of the camera at `port` into `folder`; the copies on its card stay.
    pub fn begin(
        program: PathBuf,
        port: &str,
        folder: PathBuf,
        tell: impl Fn(TetherSaid) + Send + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            program,
            port: port.to_owned(),
            folder,
            running: Mutex::default(),
            is_stopping: AtomicBool::new(false),
        });
        let worker = Arc::clone(&shared);
        Self { shared, thread: Some(thread::spawn(move || worker.keep_going(&tell))) }
    }
}

impl Drop for Tether {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::SeqCst);
        if let Some(child) = self.shared.running().as_mut()
            && let Err(error) = child.kill()
        {
            tracing::warn!(%error, "gphoto2 could not be ended");
        }
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the tethered camera broke off");
        }
    }
}

impl Shared {
    fn keep_going(&self, tell: &dyn Fn(TetherSaid)) {
        let mut told = None;
        while !self.is_stopping() {
            let mut is_listening = false;
            let failed = self.run(&mut || {
                is_listening = true;
                tell(TetherSaid::Listening);
            });
            if self.is_stopping() {
                return;
            }
            if is_listening || told.as_ref() != Some(&failed) {
                tell(TetherSaid::Failed(failed.clone()));
                told = Some(failed);
            }
            self.wait(LOOK_AGAIN_EVERY);
        }
    }

    /// Runs the program until it ends, which it does only when something is wrong.
    fn run(&self, listening: &mut dyn FnMut()) -> CameraError {
        let mut child = match self.start() {
            Ok(child) => child,
            Err(error) => return unstarted(&self.program, &error),
        };
        let (out, err) = (child.stdout.take(), child.stderr.take());
        // Nobody needs what it says of each file, yet a full pipe would stop it.
        let drain =
            out.map(|out| thread::spawn(move || BufReader::new(out).lines().map_while(Result::ok).count()));
        let said = err.map(|mut err| {
            thread::spawn(move || {
                let mut text = Vec::new();
                let _ = err.read_to_end(&mut text);
                String::from_utf8_lossy(&text).into_owned()
            })
        });
        *self.running() = Some(child);
        let since = Instant::now();
        let mut is_told = false;
        while self.is_alive() {
            // The end may have come before there was anything to be ended.
            if self.is_stopping()
                && let Some(child) = self.running().as_mut()
                && child.kill().is_err()
            {
                break;
            }
            if !is_told && since.elapsed() >= HAS_CAMERA_AFTER {
                is_told = true;
                listening();
            }
            thread::sleep(LOOK_EVERY);
        }
        *self.running() = None;
        drop(drain.map(JoinHandle::join));
        let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
        meaning(&self.port, &said)
    }

    fn start(&self) -> io::Result<Child> {
        Command::new(&self.program)
            .args(["--port", &self.port, "--capture-tethered", "--keep", "--filename", FILE_NAME])
            .current_dir(&self.folder)
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }

    fn is_alive(&self) -> bool {
        self.running().as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    fn wait(&self, time: Duration) {
        let since = Instant::now();
        while since.elapsed() < time && !self.is_stopping() {
            thread::sleep(LOOK_EVERY);
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<Child>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }
}

fn unstarted(program: &Path, error: &io::Error) -> CameraError {
    let program = program.display().to_string();
    match error.kind() {
        io::ErrorKind::NotFound => CameraError::NoProgram { program },
        _ => CameraError::Io { name: program, cause: error.to_string() },
    }
}

/// What the program's last words mean. Its numbers are those of libgphoto2's `gphoto2-result.h` and
/// `gphoto2-port-result.h`.
fn meaning(port: &str, said: &str) -> CameraError {
    let name = port.to_owned();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if has(&["(-53:", "(-60:", "Could not claim", "Could not lock"]) {
        return CameraError::Busy { name };
    }
    if has(&["No camera found", "(-105:", "(-52:", "(-4:", "(-31:"]) {
        return CameraError::Gone { name };
    }
    let cause = said.lines().rev().find(|line| line.contains("***")).unwrap_or("gphoto2 ended");
    CameraError::Io { name, cause: cause.trim_matches(['*', ' ']).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_cameras_is_read_and_a_program_that_is_not_there_has_none() {
        let table = "Model                          Port\n\
                     ----------------------------------------------------------\n\
                     Canon EOS 80D                  usb:001,004     \n\
                     Nikon DSC D750 (PTP mode)      usb:001,007\n";
        let found = listed(table);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), port_of(&found[0].id)), ("Canon EOS 80D", Some("usb:001,004")));
        assert_eq!(found[1].name, "Nikon DSC D750 (PTP mode)");
        assert_eq!(listed("Model    Port\n-----------\n"), []);
        assert_eq!(list(Path::new("/no/such/gphoto2")), Ok(Vec::new()));
    }

    #[test]
    fn its_last_words_are_told_with_what_to_do() {
        let check = |said: &str, code: &str| assert_eq!(meaning("usb:001,004", said).code(), code, "{said}");
        check("*** Error (-53: 'Could not claim the USB device') ***", "camera_busy");
        check("*** Error: No camera found. ***", "camera_gone");
        check("*** Error (-52: 'Could not find the requested device on the USB port') ***", "camera_gone");
        check("*** Error (-10: 'Timeout reading from or writing to the port') ***", "camera_io");
        check("", "camera_io");
    }
}
