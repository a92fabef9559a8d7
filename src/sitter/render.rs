//! From a description to a picture: build, light, draw, develop.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::math::{Vec3, v3};
use super::mesh::Part;
use super::paint::Painter;
use super::plot::{BAND_ROWS, Hit, Plot, Samples};
use super::shade::Surface;
use super::view::View;

/// Linear colour and the person's opacity, row by row.
pub struct Plate {
    pub width: usize,
    pub height: usize,
    pub color: Vec<Vec3>,
    pub alpha: Vec<f32>,
}

/// Draws the figure over `behind`, which gives the colour of what is not the person.
pub fn expose(plot: &Plot, painter: &Painter, view: &View, behind: &[Vec3], height: usize) -> Plate {
    let width = plot.width_px;
    let mut plate = Plate { width, height, color: behind.to_vec(), alpha: vec![0.0; width * height] };
    let rows = width * BAND_ROWS;
    let bands: Vec<_> =
        plate.color.chunks_mut(rows).zip(plate.alpha.chunks_mut(rows)).map(|b| Mutex::new(Some(b))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let band = next.fetch_add(1, Ordering::Relaxed);
            let Some(cell) = bands.get(band) else { return };
            let Ok(mut held) = cell.lock() else { return };
            if let Some((color, alpha)) = held.take() {
                let samples = plot.draw(band);
                resolve(plot, painter, view, &samples, band, color, alpha);
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    drop(bands);
    plate
}

/// Samples to pixels: every surface in a pixel is shaded once.
fn resolve(
    plot: &Plot,
    painter: &Painter,
    view: &View,
    samples: &Samples,
    band: usize,
    color: &mut [Vec3],
    alpha: &mut [f32],
) {
    let fine = plot.fine;
    let share = 1.0 / (fine * fine) as f32;
    for (k, (color, alpha)) in color.iter_mut().zip(alpha).enumerate() {
        let (px, py) = (k % plot.width_px, k / plot.width_px);
        let mut shaded: [Option<(usize, Vec3)>; 4] = [None; 4];
        let (mut sum, mut covered) = (Vec3::ZERO, 0.0);
        for n in 0..fine * fine {
            let (column, row) = (px * fine + n % fine, py * fine + n / fine);
            let place = (column as f32 + 0.5, (row + band * BAND_ROWS * fine) as f32 + 0.5);
            let mut seen = match samples.hit(column, row) {
                Hit::Nothing => None,
                Hit::Strand(color) => Some(color),
                Hit::Triangle(index) => Some(shade_once(plot, painter, view, index, place, &mut shaded)),
            };
            if let Some(lens) = samples.lens(column, row) {
                let surface = surface(plot, view, lens, place);
                seen = Some(painter.through_lens(&surface, seen.unwrap_or(*color)));
            }
            if let Some(light) = seen {
                sum += light;
                covered += 1.0;
            }
        }
        *alpha = covered * share;
        *color = sum * share + *color * (1.0 - *alpha);
    }
}

fn shade_once(
    plot: &Plot,
    painter: &Painter,
    view: &View,
    index: usize,
    place: (f32, f32),
    shaded: &mut [Option<(usize, Vec3)>; 4],
) -> Vec3 {
    let mesh = plot.triangles[index].mesh;
    if let Some((_, color)) = shaded.iter().flatten().find(|(known, _)| *known == mesh) {
        return *color;
    }
    let color = painter.paint(&surface(plot, view, index, place));
    if let Some(free) = shaded.iter_mut().find(|s| s.is_none()) {
        *free = Some((mesh, color));
    }
    color
}

/// The surface of a triangle at a place on the sample grid, true to perspective.
fn surface(plot: &Plot, view: &View, index: usize, (x, y): (f32, f32)) -> Surface {
    let triangle = &plot.triangles[index];
    let mesh = plot.mesh(triangle);
    let [a, b, c] = plot.corners(triangle);
    let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    let u = ((b.x - x) * (c.y - y) - (b.y - y) * (c.x - x)) / area;
    let v = ((c.x - x) * (a.y - y) - (c.y - y) * (a.x - x)) / area;
    let weights = [u * a.near, v * b.near, (1.0 - u - v) * c.near];
    let whole = weights[0] + weights[1] + weights[2];
    let mut s = Surface {
        part: mesh.part,
        at: Vec3::ZERO,
        normal: Vec3::ZERO,
        rest: Vec3::ZERO,
        uv: (0.0, 0.0),
        cavity: 0.0,
        ambient: 0.0,
        key: 0.0,
        eye: Vec3::ZERO,
    };
    for (corner, weight) in triangle.corners.iter().zip(weights) {
        let vertex = &mesh.vertices[*corner as usize];
        let w = weight / whole;
        s.at += vertex.at * w;
        s.normal += vertex.normal * w;
        s.rest += vertex.rest * w;
        s.uv = (s.uv.0 + vertex.uv.0 * w, s.uv.1 + vertex.uv.1 * w);
        s.cavity += vertex.cavity * w;
        s.ambient += vertex.ambient * w;
        s.key += vertex.key * w;
    }
    s.normal = s.normal.unit();
    s.eye = view.towards_camera(s.at);
    if s.normal.dot(s.eye) < 0.0 && mesh.part != Part::Face {
        s.normal = v3(-s.normal.x, -s.normal.y, -s.normal.z);
    }
    s
}
