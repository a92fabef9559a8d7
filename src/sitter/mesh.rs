//! Surfaces as grids of triangles, with what shading needs at each corner.

use super::math::{Vec3, v3};

/// What a surface is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Face,
    Ear,
    Neck,
    Eyeball,
    MouthInside,
    Teeth,
    Cloth,
    /// A folded or stitched edge: collar leaf, lapel, placket.
    Collar,
    /// A knitted band.
    Band,
    Shirt,
    ShirtCollar,
    Tie,
    Button,
    Frame,
    Lens,
}

/// A corner of a surface.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vertex {
    /// Where it stands in the scene, cm.
    pub at: Vec3,
    pub normal: Vec3,
    /// Where it stands on the untouched, unturned part: what patterns are painted by.
    pub rest: Vec3,
    /// Grid position 0..=1 for patterns that follow the surface.
    pub uv: (f32, f32),
    /// 1 open, towards 0 in creases.
    pub cavity: f32,
    /// Light from all around that arrives here.
    pub ambient: f32,
    /// Share of the main light that is not blocked.
    pub key: f32,
}

/// One grid of corners, `columns` by `rows`.
#[derive(Clone, Debug)]
pub struct Mesh {
    pub part: Part,
    pub columns: usize,
    pub rows: usize,
    /// The last column meets the first.
    pub wraps: bool,
    pub vertices: Vec<Vertex>,
}

/// Position in the scene before posing, pattern position and grid position.
pub struct Corner {
    pub at: Vec3,
    pub rest: Vec3,
}

impl Mesh {
    /// Builds the grid from a function of its column and row.
    pub fn grid(
        part: Part,
        (columns, rows): (usize, usize),
        wraps: bool,
        corner: impl Fn(usize, usize) -> Corner,
    ) -> Self {
        let mut vertices = Vec::with_capacity(columns * rows);
        let (across, down) = ((columns.max(2) - usize::from(!wraps)) as f32, (rows.max(2) - 1) as f32);
        for j in 0..rows {
            for i in 0..columns {
                let Corner { at, rest } = corner(i, j);
                let uv = (i as f32 / across, j as f32 / down);
                vertices.push(Vertex { at, rest, uv, cavity: 1.0, ..Vertex::default() });
            }
        }
        let mut mesh = Self { part, columns, rows, wraps, vertices };
        mesh.set_normals();
        mesh
    }

    /// Moves every corner, then renews the normals.
    pub fn moved(mut self, place: impl Fn(Vec3) -> Vec3) -> Self {
        for vertex in &mut self.vertices {
            vertex.at = place(vertex.at);
        }
        self.set_normals();
        self
    }

    fn index(&self, i: isize, j: isize) -> usize {
        let columns = self.columns as isize;
        let i = if self.wraps { i.rem_euclid(columns) } else { i.clamp(0, columns - 1) };
        let j = j.clamp(0, self.rows as isize - 1);
        (j * columns + i) as usize
    }

    fn neighbours(&self, k: usize, reach: isize) -> [Vec3; 4] {
        let (i, j) = ((k % self.columns) as isize, (k / self.columns) as isize);
        [(i + reach, j), (i - reach, j), (i, j + reach), (i, j - reach)]
            .map(|(i, j)| self.vertices[self.index(i, j)].at)
    }

    fn set_normals(&mut self) {
        let normals: Vec<Vec3> = (0..self.vertices.len())
            .map(|k| {
                let [right, left, below, above] = self.neighbours(k, 1);
                (below - above).cross(right - left).unit()
            })
            .collect();
        for (vertex, normal) in self.vertices.iter_mut().zip(normals) {
            vertex.normal = normal;
        }
    }

    /// Darkens corners that lie lower than their surroundings at `reach` grid steps.
    pub fn darken_creases(&mut self, reach: isize, strength: f32) {
        let cavities: Vec<f32> = (0..self.vertices.len())
            .map(|k| {
                let here = self.vertices[k];
                let around = self.neighbours(k, reach);
                let spread: f32 = around.iter().map(|p| (*p - here.at).length()).sum::<f32>() * 0.25;
                let mean = (around[0] + around[1] + around[2] + around[3]) * 0.25;
                let depth = (mean - here.at).dot(here.normal) / spread.max(1e-4);
                (1.0 - strength * depth).clamp(0.25, 1.12)
            })
            .collect();
        for (vertex, cavity) in self.vertices.iter_mut().zip(cavities) {
            vertex.cavity *= cavity;
        }
    }

    /// Triangles over every `step`-th corner, counter-clockwise from outside.
    pub fn triangles(&self, step: usize) -> Vec<[u32; 3]> {
        let stops = |count: usize| -> Vec<usize> {
            let mut stops: Vec<usize> = (0..count).step_by(step).collect();
            if stops.last() != Some(&(count - 1)) {
                stops.push(count - 1);
            }
            stops
        };
        let (mut across, down) = (stops(self.columns), stops(self.rows));
        if self.wraps {
            across.push(0);
        }
        let at = |i: usize, j: usize| (j * self.columns + i) as u32;
        let mut triangles = Vec::with_capacity(across.len() * down.len() * 2);
        for rows in down.windows(2) {
            for cols in across.windows(2) {
                let (a, b) = (at(cols[0], rows[0]), at(cols[1], rows[0]));
                let (c, d) = (at(cols[0], rows[1]), at(cols[1], rows[1]));
                triangles.push([a, c, b]);
                triangles.push([b, c, d]);
            }
        }
        triangles
    }
}

/// A tube of `radius` along a line of points, closed into a ring when `closed`.
pub fn tube(part: Part, path: &[Vec3], closed: bool, radius: impl Fn(f32) -> (f32, f32)) -> Mesh {
    const AROUND: usize = 14;
    let count = path.len();
    let tangent = |k: usize| {
        let (before, after) = if closed {
            (path[(k + count - 1) % count], path[(k + 1) % count])
        } else {
            (path[k.saturating_sub(1)], path[(k + 1).min(count - 1)])
        };
        (after - before).unit()
    };
    let rows = if closed { count + 1 } else { count };
    Mesh::grid(part, (AROUND, rows), true, |i, j| {
        let k = j % count;
        let along = tangent(k);
        let reference = if along.z.abs() > 0.9 { v3(0.0, 1.0, 0.0) } else { v3(0.0, 0.0, 1.0) };
        let side = along.cross(reference).unit();
        let front = side.cross(along);
        let (wide, deep) = radius(k as f32 / (count - 1) as f32);
        let (sin, cos) = super::math::sin_cos_degrees(360.0 * i as f32 / AROUND as f32);
        let at = path[k] + side * (cos * wide) + front * (sin * deep);
        Corner { at, rest: at }
    })
}
