//! A light rim between the person and the background, as a careless exchange of the background leaves it.
//!
//! Across the matte's edge the picture should pass from the person's lightness to the wall's. Where it grows lighter than
//! both in between, something of an earlier, lighter background stayed behind.

use image::RgbImage;

use crate::inspect::matte::Matte;
use crate::inspect::warp::{Border, pixel_between};
use crate::photo::color::{lab_from_srgb, lightness_from_srgb};
use crate::photo::{Point, Rect};

use super::WorkingCopy;
use super::geometry::FaceAxes;

/// Opacity at which the person ends.
const EDGE: f32 = 0.5;
/// How far a line across the edge reaches to either side, eye distances; the matte is not more exact than that.
const REACH_IED: f32 = 0.14;
/// Samples along a line, and those at each end that say what the person and the wall look like.
const SAMPLES: usize = 29;
const END: usize = 6;
/// Lightness by which the rim exceeds both, L*; over 6 it is plain to see on a print.
const RIM_L: f32 = 6.0;
/// Person and wall must differ by this much, CIELAB units, for an edge to be seen at all.
const LEAST_STEP_LAB: f32 = 12.0;
/// The wall next to the edge is plain: its lightness differs by no more than this, L*.
const PLAIN_L: f32 = 4.0;
/// Every so many edge pixels are looked at, and at least so many lines are needed.
const STRIDE: usize = 2;
const LEAST_LINES: usize = 40;
/// Distance in pixels over which the matte's slope is taken.
const SLOPE_PX: i64 = 3;
/// Side of the squares that are pointed at, eye distances, and fewest rims in one.
const PLACE_IED: f32 = 0.5;
const LEAST_RIMS: usize = 4;

/// The edge between person and background.
#[derive(Clone, Debug, PartialEq)]
pub struct Halo {
    /// Share of the edge, 0..=1, with a rim lighter than both sides.
    pub light_share: f64,
    /// Where it stands, in pixels of the copy until `in_photo`.
    pub places: Vec<Rect>,
}

impl Halo {
    /// `matte` has a pixel for each of `pixels`; `None` where too little edge can be seen.
    pub fn of(pixels: &RgbImage, matte: &Matte, axes: &FaceAxes) -> Option<Self> {
        let reach = REACH_IED * axes.ied_px as f32;
        let lines: Vec<(Point, f32)> = edge(matte)
            .step_by(STRIDE)
            .filter_map(|(x, y)| {
                let at = Point::new(x as f32 + 0.5, y as f32 + 0.5);
                Some((at, rim(pixels, at, outwards(matte, x, y)?, reach)?))
            })
            .collect();
        if lines.len() < LEAST_LINES {
            return None;
        }
        let rims: Vec<Point> = lines.iter().filter(|(_, rim)| *rim > RIM_L).map(|(at, _)| *at).collect();
        Some(Self {
            light_share: rims.len() as f64 / lines.len() as f64,
            places: squares(&rims, PLACE_IED * axes.ied_px as f32),
        })
    }

    /// The same with its places in photo pixels.
    pub fn in_photo(mut self, copy: &WorkingCopy) -> Self {
        self.places = self.places.into_iter().map(|place| copy.rect_to_photo(place)).collect();
        self
    }
}

/// Pixels of the person beside one that is not.
fn edge(matte: &Matte) -> impl Iterator<Item = (i64, i64)> {
    let width = matte.width_px as usize;
    let lines = || matte.alpha.chunks_exact(width);
    let rows = lines().zip(lines().skip(1)).zip(lines().skip(2)).enumerate();
    rows.flat_map(|(above_y, ((above, here), below))| {
        let columns = here.windows(3).zip(above[1..].iter().zip(&below[1..])).enumerate();
        columns.filter_map(move |(left_x, (across, (above, below)))| {
            // The least of the four neighbours, so that one comparison is the rule.
            let around = across[0].min(across[2]).min(above.min(*below));
            let is_edge = across[1] >= EDGE && around < EDGE;
            is_edge.then_some((left_x as i64 + 1, above_y as i64 + 1))
        })
    })
}

/// Unit direction in which the person ends; `None` near the picture's edges.
fn outwards(matte: &Matte, x: i64, y: i64) -> Option<(f32, f32)> {
    let (width, height) = (i64::from(matte.width_px), i64::from(matte.height_px));
    let near = SLOPE_PX + 1;
    if x < near || y < near || x >= width - near || y >= height - near {
        return None;
    }
    let at = |dx: i64, dy: i64| matte.at((x + dx) as u32, (y + dy) as u32);
    let along = -(SLOPE_PX - 1)..=(SLOPE_PX - 1);
    let across: f32 = along.clone().map(|step| at(SLOPE_PX, step) - at(-SLOPE_PX, step)).sum();
    let down: f32 = along.map(|step| at(step, SLOPE_PX) - at(step, -SLOPE_PX)).sum();
    let length = across.hypot(down);
    (length > f32::EPSILON).then(|| (-across / length, -down / length))
}

