//! The command line from outside: every verb on drawn sitters and on hostile files.
#![allow(clippy::expect_used, reason = "a test may stop on a broken fixture")]

mod program;

use std::fs;
use std::path::Path;

use program::{desk, photodesk, sitters};
use serde_json::Value;

const KEYS: [&str; 11] =
    ["file", "sha256", "width", "height", "verdict", "faces", "findings", "crop", "error", "millis", ""];

fn json_lines(output: &[u8]) -> Vec<Value> {
    String::from_utf8(output.to_vec())
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("one JSON object a line"))
        .collect()
}

#[test]
fn check_answers_one_line_a_photo_with_the_fixed_keys() {
    let photos = sitters(&["good.jpg"]);
    let run = photodesk().args(["check", "--json"]).arg(photos.path()).output().expect("runs");
    let lines = json_lines(&run.stdout);
    assert_eq!(lines.len(), 1);
    for key in KEYS.iter().filter(|key| !key.is_empty()) {
        assert!(lines[0].get(key).is_some(), "{key} is missing");
    }
    assert_eq!(lines[0]["faces"], 1);
    assert!(lines[0]["crop"]["scale"].as_f64().is_some_and(|scale| scale > 0.0));
    let findings = lines[0]["findings"].as_array().expect("findings");
    for key in ["check", "verdict", "value", "unit", "limit", "confidence", "reason", "evidence"] {
        assert!(findings.iter().all(|finding| finding.get(key).is_some()), "{key} is missing in a finding");
    }
}

#[test]
fn check_survives_hostile_files_and_names_each() {
    let folder = sitters(&["good.jpg"]);
    let at = |name: &str| folder.path().join(name);
    let good = fs::read(at("good.jpg")).expect("read");
    fs::write(at("zero.jpg"), b"").expect("write");
    fs::write(at("text.jpg"), "these are words").expect("write");
    fs::write(at("truncated.jpg"), &good[..good.len() / 2]).expect("write");
    fs::write(at("bomb.png"), png_that_claims(60_000, 60_000)).expect("write");
    fs::write(at("😀𬭩䶮.jpg"), &good).expect("write");
    fs::create_dir(at("x.jpg")).expect("folder");
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path(), at("loop")).expect("link");

    let run = photodesk().args(["check", "--json"]).arg(folder.path()).output().expect("runs");
    let lines = json_lines(&run.stdout);
    let verdict = |name: &str| {
        let line = lines.iter().find(|line| line["file"].as_str().is_some_and(|file| file.ends_with(name)));
        line.map(|line| line["verdict"].as_str().unwrap_or_default().to_owned())
    };
    for broken in ["zero.jpg", "text.jpg", "truncated.jpg", "bomb.png"] {
        assert_eq!(verdict(broken).as_deref(), Some("error"), "{broken}");
    }
    assert!(verdict("😀𬭩䶮.jpg").is_some_and(|verdict| verdict != "error"));
    assert_eq!(lines.len(), 6, "one line a file, the loop not followed");
    assert_eq!(run.status.code(), Some(1));
}

#[test]
fn layout_writes_sheets_of_the_true_size_in_every_format() {
    let photos = sitters(&["good.jpg"]);
    for (layout, pieces) in [("1寸×8+2寸×4", 12), ("2寸×8", 8)] {
        for format in ["jpeg", "png", "tiff", "pdf"] {
            let out = tempfile::tempdir().expect("folder");
            let run = photodesk()
                .args(["layout", "--layout", layout, "--paper", "6寸", "--format", format, "--out"])
                .arg(out.path())
                .arg(photos.path().join("good.jpg"))
                .output()
                .expect("runs");
            assert!(run.status.success(), "{layout} {format}: {}", String::from_utf8_lossy(&run.stderr));
            let said = String::from_utf8_lossy(&run.stdout).into_owned();
            assert!(said.contains(&pieces.to_string()), "{said}");
            assert_eq!(files_in(out.path()), 1, "{layout} {format}");
        }
    }
}

