//! Collection codes as a camera sees them: drawn by our own arithmetic with exactly known payload, for tests and
//! benchmarks. Tilt and turn, blur, glare, the grid of a photographed screen, noise, small and large in the frame.

#![allow(dead_code, reason = "each user takes its part")]

use qrcode::{Color, EcLevel, QrCode};

/// The frame of a usual webcam.
pub const WIDTH: usize = 1600;
pub const HEIGHT: usize = 1200;
/// Blank modules around a code.
const QUIET: f64 = 4.0;
/// As much of its side lies between a code and the edge of the frame at least.
const BORDER: f64 = 0.02;

/// What is done to one code; every number is drawn from the seed.
#[derive(Clone, Debug)]
pub struct Degraded {
    pub payload: Vec<u8>,
    /// Side of the code as a share of the frame's shorter side, before perspective.
    pub share: f64,
    pub turn_degrees: f64,
    pub tilt: [f64; 2],
    /// Standard deviation in modules.
    pub blur_modules: f64,
    pub glare: Option<Glare>,
    /// Strength of a screen's grid, 0 to 1.
    pub moire: f64,
    pub noise: f64,
    pub contrast: f64,
    seed: u64,
}

/// A round reflection, relative to the code's middle and side.
#[derive(Clone, Copy, Debug)]
pub struct Glare {
    at: [f64; 2],
    radius: f64,
    strength: f64,
}

/// One grey frame, row by row.
pub struct Frame {
    pub width: usize,
    pub height: usize,
    pub luma: Vec<u8>,
}

/// A small counter-based generator, the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
}

impl Degraded {
    /// The code of this number; equal numbers give equal frames.
    pub fn draw(number: u64) -> Self {
        let mut dice = Dice(number.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x9a3c);
        let length = dice.between(100.0, 601.0) as usize;
        let payload = (0..length).map(|_| SIGNS[(dice.next() % SIGNS.len() as u64) as usize]).collect();
        let has_glare = dice.unit() < 0.3;
        let has_moire = dice.unit() < 0.3;
        Self {
            payload,
            share: dice.between(0.2, 0.9),
            turn_degrees: dice.between(-180.0, 180.0),
            tilt: [dice.between(-0.25, 0.25), dice.between(-0.25, 0.25)],
            blur_modules: dice.between(0.0, 0.45),
            glare: has_glare.then(|| Glare {
                at: [dice.between(-0.5, 0.5), dice.between(-0.5, 0.5)],
                radius: dice.between(0.04, 0.10),
                strength: dice.between(0.5, 1.5),
            }),
            moire: if has_moire { dice.between(0.1, 0.5) } else { 0.0 },
            noise: dice.between(0.0, 10.0),
            contrast: dice.between(0.4, 1.0),
            seed: dice.next(),
        }
    }

    /// The frame; `None` for a payload too long for any code.
    pub fn frame(&self) -> Option<Frame> {
        let level = if self.payload.len() > 300 { EcLevel::L } else { EcLevel::M };
        let code = QrCode::with_error_correction_level(&self.payload, level).ok()?;
        let modules = code.width();
        let is_dark: Vec<bool> = code.to_colors().into_iter().map(|colour| colour == Color::Dark).collect();
        let side_px = self.share * HEIGHT as f64;
        let blur_px = self.blur_modules * side_px / modules as f64;
        let mut dice = Dice(self.seed);
        let view = View::new(self, side_px, &mut dice);
        let mut plane = vec![0.0_f32; WIDTH * HEIGHT];
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                plane[y * WIDTH + x] = self.sample(&view, &is_dark, modules, x as f64, y as f64) as f32;
            }
        }
        blur(&mut plane, blur_px);
        let moire = Moire::new(&mut dice);
        let luma = (0..WIDTH * HEIGHT).map(|at| {
            let (x, y) = ((at % WIDTH) as f64, (at / WIDTH) as f64);
            let mut light = f64::from(plane[at]) * (1.0 + self.moire * moire.at(x, y) * 0.5);
            if let Some(glare) = self.glare {
                light += glare.at(view.place(x, y)) * 255.0;
            }
            light += (dice.unit() + dice.unit() + dice.unit() - 1.5) * 2.0 * self.noise;
            light.clamp(0.0, 255.0) as u8
        });
        Some(Frame { width: WIDTH, height: HEIGHT, luma: luma.collect() })
    }

    /// Light of one pixel before the lens: four samples, for a pixel is no point.
    fn sample(&self, view: &View, is_dark: &[bool], modules: usize, x: f64, y: f64) -> f64 {
        let sample = |dx: f64, dy: f64| {
            let [u, v] = view.place(x + dx, y + dy);
            let across = modules as f64;
            let (column, row) = ((u + 0.5) * across, (v + 0.5) * across);
            let paper = -QUIET..across + QUIET;
            if !paper.contains(&column) || !paper.contains(&row) {
                return view.surroundings(x, y);
            }
            let inside = (0.0..across).contains(&column) && (0.0..across).contains(&row);
            let dark = inside && is_dark[row as usize * modules + column as usize];
            let white = 225.0;
            if dark { white * (1.0 - 0.9 * self.contrast) } else { white }
        };
        let quarters = [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)];
        let light: f64 = quarters.iter().map(|(dx, dy)| sample(*dx, *dy)).sum::<f64>() / 4.0;
        // A lamp at one side.
        light * (0.75 + 0.35 * x / WIDTH as f64)
    }
}

