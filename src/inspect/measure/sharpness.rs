//! Sharpness as the width of the strongest edges around the eyes, at the eye distance of a finished portrait.

use image::RgbImage;

use super::geometry::FaceAxes;
use super::patch::{Patch, Plane, Region};
use super::{median, quantile};

/// Eye distance at which edges are measured, pixels.
pub const PATCH_IED_PX: f64 = 120.0;
/// Eyes and brows.
const EYES: Region = Region { left: -1.0, top: -0.45, right: 1.0, bottom: 0.35 };
/// Least height of an edge worth measuring, luma levels.
const LEAST_STEP: f32 = 24.0;
/// Share of the edges, steepest first, that is measured.
const STEEPEST: f64 = 0.08;
/// Fewest edges for a judgement.
const LEAST_EDGES: usize = 12;

/// How wide edges are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sharpness {
    /// 10–90 % width of the steepest edges in pixels at an eye distance of 120 px.
    pub edge_px: f64,
    /// Edge width along x over that along y; far from 1 when the picture moved.
    pub anisotropy: f64,
}

impl Sharpness {
    /// `axes` are the face's in `pixels`, which keep all the photo knows at an eye distance of 120 px;
    /// `None` where the eyes show no edges at all.
    pub fn of(pixels: &RgbImage, axes: &FaceAxes) -> Option<Self> {
        let luma = Patch::cut(pixels, axes, EYES, PATCH_IED_PX).luma();
        let across = widths(&luma, (1, 0));
        let down = widths(&luma, (0, 1));
        let all: Vec<Edge> = across.iter().chain(&down).copied().collect();
        let edge_px = typical(&all)?;
        let anisotropy = match (typical(&across), typical(&down)) {
            (Some(across), Some(down)) => across / down,
            _ => 1.0,
        };
        Some(Self { edge_px, anisotropy })
    }
}

/// One edge: its steepest slope in levels a pixel and its 10–90 % width in pixels.
#[derive(Clone, Copy, Debug)]
struct Edge {
    slope: f32,
    width: f32,
}

/// Median width of the steepest edges.
fn typical(edges: &[Edge]) -> Option<f64> {
    let slopes: Vec<f32> = edges.iter().map(|edge| edge.slope).collect();
    let steep = quantile(&slopes, 1.0 - STEEPEST)?;
    let widths: Vec<f32> = edges.iter().filter(|edge| edge.slope >= steep).map(|edge| edge.width).collect();
    if edges.len() < LEAST_EDGES { None } else { median(&widths).map(f64::from) }
}

/// All edges along one direction.
fn widths(luma: &Plane, (step_x, step_y): (isize, isize)) -> Vec<Edge> {
    let (width, height) = (luma.width as isize, luma.height as isize);
    let (lines, length) = if step_x == 1 { (height, width) } else { (width, height) };
    let mut edges = Vec::new();
    for line in 0..lines {
        let values: Vec<f32> = (0..length)
            .map(|position| if step_y == 1 { luma.at(line, position) } else { luma.at(position, line) })
            .collect();
        edges_of_line(&values, &mut edges);
    }
    edges
}

/// Splits a line into its rising and falling runs and measures each that is high enough.
fn edges_of_line(values: &[f32], edges: &mut Vec<Edge>) {
    let mut start = 0;
    while start + 1 < values.len() {
        let rising = values[start + 1] > values[start];
        let mut end = start + 1;
        while end + 1 < values.len()
            && (values[end + 1] > values[end]) == rising
            && values[end + 1] != values[end]
        {
            end += 1;
        }
        if (values[end] - values[start]).abs() >= LEAST_STEP {
            edges.extend(measure_run(&values[start..=end]));
        }
        start = end;
    }
}

/// 10–90 % width of one monotonic run.
fn measure_run(run: &[f32]) -> Option<Edge> {
    let (first, last) = (run[0], run[run.len() - 1]);
    let share = |value: f32| (value - first) / (last - first);
    let crossing = |level: f32| {
        run.windows(2).enumerate().find_map(|(index, pair)| {
            let (low, high) = (share(pair[0]), share(pair[1]));
            (low <= level && high >= level && high > low).then(|| index as f32 + (level - low) / (high - low))
        })
    };
    let width = crossing(0.9)? - crossing(0.1)?;
    let slope = run.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    Some(Edge { slope, width })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::Point;
    use image::Rgb;

    const AXES: FaceAxes = FaceAxes { origin: Point::new(200.0, 150.0), roll_deg: 0.0, ied_px: 120.0 };

    /// Dark bars on a bright ground with edges blurred by `sigma` pixels, at an eye distance of 120 px.
    fn edge_px(sigma: f32) -> f64 {
        let bars = RgbImage::from_fn(400, 300, |x, y| {
            let dark = (x / 20) % 2 == 0 || (y / 20) % 3 == 0;
            Rgb([if dark { 60 } else { 190 }; 3])
        });
        let pixels = if sigma > 0.0 { image::imageops::blur(&bars, sigma) } else { bars };
        Sharpness::of(&pixels, &AXES).unwrap().edge_px
    }

    #[test]
    fn blur_widens_edges_monotonically() {
        let widths: Vec<f64> = [0.0, 0.8, 1.5, 2.5].into_iter().map(edge_px).collect();
        assert!(widths.windows(2).all(|pair| pair[0] < pair[1]), "{widths:?}");
        assert!(widths[0] < 2.2 && widths[3] > 3.5, "{widths:?}");
    }

    #[test]
    fn a_flat_picture_has_no_edges_to_measure() {
        let flat = RgbImage::from_pixel(400, 300, Rgb([128; 3]));
        assert_eq!(Sharpness::of(&flat, &AXES), None);
    }
}
