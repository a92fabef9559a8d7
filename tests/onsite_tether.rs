//! Tethering by `gphoto2` against the real program: a stand-in with the same command line takes the place of program and
//! camera, for there is none here.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod program;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// Takes one photo a start, then loses its camera; the third start finds it in use elsewhere.
const STAND_IN: &str = r#"#!/bin/sh
if [ "$1" = --auto-detect ]; then
  echo 'Model                          Port'
  echo '----------------------------------------------------------'
  echo 'Canon EOS 80D                  usb:001,004     '
  exit 0
fi
[ "$*" = '--port usb:001,004 --capture-tethered --keep --filename tether-%Y%m%d-%H%M%S-%04n.%C' ] || {
  echo "*** Error (-2: 'Bad parameters') *** $*" >&2; exit 1; }
n=$(cat "$STATE/starts" 2>/dev/null || echo 0); n=$((n + 1)); echo $n > "$STATE/starts"
if [ $n -ge 3 ]; then
  echo "*** Error (-53: 'Could not claim the USB device') ***" >&2; exit 1
fi
echo 'Waiting for events from camera. Press Ctrl-C to abort.'
while [ ! -e "$STATE/press$n" ]; do sleep 0.05; done
head -c 20000 "$STATE/photo$n.jpg" > "tether-20261122-120000-000$n.jpg"
sleep 0.4
cp "$STATE/photo$n.jpg" "tether-20261122-120000-000$n.jpg"
sleep 1
echo '*** Error (-52: '"'Could not find the requested device on the USB port'"') ***' >&2
exit 1
"#;

const BATCH: &str = "TETHER";

struct Session {
    process: Child,
    commands: ChildStdin,
    said: BufReader<ChildStdout>,
}

impl Session {
    fn tell(&mut self, command: &str) {
        writeln!(self.commands, "{command}").unwrap();
    }

    fn until(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "it ended");
            let said: Value = serde_json::from_str(&line).unwrap();
            if holds(&said) {
                return said;
            }
        }
    }
}

fn stand_in(place: &Path) -> std::path::PathBuf {
    let path = place.join("gphoto2");
    std::fs::write(&path, STAND_IN).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let drawn = program::sitters(&["photo1.jpg", "photo2.jpg"]);
    for photo in std::fs::read_dir(drawn.path()).unwrap().flatten() {
        std::fs::copy(photo.path(), place.join(photo.file_name())).unwrap();
    }
    path
}

/// A batch with one person.
fn with_list(desk: &program::TestDesk) {
    let path = desk.path().join("list.csv");
    std::fs::write(&path, "姓名,学号\n吴小兰,0012345\n").unwrap();
    let path = path.to_string_lossy().into_owned();
    assert!(desk.run(["import", "--batch", BATCH, "--roster", &path]).output().unwrap().status.success());
}

#[test]
fn photos_of_a_camera_on_a_cable_come_through_the_folder_and_a_lost_camera_is_told_and_found_again() {
    let desk = program::desk();
    let gphoto2 = stand_in(desk.path());
    let shots = desk.path().join("shots");
    std::fs::create_dir(&shots).unwrap();
    with_list(&desk);
    let listed = desk.run(["onsite", "cameras"]).env("PHOTODESK_GPHOTO2", &gphoto2).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains(r#"{"id":"gphoto2:usb:001,004","name":"Canon EOS 80D"}"#), "{listed}");

    let mut process = Command::new(env!("CARGO_BIN_EXE_photodesk"))
        .arg("--data")
        .arg(desk.path().join("desk"))
        .arg("--key-file")
        .arg(desk.path().join("key"))
        .args(["onsite", "run", "--batch", BATCH, "--camera", "gphoto2:usb:001,004", "--folder"])
        .arg(&shots)
        .env("PHOTODESK_GPHOTO2", &gphoto2)
        .env("STATE", desk.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (commands, said) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
    let mut session = Session { process, commands, said };
    session.until(|said| said["event"] == "camera_opened");
    session.tell("who 0012345");
    let who = session.until(|said| said["answer"] == "who");
    for number in 1..=2 {
        if number == 2 {
            session.until(|said| said["event"] == "camera_opened");
        }
        std::fs::write(desk.path().join(format!("press{number}")), "").unwrap();
        let taken = session.until(|said| said["event"] == "taken");
        assert_eq!(taken["subject"], who["subject"]["id"]);
        let lost = session.until(|said| said["event"] == "camera_failed");
        assert_eq!(lost["error"]["code"], "camera_gone", "{lost}");
    }
    let busy = session.until(|said| said["event"] == "camera_failed");
    assert_eq!(busy["error"]["code"], "camera_busy", "{busy}");
    session.tell("quit");
    assert!(session.process.wait().unwrap().success());
    let count = desk.run(["onsite", "count", "--batch", BATCH]).output().unwrap();
    let count: Value = serde_json::from_slice(&count.stdout).unwrap();
    assert_eq!((count["shots"].as_u64(), count["nobodys"].as_u64()), (Some(2), Some(0)), "{count}");
}

/// A tethered camera fills a folder: without one there is nothing to fill.
#[test]
fn a_tethered_camera_needs_a_folder() {
    let desk = program::desk();
    with_list(&desk);
    let run = desk
        .run(["onsite", "run", "--batch", BATCH, "--camera", "gphoto2:usb:001,004"])
        .write_stdin("quit\n")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&run.stderr).contains("--folder"), "{run:?}");
}
