//! Puts the frame on the photo: scale and crown row by least cost, then a small shift to stay inside.

use crate::photo::Point;

use super::bands::Bands;
use super::{CropFault, CropSolution, Frame, Level, Touches};

/// Missing lengths up to this are rounding, not a fault (output px).
const ROUNDING_PX: f64 = 0.5;
/// How many scales and crown rows are tried when the photo's edges move the choice.
const SCALE_STEPS: usize = 160;
const ROW_STEPS: usize = 24;

/// Cost of one missing output pixel, in squared template units: body cannot be invented, background can.
const COST_BODY_PX: f64 = 10.0;
const COST_BACKGROUND_PX: f64 = 0.3;
/// Cost of one output pixel by which the chin leaves its band: less than body that is not there.
const COST_CHIN_PX: f64 = 1.0;
/// Cost of enlarging, per unit of scale beyond the limit.
const COST_ENLARGED: f64 = 2000.0;

/// A scale and the crown row it is used with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub scale: f64,
    pub crown_row: f64,
}

/// A spot with the output column of the eyes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    spot: Spot,
    eye_column: f64,
}

/// What the frame lacks on each side, output px; negative is room to spare.
#[derive(Clone, Copy, Debug)]
struct Missing {
    top: f64,
    bottom: f64,
    left: f64,
    right: f64,
}

/// The template's own spot when the photo holds it, else the cheapest of a grid.
pub(super) fn choose(bands: &Bands, level: &Level, range: Option<(f64, f64)>, frame: Frame) -> Spot {
    let (low, high) = range.unwrap_or_else(|| fallback_range(bands, level));
    let wish = bands.best_scale(level).unwrap_or((low + high.min(low * 4.0)) / 2.0).clamp(low, high);
    let best = Spot { scale: wish, crown_row: bands.crown_row(level, wish) };
    if is_free(bands, level, best, frame) {
        return best;
    }
    let candidates = scales(low, high.min(low * 16.0), wish, bands, frame)
        .flat_map(|scale| rows(bands, level, scale, frame).map(move |crown_row| Spot { scale, crown_row }));
    candidates
        .map(|spot| (cost(bands, level, spot, frame), spot))
        .min_by(|one, other| one.0.total_cmp(&other.0))
        .map_or(best, |(_, spot)| spot)
}

/// When no scale meets all bands the face width decides, and the eyes beat the crown.
fn fallback_range(bands: &Bands, level: &Level) -> (f64, f64) {
    let (low, high) = bands.face_scales(level);
    if low > high {
        return (high.max(1e-6), high.max(1e-6));
    }
    let span = (bands.eyes.max - bands.crown.min) / level.eye_to_crown;
    let nearest = span.clamp(low, high);
    (nearest, nearest)
}

fn is_free(bands: &Bands, level: &Level, spot: Spot, frame: Frame) -> bool {
    let missing = missing(bands, level, spot, bands.width / 2.0, frame);
    spot.scale <= bands.scale_pass
        && chin_off(bands, level, spot) <= 0.0
        && missing.top.max(missing.bottom).max(missing.left).max(missing.right) <= 0.0
}

/// A geometric grid with the scales that matter by themselves: the wish, no enlargement, the whole frame.
fn scales(low: f64, high: f64, wish: f64, bands: &Bands, frame: Frame) -> impl Iterator<Item = f64> {
    let step = (high / low).powf(1.0 / SCALE_STEPS as f64);
    let grid = (0..=SCALE_STEPS).map(move |index| low * step.powi(index as i32));
    let exact = [wish, bands.scale_pass, bands.width / frame.width_px, bands.height / frame.height_px];
    grid.chain(exact).filter(move |scale| (low..=high).contains(scale))
}

/// Crown rows inside the bands, with those at which the frame ends exactly at the photo's edges.
fn rows(bands: &Bands, level: &Level, scale: f64, frame: Frame) -> impl Iterator<Item = f64> + use<> {
    let span = scale * level.eye_to_crown;
    let wish = bands.crown_row(level, scale);
    let low = bands.crown.min.max(bands.eyes.min - span).max(0.0).min(wish);
    let high = bands.crown.max.min(bands.eyes.max - span).min(bands.height).max(wish);
    let at_top = scale * f64::from(level.eyes.y) - span;
    let at_bottom = bands.height - scale * (frame.height_px - f64::from(level.eyes.y)) - span;
    let grid = (0..=ROW_STEPS).map(move |index| low + (high - low) * index as f64 / ROW_STEPS as f64);
    grid.chain([wish, at_top, at_bottom]).filter(move |row| (low..=high).contains(row))
}

/// Squared distance from the template plus the price of what is missing.
fn cost(bands: &Bands, level: &Level, spot: Spot, frame: Frame) -> f64 {
    let template: f64 = bands
        .scale_terms(level)
        .iter()
        .map(|(size, target, unit)| ((spot.scale * size - target) / unit).powi(2))
        .sum();
    let row = (spot.crown_row - bands.crown_row(level, spot.scale)) / bands.eyes_unit();
    let missing = missing(bands, level, spot, bands.width / 2.0, frame);
    let sides = bands.width - spot.scale * frame.width_px;
    template
        + 2.0 * row * row
        + COST_CHIN_PX * chin_off(bands, level, spot)
        + COST_BODY_PX * missing.bottom.max(0.0)
        + COST_BACKGROUND_PX * (missing.top.max(0.0) + sides.max(0.0))
        + COST_ENLARGED * (spot.scale - bands.scale_pass).max(0.0)
}

