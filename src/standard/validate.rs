//! What the types cannot say of a standard: ordered bands, known checks, honest clauses.

use std::collections::HashSet;

use super::catalogue::StandardError;
use super::load::CommonLimits;
use super::{Band, Clause, ClauseState, Standard, TargetBand};

/// A fault inside one standard: key path, what is wrong, what to do.
struct Fault {
    key: String,
    what: String,
    remedy: &'static str,
}

/// The first fault found, named by file and key.
pub(super) fn validate(file: &str, standard: &Standard, common: &CommonLimits) -> Result<(), StandardError> {
    check_identity(standard)
        .and_then(|()| check_size(standard))
        .and_then(|()| check_backgrounds(standard))
        .and_then(|()| check_geometry(standard))
        .and_then(|()| check_limits(standard, common))
        .and_then(|()| check_clauses(standard, common))
        .map_err(|fault| StandardError::Field {
            file: file.to_owned(),
            key: fault.key,
            what: fault.what,
            remedy: fault.remedy.to_owned(),
        })
}

fn ensure(holds: bool, key: &str, what: &str, remedy: &'static str) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault { key: key.to_owned(), what: what.to_owned(), remedy }) }
}

fn check_identity(standard: &Standard) -> Result<(), Fault> {
    let is_word = !standard.id.is_empty()
        && standard.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    ensure(is_word, "id", "is no snake_case word", "use lower-case letters, digits and _")?;
    ensure(!standard.zh.trim().is_empty(), "zh", "is empty", "write the Chinese name")?;
    ensure(!standard.en.trim().is_empty(), "en", "is empty", "write the English name")
}

fn check_size(standard: &Standard) -> Result<(), Fault> {
    let (size, file) = (standard.size, standard.file);
    ensure(size.width_px > 0 && size.height_px > 0, "size", "has a side of 0 px", "write both sides in px")?;
    ensure(
        size.dpi.0 > 0,
        "size.dpi",
        "is 0",
        "write the density in dots per inch, 300 when none is published",
    )?;
    ensure(
        file.min_kb.zip(file.max_kb).is_none_or(|(min, max)| min < max),
        "file.min_kb",
        "is not below file.max_kb",
        "write the smaller figure as min_kb",
    )?;
    ensure(
        file.min_quality >= 1 && file.min_quality <= file.max_quality && file.max_quality <= 100,
        "file.min_quality",
        "does not fit 1 ≤ min_quality ≤ max_quality ≤ 100",
        "write both on the libjpeg scale",
    )
}

fn check_backgrounds(standard: &Standard) -> Result<(), Fault> {
    ensure(!standard.backgrounds.is_empty(), "backgrounds", "is empty", "name at least one colour")?;
    let mut ids = HashSet::new();
    let unique = standard.backgrounds.iter().all(|background| ids.insert(&background.id));
    ensure(unique, "backgrounds", "names one id twice", "give each colour its own id")
}

fn check_geometry(standard: &Standard) -> Result<(), Fault> {
    let geometry = &standard.geometry;
    for (name, band) in [
        ("crown_y", geometry.crown_y),
        ("eye_y", geometry.eye_y),
        ("face_width", geometry.face_width),
        ("head_ratio", geometry.head_ratio),
        ("chin_from_bottom", geometry.chin_from_bottom),
    ] {
        let key = format!("geometry.{name}");
        check_band(&key, band.limit())?;
        ensure(target_is_legal(band), &key, "has its target outside the band", "move the target inside")?;
    }
    Ok(())
}

fn target_is_legal(band: TargetBand) -> bool {
    let Some(target) = band.target else { return true };
    let limit = band.limit();
    limit.pass_min.is_none_or(|min| target >= min) && limit.pass_max.is_none_or(|max| target <= max)
}

fn check_limits(standard: &Standard, common: &CommonLimits) -> Result<(), Fault> {
    for (check, limits) in &standard.checks {
        let key = format!("checks.{check}");
        ensure(
            common.delivered().contains(check),
            &key,
            "is no check this program runs",
            "use an id from common_limits.toml",
        )?;
        ensure(!limits.source.trim().is_empty(), &key, "has no source", "say where its figures come from")?;
        for (name, band) in &limits.bands {
            check_band(&format!("{key}.bands.{name}"), *band)?;
        }
    }
    Ok(())
}

/// `warn` has to contain `pass`; a closed end of `warn` needs a closed end of `pass`.
fn check_band(key: &str, band: Band) -> Result<(), Fault> {
    let ordered = |low: Option<f64>, high: Option<f64>| low.zip(high).is_none_or(|(low, high)| low <= high);
    let closed = |warn: Option<f64>, pass: Option<f64>| warn.is_none() || pass.is_some();
    let finite = [band.pass_min, band.pass_max, band.warn_min, band.warn_max]
        .into_iter()
        .flatten()
        .all(f64::is_finite);
    ensure(
        finite
            && ordered(band.pass_min, band.pass_max)
            && ordered(band.warn_min, band.pass_min)
            && ordered(band.pass_max, band.warn_max)
            && closed(band.warn_min, band.pass_min)
            && closed(band.warn_max, band.pass_max),
        key,
        "is not ordered",
        "keep warn_min ≤ pass_min ≤ pass_max ≤ warn_max, the outer end never without the inner",
    )
}

fn check_clauses(standard: &Standard, common: &CommonLimits) -> Result<(), Fault> {
    let mut ids = HashSet::new();
    for clause in &standard.clauses {
        let key = format!("clauses.{}", clause.id);
        ensure(ids.insert(&clause.id), &key, "occurs twice", "give each clause its own id")?;
        ensure(
            !clause.zh.trim().is_empty() && !clause.en.trim().is_empty(),
            &key,
            "lacks a language",
            "write zh and en",
        )?;
        check_clause_checks(&key, clause, common)?;
    }
    Ok(())
}

fn check_clause_checks(key: &str, clause: &Clause, common: &CommonLimits) -> Result<(), Fault> {
    let known = |check: &String| common.delivered().contains(check);
    ensure(
        clause.checks.iter().all(known),
        key,
        "names a check that does not exist",
        "use ids from common_limits.toml",
    )?;
    ensure(
        clause.state != ClauseState::Checked
            || clause.checks.iter().any(|check| common.delivered().contains(check)),
        key,
        "is marked checked, but no check this program runs enforces it",
        "name the check, or mark it not_enforced_yet or operator_must_look",
    )
}
