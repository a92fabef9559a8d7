//! `photodesk standards | layouts | reasons`: what is known, with its sources, as a table or as JSON.

mod layouts;
mod table;

use std::io::Write;

use serde::Serialize;

use super::Outcome;
use super::place::known_standards;
use crate::print::{Layouts, Papers, Pieces};
use crate::standard::{FileLimits, GlassesPolicy, OutputSize, Standard};
use crate::submission::reason::{Judge, Reason, ReasonCatalogue};
use layouts::{Known, layout_table, paper_table, piece_table};
use table::Table;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// The known photo standards.
pub(super) fn standards(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let catalogue = known_standards()?;
    if args.json {
        return json(catalogue.all(), out);
    }
    let mut table =
        Table::new(&["id", "标准", "standard", "size", "KB", "background", "glasses", "trust", "source"]);
    for standard in catalogue.all() {
        table.push(standard_row(standard));
    }
    print_table(&table, out)
}

/// The known layouts, papers and piece sizes.
pub(super) fn layouts(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let (layouts, papers, pieces) = (Layouts::built_in()?, Papers::built_in()?, Pieces::built_in()?);
    if args.json {
        let all: Vec<Known<'_>> = (layouts.entries().iter().map(Known::Layout))
            .chain(papers.entries().iter().map(Known::Paper))
            .chain(pieces.entries().iter().map(Known::Piece))
            .collect();
        return json(&all, out);
    }
    print_table(&layout_table(&layouts), out)?;
    writeln!(out)?;
    print_table(&paper_table(&papers), out)?;
    writeln!(out)?;
    print_table(&piece_table(&pieces), out)
}

/// The preset rejection reasons.
pub(super) fn reasons(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let catalogue = ReasonCatalogue::built_in()?;
    if args.json {
        return json(catalogue.all(), out);
    }
    let mut table = Table::new(&["code", "原因", "reason", "judge", "checks", "解决办法", "remedy"]);
    for reason in catalogue.all() {
        table.push(reason_row(reason));
    }
    print_table(&table, out)
}

fn json<T: Serialize + ?Sized>(value: &T, out: &mut impl Write) -> anyhow::Result<Outcome> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)?;
    Ok(Outcome::Done)
}

fn print_table(table: &Table, out: &mut impl Write) -> anyhow::Result<Outcome> {
    table.write(out)?;
    Ok(Outcome::Done)
}

fn standard_row(standard: &Standard) -> Vec<String> {
    let source = &standard.source;
    let backgrounds: Vec<&str> =
        standard.backgrounds.iter().map(|background| background.id.as_str()).collect();
    vec![
        standard.id.clone(),
        standard.zh.clone(),
        standard.en.clone(),
        size_text(standard.size),
        weight_text(standard.file),
        backgrounds.join(" "),
        glasses_text(standard.glasses).to_owned(),
        format!("{:?}", source.confidence),
        format!("{}, {}, {}", source.issuer, source.document, source.date),
    ]
}

fn size_text(size: OutputSize) -> String {
    let pixels = format!("{}×{} px", size.width_px, size.height_px);
    match size.width_mm.zip(size.height_mm) {
        Some((width, height)) => format!("{pixels} ({width}×{height} mm)"),
        None => pixels,
    }
}

fn weight_text(file: FileLimits) -> String {
    match (file.min_kb, file.max_kb) {
        (Some(min), Some(max)) => format!("{min}–{max}"),
        (None, Some(max)) => format!("≤{max}"),
        (Some(min), None) => format!("≥{min}"),
        (None, None) => "-".to_owned(),
    }
}

fn glasses_text(policy: GlassesPolicy) -> &'static str {
    match policy {
        GlassesPolicy::Forbid => "forbid",
        GlassesPolicy::AllowClean => "allow_clean",
        GlassesPolicy::Ignore => "ignore",
    }
}

fn reason_row(reason: &Reason) -> Vec<String> {
    vec![
        reason.code.clone(),
        reason.title.zh.clone(),
        reason.title.en.clone(),
        judge_text(reason.judge).to_owned(),
        if reason.checks.is_empty() { "-".to_owned() } else { reason.checks.join(" ") },
        reason.remedy.zh.clone(),
        reason.remedy.en.clone(),
    ]
}

fn judge_text(judge: Judge) -> &'static str {
    match judge {
        Judge::Auto => "auto",
        Judge::AutoThenHuman => "auto_then_human",
        Judge::Human => "human",
        Judge::System => "system",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::Catalogue;

    type Verb = fn(&Args, &mut Vec<u8>) -> anyhow::Result<Outcome>;
    const VERBS: [(Verb, &str); 3] = [(standards, "chsi_2017"), (layouts, "版式一"), (reasons, "G01")];

    fn printed(verb: Verb, json: bool) -> String {
        let mut out = Vec::new();
        assert_eq!(verb(&Args { json }, &mut out).unwrap(), Outcome::Done);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_names_what_is_known() {
        for (verb, expect) in VERBS {
            assert!(printed(verb, false).contains(expect), "{expect}");
        }
    }

    #[test]
    fn json_is_one_array_of_objects() {
        for (verb, expect) in VERBS {
            let value: serde_json::Value = serde_json::from_str(&printed(verb, true)).unwrap();
            let objects = value.as_array().unwrap();
            assert!(objects.iter().all(serde_json::Value::is_object));
            assert!(objects[0].as_object().unwrap().values().any(|value| value == expect), "{expect}");
        }
    }

    #[test]
    fn standards_and_layouts_carry_their_source() {
        for verb in [standards as Verb, layouts as Verb] {
            let value: serde_json::Value = serde_json::from_str(&printed(verb, true)).unwrap();
            assert!(value.as_array().unwrap().iter().all(|object| !object["source"].is_null()));
        }
    }

    #[test]
    fn every_check_has_a_name_and_an_explanation_in_both_languages() {
        let standards = Catalogue::built_in().unwrap();
        for check in standards.delivered_checks() {
            for part in ["name", "help"] {
                let key = format!("check.{check}.{part}");
                let (zh, en) = (rust_i18n::t!(&key, locale = "zh-CN"), rust_i18n::t!(&key, locale = "en"));
                assert_ne!(zh, en, "{key}");
                assert!(!zh.contains(&key) && !en.contains(&key), "{key}");
            }
        }
    }

    #[test]
    fn a_weight_without_a_lower_end_is_shown_as_such() {
        let limits = FileLimits { min_kb: None, max_kb: Some(30), min_quality: 60, max_quality: 95 };
        assert_eq!(weight_text(limits), "≤30");
    }
}
