//! Sheets for a printer that was measured: what it prints of them lies where it belongs.

use std::fs;
use std::path::{Path, PathBuf};

use super::{COLUMNS, KNOWN, PX_PER_MM, TRUE_TO_MM, decoded, edge, photo_folder, said, tool};
use crate::program::desk;

/// What the printer of these tests does to every length, across and down: offset in millimetres, and scale.
const ACROSS: (f64, f64) = (0.9, 1.006);
const DOWN: (f64, f64) = (0.4, 1.003);
/// The crosses of the page on 6寸, from the paper's left and upper edge.
const CROSSES: [(usize, f64, f64); 5] =
    [(1, 12.0, 12.0), (3, 140.4, 12.0), (5, 76.2, 50.8), (7, 12.0, 89.6), (9, 140.4, 89.6)];

fn printed((offset, scale): (f64, f64), sent: f64) -> f64 {
    offset + scale * sent
}

fn measured_desk(printer: &str) -> crate::program::TestDesk {
    let desk = desk();
    let mut command = desk.run(["printers", "--printer", printer, "--paper", "6寸", "--measured"]);
    for (number, x, y) in CROSSES {
        // Read with a rule of half millimetres would be coarser; these are read to a hundredth.
        command.arg(format!("{number}:{:.2},{:.2}", printed(ACROSS, x), printed(DOWN, y)));
    }
    let run = command.output().expect("runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(said.contains("offset +0.90 mm right, +0.40 mm down"), "{said}");
    assert!(said.contains("scale 100.60 % across, 100.30 % down"), "{said}");
    desk
}

fn sheet(desk: &crate::program::TestDesk, photo: &Path, printer: &str, format: &str, out: &Path) -> PathBuf {
    let run = desk
        .run(["layout", "--layout", "版式一", "--paper", "6寸", "--printer", printer, "--format", format])
        .arg("--out")
        .arg(out)
        .arg(photo)
        .output()
        .expect("runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    fs::read_dir(out).expect("folder").next().expect("a sheet").expect("entry").path()
}

#[test]
fn a_measured_printer_prints_every_edge_where_it_belongs() {
    let (folder, photo) = photo_folder();
    for (printer, ring_px, size) in
        [("plain", (0.0, 0.0), (1800, 1200)), ("dnp_ds620", (22.0, 20.0), (1844, 1240))]
    {
        let desk = measured_desk(printer);
        for format in ["jpeg", "png", "tiff", "pdf"] {
            let out = folder.path().join(format!("{printer}-{format}"));
            let file = sheet(&desk, &photo, printer, format, &out);
            let pixels = decoded(&file);
            // A PDF has the paper's size: its printer's driver makes the raster.
            let (ring, size) = if format == "pdf" { ((0.0, 0.0), (1800, 1200)) } else { (ring_px, size) };
            assert_eq!(pixels.dimensions(), size, "{printer} {format}");
            let sent = |axis: (f64, f64), wanted: f64| (wanted - axis.0) / axis.1 * PX_PER_MM;
            let rows = KNOWN[0].rows;
            let middle_y = sent(DOWN, f64::midpoint(rows[2], rows[3])) + ring.1;
            let line: Vec<[f64; 3]> =
                (0..size.0).map(|x| pixels.get_pixel(x, middle_y as u32).0.map(f64::from)).collect();
            for wanted in COLUMNS {
                let found = edge(&line, sent(ACROSS, wanted) + ring.0) - ring.0;
                let off = printed(ACROSS, found / PX_PER_MM) - wanted;
                assert!(off.abs() <= TRUE_TO_MM, "{printer} {format}: {wanted} mm is {off:.3} mm off");
            }
            let middle_x = sent(ACROSS, f64::midpoint(COLUMNS[1], COLUMNS[2]) + 1.0) + ring.0;
            let line: Vec<[f64; 3]> =
                (0..size.1).map(|y| pixels.get_pixel(middle_x as u32, y).0.map(f64::from)).collect();
            for wanted in rows {
                let found = edge(&line, sent(DOWN, *wanted) + ring.1) - ring.1;
                let off = printed(DOWN, found / PX_PER_MM) - wanted;
                assert!(off.abs() <= TRUE_TO_MM, "{printer} {format}: {wanted} mm is {off:.3} mm off");
            }
        }
    }
}

#[test]
fn the_page_to_measure_a_printer_is_sound_and_as_large_as_the_paper() {
    let (desk, folder) = (desk(), tempfile::tempdir().expect("folder"));
    let write = |printer: &str, paper: &str, format: &str| {
        let run = desk
            .run(["printers", "--printer", printer, "--paper", paper, "--format", format, "--page"])
            .arg(folder.path())
            .output()
            .expect("runs");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        PathBuf::from(String::from_utf8_lossy(&run.stdout).trim())
    };
    let pdf = write("office", "A4", "pdf");
    assert!(said("pdfinfo", &[], &pdf).contains("595.276 x 841.89 pts"), "{}", said("pdfinfo", &[], &pdf));
    tool("qpdf", &["--check"], &pdf, &[]);
    assert_eq!(decoded(&write("canon_selphy", "6寸", "png")).dimensions(), (1872, 1248));
}

#[test]
fn numbers_that_cannot_be_are_refused_and_nothing_is_kept() {
    let desk = desk();
    let run = |words: &[&str]| {
        let base = desk.run(["printers", "--printer", "office", "--paper", "A4"]);
        let mut base = base;
        base.args(words).output().expect("runs")
    };
    let shrunk = run(&["--measured", "1:15.1,15.1", "3:180.3,15.1", "7:15.1,261.2", "9:180.3,261.2"]);
    assert_eq!(shrunk.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&shrunk.stderr).contains("actual size"), "{shrunk:?}");
    assert_eq!(run(&["--measured", "1:x"]).status.code(), Some(2));
    let stands = String::from_utf8_lossy(&run(&[]).stdout).into_owned();
    assert!(stands.contains("not measured"), "{stands}");
}
