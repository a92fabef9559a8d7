//! Yaw and pitch by two independent ways: the mesh's own depth, and proportions in the picture plane.

use crate::inspect::face::{DetectedFace, FaceMesh, MeshPoint};

use super::geometry::FaceGeometry;
use super::points;

/// True pitch = scale × (the mesh's + lift), degrees: fitted on 240 drawn sitters within 28 degrees, whose pitch is known
/// (spread of what is left: 2.5), and lowered by half a degree towards the median of frontal portraits.
const PITCH_SCALE: f64 = 1.17;
const PITCH_LIFT_DEG: f64 = 7.4;

/// How the head is turned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Positive when the nose points to the right on screen, degrees.
    pub yaw_deg: f64,
    /// Nose tip between the cheeks, −1..=1, positive when nearer to the right one; the second way to yaw.
    pub asymmetry: f64,
    /// Positive when the chin is raised, degrees.
    pub pitch_deg: f64,
    /// Nose tip below the pupil line as a share of eye line to chin; the second way to pitch.
    pub nose_share: f64,
    /// Ears below the pupil line by the detector's own points, in eye distances; they sink as the chin is raised. The
    /// third way to pitch, of another model.
    pub ear_drop: Option<f64>,
}

impl Pose {
    pub fn of(mesh: &FaceMesh, geometry: &FaceGeometry, detected: Option<&DetectedFace>) -> Option<Self> {
        let at = |index: usize| mesh.points.get(index).copied();
        let mut across = [0.0_f64; 3];
        for (left, right) in points::MIRRORED {
            let step = difference(at(right)?, at(left)?);
            (0..3).for_each(|axis| across[axis] += step[axis]);
        }
        let across = unit(across)?;
        let down = difference(at(points::CHIN)?, at(points::FOREHEAD_TOP)?);
        let lean: f64 = (0..3).map(|axis| down[axis] * across[axis]).sum();
        let down = unit(std::array::from_fn(|axis| down[axis] - lean * across[axis]))?;
        let axes = geometry.axes();
        let x_of = |point| axes.to_face(point).0;
        let nose = axes.to_face(geometry.nose_tip);
        let (to_left, to_right) = (nose.0 - x_of(geometry.cheek_left), x_of(geometry.cheek_right) - nose.0);
        Some(Self {
            yaw_deg: across[2].atan2(across[0].hypot(across[1])).to_degrees(),
            asymmetry: (to_left - to_right) / (to_left.abs() + to_right.abs()).max(1e-9),
            pitch_deg: PITCH_SCALE * ((-down[2]).atan2(down[0].hypot(down[1])).to_degrees() + PITCH_LIFT_DEG),
            nose_share: nose.1 * geometry.ied_px / geometry.eye_to_chin_px,
            ear_drop: detected.map(|face| {
                let [.., ear_right, ear_left] = face.key_points;
                (axes.to_face(ear_right).1 + axes.to_face(ear_left).1) / 2.0
            }),
        })
    }
}

fn difference(to: MeshPoint, from: MeshPoint) -> [f64; 3] {
    [f64::from(to.x - from.x), f64::from(to.y - from.y), f64::from(to.z - from.z)]
}

fn unit(vector: [f64; 3]) -> Option<[f64; 3]> {
    let length = vector.iter().map(|part| part * part).sum::<f64>().sqrt();
    (length > 1e-9).then(|| vector.map(|part| part / length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;
    use crate::photo::Point;

    /// The drawn face turned about its vertical axis as a flat card with the nose standing out.
    fn turned(yaw_deg: f32) -> Pose {
        let (sin, cos) = yaw_deg.to_radians().sin_cos();
        let mut mesh = fixture::mesh(Point::new(0.0, 0.0), 100.0, 0.0);
        mesh.points[points::NOSE_TIP].z = -60.0;
        for point in &mut mesh.points {
            let (x, z) = (point.x, point.z);
            point.x = cos * x - sin * z;
            point.z = sin * x + cos * z;
        }
        Pose::of(&mesh, &FaceGeometry::of(&mesh).unwrap(), None).unwrap()
    }

    #[test]
    fn both_ways_agree_on_the_side() {
        let pose = turned(12.0);
        assert!((pose.yaw_deg - 12.0).abs() < 0.5, "{}", pose.yaw_deg);
        assert!(pose.asymmetry > 0.05, "{}", pose.asymmetry);
    }

    #[test]
    fn a_frontal_face_is_symmetric() {
        let pose = turned(0.0);
        assert!(pose.yaw_deg.abs() < 1e-3 && pose.asymmetry.abs() < 1e-3);
    }
}
