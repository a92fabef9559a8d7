//! Faces described by a network: the ResNet of dlib's face recognition that is part of the program, or one of the user's
//! own.

use std::path::Path;

use image::RgbImage;

use super::describing::{Channels, Describing, PlacedPoint};
use super::descriptor::{Descriptor, FaceDescriber, PersonLimits};
use crate::inspect::FaceError;
use crate::inspect::face::FaceMesh;
use crate::inspect::net_onnx::{Chw, Net, Threads};
use crate::inspect::warp::{Affine, Border, Range, sample};

/// Fewer numbers than this tell nobody apart.
const LEAST_LENGTH: usize = 8;

/// A network with the description of how it is used.
pub struct OnnxDescriber {
    how: Describing,
    net: Net,
    /// So many numbers are one descriptor.
    length: usize,
}

impl OnnxDescriber {
    /// The network that is part of the program; each calling thread computes on one worker of its own.
    pub fn embedded() -> Result<Self, FaceError> {
        const NAME: &str = "face_recognition";
        let how = Describing::built_in()
            .map_err(|cause| FaceError::Load { model: format!("{NAME}.toml"), cause })?;
        let file = include_bytes!("../../assets/models/face_recognition.onnx");
        let net = Net::load(NAME, file, &["descriptor"], &Threads::OnePerCaller)?;
        Ok(Self { how, net, length: 128 })
    }

    /// The user's own: a description and the network beside it. It is tried once, so that what does not fit is told now.
    pub fn of_file(file: &Path) -> Result<Self, FaceError> {
        let unusable = |cause: String| FaceError::Own { file: file.display().to_string(), cause };
        let (how, network) = Describing::with_network(file).map_err(unusable)?;
        let told = |error: FaceError| unusable(error.cause().to_owned());
        let net =
            Net::load_own(&how.name, network, how.output.as_deref(), &Threads::OnePerCaller).map_err(told)?;
        let side = how.side_px;
        let black = Chw { channels: 3, height: side, width: side, values: vec![0.0; 3 * side * side] };
        let length = net.run(&black).map_err(told)?.first().map_or(0, Vec::len);
        if length < LEAST_LENGTH {
            return Err(unusable(format!(
                "its output has {length} numbers; name the descriptor as `output`"
            )));
        }
        Ok(Self { how, net, length })
    }

    /// The user's own where there is one, otherwise that of the program.
    pub fn own_or_embedded(own: Option<&Path>) -> Result<Self, FaceError> {
        own.map_or_else(Self::embedded, Self::of_file)
    }

    /// The network's name, for people.
    pub fn name(&self) -> &str {
        &self.how.name
    }

    fn look(&self, pixels: &RgbImage, mesh: &FaceMesh, is_mirrored: bool) -> Result<Vec<f32>, FaceError> {
        let side = self.how.side_px;
        let map = levelling(mesh, &self.how.points, side).after(self.within(is_mirrored));
        let mut picture =
            sample(pixels, map, (side, side), Border::Nearest, Range { scale: 1.0, shift: 0.0 });
        self.how.prepare(&mut picture);
        let [numbers] = self.net.run_exactly(&picture, [self.length])?;
        Ok(numbers)
    }

    /// From pixels of the network's square to pixels of the level face.
    fn within(&self, is_mirrored: bool) -> Affine {
        let scale = self.how.nearer;
        let middle = (self.how.side_px as f32 - 1.0) / 2.0;
        let across = if is_mirrored { -scale } else { scale };
        Affine([across, 0.0, middle - across * middle, 0.0, scale, middle - scale * middle])
    }
}

impl FaceDescriber for OnnxDescriber {
    fn describe(&self, pixels: &RgbImage, mesh: &FaceMesh) -> Result<Descriptor, FaceError> {
        let mut numbers = self.look(pixels, mesh, false)?;
        if self.how.mirrored {
            let mirrored = self.look(pixels, mesh, true)?;
            numbers.iter_mut().zip(mirrored).for_each(|(number, other)| *number = (*number + other) / 2.0);
        }
        let descriptor = Descriptor::of(numbers);
        Ok(if self.how.unit_length { descriptor.at_unit_length() } else { descriptor })
    }

