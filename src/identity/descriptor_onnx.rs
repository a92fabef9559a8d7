//! The embedded face describer: the ResNet of dlib's face recognition.

use image::RgbImage;

use super::descriptor::{DIMENSIONS, Descriptor, FaceDescriber};
use crate::inspect::FaceError;
use crate::inspect::face::FaceMesh;
use crate::inspect::net_onnx::{Net, Threads};
use crate::inspect::warp::{Affine, Border, Range, sample};

const INPUT_PX: usize = 150;
/// Five points in dlib's levelled face of side 1, with the mesh points that stand for them: outer and inner corner of
/// the right eye on screen, outer and inner corner of the left one, base of the nose.
const TEMPLATE: [(usize, (f32, f32)); 5] = [
    (263, (0.859_567_46, 0.213_498_15)),
    (362, (0.646_060_5, 0.228_967_44)),
    (33, (0.120_575_06, 0.213_727_45)),
    (133, (0.334_085_06, 0.229_064_33)),
    (2, (0.490_112_3, 0.627_797_54)),
];
/// The network sees this share of the levelled face beyond each of its edges (dlib's training).
const PADDING: f32 = 0.25;

/// What the descriptor is made of: the face and its mirror image, a little nearer than dlib looks, for the mesh's corners
/// of the eyes stand nearer together than dlib's. Of the scales 0.8 to 1.2 this one kept pairs of one person and of two
/// apart best.
const VIEWS: [View; 2] = [View { mirrored: false, scale: 0.85 }, View { mirrored: true, scale: 0.85 }];

/// The describer that is part of the program.
pub struct ResNetDescriber {
    net: Net,
}

impl ResNetDescriber {
    /// Loads the model; each calling thread computes on one worker of its own.
    pub fn embedded() -> Result<Self, FaceError> {
        let file = include_bytes!("../../assets/models/face_recognition.onnx");
        Ok(Self { net: Net::load("face_recognition", file, &["descriptor"], &Threads::OnePerCaller)? })
    }
}

/// One look at the levelled face; the descriptor is the mean of several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    pub mirrored: bool,
    /// Side of the square looked at, over the side the network was trained with.
    pub scale: f32,
}

impl ResNetDescriber {
    /// The mean descriptor of these looks.
    pub fn describe_views(
        &self,
        pixels: &RgbImage,
        mesh: &FaceMesh,
        views: &[View],
    ) -> Result<Descriptor, FaceError> {
        let mut mean = [0.0; DIMENSIONS];
        for view in views {
            let map = levelling(mesh).after(view.within());
            let size = (INPUT_PX, INPUT_PX);
            let picture = sample(pixels, map, size, Border::Nearest, Range { scale: 1.0, shift: 0.0 });
            let [values] = self.net.run_exactly(&picture, [DIMENSIONS])?;
            mean.iter_mut().zip(&values).for_each(|(sum, value)| *sum += value / views.len() as f32);
        }
        Ok(Descriptor(mean))
    }
}

impl View {
    /// From pixels of this look to pixels of the level one.
    fn within(self) -> Affine {
        let middle = (INPUT_PX as f32 - 1.0) / 2.0;
        let across = if self.mirrored { -self.scale } else { self.scale };
        Affine([across, 0.0, middle - across * middle, 0.0, self.scale, middle - self.scale * middle])
    }
}

impl FaceDescriber for ResNetDescriber {
    fn describe(&self, pixels: &RgbImage, mesh: &FaceMesh) -> Result<Descriptor, FaceError> {
        self.describe_views(pixels, mesh, &VIEWS)
    }
}

