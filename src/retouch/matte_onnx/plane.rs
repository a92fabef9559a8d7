//! A rectangle of numbers, with the few operations a matte needs.

/// Values row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Plane {
    pub fn new(width: usize, height: usize, values: Vec<f32>) -> Self {
        debug_assert_eq!(values.len(), width * height);
        Self { width, height, values }
    }

    pub fn filled(width: usize, height: usize, value: f32) -> Self {
        Self { width, height, values: vec![value; width * height] }
    }

    /// Each value put through a function.
    pub fn mapped(&self, function: impl Fn(f32) -> f32) -> Self {
        Self { values: self.values.iter().map(|&value| function(value)).collect(), ..*self }
    }

    /// Value between pixels; positions count pixel centres, outside stands the nearest pixel.
    pub fn sample(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x.clamp(0.0, (self.width - 1) as f32), y.clamp(0.0, (self.height - 1) as f32));
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (right_share, bottom_share) = (x - left as f32, y - top as f32);
        let at = |row: usize, column: usize| self.values[row * self.width + column];
        let upper = at(top, left) * (1.0 - right_share) + at(top, right) * right_share;
        let lower = at(bottom, left) * (1.0 - right_share) + at(bottom, right) * right_share;
        upper * (1.0 - bottom_share) + lower * bottom_share
    }

    /// The same picture with another number of pixels.
    pub fn resized(&self, width: usize, height: usize) -> Self {
        let (across, down) = (self.width as f32 / width as f32, self.height as f32 / height as f32);
        let mut values = Vec::with_capacity(width * height);
        for row in 0..height {
            let y = (row as f32 + 0.5) * down - 0.5;
            values.extend((0..width).map(|column| self.sample((column as f32 + 0.5) * across - 0.5, y)));
        }
        Self { width, height, values }
    }

    /// Mean over the square of `2 · radius + 1` pixels about each pixel; at the edges over what there is.
    pub fn box_mean(&self, radius: usize) -> Self {
        let mut across = Vec::with_capacity(self.values.len());
        for row in self.values.chunks_exact(self.width) {
            across.extend(running_mean(row.iter().copied(), radius));
        }
        let mut values = vec![0.0; self.values.len()];
        for column in 0..self.width {
            let down = (0..self.height).map(|row| across[row * self.width + column]);
            for (row, mean) in running_mean(down, radius).into_iter().enumerate() {
                values[row * self.width + column] = mean;
            }
        }
        Self { values, ..*self }
    }
}

fn running_mean(values: impl Iterator<Item = f32>, radius: usize) -> Vec<f32> {
    // Sums in f64: a running difference of f32 sums would drift along the row.
    let mut sums = vec![0.0f64];
    let mut total = 0.0;
    for value in values {
        total += f64::from(value);
        sums.push(total);
    }
    let count = sums.len() - 1;
    let mean = |at: usize| {
        let (low, high) = (at.saturating_sub(radius), (at + radius + 1).min(count));
        ((sums[high] - sums[low]) / (high - low) as f64) as f32
    };
    (0..count).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_mean_averages_what_there_is() {
        let plane = Plane::new(4, 1, vec![0.0, 3.0, 6.0, 9.0]);
        assert_eq!(plane.box_mean(1).values, [1.5, 3.0, 6.0, 7.5]);
        assert_eq!(plane.box_mean(9).values, [4.5; 4]);
    }

    #[test]
    fn resizing_keeps_positions() {
        let plane = Plane::new(2, 2, vec![0.0, 1.0, 0.0, 1.0]);
        let large = plane.resized(8, 8);
        assert_eq!(large.values[..8], [0.0, 0.0, 0.125, 0.375, 0.625, 0.875, 1.0, 1.0]);
    }
}
