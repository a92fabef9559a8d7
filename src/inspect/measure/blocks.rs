//! Traces of the 8 × 8 blocks that lossy compression works in, measured in the pixels themselves.

use image::RgbImage;

use crate::photo::Point;

use super::patch::luma;

/// Side of a JPEG block, pixels.
const BLOCK_PX: usize = 8;
/// Longest side of the part of the photo that is looked at, pixels.
const WINDOW_PX: u32 = 768;
/// A step beyond this many levels is an edge of the motif, not of a block.
const LARGEST_STEP: f32 = 16.0;
/// Fewest steps a grid position needs for a judgement.
const LEAST_STEPS: usize = 2_000;
/// Added to every mean, levels: a motif without any texture shows no blocks worth the name.
const FLOOR_LEVELS: f64 = 0.25;

/// How strongly the block grid shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blocks {
    /// Mean step across the block borders over that inside the blocks; 1 without compression.
    pub ratio: f64,
}

impl Blocks {
    /// Looks at the unscaled photo around `centre`; `None` where the photo is too small.
    ///
    /// The step at a border is its second difference, so that a slope of the motif does not count. The grid
    /// may begin anywhere, as turning and cropping move it; the position that stands out most is the grid.
    pub fn of(pixels: &RgbImage, centre: Point) -> Option<Self> {
        let (left, width) = window(centre.x, pixels.width());
        let (top, height) = window(centre.y, pixels.height());
        let stride = pixels.width() as usize * 3;
        let part = left as usize * 3..(left + width) as usize * 3;
        let lines = pixels.as_raw().chunks_exact(stride).skip(top as usize).take(height as usize);
        let mut values = Vec::with_capacity(width as usize * height as usize);
        for line in lines {
            values.extend(line[part.clone()].chunks_exact(3).map(|rgb| luma([rgb[0], rgb[1], rgb[2]])));
        }
        let across = standing_out(&steps_across(&values, width as usize))?;
        let down = standing_out(&steps_down(&values, width as usize))?;
        Some(Self { ratio: (across * down).sqrt() })
    }
}

/// First pixel and length of the part of one side that is looked at.
fn window(centre: f32, length: u32) -> (u32, u32) {
    let size = length.min(WINDOW_PX);
    let first = (centre - size as f32 / 2.0).max(0.0) as u32;
    (first.min(length - size), size)
}

/// Sum and number of the steps at each of the eight positions of the grid.
type Steps = [(f64, usize); BLOCK_PX];

/// The step between the middle two of four values in a line.
fn step([first, second, third, fourth]: [f32; 4]) -> f32 {
    let step = (third - second) - ((second - first) + (fourth - third)) / 2.0;
    step.abs().min(LARGEST_STEP)
}

/// Steps along the rows.
fn steps_across(values: &[f32], width: usize) -> Steps {
    let mut steps: Steps = [(0.0, 0); BLOCK_PX];
    for row in values.chunks_exact(width) {
        for (place, four) in row.windows(4).enumerate() {
            let (sum, count) = &mut steps[(place + 2) % BLOCK_PX];
            *sum += f64::from(step([four[0], four[1], four[2], four[3]]));
            *count += 1;
        }
    }
    steps
}

/// Steps along the columns, each row's added up beside one another.
fn steps_down(values: &[f32], width: usize) -> Steps {
    let mut steps: Steps = [(0.0, 0); BLOCK_PX];
    for (place, four) in values.windows(4 * width).step_by(width).enumerate() {
        let (first, rest) = four.split_at(width);
        let (second, rest) = rest.split_at(width);
        let (third, fourth) = rest.split_at(width);
        let mut sums = [0.0; BLOCK_PX];
        for (column, (((first, second), third), fourth)) in
            first.iter().zip(second).zip(third).zip(fourth).enumerate()
        {
            sums[column % BLOCK_PX] += f64::from(step([*first, *second, *third, *fourth]));
        }
        let (sum, count) = &mut steps[(place + 2) % BLOCK_PX];
        *sum += sums.iter().sum::<f64>();
        *count += width;
    }
    steps
}

/// The strongest position over the mean of those that cannot see a block border.
fn standing_out(steps: &Steps) -> Option<f64> {
    if steps.iter().any(|(_, count)| *count < LEAST_STEPS) {
        return None;
    }
    let mean = |place: usize| steps[place % BLOCK_PX].0 / steps[place % BLOCK_PX].1 as f64 + FLOOR_LEVELS;
    let grid = (0..BLOCK_PX).max_by(|one, other| mean(*one).total_cmp(&mean(*other)))?;
    // The two neighbours' second differences contain the border's step as well.
    let inside: f64 = (2..BLOCK_PX - 1).map(|offset| mean(grid + offset)).sum();
    Some(mean(grid) / (inside / (BLOCK_PX - 3) as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::compressed;
    use crate::sitter::{SitterSpec, render};

    #[test]
    fn blocks_show_the_more_the_harder_the_compression() {
        let portrait = render(&SitterSpec::default()).pixels;
        let centre = Point::new(portrait.width() as f32 / 2.0, portrait.height() as f32 / 2.0);
        let ratio = |pixels: &RgbImage| Blocks::of(pixels, centre).unwrap().ratio;
        let ratios: Vec<f64> = [95, 60, 30, 10].map(|q| ratio(&compressed(&portrait, q))).to_vec();
        assert!(ratios.windows(2).all(|pair| pair[0] < pair[1]), "{ratios:?}");
        assert!(ratio(&portrait) < 1.1, "{}", ratio(&portrait));
        // A better encoding afterwards, or a shifted grid, does not hide it.
        let hidden = compressed(&compressed(&portrait, 10), 95);
        assert!(ratio(&hidden) > ratios[1], "{}", ratio(&hidden));
        let (left, top) = (portrait.width() / 2 - 147, portrait.height() / 2 - 145);
        let blocky = compressed(&portrait, 10);
        let shifted = image::imageops::crop_imm(&blocky, left, top, 300, 300).to_image();
        assert!(ratio(&shifted) > ratios[1], "{}", ratio(&shifted));
    }

    #[test]
    fn a_tiny_picture_is_not_judged() {
        assert_eq!(Blocks::of(&RgbImage::new(20, 20), Point::new(10.0, 10.0)), None);
    }
}
