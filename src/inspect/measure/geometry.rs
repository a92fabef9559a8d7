//! Where eyes, chin and cheeks stand, and the face's own axes.

use crate::inspect::face::FaceMesh;
use crate::photo::Point;

use super::points;

/// Levels between eyes and mouth at which the face is measured across.
const WIDTH_LEVELS: usize = 24;

/// The mesh's lowest point lies this far above the chin's outline, and its cheek points this far inside the cheeks',
/// eye distances; measured on drawn sitters, whose outline is known.
pub(crate) const CHIN_BELOW_MESH_IED: f64 = 0.03;
pub(crate) const CHEEK_OUTSIDE_MESH_IED: f64 = 0.04;

/// The face in photo pixels. Left and right as seen on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceGeometry {
    /// Iris centres.
    pub eye_left: Point,
    pub eye_right: Point,
    /// Their midpoint M.
    pub eyes: Point,
    /// Distance of the irises.
    pub ied_px: f64,
    /// Clockwise slope of the pupil line in degrees.
    pub roll_deg: f64,
    /// Clockwise lean of the line from the forehead to the chin in degrees; the second way to roll.
    pub lean_deg: f64,
    pub mouth: Point,
    pub chin: Point,
    pub nose_tip: Point,
    pub cheek_left: Point,
    pub cheek_right: Point,
    /// Cheek to cheek along the pupil line: the widest level between eyes and mouth, ears excluded.
    pub face_width_px: f64,
    /// T: from the pupil line down to the chin.
    pub eye_to_chin_px: f64,
}

impl FaceGeometry {
    /// Measures the mesh; `None` for a mesh without irises or without extent.
    pub fn of(mesh: &FaceMesh) -> Option<Self> {
        let at = |index: usize| mesh.points.get(index).map(|point| point.at());
        let (eye_left, eye_right) = (at(points::IRIS_LEFT)?, at(points::IRIS_RIGHT)?);
        let ied_px = f64::from(eye_left.distance(eye_right));
        if !ied_px.is_finite() || ied_px < 1.0 {
            return None;
        }
        let slope = f64::from(eye_right.y - eye_left.y).atan2(f64::from(eye_right.x - eye_left.x));
        let axes = FaceAxes { origin: eye_left.midpoint(eye_right), roll_deg: slope.to_degrees(), ied_px };
        let mouth = at(points::INNER_LIPS.0)?.midpoint(at(points::INNER_LIPS.1)?);
        let (chin_x, chin_y) = axes.to_face(at(points::CHIN)?);
        let eye_to_chin = chin_y + CHIN_BELOW_MESH_IED;
        let chin = axes.to_photo((chin_x, eye_to_chin));
        let (cheek_left, cheek_right, width) = widest_level(mesh, &axes, mouth)?;
        (width > 0.0 && eye_to_chin > 0.0).then_some(Self {
            eye_left,
            eye_right,
            eyes: axes.origin,
            ied_px,
            roll_deg: axes.roll_deg,
            lean_deg: lean_deg(at(points::FOREHEAD_TOP)?, chin),
            mouth,
            chin,
            nose_tip: at(points::NOSE_TIP)?,
            cheek_left,
            cheek_right,
            face_width_px: width * ied_px,
            eye_to_chin_px: eye_to_chin * ied_px,
        })
    }

    pub fn axes(&self) -> FaceAxes {
        FaceAxes { origin: self.eyes, roll_deg: self.roll_deg, ied_px: self.ied_px }
    }
}

/// The face's own coordinates: origin between the eyes, x along the pupil line to the right on screen,
/// y towards the chin, one unit = one eye distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceAxes {
    pub origin: Point,
    pub roll_deg: f64,
    pub ied_px: f64,
}

impl FaceAxes {
    /// A photo point in eye distances.
    pub fn to_face(&self, point: Point) -> (f64, f64) {
        let level = point.rotated_about(self.origin, -self.roll_deg as f32);
        let x = f64::from(level.x - self.origin.x) / self.ied_px;
        (x, f64::from(level.y - self.origin.y) / self.ied_px)
    }

    /// A position in eye distances as photo point.
    pub fn to_photo(&self, (x, y): (f64, f64)) -> Point {
        let level =
            Point::new(self.origin.x + (x * self.ied_px) as f32, self.origin.y + (y * self.ied_px) as f32);
        level.rotated_about(self.origin, self.roll_deg as f32)
    }
}

/// Clockwise angle of a downward line from the vertical.
fn lean_deg(top: Point, bottom: Point) -> f64 {
    f64::from(top.x - bottom.x).atan2(f64::from(bottom.y - top.y)).to_degrees()
}

/// Left and right cheek and their distance in eye distances at the widest level.
fn widest_level(mesh: &FaceMesh, axes: &FaceAxes, mouth: Point) -> Option<(Point, Point, f64)> {
    let side = |indices: &[usize]| -> Option<Vec<(f64, f64)>> {
        indices.iter().map(|&index| mesh.points.get(index).map(|point| axes.to_face(point.at()))).collect()
    };
    let (left, right) = (side(&points::CONTOUR_LEFT)?, side(&points::CONTOUR_RIGHT)?);
    let mouth_level = axes.to_face(mouth).1;
    (0..=WIDTH_LEVELS)
        .filter_map(|step| {
            let level = mouth_level * step as f64 / WIDTH_LEVELS as f64;
            let (x_left, x_right) = (at_level(&left, level)?, at_level(&right, level)?);
            Some((x_left, x_right, level))
        })
        .max_by(|one, other| (one.1 - one.0).total_cmp(&(other.1 - other.0)))
        .map(|(x_left, x_right, level)| {
            let (x_left, x_right) = (x_left - CHEEK_OUTSIDE_MESH_IED, x_right + CHEEK_OUTSIDE_MESH_IED);
            (axes.to_photo((x_left, level)), axes.to_photo((x_right, level)), x_right - x_left)
        })
}

/// Where a polyline that runs downwards crosses a level.
fn at_level(line: &[(f64, f64)], level: f64) -> Option<f64> {
    line.windows(2).find_map(|pair| {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let inside = (y0 <= level && level <= y1) || (y1 <= level && level <= y0);
        let share = if (y1 - y0).abs() < 1e-9 { 0.0 } else { (level - y0) / (y1 - y0) };
        inside.then_some(x0 + (x1 - x0) * share)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;

    #[test]
    fn a_drawn_face_is_measured_exactly() {
        let geometry = FaceGeometry::of(&fixture::mesh(Point::new(240.0, 252.0), 96.0, 0.0)).unwrap();
        assert!((geometry.ied_px - 96.0).abs() < 1e-3);
        assert!((geometry.face_width_px - 2.2 * 96.0).abs() < 0.5, "{}", geometry.face_width_px);
        assert!((geometry.eye_to_chin_px - 1.8 * 96.0).abs() < 0.5);
        assert!(geometry.roll_deg.abs() < 1e-3);
    }

    #[test]
    fn roll_is_clockwise_and_leaves_lengths_alone() {
        let geometry = FaceGeometry::of(&fixture::mesh(Point::new(240.0, 252.0), 96.0, 7.0)).unwrap();
        assert!((geometry.roll_deg - 7.0).abs() < 1e-3);
        assert!((geometry.lean_deg - 7.0).abs() < 1e-2, "{}", geometry.lean_deg);
        assert!((geometry.face_width_px - 2.2 * 96.0).abs() < 0.5);
    }
}
