//! The page of figures: what was found, what was confused, and how both follow the limits.

use std::cmp::Ordering;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use photodesk::identity::{Answer, Comparison, IdentityLimits, PersonLimits};

pub struct Page {
    pub portraits: usize,
    pub copies: Vec<Copies>,
    pub strangers: Strangers,
    /// The chosen pairs.
    pub persons: Persons,
    /// Every pair of portraits whose persons are known.
    pub named: Persons,
    pub limits: IdentityLimits,
    /// What the distances mean, and whose they are.
    pub person: PersonLimits,
    pub describer: String,
}

/// Copies made by one edit.
pub struct Copies {
    pub name: &'static str,
    all: usize,
    same: usize,
    shown: usize,
    /// In the original no face lies where the copy's does, or the copy has none.
    lost: usize,
    in_radius: usize,
    lowest: f64,
}

/// Pairs of different exposures.
#[derive(Default)]
pub struct Strangers {
    all: usize,
    same: usize,
    in_radius: usize,
    nearest_stranger: f64,
    nearest_same_person: f64,
}

/// Shares of two people's pairs at which the page tells how many of one person's are lost.
const CONFUSED: [f64; 3] = [0.01, 0.003, 0.001];

/// Distances of the labelled pairs.
#[derive(Default)]
pub struct Persons {
    same: Vec<f64>,
    different: Vec<f64>,
    /// A face was not found.
    pub lost: usize,
}

impl Copies {
    pub fn new(name: &'static str) -> Self {
        Self { name, all: 0, same: 0, shown: 0, lost: 0, in_radius: 0, lowest: 1.0 }
    }

    pub fn add(&mut self, found: &Comparison, bits: u32, limits: &IdentityLimits) {
        let answer = found.same_exposure(limits);
        self.all += 1;
        self.same += usize::from(answer == Answer::Same);
        self.shown += usize::from(answer != Answer::Different);
        self.in_radius += usize::from(bits <= limits.search.radius);
        self.lowest = self.lowest.min(found.exposure.score);
    }

    pub fn add_lost(&mut self) {
        self.all += 1;
        self.lost += 1;
    }
}

impl Strangers {
    pub fn add(&mut self, score: f64, same_person: bool, is_same: bool, in_radius: bool) {
        self.all += 1;
        self.same += usize::from(is_same);
        self.in_radius += usize::from(in_radius);
        let nearest = if same_person { &mut self.nearest_same_person } else { &mut self.nearest_stranger };
        *nearest = nearest.max(score);
    }
}

impl Persons {
    pub fn add(&mut self, same: bool, distance: f64) {
        if same { self.same.push(distance) } else { self.different.push(distance) }
    }

    /// The rate at which as many of one kind are taken for the other, and the distance where it is so.
    fn equal_error(&self) -> (f64, f64) {
        let mut limits: Vec<f64> = self.same.iter().chain(&self.different).copied().collect();
        limits.sort_by(f64::total_cmp);
        let rates = limits.into_iter().map(|limit| {
            let (missed, confused) = self.errors(limit);
            ((missed - confused).abs(), (missed + confused) / 2.0, limit)
        });
        let best = rates.min_by(|one, other| one.0.total_cmp(&other.0));
        best.map_or((f64::NAN, f64::NAN), |(_, rate, limit)| (rate, limit))
    }

    /// The limit within which at most this share of two people's pairs lies.
    fn limit_of(&self, confused: f64) -> f64 {
        let mut distances = self.different.clone();
        distances.sort_by(f64::total_cmp);
        let within = (confused * distances.len() as f64) as usize;
        within.checked_sub(1).and_then(|last| distances.get(last)).copied().unwrap_or_default()
    }

    /// Chance that a pair of one person lies nearer than a pair of two: the area under the curve.
    fn area(&self) -> f64 {
        let nearer = |same: &f64| {
            self.different
                .iter()
                .map(|different| match same.total_cmp(different) {
                    Ordering::Less => 1.0,
                    Ordering::Equal => 0.5,
                    Ordering::Greater => 0.0,
                })
                .sum::<f64>()
        };
        self.same.iter().map(nearer).sum::<f64>() / (self.same.len() * self.different.len()) as f64
    }

