//! Which of the boxes the looks found are faces of their own, and which of them is the sitter.

use crate::inspect::face::DetectedFace;
use crate::photo::{Point, Rect};

use super::blaze::overlap;
use super::tuning::Tuning;

/// Adds the faces of a further look; a face known from an earlier look keeps its box and takes the better score.
pub fn add_new(known: &mut Vec<DetectedFace>, found: Vec<DetectedFace>, tuning: &Tuning) {
    for face in found {
        match known.iter_mut().find(|other| same_face(other.rect, face.rect, tuning)) {
            Some(other) => other.score = other.score.max(face.score),
            None => known.push(face),
        }
    }
}

/// The sitter first, then the further faces that are large and sure enough to count.
pub fn ranked(mut faces: Vec<DetectedFace>, photo_size: (u32, u32), tuning: &Tuning) -> Vec<DetectedFace> {
    faces.sort_by(|a, b| prominence(b, photo_size).total_cmp(&prominence(a, photo_size)));
    let Some(sitter_width) = faces.first().map(|sitter| sitter.rect.width) else { return faces };
    let mut order = 0;
    faces.retain(|face| {
        order += 1;
        let counts = face.rect.width >= sitter_width * tuning.least_further_width
            && face.score >= tuning.least_further_score;
        order == 1 || counts
    });
    faces
}

/// Size × score × nearness to the middle of the photo.
fn prominence(face: &DetectedFace, (width, height): (u32, u32)) -> f32 {
    let middle = Point::new(width as f32 / 2.0, height as f32 / 2.0);
    let farthest = middle.distance(Point::default()).max(1.0);
    let nearness = 1.0 - 0.5 * (face.rect.centre().distance(middle) / farthest).min(1.0);
    face.rect.width * face.rect.height * face.score * nearness
}

/// Two boxes mean one face when they overlap well or one lies in the other.
fn same_face(a: Rect, b: Rect, tuning: &Tuning) -> bool {
    let inside = a.intersection(b).area() / a.area().min(b.area()).max(f32::MIN_POSITIVE);
    overlap(a, b) > tuning.same_face_between_looks_overlap || inside > tuning.same_face_inside
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    fn face(x: f32, y: f32, side: f32, score: f32) -> DetectedFace {
        DetectedFace { rect: Rect::new(x, y, side, side), score, key_points: [Point::new(x, y); 6] }
    }

    #[test]
    fn a_face_seen_twice_counts_once() {
        let tuning = Tuning::embedded().unwrap();
        let mut known = vec![face(0.0, 0.0, 100.0, 0.6)];
        add_new(&mut known, vec![face(10.0, 5.0, 95.0, 0.9), face(300.0, 0.0, 80.0, 0.7)], &tuning);
        assert_eq!(known.len(), 2);
        assert_eq!((known[0].rect.x, known[0].score), (0.0, 0.9));
    }

    #[test]
    fn a_box_inside_another_is_the_same_face() {
        let tuning = Tuning::embedded().unwrap();
        let mut known = vec![face(0.0, 0.0, 100.0, 0.9)];
        add_new(&mut known, vec![face(30.0, 30.0, 30.0, 0.7)], &tuning);
        assert_eq!(known.len(), 1);
    }

    #[test]
    fn the_large_central_face_is_the_sitter() {
        let tuning = Tuning::embedded().unwrap();
        let faces = vec![face(0.0, 0.0, 90.0, 0.9), face(200.0, 200.0, 100.0, 0.9)];
        let ranked = ranked(faces, (500, 500), &tuning);
        assert_eq!(ranked.len(), 2);
        assert_eq!(ranked[0].rect.x, 200.0);
    }

    #[test]
    fn a_speck_far_smaller_than_the_sitter_does_not_count() {
        let tuning = Tuning::embedded().unwrap();
        let tiny = 200.0 * tuning.least_further_width / 2.0;
        let faces = vec![face(100.0, 100.0, 200.0, 0.9), face(400.0, 0.0, tiny, 0.9)];
        assert_eq!(ranked(faces, (500, 500), &tuning).len(), 1);
    }
}
