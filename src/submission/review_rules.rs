//! What reviewing goes by beyond a single decision, as data.

use serde::Deserialize;

const FILE: &str = "assets/review.toml";
const BUILT_IN: &str = include_str!("../../assets/review.toml");

/// See `assets/review.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewRules {
    pub sweep: SweepRules,
    pub pace: PaceRules,
}

/// What counts as one look at a photo.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceRules {
    pub shortest_look_seconds: f64,
    pub longest_look_seconds: f64,
}

/// How a group is approved together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepRules {
    pub sample_percent: usize,
    pub sample_at_least: usize,
    pub sample_at_most: usize,
}

/// The built-in rules cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{FILE} cannot be read ({cause}); reinstall the program")]
pub struct ReviewRulesError {
    cause: String,
}

impl ReviewRules {
    pub fn built_in() -> Result<Self, ReviewRulesError> {
        toml::from_str(BUILT_IN).map_err(|error| ReviewRulesError { cause: error.to_string() })
    }
}

impl PaceRules {
    /// Whether so many seconds from one decision to the next are one look.
    pub fn is_one_look(&self, seconds: f64) -> bool {
        (self.shortest_look_seconds..=self.longest_look_seconds).contains(&seconds)
    }
}

impl SweepRules {
    /// How many of a group are confirmed one by one.
    pub fn sample(&self, group: usize) -> usize {
        let share = (group * self.sample_percent).div_ceil(100);
        share.clamp(self.sample_at_least, self.sample_at_most.max(self.sample_at_least)).min(group)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_sample_grows_with_the_group_between_its_ends() {
        let rules = ReviewRules::built_in().unwrap().sweep;
        assert_eq!([0, 2, 3, 50, 100, 101, 5000].map(|group| rules.sample(group)), [0, 2, 3, 3, 5, 6, 20]);
    }
}
