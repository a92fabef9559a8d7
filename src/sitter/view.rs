//! Where things stand and how they are seen: the joints of head and chest, and the camera.

use crate::photo::Point;

use super::anatomy::{Anatomy, CHIN_Y, SKULL_TOP_Y};
use super::math::{Mat3, Vec3, clamp01, smoothstep, v3};
use super::spec::SitterSpec;

/// Joint about which the head turns, in face coordinates.
const NECK_JOINT: Vec3 = v3(0.0, -8.5, -5.5);
/// Joint about which the chest turns.
const CHEST_JOINT: Vec3 = v3(0.0, -22.0, -6.0);

/// The turns of head and chest.
#[derive(Clone, Copy, Debug)]
pub struct Posture {
    head: Mat3,
    chest: Mat3,
}

impl Posture {
    pub fn new(spec: &SitterSpec) -> Self {
        let pose = spec.pose;
        let nod = Mat3::about_x(pose.pitch_degrees);
        let head = Mat3::about_z(pose.roll_degrees).after(&Mat3::about_y(pose.yaw_degrees).after(&nod));
        let shoulders = spec.shoulders;
        let chest = Mat3::about_z(shoulders.tilt_degrees).after(&Mat3::about_y(shoulders.turn_degrees));
        Self { head, chest }
    }

    pub fn head(&self, point: Vec3) -> Vec3 {
        NECK_JOINT + self.head.apply(point - NECK_JOINT)
    }

    pub fn head_direction(&self, direction: Vec3) -> Vec3 {
        self.head.apply(direction)
    }

    pub fn chest(&self, point: Vec3) -> Vec3 {
        CHEST_JOINT + self.chest.apply(point - CHEST_JOINT)
    }

    /// The neck and loose hair follow the head above and the chest below.
    pub fn between(&self, point: Vec3) -> Vec3 {
        let share = smoothstep(-17.0, -8.0, point.y);
        self.chest(point).lerp(self.head(point), clamp01(share))
    }
}

/// A pinhole camera whose axis passes through the midpoint of the eyes.
#[derive(Clone, Copy, Debug)]
pub struct View {
    target: Vec3,
    distance: f32,
    /// Pixels for one centimetre at the eyes.
    pub scale: f32,
    centre: (f32, f32),
}

/// A projected point: pixels, and a nearness that grows towards the camera and is linear on screen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    pub x: f32,
    pub y: f32,
    pub near: f32,
}

impl View {
    pub fn new(spec: &SitterSpec, anatomy: &Anatomy, posture: &Posture) -> Self {
        let camera = spec.camera;
        let (width, height) = (camera.width_px as f32, camera.height_px as f32);
        // A head's height is counted with the hair that lies on it.
        let head_cm = (SKULL_TOP_Y + 1.1 - CHIN_Y) * anatomy.shape.length;
        Self {
            target: posture.head(v3(0.0, 0.0, 4.0)),
            distance: camera.distance_cm,
            scale: camera.head_height * height / head_cm,
            centre: (width * (0.5 + camera.off_centre), height * camera.eye_line),
        }
    }

    pub fn project(&self, point: Vec3) -> Seen {
        let p = point - self.target;
        let near = 1.0 / (self.distance - p.z).max(1.0);
        let enlarge = self.scale * self.distance * near;
        Seen { x: self.centre.0 + p.x * enlarge, y: self.centre.1 - p.y * enlarge, near }
    }

    pub fn pixel(&self, point: Vec3) -> Point {
        let seen = self.project(point);
        Point::new(seen.x, seen.y)
    }

    /// Direction from a point to the camera.
    pub fn towards_camera(&self, point: Vec3) -> Vec3 {
        (self.target + v3(0.0, 0.0, self.distance) - point).unit()
    }

    /// The point of the plane at depth `z` that is seen at this pixel.
    pub fn on_plane(&self, x: f32, y: f32, z: f32) -> Vec3 {
        let away = self.distance - (z - self.target.z);
        let shrink = away / (self.scale * self.distance);
        v3(self.target.x + (x - self.centre.0) * shrink, self.target.y - (y - self.centre.1) * shrink, z)
    }
}
