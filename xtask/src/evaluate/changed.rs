//! The labelled photos again, changed by us in a known way: which checks see it, and which hold their peace.

use anyhow::Result;
use image::RgbImage;
use image::imageops::{FilterType, blur, resize};
use photodesk::inspect::{CheckId, Finding, Models, Verdict};
use photodesk::photo::color::{linear_from_srgb, srgb_from_linear};
use photodesk::photo::{FileFacts, Photo, Point};
use photodesk::standard::Standard;
use serde::Serialize;

use super::{Case, Options, read, verdict};
use crate::cores::on_all_cores;
use crate::jpeg::encoded_again;

/// Heights strengths of blur are stated for.
const OUTPUT_HEIGHT_PX: f32 = 800.0;
/// The face that is changed, as an ellipse: middle below the eyes, half width and half height, eye distances.
const FACE: (f32, f32, f32) = (0.35, 0.9, 1.15);

/// A photo and where its face is.
struct Sitter {
    pixels: RgbImage,
    eyes: Point,
    ied_px: f32,
    /// Height of the solved crop, if there is one.
    crop_height_px: Option<f32>,
}

/// One change; `None` where it cannot be made in this photo.
struct Change {
    name: &'static str,
    check: CheckId,
    /// Whether the change is a fault that should be seen.
    fault: bool,
    make: fn(&Sitter) -> Result<Option<RgbImage>>,
}

const CHANGES: &[Change] = &[
    Change {
        name: "compressed at 20, then at 95",
        check: CheckId::Compression,
        fault: true,
        make: |sitter| twice(&sitter.pixels, 20, 95),
    },
    Change {
        name: "compressed at 75, then at 95",
        check: CheckId::Compression,
        fault: false,
        make: |sitter| twice(&sitter.pixels, 75, 95),
    },
    Change {
        name: "compressed at 75, then at 95",
        check: CheckId::Retouch,
        fault: false,
        make: |sitter| twice(&sitter.pixels, 75, 95),
    },
    Change {
        name: "face softened between compressions at 75 and 95",
        check: CheckId::Retouch,
        fault: true,
        make: |sitter| between(sitter, 75, 95, |once, sitter| blur(once, sitter.ied_px / 120.0)),
    },
    Change {
        name: "face softened between compressions at 85 and 92",
        check: CheckId::Retouch,
        fault: true,
        make: |sitter| between(sitter, 85, 92, |once, sitter| blur(once, sitter.ied_px / 120.0)),
    },
    Change {
        name: "face moved by 3 px between compressions at 75 and 95",
        check: CheckId::Retouch,
        fault: true,
        make: |sitter| between(sitter, 75, 95, |once, _| moved(once, 3)),
    },
    Change {
        name: "reduced to 45 px between the eyes, enlarged three times",
        check: CheckId::Resolution,
        fault: true,
        make: |sitter| {
            let least = 120.0;
            Ok((sitter.ied_px >= least).then(|| by(&by(&sitter.pixels, 45.0 / sitter.ied_px), 3.0)))
        },
    },
    Change {
        name: "one stop less light",
        check: CheckId::Exposure,
        fault: true,
        make: |sitter| Ok(Some(lit(&sitter.pixels, 0.5))),
    },
    Change {
        name: "one stop more light",
        check: CheckId::Exposure,
        fault: true,
        make: |sitter| Ok(Some(lit(&sitter.pixels, 2.0))),
    },
    Change {
        name: "blurred by 2 px at 600 × 800",
        check: CheckId::Sharpness,
        fault: true,
        make: |sitter| {
            let sigma = |height: f32| 2.0 * height / OUTPUT_HEIGHT_PX;
            Ok(sitter.crop_height_px.map(|height| blur(&sitter.pixels, sigma(height))))
        },
    },
];

/// What one check says of the photos it passes as they were taken, once they are changed.
#[derive(Debug, Serialize)]
pub struct ChangeAnswer {
    pub change: &'static str,
    pub check: CheckId,
    pub fault: bool,
    pub photos: usize,
    pub failed: usize,
    pub looked: usize,
}