/// Output px by which the room below the chin leaves its band.
fn chin_off(bands: &Bands, level: &Level, spot: Spot) -> f64 {
    let below = bands.height - spot.crown_row - spot.scale * level.head_height();
    (bands.below_chin.0 - below).max(below - bands.below_chin.1).max(0.0)
}

fn missing(bands: &Bands, level: &Level, spot: Spot, eye_column: f64, frame: Frame) -> Missing {
    let (x, y) = (f64::from(level.eyes.x), f64::from(level.eyes.y));
    let eye_row = spot.crown_row + spot.scale * level.eye_to_crown;
    Missing {
        top: eye_row - spot.scale * y,
        bottom: bands.height - eye_row - spot.scale * (frame.height_px - y),
        left: eye_column - spot.scale * x,
        right: bands.width - eye_column - spot.scale * (frame.width_px - x),
    }
}

/// Moves the frame sideways where that keeps it inside the photo and the face centred enough.
pub(super) fn shift_inside(
    bands: &Bands,
    level: &Level,
    spot: Spot,
    touches: Touches,
    frame: Frame,
    may_add_background: bool,
) -> Placed {
    let middle = bands.width / 2.0;
    let missing = missing(bands, level, spot, middle, frame);
    let allowed = |touched: bool| {
        if may_add_background && !touched { bands.centre_pass } else { bands.centre_warn }
    };
    let shift = |lacking: f64, room: f64, touched: bool| {
        let reach = allowed(touched).min(room.max(0.0));
        if lacking <= reach {
            lacking
        } else if may_add_background && !touched {
            0.0
        } else {
            reach
        }
    };
    let eye_column = if missing.left > 0.0 && missing.right < 0.0 {
        middle - shift(missing.left, -missing.right, touches.left)
    } else if missing.right > 0.0 && missing.left < 0.0 {
        middle + shift(missing.right, -missing.left, touches.right)
    } else {
        middle
    };
    Placed { spot, eye_column }
}

/// Everything that keeps the placed frame from being a plain, legal crop.
pub(super) fn faults(
    bands: &Bands,
    level: &Level,
    placed: &Placed,
    touches: Touches,
    frame: Frame,
    may_add_background: bool,
) -> Vec<CropFault> {
    let missing = missing(bands, level, placed.spot, placed.eye_column, frame);
    let mut faults = Vec::new();
    if touches.top {
        faults.push(CropFault::HeadCut);
    } else if missing.top > ROUNDING_PX && !may_add_background {
        faults.push(CropFault::TopMissing { px: missing.top });
    }
    if missing.bottom > ROUNDING_PX {
        faults.push(CropFault::BodyMissing { px: missing.bottom });
    }
    for (lacking, touched) in [(missing.left, touches.left), (missing.right, touches.right)] {
        if lacking > ROUNDING_PX && touched {
            faults.push(CropFault::ShoulderCut { px: lacking });
        } else if lacking > ROUNDING_PX && !may_add_background {
            faults.push(CropFault::SideMissing { px: lacking });
        }
    }
    if placed.spot.scale > bands.scale_pass + 1e-3 {
        faults.push(CropFault::Enlarged { scale: placed.spot.scale });
    }
    faults
}

impl Placed {
    pub(super) fn solution(&self, bands: &Bands, level: &Level) -> CropSolution {
        let Spot { scale, crown_row } = self.spot;
        let eye_row = crown_row + scale * level.eye_to_crown;
        let (width, height) = (bands.width / scale, bands.height / scale);
        let offset_x = (bands.width / 2.0 - self.eye_column) / scale;
        let offset_y = (bands.height / 2.0 - eye_row) / scale;
        let upright = Point::new(level.eyes.x + offset_x as f32, level.eyes.y + offset_y as f32);
        let centre = upright.rotated_about(level.eyes, level.angle_deg as f32);
        CropSolution {
            x: centre.x - (width / 2.0) as f32,
            y: centre.y - (height / 2.0) as f32,
            width: width as f32,
            height: height as f32,
            angle: level.angle_deg as f32,
            scale: scale as f32,
            crown_y: crown_row as f32,
            eye_y: eye_row as f32,
            face_width: (scale * level.face_width) as f32,
        }
    }
}

impl CropSolution {
    /// A photo point in output pixels.
    pub fn to_output(&self, point: Point) -> Point {
        let centre = Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0);
        let level = point.rotated_about(centre, -self.angle);
        Point::new((level.x - self.x) * self.scale, (level.y - self.y) * self.scale)
    }

    /// An output point in photo pixels.
    pub fn to_photo(&self, point: Point) -> Point {
        let centre = Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0);
        Point::new(self.x + point.x / self.scale, self.y + point.y / self.scale)
            .rotated_about(centre, self.angle)
    }
}
