//! Shoulders and chest as rings that widen from the neck and then fall.

use super::math::{Vec3, bump, cos, curve, lerp, sin, smoothstep, v3};
use super::spec::SitterSpec;

// Each from the neck (ring 0) to the waist (ring 1), cm.
const HALF_WIDTH: &[(f32, f32)] = &[
    (0.0, 6.3),
    (0.1, 7.9),
    (0.2, 10.6),
    (0.3, 13.8),
    (0.38, 16.6),
    (0.45, 18.6),
    (0.52, 19.9),
    (0.6, 20.7),
    (0.72, 21.3),
    (1.0, 21.8),
];
const HEIGHT: &[(f32, f32)] = &[
    (0.0, -15.2),
    (0.1, -16.4),
    (0.2, -17.7),
    (0.3, -18.9),
    (0.38, -20.0),
    (0.45, -21.4),
    (0.52, -23.4),
    (0.6, -26.2),
    (0.72, -31.0),
    (1.0, -50.0),
];
const FRONT: &[(f32, f32)] =
    &[(0.0, 0.1), (0.1, 0.7), (0.2, 1.2), (0.3, 1.6), (0.45, 2.5), (0.6, 3.7), (0.72, 4.6), (1.0, 5.2)];
const BACK: &[(f32, f32)] = &[(0.0, -12.6), (0.2, -13.6), (0.45, -14.4), (1.0, -15.0)];
/// How much lower a ring stands in front.
const FRONT_DROP: &[(f32, f32)] =
    &[(0.0, 2.9), (0.1, 2.9), (0.3, 2.4), (0.45, 1.7), (0.6, 0.9), (0.72, 0.4), (1.0, 0.0)];

/// The chest of one sitter.
#[derive(Clone, Copy, Debug)]
pub struct Torso {
    width: f32,
    neck: f32,
    length: f32,
    bust: f32,
}

impl Torso {
    pub fn new(spec: &SitterSpec, masculine: f32) -> Self {
        Self {
            width: spec.shoulders.width,
            neck: spec.head.neck,
            length: spec.head.length.max(0.97),
            bust: 1.0 - masculine,
        }
    }

    /// The surface at an azimuth (radians, 0 in front) and ring, `out` cm above it.
    pub fn point(&self, azimuth: f32, ring: f32, out: f32) -> Vec3 {
        let (s, c) = (sin(azimuth), cos(azimuth));
        let breadth = lerp(self.neck, self.width, smoothstep(0.0, 0.4, ring));
        let half = curve(HALF_WIDTH, ring) * breadth + out;
        let (front, back) = (curve(FRONT, ring) + out, curve(BACK, ring) - out);
        let middle = lerp(-6.4, -5.5, ring);
        let depth = if c > 0.0 { front - middle } else { middle - back };
        // Chests are boxes with rounded corners; necks are not.
        let square = 0.16 * smoothstep(0.1, 0.6, ring);
        let x = half * s * (1.0 + square * c * c);
        let y = (curve(HEIGHT, ring) + 1.0) * self.length - curve(FRONT_DROP, ring) * c.max(0.0) * c.max(0.0)
            + out * 0.6 * smoothstep(0.5, 0.1, ring);
        let mut z = middle + depth * c * (1.0 + 0.6 * square * s * s);
        if c > 0.0 {
            let side = x.abs();
            let collar_bone = 0.25
                * bump((y + 20.6 - 0.10 * side) * (y + 20.6 - 0.10 * side) / 1.2)
                * smoothstep(1.0, 3.0, side)
                * smoothstep(13.0, 9.0, side);
            let chest = 1.1 * bump(((side - 7.5) * (side - 7.5) + (y + 33.0) * (y + 33.0) * 0.6) / 70.0);
            z += collar_bone + chest * (0.6 + 1.2 * self.bust);
        }
        v3(x, y, z)
    }
}
