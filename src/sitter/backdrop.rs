//! What is behind the sitter: a screen, a wall with the sitter's shadow, or a room.

use super::color::linear;
use super::light::LightRig;
use super::math::{Vec3, bump, lerp, sin_cos_degrees, smoothstep, v3};
use super::noise::{cell, noise2};
use super::shade::Exposure;
use super::spec::{Setting, SitterSpec};
use super::view::View;

/// Distance in pixels of the places where the shadow is computed.
const GRID_PX: usize = 6;

/// Linear colours of the whole background, row by row.
pub fn backdrop(spec: &SitterSpec, view: &View, rig: &LightRig, exposure: &Exposure) -> Vec<Vec3> {
    let (width, height) = (spec.camera.width_px as usize, spec.camera.height_px as usize);
    let shadow = ShadowGrid::new(spec, view, rig, width, height);
    let light = exposure.cast * exposure.gain;
    let mut colors = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = ((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
            let color = setting_color(spec, u, v, width as f32 / height as f32) * falloff(spec, u, v);
            colors.push((color * light) * shadow.at(x, y));
        }
    }
    colors
}

fn falloff(spec: &SitterSpec, u: f32, v: f32) -> f32 {
    let (s, c) = sin_cos_degrees(spec.background.gradient_degrees);
    let along = (u - 0.5) * c + (v - 0.5) * s;
    1.0 - spec.background.gradient * (along + 0.5)
}

fn setting_color(spec: &SitterSpec, u: f32, v: f32, aspect: f32) -> Vec3 {
    let base = linear(spec.background.color);
    let seed = spec.seed ^ 0xbac;
    let (x, y) = (u * aspect, v);
    match spec.background.setting {
        Setting::Plain => base * (1.0 + 0.004 * noise2(x * 9.0, y * 9.0, seed)),
        Setting::Textured => {
            let stains = 0.10 * noise2(x * 4.0, y * 4.0, seed) + 0.06 * noise2(x * 13.0, y * 13.0, seed ^ 1);
            let grain = 0.05 * noise2(x * 160.0, y * 160.0, seed ^ 2);
            base * (1.0 + stains + grain)
        }
        Setting::Cluttered => room(base, x, y, seed),
    }
}

/// Bookshelves to one side, a window and a picture to the other.
fn room(wall: Vec3, x: f32, y: f32, seed: u32) -> Vec3 {
    let mut color = wall * (1.0 + 0.05 * noise2(x * 5.0, y * 5.0, seed));
    if x < 0.30 {
        color = shelves(x, y, seed);
    }
    if x > 0.56 && y > 0.06 && y < 0.48 {
        let edge = (x - 0.56).min(y - 0.06).min(0.48 - y);
        let pane = v3(0.75, 0.85, 0.95)
            .lerp(v3(0.35, 0.5, 0.3), smoothstep(0.25, 0.45, y + 0.05 * noise2(x * 20.0, y * 8.0, seed)));
        color = if edge < 0.018 { v3(0.45, 0.40, 0.34) } else { pane };
    }
    if x > 0.52 && y > 0.62 {
        let leaf = noise2(x * 24.0, y * 10.0, seed ^ 9) + 0.6 * noise2(x * 50.0, y * 30.0, seed ^ 10);
        color = color.lerp(v3(0.06, 0.16, 0.05) * (1.2 + leaf), smoothstep(-0.1, 0.2, leaf));
    }
    color
}

fn shelves(x: f32, y: f32, seed: u32) -> Vec3 {
    let row = (y / 0.155).floor();
    let inside = y / 0.155 - row;
    if inside < 0.07 {
        return v3(0.24, 0.14, 0.07);
    }
    let pitch = 0.021 + 0.004 * cell(row as i32, 3, 0, seed);
    let book = (x / pitch).floor() as i32;
    let pick = |k: i32| cell(book, row as i32, k, seed);
    let tall = lerp(0.15, 0.4, pick(0));
    if inside < tall {
        return v3(0.05, 0.03, 0.02);
    }
    let spine = v3(0.08 + 0.6 * pick(1), 0.06 + 0.45 * pick(2), 0.06 + 0.5 * pick(3));
    let across = (x / pitch).fract() - 0.5;
    spine * (0.4 + 0.8 * bump(across * across * 3.2))
}

/// How much light reaches the wall, on a coarse grid.
struct ShadowGrid {
    columns: usize,
    values: Option<Vec<f32>>,
}

impl ShadowGrid {
    fn new(spec: &SitterSpec, view: &View, rig: &LightRig, width: usize, height: usize) -> Self {
        let (columns, rows) = (width.div_ceil(GRID_PX) + 2, height.div_ceil(GRID_PX) + 2);
        let strength = spec.background.shadow;
        if strength <= 0.0 {
            return Self { columns, values: None };
        }
        let wall_z = -4.0 - spec.background.wall_distance_cm;
        let values = (0..columns * rows)
            .map(|k| {
                let (x, y) = ((k % columns * GRID_PX) as f32, (k / columns * GRID_PX) as f32);
                let open = rig.key(view.on_plane(x, y, wall_z), v3(0.0, 0.0, 1.0));
                1.0 - strength * 0.6 * (1.0 - open)
            })
            .collect();
        Self { columns, values: Some(values) }
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        let Some(values) = &self.values else { return 1.0 };
        let first = y / GRID_PX * self.columns + x / GRID_PX;
        let (u, v) = ((x % GRID_PX) as f32 / GRID_PX as f32, (y % GRID_PX) as f32 / GRID_PX as f32);
        let above = lerp(values[first], values[first + 1], u);
        let below = lerp(values[first + self.columns], values[first + self.columns + 1], u);
        lerp(above, below, v)
    }
}
