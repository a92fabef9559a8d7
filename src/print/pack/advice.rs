//! What an order lacks that does not fit its paper, and the nearest ways in which it would fit.

use std::collections::HashMap;
use std::fmt;

use super::search::{self, Aim, Kind, Room, Search};
use super::{Spacing, kinds, room, states};
use crate::photo::units::Mm;
use crate::print::layout::{Item, Layout};
use crate::print::paper::{Paper, Papers};

/// An order that does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortage {
    pub layout: String,
    pub paper: String,
    pub paper_width: Mm,
    pub paper_height: Mm,
    pub spacing: Spacing,
    /// The least by which the paper is too narrow and too low; `None` when it is out of all proportion.
    pub missing: Option<(Mm, Mm)>,
    /// Whether no arrangement at all needs less.
    pub proved: bool,
    pub advice: Advice,
}

/// What would fit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Advice {
    /// The widest gap (or, failing that, margin) that fits the same paper.
    pub tighter: Option<Spacing>,
    /// The smallest larger papers that hold it as it is.
    pub larger_papers: Vec<String>,
    /// Two orders that fit one sheet of the same paper each.
    pub two_sheets: Option<(Layout, Layout)>,
}

const FEW_PAPERS: usize = 2;
/// Only sizes are asked for here, so strokes need not be told apart.
const SIZE_ONLY: Aim = Aim { strokes: false, whole_order: true, most_strokes: u16::MAX };

pub(super) fn shortage(layout: &Layout, paper: &Paper, spacing: Spacing, papers: &Papers) -> Shortage {
    let kinds = kinds(layout);
    let (missing, proved) = missing(&kinds, room(paper, spacing));
    Shortage {
        layout: layout.to_string(),
        paper: paper.name.clone(),
        paper_width: paper.width,
        paper_height: paper.height,
        spacing,
        missing,
        proved,
        advice: Advice {
            tighter: tighter(&kinds, paper, spacing),
            larger_papers: larger_papers(&kinds, paper, spacing, papers),
            two_sheets: two_sheets(layout, &kinds, room(paper, spacing)),
        },
    }
}

fn fits(kinds: &[Kind], room: Room) -> bool {
    if !super::surface_suffices(kinds, room) {
        return false;
    }
    let (states, _) = states(kinds);
    let search = Search::run(kinds, room, &states, SIZE_ONLY);
    !search.boxes(states.len() - 1).is_empty()
}

fn tighter(kinds: &[Kind], paper: &Paper, spacing: Spacing) -> Option<Spacing> {
    let Spacing { gap, margin } = spacing;
    let fits = |spacing: Spacing| fits(kinds, room(paper, spacing));
    widest_below(gap, |gap| fits(Spacing { gap, margin }))
        .map(|gap| Spacing { gap, margin })
        .or_else(|| {
            widest_below(margin, |margin| fits(Spacing { gap, margin })).map(|margin| Spacing { gap, margin })
        })
        .or_else(|| {
            let gap = Mm::ZERO;
            widest_below(margin, |margin| fits(Spacing { gap, margin })).map(|margin| Spacing { gap, margin })
        })
}

/// The largest length below `limit` that passes; what passes at a length passes at all smaller ones.
fn widest_below(limit: Mm, passes: impl Fn(Mm) -> bool) -> Option<Mm> {
    if limit <= Mm::ZERO || !passes(Mm::ZERO) {
        return None;
    }
    let (mut good, mut bad) = (0, limit.tenths());
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if passes(Mm(middle)) { good = middle } else { bad = middle }
    }
    Some(Mm(good))
}

fn larger_papers(kinds: &[Kind], paper: &Paper, spacing: Spacing, papers: &Papers) -> Vec<String> {
    papers
        .larger_than(paper)
        .into_iter()
        .filter(|larger| fits(kinds, room(larger, spacing)))
        .take(FEW_PAPERS)
        .map(|larger| larger.name.clone())
        .collect()
}

/// A division over two sheets: sizes stay together where they can, and the halves are alike.
fn two_sheets(layout: &Layout, kinds: &[Kind], room: Room) -> Option<(Layout, Layout)> {
    if search::surface(kinds, room.gap) > 2 * search::room_surface(room) {
        return None;
    }
    let (states, _) = states(kinds);
    let any_part = Aim { strokes: false, whole_order: false, most_strokes: u16::MAX };
    let search = Search::run(kinds, room, &states, any_part);
    let fitting: HashMap<&[u16], ()> = states
        .iter()
        .enumerate()
        .filter(|(index, _)| !search.boxes(*index).is_empty())
        .map(|(_, state)| (state.digits.as_slice(), ()))
        .collect();
    let rest =
        |part: &[u16]| -> Vec<u16> { kinds.iter().zip(part).map(|(kind, n)| kind.count - n).collect() };
    let best = fitting
        .keys()
        .filter(|part| fitting.contains_key(rest(part).as_slice()))
        .min_by_key(|part| (sizes_torn(kinds, part), unevenness(kinds, part), part.to_vec()))?;
    Some((part_of(layout, &rest(best)), part_of(layout, best)))
}

