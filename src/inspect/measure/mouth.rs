//! How far the lips stand apart, and whether teeth show between them.

use image::RgbImage;

use crate::inspect::face::FaceMesh;
use crate::photo::Point;
use crate::photo::color::{Lab, lab_from_srgb};

use super::geometry::{FaceAxes, FaceGeometry};
use super::patch::{Patch, Region};
use super::points;

/// Eye distance of the patch teeth are looked for in, pixels.
const PATCH_IED_PX: f64 = 96.0;
/// Teeth are at least this share of the lightness of the lips and chin around them …
const TEETH_LIGHTNESS: f32 = 0.9;
/// … and at most this share as colourful.
const TEETH_CHROMA: f32 = 0.75;

/// The mouth.
#[derive(Clone, Debug, PartialEq)]
pub struct Mouth {
    /// Largest gap of the inner lips over T (pupil line to chin).
    pub gap_per_face: f64,
    /// The same gap over the mouth's width.
    pub gap_per_width: f64,
    /// Bright, colourless area between the lips over the area of the mouth.
    pub teeth_share: f64,
    /// Mouth corners above the middle of the lips, in eye distances; a smile lifts them.
    pub corner_lift: f64,
    /// The mouth opening, in photo pixels.
    pub opening: Vec<Point>,
}

impl Mouth {
    /// `in_copy` are the face's axes in `pixels`; `mesh` and `geometry` are in photo pixels.
    pub fn of(
        pixels: &RgbImage,
        in_copy: &FaceAxes,
        mesh: &FaceMesh,
        geometry: &FaceGeometry,
    ) -> Option<Self> {
        let axes = geometry.axes();
        let at = |index: usize| mesh.points.get(index).map(|point| point.at());
        let place = |index: usize| at(index).map(|point| axes.to_face(point));
        let gaps: Option<Vec<f64>> =
            points::LIP_GAPS.iter().map(|&(upper, lower)| Some(place(lower)?.1 - place(upper)?.1)).collect();
        let gap = gaps?.into_iter().fold(0.0, f64::max);
        let (left, right) = (place(points::MOUTH_CORNERS.0)?, place(points::MOUTH_CORNERS.1)?);
        let middle = (place(points::INNER_LIPS.0)?.1 + place(points::INNER_LIPS.1)?.1) / 2.0;
        let outline =
            |indices: &[usize]| indices.iter().map(|&index| at(index)).collect::<Option<Vec<Point>>>();
        let opening = outline(&points::INNER_LIP_OUTLINE)?;
        let lips = outline(&points::OUTER_LIP_OUTLINE)?;
        Some(Self {
            gap_per_face: gap * geometry.ied_px / geometry.eye_to_chin_px,
            gap_per_width: gap / (right.0 - left.0).abs().max(1e-6),
            teeth_share: teeth_share(pixels, in_copy, &axes, &opening, &lips),
            corner_lift: middle - (left.1 + right.1) / 2.0,
            opening,
        })
    }
}

/// Share of the mouth's area that looks like teeth.
fn teeth_share(
    pixels: &RgbImage,
    in_copy: &FaceAxes,
    axes: &FaceAxes,
    opening: &[Point],
    lips: &[Point],
) -> f64 {
    let Some(region) = around(lips.iter().map(|&point| axes.to_face(point))) else { return 0.0 };
    let patch = Patch::cut(pixels, in_copy, region, PATCH_IED_PX);
    let mask = |outline: &[Point]| patch.mask(outline.iter().map(|&point| axes.to_face(point)));
    let (inside, mouth) = (mask(opening), mask(lips));
    let colours: Vec<Lab> = patch.pixels.pixels().map(|pixel| lab_from_srgb(pixel.0)).collect();
    let skin = |value: fn(&Lab) -> f32| {
        let around: Vec<f32> =
            colours.iter().zip(&mouth).filter(|(_, lip)| !**lip).map(|(lab, _)| value(lab)).collect();
        super::median(&around)
    };
    let (Some(lightness), Some(chroma)) = (skin(|lab| lab.l), skin(chroma)) else { return 0.0 };
    let teeth = colours
        .iter()
        .zip(&inside)
        .filter(|(lab, inside)| {
            **inside && lab.l >= TEETH_LIGHTNESS * lightness && self::chroma(lab) <= TEETH_CHROMA * chroma
        })
        .count();
    teeth as f64 / mouth.iter().filter(|lip| **lip).count().max(1) as f64
}

fn chroma(lab: &Lab) -> f32 {
    lab.a.hypot(lab.b)
}

/// The box around the mouth, a little larger than the lips.
fn around(places: impl Iterator<Item = (f64, f64)>) -> Option<Region> {
    let empty = Region { left: f64::MAX, top: f64::MAX, right: f64::MIN, bottom: f64::MIN };
    let tight = places.fold(empty, |region, (x, y)| Region {
        left: region.left.min(x),
        top: region.top.min(y),
        right: region.right.max(x),
        bottom: region.bottom.max(y),
    });
    let usable =
        tight.right - tight.left > 0.05 && tight.right - tight.left < 4.0 && tight.bottom - tight.top < 4.0;
    usable.then_some(Region {
        left: tight.left - 0.08,
        top: tight.top - 0.08,
        right: tight.right + 0.08,
        bottom: tight.bottom + 0.08,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;
    use crate::inspect::measure::patch::polygon_mask;
    use image::Rgb;

    fn mouth(open_ied: f32, inside: [u8; 3]) -> Mouth {
        let mut mesh = fixture::mesh(Point::new(200.0, 150.0), 100.0, 0.0);
        for (step, index) in points::INNER_LIP_OUTLINE.into_iter().enumerate() {
            let angle = std::f32::consts::TAU * step as f32 / 20.0;
            mesh.points[index].y = 150.0 + 115.0 - 100.0 * open_ied / 2.0 * angle.sin();
        }
        let geometry = FaceGeometry::of(&mesh).unwrap();
        let mut pixels = RgbImage::from_pixel(400, 400, Rgb([205, 160, 140]));
        let mask = polygon_mask(400, 400, &points::INNER_LIP_OUTLINE.map(|index| mesh.points[index].at()));
        for (pixel, inside_mouth) in pixels.pixels_mut().zip(mask) {
            if inside_mouth {
                *pixel = Rgb(inside);
            }
        }
        Mouth::of(&pixels, &geometry.axes(), &mesh, &geometry).unwrap()
    }

    #[test]
    fn closed_lips_show_neither_gap_nor_teeth() {
        let mouth = mouth(0.008, [150, 80, 80]);
        assert!(mouth.gap_per_face < 0.01 && mouth.teeth_share < 0.01);
    }

    #[test]
    fn teeth_are_bright_and_colourless() {
        assert!(mouth(0.12, [235, 232, 225]).teeth_share > 0.2);
        assert!(mouth(0.12, [60, 20, 20]).teeth_share < 0.01);
    }
}
