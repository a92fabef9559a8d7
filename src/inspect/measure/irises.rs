//! The irises: where they look within their lids, and whether a flash made them red.

use image::RgbImage;

use crate::inspect::face::FaceMesh;
use crate::photo::Point;
use crate::photo::color::lab_from_srgb;

use super::geometry::{FaceAxes, FaceGeometry};
use super::points;

/// Part of the iris's radius that is looked at: its rim is lid and lash.
const INNER_SHARE: f64 = 0.8;
/// A pixel is flash red when red outweighs green and blue together and a* is at least this.
const RED_A: f32 = 25.0;
/// Fewest pixels of an iris for a judgement of its colour.
const LEAST_IRIS_PX: usize = 12;

/// What both irises say.
#[derive(Clone, Debug, PartialEq)]
pub struct Irises {
    /// Iris centre beside the middle between the eye's corners over the eye's width, mean of both eyes;
    /// positive to the right on screen.
    pub sideways: f64,
    /// The same downwards, against the line through the corners.
    pub downwards: f64,
    /// Share of the less red iris that is flash red, 0..=1: a flash reddens both, a reddish lid rarely does. Absent
    /// where the irises are too small.
    pub red_share: Option<f64>,
    /// Centre and radius of both irises in photo pixels.
    pub disks: [(Point, f32); 2],
}

impl Irises {
    /// `pixels` and `in_copy` belong to the copy of the face; `mesh` and `geometry` are in photo pixels.
    pub fn of(
        pixels: &RgbImage,
        in_copy: &FaceAxes,
        mesh: &FaceMesh,
        geometry: &FaceGeometry,
    ) -> Option<Self> {
        let left = Iris::of(mesh, geometry, points::IRIS_LEFT, points::EYE_CORNERS_LEFT)?;
        let right = Iris::of(mesh, geometry, points::IRIS_RIGHT, points::EYE_CORNERS_RIGHT)?;
        let axes = geometry.axes();
        let red = |iris: &Iris| iris.red_share(pixels, in_copy, &axes);
        let red_share = match (red(&left), red(&right)) {
            (Some(left), Some(right)) => Some(left.min(right)),
            _ => None,
        };
        Some(Self {
            sideways: (left.sideways + right.sideways) / 2.0,
            downwards: (left.downwards + right.downwards) / 2.0,
            red_share,
            disks: [(left.centre, left.radius_px), (right.centre, right.radius_px)],
        })
    }
}

/// One iris.
struct Iris {
    centre: Point,
    radius_px: f32,
    sideways: f64,
    downwards: f64,
}

impl Iris {
    fn of(mesh: &FaceMesh, geometry: &FaceGeometry, iris: usize, corners: (usize, usize)) -> Option<Self> {
        let axes = geometry.axes();
        let at = |index: usize| mesh.points.get(index).map(|point| point.at());
        let centre = at(iris)?;
        let (outer, inner) = (axes.to_face(at(corners.0)?), axes.to_face(at(corners.1)?));
        let width = (outer.0 - inner.0).hypot(outer.1 - inner.1);
        if width < 1e-6 {
            return None;
        }
        let middle = ((outer.0 + inner.0) / 2.0, (outer.1 + inner.1) / 2.0);
        let place = axes.to_face(centre);
        let radii: Option<Vec<f32>> =
            points::IRIS_RIM.iter().map(|&step| Some(at(iris + step)?.distance(centre))).collect();
        let radii = radii?;
        Some(Self {
            centre,
            radius_px: radii.iter().sum::<f32>() / radii.len() as f32,
            sideways: (place.0 - middle.0) / width,
            downwards: (place.1 - middle.1) / width,
        })
    }

    fn red_share(&self, pixels: &RgbImage, in_copy: &FaceAxes, axes: &FaceAxes) -> Option<f64> {
        let centre = in_copy.to_photo(axes.to_face(self.centre));
        let radius = f64::from(self.radius_px) * in_copy.ied_px / axes.ied_px * INNER_SHARE;
        let span = |middle: f32, length: u32| {
            let first = (f64::from(middle) - radius).max(0.0) as u32;
            first..((f64::from(middle) + radius).max(0.0).ceil() as u32).min(length)
        };
        let (mut count, mut red) = (0_usize, 0_usize);
        for y in span(centre.y, pixels.height()) {
            for x in span(centre.x, pixels.width()) {
                let place = Point::new(x as f32 + 0.5, y as f32 + 0.5);
                if f64::from(place.distance(centre)) <= radius {
                    count += 1;
                    red += usize::from(is_flash_red(pixels.get_pixel(x, y).0));
                }
            }
        }
        (count >= LEAST_IRIS_PX).then(|| red as f64 / count as f64)
    }
}

fn is_flash_red(rgb: [u8; 3]) -> bool {
    let [red, green, blue] = rgb.map(u16::from);
    red > green + blue && lab_from_srgb(rgb).a > RED_A
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;
    use image::Rgb;

    fn irises(shift: (f32, f32), colour: [u8; 3]) -> Irises {
        let mut mesh = fixture::mesh(Point::new(300.0, 200.0), 200.0, 0.0);
        for iris in [points::IRIS_LEFT, points::IRIS_RIGHT] {
            for point in &mut mesh.points[iris..=iris + 4] {
                point.x += shift.0;
                point.y += shift.1;
            }
        }
        let geometry = FaceGeometry::of(&mesh).unwrap();
        let pixels = RgbImage::from_pixel(600, 500, Rgb(colour));
        Irises::of(&pixels, &geometry.axes(), &mesh, &geometry).unwrap()
    }

    #[test]
    fn the_glance_follows_the_irises() {
        let straight = irises((0.0, 0.0), [60, 40, 30]);
        let aside = irises((12.0, 0.0), [60, 40, 30]);
        let down = irises((0.0, 10.0), [60, 40, 30]);
        assert!((aside.sideways - straight.sideways - 12.0 / 92.0).abs() < 0.01, "{}", aside.sideways);
        assert!((down.downwards - straight.downwards - 10.0 / 92.0).abs() < 0.01, "{}", down.downwards);
    }

    #[test]
    fn only_a_red_disk_is_a_red_eye() {
        assert_eq!(irises((0.0, 0.0), [200, 40, 50]).red_share, Some(1.0));
        for natural in [[60, 40, 30], [110, 70, 45], [90, 110, 140], [15, 12, 10]] {
            assert_eq!(irises((0.0, 0.0), natural).red_share, Some(0.0), "{natural:?}");
        }
    }
}
