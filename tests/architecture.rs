//! The house rules that a reader relies on: who may name whom, where a foreign crate lives, how a file opens.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("durable", &[]),
    ("photo", &[]),
    ("standard", &["photo"]),
    ("inspect", &["photo", "standard"]),
    ("identity", &["photo", "standard", "inspect"]),
    ("submission", &["standard", "inspect"]),
    ("retouch", &["photo", "standard", "inspect"]),
    ("print", &["photo", "standard"]),
    ("printing", &["photo", "print"]),
    ("sitter", &["photo"]),
    ("camera", &["photo", "sitter"]),
    ("onsite", &["photo", "inspect", "submission"]),
    ("store", &["durable", "standard", "inspect", "submission", "onsite"]),
    ("sync", &["onsite", "submission", "store"]),
    ("hub", &["photo", "standard", "inspect", "onsite", "print", "submission", "store", "sync", "i18n"]),
    (
        "workflow",
        &[
            "durable",
            "photo",
            "standard",
            "inspect",
            "identity",
            "submission",
            "retouch",
            "print",
            "printing",
            "sitter",
            "camera",
            "onsite",
            "store",
            "sync",
            "settings",
            "i18n",
        ],
    ),
    ("settings", &["durable"]),
    ("i18n", &[]),
    (
        "ui",
        &[
            "photo",
            "standard",
            "inspect",
            "submission",
            "print",
            "printing",
            "retouch",
            "camera",
            "onsite",
            "workflow",
            "settings",
            "i18n",
        ],
    ),
    (
        "cli",
        &[
            "durable",
            "photo",
            "standard",
            "inspect",
            "identity",
            "submission",
            "retouch",
            "print",
            "printing",
            "sitter",
            "camera",
            "onsite",
            "store",
            "sync",
            "hub",
            "workflow",
            "settings",
            "i18n",
            "ui",
        ],
    ),
];

/// A crate that shapes its surroundings, and the only places that may name it.
const HOMES: &[(&str, &[&str])] = &[
    ("egui", &["ui/"]),
    ("eframe", &["ui/"]),
    ("rfd", &["ui/"]),
    ("rusqlite", &["store/"]),
    ("postgres", &["store/"]),
    ("keyring", &["store/"]),
    (
        "rten",
        &[
            "inspect/face_onnx",
            "inspect/matte_onnx",
            "inspect/net_onnx",
            "retouch/matte_onnx",
            "identity/descriptor_onnx",
        ],
    ),
    ("fearless_simd", &["photo/baseline"]),
    ("zune_jpeg", &["photo/"]),
    ("jpeg_encoder", &["photo/"]),
    ("moxcms", &["photo/"]),
    ("pdf_writer", &["print/"]),
    ("ipp", &["printing/"]),
    ("cameras", &["camera/native"]),
    ("linuxvideo", &["camera/v4l2"]),
    ("windows", &["printing/gdi"]),
    ("calamine", &["onsite/roster/xlsx"]),
    ("encoding_rs", &["onsite/roster/text"]),
    ("rqrr", &["onsite/code/read", "onsite/code/hard/sample"]),
    ("rustfft", &["onsite/code/hard/screen"]),
    ("rxing", &["onsite/code/read"]),
    ("qrcode", &["onsite/code/", "print/ticket"]),
    ("clap", &["cli"]),
    ("axum", &["hub/"]),
    ("hyper", &["hub/serve", "hub/unread"]),
    ("lettre", &["sync/mail"]),
    ("maud", &["hub/page/"]),
    ("tokio", &["hub/", "store/db/postgres/tls"]),
    ("tokio_rustls", &["hub/tls", "hub/serve", "store/db/postgres/tls"]),
    ("reqwest", &["sync/client", "sync/outward", "store/blobs/"]),
    ("rusty_s3", &["store/blobs/"]),
    ("schemars", &["hub/operation", "hub/openapi", "sync/protocol", "submission/"]),
];

#[test]
fn rooms_name_only_the_rooms_they_may() {
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let room = room_of(&file);
        if file.file_stem().is_some_and(|stem| stem == "fixture" || stem == "tests") {
            continue;
        }
        let Some((_, allowed)) = MAY_NAME.iter().find(|(name, _)| *name == room) else { continue };
        for (other, _) in MAY_NAME.iter().filter(|(other, _)| *other != room && !allowed.contains(other)) {
            if product_code(&text).contains(&format!("crate::{other}")) {
                broken.push(format!("{} names {other}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_room_is_in_the_table() {
    let rooms: BTreeSet<String> = sources().iter().map(|(file, _)| room_of(file)).collect();
    let known: BTreeSet<String> = MAY_NAME
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .chain(["lib".to_owned(), "main".to_owned()])
        .collect();
    assert_eq!(rooms.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn foreign_crates_stay_at_home() {
    let mut astray = Vec::new();
    for (file, text) in sources() {
        let place = file.to_string_lossy().replace('\\', "/");
        for (name, homes) in HOMES {
            let at_home = homes.iter().any(|home| place.starts_with(home));
            if !at_home && product_code(&text).contains(&format!("{name}::")) {
                astray.push(format!("{place} names {name}"));
            }
        }
    }
    assert!(astray.is_empty(), "{astray:#?}");
}

#[test]
fn every_file_opens_with_its_duty_and_stays_readable() {
    let mut faults = Vec::new();
    for (file, text) in sources() {
        if !text.starts_with("//! ") {
            faults.push(format!("{} does not open with its duty", file.display()));
        }
        if text.lines().count() > 600 {
            faults.push(format!("{} is longer than 600 lines", file.display()));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The file without its test module, which comes last.
fn product_code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

/// The first folder below `src`, or the file's own name at the top.
fn room_of(file: &Path) -> String {
    let first = file.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
    first.unwrap_or_default().trim_end_matches(".rs").to_owned()
}

/// Every source file: its path below `src` and its text.
fn sources() -> Vec<(PathBuf, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walkdir::WalkDir::new(&top)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "rs"))
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            (entry.path().strip_prefix(&top).map(Path::to_path_buf).unwrap_or_default(), text)
        })
        .collect()
}
