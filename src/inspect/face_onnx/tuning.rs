//! The face detector's tunables, read from assets/models/detector.toml where each is explained.

use serde::Deserialize;

use crate::inspect::FaceError;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tuning {
    pub least_score_short_range: f32,
    pub least_score_full_range: f32,
    pub same_face_overlap: f32,
    pub same_face_between_looks_overlap: f32,
    pub same_face_inside: f32,
    pub least_presence: f32,
    pub least_further_width: f32,
    pub least_further_score: f32,
    pub padded_share: f32,
}

impl Tuning {
    pub fn embedded() -> Result<Self, FaceError> {
        const FILE: &str = include_str!("../../../assets/models/detector.toml");
        toml::from_str(FILE).map_err(|error: toml::de::Error| FaceError::Load {
            model: "detector.toml".to_owned(),
            cause: error.message().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_scores_are_between_zero_and_one() {
        #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
        let tuning = Tuning::embedded().unwrap();
        let values = [
            tuning.least_score_short_range,
            tuning.least_score_full_range,
            tuning.same_face_overlap,
            tuning.same_face_between_looks_overlap,
            tuning.same_face_inside,
            tuning.least_presence,
            tuning.least_further_width,
            tuning.least_further_score,
            tuning.padded_share,
        ];
        assert!(values.iter().all(|value| (0.0..=1.0).contains(value)), "{tuning:?}");
    }
}
