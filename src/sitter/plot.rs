//! Triangles and strands to samples: what is nearest at each of several places inside every pixel.

use super::anatomy::Anatomy;
use super::math::{Vec3, ceil, floor};
use super::mesh::{Mesh, Part};
use super::view::{Seen, View};

/// Rows of pixels drawn in one piece.
pub const BAND_ROWS: usize = 32;
const NOTHING: u32 = 0;
const STRAND: u32 = 1 << 31;

/// A straight piece of a strand on the sample grid, with colours at both ends.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    pub from: Seen,
    pub to: Seen,
    /// Breadth in samples.
    pub width: f32,
    pub from_color: Vec3,
    pub to_color: Vec3,
}

/// What a sample shows.
#[derive(Clone, Copy, Debug)]
pub enum Hit {
    Nothing,
    Strand(Vec3),
    /// Index of a triangle.
    Triangle(usize),
}

/// A triangle: its surface and its corners in it.
#[derive(Clone, Copy, Debug)]
pub struct Triangle {
    pub mesh: usize,
    pub corners: [u32; 3],
    holed: bool,
}

/// The whole picture's geometry on the sample grid, sorted into bands.
pub struct Plot<'a> {
    pub width_px: usize,
    /// Samples along each side of a pixel.
    pub fine: usize,
    meshes: &'a [Mesh],
    anatomy: &'a Anatomy,
    seen: Vec<Vec<Seen>>,
    pub triangles: Vec<Triangle>,
    segments: Vec<Segment>,
    triangle_bands: Vec<Vec<u32>>,
    segment_bands: Vec<Vec<u32>>,
}

/// The samples of one band.
pub struct Samples {
    stride: usize,
    near: Vec<f32>,
    id: Vec<u32>,
    lens_near: Vec<f32>,
    lens_id: Vec<u32>,
}

impl<'a> Plot<'a> {
    pub fn new(
        meshes: &'a [Mesh],
        segments: Vec<Segment>,
        view: &View,
        anatomy: &'a Anatomy,
        (width_px, height_px): (usize, usize),
        fine: usize,
    ) -> Self {
        let scale = fine as f32;
        let seen: Vec<Vec<Seen>> = meshes
            .iter()
            .map(|mesh| {
                let place = |at: Vec3| {
                    let seen = view.project(at);
                    Seen { x: seen.x * scale, y: seen.y * scale, near: seen.near }
                };
                mesh.vertices.iter().map(|v| place(v.at)).collect()
            })
            .collect();
        let bands = height_px.div_ceil(BAND_ROWS);
        let mut plot = Self {
            width_px,
            fine,
            meshes,
            anatomy,
            seen,
            triangles: Vec::new(),
            segments,
            triangle_bands: vec![Vec::new(); bands],
            segment_bands: vec![Vec::new(); bands],
        };
        plot.sort_triangles();
        plot.sort_segments();
        plot
    }

    /// The surface a triangle belongs to.
    pub fn mesh(&self, triangle: &Triangle) -> &Mesh {
        &self.meshes[triangle.mesh]
    }

    fn sort_triangles(&mut self) {
        for (index, mesh) in self.meshes.iter().enumerate() {
            let single_sided = matches!(mesh.part, Part::Face | Part::Neck | Part::Eyeball);
            for corners in mesh.triangles(1) {
                let [a, b, c] = corners.map(|k| self.seen[index][k as usize]);
                let turn = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
                if turn == 0.0 || (single_sided && turn > 0.0) {
                    continue;
                }
                let (low, high) = (a.y.min(b.y).min(c.y), a.y.max(b.y).max(c.y));
                let left = a.x.min(b.x).min(c.x);
                let right = a.x.max(b.x).max(c.x);
                if right < 0.0 || left > (self.width_px * self.fine) as f32 {
                    continue;
                }
                let holed =
                    mesh.part == Part::Face && corners.iter().any(|&k| near_a_hole(mesh, k, self.anatomy));
                let id = self.triangles.len() as u32;
                self.triangles.push(Triangle { mesh: index, corners, holed });
                push_to_bands(&mut self.triangle_bands, self.fine, low, high, id);
            }
        }
    }

