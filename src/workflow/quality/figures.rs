//! The figures of quality: how far people agree, reason by reason, and how they answered what is known.

use std::collections::BTreeMap;

use super::super::statistics::Scope;
use super::super::{Desk, DeskError};
use crate::store::known_answers::TestAnswer;
use crate::store::second_reviews::LookedAgain;
use crate::submission::agreement::{Agreement, Kappa};
use crate::submission::review_rules::AgreementRules;
use crate::submission::second::{Effect, Stage};
use crate::submission::{Opinion, Verb};

/// The figures of a scope. One person's are those of the second looks in which the person gave one of the opinions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quality {
    /// Decisions looked at again.
    pub looked_again: usize,
    /// Of these, the ones that two people saw differently, ruled on or not.
    pub disputed: usize,
    pub upheld: usize,
    pub changed: usize,
    pub recalls: usize,
    /// Approve or reject.
    pub verdict: Agreement,
    pub verdict_kappa: Option<Kappa>,
    /// Every reason somebody gave, the least agreed first; those too few to say at the end.
    pub reasons: Vec<ReasonAgreement>,
    /// Answers to photos whose answer is known, and how many were right.
    pub tests: usize,
    pub right: usize,
    /// Share of right answers, 0..=1; `None` where they are too few to say.
    pub right_share: Option<f64>,
    /// The wrong ones, latest first.
    pub missed: Vec<Missed>,
    /// Below this kappa a reason wants to be talked about.
    pub talk_below: f64,
}

/// How far people agree on giving one reason.
#[derive(Clone, Debug, PartialEq)]
pub struct ReasonAgreement {
    pub code: String,
    pub agreement: Agreement,
    /// `None` where the pairs are too few to say.
    pub kappa: Option<Kappa>,
}

/// An answer that was not the known one.
#[derive(Clone, Debug, PartialEq)]
pub struct Missed {
    pub submission: String,
    pub batch: String,
    pub masked_name: String,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub given: Opinion,
    pub known: Opinion,
}

/// Counts a scope up to now.
pub fn quality(desk: &Desk, scope: &Scope) -> Result<Quality, DeskError> {
    let looked_again = desk.store.looked_again_since(scope.since_ms)?;
    let tests = desk.store.test_answers_since(scope.since_ms)?;
    Ok(figures(&looked_again, &tests, scope, &desk.review_rules.agreement))
}

fn figures(
    looked_again: &[LookedAgain],
    tests: &[TestAnswer],
    scope: &Scope,
    rules: &AgreementRules,
) -> Quality {
    let of_scope = |batch: &str, people: &[&str]| {
        scope.batch.as_ref().is_none_or(|wanted| wanted == batch)
            && scope.reviewer.as_ref().is_none_or(|wanted| people.contains(&wanted.as_str()))
    };
    let mut quality = Quality { talk_below: rules.talk_below, ..Quality::default() };
    let mut pairs = Vec::new();
    for one in looked_again {
        let Some(second) = &one.review.second else { continue };
        if of_scope(&one.batch, &[&one.review.first.by, &second.by]) {
            quality.count(one);
            pairs.push((&one.review.first, second));
        }
    }
    for (first, second) in &pairs {
        quality.verdict.add(first.verb == Verb::Reject, second.verb == Verb::Reject);
    }
    quality.verdict_kappa = rules.kappa(&quality.verdict);
    quality.reasons = reasons(&pairs, rules);
    for test in tests.iter().rev().filter(|test| of_scope(&test.batch, &[&test.given.by])) {
        quality.tests += 1;
        if test.given.agrees(&test.known) {
            quality.right += 1;
        } else {
            quality.missed.push(missed(test));
        }
    }
    let enough = quality.tests >= rules.fewest_tests;
    quality.right_share = enough.then(|| quality.right as f64 / quality.tests as f64);
    quality
}

impl Quality {
    fn count(&mut self, one: &LookedAgain) {
        self.looked_again += 1;
        self.disputed += usize::from(matches!(one.review.stage, Stage::Disputed | Stage::Settled));
        match one.review.ruling.as_ref().map(|ruling| ruling.effect) {
            Some(Effect::Upheld) => self.upheld += 1,
            Some(Effect::Changed) => self.changed += 1,
            Some(Effect::Recall) => self.recalls += 1,
            None => {}
        }
    }
}

