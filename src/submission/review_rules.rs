//! What reviewing goes by beyond a single decision, as data.

use serde::Deserialize;

use super::agreement::{Agreement, Kappa};
use crate::inspect::{CheckId, Report, Verdict};

const FILE: &str = "assets/review.toml";
const BUILT_IN: &str = include_str!("../../assets/review.toml");

/// See `assets/review.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewRules {
    pub sweep: SweepRules,
    pub pace: PaceRules,
    pub second_review: SecondRules,
    pub known_answers: KnownRules,
    pub agreement: AgreementRules,
}

/// What is looked at again by somebody else.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondRules {
    /// Of all decisions, 0..=100, until the desk or a batch sets another share.
    pub share_percent: f64,
    pub identity_checks: Vec<CheckId>,
    pub identity_verdicts: Vec<Verdict>,
}

/// How often a photo whose answer is known comes up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownRules {
    /// Of the photos that wait, 0..=100, until the desk or a batch sets another share.
    pub share_percent: f64,
}

/// When figures of agreement say something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementRules {
    pub fewest_pairs: usize,
    pub fewest_given: usize,
    pub widest_interval: f64,
    pub talk_below: f64,
    pub fewest_tests: usize,
}

/// What counts as one look at a photo.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceRules {
    pub shortest_look_seconds: f64,
    pub longest_look_seconds: f64,
    pub recent_looks: usize,
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

impl SecondRules {
    /// Whether the report doubts whose photo it is.
    pub fn is_identity_risk(&self, report: &Report) -> bool {
        report.findings.iter().any(|finding| {
            self.identity_checks.contains(&finding.check) && self.identity_verdicts.contains(&finding.verdict)
        })
    }
}

impl AgreementRules {
    /// Kappa, where the pairs are enough to say anything.
    pub fn kappa(&self, agreement: &Agreement) -> Option<Kappa> {
        let enough = agreement.pairs() >= self.fewest_pairs && agreement.given() >= self.fewest_given;
        let kappa = agreement.kappa().filter(|_| enough)?;
        (kappa.high - kappa.low <= self.widest_interval).then_some(kappa)
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
    use super::*;

    #[test]
    fn a_sample_grows_with_the_group_between_its_ends() {
        let rules = ReviewRules::built_in().unwrap().sweep;
        assert_eq!([0, 2, 3, 50, 100, 101, 5000].map(|group| rules.sample(group)), [0, 2, 3, 3, 5, 6, 20]);
    }

    #[test]
    fn kappa_is_told_only_where_the_pairs_are_enough() {
        let rules = ReviewRules::built_in().unwrap().agreement;
        let told = |both, first_only, second_only, neither| {
            rules.kappa(&Agreement { both, first_only, second_only, neither }).is_some()
        };
        assert!(!told(2, 0, 0, 8), "ten pairs");
        assert!(!told(2, 0, 0, 48), "two photos in full agreement");
        assert!(!told(1, 1, 1, 27), "an interval from chance to full agreement");
        assert!(told(20, 5, 10, 15));
        assert!(!told(0, 0, 0, 500), "nobody ever gave the reason");
    }
}
