//! Things on the background: what hangs together and stands out from the wall, and frames around the picture.

use image::RgbImage;

use crate::inspect::measure::median;
use crate::inspect::measure::patch::luma;
use crate::photo::Rect;

/// A strip at an edge is looked for up to this share of the side.
const STRIP_SHARE: f64 = 0.06;
/// Least step of luma between a strip and the picture, levels.
const STRIP_STEP: f32 = 24.0;
/// Share of an edge's length along which the step must show.
const STRIP_LENGTH: f64 = 0.9;
/// Greatest spread within a strip, levels: a frame is of one colour.
const STRIP_SPREAD: f32 = 6.0;

/// The largest thing in a raster of cells that stand out (`true`): its number of cells and its span as
/// (first column, first row, last column, last row). Cells hang together by their sides.
pub(super) fn largest(standing_out: &[bool], columns: usize) -> Option<(usize, [usize; 4])> {
    let mut seen = vec![false; standing_out.len()];
    let mut largest: Option<(usize, [usize; 4])> = None;
    for start in 0..standing_out.len() {
        if !standing_out[start] || seen[start] {
            continue;
        }
        let (mut open, mut count, mut span) = (vec![start], 0_usize, [usize::MAX, usize::MAX, 0, 0]);
        seen[start] = true;
        while let Some(index) = open.pop() {
            let (column, row) = (index % columns, index / columns);
            count += 1;
            span = [span[0].min(column), span[1].min(row), span[2].max(column), span[3].max(row)];
            let around = [
                (column > 0).then(|| index - 1),
                (column + 1 < columns).then_some(index + 1),
                (row > 0).then(|| index - columns),
                (index + columns < standing_out.len()).then_some(index + columns),
            ];
            for next in around.into_iter().flatten() {
                if standing_out[next] && !seen[next] {
                    seen[next] = true;
                    open.push(next);
                }
            }
        }
        if largest.is_none_or(|(most, _)| count > most) {
            largest = Some((count, span));
        }
    }
    largest
}

/// Strips of one colour along the picture's edges, set off by a straight step: frames, black bars.
pub(super) fn frame_strips(pixels: &RgbImage) -> Vec<Rect> {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let at = |x: usize, y: usize| luma(pixels.get_pixel(x as u32, y as u32).0);
    let (w, h) = (width as f32, height as f32);
    let mut strips = Vec::new();
    let mut look =
        |line: &dyn Fn(usize, usize) -> f32, depth: usize, length: usize, rect: &dyn Fn(f32) -> Rect| {
            if let Some(strip) = strip(line, depth, length) {
                strips.push(rect(strip as f32));
            }
        };
    look(&|depth, along| at(along, depth), height, width, &|d| Rect::new(0.0, 0.0, w, d));
    look(&|depth, along| at(along, height - 1 - depth), height, width, &|d| Rect::new(0.0, h - d, w, d));
    look(&|depth, along| at(depth, along), width, height, &|d| Rect::new(0.0, 0.0, d, h));
    look(&|depth, along| at(width - 1 - depth, along), width, height, &|d| Rect::new(w - d, 0.0, d, h));
    strips
}

/// Depth of the strip at one edge. `line(depth, along)` is the luma `depth` pixels from the edge.
fn strip(line: &dyn Fn(usize, usize) -> f32, depth: usize, length: usize) -> Option<usize> {
    let deepest = ((depth as f64 * STRIP_SHARE) as usize).min(depth.saturating_sub(3));
    (1..=deepest).find(|&at| {
        let steps = (0..length).filter(|&along| {
            // One pixel of softness between strip and picture is allowed.
            (line(at + 1, along) - line(at - 1, along)).abs() >= STRIP_STEP
        });
        steps.count() as f64 >= STRIP_LENGTH * length as f64 && is_plain(line, at, length)
    })
}

fn is_plain(line: &dyn Fn(usize, usize) -> f32, depth: usize, length: usize) -> bool {
    let values: Vec<f32> = (0..depth)
        .flat_map(|at| (0..length).map(move |along| (at, along)))
        .map(|(at, along)| line(at, along))
        .collect();
    let Some(middle) = median(&values) else { return false };
    let spreads: Vec<f32> = values.iter().map(|value| (value - middle).abs()).collect();
    median(&spreads).is_some_and(|spread| spread <= STRIP_SPREAD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn the_largest_thing_is_found_with_its_span() {
        let raster = [
            1, 0, 0, 0, 0, //
            0, 0, 1, 1, 0, //
            0, 0, 0, 1, 0, //
        ]
        .map(|cell| cell == 1);
        assert_eq!(largest(&raster, 5), Some((3, [2, 1, 3, 2])));
        assert_eq!(largest(&[false; 6], 3), None);
    }

    #[test]
    fn a_frame_is_found_on_the_sides_that_have_one() {
        let framed = RgbImage::from_fn(200, 260, |x, y| {
            Rgb(if y < 8 || x >= 195 { [0; 3] } else { [(120 + (x * 7 + y * 3) % 60) as u8; 3] })
        });
        let strips = frame_strips(&framed);
        assert_eq!(strips.len(), 2, "{strips:?}");
        assert!((strips[0].height - 8.0).abs() <= 1.0 && (strips[1].width - 5.0).abs() <= 1.0, "{strips:?}");
        let plain = RgbImage::from_fn(200, 260, |x, _| Rgb([(120 + x / 4) as u8; 3]));
        assert_eq!(frame_strips(&plain), []);
    }
}