#[test]
fn ganged_sheets_hold_whole_sets_in_the_order_of_cut_stacks() {
    let photos = sitters(&["1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg"]);
    fs::write(photos.path().join("0.jpg"), "these are words").expect("write");
    let out = tempfile::tempdir().expect("folder");
    let run = photodesk()
        .args(["layout", "--layout", "版式一", "--paper", "A4", "--margin", "3", "--gang", "--out"])
        .arg(out.path())
        .arg(photos.path())
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    let sheets: Vec<&str> =
        said.lines().filter_map(|line| line.split_once("pieces of ")).map(|(_, who)| who).collect();
    // Two sheets of four places: each pile holds two that follow each other.
    assert_eq!(sheets, ["1.jpg, 3.jpg, 5.jpg", "2.jpg, 4.jpg"], "{said}");
    assert!(
        said.ends_with(&format!("5 people, 60 pieces on 2 sheets in {}; 1 failed\n", out.path().display())),
        "{said}"
    );
    assert_eq!((run.status.code(), files_in(out.path())), (Some(1), 2));
}

#[test]
fn an_order_that_does_not_fit_says_by_how_much_and_what_would() {
    let photos = sitters(&["good.jpg"]);
    let out = tempfile::tempdir().expect("folder");
    let run = photodesk()
        .args(["layout", "--layout", "1寸×8+大2寸×4", "--paper", "6寸", "--out"])
        .arg(out.path())
        .arg(photos.path().join("good.jpg"))
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_ne!(run.status.code(), Some(0));
    assert!(said.contains("mm") && said.contains("7寸"), "{said}");
    assert_eq!(files_in(out.path()), 0);
}

