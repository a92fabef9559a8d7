//! By how much one half of the face is lit more than the other, from points of skin that mirror each other.

use crate::inspect::face::FaceMesh;
use crate::photo::color::linear_luminance;

use super::geometry::FaceAxes;
use super::patch::Patch;
use super::{median, points};

/// Half side of the square a point's light is averaged over, in eye distances.
const REACH_IED: f64 = 0.06;
/// Greatest distance in linear red-green chromaticity from the face's median that is still skin.
const SKIN_CHROMATICITY: f32 = 0.07;
/// Fewest pairs of skin; with fewer, pairs under hair or shade of another colour are taken too.
const LEAST_PAIRS: usize = 8;
/// Light below which a pixel only holds noise.
const FLOOR: f32 = 1e-3;

/// Median over the pairs of how many stops more light the left point (on screen) has than the right one. `patch` is
/// upright, `axes` are those of the mesh.
pub fn stops(patch: &Patch, mesh: &FaceMesh, axes: &FaceAxes) -> Option<f64> {
    let spot = |index: usize| -> Option<Spot> { Spot::of(patch, axes.to_face(mesh.points.get(index)?.at())) };
    let pairs: Vec<(Spot, Spot)> =
        points::MIRRORED_SKIN.iter().filter_map(|&(left, right)| Some((spot(left)?, spot(right)?))).collect();
    let all = || pairs.iter().flat_map(|(left, right)| [left, right]);
    let typical = |channel: usize| median(&all().map(|spot| spot.chromaticity[channel]).collect::<Vec<_>>());
    let skin = [typical(0)?, typical(1)?];
    let is_skin = |spot: &Spot| {
        let [red, green] = spot.chromaticity;
        (red - skin[0]).hypot(green - skin[1]) <= SKIN_CHROMATICITY
    };
    let stops = |(left, right): &(Spot, Spot)| (left.light / right.light).log2();
    let sure: Vec<f32> =
        pairs.iter().filter(|(left, right)| is_skin(left) && is_skin(right)).map(stops).collect();
    let chosen = if sure.len() >= LEAST_PAIRS { sure } else { pairs.iter().map(stops).collect() };
    median(&chosen).map(f64::from)
}

/// The light of one place of the face.
struct Spot {
    /// Linear luminance.
    light: f32,
    /// Red and green share of the linear light.
    chromaticity: [f32; 2],
}

impl Spot {
    /// `None` where the place lies outside the patch.
    fn of(patch: &Patch, (x, y): (f64, f64)) -> Option<Self> {
        let from = patch.locate((x - REACH_IED, y - REACH_IED));
        let to = patch.locate((x + REACH_IED, y + REACH_IED));
        let (width, height) = patch.pixels.dimensions();
        let columns = from.x.max(0.0) as u32..(to.x.max(0.0).ceil() as u32).min(width);
        let rows = from.y.max(0.0) as u32..(to.y.max(0.0).ceil() as u32).min(height);
        let (mut light, mut linear, mut count) = (0.0_f32, [0.0_f32; 3], 0.0_f32);
        for row in rows {
            for column in columns.clone() {
                let rgb = patch.pixels.get_pixel(column, row).0;
                light += linear_luminance(rgb);
                (0..3).for_each(|channel| linear[channel] += (f32::from(rgb[channel]) / 255.0).powf(2.2));
                count += 1.0;
            }
        }
        let sum: f32 = linear.iter().sum::<f32>().max(FLOOR);
        (count > 0.0)
            .then(|| Self { light: light / count + FLOOR, chromaticity: [linear[0] / sum, linear[1] / sum] })
    }
}
