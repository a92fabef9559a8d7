//! Rosters from outside: the program on Excel and text lists as schools really send them.
#![allow(clippy::expect_used, reason = "a test may stop on a broken fixture")]

mod program;
mod workbook;

use image::RgbImage;
use program::{TestDesk, desk};

const HEADERS: [&str; 3] = ["姓名", "身份证号码", "学号"];

fn import(desk: &TestDesk, name: &str, bytes: &[u8]) -> (i32, String) {
    let path = desk.path().join(name);
    std::fs::write(&path, bytes).expect("writes");
    let path = path.to_string_lossy().into_owned();
    let run = desk.run(["import", "--batch", "R0STER", "--roster", &path]).output().expect("runs");
    let text = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    (run.status.code().unwrap_or(-1), text)
}

/// Pictures without a face: whose they are is a matter of their names alone.
fn pictures(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("folder");
    for (shade, name) in (0_u8..).step_by(40).zip(names) {
        let picture = RgbImage::from_fn(400, 500, |x, y| image::Rgb([shade, (x / 2) as u8, (y / 2) as u8]));
        picture.save(folder.path().join(name)).expect("writes");
    }
    folder
}

#[test]
fn a_workbook_is_taken_row_by_row_and_photos_find_their_people() {
    let desk = desk();
    let bytes = workbook::workbook(&[
        &workbook::texts(&["示范大学 2026 届"]),
        &workbook::texts(&HEADERS),
        &workbook::texts(&["吴小兰", "11010519491231002x", "0012345"]),
        &workbook::texts(&["㛃𠮷", "", "0012346"]),
        &workbook::texts(&["赵一", "110105194912310021", "0012347"]),
        &[workbook::Text("钱二"), workbook::Number("110105194912310020"), workbook::Text("0012348")],
        &workbook::texts(&["孙三", "", "0012345"]),
    ]);
    let (code, said) = import(&desk, "名单.xlsx", &bytes);
    assert_eq!(code, 1, "{said}");
    for line in [
        "columns A name, B document_number, C student_number (headers in row 2)",
        "rejected B5 document_number: number_check:",
        "rejected B6 document_number: row_number_cell:",
        "rejected C7 student_number: row_twice:",
        "R0STER: 2 added, 0 updated, 0 unchanged, 3 rejected",
        "R0STER: 0 photos bound, 0 unmatched; 2 of 2 people have no photo",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert!(!said.contains("110105194912310021"), "a rejected number is not repeated: {said}");

    let photos = pictures(&["0012345.png", "IMG_0042.png"]);
    let folder = photos.path().to_string_lossy().into_owned();
    let run = desk.run(["import", "--batch", "R0STER", "--photos", &folder]).output().expect("runs");
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(said.contains("unmatched") && said.contains("IMG_0042.png: its name names nobody"), "{said}");
    assert!(!said.contains("unmatched /0012345"), "{said}");

    let again = import(&desk, "名单.xlsx", &bytes).1;
    assert!(again.contains("R0STER: 0 added, 0 updated, 2 unchanged, 3 rejected"), "{again}");
    assert!(again.contains("0 photos bound, 1 unmatched; 1 of 2 people have no photo"), "{again}");
}

#[test]
fn a_list_that_comes_after_its_photos_binds_them() {
    let desk = desk();
    let photos = pictures(&["吴小兰_0012345.png"]);
    let folder = photos.path().to_string_lossy().into_owned();
    desk.run(["import", "--batch", "R0STER", "--photos", &folder]).assert().success();
    let (gb18030, said) = {
        // 姓名,学号 / 吴小兰,0012345 as a Chinese Windows saves it.
        let bytes = b"\xd0\xd5\xc3\xfb,\xd1\xa7\xba\xc5\r\n\xce\xe2\xd0\xa1\xc0\xbc,0012345\r\n";
        import(&desk, "list.csv", bytes)
    };
    assert_eq!(gb18030, 0, "{said}");
    assert!(said.contains("1 photos bound, 0 unmatched; 0 of 1 people have no photo"), "{said}");
}

#[test]
fn what_is_no_list_is_refused_with_its_remedy_and_leaves_nothing() {
    let desk = desk();
    let (code, said) = import(&desk, "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old");
    assert!(code == 3 && said.contains("save it as .xlsx"), "{said}");
    let (code, said) = import(&desk, "broken.xlsx", b"PK\x03\x04 broken");
    assert!(code == 3 && said.contains("save it as .xlsx again"), "{said}");
    let (code, said) = import(&desk, "empty.csv", b"\n\n");
    assert!(code == 3 && said.contains("empty"), "{said}");
    let (code, said) = import(&desk, "none.csv", "甲,乙\n丙,丁\n".as_bytes());
    assert!(code == 3 && said.contains("which columns hold them"), "{said}");
    let run = desk.run(["import", "--batch", "R0STER"]).output().expect("runs");
    assert_eq!(run.status.code(), Some(2), "neither photos nor roster");
}

#[test]
fn columns_without_a_known_header_are_named_by_letter() {
    let desk = desk();
    let path = desk.path().join("list.csv");
    std::fs::write(&path, "甲,乙\n0012345,吴小兰\n").expect("writes");
    let path = path.to_string_lossy().into_owned();
    let args = ["import", "--batch", "R0STER", "--roster", &path, "--column", "name=B", "--column"];
    let run = desk.run(args).arg("student_number=A").output().expect("runs");
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success() && said.contains("1 added"), "{said}");
    let run = desk.run(args).arg("nickname=A").output().expect("runs");
    assert_eq!(run.status.code(), Some(2));
}
