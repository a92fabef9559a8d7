//! TOML text to a standard: inheritance by `extends`, common limits underneath, errors by file and key.

use serde::Deserialize;
use toml::{Table, Value};

use super::catalogue::StandardError;
use super::user_file::line_of;
use super::{Standard, validate};

const PARENT_KEY: &str = "extends";
const CHECKS_KEY: &str = "checks";
/// Keys every file states itself; a variant with its parent's name would be mistaken for it.
const OWN_KEYS: [&str; 4] = ["id", "version", "zh", "en"];

/// One file as read: the name for messages and its table.
#[derive(Clone, Debug)]
pub(super) struct RawFile {
    pub name: String,
    pub table: Table,
}

/// The limits every standard starts from, and the names of all checks.
#[derive(Clone, Debug)]
pub(super) struct CommonLimits {
    checks: Table,
    delivered: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommonFile {
    checks: Table,
}

impl CommonLimits {
    pub fn parse(name: &str, text: &str) -> Result<Self, StandardError> {
        let table = parse_table(name, text)?;
        let file: CommonFile = typed(name, table)?;
        let delivered = file.checks.keys().cloned().collect();
        Ok(Self { checks: file.checks, delivered })
    }

    /// Checks this program runs.
    pub fn delivered(&self) -> &[String] {
        &self.delivered
    }
}

impl RawFile {
    pub fn parse(name: &str, text: &str) -> Result<Self, StandardError> {
        let file = Self { name: name.to_owned(), table: parse_table(name, text)? };
        for key in OWN_KEYS {
            if !file.table.contains_key(key) {
                return Err(file.fault(key, "is missing", "add it; it cannot be inherited"));
            }
        }
        Ok(file)
    }

    /// The id as written; empty when it is no text, which the typed reading reports.
    pub fn id(&self) -> &str {
        self.table.get("id").and_then(Value::as_str).unwrap_or_default()
    }

    /// The file laid over its parents; `find` gives a parent by id.
    pub fn with_parents<'a>(&self, find: &impl Fn(&str) -> Option<&'a Self>) -> Result<Table, StandardError> {
        let mut seen = vec![self.id().to_owned()];
        let mut table = self.table.clone();
        while let Some(parent_id) = table.remove(PARENT_KEY) {
            let parent_id = parent_id.as_str().unwrap_or_default().to_owned();
            let Some(parent) = find(&parent_id) else {
                return Err(self.fault(
                    PARENT_KEY,
                    &format!("names `{parent_id}`, which is no known standard"),
                    "write the id of a standard listed by `photodesk standards`",
                ));
            };
            if seen.contains(&parent_id) {
                let circle = format!("leads back to `{parent_id}`");
                return Err(self.fault(PARENT_KEY, &circle, "let one of the two stand alone"));
            }
            seen.push(parent_id);
            let mut merged = parent.table.clone();
            overlay(&mut merged, table);
            table = merged;
        }
        Ok(table)
    }

    fn fault(&self, key: &str, what: &str, remedy: &str) -> StandardError {
        StandardError::Field {
            file: self.name.clone(),
            key: key.to_owned(),
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        }
    }
}

/// A complete standard from a table that already contains its parents.
pub(super) fn standard(name: &str, table: Table, common: &CommonLimits) -> Result<Standard, StandardError> {
    let mut whole = Table::from_iter([(CHECKS_KEY.to_owned(), Value::Table(common.checks.clone()))]);
    overlay(&mut whole, table);
    let mut standard: Standard = typed(name, whole)?;
    standard.geometry = standard.geometry.in_pixels(standard.size);
    limits_from_geometry(&mut standard);
    validate::validate(name, &standard, common)?;
    Ok(standard)
}

/// The geometry checks hold their values against the geometry table, so that no figure is written twice.
fn limits_from_geometry(standard: &mut Standard) {
    let geometry = standard.geometry.clone();
    let body_ratio = geometry.chin_from_bottom.scaled(1.0 / f64::from(standard.size.height_px));
    for (check, band, figures) in [
        ("crown_margin", "value", geometry.crown_y),
        ("eye_height", "value", geometry.eye_y),
        ("face_width", "value", geometry.face_width),
        ("head_size", "head_ratio", geometry.head_ratio),
        ("head_size", "body_ratio", body_ratio),
    ] {
        if let Some(limits) = standard.checks.get_mut(check) {
            limits.bands.entry(band.to_owned()).or_insert_with(|| figures.limit());
        }
    }
}

/// Lays `over` upon `base`: tables merge, a table of plain numbers is one figure and is replaced whole,
/// clauses are matched by id, everything else is replaced.
fn overlay(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) if !is_figure(&new) => overlay(old, new),
            (Some(Value::Array(old)), Value::Array(new)) if key == "clauses" => overlay_clauses(old, new),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn is_figure(table: &Table) -> bool {
    table.values().all(|value| value.is_integer() || value.is_float())
}

fn overlay_clauses(old: &mut Vec<Value>, new: Vec<Value>) {
    for clause in new {
        let id = clause.get("id").cloned();
        match old.iter_mut().find(|known| id.is_some() && known.get("id") == id.as_ref()) {
            Some(known) => *known = clause,
            None => old.push(clause),
        }
    }
}

fn parse_table(name: &str, text: &str) -> Result<Table, StandardError> {
    text.parse::<Table>().map_err(|error| StandardError::Syntax {
        file: name.to_owned(),
        line: line_of(&error, text),
        what: error.message().to_owned(),
    })
}

fn typed<T: serde::de::DeserializeOwned>(name: &str, table: Table) -> Result<T, StandardError> {
    serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| StandardError::Field {
        file: name.to_owned(),
        key: error.path().to_string(),
        what: format!("cannot be used: {}", error.inner().message()),
        remedy: "correct this key; docs/standards.md lists all keys and their units".to_owned(),
    })
}
