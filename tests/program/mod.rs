//! What the outside tests share: the program, a throw-away desk, drawn photos.
#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each test file uses its part; a test may stop on a broken fixture"
)]

use std::path::Path;

use assert_cmd::Command;
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::sitter;

/// The program itself.
pub fn photodesk() -> Command {
    let mut command = Command::cargo_bin("photodesk").expect("the program is built");
    command.env_remove("PHOTODESK_DATA").env_remove("PHOTODESK_KEY_FILE");
    command
}

/// A desk in a folder of its own, unsealed by a key file.
pub struct TestDesk {
    folder: tempfile::TempDir,
}

pub fn desk() -> TestDesk {
    TestDesk { folder: tempfile::tempdir().expect("folder") }
}

impl TestDesk {
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program on this desk.
    pub fn run<const N: usize>(&self, args: [&str; N]) -> Command {
        let mut command = photodesk();
        command
            .arg("--data")
            .arg(self.path().join("desk"))
            .arg("--key-file")
            .arg(self.path().join("key"))
            .args(args);
        command
    }

    /// Submission ids that an import printed.
    pub fn submissions(&self, printed: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(printed).into_owned();
        text.split_whitespace()
            .filter(|word| uuid::Uuid::parse_str(word).is_ok())
            .map(str::to_owned)
            .collect()
    }
}

/// A folder of drawn sitters without a fault, one a name.
pub fn sitters(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("folder");
    let good = sitter::demo::demo_sitters().into_iter().filter(|sitter| sitter.fault.is_none());
    for (name, sitter) in names.iter().zip(good) {
        let portrait = sitter::render(&sitter.spec);
        let target = JpegTarget::of_quality(Dpi(300), 92);
        let jpeg = encode_jpeg(&portrait.pixels, &target).expect("encodes");
        std::fs::write(folder.path().join(name), jpeg.bytes).expect("writes");
    }
    folder
}
