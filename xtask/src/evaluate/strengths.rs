//! Faults of known strength on drawn sitters: a check must never judge more mildly as its fault grows.

use anyhow::Result;
use photodesk::inspect::{CheckId, Models, Verdict};
use photodesk::photo::Photo;
use photodesk::sitter::{SitterSpec, render, vary};
use photodesk::standard::Standard;
use serde::Serialize;

use super::sitters::facts;
use super::verdict;
use crate::jpeg::encoded_again;

/// Sitters a strength is tried on.
const SITTERS: [u64; 4] = [3, 10, 17, 24];
/// The size strengths are stated for.
const HEIGHT_PX: u32 = 800;

/// How a strength is put into a portrait.
enum Fault {
    Draw(fn(&mut SitterSpec, f32)),
    /// Gaussian blur of so many px.
    Blur,
    /// A JPEG of this quality, read back.
    Jpeg,
}

struct Question {
    name: &'static str,
    check: CheckId,
    /// From none to strongest.
    steps: &'static [f32],
    fault: Fault,
}

const QUESTIONS: &[Question] = &[
    Question {
        name: "darker, EV",
        check: CheckId::Exposure,
        steps: &[0.0, -0.5, -1.0, -1.5, -2.0, -3.0],
        fault: Fault::Draw(|spec, ev| spec.light.exposure_ev += ev),
    },
    Question {
        name: "brighter, EV",
        check: CheckId::Exposure,
        steps: &[0.0, 0.5, 1.0, 1.5, 2.0],
        fault: Fault::Draw(|spec, ev| spec.light.exposure_ev += ev),
    },
    Question {
        name: "blur, px at 600 × 800",
        check: CheckId::Sharpness,
        steps: &[0.0, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0],
        fault: Fault::Blur,
    },
    Question {
        name: "JPEG quality",
        check: CheckId::Compression,
        steps: &[95.0, 75.0, 60.0, 40.0, 20.0, 10.0],
        fault: Fault::Jpeg,
    },
    Question {
        name: "light fall-off on the wall, share",
        check: CheckId::BackgroundUniform,
        steps: &[0.0, 0.06, 0.12, 0.2, 0.3, 0.45],
        fault: Fault::Draw(|spec, share| spec.background.gradient = share),
    },
    Question {
        name: "key light to the side, degrees",
        check: CheckId::EvenLight,
        steps: &[30.0, 45.0, 60.0, 75.0, 85.0],
        fault: Fault::Draw(|spec, degrees| {
            spec.light.key_azimuth_degrees = degrees;
            spec.light.ambient = 0.2;
            spec.light.key = 1.2;
        }),
    },
    Question {
        name: "chin up, degrees",
        check: CheckId::Pitch,
        steps: &[0.0, 5.0, 10.0, 15.0, 20.0, 25.0],
        fault: Fault::Draw(|spec, degrees| spec.pose.pitch_degrees = degrees),
    },
    Question {
        name: "chin down, degrees",
        check: CheckId::Pitch,
        steps: &[0.0, -5.0, -10.0, -15.0, -20.0, -25.0],
        fault: Fault::Draw(|spec, degrees| spec.pose.pitch_degrees = degrees),
    },
    Question {
        name: "turned, degrees",
        check: CheckId::Yaw,
        steps: &[0.0, 5.0, 10.0, 15.0, 20.0, 30.0],
        fault: Fault::Draw(|spec, degrees| spec.pose.yaw_degrees = degrees),
    },
    Question {
        name: "tilted, degrees",
        check: CheckId::Roll,
        steps: &[0.0, 2.0, 4.0, 6.0, 8.0, 12.0],
        fault: Fault::Draw(|spec, degrees| spec.pose.roll_degrees = degrees),
    },
    Question {
        name: "lids open, share of rest",
        check: CheckId::EyesOpen,
        steps: &[1.0, 0.7, 0.5, 0.3, 0.15, 0.0],
        fault: Fault::Draw(|spec, share| {
            spec.expression.left_lid = share;
            spec.expression.right_lid = share;
        }),
    },
    Question {
        name: "mouth open, share",
        check: CheckId::MouthClosed,
        steps: &[0.0, 0.1, 0.2, 0.4, 0.7],
        fault: Fault::Draw(|spec, share| spec.expression.mouth_open = share),
    },
];

