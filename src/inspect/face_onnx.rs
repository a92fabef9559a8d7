//! The face models: BlazeFace finds faces, the attention mesh gives their points, networks of our own tell glasses
//! and head coverings.

mod attention;
mod blaze;
mod choice;
mod look;
mod quiet;
mod regions;
mod tuning;
mod worn;

use std::cell::RefCell;
use std::rc::Rc;

use image::RgbImage;

use super::FaceError;
use super::face::{DetectedFace, FaceMesh, FaceModel, MESH_POINTS, MeshPoint};
use super::net_onnx::{Chw, Net, Threads};
use super::warp::{Border, Range, Region, sample};
use attention::{FEATURE_CHANNELS, FEATURE_SIDE, HeadWindow, INPUT_PX, InputPoint, STEM_POINTS};
use blaze::{Candidate, FULL_RANGE, Layout, SHORT_RANGE, VALUES_PER_ANCHOR};
use look::{Look, Overview};
use regions::{EYE_LEFT, EYE_RIGHT, LIPS, RefinedRegion};
use tuning::Tuning;

/// The mesh looks at this much more than the detector's box (MediaPipe's face landmark graph).
const MESH_MARGIN: f32 = 1.5;

/// The embedded face models.
pub struct OnnxFaceModel {
    short_range: Net,
    full_range: Net,
    stem: Net,
    lips: Net,
    eye_left: Net,
    eye_right: Net,
    glasses: Net,
    head_covering: Net,
    earrings: Net,
    tuning: Tuning,
}

impl OnnxFaceModel {
    /// Loads the models that are part of the program; each calling thread computes on one worker of its own.
    pub fn embedded() -> Result<Self, FaceError> {
        Self::load(&Threads::OnePerCaller)
    }

    /// As [`OnnxFaceModel::embedded`], but all callers share `threads` workers: quicker for a single photo.
    pub fn embedded_with_threads(threads: usize) -> Result<Self, FaceError> {
        Self::load(&Threads::shared(threads))
    }

    fn load(threads: &Threads) -> Result<Self, FaceError> {
        macro_rules! net {
            ($name:literal, $($output:literal),+) => {
                Net::load(
                    $name,
                    include_bytes!(concat!("../../assets/models/", $name, ".onnx")),
                    &[$($output),+],
                    threads,
                )
            };
        }
        Ok(Self {
            short_range: net!("face_detection_short_range", "boxes", "scores")?,
            full_range: net!("face_detection_full_range", "boxes", "scores")?,
            stem: net!("face_mesh_stem", "features", "points", "presence")?,
            lips: net!("face_mesh_lips", "points")?,
            eye_left: net!("face_mesh_eye_left", "points", "iris")?,
            eye_right: net!("face_mesh_eye_right", "points", "iris")?,
            glasses: net!("glasses", "log_odds")?,
            head_covering: net!("head_covering", "log_odds")?,
            earrings: net!("earrings", "log_odds")?,
            tuning: Tuning::embedded()?,
        })
    }

    /// Shows one view of the photo to the detectors and keeps the faces the mesh agrees with. The finer detector only
    /// looks where the coarse one leaves room for somebody it could have missed.
    fn faces_in(&self, pixels: &RgbImage, view: &Look<'_>) -> Result<Vec<DetectedFace>, FaceError> {
        let picture = view.picture(SHORT_RANGE.input_px);
        let seen = self.candidates(&SHORT_RANGE, &picture)?;
        let alone = quiet::nobody_else(&picture, view.photo_share(), &seen, &self.tuning);
        let mut looks = vec![seen.iter().map(|face| view.face(face)).collect()];
        if !alone {
            looks.push(self.detections(&FULL_RANGE, view)?);
        }
        let mut faces = vec![];
        let mut closer_looks = 0;
        for face in choice::distinct(looks, &self.tuning) {
            let confirmed = if face.score >= self.tuning.sure_score && self.is_present(pixels, &face)? {
                Some(face)
            } else if closer_looks < self.tuning.most_closer_looks {
                closer_looks += 1;
                self.looked_at_closer(pixels, &face)?
            } else {
                None
            };
            if let Some(face) = confirmed {
                choice::add(&mut faces, face, &self.tuning);
            }
        }
        Ok(faces)
    }