/// Changes every portrait of one person that a check passes as taken.
pub fn answer(
    options: &Options,
    cases: &[Case],
    standard: &Standard,
    models: Models<'_>,
) -> Result<Vec<ChangeAnswer>> {
    let verdicts = on_all_cores(cases, |case| judged(options, case, standard, models))?.concat();
    let answers = CHANGES.iter().enumerate().map(|(index, change)| {
        let count = |of: fn(Verdict) -> bool| {
            verdicts.iter().filter(|(at, verdict)| *at == index && of(*verdict)).count()
        };
        ChangeAnswer {
            change: change.name,
            check: change.check,
            fault: change.fault,
            photos: count(|_| true),
            failed: count(|verdict| verdict == Verdict::Fail),
            looked: count(|verdict| verdict != Verdict::Pass),
        }
    });
    Ok(answers.collect())
}

/// The verdicts on one photo, each with the index of its change.
fn judged(
    options: &Options,
    case: &Case,
    standard: &Standard,
    models: Models<'_>,
) -> Result<Vec<(usize, Verdict)>> {
    let Some(face) = &case.measures.geometry else { return Ok(Vec::new()) };
    if case.label.faces != "1" {
        return Ok(Vec::new());
    }
    let Photo { pixels, file } = read(&options.folder, &case.label)?;
    // What the file says of its own compression is not what is asked.
    let file = FileFacts { jpeg_quality: Some(95), ..file };
    let sitter = Sitter {
        pixels,
        eyes: face.eyes,
        ied_px: face.ied_px as f32,
        crop_height_px: case.measures.solved.as_ref().map(|solved| solved.crop.height),
    };
    let mut verdicts = Vec::new();
    for (index, change) in CHANGES.iter().enumerate() {
        let passes = |finding: &Finding| finding.check == change.check && finding.verdict == Verdict::Pass;
        if !case.findings.iter().any(passes) {
            continue;
        }
        let Some(pixels) = (change.make)(&sitter)? else { continue };
        let photo = Photo { pixels, file: file.clone() };
        verdicts.push((index, verdict(&photo, change.check, standard, models)?));
    }
    Ok(verdicts)
}

fn twice(pixels: &RgbImage, first: u8, second: u8) -> Result<Option<RgbImage>> {
    Ok(Some(encoded_again(&encoded_again(pixels, first)?, second)?))
}

/// The photo whose face was changed between two compressions.
fn between(
    sitter: &Sitter,
    first: u8,
    second: u8,
    change: impl Fn(&RgbImage, &Sitter) -> RgbImage,
) -> Result<Option<RgbImage>> {
    let once = encoded_again(&sitter.pixels, first)?;
    let mut face = change(&once, sitter);
    let (below, half_width, half_height) = FACE;
    for (x, y, pixel) in face.enumerate_pixels_mut() {
        let across = (x as f32 - sitter.eyes.x) / sitter.ied_px;
        let down = (y as f32 - sitter.eyes.y) / sitter.ied_px - below;
        if (across / half_width).powi(2) + (down / half_height).powi(2) > 1.0 {
            *pixel = *once.get_pixel(x, y);
        }
    }
    Ok(Some(encoded_again(&face, second)?))
}

/// Everything so many pixels farther right and down; the first lines stay.
fn moved(pixels: &RgbImage, by: u32) -> RgbImage {
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        *pixels.get_pixel(x.saturating_sub(by), y.saturating_sub(by))
    })
}

fn by(pixels: &RgbImage, scale: f32) -> RgbImage {
    let side = |length: u32| ((length as f32 * scale).round() as u32).max(1);
    resize(pixels, side(pixels.width()), side(pixels.height()), FilterType::CatmullRom)
}

/// So many times the light; what grows beyond white is white.
fn lit(pixels: &RgbImage, times: f32) -> RgbImage {
    let mut lit = pixels.clone();
    lit.iter_mut().for_each(|value| *value = srgb_from_linear((linear_from_srgb(*value) * times).min(1.0)));
    lit
}