    fn sort_segments(&mut self) {
        for (k, segment) in self.segments.iter().enumerate() {
            let (low, high) = (segment.from.y.min(segment.to.y), segment.from.y.max(segment.to.y));
            let half = segment.width * 0.5 + 1.0;
            push_to_bands(&mut self.segment_bands, self.fine, low - half, high + half, k as u32);
        }
    }

    /// Draws one band.
    pub fn draw(&self, band: usize) -> Samples {
        let stride = self.width_px * self.fine;
        let count = stride * BAND_ROWS * self.fine;
        let top = (band * BAND_ROWS * self.fine) as f32;
        let mut samples = Samples {
            stride,
            near: vec![0.0; count],
            id: vec![NOTHING; count],
            lens_near: vec![0.0; count],
            lens_id: vec![NOTHING; count],
        };
        for &k in &self.triangle_bands[band] {
            self.draw_triangle(&mut samples, k as usize, top);
        }
        for &k in &self.segment_bands[band] {
            draw_segment(&mut samples, &self.segments[k as usize], top);
        }
        samples
    }

    fn draw_triangle(&self, samples: &mut Samples, index: usize, top: f32) {
        let triangle = &self.triangles[index];
        let mesh = &self.meshes[triangle.mesh];
        let [a, b, c] = self.corners(triangle).map(|s| Seen { y: s.y - top, ..s });
        let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
        let inverse = 1.0 / area;
        let rows = samples.id.len() / samples.stride;
        let Some((left, right)) = span(a.x.min(b.x).min(c.x), a.x.max(b.x).max(c.x), samples.stride) else {
            return;
        };
        let Some((upper, lower)) = span(a.y.min(b.y).min(c.y), a.y.max(b.y).max(c.y), rows) else { return };
        let glass = mesh.part == Part::Lens;
        for row in upper..=lower {
            let y = row as f32 + 0.5;
            for column in left..=right {
                let x = column as f32 + 0.5;
                let u = ((b.x - x) * (c.y - y) - (b.y - y) * (c.x - x)) * inverse;
                let v = ((c.x - x) * (a.y - y) - (c.y - y) * (a.x - x)) * inverse;
                let w = 1.0 - u - v;
                if u < 0.0 || v < 0.0 || w < 0.0 {
                    continue;
                }
                let near = u * a.near + v * b.near + w * c.near;
                if triangle.holed && self.falls_through(mesh, triangle, [u, v, w]) {
                    continue;
                }
                samples.offer(row * samples.stride + column, near, index as u32 + 1, glass);
            }
        }
    }

    fn falls_through(&self, mesh: &Mesh, triangle: &Triangle, weights: [f32; 3]) -> bool {
        let mut rest = Vec3::ZERO;
        for (k, weight) in triangle.corners.iter().zip(weights) {
            rest += mesh.vertices[*k as usize].rest * weight;
        }
        self.anatomy.in_eye(rest.x, rest.y) || self.anatomy.in_mouth(rest.x, rest.y)
    }

    /// The corners of a triangle on the sample grid.
    pub fn corners(&self, triangle: &Triangle) -> [Seen; 3] {
        triangle.corners.map(|k| self.seen[triangle.mesh][k as usize])
    }
}

impl Samples {
    fn offer(&mut self, at: usize, near: f32, id: u32, glass: bool) {
        let (nearest, ids) =
            if glass { (&mut self.lens_near, &mut self.lens_id) } else { (&mut self.near, &mut self.id) };
        if near > nearest[at] {
            nearest[at] = near;
            ids[at] = id;
        }
    }

    /// What the sample at a column and row of the band shows.
    pub fn hit(&self, column: usize, row: usize) -> Hit {
        match self.id[row * self.stride + column] {
            NOTHING => Hit::Nothing,
            id if id & STRAND != 0 => Hit::Strand(unpack(id)),
            id => Hit::Triangle(id as usize - 1),
        }
    }

