//! Where the skin shows: above the brows, which a fringe covers, and beside the cheeks, where ears are or hair hangs.

use image::RgbImage;

use crate::inspect::face::FaceMesh;
use crate::inspect::matte::Matte;
use crate::photo::Point;

use super::geometry::FaceAxes;
use super::head_skin::HeadSkin;
use super::points;

/// A strip above each brow begins and ends so far above its upper edge, eye distances.
const ABOVE_BROW_IED: (f64, f64) = (0.06, 0.20);
/// A strip beside the face begins and ends so far outside the mesh's edge, eye distances.
const BESIDE_FACE_IED: (f64, f64) = (0.05, 0.22);
/// Opacity from which a pixel is person.
const PERSON: f32 = 0.5;
/// Fewest patch pixels of a strip for a judgement.
const LEAST_PX: usize = 10;

/// Shares 0..=1 of bare skin. Left and right as seen on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct BareSkin {
    /// Of the strips right above the brows.
    pub above_brows: [f64; 2],
    /// Of the strips right beside the face at the height of the ears.
    pub beside_face: [f64; 2],
    /// The strips, brows first, as closed lines in photo pixels.
    pub places: [Vec<Point>; 4],
}

impl BareSkin {
    /// `head` is cut out of `pixels`; `in_copy` are the face's axes in these and in `matte`, `axes` those in the photo, where
    /// the mesh is. `None` where a strip lies outside the picture.
    pub fn of(
        head: &HeadSkin,
        pixels: &RgbImage,
        matte: &Matte,
        in_copy: &FaceAxes,
        mesh: &FaceMesh,
        axes: &FaceAxes,
    ) -> Option<Self> {
        let is_person = |x: usize, y: usize| {
            let place = in_copy.to_photo(head.patch.place(x as f64 + 0.5, y as f64 + 0.5));
            matte.sample(place.x, place.y) >= PERSON
        };
        let strips = [
            above(mesh, axes, &points::BROW_TOP_LEFT)?,
            above(mesh, axes, &points::BROW_TOP_RIGHT)?,
            beside(mesh, axes, &points::EAR_EDGE_LEFT, -1.0)?,
            beside(mesh, axes, &points::EAR_EDGE_RIGHT, 1.0)?,
        ];
        let shares: Option<Vec<f64>> = strips
            .iter()
            .map(|strip| {
                let inside = |&(x, y): &(f64, f64)| {
                    let at = in_copy.to_photo((x, y));
                    at.x >= 0.0
                        && at.y >= 0.0
                        && at.x < pixels.width() as f32
                        && at.y < pixels.height() as f32
                };
                if strip.iter().all(inside) { share(head, strip, &is_person) } else { None }
            })
            .collect();
        let [brow_left, brow_right, ear_left, ear_right] = shares?.try_into().ok()?;
        Some(Self {
            above_brows: [brow_left, brow_right],
            beside_face: [ear_left, ear_right],
            places: strips.map(|strip| strip.into_iter().map(|place| axes.to_photo(place)).collect()),
        })
    }
}

type Strip = Vec<(f64, f64)>;

/// The strip above a brow, whose upper edge runs through the points.
fn above(mesh: &FaceMesh, axes: &FaceAxes, edge: &[usize]) -> Option<Strip> {
    strip(mesh, axes, edge, |(x, y), by| (x, y - by), ABOVE_BROW_IED)
}

/// The strip outside the face's edge; `side` is −1 on the left.
fn beside(mesh: &FaceMesh, axes: &FaceAxes, edge: &[usize], side: f64) -> Option<Strip> {
    strip(mesh, axes, edge, |(x, y), by| (x + side * by, y), BESIDE_FACE_IED)
}

/// A band along an edge, moved outwards by `from` on one side and `to` on the other.
fn strip(
    mesh: &FaceMesh,
    axes: &FaceAxes,
    edge: &[usize],
    moved: impl Fn((f64, f64), f64) -> (f64, f64),
    (from, to): (f64, f64),
) -> Option<Strip> {
    let line: Option<Vec<(f64, f64)>> =
        edge.iter().map(|&index| mesh.points.get(index).map(|point| axes.to_face(point.at()))).collect();
    let line = line?;
    let near = line.iter().map(|&place| moved(place, from));
    let far = line.iter().rev().map(|&place| moved(place, to));
    Some(near.chain(far).collect())
}

fn share(head: &HeadSkin, strip: &[(f64, f64)], is_person: &dyn Fn(usize, usize) -> bool) -> Option<f64> {
    let patch = &head.patch;
    let width = patch.pixels.width() as usize;
    let mask = patch.mask(strip.iter().copied());
    let (mut all, mut bare) = (0_usize, 0_usize);
    for index in (0..mask.len()).filter(|&index| mask[index]) {
        let (x, y) = (index % width, index / width);
        all += 1;
        bare += usize::from(head.is_skin(x as u32, y as u32) && is_person(x, y));
    }
    (all >= LEAST_PX).then(|| bare as f64 / all as f64)
}
