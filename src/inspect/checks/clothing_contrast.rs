//! C22 clothing contrast: do the clothes stand out from the background of the final photo?
//!
//! Along the person's outline below the chin: median ΔE00 between clothes and the standard's first
//! background (band `contrast`, dE00), share of the outline below ΔE00 8 (band `close`, ratio), share of blue
//! clothes where the background is blue (band `blue`, ratio), and ΔE00 between clothes and cheeks (band
//! `skin`, dE00). Source: collection centres (no top near the background, no blue top, none near the skin);
//! distances computed between the legal backgrounds and usual tops. Limits: the standard's
//! `clothing_contrast` bands. A suggestion: it never fails. As evidence the whole outline of head and shoulders is kept,
//! each place as strong as its ΔE00 is against the least `contrast` that passes.

use crate::inspect::measure::outline::OutlinePlace;
use crate::inspect::{CheckId, Evidence, Finding, Verdict};
use crate::photo::color::lab_from_srgb;

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_DE: f64 = 1.0;
const SPREAD_RATIO: f64 = 0.03;

#[derive(Debug)]
pub struct ClothingContrast;

impl Check for ClothingContrast {
    fn id(&self) -> CheckId {
        CheckId::ClothingContrast
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(clothing) = &context.measures.clothing else { return unknown(self.id(), "dE00") };
        let held = |band, value, unit, spread| Held { band, value: Some(value), unit, spread };
        let mut numbers = vec![
            held("contrast", clothing.contrast, "dE00", SPREAD_DE),
            held("close", clothing.close_share, "ratio", SPREAD_RATIO),
            held("skin", clothing.from_skin, "dE00", SPREAD_DE),
        ];
        if has_blue_background(context) {
            numbers.push(held("blue", clothing.blue_share, "ratio", SPREAD_RATIO));
        }
        let judged = context.hold(self.id(), &numbers).at_worst(Verdict::Warn);
        let reason = match judged.band.as_str() {
            "blue" => "K02",
            "skin" => "K07",
            _ => "K01",
        };
        let mut evidence = outline(context);
        if judged.verdict != Verdict::Pass {
            evidence.push(Evidence::rect("clothes", clothing.place));
        }
        judged.finding(self.id(), reason, evidence)
    }
}

/// The outline of head and shoulders, each place as strong as its contrast is against the least that passes.
fn outline(context: &Context<'_>) -> Vec<Evidence> {
    let limits = context.standard.checks.get(CheckId::ClothingContrast.as_str());
    let least = limits.and_then(|limits| limits.bands.get("contrast")?.pass_min);
    let Some(least) = least.filter(|least| *least > 0.0) else { return Vec::new() };
    let strength = |place: &OutlinePlace| (place.contrast / least as f32).clamp(0.0, 1.0);
    let pieces = context.measures.outline.pieces.iter();
    pieces
        .map(|piece| Evidence::Contour {
            label: "contour".to_owned(),
            points: piece.iter().map(|place| place.at).collect(),
            strengths: piece.iter().map(strength).collect(),
        })
        .collect()
}

/// The first accepted background is of a clear blue.
fn has_blue_background(context: &Context<'_>) -> bool {
    context.standard.backgrounds.first().is_some_and(|background| lab_from_srgb(background.rgb).b < -15.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;
    use crate::inspect::fixture::{clothing, judged};
    use crate::photo::Point;

    #[test]
    fn a_dark_top_passes() {
        assert_eq!(judged(&ClothingContrast, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn the_outline_is_as_strong_as_its_contrast_against_the_limit() {
        let places = [(0.0, 0.0), (7.5, 0.5), (60.0, 1.0)];
        let finding = judged(&ClothingContrast, |measures| {
            let place = |(contrast, _): (f32, f32)| OutlinePlace { at: Point::new(1.0, 2.0), contrast };
            measures.outline.pieces = vec![places.map(place).to_vec()];
        });
        let [Evidence::Contour { strengths, .. }] = finding.evidence.as_slice() else {
            panic!("{:?}", finding.evidence)
        };
        assert_eq!(*strengths, places.map(|(_, strength)| strength));
    }

    #[test]
    fn each_fault_has_its_own_reason_and_none_fails() {
        let near = judged(&ClothingContrast, |measures| clothing(measures).contrast = 3.0);
        assert_eq!((near.verdict, near.reason.as_deref()), (Verdict::Warn, Some("K01")));
        let blue = judged(&ClothingContrast, |measures| clothing(measures).blue_share = 0.9);
        assert_eq!((blue.verdict, blue.reason.as_deref()), (Verdict::Warn, Some("K02")));
        let bare = judged(&ClothingContrast, |measures| clothing(measures).from_skin = 4.0);
        assert_eq!((bare.verdict, bare.reason.as_deref()), (Verdict::Warn, Some("K07")));
    }
}
