//! One station: the program at a pipe, its folder, and the camera, a process of its own that writes into the folder.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use photodesk::store::keys::KeyFileStore;
use photodesk::workflow::desk::NewBatch;
use photodesk::workflow::shots::Shot;
use photodesk::workflow::{Desk, roster, shots};
use serde_json::Value;

use crate::fixture;
use crate::script::Day;

const PATIENCE: Duration = Duration::from_secs(120);
pub const PASSPHRASE: &str = "a long day on campus";

pub struct Station {
    folder: tempfile::TempDir,
}

/// A running session.
pub struct Session {
    process: Child,
    commands: ChildStdin,
    said: Arc<Said>,
    at: usize,
}

#[derive(Default)]
struct Said {
    lines: Mutex<Vec<Value>>,
    came: Condvar,
}

impl Station {
    /// An empty station that knows the batch.
    pub fn new() -> Self {
        let station = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(station.shots_folder()).unwrap();
        let batch = fixture::batch();
        station
            .desk()
            .create_batch(NewBatch {
                code: Some(batch.code),
                school: batch.school,
                title: batch.title,
                standard: batch.standard,
                background: batch.background,
                layouts: batch.layouts,
                max_attempts: batch.max_attempts,
            })
            .unwrap();
        station
    }

    pub fn roster(&self, day: &Day) {
        let path = self.folder.path().join("list.csv");
        std::fs::write(&path, day.list()).unwrap();
        let read = roster::import(&self.desk(), fixture::BATCH, &roster::open(&path).unwrap()).unwrap();
        assert_eq!(read.roster.rejected, []);
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn shots_folder(&self) -> PathBuf {
        self.folder.path().join("shots")
    }

    pub fn desk(&self) -> Desk {
        Desk::open(&self.folder.path().join("desk"), &KeyFileStore::new(self.folder.path().join("key")))
            .unwrap()
    }

    pub fn shots(&self) -> Vec<Shot> {
        shots::shots(&self.desk(), fixture::BATCH).unwrap()
    }

    fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_photodesk"));
        command
            .arg("--data")
            .arg(self.folder.path().join("desk"))
            .arg("--key-file")
            .arg(self.folder.path().join("key"))
            .env("PHOTODESK_BUNDLE_PASSPHRASE", PASSPHRASE);
        command
    }

    /// Runs a verb and gives its first line.
    pub fn json(&self, args: &[&str]) -> Value {
        self.lines(args).into_iter().next().unwrap_or_else(|| panic!("{args:?} said nothing"))
    }

    /// Runs a verb and gives its lines.
    pub fn lines(&self, args: &[&str]) -> Vec<Value> {
        let run = self.program().args(args).output().unwrap();
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        let told = String::from_utf8_lossy(&run.stderr);
        assert!(!said.is_empty() || run.status.success(), "{args:?}: {told}");
        said.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{args:?}: {said}{told}")))
            .collect()
    }

    /// A colleague signs in and confirms all that waits for a second person; gives its number.
    pub fn countersign_all(&self) -> usize {
        let file = self.folder.path().join("wang.code");
        std::fs::write(&file, "wang's own code\n").unwrap();
        let file = file.display().to_string();
        let list = ["onsite", "countersign", "--batch", fixture::BATCH];
        let waiting = self.lines(&list);
        let seqs: Vec<String> = waiting.iter().map(|it| it["seq"].to_string()).collect();
        if seqs.is_empty() {
            return 0;
        }
        self.json(&["onsite", "sign-in", "--name", "王芳", "--code-file", &file]);
        let seqs = seqs.iter().map(String::as_str);
        let args: Vec<&str> =
            list.into_iter().chain(seqs).chain(["--as", "王芳", "--code-file", &file]).collect();
        let settled = self.lines(&args);
        assert!(settled.iter().all(|it| it["outcome"] == "confirmed"), "{settled:?}");
        assert_eq!(self.lines(&list), Vec::<Value>::new());
        settled.len()
    }

    /// Runs a verb for its exit code.
    pub fn succeeds(&self, args: &[&str]) -> bool {
        self.program().args(args).status().unwrap().success()
    }

    /// Begins a verb and kills it after a while.
    pub fn run_and_kill(&self, args: &[&str], after: Duration) {
        let mut process =
            self.program().args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(after);
        process.kill().unwrap();
        process.wait().unwrap();
    }

