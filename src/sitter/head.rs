//! The skull and jaw as rings from crown to throat, with the face's relief laid upon them.

use super::anatomy::{Anatomy, CHIN_Y, SKULL_TOP_Y};
use super::features;
use super::math::{Vec3, bump, cos, curve, lerp, sin, smoothstep, v3};
use super::mesh::{Corner, Mesh, Part};

/// Below this height the head is described by profiles, above by a dome.
const DOME_BASE_Y: f32 = 3.0;
const MIDDLE_Z: f32 = -4.5;

/// The head's surface of one sitter.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    pub anatomy: &'a Anatomy,
}

/// One ring of the surface: `row` is the height of its front, `under` 0 on the face to 1 at the throat.
#[derive(Clone, Copy, Debug)]
struct Ring {
    row: f32,
    under: f32,
}

impl Head<'_> {
    /// The surface with `fineness` 1.0 for a face some 300 pixels wide.
    pub fn mesh(&self, fineness: f32) -> Mesh {
        let azimuths = azimuths(fineness);
        let rings = rings(fineness);
        let mut mesh = Mesh::grid(Part::Face, (azimuths.len(), rings.len()), true, |i, j| {
            let rest = self.still(azimuths[i], rings[j]);
            Corner { at: features::express(self.anatomy, rest), rest }
        });
        let fine = |cm: f32| ((cm * 16.0 * fineness) as isize).max(1);
        mesh.darken_creases(fine(0.14), 0.8);
        mesh.darken_creases(fine(0.45), 0.9);
        mesh
    }

    /// A point of the skin above the ears or on the face, by azimuth (radians, 0 in front) and height.
    pub fn skin(&self, azimuth: f32, row: f32) -> Vec3 {
        features::express(self.anatomy, self.still(azimuth, Ring { row, under: 0.0 }))
    }

    /// The skin point in front at these face coordinates, expression included.
    pub fn front(&self, x: f32, y: f32) -> Vec3 {
        let (mut azimuth, mut row) = (0.0, y / self.anatomy.shape.length);
        let mut point = Vec3::ZERO;
        for _ in 0..6 {
            point = self.still(azimuth, Ring { row, under: 0.0 });
            azimuth += (x - point.x) / 8.5;
            row += (y - point.y) * 0.8;
        }
        features::express(self.anatomy, point)
    }

    fn still(&self, azimuth: f32, ring: Ring) -> Vec3 {
        let base = self.bare(azimuth, ring);
        let front = smoothstep(0.05, 0.45, cos(azimuth)) * (1.0 - ring.under);
        if front > 0.0 { features::relief(self.anatomy, base, front) } else { base }
    }

    /// Head without features, scaled to the sitter.
    fn bare(&self, azimuth: f32, ring: Ring) -> Vec3 {
        let shape = &self.anatomy.shape;
        let on_face =
            if ring.row >= DOME_BASE_Y { dome(azimuth, ring.row) } else { self.jaw_ring(azimuth, ring.row) };
        let point = if ring.under > 0.0 { throat(azimuth, on_face, ring.under) } else { on_face };
        v3(point.x * shape.width, point.y * shape.length, point.z)
    }

    fn jaw_ring(&self, azimuth: f32, row: f32) -> Vec3 {
        let shape = &self.anatomy.shape;
        let (s, c) = (sin(azimuth), cos(azimuth));
        let jaw = lerp(1.0, shape.jaw, smoothstep(-2.0, -9.0, row));
        let half_width = curve(HALF_WIDTH, row) * jaw;
        let front = curve(FRONT_Z, row);
        let back = curve(BACK_Z, row);
        let middle = curve(RING_MIDDLE_Z, row);
        let depth = if c > 0.0 { front - middle } else { middle - back };
        // Rings fill out between front and side: a face is no ellipse.
        let fullness = curve(FULLNESS, row) + (shape.chin - 1.0) * 0.25 * smoothstep(-8.0, -11.0, row);
        let x = half_width * s * (1.0 + fullness * c.max(0.0) * c.max(0.0));
        let climb = if c > 0.0 { s * s * (0.62 + 0.38 * s * s) } else { 1.0 };
        let chin_flat = 0.12 * smoothstep(-10.0, CHIN_Y, row) * bump(s * s / 0.08);
        v3(x, row + curve(SIDE_CLIMB, row) * climb + chin_flat, middle + depth * c)
    }
}