    /// Harder views of a photo in which the plain one shows nobody: with more border (the face fills the frame),
    /// then turned by quarters (the camera lay on its side).
    fn second_chance(
        &self,
        pixels: &RgbImage,
        overview: &Overview<'_>,
    ) -> Result<Vec<DetectedFace>, FaceError> {
        let padded = overview.whole(self.tuning.padded_share, 0);
        let turned = [1, 3, 2].map(|quarter_turns| overview.whole(1.0, quarter_turns));
        for view in std::iter::once(&padded).chain(&turned) {
            let faces = self.faces_in(pixels, view)?;
            if !faces.is_empty() {
                return Ok(faces);
            }
        }
        Ok(vec![])
    }

    /// A doubtful face seen from near, level with its eyes, when it holds up there.
    fn looked_at_closer(
        &self,
        pixels: &RgbImage,
        face: &DetectedFace,
    ) -> Result<Option<DetectedFace>, FaceError> {
        let look = Look::closer(pixels, region_about(face, self.tuning.closer_look_margin));
        let near = self.detections(&SHORT_RANGE, &look)?.into_iter().find(|near| {
            near.score >= self.tuning.least_closer_score
                && choice::same_face(near.rect, face.rect, &self.tuning)
        });
        match near {
            Some(near) if self.is_present(pixels, &near)? => Ok(Some(near)),
            _ => Ok(None),
        }
    }

    /// The detector also takes a face that stands on its head for an upright one, though with less belief: such a face is
    /// looked at from near both ways, and the better way counts.
    fn set_upright(&self, pixels: &RgbImage, face: &mut DetectedFace) -> Result<(), FaceError> {
        if face.score >= self.tuning.surely_upright_score {
            return Ok(());
        }
        let upright = region_about(face, self.tuning.closer_look_margin);
        let reversed = Region { angle: upright.angle + std::f32::consts::PI, ..upright };
        let best = |region: Region| -> Result<Option<DetectedFace>, FaceError> {
            let seen = self.detections(&SHORT_RANGE, &Look::closer(pixels, region))?;
            let mut same =
                seen.into_iter().filter(|near| choice::same_face(near.rect, face.rect, &self.tuning));
            Ok(same.next())
        };
        let (upright, reversed) = (best(upright)?, best(reversed)?);
        let belief = upright.map_or(face.score, |seen| seen.score.max(face.score));
        if let Some(reversed) = reversed
            && reversed.score > belief
            && self.is_present(pixels, &reversed)?
        {
            *face = reversed;
        }
        Ok(())
    }

    fn is_present(&self, pixels: &RgbImage, face: &DetectedFace) -> Result<bool, FaceError> {
        let stem = self.stem(pixels, &region_about(face, MESH_MARGIN))?;
        Ok(stem.presence >= self.tuning.least_presence)
    }

    /// What one detector sees in a look, doubtful boxes included; in photo pixels, best first.
    fn detections(&self, layout: &Layout, look: &Look<'_>) -> Result<Vec<DetectedFace>, FaceError> {
        let faces = self.candidates(layout, &look.picture(layout.input_px))?;
        Ok(faces.iter().map(|face| look.face(face)).collect())
    }

    /// Likewise, in shares of the picture shown.
    fn candidates(&self, layout: &Layout, picture: &Chw) -> Result<Vec<Candidate>, FaceError> {
        let net = if *layout == SHORT_RANGE { &self.short_range } else { &self.full_range };
        let anchors = layout.anchor_count();
        let [boxes, scores] = net.run_exactly(picture, [anchors * VALUES_PER_ANCHOR, anchors])?;
        let candidates = layout.candidates(&boxes, &scores, self.tuning.doubtful_score);
        Ok(blaze::joined(candidates, self.tuning.same_face_overlap, self.tuning.sure_score))
    }

