//! The lamps and who stands in their way: one depth map for each direction light comes from.

use super::math::{Vec3, ceil, clamp01, cos, floor, pow, sin, v3};
use super::mesh::{Mesh, Part, Vertex};
use super::spec::Light;
use super::strand::Strand;

const DOME_LAMPS: usize = 20;
const KEY_LAMPS: usize = 7;
const DOME_MAP: usize = 128;
const KEY_MAP: usize = 224;
/// Grids with more corners than this change slowly from row to row.
const FINE_GRID: usize = 20_000;
/// The part of the scene that casts shadows: a ball about this point.
const REACH_CM: f32 = 34.0;
const BALL: Vec3 = v3(0.0, -10.0, -5.0);

/// All lamps of a scene with their shadows.
pub struct LightRig {
    dome: Vec<Lamp>,
    key: Vec<Lamp>,
    /// Mean direction towards the main light.
    pub key_direction: Vec3,
}

struct Lamp {
    towards: Vec3,
    radiance: f32,
    shadow: DepthMap,
}

/// Nearest occluder along one direction.
struct DepthMap {
    right: Vec3,
    up: Vec3,
    towards: Vec3,
    size: usize,
    nearest: Vec<f32>,
}

impl LightRig {
    pub fn new(light: &Light, meshes: &[Mesh], strands: &[Strand]) -> Self {
        let casters = Casters::new(meshes, strands);
        let (mut dome, mut key) = (dome_directions(), key_directions(light));
        let half = (dome.len() + key.len()) / 2;
        let mut all: Vec<(Vec3, f32, usize)> = Vec::new();
        all.extend(key.drain(..).map(|d| (d, 1.0 / KEY_LAMPS as f32, KEY_MAP)));
        all.extend(dome.drain(..).map(|(d, radiance)| (d, radiance, DOME_MAP)));
        let build = |list: &[(Vec3, f32, usize)]| -> Vec<Lamp> {
            list.iter().map(|&(d, radiance, size)| casters.lamp(d, radiance, size)).collect()
        };
        let half = half.min(all.len());
        let (first, second) = all.split_at(half.saturating_sub(KEY_LAMPS));
        let (mut lamps, rest) = std::thread::scope(|scope| {
            let other = scope.spawn(|| build(second));
            let own = build(first);
            (own, other.join().unwrap_or_default())
        });
        lamps.extend(rest);
        let dome = lamps.split_off(KEY_LAMPS);
        Self {
            dome,
            key: lamps,
            key_direction: direction(light.key_azimuth_degrees, light.key_elevation_degrees),
        }
    }

    /// Light from all around on a surface; an open one that faces the camera receives about 1.
    pub fn ambient(&self, at: Vec3, normal: Vec3) -> f32 {
        let lifted = at + normal * 0.35;
        // What bounces between near surfaces keeps even the deepest fold from black.
        let bounced = 0.2;
        let direct: f32 = self
            .dome
            .iter()
            .map(|lamp| {
                let slope = (normal.dot(lamp.towards) + 0.12) / 1.12;
                if slope <= 0.0 { 0.0 } else { lamp.radiance * slope * lamp.shadow.open(lifted) }
            })
            .sum();
        bounced + (1.0 - bounced) * direct
    }

    /// Light from all around at a point of a hair, which has no side of its own.
    pub fn ambient_volume(&self, at: Vec3) -> f32 {
        self.dome.iter().map(|lamp| lamp.radiance * 0.5 * lamp.shadow.open(at)).sum()
    }

    /// Share of the main light that reaches a surface.
    pub fn key(&self, at: Vec3, normal: Vec3) -> f32 {
        let lifted = at + normal * 0.25;
        self.key.iter().map(|lamp| lamp.radiance * lamp.shadow.open(lifted)).sum()
    }