    fn limits(&self) -> PersonLimits {
        self.how.person
    }
}

impl Describing {
    /// Brings values of 0..=255, red first, to what the network was trained with.
    fn prepare(&self, picture: &mut Chw) {
        let area = picture.height * picture.width;
        if self.channels == Channels::Bgr {
            let (red, others) = picture.values.split_at_mut(area);
            red.swap_with_slice(&mut others[area..]);
        }
        for ((channel, mean), deviation) in picture.values.chunks_mut(area).zip(self.mean).zip(self.deviation)
        {
            channel.iter_mut().for_each(|value| *value = (*value - mean) / deviation);
        }
    }
}

/// The similarity from pixels of the square to the photo that fits the points best in the sense of least squares.
fn levelling(mesh: &FaceMesh, points: &[PlacedPoint], side_px: usize) -> Affine {
    let seen = |point: &PlacedPoint| {
        mean(
            point
                .mesh
                .iter()
                .map(|index| mesh.points.get(*index).map_or((0.0, 0.0), |seen| (seen.x, seen.y))),
        )
    };
    let place = |point: &PlacedPoint| (point.at[0] * side_px as f32, point.at[1] * side_px as f32);
    let (from, to) = (mean(points.iter().map(place)), mean(points.iter().map(seen)));
    let (mut cos, mut sin, mut spread) = (0.0, 0.0, 0.0);
    for point in points {
        let ((x, y), (u, v)) = (place(point), seen(point));
        let (x, y, u, v) = (x - from.0, y - from.1, u - to.0, v - to.1);
        cos += x * u + y * v;
        sin += x * v - y * u;
        spread += x * x + y * y;
    }
    let (cos, sin) = (cos / spread, sin / spread);
    Affine([cos, -sin, to.0 - cos * from.0 + sin * from.1, sin, cos, to.1 - sin * from.0 - cos * from.1])
}

