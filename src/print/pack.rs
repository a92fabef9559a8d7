//! Places a layout's pieces on a paper so that every one can be cut out edge to edge, or says what is missing.

mod advice;
mod blocks;
mod cuts;
mod exact;
mod place;
mod search;
mod sets;

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

pub use advice::{Advice, Shortage};
pub use cuts::{Axis, CutProgram, ReplayError, Stroke};

use super::area::Area;
use super::layout::Layout;
use super::paper::{Paper, Papers};
use crate::photo::units::Mm;
use search::{Aim, Kind, Node, Room, Search, State};

/// The widest gutter between pieces.
pub const WIDEST_GAP: Mm = Mm::from_tenths(50);

/// What stays free between and around the pieces. The default is nothing: pieces touch and the block is
/// centred, so that whatever the paper leaves over becomes its margin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Spacing {
    /// Between neighbouring pieces, 0 to 5 mm.
    pub gap: Mm,
    /// Least distance from the paper's edge.
    pub margin: Mm,
}

/// One piece on the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Index into the layout's items.
    pub item: usize,
    /// Which person's set it belongs to; 0 on a sheet for one person.
    pub set: usize,
    pub area: Area,
    /// Whether the photo lies on its side, a quarter turn clockwise.
    pub turned: bool,
}

/// A packed sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packing {
    pub sheet: Area,
    pub spacing: Spacing,
    /// All pieces with their gutters, centred on the sheet.
    pub block: Area,
    /// The part of the block that each person's set fills; one on a sheet for one person.
    pub sets: Vec<Area>,
    /// The strip kept free below each set's pieces, when one was asked for.
    pub strips: Vec<Area>,
    pub placements: Vec<Placement>,
    pub program: CutProgram,
    /// Whether every arrangement of straight through-cuts was considered, so that none needs a smaller box.
    pub proved: bool,
}

/// Why nothing was placed. `code()` is stable; the text carries the remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PackError {
    #[error("a gap of {0} mm is outside 0 to {WIDEST_GAP} mm; choose one inside")]
    Gap(Mm),
    #[error("a margin of {margin} mm leaves nothing of {paper}; choose a smaller one")]
    Margin { margin: Mm, paper: String },
    #[error("{0}")]
    DoesNotFit(Box<Shortage>),
}

impl PackError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Gap(_) => "gap_out_of_range",
            Self::Margin { .. } => "margin_out_of_range",
            Self::DoesNotFit(_) => "does_not_fit",
        }
    }
}

/// Places `layout` on `paper` with the fewest strokes of the cutter, then the widest margin.
///
/// What does not fit is refused with the millimetres missing and what would fit; nothing is ever shrunk.
pub fn pack(layout: &Layout, paper: &Paper, spacing: Spacing, papers: &Papers) -> Result<Packing, PackError> {
    check_spacing(paper, spacing)?;
    solve(layout, paper, spacing)
        .ok_or_else(|| PackError::DoesNotFit(Box::new(advice::shortage(layout, paper, spacing, papers))))
}

/// Places as many persons' sets as the paper holds, each whole in its own block of one regular grid.
///
/// `strip` is kept free below each set for its caption. A single set is the least: it is refused as by [`pack`].
pub fn pack_sets(
    layout: &Layout,
    paper: &Paper,
    spacing: Spacing,
    strip: Mm,
    papers: &Papers,
) -> Result<Packing, PackError> {
    check_spacing(paper, spacing)?;
    sets::solve(layout, paper, spacing, strip)
        .ok_or_else(|| PackError::DoesNotFit(Box::new(advice::shortage(layout, paper, spacing, papers))))
}

fn check_spacing(paper: &Paper, spacing: Spacing) -> Result<(), PackError> {
    if spacing.gap < Mm::ZERO || spacing.gap > WIDEST_GAP {
        return Err(PackError::Gap(spacing.gap));
    }
    let shorter_side = paper.width.min(paper.height);
    if spacing.margin < Mm::ZERO || spacing.margin + spacing.margin >= shorter_side {
        return Err(PackError::Margin { margin: spacing.margin, paper: paper.name.clone() });
    }
    Ok(())
}