/// The similarity from input pixels to the photo that fits the five points best in the sense of least squares.
fn levelling(mesh: &FaceMesh) -> Affine {
    let pairs = TEMPLATE.map(|(index, (x, y))| {
        let place = |share: f32| (PADDING + share) / (1.0 + 2.0 * PADDING) * INPUT_PX as f32;
        let seen = mesh.points.get(index).copied().unwrap_or_default();
        ((place(x), place(y)), (seen.x, seen.y))
    });
    let (from, to) = (mean(pairs.map(|pair| pair.0)), mean(pairs.map(|pair| pair.1)));
    let (mut cos, mut sin, mut spread) = (0.0, 0.0, 0.0);
    for ((x, y), (u, v)) in pairs {
        let (x, y, u, v) = (x - from.0, y - from.1, u - to.0, v - to.1);
        cos += x * u + y * v;
        sin += x * v - y * u;
        spread += x * x + y * y;
    }
    let (cos, sin) = (cos / spread, sin / spread);
    Affine([cos, -sin, to.0 - cos * from.0 + sin * from.1, sin, cos, to.1 - sin * from.0 - cos * from.1])
}

fn mean(points: [(f32, f32); 5]) -> (f32, f32) {
    let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    (sum.0 / points.len() as f32, sum.1 / points.len() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::face::{MESH_POINTS, MeshPoint};
    use image::Rgb;

    /// A mesh whose five points are the template's, turned, scaled and shifted.
    fn mesh(scale: f32, angle: f32, shift: (f32, f32)) -> FaceMesh {
        let mut points = vec![MeshPoint::default(); MESH_POINTS];
        let (sin, cos) = angle.sin_cos();
        for (index, (x, y)) in TEMPLATE {
            points[index] = MeshPoint {
                x: scale * (cos * x - sin * y) + shift.0,
                y: scale * (sin * x + cos * y) + shift.1,
                z: 0.0,
            };
        }
        FaceMesh { points, presence: 1.0 }
    }

    #[test]
    fn the_levelling_undoes_turn_scale_and_shift() {
        let map = levelling(&mesh(80.0, 0.3, (40.0, 25.0)));
        let (x, y) = map.apply(0.25 / 1.5 * 150.0, 0.25 / 1.5 * 150.0);
        assert!((x - 40.0).abs() < 0.01 && (y - 25.0).abs() < 0.01, "{x} {y}");
        assert!((map.scale() - 80.0 * 1.5 / 150.0).abs() < 1e-4);
    }

    #[test]
    fn one_picture_has_one_descriptor_and_another_picture_another() {
        let describer = ResNetDescriber::embedded().unwrap();
        let stripes = RgbImage::from_fn(200, 200, |x, y| Rgb([(x * 3) as u8, (y * 5) as u8, (x ^ y) as u8]));
        let plain = RgbImage::from_pixel(200, 200, Rgb([120, 110, 100]));
        let mesh = mesh(80.0, 0.1, (60.0, 60.0));
        let look = [View { mirrored: false, scale: 1.0 }];
        let describe = |pixels| describer.describe_views(pixels, &mesh, &look).unwrap();
        assert_eq!(describe(&stripes), describe(&stripes));
        assert!(describe(&stripes).distance(&describe(&plain)) > 0.3);
    }

    #[test]
    fn a_mirrored_photo_has_the_descriptor_of_the_photo() {
        let describer = ResNetDescriber::embedded().unwrap();
        let picture = RgbImage::from_fn(200, 200, |x, y| Rgb([(x * 3) as u8, (y * 5) as u8, (x ^ y) as u8]));
        let mut upright = mesh(80.0, 0.0, (60.0, 60.0));
        // The middle of the five points is the axis, so that the mirrored mesh is the same one.
        for (index, (x, y)) in TEMPLATE {
            let middle = mean(TEMPLATE.map(|pair| pair.1)).0;
            upright.points[index] = MeshPoint { x: 99.5 + 80.0 * (x - middle), y: 60.0 + 80.0 * y, z: 0.0 };
        }
        let flipped = image::imageops::flip_horizontal(&picture);
        let one = describer.describe(&picture, &upright).unwrap();
        let other = describer.describe(&flipped, &upright).unwrap();
        assert!(one.distance(&other) < 0.12, "{}", one.distance(&other));
    }
}
