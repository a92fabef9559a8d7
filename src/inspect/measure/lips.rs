//! How much redder the lips are than the cheeks: paint shows there first.

use image::RgbImage;

use crate::inspect::face::FaceMesh;
use crate::photo::Point;
use crate::photo::color::lab_from_srgb;

use super::geometry::FaceAxes;
use super::patch::{Patch, Region};
use super::{median, points};

/// Eye distance of the patch colours are taken from, pixels, and the least one in the photo that still holds lips.
const PATCH_IED_PX: f64 = 60.0;
const LEAST_IED_PX: f64 = 32.0;
const FACE: Region = Region { left: -1.0, top: 0.0, right: 1.0, bottom: 1.8 };
/// Half the side of the squares of skin on the cheeks, eye distances.
const CHEEK_HALF_IED: f64 = 0.15;
/// Fewest patch pixels of an area for a judgement.
const LEAST_PX: usize = 30;

/// The colour of the lips.
#[derive(Clone, Debug, PartialEq)]
pub struct Lips {
    /// Median a* of the lips less that of the cheeks.
    pub redness: f64,
    /// Their outer outline in photo pixels.
    pub outline: Vec<Point>,
}

impl Lips {
    /// `pixels` and `in_copy` belong to the copy of the face; `mesh` and `axes` are in photo pixels.
    pub fn of(pixels: &RgbImage, in_copy: &FaceAxes, mesh: &FaceMesh, axes: &FaceAxes) -> Option<Self> {
        if axes.ied_px < LEAST_IED_PX {
            return None;
        }
        let patch = Patch::cut(pixels, in_copy, FACE, PATCH_IED_PX);
        let at = |index: usize| mesh.points.get(index).map(|point| point.at());
        let line = |indices: &[usize]| indices.iter().map(|&index| at(index)).collect::<Option<Vec<Point>>>();
        let inside = |outline: &[Point]| patch.mask(outline.iter().map(|&point| axes.to_face(point)));
        let square = |index: usize| {
            let (x, y) = axes.to_face(at(index)?);
            let (left, top, right, bottom) =
                (x - CHEEK_HALF_IED, y - CHEEK_HALF_IED, x + CHEEK_HALF_IED, y + CHEEK_HALF_IED);
            Some(patch.mask([(left, top), (right, top), (right, bottom), (left, bottom)]))
        };
        let outline = line(&points::OUTER_LIP_OUTLINE)?;
        let (mouth, opening) = (inside(&outline), inside(&line(&points::INNER_LIP_OUTLINE)?));
        let lips = mouth.into_iter().zip(opening).map(|(mouth, opening)| mouth && !opening);
        let (left, right) = (square(points::CHEEK_LEFT_CENTRE)?, square(points::CHEEK_RIGHT_CENTRE)?);
        let cheeks = left.into_iter().zip(right).map(|(left, right)| left || right);
        let redness = typical_a(&patch, lips)? - typical_a(&patch, cheeks)?;
        Some(Self { redness: f64::from(redness), outline })
    }
}

/// Median a* of the marked pixels; `None` of too few.
fn typical_a(patch: &Patch, marked: impl Iterator<Item = bool>) -> Option<f32> {
    let values: Vec<f32> = patch
        .pixels
        .pixels()
        .zip(marked)
        .filter(|(_, marked)| *marked)
        .map(|(pixel, _)| lab_from_srgb(pixel.0).a)
        .collect();
    if values.len() < LEAST_PX { None } else { median(&values) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;
    use crate::inspect::measure::FaceGeometry;
    use crate::inspect::measure::patch::polygon_mask;
    use image::Rgb;

    const SKIN: Rgb<u8> = Rgb([205, 160, 140]);

    fn lips(ied_px: f32, colour: [u8; 3]) -> Option<Lips> {
        let mesh = fixture::mesh(Point::new(200.0, 150.0), ied_px, 0.0);
        let axes = FaceGeometry::of(&mesh).unwrap().axes();
        let mut pixels = RgbImage::from_pixel(400, 400, SKIN);
        let mask = polygon_mask(400, 400, &points::OUTER_LIP_OUTLINE.map(|index| mesh.points[index].at()));
        for (pixel, _) in pixels.pixels_mut().zip(mask).filter(|(_, lip)| *lip) {
            *pixel = Rgb(colour);
        }
        Lips::of(&pixels, &axes, &mesh, &axes)
    }

    #[test]
    fn redness_is_the_difference_of_the_colours_put_there() {
        let (bare, painted) = ([180, 110, 105], [190, 30, 50]);
        for colour in [SKIN.0, bare, painted] {
            let expected = lab_from_srgb(colour).a - lab_from_srgb(SKIN.0).a;
            let redness = lips(100.0, colour).unwrap().redness;
            assert!((redness - f64::from(expected)).abs() < 0.5, "{colour:?}: {redness} {expected}");
        }
        assert_eq!(lips(100.0, bare).unwrap().outline.len(), points::OUTER_LIP_OUTLINE.len());
    }

    #[test]
    fn a_small_face_tells_nothing() {
        assert_eq!(lips(30.0, [190, 30, 50]), None);
    }
}
