//! Mean light of any upright box in constant time.

use rayon::prelude::*;

/// What stands for a pixel darker than its surroundings.
pub const DARK: u8 = 1;

pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub light: Vec<u8>,
    /// Sum of all pixels above and left of each corner.
    sums: Vec<u32>,
}

impl Plane {
    /// `None` where the picture is empty, or too large for its sums.
    pub fn new(width: usize, height: usize, light: &[u8]) -> Option<Self> {
        let pixels = width.checked_mul(height)?;
        if pixels == 0 || light.len() != pixels || pixels > (u32::MAX / 255) as usize {
            return None;
        }
        let across = width + 1;
        let mut sums = vec![0_u32; across * (height + 1)];
        for y in 0..height {
            let mut row = 0;
            for x in 0..width {
                row += u32::from(light[y * width + x]);
                sums[(y + 1) * across + x + 1] = sums[y * across + x + 1] + row;
            }
        }
        Some(Self { width, height, light: light.to_vec(), sums })
    }

    /// Half as wide and high, each pixel the mean of four.
    pub fn halved(&self) -> Option<Self> {
        let (width, height) = (self.width / 2, self.height / 2);
        let at = |x: usize, y: usize| u16::from(self.light[y * self.width + x]);
        let mut light = Vec::with_capacity(width * height);
        for y in (0..2 * height).step_by(2) {
            light.extend(
                (0..2 * width)
                    .step_by(2)
                    .map(|x| ((at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1) + 2) / 4) as u8),
            );
        }
        Self::new(width, height, &light)
    }

    /// Mean light of the box around a point, cut at the edges of the picture; `None` when the point lies outside.
    pub fn mean(&self, [x, y]: [f32; 2], radius: f32) -> Option<f32> {
        if !(x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32) {
            return None;
        }
        let low = |at: f32| (at - radius + 0.5).max(0.0) as usize;
        let high = |at: f32, most: usize| ((at + radius + 0.5) as usize).min(most);
        let (left, right) = (low(x), high(x, self.width));
        let (top, bottom) = (low(y), high(y, self.height));
        let (left, top) = (left.min(self.width - 1), top.min(self.height - 1));
        let (right, bottom) = (right.max(left + 1), bottom.max(top + 1));
        let sum = |x: usize, y: usize| self.sums[y * (self.width + 1) + x];
        let total = boxed([sum(left, top), sum(right, top)], [sum(left, bottom), sum(right, bottom)]);
        Some(total as f32 / ((right - left) * (bottom - top)) as f32)
    }

    /// Pixels on a side of the boxes that [`Self::means`] takes.
    pub fn side(radius: f32) -> usize {
        ((2.0 * radius).round() as usize).max(1)
    }

    /// Mean light of the boxes around every `step`th pixel of a row, cut at the edges of the picture; the first box lies
    /// around the pixel `step / 2`, with one pixel more before it than behind where its side is even.
    pub fn means(&self, y: usize, step: usize, radius: f32, into: &mut [f32]) {
        let across = self.width + 1;
        let side = Self::side(radius);
        let (before, after) = (side / 2, side - side / 2);
        let row = |at: usize| &self.sums[at * across..][..across];
        let y = y.min(self.height - 1);
        let (top, bottom) = (y.saturating_sub(before), (y + after).min(self.height));
        let (above, below) = (row(top), row(bottom));
        let mean = |x: usize| {
            let x = x.min(self.width - 1);
            let (left, right) = (x.saturating_sub(before), (x + after).min(self.width));
            let sum = boxed([above[left], above[right]], [below[left], below[right]]);
            sum as f32 / ((right - left) * (bottom - top)) as f32
        };
        let first = step / 2;
        if step > 1 || self.width <= side {
            into.iter_mut().enumerate().for_each(|(place, mean_of)| *mean_of = mean(first + place * step));
            return;
        }
        // Boxes that are not cut are all of one size.
        let share = 1.0 / (side * (bottom - top)) as f32;
        let corners = above.iter().zip(&above[side..]).zip(below.iter().zip(&below[side..]));
        let whole = &mut into[before..];
        for (mean_of, ((a, b), (c, d))) in whole.iter_mut().zip(corners) {
            *mean_of = boxed([*a, *b], [*c, *d]) as f32 * share;
        }
        (0..before).chain(self.width - after + 1..self.width).for_each(|x| into[x] = mean(x));
    }

    /// [`DARK`] where a pixel is darker than its surroundings, 0 elsewhere.
    pub fn dark(&self, radius: usize) -> Vec<u8> {
        let across = self.width + 1;
        let mut dark = vec![0; self.light.len()];
        let rows = dark.par_chunks_exact_mut(self.width).zip(self.light.par_chunks_exact(self.width));
        rows.enumerate().for_each(|(y, (dark, light))| {
            let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(self.height));
            let (above, below) =
                (&self.sums[top * across..][..across], &self.sums[bottom * across..][..across]);
            let of = |x: usize| {
                let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(self.width));
                let sum = boxed([above[left], above[right]], [below[left], below[right]]);
                u8::from(sum > u32::from(light[x]) * ((right - left) * (bottom - top)) as u32)
            };
            // Boxes that are not cut are all of one size.
            let whole = radius.min(self.width)..self.width.saturating_sub(radius).max(radius.min(self.width));
            (0..whole.start).chain(whole.end..self.width).for_each(|x| dark[x] = of(x));
            let side = 2 * radius + 1;
            if whole.is_empty() {
                return;
            }
            let area = (side * (bottom - top)) as u32;
            let corners = above.iter().zip(&above[side..]).zip(below.iter().zip(&below[side..]));
            for ((dark, light), ((a, b), (c, d))) in
                dark[whole.clone()].iter_mut().zip(&light[whole]).zip(corners)
            {
                *dark = u8::from(u32::from(*light) * area < boxed([*a, *b], [*c, *d]));
            }
        });
        dark
    }
}

