//! Print sheets as other programs see them: edges measured on the decoded pixels, density, profile, PDF.
//!
//! ImageMagick, poppler and qpdf must be there (`cargo xtask setup`): a missing one fails these tests.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop on a broken fixture")]

mod common;
#[path = "sheets/direct.rs"]
mod direct;
mod ipp_printer;
#[path = "sheets/printers.rs"]
mod printers;
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::{Rgb, RgbImage};
use photodesk::photo::encode::{JpegSetting, Subsampling, encode_jpeg_at};
use photodesk::photo::units::Dpi;
use program::{photodesk, sitters};

const PX_PER_MM: f64 = 300.0 / 25.4;
const TRUE_TO_MM: f64 = 0.1;
const FORMATS: [(&str, &str); 4] = [("jpeg", "jpg"), ("png", "png"), ("tiff", "tif"), ("pdf", "pdf")];

/// A layout on 6寸 and where its edges must lie, in millimetres from the sheet's left and upper edge.
struct Known {
    layout: &'static str,
    pieces: usize,
    /// Every upright cut from top to bottom.
    columns: [f64; 5],
    rows: &'static [f64],
}

/// 152.4 × 101.6 mm with four columns of 35 mm: 6.2 mm stay free on either side.
const COLUMNS: [f64; 5] = [6.2, 41.2, 76.2, 111.2, 146.2];
const KNOWN: [Known; 2] = [
    // 25 + 25 + 49 mm: 1.3 mm stay free above and below.
    Known { layout: "版式一", pieces: 12, columns: COLUMNS, rows: &[1.3, 26.3, 51.3, 100.3] },
    // 49 + 49 mm.
    Known { layout: "版式二", pieces: 8, columns: COLUMNS, rows: &[1.8, 50.8, 99.8] },
];

/// A photo whose four sides differ, so that every edge between two pieces shows however they lie.
fn target_photo() -> RgbImage {
    RgbImage::from_fn(480, 640, |x, y| {
        let (near, far) = (|at: u32| at < 90, |at: u32, side: u32| at >= side - 90);
        Rgb(match (x, y) {
            (x, _) if near(x) => [200, 30, 30],
            (x, _) if far(x, 480) => [30, 30, 200],
            (_, y) if near(y) => [20, 130, 20],
            (_, y) if far(y, 640) => [90, 20, 110],
            _ => [120, 120, 120],
        })
    })
}

fn photo_folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("one.jpg");
    let setting = JpegSetting {
        dpi: Dpi(300),
        quality: 95,
        subsampling: Subsampling::Chroma444,
        optimized_tables: false,
        embed_icc: false,
    };
    fs::write(&path, encode_jpeg_at(&target_photo(), setting).expect("encodes").bytes).expect("writes");
    (folder, path)
}

/// Runs `photodesk layout` and gives the one file it wrote.
fn sheet(photo: &Path, layout: &str, format: (&str, &str), out: &Path) -> PathBuf {
    let run = photodesk()
        .args(["layout", "--layout", layout, "--paper", "6寸", "--format", format.0, "--out"])
        .arg(out)
        .arg(photo)
        .output()
        .expect("runs");
    assert!(run.status.success(), "{layout} {}: {}", format.0, String::from_utf8_lossy(&run.stderr));
    let name = if format.0 == "pdf" { "sheets".into() } else { photo.file_stem().expect("stem").to_owned() };
    out.join(name).with_extension(format.1)
}

fn tool(name: &str, args: &[&str], file: &Path, more: &[&str]) -> Output {
    let run = Command::new(name).args(args).arg(file).args(more).output();
    let run = run.unwrap_or_else(|error| panic!("{name} is not there ({error}); run `cargo xtask setup`"));
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{name} {args:?} {}: {said}", file.display());
    run
}

fn said(name: &str, args: &[&str], file: &Path) -> String {
    String::from_utf8_lossy(&tool(name, args, file, &[]).stdout).trim().to_owned()
}

