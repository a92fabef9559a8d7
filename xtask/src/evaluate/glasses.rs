//! Fits the figures of the glasses model: bare faces from openly licensed photos, the rest by calibration.

use std::path::Path;

use anyhow::{Result, bail};
use photodesk::inspect::measure::glasses::{BareDistance, FEATURES, Features, GlassesModel, Joint, Term};

use super::Case;

/// Features that speak for any glasses, and for lenses that hide the eyes.
const ANY: [&str; 5] = ["bridge", "bridge_line", "rim_low", "temple_best", "lens_dark"];
const DARK: [&str; 1] = ["lens_dark"];
/// Fewest bare faces whose spread means something.
const LEAST_BARE: usize = 20;

const HEADER: &str = "\
# What the features of the eye region are on bare faces, and where glasses begin.
# Written by `cargo xtask evaluate DIR --labels FILE --fit-glasses assets/models/glasses.toml`.
# mean, spread: of the square root of each feature over bare faces whose photos are CC BY 4.0 or CC0:
#   DeBruine, L. & Jones, B. (2017). Face Research Lab London Set (Version 5). doi:10.6084/m9.figshare.5047666.v5
#   DeBruine, L. & Jones, B. (2017). Young Adult White Faces with Manipulated Versions. doi:10.6084/m9.figshare.4220517.v1
#   Lisa DeBruine, webmorphR.stim (CC0)
# midpoint, slope: two figures, calibrated on all labelled development photos.
# joint: weights of the learned network (glasses.onnx) and of the features, and a bias; three figures, likewise.

";

pub fn fit(file: &Path, cases: &[Case]) -> Result<()> {
    let bare: Vec<&Features> = cases
        .iter()
        .filter(|case| case.label.glasses == "none" && case.label.licence.starts_with("CC"))
        .filter_map(features)
        .collect();
    if bare.len() < LEAST_BARE {
        bail!("only {} openly licensed bare faces; at least {LEAST_BARE} are needed", bare.len());
    }
    let any = calibrated(terms(&ANY, &bare), cases, |glasses| match glasses {
        "clear" | "sun" => Some(true),
        "none" => Some(false),
        _ => None,
    });
    let dark = calibrated(terms(&DARK, &bare), cases, |glasses| match glasses {
        "sun" => Some(true),
        "none" | "clear" => Some(false),
        _ => None,
    });
    let joint = joint(&any, cases);
    let text = toml::to_string(&GlassesModel { joint, any, dark })?;
    Ok(std::fs::write(file, format!("{HEADER}{text}"))?)
}

/// Pull towards nought on the weights of network and features; a perfectly parted set would want endless ones.
const PULL: f64 = 0.05;

/// Weights of network and features by logistic regression, both kinds of photo weighing alike.
fn joint(any: &BareDistance, cases: &[Case]) -> Joint {
    let samples: Vec<([f64; 2], f64)> = cases
        .iter()
        .filter(|case| ["none", "clear", "sun"].contains(&case.label.glasses.as_str()))
        .filter_map(|case| {
            let network = case.measures.glasses.as_ref()?.learned?;
            let features = any.log_odds(features(case)?).clamp(-5.0, 5.0);
            Some(([network, features], f64::from(u8::from(case.label.glasses != "none"))))
        })
        .collect();
    let positives = samples.iter().map(|(_, worn)| worn).sum::<f64>().max(1.0);
    let negatives = (samples.len() as f64 - positives).max(1.0);
    let (mut bias, mut weights) = (0.0_f64, [0.5_f64; 2]);
    for _ in 0..20_000 {
        let (mut to_bias, mut to_weights) = (0.0, [0.0; 2]);
        for (values, worn) in &samples {
            let p = 1.0 / (1.0 + (-(bias + weights[0] * values[0] + weights[1] * values[1])).exp());
            let off = (worn - p) * if *worn > 0.5 { 0.5 / positives } else { 0.5 / negatives };
            to_bias += off;
            (0..2).for_each(|index| to_weights[index] += off * values[index]);
        }
        bias += 0.2 * to_bias;
        (0..2).for_each(|index| weights[index] += 0.2 * (to_weights[index] - PULL * 0.02 * weights[index]));
    }
    Joint { network: rounded(weights[0]), features: rounded(weights[1]), bias: rounded(bias) }
}

fn features(case: &Case) -> Option<&Features> {
    case.measures.glasses.as_ref().map(|glasses| &glasses.features)
}

fn terms(names: &[&str], bare: &[&Features]) -> Vec<Term> {
    let term = |name: &&str| {
        let index = FEATURES.iter().position(|feature| feature == name)?;
        let roots: Vec<f64> = bare.iter().map(|features| features.values[index].max(0.0).sqrt()).collect();
        let mean = roots.iter().sum::<f64>() / roots.len() as f64;
        let variance = roots.iter().map(|root| (root - mean).powi(2)).sum::<f64>() / roots.len() as f64;
        Some(Term { feature: (*name).to_owned(), mean: rounded(mean), spread: rounded(variance.sqrt()) })
    };
    names.iter().filter_map(term).collect()
}

/// Midpoint and slope by logistic regression on the one distance, both kinds of photo weighing alike.
fn calibrated(terms: Vec<Term>, cases: &[Case], worn: fn(&str) -> Option<bool>) -> BareDistance {
    let mut model = BareDistance { midpoint: 2.0, slope: 1.0, terms };
    let samples: Vec<(f64, bool)> = cases
        .iter()
        .filter(|case| !case.label.notes.contains("tint"))
        .filter_map(|case| Some((model.distance(features(case)?), worn(&case.label.glasses)?)))
        .collect();
    let positives = samples.iter().filter(|(_, worn)| *worn).count().max(1) as f64;
    let weight =
        |worn: bool| if worn { 1.0 / positives } else { 1.0 / (samples.len() as f64 - positives).max(1.0) };
    let (mut bias, mut slope) = (-2.0_f64, 1.0_f64);
    for _ in 0..20_000 {
        let (mut to_bias, mut to_slope) = (0.0, 0.0);
        for (distance, worn) in &samples {
            let p = 1.0 / (1.0 + (-(bias + slope * distance)).exp());
            let off = weight(*worn) * (f64::from(u8::from(*worn)) - p);
            to_bias += off;
            to_slope += off * distance;
        }
        bias += 0.2 * to_bias;
        // A perfectly parted set would want an endless slope; a little pull back keeps doubt possible.
        slope += 0.2 * (to_slope - 0.002 * slope);
    }
    model.midpoint = rounded(-bias / slope);
    model.slope = rounded(slope);
    model
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
