//! The head in the face's own axes, with the colour its skin has, for all who ask where skin shows.

use image::RgbImage;

use crate::inspect::face::FaceMesh;
use crate::photo::color::{Lab, lab_from_srgb};

use super::geometry::FaceAxes;
use super::patch::{Patch, Region};
use super::{median, points};

/// Eye distance of the patch, pixels.
pub const PATCH_IED_PX: f64 = 40.0;
const HEAD: Region = Region { left: -1.9, top: -1.6, right: 1.9, bottom: 1.2 };
/// Half side of the square skin colour is read from about each point, patch pixels.
const SPOT_PX: i32 = 2;
/// Skin differs from the face's median by no more than this in a*, b*, and keeps this share of its L*.
const SKIN_CHROMA: f32 = 11.0;
const SKIN_LIGHT_SHARE: f32 = 0.62;

/// An upright piece of the photo around the head, and the colour of this face's skin.
#[derive(Clone, Debug)]
pub struct HeadSkin {
    pub patch: Patch,
    middle: Lab,
}

impl HeadSkin {
    /// `in_copy` are the face's axes in `pixels`, `axes` those in the photo, where the mesh is. `None` for a mesh without
    /// cheeks, or with none in the picture.
    pub fn of(pixels: &RgbImage, in_copy: &FaceAxes, mesh: &FaceMesh, axes: &FaceAxes) -> Option<Self> {
        let patch = Patch::cut(pixels, in_copy, HEAD, PATCH_IED_PX);
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
        let middle = Lab { l: of(|lab| lab.l)?, a: of(|lab| lab.a)?, b: of(|lab| lab.b)? };
        Some(Self { patch, middle })
    }

    /// Whether a pixel of the patch has the colour of the skin.
    pub fn is_skin(&self, x: u32, y: u32) -> bool {
        let colour = lab_from_srgb(self.patch.pixels.get_pixel(x, y).0);
        (colour.a - self.middle.a).hypot(colour.b - self.middle.b) < SKIN_CHROMA
            && colour.l > SKIN_LIGHT_SHARE * self.middle.l
    }
}
