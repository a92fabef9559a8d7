//! From linear light to the stored picture: lens blur, motion, sensor noise, sRGB bytes.

use image::RgbImage;

use super::color::srgb_255;
use super::math::{Vec3, exp, v3};
use super::noise::hash;
use super::render::Plate;
use super::spec::Camera;

/// A finished portrait's pixels and the person's opacity (0..=255), row by row.
pub struct Developed {
    pub pixels: RgbImage,
    pub alpha: Vec<u8>,
}

/// Develops the plate as the camera would.
pub fn develop(mut plate: Plate, camera: &Camera, seed: u32) -> Developed {
    let kernel = gaussian(camera.blur_px.max(0.45));
    smear(&mut plate, &kernel, true);
    smear(&mut plate, &kernel, false);
    if camera.motion_px >= 1.0 {
        let length = camera.motion_px as usize | 1;
        smear(&mut plate, &vec![1.0 / length as f32; length], true);
    }
    let curve = srgb_table();
    let mut pixels = RgbImage::new(plate.width as u32, plate.height as u32);
    for (k, (color, out)) in plate.color.iter().zip(pixels.pixels_mut()).enumerate() {
        let level = |x: f32| curve[(x.clamp(0.0, 1.0) * TABLE_STEPS + 0.5) as usize];
        let base = [level(color.x), level(color.y), level(color.z)];
        for (channel, value) in base.iter().enumerate() {
            let grain = camera.noise * grain(k as u32, channel as u32, seed) * (1.25 - value / 400.0);
            out.0[channel] = ((value + grain).clamp(0.0, 255.0) + 0.5) as u8;
        }
    }
    let alpha = plate.alpha.iter().map(|a| (a.clamp(0.0, 1.0) * 255.0 + 0.5) as u8).collect();
    Developed { pixels, alpha }
}

const TABLE_STEPS: f32 = 8192.0;

fn srgb_table() -> Vec<f32> {
    (0..=TABLE_STEPS as usize).map(|k| srgb_255(k as f32 / TABLE_STEPS)).collect()
}

/// About normally distributed, shared in part by the three channels.
fn grain(pixel: u32, channel: u32, seed: u32) -> f32 {
    let bell = |salt: u32| {
        let bits = hash(pixel ^ hash(seed ^ salt));
        let sum: u32 = (0..4).map(|k| bits >> (8 * k) & 255).sum();
        (sum as f32 - 510.0) / 148.0
    };
    0.75 * bell(0x6a1) + 0.6 * bell(0x6b2 + channel)
}

fn gaussian(deviation: f32) -> Vec<f32> {
    let reach = (deviation * 2.6).ceil().max(1.0) as i32;
    let weights: Vec<f32> =
        (-reach..=reach).map(|k| exp(-((k * k) as f32) / (2.0 * deviation * deviation))).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum).collect()
}

/// Convolves rows or columns; the edge repeats.
fn smear(plate: &mut Plate, kernel: &[f32], along_rows: bool) {
    let (width, height) = (plate.width, plate.height);
    let reach = kernel.len() / 2;
    let (lines, length, stride, step) =
        if along_rows { (height, width, width, 1) } else { (width, height, 1, width) };
    let mut line: Vec<(Vec3, f32)> = vec![(Vec3::ZERO, 0.0); length];
    for n in 0..lines {
        let start = n * stride;
        for (k, held) in line.iter_mut().enumerate() {
            *held = (plate.color[start + k * step], plate.alpha[start + k * step]);
        }
        for k in 0..length {
            let (mut color, mut alpha) = (v3(0.0, 0.0, 0.0), 0.0);
            for (m, weight) in kernel.iter().enumerate() {
                let (c, a) = line[(k + m).saturating_sub(reach).min(length - 1)];
                color += c * *weight;
                alpha += a * weight;
            }
            plate.color[start + k * step] = color;
            plate.alpha[start + k * step] = alpha;
        }
    }
}