/// The sheet's pixels as another program decodes them; a PDF's as poppler draws it at 300 dpi.
fn decoded(file: &Path) -> RgbImage {
    if file.extension().is_some_and(|kind| kind == "pdf") {
        let png = tool("pdftoppm", &["-r", "300", "-png"], file, &[]).stdout;
        return image::load_from_memory(&png).expect("a page").to_rgb8();
    }
    let size = said("identify", &["-format", "%w %h"], file);
    let (width, height) = size.split_once(' ').expect("two numbers");
    let pixels = tool("convert", &[], file, &["-depth", "8", "rgb:-"]).stdout;
    RgbImage::from_raw(width.parse().expect("width"), height.parse().expect("height"), pixels).expect("whole")
}

/// Where the colour changes most within 6 pixels of `near`, to a part of a pixel.
fn edge(line: &[[f64; 3]], near: f64) -> f64 {
    let step = |at: usize| -> f64 { (0..3).map(|c| (line[at][c] - line[at - 1][c]).abs()).sum() };
    let (from, to) = ((near - 6.0).max(1.0) as usize, (near + 6.0) as usize);
    let steps: Vec<(f64, f64)> = (from..=to).map(|at| (at as f64, step(at))).collect();
    let top = steps.iter().map(|(_, step)| *step).fold(0.0, f64::max);
    assert!(top > 60.0, "no edge near pixel {near}: {steps:?}");
    let close = steps.iter().filter(|(_, step)| *step > top / 3.0);
    let (sum, weight) = close.fold((0.0, 0.0), |(sum, weight), (at, step)| (sum + at * step, weight + step));
    sum / weight
}

fn row(sheet: &RgbImage, y_mm: f64) -> Vec<[f64; 3]> {
    let y = (y_mm * PX_PER_MM) as u32;
    (0..sheet.width()).map(|x| sheet.get_pixel(x, y).0.map(f64::from)).collect()
}

fn column(sheet: &RgbImage, x_mm: f64) -> Vec<[f64; 3]> {
    let x = (x_mm * PX_PER_MM) as u32;
    (0..sheet.height()).map(|y| sheet.get_pixel(x, y).0.map(f64::from)).collect()
}

/// The farthest that any edge of any piece lies from its place, in millimetres.
fn worst_edge_mm(sheet: &RgbImage, known: &Known) -> f64 {
    let mut worst = 0.0_f64;
    let mut measure = |line: &[[f64; 3]], expect_mm: f64| {
        let off = edge(line, expect_mm * PX_PER_MM) / PX_PER_MM - expect_mm;
        worst = worst.max(off.abs());
    };
    for band in known.rows.windows(2) {
        let line = row(sheet, f64::midpoint(band[0], band[1]));
        known.columns.iter().for_each(|x| measure(&line, *x));
    }
    for band in known.columns.windows(2) {
        // Beside the middle, where upper and lower side of the photo differ from what they meet.
        let line = column(sheet, f64::midpoint(band[0], band[1]) + 1.0);
        known.rows.iter().for_each(|y| measure(&line, *y));
    }
    worst
}

#[test]
fn every_edge_of_both_school_layouts_is_true_to_a_tenth_of_a_millimetre_in_every_format() {
    let (folder, photo) = photo_folder();
    for known in &KNOWN {
        for format in FORMATS {
            let out = folder.path().join(format!("{}-{}", known.layout, format.0));
            let file = sheet(&photo, known.layout, format, &out);
            assert_eq!(fs::read_dir(&out).expect("folder").count(), 1, "one sheet and nothing else");
            let pixels = decoded(&file);
            assert_eq!(pixels.dimensions(), (1800, 1200), "{} {}", known.layout, format.0);
            let worst = worst_edge_mm(&pixels, known);
            assert!(worst <= TRUE_TO_MM, "{} as {}: an edge is {worst:.3} mm off", known.layout, format.0);
            let bands = (known.columns.len() - 1) * (known.rows.len() - 1);
            assert_eq!(bands, known.pieces, "every piece has been measured");
        }
    }
}

