//! Raw measures with their labels, for choosing limits; stays outside the repository.

use std::path::Path;

use anyhow::{Context, Result};
use photodesk::inspect::measure::Measures;
use photodesk::inspect::measure::glasses::FEATURES;

use super::Case;

pub fn write(file: &Path, cases: &[Case]) -> Result<()> {
    let mut writer = csv::Writer::from_path(file).with_context(|| format!("{}", file.display()))?;
    for (index, case) in cases.iter().enumerate() {
        let numbers = numbers(&case.measures);
        if index == 0 {
            let names = numbers.iter().map(|(name, _)| name.clone());
            let verdicts = case.findings.iter().map(|finding| format!("v_{}", finding.check.as_str()));
            writer.write_record(LABELS.iter().map(|name| (*name).to_owned()).chain(names).chain(verdicts))?;
        }
        let label = &case.label;
        let words = [
            &label.file,
            &label.faces,
            &label.glasses,
            &label.eyes,
            &label.mouth,
            &label.mouth_detail,
            &label.pose,
            &label.background,
            &label.bg_shadow,
            &label.lighting,
            &label.tight_crop,
            &label.east_asian,
            &label.notes,
            &label.licence,
        ];
        let numbers =
            numbers.iter().map(|(_, value)| value.map_or(String::new(), |value| format!("{value:.5}")));
        let verdicts = case.findings.iter().map(|finding| format!("{:?}", finding.verdict));
        writer.write_record(words.into_iter().cloned().chain(numbers).chain(verdicts))?;
    }
    Ok(writer.flush()?)
}

const LABELS: [&str; 14] = [
    "file",
    "faces",
    "glasses",
    "eyes",
    "mouth",
    "mouth_detail",
    "pose",
    "background",
    "bg_shadow",
    "lighting",
    "tight_crop",
    "east_asian",
    "notes",
    "licence",
];

