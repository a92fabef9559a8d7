//! The same checks on drawn sitters, of whom everything is known exactly.

use std::collections::BTreeMap;

use anyhow::Result;
use photodesk::inspect::checks::{Context, run_all};
use photodesk::inspect::measure::Measures;
use photodesk::inspect::{CheckId, Finding, Models, Verdict, measure};
use photodesk::photo::{ColorModel, FileFacts, FileFormat, Photo};
use photodesk::sitter::fault::Fault;
use photodesk::sitter::{SitterSpec, Truth, render, vary};
use photodesk::standard::Standard;
use serde::Serialize;

use super::strengths::{self, StrengthAnswer};
use crate::cores::on_all_cores;

/// Sitters without a fault, and sitters for each fault.
const CLEAN: u64 = 40;
const PER_FAULT: u64 = 4;

/// How far measures are from the truth, and what was flagged.
#[derive(Debug, Default, Serialize)]
pub struct SitterAnswer {
    pub clean: usize,
    /// Faults of growing strength.
    pub strengths: Vec<StrengthAnswer>,
    /// Mean distance of the eye midpoint over the picture's width.
    pub eye_midpoint: f64,
    /// Mean error of the pupil line in degrees.
    pub roll_deg: f64,
    /// Mean error of crown to chin over the picture's height; against all hair, loose hairs excepted.
    pub head_height: f64,
    /// Mean of measured less true, in eye distances: chin and crown below the pupil line, cheek to cheek.
    pub chin_bias: f64,
    pub crown_bias: f64,
    pub cheeks_bias: f64,
    /// Mean error of yaw and pitch in degrees.
    pub yaw_deg: f64,
    pub pitch_deg: f64,
    /// Checks that did not pass a sitter without a fault: how often they failed, and warned or did not know.
    pub false_alarms: BTreeMap<String, (usize, usize)>,
    pub faults: Vec<FaultAnswer>,
}

/// One fault: how often its check failed, and did anything but pass.
#[derive(Debug, Serialize)]
pub struct FaultAnswer {
    pub fault: String,
    pub check: CheckId,
    pub n: usize,
    pub failed: usize,
    pub looked: usize,
}

struct Sample {
    fault: Option<Fault>,
    truth: Truth,
    size: (f64, f64),
    measures: Measures,
    findings: Vec<Finding>,
}

pub fn answer(standard: &Standard, models: Models<'_>) -> Result<SitterAnswer> {
    let clean = (0..CLEAN).map(|seed| (None, vary(seed)));
    let faulty = Fault::ALL
        .into_iter()
        .flat_map(|fault| (0..PER_FAULT).map(move |seed| (Some(fault), fault.apply(vary(seed * 7 + 3)))));
    let specs: Vec<(Option<Fault>, SitterSpec)> = clean.chain(faulty).collect();
    let samples = on_all_cores(&specs, |(fault, spec)| one(*fault, spec, standard, models))?;
    let mut answer = accuracy(&samples);
    answer.strengths = strengths::answer(standard, models)?;
    answer.faults = Fault::ALL.into_iter().map(|fault| one_fault(fault, &samples)).collect();
    Ok(answer)
}

fn one(fault: Option<Fault>, spec: &SitterSpec, standard: &Standard, models: Models<'_>) -> Result<Sample> {
    let portrait = render(spec);
    let size = (f64::from(portrait.pixels.width()), f64::from(portrait.pixels.height()));
    let file = facts(portrait.pixels.dimensions());
    let photo = Photo { pixels: portrait.pixels, file };
    let measures = measure(&photo, standard, models)?;
    let findings = run_all(&Context { file: &photo.file, standard, measures: &measures });
    Ok(Sample { fault, truth: portrait.truth, size, measures, findings })
}