const HALF_WIDTH: &[(f32, f32)] = &[
    (3.0, 7.45),
    (1.0, 7.42),
    (-1.0, 7.3),
    (-4.0, 7.02),
    (-6.0, 6.76),
    (-8.0, 6.42),
    (-10.0, 6.02),
    (-11.5, 5.55),
];
const FRONT_Z: &[(f32, f32)] = &[
    (3.0, 5.3),
    (1.5, 5.25),
    (0.0, 4.95),
    (-2.0, 4.95),
    (-4.0, 5.1),
    (-6.0, 5.3),
    (-8.0, 5.15),
    (-9.5, 5.05),
    (-10.6, 4.75),
    (-11.2, 4.2),
    (-11.5, 3.6),
];
const BACK_Z: &[(f32, f32)] = &[(3.0, -14.0), (0.0, -13.9), (-4.0, -12.5), (-8.0, -10.5), (-11.5, -9.5)];
const RING_MIDDLE_Z: &[(f32, f32)] =
    &[(3.0, MIDDLE_Z), (0.0, -4.3), (-4.0, -3.5), (-8.0, -2.8), (-11.5, -2.4)];
const FULLNESS: &[(f32, f32)] =
    &[(3.0, 0.03), (0.0, 0.03), (-3.0, 0.05), (-7.0, 0.04), (-9.0, 0.02), (-11.5, 0.0)];
/// How much higher a ring stands at the ear than in front: jaws rise backwards.
const SIDE_CLIMB: &[(f32, f32)] =
    &[(3.0, 0.0), (0.0, 0.2), (-3.0, 0.9), (-6.0, 2.0), (-9.0, 3.3), (-11.5, 4.4)];

fn dome(azimuth: f32, row: f32) -> Vec3 {
    let t = (row - DOME_BASE_Y) / (SKULL_TOP_Y - DOME_BASE_Y);
    let ring = (1.0 - t * t).max(0.0).sqrt();
    let (s, c) = (sin(azimuth), cos(azimuth));
    let depth = if c > 0.0 { 9.8 } else { 9.5 };
    // Foreheads are flatter in front than an ellipse.
    let square = 1.0 + 0.03 * c.max(0.0) * c.max(0.0) * (1.0 - t);
    v3(7.45 * ring * s * square, row, MIDDLE_Z + depth * ring * c)
}

fn throat(azimuth: f32, jaw: Vec3, under: f32) -> Vec3 {
    let (s, c) = (sin(azimuth), cos(azimuth));
    let climb = if c > 0.0 { s * s } else { 1.0 };
    let end = v3(4.6 * s, -10.6 + 3.4 * climb, -4.5 + 4.9 * c);
    let rounding = 0.28 * (1.0 - under) * under.sqrt() * 2.0 * c.max(0.0);
    jaw.lerp(end, under) - v3(0.0, rounding, 0.0)
}

/// Angles of the columns, denser over the face.
fn azimuths(fineness: f32) -> Vec<f32> {
    let knots = [(-180.0, 5.0), (-95.0, 2.5), (-52.0, 0.5), (52.0, 2.5), (95.0, 5.0)];
    steps(&knots, 180.0, fineness).into_iter().map(|d| d * std::f32::consts::PI / 180.0).collect()
}

/// Walks from the first knot to `end` with the step each stretch asks for.
fn steps(knots: &[(f32, f32)], end: f32, fineness: f32) -> Vec<f32> {
    let mut stops = Vec::new();
    for (k, &(from, step)) in knots.iter().enumerate() {
        let to = knots.get(k + 1).map_or(end, |next| next.0);
        let count = ((to - from).abs() * fineness / step).ceil().max(1.0) as usize;
        stops.extend((0..count).map(|n| lerp(from, to, n as f32 / count as f32)));
    }
    stops
}

fn rings(fineness: f32) -> Vec<Ring> {
    let crown = steps(&[(0.0, 2.2), (55.0, 1.2)], 90.0, fineness.min(1.0));
    let mut rings: Vec<Ring> = crown
        .into_iter()
        .map(|degrees| cos(degrees * std::f32::consts::PI / 180.0))
        .map(|t| Ring { row: DOME_BASE_Y + (SKULL_TOP_Y - DOME_BASE_Y) * t, under: 0.0 })
        .collect();
    let face =
        [(3.0, 0.1), (1.2, 0.045), (-1.2, 0.075), (-5.9, 0.06), (-6.7, 0.03), (-7.1, 0.06), (-8.2, 0.1)];
    rings.extend(steps(&face, CHIN_Y, fineness).into_iter().map(|row| Ring { row, under: 0.0 }));
    let below = steps(&[(0.0, 0.02), (0.1, 0.06)], 1.0, fineness.min(1.0));
    rings.extend(below.into_iter().map(|under| Ring { row: CHIN_Y, under }));
    rings.push(Ring { row: CHIN_Y, under: 1.0 });
    rings
}
