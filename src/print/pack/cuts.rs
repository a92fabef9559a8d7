//! The order of cuts that turns a sheet into its pieces, and its replay as proof.

use serde::{Deserialize, Serialize};

use super::search::{Make, Node, Search, prime_factors, turned_size};
use crate::photo::units::Mm;
use crate::print::area::Area;

/// Direction of the blade on the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Top to bottom: the offset runs to the right.
    Vertical,
    /// Left to right: the offset runs downwards.
    Horizontal,
}

/// One stroke of the blade through equal parts lying on top of each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stroke {
    pub axis: Axis,
    /// From the left or upper edge of each part.
    pub offset: Mm,
    /// The parts that are cut, where they lay on the sheet; all of one size.
    pub parts: Vec<Area>,
}

/// Strokes in the order in which they are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutProgram {
    pub strokes: Vec<Stroke>,
}

/// A program that asks for a cut nobody can make; a defect of the packer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    #[error("stroke {stroke} cuts a part that does not lie on the table")]
    NoSuchPart { stroke: usize },
    #[error("stroke {stroke} cuts outside its part or stacks parts of different size")]
    Impossible { stroke: usize },
}

impl CutProgram {
    /// Carries the strokes out on a sheet; returns every part that lies there in the end, pieces and waste.
    pub fn replay(&self, sheet: Area) -> Result<Vec<Area>, ReplayError> {
        let mut parts = vec![sheet];
        for (index, stroke) in self.strokes.iter().enumerate() {
            for part in &stroke.parts {
                let at = parts.iter().position(|known| known == part);
                let at = at.ok_or(ReplayError::NoSuchPart { stroke: index })?;
                let same_size = stroke.parts.iter().all(|p| p.width == part.width && p.height == part.height);
                let (one, two) = split(*part, stroke.axis, stroke.offset);
                if !same_size || [one, two].iter().any(|p| p.width <= Mm::ZERO || p.height <= Mm::ZERO) {
                    return Err(ReplayError::Impossible { stroke: index });
                }
                parts.swap_remove(at);
                parts.extend([one, two]);
            }
        }
        Ok(parts)
    }
}

/// The two parts of a cut: left and right, or upper and lower.
fn split(part: Area, axis: Axis, offset: Mm) -> (Area, Area) {
    match axis {
        Axis::Vertical => {
            (Area { width: offset, ..part }, Area { x: part.x + offset, width: part.width - offset, ..part })
        }
        Axis::Horizontal => (
            Area { height: offset, ..part },
            Area { y: part.y + offset, height: part.height - offset, ..part },
        ),
    }
}

/// The program for a box that lies at `block` on `sheet`: first the four trims, then the box.
pub(super) fn program(search: &Search<'_>, node: Node, sheet: Area, block: Area) -> CutProgram {
    let mut writer = Writer { search, gap: Mm(i32::from(search.room.gap)), program: CutProgram::default() };
    let inner = writer.trim(sheet, block);
    writer.take_apart(node, vec![inner]);
    writer.program
}

/// The program for a grid of equal sets, each a box with a strip of waste below it.
pub(super) fn program_of_sets(
    search: &Search<'_>,
    node: Node,
    (columns, rows): (u16, u16),
    set: (Mm, Mm),
    sheet: Area,
    block: Area,
) -> CutProgram {
    let mut writer = Writer { search, gap: Mm(i32::from(search.room.gap)), program: CutProgram::default() };
    let inner = writer.trim(sheet, block);
    let strips = writer.divide(vec![inner], Axis::Horizontal, rows, set.1);
    let sets = writer.divide(strips, Axis::Vertical, columns, set.0);
    let own = u16::try_from(set.1.tenths()).unwrap_or(u16::MAX);
    writer.level(node, sets, Axis::Horizontal, own, node.height);
    writer.program
}

struct Writer<'a, 'k> {
    search: &'a Search<'k>,
    gap: Mm,
    program: CutProgram,
}

impl Writer<'_, '_> {
    fn trim(&mut self, sheet: Area, block: Area) -> Area {
        let mut part = vec![sheet];
        if block.x > sheet.x {
            part = self.cut(part, Axis::Vertical, block.x - sheet.x).1;
        }
        if block.right() < sheet.right() {
            part = self.cut(part, Axis::Vertical, block.width).0;
        }
        if block.y > sheet.y {
            part = self.cut(part, Axis::Horizontal, block.y - sheet.y).1;
        }
        if block.bottom() < sheet.bottom() {
            self.cut(part, Axis::Horizontal, block.height);
        }
        block
    }

