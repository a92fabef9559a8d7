//! `photodesk standards | layouts | reasons`: what is known, with its sources, as a table or as JSON.

mod table;

use std::io::Write;

use serde::Serialize;

use super::Outcome;
use crate::photo::units::Mm;
use crate::print::layout::LayoutEntry;
use crate::print::piece::PieceEntry;
use crate::print::{Layouts, Paper, Papers, Pieces};
use crate::standard::{Catalogue, FileLimits, GlassesPolicy, OutputSize, Standard};
use crate::submission::reason::{Judge, Reason, ReasonCatalogue};
use table::Table;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// The known photo standards.
pub(super) fn standards(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let catalogue = Catalogue::built_in()?;
    if args.json {
        return json(catalogue.all(), out);
    }
    let mut table = Table::new(&["id", "标准", "standard", "size", "KB", "background", "glasses", "trust", "source"]);
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

/// One thing `layouts --json` lists.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Known<'a> {
    Layout(&'a LayoutEntry),
    Paper(&'a Paper),
    Piece(&'a PieceEntry),
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
    let backgrounds: Vec<&str> = standard.backgrounds.iter().map(|background| background.id.as_str()).collect();
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

fn layout_table(layouts: &Layouts) -> Table {
    let mut table = Table::new(&["版式", "layout", "expression", "paper", "source"]);
    for entry in layouts.entries() {
        let texts = [&entry.name, &entry.name_en, &entry.expression, &entry.paper, &entry.source];
        table.push(texts.into_iter().cloned().collect());
    }
    table
}

fn paper_table(papers: &Papers) -> Table {
    let mut table = Table::new(&["相纸", "paper", "mm", "source"]);
    for paper in papers.entries() {
        table.push(size_row(&paper.name, &paper.name_en, paper.width, paper.height, &paper.source));
    }
    table
}

fn piece_table(pieces: &Pieces) -> Table {
    let mut table = Table::new(&["尺寸", "piece", "mm", "source"]);
    for piece in pieces.entries() {
        table.push(size_row(&piece.name, &piece.name_en, piece.width_mm, piece.height_mm, &piece.source));
    }
    table
}

fn size_row(name: &str, name_en: &str, width: Mm, height: Mm, source: &str) -> Vec<String> {
    vec![name.to_owned(), name_en.to_owned(), format!("{width}×{height}"), source.to_owned()]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

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
    fn a_weight_without_a_lower_end_is_shown_as_such() {
        let limits = FileLimits { min_kb: None, max_kb: Some(30), min_quality: 60, max_quality: 95 };
        assert_eq!(weight_text(limits), "≤30");
    }
}
