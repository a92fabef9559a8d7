//! What is known exactly about a drawn portrait.

use crate::photo::Point;

use super::anatomy::Anatomy;
use super::eyes;
use super::head::Head;
use super::mesh::{Mesh, Part};
use super::spec::SitterSpec;
use super::strand::{Strand, StrandKind};
use super::view::{Posture, View};

/// Places and angles of a portrait, in pixels of the picture. Left and right are the person's:
/// the left eye is at the image's right when the person faces the camera.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// Middle of the pupils, also behind closed lids.
    pub eye_left: Point,
    pub eye_right: Point,
    /// Lowest point of the chin along the face's own axis.
    pub chin: Point,
    /// Highest row of the hair that lies on the head; loose hairs and knots above it do not count.
    pub crown: Point,
    /// Highest row of all hair, knots included, loose hairs not.
    pub hair_top: Point,
    /// Widest points of the face below the temples, across the face's own axis, without ears and hair.
    pub cheek_left: Point,
    pub cheek_right: Point,
    pub nose_tip: Point,
    /// Middle of the line where the lips meet at rest.
    pub mouth: Point,
    /// Clockwise on screen.
    pub roll_degrees: f32,
    /// Positive: the nose points to the image's right.
    pub yaw_degrees: f32,
    /// Positive: the chin is lifted.
    pub pitch_degrees: f32,
    /// Largest distance of the lids, in shares of the eye's length.
    pub lid_gap_left: f32,
    pub lid_gap_right: f32,
    /// Persons in the picture.
    pub people: u32,
    /// sRGB colour of the background where nothing darkens it, before exposure and cast.
    pub background: [u8; 3],
}

impl Truth {
    pub fn eye_midpoint(&self) -> Point {
        self.eye_left.midpoint(self.eye_right)
    }
}

/// Reads the truth off the posed geometry.
pub fn truth(
    spec: &SitterSpec,
    head: &Head,
    posture: &Posture,
    view: &View,
    meshes: &[Mesh],
    hair: &[Strand],
) -> Truth {
    let anatomy = head.anatomy;
    let posed = |p| view.pixel(posture.head(p));
    let (eye_left, eye_right) = (posed(eyes::pupil(anatomy, 1.0)), posed(eyes::pupil(anatomy, -1.0)));
    let axes = Axes::new(spec.pose.roll_degrees);
    let skin: Vec<(Point, super::math::Vec3)> = meshes
        .iter()
        .filter(|m| m.part == Part::Face)
        .flat_map(|m| m.vertices.iter().map(|v| (view.pixel(v.at), v.rest)))
        .collect();
    let (cheek_right, cheek_left) = cheeks(&skin, &axes, spec.head.length);
    let crown_hair = |knots: bool| {
        let worn = hair.iter().filter(|s| s.kind == StrandKind::Scalp && !s.loose && (knots || !s.knot));
        let strands = worn.flat_map(|s| s.points.iter().map(|&p| view.pixel(p)));
        highest(strands.chain(skin.iter().map(|(p, _)| *p)))
    };
    Truth {
        eye_left,
        eye_right,
        chin: chin(&skin, &axes),
        crown: crown_hair(false),
        hair_top: crown_hair(true),
        cheek_left,
        cheek_right,
        nose_tip: posed(head.front(0.0, -3.75 * spec.head.length * spec.head.nose_length)),
        mouth: posed(head.front(0.0, anatomy.lip_line(0.0))),
        roll_degrees: spec.pose.roll_degrees,
        yaw_degrees: spec.pose.yaw_degrees,
        pitch_degrees: spec.pose.pitch_degrees,
        lid_gap_left: lid_gap(anatomy, 1.0),
        lid_gap_right: lid_gap(anatomy, -1.0),
        people: 1 + u32::from(spec.companion.is_some()),
        background: spec.background.color,
    }
}

/// Directions of the upright face on screen.
struct Axes {
    sin: f32,
    cos: f32,
}

impl Axes {
    fn new(roll_degrees: f32) -> Self {
        let (sin, cos) = super::math::sin_cos_degrees(roll_degrees);
        Self { sin, cos }
    }

    fn across(&self, p: Point) -> f32 {
        p.x * self.cos + p.y * self.sin
    }

    fn down(&self, p: Point) -> f32 {
        p.y * self.cos - p.x * self.sin
    }
}

/// Leftmost and rightmost skin between the eyes' and the nose's height.
fn cheeks(skin: &[(Point, super::math::Vec3)], axes: &Axes, length: f32) -> (Point, Point) {
    let band =
        || skin.iter().filter(|(_, rest)| rest.y < 0.2 * length && rest.y > -4.5 * length).map(|(p, _)| *p);
    let least = band().min_by(|a, b| axes.across(*a).total_cmp(&axes.across(*b)));
    let most = band().max_by(|a, b| axes.across(*a).total_cmp(&axes.across(*b)));
    (least.unwrap_or_default(), most.unwrap_or_default())
}

fn chin(skin: &[(Point, super::math::Vec3)], axes: &Axes) -> Point {
    let front = skin.iter().filter(|(_, rest)| rest.x.abs() < 0.2 && rest.z > 2.0).map(|(p, _)| *p);
    front.max_by(|a, b| axes.down(*a).total_cmp(&axes.down(*b))).unwrap_or_default()
}

fn highest(points: impl Iterator<Item = Point>) -> Point {
    points.min_by(|a, b| a.y.total_cmp(&b.y)).unwrap_or_default()
}

fn lid_gap(anatomy: &Anatomy, side: f32) -> f32 {
    let gap = |k: i32| {
        let (upper, lower) = anatomy.lid_edges(k as f32 / 20.0, side);
        upper - lower
    };
    (-19..20).map(gap).fold(0.0, f32::max) / (2.0 * anatomy.eye_half)
}
