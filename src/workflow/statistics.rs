//! How the work goes: pace, outcomes, reasons, the age of what waits, and when it will be done.

use std::collections::BTreeMap;

use super::desk::now_ms;
use super::{Desk, DeskError};
use crate::inspect::Verdict;
use crate::store::journal::{Decided, Look};
use crate::submission::review_rules::PaceRules;
use crate::submission::{QueueFilter, State, Verb};

const HOUR_MS: i64 = 3_600_000;

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// One reviewer, or everybody.
    pub reviewer: Option<String>,
    /// One batch, or all.
    pub batch: Option<String>,
    /// Milliseconds since the Unix epoch.
    pub since_ms: i64,
}

/// The figures of a scope. Decisions that were taken back are not in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    pub approved: usize,
    pub rejected: usize,
    /// Seconds from one decision to the next of the same person, pauses left out.
    pub median_s: Option<f64>,
    pub p95_s: Option<f64>,
    /// The same by the worst verdict of the photo's checks, the gravest first; only those that occurred.
    pub by_risk: Vec<RiskPace>,
    /// How many rejections gave a reason, most frequent first.
    pub reasons: Vec<(String, usize)>,
    /// Decisions in each hour since `since_ms`, by the hour's beginning; hours without any are left out.
    pub by_hour: Vec<(i64, usize)>,
    /// Milliseconds that the photos waiting now have waited.
    pub ages_ms: Vec<i64>,
    /// Milliseconds until nothing waits any more, at the pace of this scope without its pauses.
    pub forecast_ms: Option<i64>,
}

/// How long photos of one risk are looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RiskPace {
    pub risk: Verdict,
    pub looks: usize,
    pub median_s: f64,
    pub p95_s: f64,
}

/// Counts a scope up to now.
pub fn statistics(desk: &Desk, scope: &Scope) -> Result<Statistics, DeskError> {
    let decided = desk.store.decided_since(scope.since_ms)?;
    let filter = QueueFilter {
        batch: scope.batch.clone(),
        state: Some(State::PendingReview),
        ..QueueFilter::default()
    };
    let now = now_ms();
    let waiting =
        desk.store.queue(&filter)?.into_iter().map(|item| (now - item.received_at_ms).max(0)).collect();
    Ok(figures(&decided, waiting, scope, &desk.review_rules.pace))
}

/// Mean milliseconds of a look over the latest decisions of everybody; `None` before there are any.
pub fn recent_look_ms(desk: &Desk) -> Result<Option<f64>, DeskError> {
    let rules = &desk.review_rules.pace;
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    let mut looks = Vec::new();
    for (reviewer, at_ms) in desk.store.recent_decisions(rules.recent_looks)? {
        let before = last.insert(reviewer, at_ms);
        let took_ms = before.map(|before| (at_ms - before) as f64);
        looks.extend(took_ms.filter(|took_ms| rules.is_one_look(took_ms / 1e3)));
    }
    Ok((!looks.is_empty()).then(|| looks.iter().sum::<f64>() / looks.len() as f64))
}

fn figures(decided: &[Decided], ages_ms: Vec<i64>, scope: &Scope, rules: &PaceRules) -> Statistics {
    let looks = looks(decided, scope, rules);
    let seconds = sorted(looks.iter().map(|(_, seconds)| *seconds));
    let in_force = in_force(decided, scope);
    let of_verb = |verb: Verb| in_force.iter().filter(|one| one.decision.verb == verb).count();
    let mean_ms = (!seconds.is_empty()).then(|| seconds.iter().sum::<f64>() / seconds.len() as f64 * 1e3);
    Statistics {
        approved: of_verb(Verb::Approve),
        rejected: of_verb(Verb::Reject),
        median_s: share(&seconds, 0.5),
        p95_s: share(&seconds, 0.95),
        by_risk: by_risk(&looks),
        reasons: reasons(&in_force),
        by_hour: by_hour(&in_force),
        forecast_ms: mean_ms.map(|each_ms| (each_ms * ages_ms.len() as f64) as i64),
        ages_ms,
    }
}

fn belongs(one: &Decided, scope: &Scope) -> bool {
    scope.reviewer.as_ref().is_none_or(|reviewer| *reviewer == one.decision.reviewer)
        && scope.batch.as_ref().is_none_or(|batch| *batch == one.batch)
}

/// The decisions of the scope that were not taken back, oldest first.
fn in_force<'a>(decided: &'a [Decided], scope: &Scope) -> Vec<&'a Decided> {
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    let deciding = || decided.iter().enumerate().filter(|(_, one)| one.look == Look::Decision);
    for (index, one) in deciding() {
        last.insert(&one.decision.submission, index);
    }
    let stands = |(index, one): &(usize, &Decided)| {
        last.get(one.decision.submission.as_str()) == Some(index) && one.decision.verb != Verb::Undo
    };
    let all = deciding().filter(stands).map(|(_, one)| one);
    all.filter(|one| belongs(one, scope)).collect()
}

/// Risk and seconds of each look: from one judgement of a person to the next. Second looks and tests are looks like any
/// other; pauses and groups approved together are left out.
fn looks(decided: &[Decided], scope: &Scope, rules: &PaceRules) -> Vec<(Option<Verdict>, f64)> {
    let mut last: BTreeMap<&str, i64> = BTreeMap::new();
    let mut looks = Vec::new();
    for one in decided {
        let before = last.insert(&one.decision.reviewer, one.at_ms);
        let took_s = before.map(|before| (one.at_ms - before) as f64 / 1e3);
        if let Some(took_s) = took_s.filter(|took_s| rules.is_one_look(*took_s))
            && belongs(one, scope)
        {
            looks.push((one.risk, took_s));
        }
    }
    looks
}

