//! The PDF's structure, read back from its bytes.

use image::{Rgb, RgbImage};

use super::*;
use crate::photo::units::Mm;
use crate::print::sheet::SheetOrder;
use crate::print::{Layout, Layouts, Papers, Pieces, Spacing};

fn plan(captions: bool) -> SheetPlan {
    let (pieces, papers) = (Pieces::built_in().unwrap(), Papers::built_in().unwrap());
    let order = SheetOrder {
        layout: Layout::parse("版式一", &pieces, &Layouts::built_in().unwrap()).unwrap(),
        paper: papers.find("6寸").unwrap().clone(),
        spacing: Spacing { gap: Mm::ZERO, margin: Mm::ZERO },
        cut_marks: true,
        captions,
        gang: false,
        press: Default::default(),
    };
    SheetPlan::new(&order, &papers).unwrap()
}

fn jpeg() -> (RgbImage, Vec<u8>) {
    let pixels = RgbImage::from_fn(480, 640, |x, y| Rgb([(x / 2) as u8, (y / 3) as u8, 90]));
    let bytes = encode_jpeg_at(&pixels, jpeg_setting(Dpi(300))).unwrap().bytes;
    (pixels, bytes)
}

fn written(pages: usize, caption: Option<&str>) -> (Vec<u8>, Vec<u8>) {
    let (pixels, bytes) = jpeg();
    let mut pdf = PdfSheets::new(Vec::new()).unwrap();
    for _ in 0..pages {
        let photo = SheetPhoto { pixels: &pixels, jpeg: Some(&bytes), caption };
        pdf.page(&plan(caption.is_some()), Dpi(300), &[photo]).unwrap();
    }
    (pdf.finish().unwrap(), bytes)
}

fn count(haystack: &[u8], needle: &[u8]) -> usize {
    haystack.windows(needle.len()).filter(|window| *window == needle).count()
}

#[test]
fn the_photo_is_embedded_once_untouched_and_placed_twelve_times() {
    let (pdf, jpeg) = written(1, None);
    assert_eq!(count(&pdf, &jpeg), 1);
    assert_eq!(count(&pdf, b"/I0 Do"), 12);
}

#[test]
fn the_page_is_six_inch_paper_and_is_printed_unscaled() {
    let (pdf, _) = written(1, None);
    for needle in ["/MediaBox[0 0 432 288]", "/TrimBox[0 0 432 288]", "/BleedBox[0 0 432 288]"] {
        assert_eq!(count(&pdf, needle.as_bytes()), 1, "{needle}");
    }
    assert_eq!(count(&pdf, b"/PrintScaling/None"), 1);
    assert_eq!(count(&pdf, b"/S/GTS_PDFX"), 1);
}

#[test]
fn pages_that_draw_alike_share_their_instructions() {
    let (pdf, jpeg) = written(3, None);
    assert_eq!(count(&pdf, &jpeg), 3);
    assert_eq!(count(&pdf, b"/I0 Do"), 12);
    assert_eq!(count(&pdf, b"/Count 3"), 1);
}

#[test]
fn every_offset_in_the_table_is_the_start_of_its_object() {
    let (pdf, _) = written(2, Some("高三2班 张三"));
    let table = pdf.windows(8).rposition(|window| window == b"\nxref\n0 ").unwrap();
    let text = String::from_utf8_lossy(&pdf[table..]).into_owned();
    let offsets: Vec<usize> = text
        .lines()
        .filter(|line| line.ends_with(" 00000 n "))
        .map(|line| line[..10].parse().unwrap())
        .collect();
    assert!(offsets.len() > 8);
    for (index, offset) in offsets.iter().enumerate() {
        let start = format!("{} 0 obj", index + 1);
        assert!(pdf[*offset..].starts_with(start.as_bytes()), "object {} at {offset}", index + 1);
    }
}

#[test]
fn captions_are_text_of_a_small_subset_font() {
    let (pdf, jpeg) = written(1, Some("高三2班 张三"));
    assert_eq!(count(&pdf, b"/Subtype/Type0"), 1);
    assert_eq!(count(&pdf, b"/ToUnicode"), 1);
    // 张 is U+5F20.
    assert_eq!(count(&pdf, b"<5F20>"), 1);
    assert!(pdf.len() - jpeg.len() < 60_000, "{}", pdf.len() - jpeg.len());
}

#[test]
fn only_plain_srgb_jpegs_are_embedded_as_they_are() {
    let plain = FileFacts {
        format: FileFormat::Jpeg,
        bytes: 1,
        sha256: String::new(),
        stored_width_px: 480,
        stored_height_px: 640,
        color_model: ColorModel::Rgb,
        bits_per_sample: 8,
        dpi: None,
        orientation: 1,
        icc_profile: Some("sRGB IEC61966-2.1".into()),
        jpeg_quality: None,
        jpeg_progressive: true,
        trailing_bytes: 0,
        camera_make: None,
        camera_model: None,
        software: None,
        taken_at: None,
    };
    assert!(may_embed(&plain));
    for other in [
        FileFacts { orientation: 6, ..plain.clone() },
        FileFacts { color_model: ColorModel::Cmyk, ..plain.clone() },
        FileFacts { icc_profile: Some("Display P3".into()), ..plain.clone() },
        FileFacts { format: FileFormat::Png, ..plain.clone() },
        FileFacts { trailing_bytes: 12, ..plain },
    ] {
        assert!(!may_embed(&other), "{other:?}");
    }
}
