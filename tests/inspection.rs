//! What the whole inspection says of drawn sitters whose fault is known, with the real models.
#![allow(clippy::unwrap_used)]

use photodesk::inspect::face_onnx::OnnxFaceModel;
use photodesk::inspect::matte_onnx::SelfieMatte;
use photodesk::inspect::{CheckId, Models, Report, Verdict, inspect};
use photodesk::photo::{ColorModel, FileFacts, FileFormat, Photo};
use photodesk::sitter::fault::Fault;
use photodesk::sitter::spec::HairStyle;
use photodesk::sitter::{SitterSpec, render, vary};
use photodesk::standard::Catalogue;

fn report(pixels: image::RgbImage) -> Report {
    let (face, matte) = (OnnxFaceModel::embedded().unwrap(), SelfieMatte::embedded().unwrap());
    let catalogue = Catalogue::built_in().unwrap();
    let photo = Photo { file: facts(pixels.dimensions()), pixels };
    inspect(&photo, catalogue.get("chsi_centre").unwrap(), Models { face: &face, matte: &matte }).unwrap()
}

fn drawn(mut spec: SitterSpec) -> image::RgbImage {
    (spec.camera.width_px, spec.camera.height_px) = (450, 600);
    render(&spec).pixels
}

fn verdict(report: &Report, check: CheckId) -> Verdict {
    report.findings.iter().find(|finding| finding.check == check).unwrap().verdict
}

fn facts((width, height): (u32, u32)) -> FileFacts {
    FileFacts {
        format: FileFormat::Jpeg,
        bytes: 400_000,
        sha256: String::new(),
        stored_width_px: width,
        stored_height_px: height,
        color_model: ColorModel::Rgb,
        bits_per_sample: 8,
        dpi: None,
        orientation: 1,
        icc_profile: None,
        jpeg_quality: Some(92),
        jpeg_progressive: false,
        trailing_bytes: 0,
        camera_make: None,
        camera_model: None,
        software: None,
        taken_at: None,
    }
}

#[test]
fn glasses_are_told_from_bare_eyes() {
    let bare = report(drawn(vary(3)));
    assert_eq!(verdict(&bare, CheckId::Glasses), Verdict::Pass);
    for fault in [Fault::Glasses, Fault::ThickGlasses, Fault::Sunglasses] {
        let worn = report(drawn(fault.apply(vary(3))));
        assert_eq!(verdict(&worn, CheckId::Glasses), Verdict::Fail, "{fault:?}");
    }
}

#[test]
fn a_fringe_over_the_brows_and_hair_over_the_ears_are_pointed_at() {
    let with = |style: HairStyle, fringe: f32| {
        let mut spec = vary(3);
        (spec.hair.style, spec.hair.fringe) = (style, fringe);
        report(drawn(spec))
    };
    let clear = with(HairStyle::Cropped, 0.0);
    assert_eq!(verdict(&clear, CheckId::HairOcclusion), Verdict::Pass);
    assert_eq!(verdict(&clear, CheckId::Ears), Verdict::Pass);
    let covered = with(HairStyle::Bob, 1.0);
    assert_eq!(verdict(&covered, CheckId::HairOcclusion), Verdict::Warn);
    assert_eq!(verdict(&covered, CheckId::Ears), Verdict::Warn);
}

#[test]
fn a_portrait_on_its_head_is_not_taken_for_upright() {
    let report = report(image::imageops::rotate180(&drawn(vary(3))));
    let roll = report.findings.iter().find(|finding| finding.check == CheckId::Roll).unwrap();
    assert_eq!((roll.verdict, report.faces.len()), (Verdict::Fail, 1));
    assert!(roll.value.unwrap().abs() > 170.0, "{:?}", roll.value);
}
