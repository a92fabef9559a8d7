//! How far two people agree beyond chance: Cohen's kappa with its large-sample interval.
//!
//! With the counts of two raters over the same categories as a square table of shares `p(i, j)`, `po` the sum of its
//! diagonal and `pe` the sum of the products of equal margins, kappa is `(po - pe) / (1 - pe)` (J. Cohen, A coefficient
//! of agreement for nominal scales, Educational and Psychological Measurement 20, 1960, 37–46). Its variance where kappa
//! is not zero is that of J. L. Fleiss, J. Cohen and B. S. Everitt, Large sample standard errors of kappa and weighted
//! kappa, Psychological Bulletin 72, 1969, 323–327, formula 13.

/// The two-sided 95 % point of the normal distribution.
const NORMAL_95: f64 = 1.959_963_985;

/// Kappa with its standard error and its 95 % interval, cut to -1..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kappa {
    pub value: f64,
    pub standard_error: f64,
    pub low: f64,
    pub high: f64,
}

/// Two people on one yes-or-no question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    pub both: usize,
    pub first_only: usize,
    pub second_only: usize,
    pub neither: usize,
}

impl Agreement {
    /// Counts one pair of answers.
    pub fn add(&mut self, first: bool, second: bool) {
        match (first, second) {
            (true, true) => self.both += 1,
            (true, false) => self.first_only += 1,
            (false, true) => self.second_only += 1,
            (false, false) => self.neither += 1,
        }
    }

    /// Pairs.
    pub fn pairs(&self) -> usize {
        self.both + self.first_only + self.second_only + self.neither
    }

    /// Pairs in which at least one of the two said yes.
    pub fn given(&self) -> usize {
        self.both + self.first_only + self.second_only
    }

    /// Share of pairs with the same answer, 0..=1; `None` without pairs.
    pub fn share(&self) -> Option<f64> {
        let pairs = self.pairs();
        (pairs > 0).then(|| (self.both + self.neither) as f64 / pairs as f64)
    }

    /// `None` without pairs, or when chance alone would agree always: both gave one and the same answer throughout.
    pub fn kappa(&self) -> Option<Kappa> {
        kappa(&[vec![self.both, self.first_only], vec![self.second_only, self.neither]])
    }
}

/// Kappa of a square table of counts, the first rater's categories down and the second's across.
pub fn kappa(counts: &[Vec<usize>]) -> Option<Kappa> {
    let size = counts.len();
    let total: usize = counts.iter().flatten().sum();
    if total == 0 || counts.iter().any(|row| row.len() != size) {
        return None;
    }
    let share = |first: usize, second: usize| counts[first][second] as f64 / total as f64;
    let of_first: Vec<f64> = (0..size).map(|i| (0..size).map(|j| share(i, j)).sum()).collect();
    let of_second: Vec<f64> = (0..size).map(|j| (0..size).map(|i| share(i, j)).sum()).collect();
    let observed: f64 = (0..size).map(|i| share(i, i)).sum();
    let by_chance: f64 = of_first.iter().zip(&of_second).map(|(first, second)| first * second).sum();
    let beyond = 1.0 - by_chance;
    if beyond <= f64::EPSILON {
        return None;
    }
    let value = (observed - by_chance) / beyond;
    let mut sum = 0.0;
    for (i, second) in of_second.iter().enumerate() {
        for (j, first) in of_first.iter().enumerate() {
            let margins = second + first;
            let term = if i == j { 1.0 - margins * (1.0 - value) } else { margins * (1.0 - value) };
            sum += share(i, j) * term * term;
        }
    }
    let middle = value - by_chance * (1.0 - value);
    let variance = (sum - middle * middle).max(0.0) / (total as f64 * beyond * beyond);
    let standard_error = variance.sqrt();
    let half = NORMAL_95 * standard_error;
    Some(Kappa { value, standard_error, low: (value - half).max(-1.0), high: (value + half).min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expect: f64, what: &str) {
        assert!((found - expect).abs() < 5e-5, "{what}: {found}, not {expect}");
    }

    /// The skin example of the SAS/STAT guide to PROC FREQ: two dermatologists, 88 patients, four grades. Published:
    /// kappa 0.3449, asymptotic standard error 0.0724, limits 0.2030 and 0.4868.
    #[test]
    fn published_figures_of_four_categories_are_met() {
        let counts = [vec![10, 4, 1, 0], vec![5, 10, 12, 2], vec![2, 4, 12, 5], vec![0, 2, 6, 13]];
        let kappa = kappa(&counts).unwrap();
        near(kappa.value, 0.3449, "kappa");
        near(kappa.standard_error, 0.0724, "standard error");
        near(kappa.low, 0.2030, "lower limit");
        near(kappa.high, 0.4868, "upper limit");
    }

    /// By hand: po = 0.7, pe = 0.5 · 0.6 + 0.5 · 0.4 = 0.5, kappa = 0.4. The diagonal gives 0.4 · 0.34² + 0.3 · 0.46²
    /// = 0.10972, the rest (0.1 · 1.1² + 0.2 · 0.9²) · 0.6² = 0.10188, the middle 0.4 - 0.5 · 0.6 = 0.1; so the variance
    /// is (0.10972 + 0.10188 - 0.01) / (50 · 0.25) = 0.016128.
    #[test]
    fn two_categories_by_hand() {
        let agreement = Agreement { both: 20, first_only: 5, second_only: 10, neither: 15 };
        let kappa = agreement.kappa().unwrap();
        near(kappa.value, 0.4, "kappa");
        near(kappa.standard_error, 0.016_128_f64.sqrt(), "standard error");
        assert_eq!((agreement.pairs(), agreement.given(), agreement.share()), (50, 35, Some(0.7)));
    }

    #[test]
    fn full_agreement_is_one_and_one_answer_throughout_says_nothing() {
        let full = Agreement { both: 3, neither: 9, ..Agreement::default() }.kappa().unwrap();
        assert_eq!((full.value, full.standard_error), (1.0, 0.0));
        assert_eq!(Agreement { neither: 40, ..Agreement::default() }.kappa(), None);
        assert_eq!(Agreement::default().kappa(), None);
    }
}
