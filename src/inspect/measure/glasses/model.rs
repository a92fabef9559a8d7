//! How far the features of an eye region are from those of bare faces, as a probability; read from a data file.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::features::{FEATURES, Features};

const BUILT_IN: &str = include_str!("../../../../assets/models/glasses.toml");
/// Spreads from the bare mean beyond which a single feature says no more.
const LEAST_SPREADS: f64 = -3.0;
const MOST_SPREADS: f64 = 8.0;

/// The features' log odds count no further than this either way beside the network's.
const MOST_LOG_ODDS: f64 = 5.0;

/// Two questions: any glasses, and lenses that hide the eyes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GlassesModel {
    pub joint: Joint,
    pub any: BareDistance,
    pub dark: BareDistance,
}

/// Log odds of glasses from both: network · (the network's) + features · (the features', within ±5) + bias.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Joint {
    pub network: f64,
    pub features: f64,
    pub bias: f64,
}

/// p = 1 / (1 + exp(−slope · (d − midpoint))), d the mean over the terms of (√feature − mean) / spread of
/// bare faces, each within −3..=8.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BareDistance {
    pub midpoint: f64,
    pub slope: f64,
    pub terms: Vec<Term>,
}

/// One feature on bare faces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    pub feature: String,
    /// Mean and standard deviation of the feature's square root.
    pub mean: f64,
    pub spread: f64,
}

impl GlassesModel {
    /// The figures that ship with the program. A test holds that the file can be read.
    pub fn built_in() -> &'static Self {
        static MODEL: OnceLock<GlassesModel> = OnceLock::new();
        MODEL.get_or_init(|| Self::parse(BUILT_IN).unwrap_or_else(|_| Self::undecided()))
    }

    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Knows nothing: one half to every question, which the check reports as unknown.
    fn undecided() -> Self {
        let half = BareDistance { midpoint: 0.0, slope: 0.0, terms: Vec::new() };
        let joint = Joint { network: 0.0, features: 0.0, bias: 0.0 };
        Self { joint, any: half.clone(), dark: half }
    }

    /// Probability of any glasses, from the features and from the network's log odds where there are some.
    pub fn probability(&self, features: &Features, network: Option<f64>) -> f64 {
        let Some(network) = network else { return self.any.probability(features) };
        let features = self.any.log_odds(features).clamp(-MOST_LOG_ODDS, MOST_LOG_ODDS);
        let Joint { network: by_network, features: by_features, bias } = self.joint;
        logistic(by_network * network + by_features * features + bias)
    }
}

impl BareDistance {
    pub fn probability(&self, features: &Features) -> f64 {
        logistic(self.log_odds(features))
    }

    pub fn log_odds(&self, features: &Features) -> f64 {
        self.slope * (self.distance(features) - self.midpoint)
    }

    /// Mean distance from bare faces in spreads.
    pub fn distance(&self, features: &Features) -> f64 {
        let sum: f64 = self.terms.iter().map(|term| term.spreads(features)).sum();
        sum / self.terms.len().max(1) as f64
    }
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

impl Term {
    fn spreads(&self, features: &Features) -> f64 {
        let value =
            FEATURES.iter().position(|name| *name == self.feature).map(|index| features.values[index]);
        let root = value.map_or(self.mean, |value| value.max(0.0).sqrt());
        ((root - self.mean) / self.spread.max(1e-9)).clamp(LEAST_SPREADS, MOST_SPREADS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_weights_can_be_read_and_name_known_features() {
        let model = GlassesModel::parse(BUILT_IN).unwrap();
        for term in model.any.terms.iter().chain(&model.dark.terms) {
            assert!(FEATURES.contains(&term.feature.as_str()), "{}", term.feature);
        }
        assert!(!model.any.terms.is_empty() && !model.dark.terms.is_empty());
    }

    #[test]
    fn network_and_features_can_outvote_each_other() {
        let model = GlassesModel::parse(BUILT_IN).unwrap();
        let bare = Features { values: [0.0; FEATURES.len()] };
        assert!(model.probability(&bare, Some(-3.0)) < 0.05);
        assert!(model.probability(&bare, Some(6.0)) > 0.6);
        assert!(model.probability(&bare, None) < 0.4);
    }

    #[test]
    fn probability_rises_with_the_distance_from_bare_faces() {
        let term = Term { feature: "bridge".to_owned(), mean: 0.2, spread: 0.1 };
        let model = BareDistance { midpoint: 2.0, slope: 1.0, terms: vec![term] };
        let at = |bridge: f64| {
            let mut values = [0.0; FEATURES.len()];
            values[0] = bridge;
            model.probability(&Features { values })
        };
        assert!((at(0.16) - 0.5).abs() < 1e-9);
        assert!(at(0.04) < 0.2 && at(0.5) > 0.9);
    }
}
