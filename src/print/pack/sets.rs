//! Several persons' sets on one larger paper: equal blocks in a regular grid, so that no set is ever split.

use std::cmp::Reverse;

use super::search::{Aim, Node, Search};
use super::{Packing, Spacing, cuts, in_the_middle, kinds, placements, room, states};
use crate::photo::units::Mm;
use crate::print::area::Area;
use crate::print::layout::Layout;
use crate::print::paper::Paper;

/// A grid of one box.
#[derive(Clone, Copy)]
struct Grid {
    node: Node,
    columns: u16,
    rows: u16,
}

/// The fullest grid of whole sets, then the one cut with the fewest strokes; nothing when not one set fits.
pub(super) fn solve(layout: &Layout, paper: &Paper, spacing: Spacing, strip: Mm) -> Option<Packing> {
    let kinds = kinds(layout);
    let room = room(paper, spacing);
    if !super::surface_suffices(&kinds, room) {
        return None;
    }
    let (states, _) = states(&kinds);
    let search =
        Search::run(&kinds, room, &states, Aim { strokes: true, whole_order: true, most_strokes: u16::MAX });
    let strip_tenths = u16::try_from(strip.tenths()).unwrap_or(u16::MAX);
    let grid = search
        .boxes(states.len() - 1)
        .iter()
        .map(|node| Grid {
            node: *node,
            columns: times(room.width, node.width, room.gap),
            rows: times(room.height, node.height.saturating_add(strip_tenths), room.gap),
        })
        .filter(|grid| grid.columns > 0 && grid.rows > 0)
        .min_by_key(|grid| (Reverse(grid.columns * grid.rows), grid.node.strokes))?;
    Some(lay_out(&search, grid, paper.area(), spacing, strip))
}

/// How often `length` fits into `side` with gaps between.
fn times(side: u16, length: u16, gap: u16) -> u16 {
    ((u32::from(side) + u32::from(gap)) / (u32::from(length) + u32::from(gap))) as u16
}

fn lay_out(search: &Search<'_>, grid: Grid, sheet: Area, spacing: Spacing, strip: Mm) -> Packing {
    let Grid { node, columns, rows } = grid;
    let (width, height) = (Mm(node.width.into()), Mm(node.height.into()));
    let set = (width, height + strip);
    let span = |length: Mm, times: u16| Mm((length + spacing.gap).tenths() * i32::from(times)) - spacing.gap;
    let block = in_the_middle(sheet, span(set.0, columns), span(set.1, rows));
    let (mut sets, mut strips, mut placed) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..rows {
        for column in 0..columns {
            let dx = Mm((set.0 + spacing.gap).tenths() * i32::from(column));
            let dy = Mm((set.1 + spacing.gap).tenths() * i32::from(row));
            let area = Area::new(block.x, block.y, set.0, set.1).moved(dx, dy);
            placed.extend(placements(search, node, area, sets.len()));
            sets.push(area);
            if strip > Mm::ZERO {
                strips.push(Area { y: area.y + height, height: strip, ..area });
            }
        }
    }
    let program = cuts::program_of_sets(search, node, (columns, rows), set, sheet, block);
    Packing { sheet, spacing, block, sets, strips, placements: placed, program, proved: false }
}