/// The packing, or nothing when no box fits; `spacing` has been checked.
fn solve(layout: &Layout, paper: &Paper, spacing: Spacing) -> Option<Packing> {
    let kinds = kinds(layout);
    let room = room(paper, spacing);
    if !surface_suffices(&kinds, room) {
        return None;
    }
    let sheet = paper.area();
    let (states, proved) = states(&kinds);
    let most_strokes = strokes_by_kind(&kinds, room).unwrap_or(u16::MAX);
    let search = Search::run(&kinds, room, &states, Aim { strokes: true, whole_order: true, most_strokes });
    let node = best(&search, search.boxes(states.len() - 1), sheet, room)?;
    let block = centred(sheet, node);
    let placements = placements(&search, node, block, 0);
    let program = cuts::program(&search, node, sheet, block);
    Some(Packing {
        sheet,
        spacing,
        block,
        sets: vec![block],
        strips: Vec::new(),
        placements,
        program,
        proved,
    })
}

/// The strokes of the quickest search's answer, which a thorough one need not exceed; nothing when it finds none.
fn strokes_by_kind(kinds: &[Kind], room: Room) -> Option<u16> {
    let states = blocks::states_by_kind(kinds);
    let aim = Aim { strokes: true, whole_order: true, most_strokes: u16::MAX };
    let search = Search::run(kinds, room, &states, aim);
    let boxes = search.boxes(states.len() - 1).iter();
    boxes.filter(|node| node.width <= room.width && node.height <= room.height).map(|node| node.strokes).min()
}

fn placements(search: &Search<'_>, node: Node, corner: Area, set: usize) -> Vec<Placement> {
    place::pieces(search, node, corner.x, corner.y)
        .into_iter()
        .map(|placed| Placement { item: placed.kind, set, area: placed.area, turned: placed.turned })
        .collect()
}

/// Fewest strokes, then the widest margin, then the fewest pieces on their side.
fn best(search: &Search<'_>, boxes: &[Node], sheet: Area, room: Room) -> Option<Node> {
    // Trims are not counted: a block that fills the paper to its edge saves one and loses its margin.
    let rank = |node: &Node| {
        let block = centred(sheet, *node);
        let strokes = node.strokes;
        let free = (sheet.width - block.width, sheet.height - block.height);
        (strokes, Reverse(free.0.min(free.1)), Reverse(free.0 + free.1))
    };
    let fitting = || boxes.iter().filter(|node| node.width <= room.width && node.height <= room.height);
    let top = fitting().map(rank).min()?;
    fitting()
        .filter(|node| rank(node) == top)
        .min_by_key(|node| {
            place::pieces(search, **node, Mm::ZERO, Mm::ZERO).iter().filter(|placed| placed.turned).count()
        })
        .copied()
}

fn centred(sheet: Area, node: Node) -> Area {
    in_the_middle(sheet, Mm(node.width.into()), Mm(node.height.into()))
}

fn in_the_middle(sheet: Area, width: Mm, height: Mm) -> Area {
    let half = |free: Mm| Mm(free.tenths() / 2);
    Area::new(half(sheet.width - width), half(sheet.height - height), width, height)
}

fn kinds(layout: &Layout) -> Vec<Kind> {
    let side = |mm: Mm| u16::try_from(mm.tenths()).unwrap_or(u16::MAX);
    layout
        .items()
        .iter()
        .map(|item| Kind {
            width: side(item.piece.width),
            height: side(item.piece.height),
            count: u16::try_from(item.count).unwrap_or(u16::MAX),
        })
        .collect()
}

fn room(paper: &Paper, spacing: Spacing) -> Room {
    let inner = |side: Mm| (side - spacing.margin - spacing.margin).tenths() as u16;
    Room { width: inner(paper.width), height: inner(paper.height), gap: spacing.gap.tenths() as u16 }
}

/// Whether the pieces' bare surface leaves a chance, asked before any search.
fn surface_suffices(kinds: &[Kind], room: Room) -> bool {
    search::surface(kinds, room.gap) <= search::room_surface(room)
}

/// The states of the most thorough search that this order allows, and whether it is exact.
fn states(kinds: &[Kind]) -> (Vec<State>, bool) {
    let pieces: u16 = kinds.iter().map(|kind| kind.count).sum();
    let few = pieces <= EXACT_PIECES || (kinds.len() <= 2 && pieces <= EXACT_PIECES_OF_TWO_SIZES);
    if few && exact::work(kinds) <= EXACT_WORK {
        (exact::states(kinds), true)
    } else if blocks::work(kinds) <= BLOCK_WORK {
        (blocks::states(kinds), false)
    } else {
        (blocks::states_by_kind(kinds), false)
    }
}

/// Up to here the exact search answers while a person types; measured by the layout bench.
const EXACT_PIECES: u16 = 16;
const EXACT_PIECES_OF_TWO_SIZES: u16 = 24;
const EXACT_WORK: u64 = 30_000;
const BLOCK_WORK: u64 = 20_000;

#[cfg(test)]
mod tests;
