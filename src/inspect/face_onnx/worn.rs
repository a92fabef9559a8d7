//! What the networks for things worn (glasses, head coverings, earrings) are shown, and what their answer means. `training` makes
//! them.

use image::RgbImage;

use crate::inspect::FaceError;
use crate::inspect::net_onnx::{Chw, Net};

/// The patch's spread counts as at least this many levels, so that a black picture stays black.
const LEAST_SPREAD: f32 = 8.0;

/// Log odds that the thing is worn: the mean over the patch and its mirror image.
pub fn log_odds_of_both(net: &Net, patch: &RgbImage) -> Result<f64, FaceError> {
    let mirrored = image::imageops::flip_horizontal(patch);
    Ok((log_odds(net, patch)? + log_odds(net, &mirrored)?) / 2.0)
}

/// Log odds of the patch as it is.
pub fn log_odds(net: &Net, patch: &RgbImage) -> Result<f64, FaceError> {
    let [answer] = net.run_exactly(&normalised(patch), [1])?;
    Ok(f64::from(answer[0]))
}

/// Each value less the mean of all, over their spread.
fn normalised(pixels: &RgbImage) -> Chw {
    let count = pixels.as_raw().len().max(1) as f32;
    let mean = pixels.as_raw().iter().map(|value| f32::from(*value)).sum::<f32>() / count;
    let variance =
        pixels.as_raw().iter().map(|value| (f32::from(*value) - mean).powi(2)).sum::<f32>() / count;
    let spread = variance.sqrt().max(LEAST_SPREAD);
    let channel =
        |channel: usize| pixels.pixels().map(move |pixel| (f32::from(pixel.0[channel]) - mean) / spread);
    Chw {
        channels: 3,
        height: pixels.height() as usize,
        width: pixels.width() as usize,
        values: (0..3).flat_map(channel).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn what_the_network_sees_has_no_mean_and_unit_spread() {
        let pixels = RgbImage::from_fn(20, 10, |x, y| Rgb([(x * 9) as u8, (y * 20) as u8, 70]));
        let seen = normalised(&pixels);
        let mean = seen.values.iter().sum::<f32>() / seen.values.len() as f32;
        let spread = seen.values.iter().map(|value| value * value).sum::<f32>() / seen.values.len() as f32;
        assert!(mean.abs() < 1e-4 && (spread - 1.0).abs() < 1e-3);
        assert_eq!((seen.channels, seen.height, seen.width), (3, 10, 20));
        assert!(seen.values[19] > seen.values[0], "row by row, channel by channel");
    }
}
