//! Cut marks: short lines where the blade goes, only in waste and never near a piece.

use super::area::Area;
use super::pack::{Axis, Packing, Stroke};
use crate::photo::units::Mm;

/// Marks keep this far from every piece, so that no trace of one is left on a photo.
const CLEARANCE: Mm = Mm::from_tenths(5);
/// Two pixels at 300 dpi; the blade goes through the middle.
const LINE_WIDTH: Mm = Mm::from_tenths(2);
/// Tried from the longest; shorter than the last one a mark is of no use.
const LENGTHS: [Mm; 5] =
    [Mm::from_tenths(50), Mm::from_tenths(30), Mm::from_tenths(20), Mm::from_tenths(10), Mm::from_tenths(5)];

/// The marks of a packing: at both ends of every cut, as far as they lie in waste.
pub fn cut_marks(packing: &Packing) -> Vec<Area> {
    let mut marks: Vec<Area> = Vec::new();
    for stroke in &packing.program.strokes {
        for part in &stroke.parts {
            for mark in ends(stroke, *part).into_iter().filter_map(|end| end.mark(packing)) {
                if !marks.contains(&mark) {
                    marks.push(mark);
                }
            }
        }
    }
    marks
}

/// One end of a cut line, and the direction in which a mark leaves it.
struct End {
    axis: Axis,
    /// Where the line lies across its axis.
    at: Mm,
    /// Where along the axis the mark starts.
    from: Mm,
    towards_origin: bool,
}

/// Outward from both ends of the line, or inward where an end is the sheet's edge.
fn ends(stroke: &Stroke, part: Area) -> [End; 4] {
    let (at, start, end) = match stroke.axis {
        Axis::Vertical => (part.x + stroke.offset, part.y, part.bottom()),
        Axis::Horizontal => (part.y + stroke.offset, part.x, part.right()),
    };
    let end_at = |from: Mm, towards_origin: bool| End { axis: stroke.axis, at, from, towards_origin };
    [end_at(start - CLEARANCE, true), end_at(end + CLEARANCE, false), end_at(start, false), end_at(end, true)]
}

impl End {
    /// The longest mark that stays on the sheet and clear of all pieces.
    fn mark(&self, packing: &Packing) -> Option<Area> {
        LENGTHS.into_iter().map(|length| self.line(length)).find(|line| {
            packing.sheet.contains(*line)
                && packing.placements.iter().all(|placed| !placed.area.grown(CLEARANCE).overlaps(*line))
        })
    }

    fn line(&self, length: Mm) -> Area {
        let across = self.at - Mm(LINE_WIDTH.tenths() / 2);
        let along = if self.towards_origin { self.from - length } else { self.from };
        match self.axis {
            Axis::Vertical => Area::new(across, along, LINE_WIDTH, length),
            Axis::Horizontal => Area::new(along, across, length, LINE_WIDTH),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::{Layout, Layouts, Papers, Pieces, Spacing, pack};

    fn packing(expression: &str, paper: &str, gap: i32) -> Packing {
        let (pieces, papers) = (Pieces::built_in().unwrap(), Papers::built_in().unwrap());
        let layout = Layout::parse(expression, &pieces, &Layouts::built_in().unwrap()).unwrap();
        let spacing = Spacing { gap: Mm(gap), margin: Mm::ZERO };
        pack(&layout, papers.find(paper).unwrap(), spacing, &papers).unwrap()
    }

    #[test]
    fn marks_lie_in_waste_only() {
        for (expression, paper, gap) in
            [("版式一", "6寸", 0), ("版式一", "7寸", 20), ("1寸×3+3寸×1", "A6", 0)]
        {
            let packing = packing(expression, paper, gap);
            let marks = cut_marks(&packing);
            assert!(marks.len() >= 4, "{expression}: {}", marks.len());
            for mark in marks {
                assert!(packing.sheet.contains(mark));
                for placed in &packing.placements {
                    assert!(!placed.area.grown(Mm(5)).overlaps(mark), "{mark:?} touches {:?}", placed.area);
                }
            }
        }
    }

    #[test]
    fn the_outer_edges_of_a_full_sheet_are_marked() {
        let packing = packing("版式一", "6寸", 0);
        let marks = cut_marks(&packing);
        for x in [62, 412, 762, 1112, 1462] {
            let above = marks.iter().any(|mark| mark.x == Mm(x - 1) && mark.bottom() <= Mm(8));
            assert!(above, "no mark above x = {x}");
        }
    }
}