fn numbers(measures: &Measures) -> Vec<(String, Option<f64>)> {
    let mut numbers: Vec<(String, Option<f64>)> = vec![];
    let mut put = |name: &str, value: Option<f64>| numbers.push((name.to_owned(), value));
    put("detected", Some(measures.faces.len() as f64));
    put("score", measures.faces.first().map(|face| f64::from(face.score)));
    put("score2", measures.faces.get(1).map(|face| f64::from(face.score)));
    let area = measures.faces.first().zip(measures.faces.get(1));
    put("area2", area.map(|(one, other)| f64::from(other.rect.area() / one.rect.area())));
    put("presence", Some(measures.presence));
    let geometry = measures.geometry.as_ref();
    put("ied", geometry.map(|face| face.ied_px));
    put("fw_ied", geometry.map(|face| face.face_width_px / face.ied_px));
    put("chin_ied", geometry.map(|face| face.eye_to_chin_px / face.ied_px));
    put(
        "crown_ied",
        geometry.zip(measures.crown).map(|(face, crown)| f64::from(face.eyes.y - crown.y) / face.ied_px),
    );
    put("roll", geometry.map(|face| face.roll_deg));
    put("lean", geometry.map(|face| face.lean_deg));
    let pose = measures.pose.as_ref();
    put("yaw", pose.map(|pose| pose.yaw_deg));
    put("asym", pose.map(|pose| pose.asymmetry));
    put("pitch", pose.map(|pose| pose.pitch_deg));
    put("ear_drop", pose.and_then(|pose| pose.ear_drop));
    put("nose_share", pose.map(|pose| pose.nose_share));
    let eyes = measures.eyes.as_ref();
    put("gap_min", eyes.map(|eyes| eyes.narrower().gap_per_face));
    put("gap_max", eyes.map(|eyes| eyes.wider().gap_per_face));
    put("gapw_min", eyes.map(|eyes| eyes.left.gap_per_width.min(eyes.right.gap_per_width)));
    put("gapw_max", eyes.map(|eyes| eyes.left.gap_per_width.max(eyes.right.gap_per_width)));
    put("iris_min", eyes.map(|eyes| eyes.left.iris_share.min(eyes.right.iris_share)));
    put("iris_max", eyes.map(|eyes| eyes.left.iris_share.max(eyes.right.iris_share)));
    let mouth = measures.mouth.as_ref();
    put("mouth_gap", mouth.map(|mouth| mouth.gap_per_face));
    put("mouth_gapw", mouth.map(|mouth| mouth.gap_per_width));
    put("teeth", mouth.map(|mouth| mouth.teeth_share));
    put("lift", mouth.map(|mouth| mouth.corner_lift));
    let light = measures.light.as_ref();
    put("lightness", light.map(|light| light.lightness));
    put("brightest", light.map(|light| light.brightest));
    put("eye_white", light.map(|light| light.eye_white));
    put("eye_b", light.map(|light| light.eye_white_b));
    put("clip_hi", light.map(|light| light.clipped_high));
    put("clip_lo", light.map(|light| light.clipped_low));
    put("sides", light.map(|light| light.side_stops));
    put("zones", light.map(|light| light.zone_ratio));
    put("cast", light.map(|light| light.cast));
    put("chroma", light.map(|light| light.channel_spread));
    put("edge", measures.sharpness.map(|sharpness| sharpness.edge_px));
    put("aniso", measures.sharpness.map(|sharpness| sharpness.anisotropy));
    put("bright", measures.scene.map(|scene| scene.brightest));
    put("burnt", measures.scene.map(|scene| scene.burnt_person));
    let background = measures.background.as_ref();
    put("bg_res", background.map(|look| look.residual));
    put("bg_grad", background.map(|look| look.gradient));
    put("bg_side", background.map(|look| look.sideways));
    put("bg_clutter", background.map(|look| look.clutter));
    put("bg_shadow_de", background.and_then(|look| look.shadow));
    put("bg_mean", background.and_then(|look| look.nearest.as_ref()).map(|nearest| nearest.mean_delta_e));
    put("bg_share", background.map(|look| look.share));
    let glasses = measures.glasses.as_ref();
    put("p_any", glasses.map(|glasses| glasses.any));
    put("p_net", glasses.and_then(|glasses| glasses.learned));
    put("p_dark", glasses.map(|glasses| glasses.dark));
    for (index, name) in FEATURES.iter().enumerate() {
        put(&format!("g_{name}"), glasses.map(|glasses| glasses.features.values[index]));
    }
    let covering = measures.covering.as_ref();
    put("p_covering", covering.and_then(|covering| covering.learned));
    let ear = measures.earrings.as_ref().and_then(|earrings| earrings.surest());
    put("p_earring", ear.map(|side| side.learned));
    put("forehead", covering.and_then(|covering| covering.bare_forehead));
    let skin = measures.bare_skin.as_ref();
    put("brows", skin.map(|skin| skin.above_brows[0].min(skin.above_brows[1])));
    put("ears", skin.map(|skin| skin.beside_face[0].min(skin.beside_face[1])));
    put("lips", measures.lips.as_ref().map(|lips| lips.redness));
    let irises = measures.irises.as_ref();
    put("gaze_x", irises.map(|irises| irises.sideways));
    put("gaze_y", irises.map(|irises| irises.downwards));
    put("red", irises.and_then(|irises| irises.red_share));
    put("highlight", light.map(|light| light.highlight));
    put("blocks", measures.blocks.map(|blocks| blocks.ratio));
    put("pattern", measures.pattern.map(|pattern| pattern.strength));
    put("thing", background.map(|look| look.object.map_or(0.0, |thing| thing.share)));
    put("frame", background.map(|look| look.frame.len() as f64));
    let shoulders = measures.shoulders.as_ref();
    put("slope", shoulders.and_then(|shoulders| shoulders.slope_deg));
    put("present", shoulders.map(|shoulders| f64::from(shoulders.present)));
    let clothing = measures.clothing.as_ref();
    put("contrast", clothing.map(|clothing| clothing.contrast));
    put("close", clothing.map(|clothing| clothing.close_share));
    put("blue", clothing.map(|clothing| clothing.blue_share));
    put("from_skin", clothing.map(|clothing| clothing.from_skin));
    put("faults", measures.solved.as_ref().map(|solved| solved.faults.len() as f64));
    put("scale", measures.solved.as_ref().map(|solved| f64::from(solved.crop.scale)));
    numbers
}