    /// The stem's view of a region: features, unrefined points, presence as a probability.
    ///
    /// The mesh is asked for right after the detector confirmed the same face by the same view, so that each thread
    /// remembers its last view.
    fn stem(&self, pixels: &RgbImage, region: &Region) -> Result<Rc<Stem>, FaceError> {
        thread_local! {
            static LAST: RefCell<Option<(Chw, Rc<Stem>)>> = const { RefCell::new(None) };
        }
        let map = region.map(INPUT_PX, INPUT_PX);
        let picture = sample(pixels, map, (INPUT_PX, INPUT_PX), Border::Nearest, Range::UNIT);
        let known = LAST.with_borrow(|last| {
            let same = last.as_ref().filter(|(seen, _)| *seen == picture);
            same.map(|(_, stem)| Rc::clone(stem))
        });
        if let Some(stem) = known {
            return Ok(stem);
        }
        let stem = Rc::new(self.stem_of(&picture)?);
        LAST.set(Some((picture, Rc::clone(&stem))));
        Ok(stem)
    }

    fn stem_of(&self, picture: &Chw) -> Result<Stem, FaceError> {
        let lengths = [FEATURE_CHANNELS * FEATURE_SIDE * FEATURE_SIDE, STEM_POINTS * 3, 1];
        let [features, points, presence] = self.stem.run_exactly(picture, lengths)?;
        Ok(Stem { features, points: attention::stem_points(&points), presence: blaze::sigmoid(presence[0]) })
    }

    /// Replaces the region's points by the head's finer ones; returns the head's iris points, when it has any.
    fn refine(
        &self,
        head: &Net,
        region: &RefinedRegion,
        stem: &Stem,
        points: &mut [InputPoint],
    ) -> Result<Vec<InputPoint>, FaceError> {
        let window = HeadWindow::around(region, &stem.points);
        let outputs = head.run(&window.features(&stem.features))?;
        let mut outputs = outputs.iter().map(|values| window.points(values));
        for (&index, (x, y)) in region.points.iter().zip(outputs.next().unwrap_or_default()) {
            points[index] = InputPoint { x, y, z: points[index].z };
        }
        // The iris has no depth of its own: it lies between the corners of its eye.
        let z = (points[region.axis.0].z + points[region.axis.1].z) / 2.0;
        let iris = outputs.next().unwrap_or_default();
        Ok(iris.into_iter().map(|(x, y)| InputPoint { x, y, z }).collect())
    }
}

impl FaceModel for OnnxFaceModel {
    fn detect(&self, pixels: &RgbImage) -> Result<Vec<DetectedFace>, FaceError> {
        let overview = Overview::new(pixels);
        let mut faces = self.faces_in(pixels, &overview.whole(1.0, 0))?;
        if faces.is_empty() {
            faces = self.second_chance(pixels, &overview)?;
        }
        let mut faces = choice::ranked(faces, pixels.dimensions(), &self.tuning);
        if let Some(sitter) = faces.first_mut() {
            self.set_upright(pixels, sitter)?;
        }
        Ok(faces)
    }

    fn mesh(&self, pixels: &RgbImage, face: &DetectedFace) -> Result<FaceMesh, FaceError> {
        let region = region_about(face, MESH_MARGIN);
        let stem = self.stem(pixels, &region)?;
        let mut points = stem.points.clone();
        self.refine(&self.lips, &LIPS, &stem, &mut points)?;
        let iris_left = self.refine(&self.eye_left, &EYE_LEFT, &stem, &mut points)?;
        let iris_right = self.refine(&self.eye_right, &EYE_RIGHT, &stem, &mut points)?;
        points.extend(iris_left);
        points.extend(iris_right);
        debug_assert_eq!(points.len(), MESH_POINTS);
        let points = points.iter().map(|&point| in_photo(&region, point)).collect();
        Ok(FaceMesh { points, presence: stem.presence })
    }

