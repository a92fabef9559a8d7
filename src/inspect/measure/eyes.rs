//! How far the lids stand apart, against the face and against the person's own iris.

use crate::inspect::face::FaceMesh;
use crate::photo::Point;

use super::geometry::FaceGeometry;
use super::points;

/// Both eyes.
#[derive(Clone, Debug, PartialEq)]
pub struct Eyes {
    pub left: Eye,
    pub right: Eye,
}

/// One eye.
#[derive(Clone, Debug, PartialEq)]
pub struct Eye {
    /// Largest lid gap over T (pupil line to chin).
    pub gap_per_face: f64,
    /// Largest lid gap over the width of the eye between its corners.
    pub gap_per_width: f64,
    /// Share of the iris height that the lids leave visible, 0..=1.
    pub iris_share: f64,
    /// Width of the eye in photo pixels.
    pub width_px: f64,
    /// Both lids as one closed line, in photo pixels.
    pub outline: Vec<Point>,
}

impl Eyes {
    pub fn of(mesh: &FaceMesh, geometry: &FaceGeometry) -> Option<Self> {
        let eye = |lids: &[(usize, usize)], corners: (usize, usize), outline: &[usize], iris: usize| {
            one_eye(mesh, geometry, lids, corners, outline, iris)
        };
        Some(Self {
            left: eye(
                &points::LIDS_LEFT,
                points::EYE_CORNERS_LEFT,
                &points::EYE_OUTLINE_LEFT,
                points::IRIS_LEFT,
            )?,
            right: eye(
                &points::LIDS_RIGHT,
                points::EYE_CORNERS_RIGHT,
                &points::EYE_OUTLINE_RIGHT,
                points::IRIS_RIGHT,
            )?,
        })
    }

    /// The eye with the smaller lid gap.
    pub fn narrower(&self) -> &Eye {
        if self.left.gap_per_face <= self.right.gap_per_face { &self.left } else { &self.right }
    }

    pub fn wider(&self) -> &Eye {
        if self.left.gap_per_face <= self.right.gap_per_face { &self.right } else { &self.left }
    }
}

fn one_eye(
    mesh: &FaceMesh,
    geometry: &FaceGeometry,
    lids: &[(usize, usize)],
    corners: (usize, usize),
    outline: &[usize],
    iris: usize,
) -> Option<Eye> {
    let axes = geometry.axes();
    let at = |index: usize| mesh.points.get(index).map(|point| point.at());
    let place = |index: usize| at(index).map(|point| axes.to_face(point));
    let gaps: Option<Vec<f64>> =
        lids.iter().map(|&(upper, lower)| Some(place(lower)?.1 - place(upper)?.1)).collect();
    let gap = gaps?.into_iter().fold(0.0, f64::max);
    let (outer, inner) = (place(corners.0)?, place(corners.1)?);
    let width = (outer.0 - inner.0).hypot(outer.1 - inner.1).max(1e-6);
    let rim: Option<Vec<Point>> = points::IRIS_RIM.iter().map(|&step| at(iris + step)).collect();
    let rim = rim?;
    let across = f64::from(rim[0].distance(rim[2])).max(f64::from(rim[1].distance(rim[3])));
    let iris_size = (across / geometry.ied_px).max(1e-6);
    Some(Eye {
        gap_per_face: gap * geometry.ied_px / geometry.eye_to_chin_px,
        gap_per_width: gap / width,
        iris_share: (gap / iris_size).min(1.0),
        width_px: width * geometry.ied_px,
        outline: outline.iter().filter_map(|&index| at(index)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;

    #[test]
    fn the_gap_is_measured_against_the_face() {
        let mesh = fixture::mesh(Point::new(200.0, 200.0), 100.0, 5.0);
        let eyes = Eyes::of(&mesh, &FaceGeometry::of(&mesh).unwrap()).unwrap();
        assert!((eyes.narrower().gap_per_face - 0.13 / 1.8).abs() < 1e-3);
        assert!((eyes.left.iris_share - 0.13 / 0.18).abs() < 1e-2);
    }

    #[test]
    fn one_closed_eye_is_the_narrower_one() {
        let mut mesh = fixture::mesh(Point::new(200.0, 200.0), 100.0, 0.0);
        for (upper, lower) in points::LIDS_RIGHT {
            mesh.points[upper].y = mesh.points[lower].y - 1.0;
        }
        let eyes = Eyes::of(&mesh, &FaceGeometry::of(&mesh).unwrap()).unwrap();
        assert!(eyes.narrower().gap_per_face < 0.01);
        assert_eq!(eyes.narrower(), &eyes.right);
    }
}