#[test]
fn prepare_lands_inside_the_band() {
    let photos = sitters(&["good.jpg"]);
    let out = tempfile::tempdir().expect("folder");
    let run = photodesk()
        .args(["prepare", "--standard", "chsi_centre", "--out"])
        .arg(out.path())
        .arg(photos.path())
        .output()
        .expect("runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let made = fs::read(out.path().join("good.jpg")).expect("the final photo");
    assert!((30 * 1024..=60 * 1024).contains(&made.len()), "{} bytes", made.len());
}

#[test]
fn a_batch_goes_from_photos_to_sheets() {
    let photos = sitters(&["good.jpg", "other.jpg"]);
    let desk = desk();
    let imported =
        desk.run(["import", "--batch", "Z3K8F7", "--photos"]).arg(photos.path()).output().expect("runs");
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let ids = desk.submissions(&imported.stdout);
    assert_eq!(ids.len(), 2);

    let decisions = photos.path().join("decisions.csv");
    let rows = format!("id,decision,reasons\n{},approve,\n{},reject,A01\n", ids[0], ids[1]);
    fs::write(&decisions, rows).expect("write");
    let reviewed = desk.run(["review", "--decisions"]).arg(&decisions).output().expect("runs");
    assert!(reviewed.status.success(), "{}", String::from_utf8_lossy(&reviewed.stderr));

    let out = tempfile::tempdir().expect("folder");
    let export = |options: &[&str]| {
        let export = ["export", "--batch", "Z3K8F7", "--layout", "版式一", "--paper", "6寸", "--out"];
        desk.run(export).arg(out.path()).args(options).output().expect("runs")
    };
    let dry = export(&["--dry-run"]);
    assert!(dry.status.success(), "{}", String::from_utf8_lossy(&dry.stderr));
    assert_eq!(String::from_utf8_lossy(&dry.stdout), "would export: 1 people, 12 pieces on 1 sheets\n");
    let unknown = export(&["--hot-folder", "fuji"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("plain, dnp, dpof, pdf"));
    let early = export(&["--reprint", &ids[0]]);
    assert!(String::from_utf8_lossy(&early.stderr).contains("was not exported yet"));
    assert_eq!(files_in(out.path()), 0);

    let exported = export(&["--hot-folder", "plain"]);
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    assert_eq!(files_in(out.path()), 2, "the sheet and its ticket");
    let reprinted = export(&["--reprint", &ids[0]]);
    assert!(reprinted.status.success(), "{}", String::from_utf8_lossy(&reprinted.stderr));
    let again = desk.run(["review", "--decisions"]).arg(&decisions).output().expect("runs");
    assert_eq!(again.status.code(), Some(1), "a photo in production takes no decision");
}

#[test]
fn a_gap_or_margin_out_of_range_is_wrong_use_wherever_sheets_are_made() {
    let photos = sitters(&["good.jpg"]);
    let desk = desk();
    let imported =
        desk.run(["import", "--batch", "Z3K8F7", "--photos"]).arg(photos.path()).output().expect("runs");
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let out = tempfile::tempdir().expect("folder");
    for spacing in [["--gap", "5.1"], ["--gap", "-1"], ["--gap", "NaN"], ["--margin", "60"], ["--dpi", "7"]] {
        let sheet = ["--layout", "版式一", "--paper", "6寸", "--out"];
        let export =
            desk.run(["export", "--batch", "Z3K8F7"]).args(sheet).arg(out.path()).args(spacing).output();
        let layout =
            photodesk().arg("layout").args(sheet).arg(out.path()).args(spacing).arg(photos.path()).output();
        for (verb, run) in [("export", export), ("layout", layout)] {
            let run = run.expect("runs");
            assert_eq!(
                run.status.code(),
                Some(2),
                "{verb} {spacing:?}: {}",
                String::from_utf8_lossy(&run.stderr)
            );
        }
    }
    assert_eq!(files_in(out.path()), 0);
}

#[test]
fn prepare_reports_in_the_order_of_its_photos() {
    let photos = sitters(&["d.jpg", "a.jpg", "c.jpg", "b.jpg"]);
    fs::write(photos.path().join("bad.jpg"), "these are words").expect("write");
    let out = tempfile::tempdir().expect("folder");
    let names = ["d.jpg", "bad.jpg", "a.jpg", "c.jpg", "b.jpg"];
    let run = photodesk()
        .args(["prepare", "--standard", "chsi_centre", "--out"])
        .arg(out.path())
        .args(names.map(|name| photos.path().join(name)))
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!((run.status.code(), lines.len()), (Some(1), names.len() + 1), "{said}");
    for (name, line) in names.iter().zip(&lines) {
        assert!(line.contains(&format!("/{name} ")), "{line} is not of {name}");
    }
    assert_eq!((lines[5], files_in(out.path())), ("4 made, 1 refused", 4));
}

#[test]
fn wrong_use_is_code_two() {
    let run = photodesk().args(["check"]).output().expect("runs");
    assert_eq!(run.status.code(), Some(2));
    let run = photodesk().args(["standards", "--json"]).output().expect("runs");
    let known: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert!(known.as_array().is_some_and(|standards| standards.len() >= 20));
}

/// A PNG of a few bytes whose header claims a huge picture.
fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

fn files_in(folder: &Path) -> usize {
    fs::read_dir(folder)
        .map_or(0, |entries| entries.filter_map(Result::ok).filter(|e| e.path().is_file()).count())
}

#[test]
fn compare_knows_a_copy_however_edited_and_refuses_what_is_no_face() {
    let photos = sitters(&["one.jpg", "other.jpg"]);
    let at = |name: &str| photos.path().join(name);
    let one = image::open(at("one.jpg")).expect("photo");
    let smaller =
        one.fliph().resize(one.width() / 2, one.height() / 2, image::imageops::FilterType::Triangle);
    smaller
        .crop_imm(10, 20, smaller.width() - 25, smaller.height() - 30)
        .save(at("copy.jpg"))
        .expect("saved");
    fs::write(at("text.jpg"), "these are words").expect("write");

    let answer = |name: &str| {
        let run =
            photodesk().args(["compare", "--json"]).args([at("one.jpg"), at(name)]).output().expect("runs");
        json_lines(&run.stdout).remove(0)
    };
    let copy = answer("copy.jpg");
    assert_eq!(
        (&copy["exposure"]["answer"], &copy["exposure"]["mirrored"]),
        (&"same".into(), &true.into()),
        "{copy}"
    );
    assert_eq!(copy["person"]["answer"], "same", "{copy}");
    assert_eq!(answer("other.jpg")["exposure"]["answer"], "different");

    let refused = photodesk().arg("compare").args([at("one.jpg"), at("text.jpg")]).output().expect("runs");
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("text.jpg"));
}

#[test]
fn a_face_descriptor_of_ones_own_is_used_with_its_own_limits() {
    let photos = sitters(&["one.jpg", "other.jpg"]);
    let at = |name: &str| photos.path().join(name);
    let own = at("face_descriptor.toml");
    let described = include_str!("../assets/models/face_recognition.toml");
    // The same network with limits so narrow that nobody is the same person.
    let described = described
        .replace("same_to = 0.47", "same_to = 0.01")
        .replace("perhaps_to = 0.57", "perhaps_to = 0.02")
        .replace("unit_length = false", "unit_length = true");
    fs::write(&own, described).expect("written");
    let compared = || {
        photodesk()
            .args(["compare", "--json", "--descriptor"])
            .args([&own, &at("one.jpg"), &at("other.jpg")])
            .output()
            .expect("runs")
    };
    let missing = compared();
    assert_eq!(missing.status.code(), Some(3));
    let told = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(told.contains("face_descriptor.toml") && told.contains("face_recognition.onnx"), "{told}");

    fs::copy("assets/models/face_recognition.onnx", at("face_recognition.onnx")).expect("copied");
    let own_answer = json_lines(&compared().stdout).remove(0);
    let plain = photodesk().args(["compare", "--json"]).args([at("one.jpg"), at("other.jpg")]).output();
    let answer = json_lines(&plain.expect("runs").stdout).remove(0);
    assert_eq!(own_answer["person"]["answer"], "different", "{own_answer}");
    assert_eq!(answer["person"]["answer"], "same", "drawn sitters share one mesh: {answer}");
    let distance = |answer: &Value| answer["person"]["distance"].as_f64().expect("distance");
    assert!(distance(&own_answer) < distance(&answer), "{own_answer} {answer}");
    assert_eq!(own_answer["exposure"], answer["exposure"]);

    let checked = photodesk()
        .args(["check", "--json", "--descriptor"])
        .args([&own, Path::new("--reference"), &at("one.jpg"), &at("other.jpg")])
        .output()
        .expect("runs");
    let report = json_lines(&checked.stdout).remove(0).to_string();
    assert!(report.contains("face_match"), "{report}");
}

#[test]
fn check_compares_with_a_reference_photo() {
    let photos = sitters(&["one.jpg", "other.jpg"]);
    let at = |name: &str| photos.path().join(name);
    let one = image::open(at("one.jpg")).expect("photo");
    one.fliph()
        .resize(one.width() * 2 / 3, one.height() * 2 / 3, image::imageops::FilterType::Triangle)
        .save(at("copy.jpg"))
        .expect("saved");
    fs::write(at("plain.png"), plain_png()).expect("write");

    let run = photodesk()
        .args(["check", "--json", "--jobs", "1", "--reference"])
        .arg(at("one.jpg"))
        .args([at("copy.jpg"), at("other.jpg"), at("plain.png")])
        .output()
        .expect("runs");
    let lines = json_lines(&run.stdout);
    let finding = |line: usize, check: &str| {
        let findings = lines[line]["findings"].as_array().expect("findings");
        let found = findings.iter().find(|finding| finding["check"] == check);
        found.unwrap_or_else(|| panic!("{check} is missing in line {line}")).clone()
    };
    let copy = finding(0, "reuse");
    assert_eq!((&copy["verdict"], &copy["reason"]), (&"fail".into(), &"R05".into()), "{copy}");
    assert_eq!(
        (&lines[0]["verdict"], finding(0, "face_match")["verdict"].as_str()),
        (&"fail".into(), Some("pass"))
    );
    assert_eq!(finding(1, "reuse")["verdict"], "pass");
    assert_ne!(finding(1, "face_match")["verdict"], "fail", "never rejects by itself");
    assert_eq!(
        (finding(2, "reuse")["verdict"].as_str(), finding(2, "face_match")["verdict"].as_str()),
        (Some("unknown"), Some("unknown"))
    );

    let faceless = photodesk()
        .args(["check", "--reference"])
        .arg(at("plain.png"))
        .arg(at("one.jpg"))
        .output()
        .expect("runs");
    assert_eq!(faceless.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&faceless.stderr).contains("no face"));
}

fn plain_png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let plain = image::RgbImage::from_pixel(300, 400, image::Rgb([200, 210, 220]));
    plain.write_to(&mut bytes, image::ImageFormat::Png).expect("encodes");
    bytes.into_inner()
}