    fn glasses(&self, eyes: &RgbImage) -> Result<Option<f64>, FaceError> {
        worn::log_odds_of_both(&self.glasses, eyes).map(Some)
    }

    fn head_covering(&self, head: &RgbImage) -> Result<Option<f64>, FaceError> {
        worn::log_odds_of_both(&self.head_covering, head).map(Some)
    }

    fn earring(&self, ear: &RgbImage) -> Result<Option<f64>, FaceError> {
        worn::log_odds(&self.earrings, ear).map(Some)
    }
}

/// A square of `margin` times the detector's box, level with the eyes.
fn region_about(face: &DetectedFace, margin: f32) -> Region {
    let [eye_right, eye_left, ..] = face.key_points;
    let side = face.rect.width.max(face.rect.height) * margin;
    let centre = face.rect.centre();
    Region {
        centre: (centre.x, centre.y),
        width: side,
        height: side,
        angle: (eye_left.y - eye_right.y).atan2(eye_left.x - eye_right.x),
    }
}

fn in_photo(region: &Region, point: InputPoint) -> MeshPoint {
    let side = INPUT_PX as f32;
    let (x, y) = region.place(point.x / side, point.y / side);
    MeshPoint { x, y, z: point.z / side * region.width }
}

struct Stem {
    features: Vec<f32>,
    points: Vec<InputPoint>,
    presence: f32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::{Point, Rect};
    use image::Rgb;

    /// Noise from a linear congruential generator: the same on every machine.
    fn noise(width: u32, height: u32) -> RgbImage {
        let mut state = 1u32;
        RgbImage::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
        })
    }

    #[test]
    fn pictures_without_a_face_have_none() {
        let model = OnnxFaceModel::embedded().unwrap();
        let blank = |width, height| RgbImage::from_pixel(width, height, Rgb([120; 3]));
        for picture in [blank(1, 1), blank(10, 5000), blank(480, 640), noise(200, 150), noise(3, 700)] {
            let faces = model.detect(&picture).unwrap();
            assert!(faces.is_empty(), "{:?}: {faces:?}", picture.dimensions());
        }
    }

    #[test]
    fn a_mesh_has_all_its_points_and_doubts_a_wall() {
        let model = OnnxFaceModel::embedded_with_threads(2).unwrap();
        let wall = RgbImage::from_pixel(300, 400, Rgb([200, 190, 180]));
        let face = DetectedFace {
            rect: Rect::new(100.0, 150.0, 100.0, 100.0),
            score: 0.9,
            key_points: [
                (130.0, 180.0),
                (170.0, 180.0),
                (150.0, 200.0),
                (150.0, 220.0),
                (110.0, 190.0),
                (190.0, 190.0),
            ]
            .map(|(x, y)| Point::new(x, y)),
        };
        let mesh = model.mesh(&wall, &face).unwrap();
        assert_eq!(mesh.points.len(), MESH_POINTS);
        assert!(
            mesh.points.iter().all(|point| point.x.is_finite() && point.y.is_finite() && point.z.is_finite())
        );
        assert!(mesh.presence < 0.5, "{}", mesh.presence);
    }

    #[test]
    fn the_mesh_looks_level_with_the_eyes() {
        let face = DetectedFace {
            rect: Rect::new(0.0, 0.0, 10.0, 20.0),
            score: 1.0,
            key_points: [(2.0, 2.0), (4.0, 4.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)]
                .map(|(x, y)| Point::new(x, y)),
        };
        let region = region_about(&face, 1.5);
        assert_eq!((region.centre, region.width), ((5.0, 10.0), 30.0));
        assert!((region.angle - std::f32::consts::FRAC_PI_4).abs() < 1e-6);
    }
}
