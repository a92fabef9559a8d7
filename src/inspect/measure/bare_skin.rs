//! Where the skin shows: above the brows, which a fringe covers, and beside the cheeks, where ears are or hair hangs.

use image::RgbImage;

use crate::inspect::face::FaceMesh;
use crate::inspect::matte::Matte;
use crate::photo::Point;
use crate::photo::color::{Lab, lab_from_srgb};

use super::geometry::FaceAxes;
use super::patch::{Patch, Region, polygon_mask};
use super::{median, points};

/// Eye distance of the patch, pixels.
const PATCH_IED_PX: f64 = 40.0;
const HEAD: Region = Region { left: -1.9, top: -1.6, right: 1.9, bottom: 1.2 };
/// A strip above each brow begins and ends so far above its upper edge, eye distances.
const ABOVE_BROW_IED: (f64, f64) = (0.06, 0.20);
/// A strip beside the face begins and ends so far outside the mesh's edge, eye distances.
const BESIDE_FACE_IED: (f64, f64) = (0.05, 0.22);
/// Half side of the square skin colour is read from about each point, patch pixels.
const SPOT_PX: i32 = 2;
/// Skin differs from the face's median by no more than this in a*, b*, and keeps this share of its L*.
const SKIN_CHROMA: f32 = 11.0;
const SKIN_LIGHT_SHARE: f32 = 0.62;
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
    /// `in_copy` are the face's axes in `pixels` and `matte`, `axes` those in the photo, where the mesh is. `None` where a
    /// strip lies outside the picture.
    pub fn of(
        pixels: &RgbImage,
        matte: &Matte,
        in_copy: &FaceAxes,
        mesh: &FaceMesh,
        axes: &FaceAxes,
    ) -> Option<Self> {
        let patch = Patch::cut(pixels, in_copy, HEAD, PATCH_IED_PX);
        let skin = Skin::of(&patch, mesh, axes)?;
        let is_person = |x: usize, y: usize| {
            let place = in_copy.to_photo(patch.place(x as f64 + 0.5, y as f64 + 0.5));
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
                if strip.iter().all(inside) { share(&patch, strip, &skin, &is_person) } else { None }
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

/// The colour of this face's skin.
struct Skin {
    middle: Lab,
}

impl Skin {
    fn of(patch: &Patch, mesh: &FaceMesh, axes: &FaceAxes) -> Option<Self> {
        let (width, height) = (patch.pixels.width() as i32, patch.pixels.height() as i32);
        let mut colours: Vec<Lab> = Vec::new();
        for index in points::SURE_SKIN {
            let centre = patch.locate(axes.to_face(mesh.points.get(index)?.at()));
            for y in -SPOT_PX..=SPOT_PX {
                for x in -SPOT_PX..=SPOT_PX {
                    let (x, y) = (centre.x as i32 + x, centre.y as i32 + y);
                    if (0..width).contains(&x) && (0..height).contains(&y) {
                        colours.push(lab_from_srgb(patch.pixels.get_pixel(x as u32, y as u32).0));
                    }
                }
            }
        }
        let of = |value: fn(&Lab) -> f32| median(&colours.iter().map(value).collect::<Vec<_>>());
        Some(Self { middle: Lab { l: of(|lab| lab.l)?, a: of(|lab| lab.a)?, b: of(|lab| lab.b)? } })
    }

    fn is(&self, rgb: [u8; 3]) -> bool {
        let colour = lab_from_srgb(rgb);
        (colour.a - self.middle.a).hypot(colour.b - self.middle.b) < SKIN_CHROMA
            && colour.l > SKIN_LIGHT_SHARE * self.middle.l
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

fn share(
    patch: &Patch,
    strip: &[(f64, f64)],
    skin: &Skin,
    is_person: &dyn Fn(usize, usize) -> bool,
) -> Option<f64> {
    let (width, height) = (patch.pixels.width() as usize, patch.pixels.height() as usize);
    let outline: Vec<Point> = strip.iter().map(|&place| patch.locate(place)).collect();
    let mask = polygon_mask(width, height, &outline);
    let (mut all, mut bare) = (0_usize, 0_usize);
    for index in (0..mask.len()).filter(|&index| mask[index]) {
        let (x, y) = (index % width, index / width);
        all += 1;
        bare += usize::from(skin.is(patch.pixels.get_pixel(x as u32, y as u32).0) && is_person(x, y));
    }
    (all >= LEAST_PX).then(|| bare as f64 / all as f64)
}