    /// Cuts the equal `parts`, each holding one copy of the box, down to pieces.
    fn take_apart(&mut self, node: Node, parts: Vec<Area>) {
        match node.make {
            Make::Grid { kind, turned, columns, rows } => {
                let (width, height) = turned_size(self.search.kinds[usize::from(kind)], turned);
                let strips = self.divide(parts, Axis::Horizontal, rows, mm(height));
                self.divide(strips, Axis::Vertical, columns, mm(width));
            }
            Make::RowOf(times, of) => {
                let child = self.search.node(of);
                let copies = self.divide(parts, Axis::Vertical, times, mm(child.width));
                self.take_apart(child, copies);
            }
            Make::ColumnOf(times, of) => {
                let child = self.search.node(of);
                let copies = self.divide(parts, Axis::Horizontal, times, mm(child.height));
                self.take_apart(child, copies);
            }
            Make::Row(first, second) => {
                let (first, second) = (self.search.node(first), self.search.node(second));
                let (left, right) = self.cut(parts, Axis::Vertical, mm(first.width));
                let right = self.drop_gap(right, Axis::Vertical);
                self.level(first, left, Axis::Horizontal, node.height, first.height);
                self.level(second, right, Axis::Horizontal, node.height, second.height);
            }
            Make::Column(first, second) => {
                let (first, second) = (self.search.node(first), self.search.node(second));
                let (upper, lower) = self.cut(parts, Axis::Horizontal, mm(first.height));
                let lower = self.drop_gap(lower, Axis::Horizontal);
                self.level(first, upper, Axis::Vertical, node.width, first.width);
                self.level(second, lower, Axis::Vertical, node.width, second.width);
            }
        }
    }

    /// Trims the waste beside a box that is smaller than its neighbour, then takes the box apart.
    fn level(&mut self, node: Node, parts: Vec<Area>, axis: Axis, outer: u16, own: u16) {
        let parts = if own < outer { self.cut(parts, axis, mm(own)).0 } else { parts };
        self.take_apart(node, parts);
    }

    /// Divides parts into `times` equal strips, stacking what a stroke has made before the next one.
    fn divide(&mut self, mut parts: Vec<Area>, axis: Axis, times: u16, strip: Mm) -> Vec<Area> {
        let mut left = times;
        for factor in prime_factors(times) {
            left /= factor;
            let length = Mm(strip.tenths() * i32::from(left) + self.gap.tenths() * i32::from(left - 1));
            let mut divided = Vec::new();
            for _ in 1..factor {
                let (one, rest) = self.cut(parts, axis, length);
                divided.extend(one);
                parts = self.drop_gap(rest, axis);
            }
            divided.extend(parts);
            parts = divided;
        }
        parts
    }

    fn drop_gap(&mut self, parts: Vec<Area>, axis: Axis) -> Vec<Area> {
        if self.gap > Mm::ZERO { self.cut(parts, axis, self.gap).1 } else { parts }
    }

    fn cut(&mut self, parts: Vec<Area>, axis: Axis, offset: Mm) -> (Vec<Area>, Vec<Area>) {
        let halves = parts.iter().map(|part| split(*part, axis, offset)).unzip();
        self.program.strokes.push(Stroke { axis, offset, parts });
        halves
    }
}

fn mm(tenths: u16) -> Mm {
    Mm(i32::from(tenths))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Area {
        Area::sheet(Mm(100), Mm(60))
    }

    #[test]
    fn a_stroke_through_a_missing_part_is_noticed() {
        let part = Area::sheet(Mm(50), Mm(60));
        let program =
            CutProgram { strokes: vec![Stroke { axis: Axis::Vertical, offset: Mm(10), parts: vec![part] }] };
        assert_eq!(program.replay(sheet()), Err(ReplayError::NoSuchPart { stroke: 0 }));
    }

    #[test]
    fn a_stroke_beside_its_part_is_noticed() {
        let stroke = Stroke { axis: Axis::Vertical, offset: Mm(100), parts: vec![sheet()] };
        let program = CutProgram { strokes: vec![stroke] };
        assert_eq!(program.replay(sheet()), Err(ReplayError::Impossible { stroke: 0 }));
    }
}