/// Of one point or more.
fn mean(points: impl ExactSizeIterator<Item = (f32, f32)>) -> (f32, f32) {
    let count = points.len() as f32;
    let sum = points.fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    (sum.0 / count, sum.1 / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::face::{MESH_POINTS, MeshPoint};
    use image::Rgb;

    /// A mesh whose points lie in a square of this side as the description wants, turned and shifted.
    fn mesh(how: &Describing, side: f32, angle: f32, shift: (f32, f32)) -> FaceMesh {
        let mut points = vec![MeshPoint::default(); MESH_POINTS];
        let (sin, cos) = angle.sin_cos();
        for PlacedPoint { mesh, at: [x, y] } in &how.points {
            for index in mesh {
                points[*index] = MeshPoint {
                    x: side * (cos * x - sin * y) + shift.0,
                    y: side * (sin * x + cos * y) + shift.1,
                    z: 0.0,
                };
            }
        }
        FaceMesh { points, presence: 1.0 }
    }

    fn picture() -> RgbImage {
        RgbImage::from_fn(200, 200, |x, y| Rgb([(x * 3) as u8, (y * 5) as u8, (x ^ y) as u8]))
    }

    /// A folder with the program's own network under a description changed by `change`.
    fn own(change: impl FnOnce(String) -> String) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let text = include_str!("../../assets/models/face_recognition.toml").to_owned();
        let file = folder.path().join("face_descriptor.toml");
        std::fs::write(&file, change(text)).unwrap();
        let network = include_bytes!("../../assets/models/face_recognition.onnx");
        std::fs::write(folder.path().join("face_recognition.onnx"), network).unwrap();
        (folder, file)
    }

    #[test]
    fn the_levelling_undoes_turn_scale_and_shift() {
        let how = Describing::built_in().unwrap();
        let map = levelling(&mesh(&how, 120.0, 0.3, (40.0, 25.0)), &how.points, 150);
        let (x, y) = map.apply(0.0, 0.0);
        assert!((x - 40.0).abs() < 0.01 && (y - 25.0).abs() < 0.01, "{x} {y}");
        assert!((map.scale() - 120.0 / 150.0).abs() < 1e-4);
    }

    #[test]
    fn one_picture_has_one_descriptor_and_another_picture_another() {
        let mut describer = OnnxDescriber::embedded().unwrap();
        describer.how.mirrored = false;
        let mesh = mesh(&describer.how, 120.0, 0.1, (40.0, 40.0));
        let describe = |pixels: &RgbImage| describer.describe(pixels, &mesh).unwrap();
        assert_eq!(describe(&picture()), describe(&picture()));
        let plain = RgbImage::from_pixel(200, 200, Rgb([120, 110, 100]));
        assert!(describe(&picture()).distance(&describe(&plain)) > 0.3);
    }

    #[test]
    fn a_mirrored_photo_has_the_descriptor_of_the_photo() {
        let describer = OnnxDescriber::embedded().unwrap();
        let points = &describer.how.points;
        let middle = mean(points.iter().map(|point| (point.at[0], point.at[1]))).0;
        // The middle of the points is the axis, so that the mirrored mesh is the same one.
        let upright = mesh(&describer.how, 120.0, 0.0, (99.5 - 120.0 * middle, 40.0));
        let flipped = image::imageops::flip_horizontal(&picture());
        let one = describer.describe(&picture(), &upright).unwrap();
        let other = describer.describe(&flipped, &upright).unwrap();
        assert!(one.distance(&other) < 0.12, "{}", one.distance(&other));
    }

    #[test]
    fn channels_are_ordered_and_scaled_as_the_network_wants() {
        let mut how = Describing::built_in().unwrap();
        (how.channels, how.mean, how.deviation) = (Channels::Bgr, [10.0, 20.0, 30.0], [1.0, 2.0, 4.0]);
        let mut picture =
            Chw { channels: 3, height: 1, width: 2, values: vec![50.0, 60.0, 1.0, 2.0, 7.0, 8.0] };
        how.prepare(&mut picture);
        assert_eq!(picture.values, [-3.0, -2.0, -9.5, -9.0, 5.0, 7.5]);
    }

    #[test]
    fn a_network_of_ones_own_answers_as_it_is_described() {
        let (_folder, file) = own(|text| text.replace("unit_length = false", "unit_length = true"));
        let (own, built_in) = (OnnxDescriber::of_file(&file).unwrap(), OnnxDescriber::embedded().unwrap());
        let mesh = mesh(&own.how, 120.0, 0.0, (40.0, 40.0));
        let describe = |describer: &OnnxDescriber| describer.describe(&picture(), &mesh).unwrap();
        assert!(describe(&own).distance(&describe(&built_in).at_unit_length()) < 1e-6);
    }

    #[test]
    fn a_network_that_does_not_fit_its_description_is_told_at_once() {
        for (from, to, told) in [
            ("side_px = 150", "side_px = 20", "face_descriptor.toml"),
            ("network = \"face_recognition.onnx\"", "network = \"other.onnx\"", "other.onnx"),
            ("mirrored = true", "mirrored = true\noutput = \"nothing\"", "nothing"),
        ] {
            let (folder, file) = own(|text| text.replace(from, to));
            let error =
                OnnxDescriber::of_file(&file).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(told) && error.contains("docs/identity.md"), "{to}: {error}");
            drop(folder);
        }
        let (folder, file) = own(|text| text);
        std::fs::write(folder.path().join("face_recognition.onnx"), b"no network").unwrap();
        assert!(OnnxDescriber::of_file(&file).is_err());
    }
}
