//! Spectacles: rims, bridge, temples and lenses before the eyes.

use super::anatomy::Anatomy;
use super::math::{Vec3, pow, sin_cos_degrees, v3};
use super::mesh::{Corner, Mesh, Part, tube};
use super::spec::{Frame, SitterSpec};

const RIM_POINTS: usize = 64;

/// All surfaces of the glasses in face coordinates; none when none are worn.
pub fn spectacles(spec: &SitterSpec, anatomy: &Anatomy) -> Vec<Mesh> {
    let frame = spec.glasses.frame;
    if frame == Frame::None {
        return Vec::new();
    }
    let fit = Fit::new(spec, anatomy);
    let mut meshes = Vec::new();
    for side in [-1.0f32, 1.0] {
        if frame != Frame::Rimless {
            let rim: Vec<Vec3> =
                (0..RIM_POINTS).map(|k| fit.rim(k as f32 / RIM_POINTS as f32, side, 1.0)).collect();
            let breadth = fit.rim_breadth;
            meshes.push(tube(Part::Frame, &rim, true, |_| (breadth, breadth * 0.9)));
        }
        meshes.push(fit.lens(side));
        meshes.push(fit.temple(side));
        meshes.extend(fit.nose_pad(side));
    }
    meshes.push(fit.bridge());
    meshes
}

struct Fit {
    frame: Frame,
    eye_x: f32,
    half_width: f32,
    half_height: f32,
    power: f32,
    rim_breadth: f32,
    head_width: f32,
}

impl Fit {
    fn new(spec: &SitterSpec, anatomy: &Anatomy) -> Self {
        let frame = spec.glasses.frame;
        let rim_breadth = match frame {
            Frame::Thick => 0.24,
            Frame::Sunglasses => 0.18,
            _ => 0.075,
        };
        let large = if frame == Frame::Sunglasses { 1.15 } else { 1.0 };
        let square = spec.glasses.squareness;
        Self {
            frame,
            eye_x: anatomy.eye_x + 0.05,
            half_width: 2.55 * large,
            half_height: (2.35 - 0.5 * square) * large,
            power: 2.0 + 2.2 * square,
            rim_breadth,
            head_width: spec.head.width,
        }
    }

    /// A point on the outline: `t` 0..1 from the top, `inset` 1 at the rim, 0 in the middle.
    fn rim(&self, t: f32, side: f32, inset: f32) -> Vec3 {
        let (s, c) = sin_cos_degrees(360.0 * t);
        let round = |v: f32| pow(v.abs(), 2.0 / self.power) * v.signum();
        // Frames are a little wider above and towards the temples.
        let (u, v) = (round(s), round(c));
        let x = self.eye_x + self.half_width * u * (1.0 + 0.05 * v) * inset;
        let y = -0.28 + self.half_height * v * (if v < 0.0 && u < 0.0 { 0.94 } else { 1.0 }) * inset;
        v3(x * side, y, self.depth(x))
    }

    /// Frames bow round the face and lean inwards below.
    fn depth(&self, x: f32) -> f32 {
        5.75 - 0.022 * x * x
    }

    fn lens(&self, side: f32) -> Mesh {
        Mesh::grid(Part::Lens, (40, 8), true, |i, j| {
            let at = self.rim(i as f32 / 40.0, side, j as f32 / 7.0);
            Corner { at, rest: at }
        })
        .with_flat_uv(self.half_width, self.half_height, self.eye_x * side, -0.28)
    }

    fn temple(&self, side: f32) -> Mesh {
        let start = v3((self.eye_x + self.half_width) * side, 0.85, self.depth(self.eye_x + self.half_width));
        let hinge = v3(7.35 * self.head_width * side, 0.95, 3.6);
        let ear = v3(7.75 * self.head_width * side, 0.7, -2.6);
        let path: Vec<Vec3> = (0..14)
            .map(|k| {
                let t = k as f32 / 13.0;
                if t < 0.25 { start.lerp(hinge, t / 0.25) } else { hinge.lerp(ear, (t - 0.25) / 0.75) }
            })
            .collect();
        let breadth = if self.frame == Frame::Thick || self.frame == Frame::Sunglasses { 0.26 } else { 0.09 };
        tube(Part::Frame, &path, false, |_| (breadth, breadth * 0.6))
    }

    fn bridge(&self) -> Mesh {
        let reach = self.eye_x - self.half_width + 0.15;
        let path: Vec<Vec3> = (0..13)
            .map(|k| {
                let u = k as f32 / 6.0 - 1.0;
                v3(u * reach, 0.35 + 0.42 * (1.0 - u * u), 5.72 + 0.22 * (1.0 - u * u))
            })
            .collect();
        let breadth = (self.rim_breadth * 1.05).max(0.09);
        tube(Part::Frame, &path, false, |_| (breadth, breadth))
    }

    fn nose_pad(&self, side: f32) -> Option<Mesh> {
        if matches!(self.frame, Frame::Thick | Frame::Sunglasses) {
            return None;
        }
        let inner = (self.eye_x - self.half_width) * side;
        let path: Vec<Vec3> = (0..6)
            .map(|k| {
                let t = k as f32 / 5.0;
                v3(inner + side * (0.05 + 0.25 * t), -0.35 - 0.85 * t, 5.45 - 0.2 * t)
            })
            .collect();
        Some(tube(Part::Frame, &path, false, |_| (0.07, 0.13)))
    }
}

impl Mesh {
    /// Patterns on a lens follow its plane: 0..1 from left to right and top to bottom.
    fn with_flat_uv(mut self, half_width: f32, half_height: f32, x: f32, y: f32) -> Self {
        for vertex in &mut self.vertices {
            let p = vertex.rest;
            vertex.uv = ((p.x - x) / (2.0 * half_width) + 0.5, 0.5 - (p.y - y) / (2.0 * half_height));
        }
        self
    }
}