/// What one check says of one fault as it grows.
#[derive(Debug, Serialize)]
pub struct StrengthAnswer {
    pub fault: &'static str,
    pub check: CheckId,
    pub sitters: usize,
    pub steps: Vec<Step>,
    /// Sitters on whom no verdict became milder as the fault grew.
    pub monotone: usize,
}

/// One strength: how many sitters failed, and how many did anything but pass.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub strength: f32,
    pub failed: usize,
    pub looked: usize,
}

pub fn answer(standard: &Standard, models: Models<'_>) -> Result<Vec<StrengthAnswer>> {
    QUESTIONS.iter().map(|question| one(question, standard, models)).collect()
}

fn one(question: &Question, standard: &Standard, models: Models<'_>) -> Result<StrengthAnswer> {
    let rows: Vec<Vec<Verdict>> = std::thread::scope(|scope| {
        let rows = SITTERS.map(|seed| scope.spawn(move || verdicts(question, seed, standard, models)));
        rows.into_iter()
            .map(|row| row.join().map_err(|_| anyhow::anyhow!("a strength could not be measured"))?)
            .collect::<Result<_>>()
    })?;
    let steps = question.steps.iter().enumerate().map(|(index, &strength)| {
        let count = |of: fn(Verdict) -> bool| rows.iter().filter(|row| of(row[index])).count();
        Step {
            strength,
            failed: count(|verdict| verdict == Verdict::Fail),
            looked: count(|verdict| verdict != Verdict::Pass),
        }
    });
    Ok(StrengthAnswer {
        fault: question.name,
        check: question.check,
        sitters: rows.len(),
        steps: steps.collect(),
        monotone: rows.iter().filter(|row| row.is_sorted()).count(),
    })
}

fn verdicts(question: &Question, seed: u64, standard: &Standard, models: Models<'_>) -> Result<Vec<Verdict>> {
    let mut plain = vary(seed);
    (plain.camera.width_px, plain.camera.height_px) = (HEIGHT_PX * 3 / 4, HEIGHT_PX);
    let drawn = |spec: &SitterSpec| {
        let pixels = render(spec).pixels;
        let file = facts(pixels.dimensions());
        Photo { pixels, file }
    };
    let unharmed = match question.fault {
        Fault::Draw(_) => None,
        Fault::Blur | Fault::Jpeg => Some(drawn(&plain)),
    };
    let mut verdicts = vec![];
    for &strength in question.steps {
        let photo = match (&question.fault, &unharmed) {
            (Fault::Draw(apply), _) => {
                let mut spec = plain.clone();
                apply(&mut spec, strength);
                drawn(&spec)
            }
            (Fault::Blur, Some(photo)) => blurred(photo, strength),
            (Fault::Jpeg, Some(photo)) => compressed(photo, strength as u8)?,
            (Fault::Blur | Fault::Jpeg, None) => continue,
        };
        verdicts.push(verdict(&photo, question.check, standard, models)?);
    }
    Ok(verdicts)
}

fn blurred(photo: &Photo, sigma: f32) -> Photo {
    if sigma <= 0.0 {
        return photo.clone();
    }
    Photo { pixels: image::imageops::blur(&photo.pixels, sigma), file: photo.file.clone() }
}

/// Once at the quality, and once more at a good one, so that only the pixels can tell.
fn compressed(photo: &Photo, quality: u8) -> Result<Photo> {
    let pixels = encoded_again(&encoded_again(&photo.pixels, quality)?, 95)?;
    Ok(Photo { pixels, file: photo.file.clone() })
}