    /// Fills in what reaches every corner of a surface; in fine grids every other row, the rest blended.
    pub fn illuminate(&self, mesh: &mut Mesh) {
        let stride = if mesh.vertices.len() > FINE_GRID { 2 } else { 1 };
        let (columns, rows) = (mesh.columns, mesh.rows);
        let light = |part: &mut [&mut [Vertex]]| {
            for vertex in part.iter_mut().flat_map(|row| row.iter_mut()) {
                vertex.ambient = self.ambient(vertex.at, vertex.normal);
                vertex.key = self.key(vertex.at, vertex.normal);
            }
        };
        let lit = |row: usize| row.is_multiple_of(stride) || row + 1 == rows;
        let mut chosen: Vec<&mut [Vertex]> = mesh
            .vertices
            .chunks_mut(columns)
            .enumerate()
            .filter(|(row, _)| lit(*row))
            .map(|(_, r)| r)
            .collect();
        let middle = chosen.len() / 2;
        let (first, second) = chosen.split_at_mut(middle);
        std::thread::scope(|scope| {
            scope.spawn(|| light(second));
            light(first);
        });
        for row in (0..rows).filter(|row| !lit(*row)) {
            for k in row * columns..(row + 1) * columns {
                let (above, below) = (mesh.vertices[k - columns], mesh.vertices[k + columns]);
                mesh.vertices[k].ambient = (above.ambient + below.ambient) * 0.5;
                mesh.vertices[k].key = (above.key + below.key) * 0.5;
            }
        }
    }
}

/// Direction towards a lamp: azimuth 0 is the camera's side, positive to the image's right.
fn direction(azimuth_degrees: f32, elevation_degrees: f32) -> Vec3 {
    let (azimuth, elevation) = (azimuth_degrees.to_radians(), elevation_degrees.to_radians());
    v3(sin(azimuth) * cos(elevation), sin(elevation), cos(azimuth) * cos(elevation))
}

/// Directions spread evenly over the sphere with what shines from there: more from above and in front.
fn dome_directions() -> Vec<(Vec3, f32)> {
    const GOLDEN: f32 = 2.399_963_2;
    let lamps: Vec<(Vec3, f32)> = (0..DOME_LAMPS)
        .map(|k| {
            let y = 1.0 - 2.0 * (k as f32 + 0.5) / DOME_LAMPS as f32;
            let ring = (1.0 - y * y).sqrt();
            let turn = GOLDEN * k as f32;
            let d = v3(ring * cos(turn), y, ring * sin(turn));
            (d, 0.55 + 0.3 * d.y + 0.35 * d.z.max(0.0))
        })
        .collect();
    let facing: f32 = lamps.iter().map(|(d, radiance)| radiance * d.z.max(0.0)).sum();
    lamps.into_iter().map(|(d, radiance)| (d, radiance / facing)).collect()
}

/// Directions over the face of the main light.
fn key_directions(light: &Light) -> Vec<Vec3> {
    let middle = direction(light.key_azimuth_degrees, light.key_elevation_degrees);
    let spread = 0.02 + 0.38 * clamp01(light.key_softness);
    let side = v3(0.0, 1.0, 0.0).cross(middle).unit();
    let up = middle.cross(side);
    (0..KEY_LAMPS)
        .map(|k| {
            if k == 0 {
                return middle;
            }
            let turn = std::f32::consts::TAU * k as f32 / (KEY_LAMPS - 1) as f32;
            let out = spread * pow(0.5 + 0.5 * (k % 2) as f32, 0.5);
            (middle + side * (cos(turn) * out) + up * (sin(turn) * out)).unit()
        })
        .collect()
}

/// What stands in the light: coarse triangles and the thicker strands.
struct Casters {
    triangles: Vec<[Vec3; 3]>,
    blobs: Vec<Vec3>,
}

impl Casters {
    fn new(meshes: &[Mesh], strands: &[Strand]) -> Self {
        let mut triangles = Vec::new();
        for mesh in meshes.iter().filter(|m| m.part != Part::Lens) {
            let step = match mesh.vertices.len() {
                count if count > FINE_GRID => 4,
                count if count > FINE_GRID / 4 => 2,
                _ => 1,
            };
            let at = |k: u32| mesh.vertices[k as usize].at;
            triangles.extend(mesh.triangles(step).into_iter().map(|[a, b, c]| [at(a), at(b), at(c)]));
        }
        let blobs = strands.iter().filter(|s| s.casts).flat_map(|s| s.points.iter().copied()).collect();
        Self { triangles, blobs }
    }