    /// The lens triangle in front of what the sample shows.
    pub fn lens(&self, column: usize, row: usize) -> Option<usize> {
        let at = row * self.stride + column;
        (self.lens_id[at] != NOTHING && self.lens_near[at] > self.near[at])
            .then(|| self.lens_id[at] as usize - 1)
    }
}

fn near_a_hole(mesh: &Mesh, corner: u32, anatomy: &Anatomy) -> bool {
    let rest = mesh.vertices[corner as usize].rest;
    let eye = (rest.x.abs() - anatomy.eye_x).abs() < 2.0 && rest.y.abs() < 1.2;
    let mouth = rest.x.abs() < anatomy.mouth_half + 0.1 && (rest.y - anatomy.lip_line(rest.x)).abs() < 0.4;
    rest.z > 0.0 && (eye || mouth)
}

fn push_to_bands(bands: &mut [Vec<u32>], fine: usize, low: f32, high: f32, id: u32) {
    let rows = (BAND_ROWS * fine) as f32;
    let (first, last) = (floor(low / rows).max(0.0), floor(high / rows));
    if last < 0.0 {
        return;
    }
    let last = (last as usize).min(bands.len().saturating_sub(1));
    for band in bands.iter_mut().take(last + 1).skip(first as usize) {
        band.push(id);
    }
}

/// Whole sample columns whose middles lie between `low` and `high`.
fn span(low: f32, high: f32, limit: usize) -> Option<(usize, usize)> {
    let first = ceil(low - 0.5).max(0.0);
    let last = floor(high - 0.5).min(limit as f32 - 1.0);
    (last >= first).then_some((first as usize, last as usize))
}

/// Steps along the longer direction, covering `width` samples across.
fn draw_segment(samples: &mut Samples, segment: &Segment, top: f32) {
    let rows = samples.id.len() / samples.stride;
    let (from, to) = (segment.from, segment.to);
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let steep = dy.abs() > dx.abs();
    let steps = ceil(if steep { dy.abs() } else { dx.abs() }).max(1.0);
    let half = segment.width.max(1.0) * 0.5;
    let (from_color, to_color) = (levels(segment.from_color), levels(segment.to_color));
    let (fixed_limit, limit) = if steep { (rows, samples.stride) } else { (samples.stride, rows) };
    let (fixed_stride, place_stride) = if steep { (samples.stride, 1) } else { (1, samples.stride) };
    let inverse = 1.0 / steps;
    for k in 0..steps as usize {
        let t = (k as f32 + 0.5) * inverse;
        let (x, y) = (from.x + dx * t, from.y + dy * t - top);
        let (middle, fixed) = if steep { (x, y) } else { (y, x) };
        if fixed < 0.0 || fixed as usize >= fixed_limit {
            continue;
        }
        let Some((first, last)) = span(middle - half, middle + half * 0.998, limit) else {
            continue;
        };
        let near = from.near + (to.near - from.near) * t;
        let row = fixed as usize * fixed_stride;
        for place in first..=last {
            let at = row + place * place_stride;
            if near > samples.near[at] {
                samples.near[at] = near;
                samples.id[at] = pack(from_color.lerp(to_color, t));
            }
        }
    }
}

/// Square roots on a scale of ten bits: hair is dark, and dark steps show.
fn levels(color: Vec3) -> Vec3 {
    let level = |c: f32| c.clamp(0.0, 1.0).sqrt() * 1023.0 + 0.5;
    Vec3 { x: level(color.x), y: level(color.y), z: level(color.z) }
}

fn pack(levels: Vec3) -> u32 {
    STRAND | (levels.x as u32) << 20 | (levels.y as u32) << 10 | levels.z as u32
}

fn unpack(id: u32) -> Vec3 {
    let level = |shift: u32| {
        let root = (id >> shift & 1023) as f32 / 1023.0;
        root * root
    };
    Vec3 { x: level(20), y: level(10), z: level(0) }
}
