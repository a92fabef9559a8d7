//! Spreads known colours smoothly into the unknown, by a pyramid of weighted averages.

/// A colour with 8-bit levels as floating point.
pub(super) type Colour = [f32; 3];

struct Level {
    width: usize,
    height: usize,
    colours: Vec<Colour>,
    /// 1 where the colour is known, 0 where it is not.
    weights: Vec<f32>,
}

/// Each pixel's colour where `known`, elsewhere an average of the nearest known ones; black when none is known.
pub(super) fn spread(colours: &[Colour], known: &[bool], width: usize, height: usize) -> Vec<Colour> {
    let weights = known.iter().map(|&known| if known { 1.0 } else { 0.0 }).collect();
    let mut pyramid = vec![Level { width, height, colours: colours.to_vec(), weights }];
    while let Some(finest) = pyramid.last()
        && (finest.width > 1 || finest.height > 1)
    {
        let coarser = finest.halved();
        pyramid.push(coarser);
    }
    let mut filled = pyramid.pop();
    while let (Some(coarser), Some(mut finer)) = (filled.take(), pyramid.pop()) {
        finer.fill_from(&coarser);
        if pyramid.is_empty() {
            return finer.colours;
        }
        filled = Some(finer);
    }
    colours.to_vec()
}

impl Level {
    fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut half = Self { width, height, colours: Vec::new(), weights: Vec::new() };
        for index in 0..width * height {
            let (left, top) = (index % width * 2, index / width * 2);
            let (mut sum, mut weight) = ([0.0; 3], 0.0);
            for y in top..(top + 2).min(self.height) {
                for x in left..(left + 2).min(self.width) {
                    let at = y * self.width + x;
                    weight += self.weights[at];
                    for (total, value) in sum.iter_mut().zip(self.colours[at]) {
                        *total += self.weights[at] * value;
                    }
                }
            }
            half.colours.push(if weight > 0.0 { sum.map(|total| total / weight) } else { sum });
            half.weights.push(weight.min(1.0));
        }
        half
    }

    fn fill_from(&mut self, coarser: &Self) {
        for y in 0..self.height {
            for x in 0..self.width {
                let at = y * self.width + x;
                let weight = self.weights[at];
                if weight < 1.0 {
                    let smooth = coarser.between(x, y);
                    for (value, other) in self.colours[at].iter_mut().zip(smooth) {
                        *value = weight * *value + (1.0 - weight) * other;
                    }
                }
            }
        }
    }

    /// Bilinear value at the place of a pixel of the next finer level.
    fn between(&self, fine_x: usize, fine_y: usize) -> Colour {
        let (x0, x1, along_x) = neighbours(fine_x, self.width);
        let (y0, y1, along_y) = neighbours(fine_y, self.height);
        let row =
            |y: usize| mixed(self.colours[y * self.width + x0], self.colours[y * self.width + x1], along_x);
        mixed(row(y0), row(y1), along_y)
    }
}

fn neighbours(fine: usize, size: usize) -> (usize, usize, f32) {
    let place = (fine as f32 - 0.5) / 2.0;
    let low = place.floor().max(0.0);
    let first = (low as usize).min(size - 1);
    (first, (first + 1).min(size - 1), (place - low).clamp(0.0, 1.0))
}

/// `one` at share 0, `other` at share 1.
pub(super) fn mixed(one: Colour, other: Colour, share: f32) -> Colour {
    std::array::from_fn(|channel| one[channel] + (other[channel] - one[channel]) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_stay_and_unknown_ones_follow_the_nearest() {
        let (width, height) = (64, 20);
        let colours: Vec<Colour> = (0..width * height).map(|i| [(i % width) as f32, 7.0, 0.0]).collect();
        let known: Vec<bool> = (0..width * height).map(|i| i % width < 8 || i % width >= 56).collect();
        let full = spread(&colours, &known, width, height);
        for (index, colour) in full.iter().enumerate() {
            let x = index % width;
            if known[index] {
                assert_eq!(*colour, colours[index]);
            }
            assert!((colour[1] - 7.0).abs() < 1e-3);
            if (8..16).contains(&x) {
                assert!(colour[0] < 20.0, "{x}: {}", colour[0]);
            }
        }
    }

    #[test]
    fn nothing_known_is_no_fault() {
        assert_eq!(spread(&[[1.0; 3]; 6], &[false; 6], 3, 2).len(), 6);
        assert_eq!(spread(&[[1.0; 3]], &[true], 1, 1), [[1.0; 3]]);
    }
}