    fn lamp(&self, towards: Vec3, radiance: f32, size: usize) -> Lamp {
        let mut shadow = DepthMap::new(towards, size);
        for triangle in &self.triangles {
            shadow.cover(triangle);
        }
        for blob in &self.blobs {
            shadow.dab(*blob);
        }
        Lamp { towards, radiance, shadow }
    }
}

impl DepthMap {
    fn new(towards: Vec3, size: usize) -> Self {
        let reference = if towards.y.abs() > 0.9 { v3(1.0, 0.0, 0.0) } else { v3(0.0, 1.0, 0.0) };
        let right = reference.cross(towards).unit();
        Self { right, up: towards.cross(right), towards, size, nearest: vec![f32::MIN; size * size] }
    }

    /// Map column and row, and nearness to the lamp.
    fn place(&self, at: Vec3) -> (f32, f32, f32) {
        let p = at - BALL;
        let texels = self.size as f32 / (2.0 * REACH_CM);
        let middle = self.size as f32 * 0.5;
        (p.dot(self.right) * texels + middle, p.dot(self.up) * texels + middle, p.dot(self.towards))
    }

    fn cover(&mut self, triangle: &[Vec3; 3]) {
        let [a, b, c] = triangle.map(|p| self.place(p));
        let limit = self.size as f32 - 1.0;
        let range = |p: f32, q: f32, r: f32| {
            let low = ceil(p.min(q).min(r)).max(0.0);
            let high = floor(p.max(q).max(r)).min(limit);
            (low as usize, if high < low { None } else { Some(high as usize) })
        };
        let ((left, Some(right)), (top, Some(bottom))) = (range(a.0, b.0, c.0), range(a.1, b.1, c.1)) else {
            return;
        };
        let area = (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
        if area.abs() < 1e-9 {
            return;
        }
        for row in top..=bottom {
            for column in left..=right {
                let (x, y) = (column as f32, row as f32);
                let u = ((b.0 - x) * (c.1 - y) - (b.1 - y) * (c.0 - x)) / area;
                let v = ((c.0 - x) * (a.1 - y) - (c.1 - y) * (a.0 - x)) / area;
                let w = 1.0 - u - v;
                if u >= -1e-4 && v >= -1e-4 && w >= -1e-4 {
                    let texel = &mut self.nearest[row * self.size + column];
                    *texel = texel.max(u * a.2 + v * b.2 + w * c.2);
                }
            }
        }
    }

    fn dab(&mut self, at: Vec3) {
        let (x, y, near) = self.place(at);
        let radius = self.size as f32 / (2.0 * REACH_CM) * 0.35;
        let (left, right) = (ceil(x - radius), floor(x + radius));
        let (top, bottom) = (ceil(y - radius), floor(y + radius));
        let limit = self.size as f32 - 1.0;
        if left < 0.0 || top < 0.0 || right > limit || bottom > limit {
            return;
        }
        for row in top as usize..=bottom as usize {
            for column in left as usize..=right as usize {
                let texel = &mut self.nearest[row * self.size + column];
                *texel = texel.max(near);
            }
        }
    }

    /// 1 where nothing stands between the point and the lamp, 0 in shadow, soft at the edge.
    fn open(&self, at: Vec3) -> f32 {
        let (x, y, near) = self.place(at);
        let (left, top) = (floor(x), floor(y));
        if left < 0.0 || top < 0.0 || left >= self.size as f32 - 1.0 || top >= self.size as f32 - 1.0 {
            return 1.0;
        }
        let (u, v) = (x - left, y - top);
        let first = top as usize * self.size + left as usize;
        let bias = 42.0 / self.size as f32;
        let lit = |k: usize| clamp01(1.5 - (self.nearest[k] - near) / bias);
        let above = lit(first) * (1.0 - u) + lit(first + 1) * u;
        let below = lit(first + self.size) * (1.0 - u) + lit(first + self.size + 1) * u;
        above * (1.0 - v) + below * v
    }
}