fn by_risk(looks: &[(Option<Verdict>, f64)]) -> Vec<RiskPace> {
    let bands = [Verdict::Fail, Verdict::Warn, Verdict::Unknown, Verdict::Pass];
    let pace = |risk: Verdict| {
        let of_risk = looks.iter().filter(|(found, _)| *found == Some(risk));
        let seconds = sorted(of_risk.map(|(_, seconds)| *seconds));
        let (median_s, p95_s) = (share(&seconds, 0.5)?, share(&seconds, 0.95)?);
        Some(RiskPace { risk, looks: seconds.len(), median_s, p95_s })
    };
    bands.into_iter().filter_map(pace).collect()
}

fn sorted(seconds: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut seconds: Vec<f64> = seconds.collect();
    seconds.sort_by(f64::total_cmp);
    seconds
}

/// The value below which this share of sorted values lies.
fn share(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).round() as usize).copied()
}

fn reasons(decided: &[&Decided]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let rejected = decided.iter().filter(|one| one.decision.verb == Verb::Reject);
    for code in rejected.flat_map(|one| &one.decision.reasons) {
        *counts.entry(code).or_default() += 1;
    }
    let mut reasons: Vec<_> = counts.into_iter().map(|(code, count)| (code.to_owned(), count)).collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    reasons
}

fn by_hour(decided: &[&Decided]) -> Vec<(i64, usize)> {
    let mut hours: BTreeMap<i64, usize> = BTreeMap::new();
    for one in decided {
        *hours.entry(one.at_ms - one.at_ms.rem_euclid(HOUR_MS)).or_default() += 1;
    }
    hours.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::Decision;
    use crate::submission::review_rules::ReviewRules;

    fn decided(at_s: i64, reviewer: &str, submission: &str, verb: Verb, reasons: &[&str]) -> Decided {
        Decided {
            at_ms: at_s * 1000,
            batch: "AAAAAA".into(),
            decision: Decision {
                submission: submission.into(),
                photo_sha256: String::new(),
                revision: 1,
                verb,
                reasons: reasons.iter().map(|code| (*code).to_owned()).collect(),
                reviewer: reviewer.into(),
            },
            look: Look::Decision,
            risk: None,
        }
    }

    fn day() -> Vec<Decided> {
        vec![
            decided(0, "li", "a", Verb::Approve, &[]),
            decided(2, "li", "b", Verb::Reject, &["G01"]),
            decided(3, "wang", "c", Verb::Reject, &["G01", "B01"]),
            decided(6, "li", "d", Verb::Approve, &[]),
            decided(12, "li", "d", Verb::Undo, &[]),
            // After lunch.
            decided(4000, "li", "e", Verb::Approve, &[]),
        ]
    }

    fn of(scope: &Scope, ages_ms: Vec<i64>) -> Statistics {
        figures(&day(), ages_ms, scope, &ReviewRules::built_in().unwrap().pace)
    }

    #[test]
    fn decisions_taken_back_do_not_count_and_pauses_do_not_slow() {
        let li = of(&Scope { reviewer: Some("li".into()), ..Scope::default() }, vec![5, 9]);
        assert_eq!((li.approved, li.rejected), (2, 1));
        assert_eq!((li.median_s, li.p95_s), (Some(4.0), Some(6.0)));
        assert_eq!(li.reasons, [("G01".to_owned(), 1)]);
        assert_eq!(li.by_hour, [(0, 2), (HOUR_MS, 1)]);
        assert_eq!(li.forecast_ms, Some(8000), "two photos at four seconds");
    }

    #[test]
    fn everybody_together_and_nobody_at_all() {
        let all = of(&Scope::default(), Vec::new());
        assert_eq!((all.approved, all.rejected), (2, 2));
        assert_eq!(all.reasons, [("G01".to_owned(), 2), ("B01".to_owned(), 1)]);
        let other = of(&Scope { batch: Some("BBBBBB".into()), ..Scope::default() }, vec![1]);
        assert_eq!(other, Statistics { ages_ms: vec![1], ..Statistics::default() });
    }

    #[test]
    fn time_is_told_by_risk_and_looks_beside_the_queue_are_no_pauses() {
        let with = |one: Decided, risk, look| Decided { risk, look, ..one };
        let approve = |at_s, id: &str| decided(at_s, "li", id, Verb::Approve, &[]);
        let rows = [
            with(approve(0, "a"), Some(Verdict::Pass), Look::Decision),
            with(approve(1, "b"), Some(Verdict::Pass), Look::Decision),
            with(approve(5, "c"), Some(Verdict::Warn), Look::Beside),
            with(approve(15, "d"), Some(Verdict::Fail), Look::Decision),
            with(approve(18, "e"), Some(Verdict::Pass), Look::Decision),
        ];
        let found = figures(&rows, Vec::new(), &Scope::default(), &ReviewRules::built_in().unwrap().pace);
        let bands: Vec<_> = found.by_risk.iter().map(|pace| (pace.risk, pace.looks, pace.p95_s)).collect();
        assert_eq!(bands, [(Verdict::Fail, 1, 10.0), (Verdict::Warn, 1, 4.0), (Verdict::Pass, 2, 3.0)]);
        assert_eq!(found.approved, 4, "a second look decides nothing");
    }
}