fn sizes_torn(kinds: &[Kind], part: &[u16]) -> usize {
    kinds.iter().zip(part).filter(|(kind, count)| **count > 0 && **count < kind.count).count()
}

fn unevenness(kinds: &[Kind], part: &[u16]) -> u64 {
    let surface = |kind: &Kind| u64::from(kind.width) * u64::from(kind.height);
    let whole: u64 = kinds.iter().map(|kind| surface(kind) * u64::from(kind.count)).sum();
    let used: u64 = kinds.iter().zip(part).map(|(kind, count)| surface(kind) * u64::from(*count)).sum();
    whole.abs_diff(2 * used)
}

fn part_of(layout: &Layout, counts: &[u16]) -> Layout {
    let items = layout.items().iter().zip(counts).filter(|(_, count)| **count > 0);
    Layout::from_items(
        items.map(|(item, count)| Item { piece: item.piece.clone(), count: u32::from(*count) }).collect(),
    )
}

/// The least sum of millimetres that the room lacks in width and height, and whether it is proved.
fn missing(kinds: &[Kind], room: Room) -> (Option<(Mm, Mm)>, bool) {
    let (states, proved) = states(kinds);
    let shortfall = search::surface(kinds, room.gap) as f64 / search::room_surface(room) as f64;
    let mut scale = shortfall.sqrt().max(1.0) * 1.05;
    let mut tried = scaled(room, scale);
    while tried.width.max(tried.height) < LONGEST_SIDE {
        let search = Search::run(kinds, tried, &states, SIZE_ONLY);
        let lacks = search
            .boxes(states.len() - 1)
            .iter()
            .map(|node| (node.width.saturating_sub(room.width), node.height.saturating_sub(room.height)))
            .min_by_key(|(width, height)| (width + height, *width));
        match lacks {
            // Anything that lacks less would fit into the room tried, so this is the least.
            Some((width, height)) if width + height <= growth(room, tried) => {
                return (Some((Mm(width.into()), Mm(height.into()))), proved);
            }
            Some((width, height)) => tried = grown(room, width + height),
            None => {
                scale *= 1.2;
                tried = scaled(room, scale);
            }
        }
    }
    (None, proved)
}

/// Beyond three metres nobody needs the exact shortage, and lengths must stay within 16 bits.
const LONGEST_SIDE: u16 = 30_000;

fn scaled(room: Room, scale: f64) -> Room {
    let side = |side: u16| (f64::from(side) * scale).ceil().min(f64::from(LONGEST_SIDE)) as u16;
    Room { width: side(room.width), height: side(room.height), ..room }
}

fn grown(room: Room, by: u16) -> Room {
    let side = |side: u16| side.saturating_add(by).min(LONGEST_SIDE);
    Room { width: side(room.width), height: side(room.height), ..room }
}

/// By how much the room tried is larger on both sides at least.
fn growth(room: Room, tried: Room) -> u16 {
    (tried.width - room.width).min(tried.height - room.height)
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { layout, paper, paper_width, paper_height, spacing, .. } = self;
        write!(f, "{layout} does not fit {paper} ({paper_width}×{paper_height} mm) with a gap of ")?;
        write!(f, "{} mm and a margin of {} mm: ", spacing.gap, spacing.margin)?;
        match self.missing {
            Some((width, height)) => {
                write!(f, "the paper lacks {width} mm in width and {height} mm in height")?;
                f.write_str(if self.proved { "" } else { " (not proven: a tighter arrangement may exist)" })?;
            }
            None => f.write_str("the paper is far too small")?,
        }
        write!(f, ". {}; nothing is ever shrunk", self.advice)
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ways = Vec::new();
        if let Some(Spacing { gap, margin }) = self.tighter {
            ways.push(format!("a gap of {gap} mm with a margin of {margin} mm"));
        }
        if !self.larger_papers.is_empty() {
            ways.push(format!("paper {}", self.larger_papers.join(" or ")));
        }
        if let Some((one, two)) = &self.two_sheets {
            ways.push(format!("two sheets, {one} and {two}"));
        }
        match ways.as_slice() {
            [] => f.write_str("No known paper holds it: order fewer pieces"),
            _ => write!(f, "What would fit: {}", ways.join("; ")),
        }
    }
}