#[test]
fn pixels_files_say_300_dpi_and_srgb() {
    let (folder, photo) = photo_folder();
    for format in &FORMATS[..3] {
        let file = sheet(&photo, "版式一", *format, &folder.path().join(format.0));
        let density = said("identify", &["-units", "PixelsPerInch", "-format", "%x %y %[units]"], &file);
        let numbers: Vec<f64> = density.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        assert_eq!(numbers.len(), 2, "{density}");
        // PNG counts pixels a metre: 11811 of them are 299.9994 an inch.
        assert!(numbers.iter().all(|dpi| (dpi - 300.0).abs() < 0.01), "{}: {density}", format.0);
        assert!(density.ends_with("PixelsPerInch"), "{density}");
        let profile = said("identify", &["-format", "%[profile:icc]"], &file);
        assert!(profile.contains("sRGB"), "{}: {profile}", format.0);
        assert_eq!(said("identify", &["-format", "%[colorspace] %z"], &file), "sRGB 8", "{}", format.0);
    }
}

#[test]
fn the_pdf_is_sound_and_has_pages_of_the_papers_size() {
    let (folder, photo) = photo_folder();
    let file = sheet(&photo, "版式一", FORMATS[3], &folder.path().join("pdf"));
    let info = said("pdfinfo", &["-box"], &file);
    let line = |key: &str| info.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    // 432 × 288 pt = 152.4 × 101.6 mm, what the trade calls 152 × 102.
    assert_eq!(line("Page size:"), Some("432 x 288 pts"), "{info}");
    for side in ["MediaBox:", "TrimBox:", "BleedBox:"] {
        let numbers = line(side).map(|numbers| numbers.split_whitespace().collect::<Vec<_>>());
        assert_eq!(numbers, Some(vec!["0.00", "0.00", "432.00", "288.00"]), "{side}");
    }
    let checked = said("qpdf", &["--check"], &file);
    assert!(checked.contains("No syntax or stream encoding errors found"), "{checked}");
    let bytes = fs::read(&file).expect("read");
    let has = |words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
    assert!(has(b"/PrintScaling/None") && has(b"/OutputIntents"));
}

#[test]
fn the_pdf_holds_the_photos_own_bytes_once() {
    let (folder, photo) = photo_folder();
    let file = sheet(&photo, "版式一", FORMATS[3], &folder.path().join("pdf"));
    let root = folder.path().join("image");
    tool("pdfimages", &["-all"], &file, &[root.to_str().expect("UTF-8")]);
    assert_eq!(
        fs::read(root.with_file_name("image-000.jpg")).expect("image"),
        fs::read(&photo).expect("photo")
    );
    let listed = said("pdfimages", &["-list"], &file);
    let objects: Vec<&str> =
        listed.lines().skip(2).filter_map(|line| line.split_whitespace().nth(10)).collect();
    assert!(!objects.is_empty() && objects.iter().all(|object| *object == objects[0]), "{listed}");
}

#[test]
fn a_pdf_page_drawn_by_poppler_is_the_jpeg_sheet() {
    let photos = sitters(&["good.jpg"]);
    let photo = photos.path().join("good.jpg");
    for layout in ["版式一", "版式二"] {
        let out = photos.path().join(layout);
        let [jpeg, pdf] =
            [FORMATS[0], FORMATS[3]].map(|format| decoded(&sheet(&photo, layout, format, &out)));
        // Poppler lays a picture's edges on whole pixels, up to one beside their place: means of 4 × 4 tell more.
        let (jpeg, pdf) = (means(&jpeg), means(&pdf));
        let mut off: Vec<f64> = jpeg.iter().zip(&pdf).map(|(one, other)| (one - other).abs()).collect();
        off.sort_by(f64::total_cmp);
        let mean = off.iter().sum::<f64>() / off.len() as f64;
        let most = off[off.len() * 99 / 100];
        assert!(
            mean < 1.5 && most < 20.0,
            "{layout}: {mean:.2} levels on average, 99 of 100 below {most:.1}"
        );
    }
}

/// The mean of every 4 × 4 samples of each channel.
fn means(sheet: &RgbImage) -> Vec<f64> {
    let mut means = Vec::new();
    for y in (0..sheet.height()).step_by(4) {
        for x in (0..sheet.width()).step_by(4) {
            for channel in 0..3 {
                let near = (0..16).map(|i| sheet.get_pixel(x + i % 4, y + i / 4).0[channel]);
                means.push(near.map(f64::from).sum::<f64>() / 16.0);
            }
        }
    }
    means
}
