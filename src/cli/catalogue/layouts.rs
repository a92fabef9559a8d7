//! Layouts, papers and piece sizes, as `photodesk layouts` lists them.

use serde::Serialize;

use super::table::Table;
use crate::photo::units::Mm;
use crate::print::layout::LayoutEntry;
use crate::print::piece::PieceEntry;
use crate::print::{Layouts, Paper, Papers, Pieces};

/// One thing `layouts --json` lists.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Known<'a> {
    Layout(&'a LayoutEntry),
    Paper(&'a Paper),
    Piece(&'a PieceEntry),
}

pub(super) fn layout_table(layouts: &Layouts) -> Table {
    let mut table = Table::new(&["版式", "layout", "expression", "paper", "source"]);
    for entry in layouts.entries() {
        let texts = [&entry.name, &entry.name_en, &entry.expression, &entry.paper, &entry.source];
        table.push(texts.into_iter().cloned().collect());
    }
    table
}

pub(super) fn paper_table(papers: &Papers) -> Table {
    let mut table = Table::new(&["相纸", "paper", "mm", "source"]);
    for paper in papers.entries() {
        table.push(size_row(&paper.name, &paper.name_en, paper.width, paper.height, &paper.source));
    }
    table
}

pub(super) fn piece_table(pieces: &Pieces) -> Table {
    let mut table = Table::new(&["尺寸", "piece", "mm", "source"]);
    for piece in pieces.entries() {
        table.push(size_row(&piece.name, &piece.name_en, piece.width_mm, piece.height_mm, &piece.source));
    }
    table
}

fn size_row(name: &str, name_en: &str, width: Mm, height: Mm, source: &str) -> Vec<String> {
    vec![name.to_owned(), name_en.to_owned(), format!("{width}×{height}"), source.to_owned()]
}
