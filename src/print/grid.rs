//! How millimetres of a paper become pixels of a sheet: density, the printer's own raster, and its calibration.

use super::area::Area;
use super::calibration::{Axis, Calibration};
use super::paper::Paper;
use super::printer::Press;
use crate::photo::units::{Dpi, MM_PER_INCH};

/// A rectangle in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PixelArea {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// The pixels of one sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    pub dpi: Dpi,
    pub width: u32,
    pub height: u32,
    /// Pixels beyond the paper's left and upper edge.
    ring: (f64, f64),
    calibration: Calibration,
}

impl Grid {
    /// The sheet in the printer's own pixels where it has some, the paper in their middle; else the paper's.
    pub fn new(paper: &Paper, dpi: Dpi, press: &Press) -> Self {
        let own = (paper.width.px(dpi), paper.height.px(dpi));
        let (width, height) = press.raster.unwrap_or(own);
        let ring = |whole: u32, paper: f64| {
            if press.raster.is_some() { (f64::from(whole) - paper) / 2.0 } else { 0.0 }
        };
        let ring = (ring(width, paper.width.px_exact(dpi)), ring(height, paper.height.px_exact(dpi)));
        Self { dpi, width, height, ring, calibration: press.calibration }
    }

    /// Every edge is rounded on its own, so that none is off by more than half a pixel (0.042 mm at 300 dpi)
    /// and neighbours never overlap. What lies beyond the sheet is cut off.
    pub fn area(&self, area: Area) -> PixelArea {
        let Calibration { x, y } = self.calibration;
        let across = |mm: f64| self.edge(mm, x, self.ring.0).clamp(0.0, f64::from(self.width)) as u32;
        let down = |mm: f64| self.edge(mm, y, self.ring.1).clamp(0.0, f64::from(self.height)) as u32;
        let (left, top) = (across(area.x.mm()), down(area.y.mm()));
        PixelArea {
            x: left,
            y: top,
            width: across(area.right().mm()).saturating_sub(left),
            height: down(area.bottom().mm()).saturating_sub(top),
        }
    }

    /// Whether nothing of the area would be cut off.
    pub fn holds(&self, area: Area) -> bool {
        let Calibration { x, y } = self.calibration;
        self.edge(area.x.mm(), x, self.ring.0) >= 0.0
            && self.edge(area.y.mm(), y, self.ring.1) >= 0.0
            && self.edge(area.right().mm(), x, self.ring.0) <= f64::from(self.width)
            && self.edge(area.bottom().mm(), y, self.ring.1) <= f64::from(self.height)
    }

    fn edge(&self, mm: f64, axis: Axis, ring: f64) -> f64 {
        (axis.sent_mm(mm) / MM_PER_INCH * f64::from(self.dpi.0) + ring).round()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::units::Mm;
    use crate::print::Papers;

    #[test]
    fn without_a_printer_every_edge_is_the_nearest_pixel() {
        let papers = Papers::built_in().unwrap();
        for paper in papers.entries() {
            let grid = Grid::new(paper, Dpi(300), &Press::default());
            assert_eq!((grid.width, grid.height), (paper.width.px(Dpi(300)), paper.height.px(Dpi(300))));
            let area = Area::new(Mm(62), Mm(13), Mm(350), Mm(490));
            let expect = (area.x.px(Dpi(300)), area.right().px(Dpi(300)));
            let got = grid.area(area);
            assert_eq!((got.x, got.x + got.width), expect);
            assert!(grid.holds(paper.area()));
        }
    }
}
