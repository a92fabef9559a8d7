//! The best photo of one person: by verdict, then of a burst by sharpness, open eyes and pose.

use crate::inspect::{CheckId, Finding, Report, Verdict};

use super::rules::BurstRules;

/// How good a photo is. Comparable within one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grade {
    pub verdict: Verdict,
    /// 0 at the fail limits, 1 at the pass limits, more beyond; see `assets/onsite/session.toml`.
    pub score: f64,
}

/// The grade of a checked photo.
pub fn grade(report: &Report, rules: &BurstRules) -> Grade {
    let worst = |checks: &[CheckId]| {
        let parts = report.findings.iter().filter(|finding| checks.contains(&finding.check)).map(part);
        parts.reduce(f64::min).unwrap_or(0.0)
    };
    let score = rules.sharpness * worst(&[CheckId::Sharpness])
        + rules.eyes * worst(&[CheckId::EyesOpen])
        + rules.pose * worst(&[CheckId::Roll, CheckId::Yaw, CheckId::Pitch]);
    Grade { verdict: report.verdict, score }
}

/// Whether a new photo should take the place of the one that was to be sent. A retake is meant to replace the photo
/// before unless it turned out worse; within a burst the better one is kept.
pub fn replaces(new: Grade, before: Grade, same_burst: bool) -> bool {
    match rank(new.verdict).cmp(&rank(before.verdict)) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => !same_burst || new.score > before.score,
    }
}

/// Higher is better; unknown counts as a warning, as everywhere.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 2,
        Verdict::Warn | Verdict::Unknown => 1,
        Verdict::Fail => 0,
    }
}

/// How far a value stands above its fail limit, in lengths of the band between fail and pass; at most 2.
fn part(finding: &Finding) -> f64 {
    let by_verdict = f64::from(rank(finding.verdict)) / 2.0;
    let (Some(value), Some(limit)) = (finding.value, &finding.limit) else { return by_verdict };
    let above = |pass: Option<f64>, fail: Option<f64>, sign: f64| {
        let (pass, fail) = (pass?, fail?);
        let band = (pass - fail) * sign;
        (band > 0.0).then(|| (value - fail) * sign / band)
    };
    let parts = [above(limit.pass.0, limit.warn.0, 1.0), above(limit.pass.1, limit.warn.1, -1.0)];
    parts.into_iter().flatten().reduce(f64::min).map_or(by_verdict, |part| part.clamp(0.0, 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Limit;

    fn finding(
        check: CheckId,
        value: f64,
        pass: (Option<f64>, Option<f64>),
        warn: (Option<f64>, Option<f64>),
    ) -> Finding {
        Finding {
            check,
            verdict: Verdict::Pass,
            value: Some(value),
            unit: String::new(),
            limit: Some(Limit { pass, warn }),
            confidence: 1.0,
            reason: None,
            evidence: Vec::new(),
        }
    }

    #[test]
    fn a_part_is_nought_at_the_fail_limit_and_one_at_the_pass_limit() {
        let sharp = |value| part(&finding(CheckId::Sharpness, value, (Some(20.0), None), (Some(10.0), None)));
        assert_eq!(
            [sharp(5.0), sharp(10.0), sharp(20.0), sharp(25.0), sharp(99.0)],
            [0.0, 0.0, 1.0, 1.5, 2.0]
        );
        let roll =
            |value| part(&finding(CheckId::Roll, value, (Some(-3.0), Some(3.0)), (Some(-5.0), Some(5.0))));
        assert_eq!((roll(3.0), roll(-3.0), roll(5.0)), (1.0, 1.0, 0.0));
        assert_eq!(roll(0.0), 2.0);
    }

    #[test]
    fn a_retake_replaces_unless_it_is_worse_and_a_burst_keeps_its_best() {
        let grade = |verdict, score| Grade { verdict, score };
        let (pass, warn) = (grade(Verdict::Pass, 0.9), grade(Verdict::Warn, 1.5));
        assert!(replaces(pass, warn, true) && !replaces(warn, pass, false));
        let duller = grade(Verdict::Pass, 0.5);
        assert!(replaces(duller, pass, false), "a retake was wanted");
        assert!(!replaces(duller, pass, true) && replaces(pass, duller, true));
    }
}
