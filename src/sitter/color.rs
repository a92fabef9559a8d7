//! sRGB and linear light for the renderer.

use super::math::{Vec3, pow, v3};

/// 8-bit sRGB to linear light, 0..=1 a channel.
pub fn linear(rgb: [u8; 3]) -> Vec3 {
    let channel = |byte: u8| {
        let s = byte as f32 / 255.0;
        if s <= 0.040_45 { s / 12.92 } else { pow((s + 0.055) / 1.055, 2.4) }
    };
    v3(channel(rgb[0]), channel(rgb[1]), channel(rgb[2]))
}

/// Linear light to sRGB on a scale of 0..=255, not yet rounded.
pub fn srgb_255(linear: f32) -> f32 {
    let x = linear.clamp(0.0, 1.0);
    255.0 * if x <= 0.003_130_8 { 12.92 * x } else { 1.055 * pow(x, 1.0 / 2.4) - 0.055 }
}

/// Bends bright light towards white as cameras do, so that highlights do not clip.
pub fn shoulder(color: Vec3) -> Vec3 {
    const KNEE: f32 = 0.72;
    let bend = |x: f32| {
        let over = (x - KNEE).max(0.0) / (1.0 - KNEE);
        x.clamp(0.0, KNEE) + (1.0 - KNEE) * over / (1.0 + over)
    };
    v3(bend(color.x), bend(color.y), bend(color.z))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_round() {
        for byte in 0..=255u8 {
            let back = srgb_255(linear([byte; 3]).x);
            assert!((back - f32::from(byte)).abs() < 0.1, "{byte} came back as {back}");
        }
    }
}
