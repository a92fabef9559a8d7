//! Reads a BlazeFace detector's raw output: anchors, boxes, and boxes of one face joined into one.

use crate::photo::{Point, Rect};

/// Values the network gives per anchor: box centre and size, then six points.
pub const VALUES_PER_ANCHOR: usize = 16;

/// How one BlazeFace network lays out its anchors (MediaPipe's graph files for the two models).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// Side of the square input in pixels.
    pub input_px: usize,
    /// Grids of anchors: the stride in input pixels, and the anchors in each cell.
    pub grids: &'static [(usize, usize)],
}

pub const SHORT_RANGE: Layout = Layout { input_px: 128, grids: &[(8, 2), (16, 6)] };
pub const FULL_RANGE: Layout = Layout { input_px: 192, grids: &[(4, 1)] };

/// A face as a detector sees it, in shares (0..=1) of the square it was shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub score: f32,
    pub rect: Rect,
    pub key_points: [Point; 6],
}

impl Layout {
    /// Anchors of the whole network.
    pub fn anchor_count(&self) -> usize {
        self.grids.iter().map(|(stride, per_cell)| (self.input_px / stride).pow(2) * per_cell).sum()
    }

    /// Centres of all anchors, in the order of the network's output.
    fn anchors(&self) -> Vec<Point> {
        let mut anchors = Vec::with_capacity(self.anchor_count());
        for &(stride, per_cell) in self.grids {
            let side = self.input_px / stride;
            for cell in 0..side * side {
                let (column, row) = ((cell % side) as f32, (cell / side) as f32);
                let centre = Point::new((column + 0.5) / side as f32, (row + 0.5) / side as f32);
                anchors.extend(std::iter::repeat_n(centre, per_cell));
            }
        }
        anchors
    }

    /// The anchors that score at least `least_score`, unjoined.
    pub fn candidates(&self, boxes: &[f32], scores: &[f32], least_score: f32) -> Vec<Candidate> {
        let side = self.input_px as f32;
        let mut candidates = vec![];
        let rows = boxes.chunks_exact(VALUES_PER_ANCHOR);
        for ((values, &logit), anchor) in rows.zip(scores).zip(self.anchors()) {
            let score = sigmoid(logit);
            if score < least_score {
                continue;
            }
            let place =
                |at: usize| Point::new(values[at] / side + anchor.x, values[at + 1] / side + anchor.y);
            let (centre, width, height) = (place(0), values[2] / side, values[3] / side);
            candidates.push(Candidate {
                score,
                rect: Rect::new(centre.x - width / 2.0, centre.y - height / 2.0, width, height),
                key_points: std::array::from_fn(|point| place(4 + 2 * point)),
            });
        }
        candidates
    }
}

/// Joins candidates that overlap by more than `least_overlap` (shared area by joint area) into their mean,
/// weighted by score; best first. Candidates below `sure_score` have no part in the mean of a sure one.
pub fn joined(mut candidates: Vec<Candidate>, least_overlap: f32, sure_score: f32) -> Vec<Candidate> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut faces = vec![];
    while let Some(best) = candidates.first().cloned() {
        let (same, rest): (Vec<_>, Vec<_>) = candidates
            .into_iter()
            .enumerate()
            .partition(|(index, other)| *index == 0 || overlap(best.rect, other.rect) > least_overlap);
        let least_score = if best.score >= sure_score { sure_score } else { 0.0 };
        let same = same.into_iter().map(|(_, candidate)| candidate);
        let same: Vec<Candidate> = same.filter(|candidate| candidate.score >= least_score).collect();
        faces.push(weighted_mean(&same, best.score));
        candidates = rest.into_iter().map(|(_, candidate)| candidate).collect();
    }
    faces
}

/// Shared area by joint area, 0..=1.
pub fn overlap(a: Rect, b: Rect) -> f32 {
    let shared = a.intersection(b).area();
    let joint = a.area() + b.area() - shared;
    if joint > 0.0 { shared / joint } else { 0.0 }
}

/// The logistic function, 0..=1.
pub fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit.clamp(-100.0, 100.0)).exp())
}

fn weighted_mean(same: &[Candidate], score: f32) -> Candidate {
    let total: f32 = same.iter().map(|candidate| candidate.score).sum();
    let mean = |value: &dyn Fn(&Candidate) -> f32| {
        same.iter().map(|candidate| value(candidate) * candidate.score).sum::<f32>() / total
    };
    let rect = Rect::new(
        mean(&|candidate| candidate.rect.x),
        mean(&|candidate| candidate.rect.y),
        mean(&|candidate| candidate.rect.width),
        mean(&|candidate| candidate.rect.height),
    );
    let key_points = std::array::from_fn(|point| {
        Point::new(
            mean(&|candidate| candidate.key_points[point].x),
            mean(&|candidate| candidate.key_points[point].y),
        )
    });
    Candidate { score, rect, key_points }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32, score: f32) -> Candidate {
        Candidate { score, rect: Rect::new(x, 0.0, 1.0, 1.0), key_points: [Point::new(x, 0.0); 6] }
    }

    #[test]
    fn anchors_are_as_many_as_the_networks_give() {
        assert_eq!(SHORT_RANGE.anchor_count(), 896);
        assert_eq!(FULL_RANGE.anchor_count(), 2304);
        assert_eq!(SHORT_RANGE.anchors()[0], Point::new(0.5 / 16.0, 0.5 / 16.0));
    }

    #[test]
    fn a_zero_box_stands_on_its_anchor() {
        let boxes = vec![0.0; 896 * VALUES_PER_ANCHOR];
        let mut scores = vec![-50.0; 896];
        scores[3] = 2.0;
        let found = SHORT_RANGE.candidates(&boxes, &scores, 0.5);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rect.centre(), Point::new(1.5 / 16.0, 0.5 / 16.0));
    }

    #[test]
    fn overlapping_candidates_become_their_weighted_mean() {
        let faces = joined(vec![at(0.0, 0.9), at(0.3, 0.3), at(5.0, 0.5)], 0.3, 0.2);
        assert_eq!(faces.len(), 2);
        assert!((faces[0].rect.x - 0.075).abs() < 1e-6);
        assert_eq!((faces[0].score, faces[1].score), (0.9, 0.5));
    }

    #[test]
    fn an_empty_box_joins_nothing_and_ends() {
        let mut flat = at(0.0, 0.9);
        flat.rect.width = 0.0;
        assert_eq!(joined(vec![flat.clone(), flat], 0.3, 0.5).len(), 2);
    }

    #[test]
    fn a_doubtful_candidate_does_not_move_a_sure_one() {
        let faces = joined(vec![at(0.0, 0.9), at(0.3, 0.3)], 0.3, 0.5);
        assert_eq!(faces, [at(0.0, 0.9)]);
    }

    #[test]
    fn overlap_is_shared_by_joint_area() {
        fn check(other: Rect, expect: f32) {
            assert!((overlap(Rect::new(0.0, 0.0, 2.0, 2.0), other) - expect).abs() < 1e-6, "{other:?}");
        }
        check(Rect::new(0.0, 0.0, 2.0, 2.0), 1.0);
        check(Rect::new(1.0, 0.0, 2.0, 2.0), 1.0 / 3.0);
        check(Rect::new(2.0, 0.0, 2.0, 2.0), 0.0);
        check(Rect::default(), 0.0);
    }
}
