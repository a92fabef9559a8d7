//! One sheet before it has pixels: paper, pieces, marks, captions, and how a photo fills a piece.

use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::area::Area;
use super::calibration::Calibration;
use super::caption;
use super::grid::Grid;
use super::layout::Layout;
use super::marks;
use super::pack::{self, PackError, Packing, Spacing};
use super::paper::{Paper, Papers};
use super::piece::Piece;
use super::printer::Press;
use crate::photo::Rect;
use crate::photo::units::{Dpi, Mm};

/// A density at which no rounding hides that a piece leaves the sheet.
const FINE: Dpi = Dpi(300);

/// File kind of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SheetFormat {
    Jpeg,
    Png,
    Tiff,
    Pdf,
}

impl SheetFormat {
    /// As it is chosen on the command line and named in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Tiff => "tiff",
            Self::Pdf => "pdf",
        }
    }

    /// File name extension without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Tiff => "tif",
            Self::Pdf => "pdf",
        }
    }
}

/// What is wanted on every sheet of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetOrder {
    pub layout: Layout,
    pub paper: Paper,
    pub spacing: Spacing,
    pub cut_marks: bool,
    pub captions: bool,
    /// As many persons on one sheet as the paper holds.
    pub gang: bool,
    /// What the printer does to the sheet.
    pub press: Press,
}

/// A sheet that every person of the run (or every group of persons) gets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SheetPlan {
    pub layout: Layout,
    pub paper: Paper,
    pub packing: Packing,
    /// Cut marks, all in waste.
    pub marks: Vec<Area>,
    /// Where each set's caption goes; empty without captions.
    pub captions: Vec<caption::Slot>,
    pub press: Press,
}

/// Why a run has no sheet. `code()` is stable; the text carries the remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SheetError {
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error(
        "{paper} keeps no strip of {} mm free for captions beside {layout}; choose a larger paper or leave the captions out",
        caption::LOWEST_SLOT
    )]
    NoRoomForCaptions { paper: String, layout: String },
    #[error(
        "the printer's calibration moves pieces over the edge of {paper}; ask for a margin of at least {} mm",
        needed
    )]
    OffThePaper { paper: String, needed: Mm },
}

impl SheetError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pack(error) => error.code(),
            Self::NoRoomForCaptions { .. } => "no_room_for_captions",
            Self::OffThePaper { .. } => "off_the_paper",
        }
    }
}

/// One person's photo on a sheet.
#[derive(Clone, Copy, Debug)]
pub struct SheetPhoto<'a> {
    pub pixels: &'a RgbImage,
    /// The file's own bytes when they may stand for the pixels in a PDF: upright 8-bit sRGB or grey JPEG.
    pub jpeg: Option<&'a [u8]>,
    pub caption: Option<&'a str>,
}

impl SheetPlan {
    /// Packs the pieces and finds room for marks and captions.
    pub fn new(order: &SheetOrder, papers: &Papers) -> Result<Self, SheetError> {
        let SheetOrder { layout, paper, press, .. } = order;
        // Nothing can be printed in the border that the printer leaves white.
        let spacing = Spacing { margin: order.spacing.margin.max(press.unprintable), ..order.spacing };
        let packing = if order.gang {
            let strip = if order.captions { caption::STRIP } else { Mm::ZERO };
            pack::pack_sets(layout, paper, spacing, strip, papers)?
        } else {
            pack::pack(layout, paper, spacing, papers)?
        };
        let mut marks = if order.cut_marks { marks::cut_marks(&packing) } else { Vec::new() };
        // A strip is for its caption; the cuts through it are marked beyond it.
        marks.retain(|mark| !packing.strips.iter().any(|strip| strip.overlaps(*mark)));
        let captions = if order.captions { caption::slots(&packing, &marks) } else { Vec::new() };
        if order.captions && captions.len() < packing.sets.len() {
            let (paper, layout) = (paper.name.clone(), layout.to_string());
            return Err(SheetError::NoRoomForCaptions { paper, layout });
        }
        let plan =
            Self { layout: layout.clone(), paper: paper.clone(), packing, marks, captions, press: *press };
        plan.check_edges()?;
        Ok(plan)
    }

    /// This plan as it comes out of the printer: on the paper alone, everything where it belongs.
    pub fn as_printed(&self) -> Self {
        Self { press: Press::default(), ..self.clone() }
    }

    /// The pixels of a sheet at this density.
    pub fn grid(&self, dpi: Dpi) -> Grid {
        Grid::new(&self.paper, dpi, &self.press)
    }

    /// A piece that would be cut off at the edge is refused, not printed in part.
    fn check_edges(&self) -> Result<(), SheetError> {
        let grid = self.grid(FINE);
        if self.packing.placements.iter().all(|placed| grid.holds(placed.area)) {
            return Ok(());
        }
        let Calibration { x, y } = self.press.calibration;
        let (width, height) = (self.paper.width.mm(), self.paper.height.mm());
        let ends = [(x, 0.0), (x, width), (y, 0.0), (y, height)];
        let moved = ends.map(|(axis, end)| (axis.sent_mm(end) - end).abs());
        let needed = Mm::from_mm(moved.into_iter().fold(0.0, f64::max) + 0.1);
        Err(SheetError::OffThePaper { paper: self.paper.name.clone(), needed })
    }

    /// How many persons one sheet serves.
    pub fn people(&self) -> usize {
        self.packing.sets.len()
    }

    /// How many sheets `people` need.
    pub fn sheets_for(&self, people: usize) -> usize {
        people.div_ceil(self.people().max(1))
    }
}

/// The part of a photo that fills a space of these proportions: as large as the photo allows.
///
/// What is too wide is cut evenly on both sides, since the face stands in the middle. What is too high is cut
/// at the bottom, so that the room above the head stays. Nothing is ever stretched.
pub fn cover((width_px, height_px): (u32, u32), (space_width, space_height): (f64, f64)) -> Rect {
    let (width, height) = (f64::from(width_px), f64::from(height_px));
    let scale = (width / space_width).min(height / space_height);
    let (cut_width, cut_height) = (space_width * scale, space_height * scale);
    Rect::new(((width - cut_width) / 2.0) as f32, 0.0, cut_width as f32, cut_height as f32)
}

/// The part of a photo that fills a piece.
pub fn cover_piece(photo_px: (u32, u32), piece: &Piece) -> Rect {
    cover(photo_px, (piece.width.mm(), piece.height.mm()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::Pieces;

    fn check(size: (u32, u32), piece: &str, expect: (f32, f32, f32, f32)) {
        let piece = Pieces::built_in().unwrap().find(piece).unwrap();
        let Rect { x, y, width, height } = cover_piece(size, &piece);
        for (got, want) in [(x, expect.0), (y, expect.1), (width, expect.2), (height, expect.3)] {
            assert!((got - want).abs() < 0.01, "{size:?} on {piece:?}: {got} is not {want}");
        }
    }

    #[test]
    fn a_photo_too_wide_loses_both_sides_alike() {
        check((480, 640), "1寸", (11.43, 0.0, 457.14, 640.0));
        check((480, 640), "2寸", (11.43, 0.0, 457.14, 640.0));
    }

    #[test]
    fn a_photo_too_high_loses_its_bottom() {
        check((350, 600), "小2寸", (0.0, 0.0, 350.0, 450.0));
    }
}
