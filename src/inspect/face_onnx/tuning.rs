//! The face detector's tunables, read from assets/models/detector.toml where each is explained.

use serde::Deserialize;

use crate::inspect::FaceError;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tuning {
    pub sure_score: f32,
    pub doubtful_score: f32,
    pub closer_look_margin: f32,
    pub least_closer_score: f32,
    pub most_closer_looks: usize,
    pub same_face_overlap: f32,
    pub same_face_inside: f32,
    pub least_presence: f32,
    pub least_further_width: f32,
    pub padded_share: f32,
    pub surely_upright_score: f32,
    pub quiet_spread: f32,
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
    fn the_tunables_make_sense_together() {
        let tuning = Tuning::embedded().unwrap();
        let shares = [
            tuning.sure_score,
            tuning.doubtful_score,
            tuning.least_closer_score,
            tuning.same_face_overlap,
            tuning.same_face_inside,
            tuning.least_presence,
            tuning.least_further_width,
            tuning.padded_share,
            tuning.surely_upright_score,
        ];
        assert!(shares.iter().all(|value| (0.0..=1.0).contains(value)), "{tuning:?}");
        assert!(tuning.doubtful_score < tuning.sure_score);
        assert!(tuning.closer_look_margin > 1.0 && tuning.padded_share > 0.0);
    }
}
