//! Where each piece of a solved box lies.

use super::search::{Make, Node, Search, turned_size};
use crate::photo::units::Mm;
use crate::print::area::Area;

/// One piece of a box; its `kind` is an index into the order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub kind: usize,
    pub area: Area,
    pub turned: bool,
}

/// The pieces of `node` when its upper left corner lies at (`x`, `y`).
pub(super) fn pieces(search: &Search<'_>, node: Node, x: Mm, y: Mm) -> Vec<Placed> {
    let mut placed = Vec::new();
    place(search, node, (x.tenths(), y.tenths()), &mut placed);
    placed
}

fn place(search: &Search<'_>, node: Node, (x, y): (i32, i32), placed: &mut Vec<Placed>) {
    let gap = i32::from(search.room.gap);
    let step = |length: u16, times: u16| (i32::from(length) + gap) * i32::from(times);
    match node.make {
        Make::Grid { kind, turned, columns, rows } => {
            let kind = usize::from(kind);
            let (width, height) = turned_size(search.kinds[kind], turned);
            for row in 0..rows {
                for column in 0..columns {
                    let (x, y) = (x + step(width, column), y + step(height, row));
                    let area = Area::new(Mm(x), Mm(y), Mm(width.into()), Mm(height.into()));
                    placed.push(Placed { kind, area, turned });
                }
            }
        }
        Make::RowOf(times, of) => {
            let child = search.node(of);
            (0..times).for_each(|i| place(search, child, (x + step(child.width, i), y), placed));
        }
        Make::ColumnOf(times, of) => {
            let child = search.node(of);
            (0..times).for_each(|i| place(search, child, (x, y + step(child.height, i)), placed));
        }
        Make::Row(first, second) => {
            let (first, second) = (search.node(first), search.node(second));
            place(search, first, (x, y), placed);
            place(search, second, (x + step(first.width, 1), y), placed);
        }
        Make::Column(first, second) => {
            let (first, second) = (search.node(first), search.node(second));
            place(search, first, (x, y), placed);
            place(search, second, (x, y + step(first.height, 1)), placed);
        }
    }
}