fn reasons(pairs: &[(&Opinion, &Opinion)], rules: &AgreementRules) -> Vec<ReasonAgreement> {
    let mut by_code: BTreeMap<&str, Agreement> = BTreeMap::new();
    let given = pairs.iter().flat_map(|(first, second)| first.reasons.iter().chain(&second.reasons));
    given.for_each(|code| {
        by_code.entry(code).or_default();
    });
    for (code, agreement) in &mut by_code {
        let gave = |opinion: &Opinion| opinion.reasons.iter().any(|given| given == code);
        pairs.iter().for_each(|(first, second)| agreement.add(gave(first), gave(second)));
    }
    let mut reasons: Vec<ReasonAgreement> = by_code
        .into_iter()
        .map(|(code, agreement)| ReasonAgreement {
            code: code.to_owned(),
            kappa: rules.kappa(&agreement),
            agreement,
        })
        .collect();
    let value = |one: &ReasonAgreement| one.kappa.map_or(f64::INFINITY, |kappa| kappa.value);
    reasons.sort_by(|one, other| value(one).total_cmp(&value(other)));
    reasons
}

fn missed(test: &TestAnswer) -> Missed {
    let TestAnswer { submission, batch, masked_name, at_ms, given, known } = test.clone();
    Missed { submission, batch, masked_name, at_ms, given, known }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::fixture::{open, opinion};
    use crate::submission::review_rules::ReviewRules;

    fn pair(first: &[&str], second: &[&str]) -> LookedAgain {
        let review = open(opinion("li", first)).opine(opinion("wang", second), true).unwrap();
        LookedAgain { batch: "B7K2QX".into(), at_ms: 1, review }
    }

    fn test(given: &[&str], known: &[&str]) -> TestAnswer {
        TestAnswer {
            submission: "s".into(),
            batch: "B7K2QX".into(),
            masked_name: "吴*兰".into(),
            at_ms: 1,
            given: opinion("li", given),
            known: opinion("zhao", known),
        }
    }

    fn of(reviewer: &str) -> Scope {
        Scope { reviewer: Some(reviewer.into()), ..Scope::default() }
    }

    fn rules() -> AgreementRules {
        ReviewRules::built_in().unwrap().agreement
    }

    #[test]
    fn agreement_is_counted_reason_by_reason_and_for_those_who_gave_an_opinion() {
        let mut again = vec![pair(&["G01"], &["G01"]); 20];
        again.extend(vec![pair(&["G01"], &[]); 5]);
        again.extend(vec![pair(&["B02"], &["G01", "B02"]); 10]);
        again.extend(vec![pair(&[], &[]); 15]);
        let quality = figures(&again, &[], &of("wang"), &rules());
        assert_eq!((quality.looked_again, quality.disputed), (50, 5));
        let glasses = quality.reasons.iter().find(|one| one.code == "G01").unwrap();
        assert_eq!(glasses.agreement, Agreement { both: 20, first_only: 5, second_only: 10, neither: 15 });
        assert!((glasses.kappa.unwrap().value - 0.4).abs() < 1e-9);
        assert_eq!(quality.reasons[0].code, "G01", "the least agreed stands first");
        assert_eq!(figures(&again, &[], &of("zhao"), &rules()).looked_again, 0);
    }

    #[test]
    fn few_pairs_and_few_tests_say_nothing() {
        let quality = figures(
            &[pair(&["G01"], &["G01"])],
            &[test(&[], &["G01"]), test(&["G01"], &["G01"])],
            &of("li"),
            &rules(),
        );
        assert_eq!(
            (quality.verdict.pairs(), quality.verdict_kappa, quality.reasons[0].kappa),
            (1, None, None)
        );
        assert_eq!((quality.tests, quality.right, quality.right_share), (2, 1, None));
        assert_eq!(quality.missed.len(), 1);
        let many = vec![test(&[], &[]); 10];
        assert_eq!(figures(&[], &many, &of("li"), &rules()).right_share, Some(1.0));
        assert_eq!(figures(&[], &many, &of("zhao"), &rules()).tests, 0, "only one's own");
    }
}
