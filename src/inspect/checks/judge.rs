//! Holds one or more numbers against the standard's bands and makes a finding of the one that decides.

use crate::inspect::{CheckId, Evidence, Finding, Limit, Verdict};
use crate::standard::Band;

use super::Context;

/// A number with the band it is held against.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    pub band: &'a str,
    /// `None` where it could not be measured.
    pub value: Option<f64>,
    pub unit: &'static str,
    /// How far a repeated measurement strays (one standard deviation); sets the confidence near a limit.
    pub spread: f64,
}

/// On which side of its band a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Inside,
    Below,
    Above,
}

/// The outcome of the deciding number.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub verdict: Verdict,
    pub value: Option<f64>,
    pub unit: &'static str,
    pub limit: Option<Limit>,
    pub side: Side,
    pub confidence: f64,
    /// Name of the deciding band.
    pub band: String,
}

impl Context<'_> {
    /// The standard's band of a check.
    pub fn band(&self, check: CheckId, name: &str) -> Option<Band> {
        self.standard.checks.get(check.as_str()).and_then(|limits| limits.bands.get(name)).copied()
    }

    /// Judges every number; the worst decides, the first of equals.
    pub fn hold(&self, check: CheckId, numbers: &[Held<'_>]) -> Judged {
        let judged = numbers.iter().map(|held| judge(held, self.band(check, held.band)));
        judged
            .reduce(|worst, next| if next.verdict > worst.verdict { next } else { worst })
            .unwrap_or_else(|| Judged::unknown("", ""))
    }

    /// Judges a check that has the one band `value`.
    pub fn hold_value(&self, check: CheckId, value: Option<f64>, unit: &'static str, spread: f64) -> Judged {
        self.hold(check, &[Held { band: "value", value, unit, spread }])
    }
}

impl Judged {
    /// Could not be measured, or the standard sets no limit for it.
    pub fn unknown(band: &str, unit: &'static str) -> Self {
        Self {
            verdict: Verdict::Unknown,
            value: None,
            unit,
            limit: None,
            side: Side::Inside,
            confidence: 0.0,
            band: band.to_owned(),
        }
    }

    /// The same value with a verdict no worse than `cap`.
    pub fn at_worst(mut self, cap: Verdict) -> Self {
        self.verdict = self.verdict.min(cap);
        self
    }

    /// The finding; the reason is named only when the verdict is warn or fail.
    pub fn finding(self, check: CheckId, reason: &str, evidence: Vec<Evidence>) -> Finding {
        let rejects = matches!(self.verdict, Verdict::Warn | Verdict::Fail) && !reason.is_empty();
        Finding {
            check,
            verdict: self.verdict,
            value: self.value.map(rounded),
            unit: self.unit.to_owned(),
            limit: self.limit,
            confidence: rounded(self.confidence),
            reason: rejects.then(|| reason.to_owned()),
            evidence,
        }
    }
}

/// A finding of a check that could not be made.
pub fn unknown(check: CheckId, unit: &'static str) -> Finding {
    Judged::unknown("value", unit).finding(check, "", Vec::new())
}

/// Holds one number against its band.
pub fn judge(held: &Held<'_>, band: Option<Band>) -> Judged {
    let (Some(value), Some(band)) = (held.value.filter(|value| value.is_finite()), band) else {
        let value = held.value.filter(|value| value.is_finite());
        return Judged { value, ..Judged::unknown(held.band, held.unit) };
    };
    let pass = (band.pass_min, band.pass_max);
    let warn = (band.warn_min, band.warn_max);
    let (from_pass, from_warn) = (side(value, pass), side(value, warn));
    let verdict = match (from_pass, from_warn) {
        (_, Side::Below | Side::Above) => Verdict::Fail,
        (Side::Below | Side::Above, Side::Inside) => Verdict::Warn,
        (Side::Inside, Side::Inside) => Verdict::Pass,
    };
    Judged {
        verdict,
        value: Some(value),
        unit: held.unit,
        limit: Some(Limit { pass, warn }),
        side: if from_pass == Side::Inside { from_warn } else { from_pass },
        confidence: confidence(value, held.spread, &[pass.0, pass.1, warn.0, warn.1]),
        band: held.band.to_owned(),
    }
}

fn side(value: f64, (min, max): (Option<f64>, Option<f64>)) -> Side {
    if min.is_some_and(|min| value < min) {
        Side::Below
    } else if max.is_some_and(|max| value > max) {
        Side::Above
    } else {
        Side::Inside
    }
}

/// Chance that the true value stands on the same side of the nearest limit: 0.5 on the limit, near 1 far off.
fn confidence(value: f64, spread: f64, limits: &[Option<f64>]) -> f64 {
    let nearest = limits.iter().flatten().map(|limit| (value - limit).abs()).fold(f64::INFINITY, f64::min);
    // The logistic curve with slope 1.702 follows the normal distribution to within 0.01.
    1.0 / (1.0 + (-1.702 * nearest / spread.max(1e-9)).exp())
}

/// Four significant decimals are more than any measure here holds.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, expect: (Verdict, Side)) {
        let band =
            Band { pass_min: Some(60.0), pass_max: Some(100.0), warn_min: Some(50.0), warn_max: Some(110.0) };
        let held = Held { band: "value", value: Some(value), unit: "px", spread: 1.0 };
        let judged = judge(&held, Some(band));
        assert_eq!((judged.verdict, judged.side), expect, "{value}");
    }

    #[test]
    fn limits_belong_to_the_better_verdict() {
        check(60.0, (Verdict::Pass, Side::Inside));
        check(100.1, (Verdict::Warn, Side::Above));
        check(50.0, (Verdict::Warn, Side::Below));
        check(49.9, (Verdict::Fail, Side::Below));
        check(110.1, (Verdict::Fail, Side::Above));
    }

    #[test]
    fn a_missing_band_or_value_is_unknown() {
        let held = Held { band: "value", value: Some(3.0), unit: "px", spread: 1.0 };
        assert_eq!(judge(&held, None).verdict, Verdict::Unknown);
        assert_eq!(judge(&Held { value: None, ..held }, Some(Band::default())).verdict, Verdict::Unknown);
        assert_eq!(
            judge(&Held { value: Some(f64::NAN), ..held }, Some(Band::default())).verdict,
            Verdict::Unknown
        );
    }

    #[test]
    fn confidence_is_one_half_on_the_limit() {
        assert!((confidence(10.0, 1.0, &[Some(10.0)]) - 0.5).abs() < 1e-9);
        assert!(confidence(20.0, 1.0, &[Some(10.0)]) > 0.999);
    }
}
