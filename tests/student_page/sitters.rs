//! Drawn sitters as a phone would send them, and a film of one for a camera that is none.

use std::path::Path;
use std::sync::LazyLock;

use image::RgbImage;
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::sitter::fault::Fault;
use photodesk::sitter::{SitterSpec, render, vary};

/// A sitter in whom the initial check finds nothing to change.
pub static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| jpeg(&drawn(vary(3))));
/// The same with glasses, which the batch's standard forbids.
pub static GLASSES: LazyLock<Vec<u8>> = LazyLock::new(|| jpeg(&drawn(Fault::Glasses.apply(vary(3)))));

pub fn drawn(mut spec: SitterSpec) -> RgbImage {
    (spec.camera.width_px, spec.camera.height_px) = (900, 1200);
    render(&spec).pixels
}

fn jpeg(pixels: &RgbImage) -> Vec<u8> {
    let target = JpegTarget::of_quality(Dpi(72), 92);
    encode_jpeg(pixels, &target).unwrap().bytes
}

/// A film of still frames, in the uncompressed form that Chromium takes for a camera.
pub fn film(path: &Path, pixels: &RgbImage) {
    let (width, height) = pixels.dimensions();
    let mut film = format!("YUV4MPEG2 W{width} H{height} F5:1 Ip A1:1 C420jpeg\n").into_bytes();
    let frame = planes(pixels);
    for _ in 0..3 {
        film.extend_from_slice(b"FRAME\n");
        film.extend_from_slice(&frame);
    }
    std::fs::write(path, film).unwrap();
}

/// Full-range BT.601, chroma at half size.
fn planes(pixels: &RgbImage) -> Vec<u8> {
    let (width, height) = pixels.dimensions();
    let at = |x: u32, y: u32| pixels.get_pixel(x.min(width - 1), y.min(height - 1)).0.map(f32::from);
    let level = |value: f32| value.round().clamp(0.0, 255.0) as u8;
    let mut out = Vec::with_capacity((width * height * 3 / 2) as usize);
    for pixel in pixels.pixels() {
        let [r, g, b] = pixel.0.map(f32::from);
        out.push(level(0.299 * r + 0.587 * g + 0.114 * b));
    }
    for (kr, kg, kb) in [(-0.168_736, -0.331_264, 0.5), (0.5, -0.418_688, -0.081_312)] {
        for y in (0..height).step_by(2) {
            for x in (0..width).step_by(2) {
                let [r, g, b] = at(x, y);
                out.push(level(128.0 + kr * r + kg * g + kb * b));
            }
        }
    }
    out
}

/// A QR code as a screenshot would show it.
pub fn code_picture(text: &str) -> RgbImage {
    let modules = photodesk::onsite::code::Modules::of(text).unwrap();
    let (step, quiet) = (6, 4);
    let side = (modules.width + 2 * quiet) * step;
    RgbImage::from_fn(side as u32, side as u32, |x, y| {
        let place = |at: u32| (at as usize / step).checked_sub(quiet);
        let is_dark = place(x).zip(place(y)).is_some_and(|(column, row)| modules.is_dark(column, row));
        image::Rgb(if is_dark { [0; 3] } else { [255; 3] })
    })
}

/// The same as a PNG file.
pub fn code_png(text: &str) -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    code_picture(text).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}