/// The check that has to see a fault.
fn check_of(fault: Fault) -> CheckId {
    match fault {
        Fault::Glasses
        | Fault::ThickGlasses
        | Fault::RimlessGlasses
        | Fault::GlareOnGlasses
        | Fault::Sunglasses => CheckId::Glasses,
        Fault::EyesClosed => CheckId::EyesOpen,
        Fault::MouthOpen => CheckId::MouthClosed,
        Fault::HeadTilted => CheckId::Roll,
        Fault::HeadTurned => CheckId::Yaw,
        Fault::ChinLifted => CheckId::Pitch,
        Fault::OffCentre | Fault::TooClose => CheckId::CropFeasible,
        Fault::Dark | Fault::Overexposed => CheckId::Exposure,
        Fault::HalfLit => CheckId::EvenLight,
        Fault::YellowLight => CheckId::ColourCast,
        Fault::Blurred => CheckId::Sharpness,
        Fault::ClutteredBackground | Fault::TexturedBackground | Fault::UnevenBackground => {
            CheckId::BackgroundUniform
        }
        Fault::CastShadow => CheckId::BackgroundShadow,
        Fault::LowResolution => CheckId::Resolution,
        Fault::TwoPeople => CheckId::OneFace,
    }
}

fn one_fault(fault: Fault, samples: &[Sample]) -> FaultAnswer {
    let check = check_of(fault);
    let verdicts: Vec<Verdict> = samples
        .iter()
        .filter(|sample| sample.fault == Some(fault))
        .filter_map(|sample| sample.findings.iter().find(|finding| finding.check == check))
        .map(|finding| finding.verdict)
        .collect();
    FaultAnswer {
        fault: format!("{fault:?}"),
        check,
        n: verdicts.len(),
        failed: verdicts.iter().filter(|verdict| **verdict == Verdict::Fail).count(),
        looked: verdicts.iter().filter(|verdict| **verdict != Verdict::Pass).count(),
    }
}

fn accuracy(samples: &[Sample]) -> SitterAnswer {
    let clean: Vec<&Sample> = samples.iter().filter(|sample| sample.fault.is_none()).collect();
    let mut answer = SitterAnswer { clean: clean.len(), ..SitterAnswer::default() };
    answer.eye_midpoint = mean(&clean, |sample| {
        let face = sample.measures.geometry.as_ref()?;
        Some(f64::from(face.eyes.distance(sample.truth.eye_midpoint())) / sample.size.0)
    });
    answer.roll_deg = mean(&clean, |sample| {
        Some((sample.measures.geometry.as_ref()?.roll_deg - f64::from(sample.truth.roll_degrees)).abs())
    });
    answer.head_height = mean(&clean, |sample| {
        let face = sample.measures.geometry.as_ref()?;
        let measured = f64::from(face.chin.y - sample.measures.crown?.y);
        let truth = f64::from(sample.truth.chin.y - sample.truth.hair_top.y);
        Some((measured - truth).abs() / sample.size.1)
    });
    answer.chin_bias = mean(&clean, |sample| {
        let axes = sample.measures.geometry.as_ref()?.axes();
        let chin = sample.measures.geometry.as_ref()?.chin;
        Some(axes.to_face(chin).1 - axes.to_face(sample.truth.chin).1)
    });
    answer.crown_bias = mean(&clean, |sample| {
        let axes = sample.measures.geometry.as_ref()?.axes();
        Some(axes.to_face(sample.measures.crown?).1 - axes.to_face(sample.truth.hair_top).1)
    });
    answer.cheeks_bias = mean(&clean, |sample| {
        let face = sample.measures.geometry.as_ref()?;
        let truth = f64::from(sample.truth.cheek_left.distance(sample.truth.cheek_right));
        Some((face.face_width_px - truth) / face.ied_px)
    });
    answer.yaw_deg = mean(&clean, |sample| {
        Some((sample.measures.pose.as_ref()?.yaw_deg - f64::from(sample.truth.yaw_degrees)).abs())
    });
    answer.pitch_deg = mean(&clean, |sample| {
        Some((sample.measures.pose.as_ref()?.pitch_deg - f64::from(sample.truth.pitch_degrees)).abs())
    });
    for finding in clean.iter().flat_map(|sample| &sample.findings) {
        if finding.verdict != Verdict::Pass {
            let counts = answer.false_alarms.entry(finding.check.as_str().to_owned()).or_default();
            let count = if finding.verdict == Verdict::Fail { &mut counts.0 } else { &mut counts.1 };
            *count += 1;
        }
    }
    answer
}

fn mean(samples: &[&Sample], value: impl Fn(&Sample) -> Option<f64>) -> f64 {
    let values: Vec<f64> = samples.iter().filter_map(|sample| value(sample)).collect();
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// What a camera's JPEG of this size would say.
pub fn facts((width, height): (u32, u32)) -> FileFacts {
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
