//! A drawn head with loose hair before a wall, whose opacity and own colours are exactly known, for the tests.

use image::{Rgb, RgbImage};

use crate::inspect::{FaceError, Matte, MatteModel};
use crate::photo::resize::{resize, resize_plane};
use crate::photo::{ColorModel, FileFacts, FileFormat, Photo};

const WIDTH: u32 = 720;
const HEIGHT: u32 = 960;
/// The shapes are given on a sheet 960 wide and 1280 high.
const SHEET_PER_PX: f32 = 960.0 / WIDTH as f32;
/// Sub-samples along each side of a pixel.
const FINE: u32 = 3;
const SKIN: [f32; 3] = [214.0, 170.0, 146.0];
const HAIR: [f32; 3] = [38.0, 30.0, 28.0];
const SHIRT: [f32; 3] = [60.0, 64.0, 92.0];

/// The old background.
#[derive(Clone, Copy, Debug)]
pub enum Wall {
    White,
    Green,
    /// Grey with light falling off to one side and camera noise.
    ShadedGrey,
    DarkRed,
}

/// A drawn photo and its truth.
pub struct Drawing {
    pub photo: Photo,
    /// True opacity, row by row.
    pub alpha: Vec<f32>,
    /// The person's own colours, also where little of the person is seen.
    person: Vec<[f32; 3]>,
}

impl Drawing {
    pub fn before(wall: Wall) -> Self {
        let strands = strands();
        let mut alpha = Vec::new();
        let mut person = Vec::new();
        let mut pixels = RgbImage::new(WIDTH, HEIGHT);
        let mut noise = Noise(5);
        for (x, y, pixel) in pixels.enumerate_pixels_mut() {
            let (opacity, colour) = person_at(x, y, &strands);
            let behind = wall_at(wall, x, y, &mut noise);
            let colour = colour.map(|value| value + noise.next(2.0));
            *pixel = Rgb(std::array::from_fn(|c| {
                (opacity * colour[c] + (1.0 - opacity) * behind[c]).round().clamp(0.0, 255.0) as u8
            }));
            alpha.push(opacity);
            person.push(colour);
        }
        Self { photo: Photo { pixels, file: file_facts() }, alpha, person }
    }

    /// The same person before an even colour, reduced to a size: what a perfect replacement gives.
    pub fn on_colour(&self, colour: [u8; 3], (width, height): (u32, u32)) -> RgbImage {
        let pixels = self.alpha.iter().zip(&self.person).flat_map(|(&alpha, person)| {
            std::array::from_fn::<u8, 3, _>(|c| {
                (alpha * person[c] + (1.0 - alpha) * f32::from(colour[c])).round().clamp(0.0, 255.0) as u8
            })
        });
        let full = RgbImage::from_raw(WIDTH, HEIGHT, pixels.collect()).unwrap_or_default();
        resize(&full, width, height)
    }

    /// Where the person's edge is, widened by some pixels, at a size.
    pub fn edge(&self, size: (u32, u32), widen_px: usize) -> Vec<bool> {
        let alpha = resize_plane(&self.alpha, (WIDTH, HEIGHT), size.0, size.1);
        widened(&alpha, size.0 as usize, widen_px, |alpha| (0.02..0.98).contains(&alpha))
    }

    /// Where no person is within some pixels, at a size.
    pub fn bare(&self, size: (u32, u32), away_px: usize) -> Vec<bool> {
        let alpha = resize_plane(&self.alpha, (WIDTH, HEIGHT), size.0, size.1);
        widened(&alpha, size.0 as usize, away_px, |alpha| alpha > 0.02)
            .into_iter()
            .map(|near| !near)
            .collect()
    }
}

/// A model that answers like a small network: the truth, seen through 256 columns.
pub struct NetworkLike(Matte);

impl NetworkLike {
    pub fn of(drawing: &Drawing) -> Self {
        let (width_px, height_px) = (256, 341);
        let alpha = resize_plane(&drawing.alpha, (WIDTH, HEIGHT), width_px, height_px);
        Self(Matte { width_px, height_px, photo_width_px: WIDTH, photo_height_px: HEIGHT, alpha })
    }
}

impl MatteModel for NetworkLike {
    fn matte(&self, pixels: &RgbImage) -> Result<Matte, FaceError> {
        Ok(Matte { photo_width_px: pixels.width(), photo_height_px: pixels.height(), ..self.0.clone() })
    }
}

/// A loose hair: a bow from the head outwards.
struct Strand {
    angle: f32,
    bend: f32,
    length: f32,
    half_width: f32,
}