/// What lies in a box, from the sums at its left and right corners above and below.
fn boxed([above_left, above_right]: [u32; 2], [below_left, below_right]: [u32; 2]) -> u32 {
    below_right.wrapping_sub(below_left).wrapping_sub(above_right).wrapping_add(above_left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_of_a_row_are_those_of_its_boxes() {
        let (width, height) = (40, 31);
        let light: Vec<u8> = (0..width * height).map(|at| (at * 97 % 251) as u8).collect();
        let plane = Plane::new(width, height, &light).unwrap();
        for (step, side) in [(1, 1), (1, 2), (1, 9), (1, 64), (3, 5), (4, 12)] {
            for y in [0, 3, 17, 30] {
                let mut means = vec![0.0; width.div_ceil(step)];
                plane.means(y, step, side as f32 / 2.0, &mut means);
                for (place, mean) in means.iter().enumerate() {
                    let x = (step / 2 + place * step).min(width - 1);
                    let cut = |at: usize, most: usize| {
                        at.saturating_sub(side / 2)..(at + side - side / 2).min(most)
                    };
                    let of = cut(y, height).flat_map(|y| cut(x, width).map(move |x| y * width + x));
                    let of: Vec<f32> = of.map(|at| f32::from(light[at])).collect();
                    let expected = of.iter().sum::<f32>() / of.len() as f32;
                    assert!((mean - expected).abs() < 0.01, "step {step}, side {side}, {x}, {y}: {mean}");
                }
            }
        }
    }

    #[test]
    fn dark_is_what_lies_below_the_mean_of_its_box() {
        for (width, height) in [(1, 1), (5, 9), (14, 6), (40, 31)] {
            let light: Vec<u8> = (0..width * height).map(|at| (at * 97 % 251) as u8).collect();
            let plane = Plane::new(width, height, &light).unwrap();
            for radius in [1, 6, 16] {
                let expected: Vec<u8> = (0..width * height)
                    .map(|at| {
                        let (x, y) = ((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
                        let mean = plane.mean([x - 0.5, y - 0.5], radius as f32 + 0.5).unwrap();
                        u8::from(f32::from(light[at]) < mean)
                    })
                    .collect();
                assert_eq!(plane.dark(radius), expected, "{width} × {height}, radius {radius}");
            }
        }
    }
}
