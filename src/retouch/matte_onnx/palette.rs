//! The colours of one side of the outline, gathered in coarse cells so that any place knows what is near it.

use crate::inspect::net_onnx::Chw;

use super::plane::Plane;

/// Side of a cell in pixels.
const CELL_PX: usize = 4;
/// A place knows its colours when at least this share of the square about it belongs to the side.
const LEAST_SHARE: f32 = 0.04;
/// The square about a place grows by this factor until it holds enough, at most so often.
const GROWTH: usize = 2;
const GROWTHS: u32 = 3;

/// Mean colour near a place, and how much the colours there differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    pub colour: [f32; 3],
    /// Sum of the three channels' variances.
    pub variance: f32,
}

/// What one side looks like everywhere, from squares of growing size.
pub struct Palette {
    layers: Vec<Layer>,
}

struct Layer {
    share: Plane,
    colour: [Plane; 3],
    /// Mean of the squared length of the colour.
    square: Plane,
}

impl Palette {
    /// Gathers the colours of the pixels for which `belongs` holds; the smallest square reaches `radius` pixels.
    pub fn gather(colours: &Chw, belongs: impl Fn(usize) -> bool, radius: usize) -> Self {
        let (width, height) = (colours.width.div_ceil(CELL_PX), colours.height.div_ceil(CELL_PX));
        let mut sums = Layer::empty(width, height);
        let plane = colours.width * colours.height;
        for at in (0..plane).filter(|&at| belongs(at)) {
            let cell = at / colours.width / CELL_PX * width + at % colours.width / CELL_PX;
            sums.share.values[cell] += 1.0;
            for (channel, sum) in sums.colour.iter_mut().enumerate() {
                let value = colours.values[channel * plane + at];
                sum.values[cell] += value;
                sums.square.values[cell] += value * value;
            }
        }
        let radius = radius.div_ceil(CELL_PX).max(1);
        let layers = (0..=GROWTHS).map(|growth| sums.blurred(radius * GROWTH.pow(growth))).collect();
        Self { layers }
    }

    /// The colours near a pixel, from the smallest square that holds enough of them.
    pub fn near(&self, column: usize, row: usize) -> Option<Near> {
        let cell = |at: usize| (at as f32 + 0.5) / CELL_PX as f32 - 0.5;
        let (x, y) = (cell(column), cell(row));
        self.layers.iter().find_map(|layer| layer.near(x, y))
    }
}

impl Layer {
    fn empty(width: usize, height: usize) -> Self {
        let plane = || Plane::filled(width, height, 0.0);
        Self { share: plane(), colour: [plane(), plane(), plane()], square: plane() }
    }

    fn blurred(&self, radius: usize) -> Self {
        Self {
            share: self.share.box_mean(radius),
            colour: self.colour.each_ref().map(|plane| plane.box_mean(radius)),
            square: self.square.box_mean(radius),
        }
    }

    fn near(&self, x: f32, y: f32) -> Option<Near> {
        let count = self.share.sample(x, y);
        if count < LEAST_SHARE * (CELL_PX * CELL_PX) as f32 {
            return None;
        }
        let colour = self.colour.each_ref().map(|plane| plane.sample(x, y) / count);
        let length: f32 = colour.iter().map(|value| value * value).sum();
        let variance = (self.square.sample(x, y) / count - length).max(0.0);
        Some(Near { colour, variance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 80 × 40 pixels: the left half grey 0.2, the right half grey 0.8.
    fn halves() -> Chw {
        let value = |at: usize| if at % 80 < 40 { 0.2 } else { 0.8 };
        Chw { channels: 3, height: 40, width: 80, values: (0..3 * 3200).map(value).collect() }
    }

    #[test]
    fn a_side_is_known_beyond_its_border() {
        let left = Palette::gather(&halves(), |at| at % 80 < 40, 8);
        let near = left.near(44, 20).unwrap();
        assert!((near.colour[0] - 0.2).abs() < 1e-4, "{near:?}");
        assert!(near.variance < 1e-4, "{near:?}");
    }

    #[test]
    fn mixed_colours_have_variance() {
        let all = Palette::gather(&halves(), |_| true, 8);
        assert!((all.near(40, 20).unwrap().variance - 3.0 * 0.09).abs() < 0.02);
    }

    #[test]
    fn an_empty_side_is_unknown() {
        assert_eq!(Palette::gather(&halves(), |_| false, 8).near(40, 20), None);
    }
}