    /// Share of one person's pairs beyond the limit, and of two people's within it.
    fn errors(&self, limit: f64) -> (f64, f64) {
        let share = |distances: &[f64], is_error: &dyn Fn(f64) -> bool| {
            distances.iter().filter(|distance| is_error(**distance)).count() as f64
                / distances.len().max(1) as f64
        };
        (
            share(&self.same, &|distance| distance > limit),
            share(&self.different, &|distance| distance <= limit),
        )
    }
}

impl Page {
    pub fn write(&self, file: &Path) -> Result<()> {
        std::fs::write(file, self.text()?).with_context(|| format!("{}", file.display()))
    }

    fn text(&self) -> Result<String> {
        let mut text = String::new();
        let exposure = self.limits.exposure;
        writeln!(
            text,
            "# How often `compare`, `reuse` and `face_match` are right\n\n\
             Written by `cargo xtask identity`. Copies are made of {} labelled portraits by the edits below; the exact\n\
             comparison says *same* from a correlation of {}, and puts the pair before a person from {}.\n\n\
             | edit | copies | same | same or shown | within {} bits | lowest correlation | face lost |\n\
             |---|---|---|---|---|---|---|",
            self.portraits, exposure.same_from, exposure.perhaps_from, self.limits.search.radius
        )?;
        for edit in &self.copies {
            writeln!(
                text,
                "| {} | {} | {} | {} | {} | {:.3} | {} |",
                edit.name, edit.all, edit.same, edit.shown, edit.in_radius, edit.lowest, edit.lost
            )?;
        }
        let all: usize = self.copies.iter().map(|edit| edit.all).sum();
        let same: usize = self.copies.iter().map(|edit| edit.same).sum();
        writeln!(text, "\nOf all {all} copies {same} are found ({:.4}).\n", same as f64 / all.max(1) as f64)?;
        let strangers = &self.strangers;
        writeln!(
            text,
            "Of all {} pairs of different portraits {} are taken for one exposure, and {} lie within the radius of the\n\
             hash. The nearest two exposures of one person correlate by {:.3}, of two people by {:.3}.\n",
            strangers.all,
            strangers.same,
            strangers.in_radius,
            strangers.nearest_same_person,
            strangers.nearest_stranger
        )?;
        self.write_persons(&mut text)?;
        Ok(text)
    }

    fn write_persons(&self, text: &mut String) -> Result<()> {
        writeln!(text, "## One person or two\n\nDistances of {}.\n", self.describer)?;
        let kinds = [
            ("pairs somebody chose and labelled", &self.persons),
            ("all pairs of known persons", &self.named),
        ];
        writeln!(
            text,
            "| | one person | two people | no face | equal error rate | at distance | area |\n|---|---|---|---|---|---|---|"
        )?;
        for (name, persons) in kinds {
            let (rate, at) = persons.equal_error();
            writeln!(
                text,
                "| {name} | {} | {} | {} | {:.1} % | {at:.3} | {:.4} |",
                persons.same.len(),
                persons.different.len(),
                persons.lost,
                rate * 100.0,
                persons.area()
            )?;
        }
        let limits = self.person;
        writeln!(
            text,
            "\n| limit | distance | one person beyond | two people within | of all: one beyond | two within |\n|---|---|---|---|---|---|"
        )?;
        let held = [("same up to", limits.same_to), ("perhaps up to", limits.perhaps_to)];
        let rates = CONFUSED.map(|share| ("so many of all", self.named.limit_of(share)));
        for (name, limit) in held.into_iter().chain(rates) {
            let [chosen, all] = kinds.map(|(_, persons)| persons.errors(limit));
            writeln!(
                text,
                "| {name} | {limit:.3} | {:.1} % | {:.1} % | {:.1} % | {:.2} % |",
                chosen.0 * 100.0,
                chosen.1 * 100.0,
                all.0 * 100.0,
                all.1 * 100.0
            )?;
        }
        Ok(())
    }
}