const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

/// From pixels to the code's own square, -0.5 to 0.5: shift, turn, tilt.
struct View {
    centre: [f64; 2],
    cos: f64,
    sin: f64,
    tilt: [f64; 2],
    side_px: f64,
    texture: f64,
}

impl View {
    fn new(of: &Degraded, side_px: f64, dice: &mut Dice) -> Self {
        let turn = of.turn_degrees.to_radians();
        let (cos, sin) = (turn.cos(), turn.sin());
        // Where the corners with their blank border come to lie, so that the whole code stays within the frame.
        let corner = |u: f64, v: f64| {
            let depth = 1.0 / (1.0 + of.tilt[0] * u + of.tilt[1] * v);
            [(u * cos - v * sin) * depth, (u * sin + v * cos) * depth]
        };
        let half = 0.5 + BORDER;
        let corners = [(-half, -half), (half, -half), (half, half), (-half, half)].map(|(u, v)| corner(u, v));
        let reach = side_px * corners.iter().flatten().fold(0.0_f64, |most, at| most.max(at.abs()));
        let free = |length: f64, dice: &mut Dice| {
            let slack = (length / 2.0 - reach).max(0.0);
            length / 2.0 + dice.between(-slack, slack)
        };
        let centre = [free(WIDTH as f64, dice), free(HEIGHT as f64, dice)];
        let fit = (HEIGHT as f64 / 2.0 / reach).min(1.0);
        Self {
            centre,
            cos: turn.cos(),
            sin: turn.sin(),
            tilt: of.tilt,
            side_px: side_px * fit,
            texture: dice.between(0.01, 0.05),
        }
    }

    fn place(&self, x: f64, y: f64) -> [f64; 2] {
        let (dx, dy) = ((x - self.centre[0]) / self.side_px, (y - self.centre[1]) / self.side_px);
        let (u, v) = (dx * self.cos + dy * self.sin, -dx * self.sin + dy * self.cos);
        let depth = 1.0 - self.tilt[0] * u - self.tilt[1] * v;
        [u / depth, v / depth]
    }

    /// A desk with soft stripes and edges, so that the code is not the only structure.
    fn surroundings(&self, x: f64, y: f64) -> f64 {
        let stripe = (x * self.texture).sin() + (y * self.texture * 1.7 + x * 0.004).sin();
        if stripe > 0.6 { 70.0 } else { 140.0 + 25.0 * stripe }
    }
}

impl Glare {
    fn at(self, [u, v]: [f64; 2]) -> f64 {
        let distance = ((u - self.at[0]).powi(2) + (v - self.at[1]).powi(2)).sqrt() / self.radius;
        self.strength * (-distance * distance).exp()
    }
}

/// Two gratings that beat against the sensor, as a photographed screen does.
struct Moire {
    waves: [[f64; 3]; 2],
}

impl Moire {
    fn new(dice: &mut Dice) -> Self {
        let mut wave = || {
            let (angle, period) = (dice.between(0.0, std::f64::consts::TAU), dice.between(3.0, 40.0));
            let scale = std::f64::consts::TAU / period;
            [angle.cos() * scale, angle.sin() * scale, dice.between(0.0, 6.0)]
        };
        Self { waves: [wave(), wave()] }
    }

    /// -1 to 1.
    fn at(&self, x: f64, y: f64) -> f64 {
        self.waves.iter().map(|[a, b, phase]| (a * x + b * y + phase).sin()).sum::<f64>() / 2.0
    }
}

/// Three box blurs in a row come close to a lens.
fn blur(plane: &mut [f32], sigma_px: f64) {
    if sigma_px < 0.3 {
        return;
    }
    let radius = ((sigma_px * sigma_px * 12.0 / 3.0 + 1.0).sqrt() - 1.0) / 2.0;
    for _ in 0..3 {
        for row in plane.chunks_mut(WIDTH) {
            box_line(row, radius);
        }
        let mut column = vec![0.0; HEIGHT];
        for x in 0..WIDTH {
            (0..HEIGHT).for_each(|y| column[y] = plane[y * WIDTH + x]);
            box_line(&mut column, radius);
            (0..HEIGHT).for_each(|y| plane[y * WIDTH + x] = column[y]);
        }
    }
}

/// A box of fractional radius over one line, edges repeated.
fn box_line(line: &mut [f32], radius: f64) {
    let whole = radius.floor() as isize;
    let part = (radius - radius.floor()) as f32;
    let last = line.len() as isize - 1;
    let source = line.to_vec();
    let at = |index: isize| source[index.clamp(0, last) as usize];
    let width = 2.0 * radius as f32 + 1.0;
    let mut sum: f32 = (-whole..=whole).map(at).sum();
    for (index, out) in line.iter_mut().enumerate() {
        let index = index as isize;
        *out = (sum + part * (at(index - whole - 1) + at(index + whole + 1))) / width;
        sum += at(index + whole + 1) - at(index - whole);
    }
}
