//! The weights of the glasses features: logistic regression, read from a data file.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::features::{FEATURES, Features};

const BUILT_IN: &str = include_str!("../../../../assets/models/glasses.toml");

/// Two questions: any glasses, and lenses that hide the eyes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GlassesModel {
    pub any: LogisticModel,
    pub dark: LogisticModel,
}

/// p = 1 / (1 + exp(−(bias + Σ weight · (feature − mean) / spread))).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogisticModel {
    pub bias: f64,
    pub terms: Vec<Term>,
}

/// One feature's part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    pub feature: String,
    pub mean: f64,
    pub spread: f64,
    pub weight: f64,
}

impl GlassesModel {
    /// The weights that ship with the program. A test holds that the file can be read.
    pub fn built_in() -> &'static Self {
        static MODEL: OnceLock<GlassesModel> = OnceLock::new();
        MODEL.get_or_init(|| Self::parse(BUILT_IN).unwrap_or_else(|_| Self::undecided()))
    }

    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Knows nothing: one half to every question, which the check reports as unknown.
    fn undecided() -> Self {
        let half = LogisticModel { bias: 0.0, terms: Vec::new() };
        Self { any: half.clone(), dark: half }
    }
}

impl LogisticModel {
    pub fn probability(&self, features: &Features) -> f64 {
        let sum: f64 = self.terms.iter().map(|term| term.part(features)).sum();
        1.0 / (1.0 + (-(self.bias + sum)).exp())
    }
}

impl Term {
    fn part(&self, features: &Features) -> f64 {
        let value =
            FEATURES.iter().position(|name| *name == self.feature).map(|index| features.values[index]);
        value.map_or(0.0, |value| self.weight * (value - self.mean) / self.spread.max(1e-9))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_built_in_weights_can_be_read_and_name_known_features() {
        let model = GlassesModel::parse(BUILT_IN).unwrap();
        for term in model.any.terms.iter().chain(&model.dark.terms) {
            assert!(FEATURES.contains(&term.feature.as_str()), "{}", term.feature);
        }
        assert!(!model.any.terms.is_empty() && !model.dark.terms.is_empty());
    }
}
