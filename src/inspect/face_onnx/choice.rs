//! Which of the boxes the looks found are faces of their own, and which of them is the sitter.

use crate::inspect::face::DetectedFace;
use crate::photo::{Point, Rect};

use super::blaze::overlap;
use super::tuning::Tuning;

/// How much a face in the corner of the photo counts, against one in the middle.
const CORNER_WEIGHT: f32 = 0.5;

/// The boxes of several looks without repetition: sure ones first in the looks' order, then doubtful ones, best
/// first. A face that several looks see keeps its first box and takes the best score.
pub fn distinct(looks: Vec<Vec<DetectedFace>>, tuning: &Tuning) -> Vec<DetectedFace> {
    let (sure, mut doubtful): (Vec<_>, Vec<_>) =
        looks.into_iter().flatten().partition(|face| face.score >= tuning.sure_score);
    doubtful.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut faces = vec![];
    for face in sure.into_iter().chain(doubtful) {
        add(&mut faces, face, tuning);
    }
    faces
}

/// Adds a face unless it is known already.
pub fn add(known: &mut Vec<DetectedFace>, face: DetectedFace, tuning: &Tuning) {
    match known.iter_mut().find(|other| same_face(other.rect, face.rect, tuning)) {
        Some(other) => other.score = other.score.max(face.score),
        None => known.push(face),
    }
}

/// The sitter first, then the further faces that are large enough to count.
pub fn ranked(mut faces: Vec<DetectedFace>, photo_size: (u32, u32), tuning: &Tuning) -> Vec<DetectedFace> {
    faces.sort_by(|a, b| prominence(b, photo_size).total_cmp(&prominence(a, photo_size)));
    if let Some(sitter_width) = faces.first().map(|sitter| sitter.rect.width) {
        faces.retain(|face| face.rect.width >= sitter_width * tuning.least_further_width);
    }
    faces
}

/// Two boxes mean one face when they overlap well or one lies in the other.
pub fn same_face(a: Rect, b: Rect, tuning: &Tuning) -> bool {
    let inside = a.intersection(b).area() / a.area().min(b.area()).max(f32::MIN_POSITIVE);
    overlap(a, b) > tuning.same_face_overlap || inside > tuning.same_face_inside
}

/// Size × score × nearness to the middle of the photo.
fn prominence(face: &DetectedFace, (width, height): (u32, u32)) -> f32 {
    let middle = Point::new(width as f32 / 2.0, height as f32 / 2.0);
    let to_corner = middle.distance(Point::default()).max(1.0);
    let offset = (face.rect.centre().distance(middle) / to_corner).min(1.0);
    face.rect.area() * face.score * (1.0 - (1.0 - CORNER_WEIGHT) * offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, y: f32, side: f32, score: f32) -> DetectedFace {
        DetectedFace { rect: Rect::new(x, y, side, side), score, key_points: [Point::new(x, y); 6] }
    }

    #[test]
    fn a_face_seen_twice_counts_once() {
        let tuning = Tuning::embedded().unwrap();
        let first = vec![face(0.0, 0.0, 100.0, 0.6)];
        let second = vec![face(10.0, 5.0, 95.0, 0.9), face(300.0, 0.0, 80.0, 0.7)];
        let faces = distinct(vec![first, second], &tuning);
        assert_eq!(faces.len(), 2);
        assert_eq!((faces[0].rect.x, faces[0].score), (0.0, 0.9));
    }

    #[test]
    fn a_doubtful_box_never_swallows_a_sure_one() {
        let tuning = Tuning::embedded().unwrap();
        let faces =
            distinct(vec![vec![face(0.0, 0.0, 300.0, 0.25)], vec![face(90.0, 90.0, 80.0, 0.9)]], &tuning);
        assert_eq!(faces.len(), 1);
        assert_eq!(faces[0].rect.width, 80.0);
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