fn strands() -> Vec<Strand> {
    let mut noise = Noise(3);
    (0..70)
        .map(|index| Strand {
            angle: -2.9 + index as f32 * 0.0385,
            bend: noise.next(0.25),
            length: 30.0 + noise.next(25.0).abs(),
            half_width: 1.1 + noise.next(0.5).abs(),
        })
        .collect()
}

fn person_at(x: u32, y: u32, strands: &[Strand]) -> (f32, [f32; 3]) {
    let mut covered = 0.0;
    let mut sum = [0.0; 3];
    for fine in 0..FINE * FINE {
        let fx = x as f32 + ((fine % FINE) as f32 + 0.5) / FINE as f32;
        let fy = y as f32 + ((fine / FINE) as f32 + 0.5) / FINE as f32;
        if let Some(colour) = part_at(fx * SHEET_PER_PX, fy * SHEET_PER_PX, strands) {
            covered += 1.0;
            for (total, value) in sum.iter_mut().zip(colour) {
                *total += value;
            }
        }
    }
    if covered == 0.0 {
        (0.0, HAIR)
    } else {
        (covered / (FINE * FINE) as f32, sum.map(|total| total / covered))
    }
}

fn part_at(x: f32, y: f32, strands: &[Strand]) -> Option<[f32; 3]> {
    let (dx, dy) = (x - 480.0, y - 480.0);
    let within = |half_width: f32, half_height: f32, shift: f32| {
        (dx / half_width).powi(2) + ((dy + shift) / half_height).powi(2) < 1.0
    };
    if within(205.0, 275.0, -35.0) {
        return Some(SKIN);
    }
    if within(245.0, 320.0, 30.0) {
        return Some(HAIR);
    }
    let shoulder_top = 880.0 + (dx / 420.0).powi(2) * 160.0;
    if y > shoulder_top && dx.abs() < 420.0 {
        return Some(SHIRT);
    }
    if dx.abs() < 100.0 && y > 700.0 {
        return Some(SKIN);
    }
    on_strand(dx, dy + 30.0, strands).then_some(HAIR)
}

fn on_strand(dx: f32, dy: f32, strands: &[Strand]) -> bool {
    if (dx / 305.0).powi(2) + (dy / 380.0).powi(2) > 1.0 {
        return false;
    }
    let angle = dy.atan2(dx);
    let rim = 1.0 / ((angle.cos() / 245.0).powi(2) + (angle.sin() / 320.0).powi(2)).sqrt();
    let distance = dx.hypot(dy);
    strands.iter().any(|strand| {
        let out = (distance - rim) / strand.length;
        let bow = strand.angle + strand.bend * out * out * 0.3;
        (-0.1..1.0).contains(&out) && ((angle - bow) * distance).abs() < strand.half_width
    })
}

fn wall_at(wall: Wall, x: u32, y: u32, noise: &mut Noise) -> [f32; 3] {
    match wall {
        Wall::White => [250.0; 3],
        Wall::Green => [60.0, 190.0, 80.0].map(|value| value + noise.next(3.0)),
        Wall::ShadedGrey => {
            let light = 1.0 - 0.25 * x as f32 / WIDTH as f32 - 0.05 * y as f32 / HEIGHT as f32;
            [205.0, 203.0, 198.0].map(|value| value * light + noise.next(4.0))
        }
        Wall::DarkRed => [110.0, 20.0, 30.0].map(|value| value + noise.next(3.0)),
    }
}

fn widened(values: &[f32], width: usize, by_px: usize, wanted: impl Fn(f32) -> bool) -> Vec<bool> {
    let height = values.len() / width;
    let near = |index: usize| {
        let (x, y) = (index % width, index / width);
        let columns = x.saturating_sub(by_px)..=(x + by_px).min(width - 1);
        let mut rows = y.saturating_sub(by_px)..=(y + by_px).min(height - 1);
        rows.any(|row| columns.clone().any(|column| wanted(values[row * width + column])))
    };
    (0..values.len()).map(near).collect()
}

/// A small repeatable generator.
struct Noise(u32);

impl Noise {
    /// Even between minus and plus `reach`.
    fn next(&mut self, reach: f32) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0) * reach
    }
}

fn file_facts() -> FileFacts {
    FileFacts {
        format: FileFormat::Png,
        bytes: 1,
        sha256: "a".repeat(64),
        stored_width_px: WIDTH,
        stored_height_px: HEIGHT,
        color_model: ColorModel::Rgb,
        bits_per_sample: 8,
        dpi: None,
        orientation: 1,
        icc_profile: None,
        jpeg_quality: None,
        jpeg_progressive: false,
        trailing_bytes: 0,
        camera_make: None,
        camera_model: None,
        software: None,
        taken_at: None,
    }
}