/// L* by which the line across the edge exceeds the lightness at both its ends; `None` where it leaves the picture, the
/// wall is not plain, or person and wall look alike.
fn rim(pixels: &RgbImage, at: Point, (dx, dy): (f32, f32), reach: f32) -> Option<f32> {
    let end = |sign: f32| (at.x + sign * reach * dx, at.y + sign * reach * dy);
    let inside =
        |(x, y): (f32, f32)| x >= 0.0 && y >= 0.0 && x < pixels.width() as f32 && y < pixels.height() as f32;
    if !inside(end(-1.0)) || !inside(end(1.0)) {
        return None;
    }
    let samples: [[f32; 3]; SAMPLES] = std::array::from_fn(|step| {
        let along = reach * (2.0 * step as f32 / (SAMPLES - 1) as f32 - 1.0);
        pixel_between(pixels, at.x + along * dx - 0.5, at.y + along * dy - 0.5, Border::Nearest)
    });
    let level = |colour: [f32; 3]| colour.map(|value| (value + 0.5) as u8);
    let mean = |part: &[[f32; 3]]| {
        let sum = |channel: usize| part.iter().map(|sample| sample[channel]).sum::<f32>();
        lab_from_srgb(level([0, 1, 2].map(|channel| sum(channel) / part.len() as f32)))
    };
    let (person, wall) = (mean(&samples[..END]), mean(&samples[SAMPLES - END..]));
    let lightness = |sample: &[f32; 3]| lightness_from_srgb(level(*sample));
    let (darkest, brightest) = samples[SAMPLES - END..]
        .iter()
        .map(lightness)
        .fold((f32::MAX, f32::MIN), |(low, high), l| (low.min(l), high.max(l)));
    if brightest - darkest > PLAIN_L {
        return None;
    }
    let step = [person.l - wall.l, person.a - wall.a, person.b - wall.b];
    if step.iter().map(|value| value * value).sum::<f32>().sqrt() < LEAST_STEP_LAB {
        return None;
    }
    let lightest = samples[END..SAMPLES - END].iter().map(lightness).fold(0.0, f32::max);
    Some(lightest - person.l.max(wall.l))
}

/// Squares of a raster that hold enough of the points.
fn squares(points: &[Point], side: f32) -> Vec<Rect> {
    let cell = |point: &Point| ((point.x / side) as i32, (point.y / side) as i32);
    let mut cells: Vec<(i32, i32)> = points.iter().map(cell).collect();
    cells.sort_unstable();
    cells
        .chunk_by(|one, other| one == other)
        .filter(|same| same.len() >= LEAST_RIMS)
        .map(|same| Rect::new(same[0].0 as f32 * side, same[0].1 as f32 * side, side, side))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// A dark round head before a blue wall, with a rim of so many pixels of the given grey.
    fn head(rim_px: f32, grey: u8) -> Halo {
        let from_middle = |x: u32, y: u32| (x as f32 - 99.5).hypot(y as f32 - 99.5);
        let pixels = RgbImage::from_fn(200, 200, |x, y| {
            Rgb(match from_middle(x, y) {
                distance if distance < 60.0 => [40, 30, 30],
                distance if distance < 60.0 + rim_px => [grey; 3],
                _ => [100, 197, 255],
            })
        });
        let alpha = (0..40_000)
            .map(|index| (60.0 - from_middle(index % 200, index / 200) + 0.5).clamp(0.0, 1.0))
            .collect();
        let matte = Matte { width_px: 200, height_px: 200, photo_width_px: 200, photo_height_px: 200, alpha };
        let axes = FaceAxes { origin: Point::new(100.0, 100.0), roll_deg: 0.0, ied_px: 80.0 };
        Halo::of(&pixels, &matte, &axes).unwrap()
    }

    #[test]
    fn a_white_rim_is_seen_and_pointed_at() {
        let halo = head(2.5, 255);
        assert!(halo.light_share > 0.9, "{}", halo.light_share);
        assert!(!halo.places.is_empty());
    }

    #[test]
    fn neither_a_clean_edge_nor_a_dark_one_has_a_rim() {
        assert_eq!(head(0.0, 0).light_share, 0.0);
        assert_eq!(head(2.5, 60).light_share, 0.0);
    }
}