    pub fn start(&self) -> Session {
        let folder = self.shots_folder();
        let mut process = self
            .program()
            .args(["onsite", "run", "--batch", fixture::BATCH, "--folder"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (commands, out) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let said = Arc::new(Said::default());
        let listener = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // A killed program may leave half a line.
                let Ok(value) = serde_json::from_str(&line) else { continue };
                listener.lines.lock().unwrap().push(value);
                listener.came.notify_all();
            }
        });
        let mut session = Session { process, commands, said, at: 0 };
        session.until(|said| said["event"] == "begun");
        session
    }
}

impl Session {
    /// Sends a command and waits for its answer.
    pub fn ask(&mut self, command: &str) -> Value {
        writeln!(self.commands, "{command}").unwrap();
        let verb = command.split(' ').next().unwrap();
        let answer = self.until(|said| said["answer"] == *verb);
        assert!(answer["error"].is_null(), "{command}: {answer}");
        answer
    }

    /// The next line not read yet for which this holds; lines before it are passed over.
    pub fn until(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        let mut lines = self.said.lines.lock().unwrap();
        loop {
            if let Some(found) = lines[self.at..].iter().position(&holds) {
                self.at += found + 1;
                return lines[self.at - 1].clone();
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "it did not come; the last lines: {:?}",
                &lines[lines.len().saturating_sub(8)..]
            );
            lines = self.said.came.wait_timeout(lines, left).unwrap().0;
        }
    }

    /// Everything said so far.
    pub fn said(&self) -> Vec<Value> {
        self.said.lines.lock().unwrap().clone()
    }

    /// As a power cut does.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub fn end(mut self) {
        writeln!(self.commands, "quit").unwrap();
        assert!(self.process.wait().unwrap().success());
    }
}

/// A second file of the same photo, which may be seen first.
pub const COPY: &str = "copy of a photo.jpg";
/// Set in the process that is the camera.
pub const CAMERA: &str = "PHOTODESK_TEST_CAMERA";

/// Another process that writes files as cameras, tethering programs and card readers do.
pub struct Camera {
    process: Child,
    commands: ChildStdin,
    done: BufReader<std::process::ChildStdout>,
}

impl Camera {
    pub fn new() -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "camera_in_its_own_process", "--nocapture"])
            .env(CAMERA, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (commands, out) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Self { process, commands, done: BufReader::new(out) }
    }

    /// Begins to write; goes on by itself.
    pub fn begin(&mut self, how: &str, from: &Path, to: &Path) {
        writeln!(self.commands, "{how}\t{}\t{}", from.display(), to.display()).unwrap();
    }

    /// Waits until what was begun is written.
    pub fn finish(&mut self) {
        let mut line = String::new();
        while line.trim() != "written" {
            line.clear();
            assert!(self.done.read_line(&mut line).unwrap() > 0, "the camera is gone");
        }
    }

    pub fn shoot(&mut self, how: &str, from: &Path, to: &Path) {
        self.begin(how, from, to);
        self.finish();
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The camera's own side: one command a line, `HOW<TAB>FROM<TAB>TO`.
#[allow(clippy::print_stdout, reason = "the other process waits for the line")]
pub fn be_camera() {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let parts: Vec<&str> = line.split('\t').collect();
        let [how, from, to] = parts.as_slice() else { panic!("{line}") };
        write_as(how, &std::fs::read(from).unwrap(), Path::new(to));
        println!("\nwritten");
    }
}

fn write_as(how: &str, bytes: &[u8], to: &Path) {
    let pause = |ms| std::thread::sleep(Duration::from_millis(ms));
    match how {
        "plain" => std::fs::write(to, bytes).unwrap(),
        // A slow cable: stops for longer than a file takes to settle.
        "slow" | "cut" => {
            let mut file = std::fs::File::create(to).unwrap();
            for part in bytes.chunks(bytes.len() / 4 + 1) {
                file.write_all(part).unwrap();
                file.sync_all().unwrap();
                pause(if how == "cut" { 450 } else { 120 });
            }
        }
        "renamed" => {
            let part = to.with_extension("part");
            std::fs::write(&part, &bytes[..bytes.len() / 2]).unwrap();
            pause(250);
            std::fs::write(&part, bytes).unwrap();
            std::fs::rename(&part, to).unwrap();
        }
        "doubled" => {
            std::fs::write(to, bytes).unwrap();
            std::fs::write(to.with_file_name(COPY), bytes).unwrap();
        }
        // A card drawn too early leaves half a file; then the whole one comes from another place.
        "truncated" => {
            std::fs::write(to.with_extension("half.jpg"), &bytes[..bytes.len() / 2]).unwrap();
            pause(250);
            std::fs::write(to, bytes).unwrap();
        }
        other => panic!("{other}"),
    }
}
