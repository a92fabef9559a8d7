//! The real face models must take our drawn sitters for faces and agree with their known truth.
#![allow(clippy::unwrap_used)]

use photodesk::inspect::face::{DetectedFace, FaceMesh, FaceModel};
use photodesk::inspect::face_onnx::OnnxFaceModel;
use photodesk::photo::Point;
use photodesk::sitter::demo::demo_sitters;
use photodesk::sitter::fault::Fault;
use photodesk::sitter::{Portrait, SitterSpec, render, vary};

const RIGHT_IRIS: usize = 468;
const LEFT_IRIS: usize = 473;
const NOSE_TIP: usize = 1;
const CHIN: usize = 152;
const LIPS_INSIDE: (usize, usize) = (13, 14);
const RIGHT_LIDS: (usize, usize) = (159, 145);
const LEFT_LIDS: (usize, usize) = (386, 374);

/// One portrait and what the models see in it.
struct Look {
    portrait: Portrait,
    faces: Vec<DetectedFace>,
    mesh: FaceMesh,
}

impl Look {
    fn point(&self, index: usize) -> Point {
        self.mesh.points[index].at()
    }

    fn gap(&self, (one, other): (usize, usize)) -> f32 {
        self.point(one).distance(self.point(other)) / self.point(RIGHT_IRIS).distance(self.point(LEFT_IRIS))
    }

    fn roll_degrees(&self) -> f32 {
        let (right, left) = (self.point(RIGHT_IRIS), self.point(LEFT_IRIS));
        (left.y - right.y).atan2(left.x - right.x).to_degrees()
    }

    fn eye_midpoint_error(&self) -> f32 {
        let seen = self.point(RIGHT_IRIS).midpoint(self.point(LEFT_IRIS));
        seen.distance(self.portrait.truth.eye_midpoint()) / self.portrait.pixels.width() as f32
    }
}

/// Draws at a size that keeps the test short.
fn look(model: &OnnxFaceModel, mut spec: SitterSpec) -> Look {
    (spec.camera.width_px, spec.camera.height_px) = (360, 480);
    spec.camera.blur_px *= 0.4;
    let portrait = render(&spec);
    let faces = model.detect(&portrait.pixels).unwrap();
    assert!(!faces.is_empty(), "no face in {spec:?}");
    let mesh = model.mesh(&portrait.pixels, &faces[0]).unwrap();
    Look { portrait, faces, mesh }
}

#[test]
fn the_models_find_every_demonstration_sitter_where_it_is() {
    let model = OnnxFaceModel::embedded().unwrap();
    for sitter in demo_sitters() {
        let look = look(&model, sitter.spec.clone());
        let what = format!("{} {:?}", sitter.file_name, sitter.fault);
        assert_eq!(look.faces.len(), look.portrait.truth.people as usize, "{what}");
        assert!(look.mesh.presence > 0.9, "{what}: presence {}", look.mesh.presence);
        let least_score = if sitter.fault.is_some() { 0.85 } else { 0.9 };
        assert!(look.faces[0].score > least_score, "{what}: score {}", look.faces[0].score);
        let hidden = matches!(sitter.fault, Some(Fault::EyesClosed | Fault::Sunglasses | Fault::Blurred));
        if !hidden {
            assert!(look.eye_midpoint_error() < 0.01, "{what}: eyes {}", look.eye_midpoint_error());
            let error = look.roll_degrees() - look.portrait.truth.roll_degrees;
            assert!(error.abs() < 1.5, "{what}: roll {error}");
        }
        let chin = look.point(CHIN).distance(look.portrait.truth.chin) / look.portrait.pixels.width() as f32;
        assert!(chin < 0.03, "{what}: chin {chin}");
    }
}

#[test]
fn roll_is_true_over_a_grid() {
    let model = OnnxFaceModel::embedded().unwrap();
    for roll in [-20.0, -10.0, -5.0, 0.0, 5.0, 10.0, 20.0] {
        let mut spec = vary(70);
        spec.pose.roll_degrees = roll;
        let error = look(&model, spec).roll_degrees() - roll;
        assert!(error.abs() < 1.0, "roll {roll}: off by {error}");
    }
}

#[test]
fn the_nose_follows_yaw_and_pitch() {
    let model = OnnxFaceModel::embedded().unwrap();
    let nose = |yaw: f32, pitch: f32| {
        let mut spec = vary(71);
        (spec.pose.yaw_degrees, spec.pose.pitch_degrees, spec.pose.roll_degrees) = (yaw, pitch, 0.0);
        let look = look(&model, spec);
        let eyes = look.portrait.truth.eye_midpoint();
        let tip = look.point(NOSE_TIP);
        assert!((tip.x - look.portrait.truth.nose_tip.x).abs() < 8.0);
        (tip.x - eyes.x, tip.y - eyes.y)
    };
    let (left, middle, right) = (nose(-20.0, 0.0), nose(0.0, 0.0), nose(20.0, 0.0));
    assert!(left.0 < middle.0 - 5.0 && middle.0 + 5.0 < right.0, "{left:?} {middle:?} {right:?}");
    let (bowed, lifted) = (nose(0.0, -15.0), nose(0.0, 15.0));
    assert!(lifted.1 < middle.1 - 2.0 && middle.1 + 2.0 < bowed.1, "{lifted:?} {middle:?} {bowed:?}");
}

#[test]
fn lids_and_lips_open_as_told() {
    let model = OnnxFaceModel::embedded().unwrap();
    let base = vary(72);
    let awake = look(&model, base.clone());
    let asleep = look(&model, Fault::EyesClosed.apply(base.clone()));
    for lids in [RIGHT_LIDS, LEFT_LIDS] {
        assert!(asleep.gap(lids) < 0.6 * awake.gap(lids), "{} {}", asleep.gap(lids), awake.gap(lids));
    }
    let talking = look(&model, Fault::MouthOpen.apply(base));
    assert!(talking.gap(LIPS_INSIDE) > awake.gap(LIPS_INSIDE) + 0.05);
}

#[test]
fn one_winking_eye_is_the_one_named() {
    let model = OnnxFaceModel::embedded().unwrap();
    let mut spec = vary(72);
    spec.expression.left_lid = 0.0;
    let look = look(&model, spec);
    assert!(look.gap(LEFT_LIDS) < 0.7 * look.gap(RIGHT_LIDS));
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    let mut spec = vary(3);
    (spec.camera.width_px, spec.camera.height_px) = (180, 240);
    let (one, other) = (render(&spec), render(&spec));
    assert_eq!(one.pixels, other.pixels);
    assert_eq!(one.alpha, other.alpha);
}
