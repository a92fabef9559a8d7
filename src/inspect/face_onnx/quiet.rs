//! Whether a picture leaves room for a face that the coarse detector has missed.

use crate::inspect::net_onnx::Chw;
use crate::photo::{Point, Rect};

use super::blaze::Candidate;
use super::tuning::Tuning;

/// Cells a side of the square.
const CELLS: usize = 16;
/// Where the sitter's own hair and body are, in widths of the detector's box from its centre: to the sides of the head,
/// above it, and how much wider the body grows per width below.
const HEAD_SIDE: f32 = 0.75;
const HEAD_ABOVE: f32 = 1.3;
const BODY_FROM: f32 = 0.5;
const BODY_WIDENS: f32 = 1.5;
/// Least share of the photo that is not the sitter's, for its plainness to mean anything.
const LEAST_ROOM: f32 = 0.15;
/// 8-bit levels of a detector's input range, -1..=1.
const LEVELS: f32 = 127.5;

/// The coarse detector is sure of one face, doubts nothing else, and around the sitter the picture is plain: what has no
/// contrast is no face. `photo` is the part of the square that the photo fills, in shares.
pub fn nobody_else(picture: &Chw, photo: Rect, seen: &[Candidate], tuning: &Tuning) -> bool {
    let [sitter] = seen else { return false };
    if sitter.score < tuning.surely_upright_score {
        return false;
    }
    let cell = 1.0 / CELLS as f32;
    let mut room = 0.0;
    for index in 0..CELLS * CELLS {
        let corner = ((index % CELLS) as f32 * cell, (index / CELLS) as f32 * cell);
        let square = Rect::new(corner.0, corner.1, cell, cell).intersection(photo);
        if square.area() <= 0.0 || is_sitter(square.centre(), sitter) {
            continue;
        }
        if spread(picture, square) > tuning.quiet_spread / LEVELS {
            return false;
        }
        room += square.area();
    }
    room >= LEAST_ROOM * photo.area()
}

fn is_sitter(place: Point, sitter: &Candidate) -> bool {
    let (centre, width) = (sitter.rect.centre(), sitter.rect.width);
    let (aside, below) = ((place.x - centre.x).abs() / width, (place.y - centre.y) / width);
    let reach = HEAD_SIDE + BODY_WIDENS * (below - BODY_FROM).max(0.0);
    below >= -HEAD_ABOVE && aside <= reach
}

/// Standard deviation of the luma of the pixels that lie wholly inside.
fn spread(picture: &Chw, square: Rect) -> f32 {
    let (width, height) = (picture.width as f32, picture.height as f32);
    let span = |from: f32, length: f32, side: f32| {
        (from * side).ceil() as usize..(((from + length) * side) as usize).min(side as usize)
    };
    let plane = picture.width * picture.height;
    let (mut count, mut sum, mut squares) = (0.0_f32, 0.0_f32, 0.0_f32);
    for row in span(square.y, square.height, height) {
        for column in span(square.x, square.width, width) {
            let at = row * picture.width + column;
            let luma = 0.2126 * picture.values[at]
                + 0.7152 * picture.values[plane + at]
                + 0.0722 * picture.values[2 * plane + at];
            (count, sum, squares) = (count + 1.0, sum + luma, squares + luma * luma);
        }
    }
    if count < 1.0 { 0.0 } else { (squares / count - (sum / count).powi(2)).max(0.0).sqrt() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    const SIDE: usize = 128;

    fn face(score: f32) -> Candidate {
        Candidate { score, rect: Rect::new(0.35, 0.3, 0.3, 0.3), key_points: [Point::default(); 6] }
    }

    /// A wall that grows lighter to the right, with a busy sitter and a dark spot of 8 pixels at `spot`.
    fn wall(spot: Option<(usize, usize)>) -> Chw {
        let value = |at: usize| {
            let (x, y) = (at % SIDE, at / SIDE);
            let within =
                |(left, top): (usize, usize)| (left..left + 8).contains(&x) && (top..top + 8).contains(&y);
            let sitter = x.abs_diff(64) < 20 && (36..78).contains(&y);
            match (sitter, spot.is_some_and(within)) {
                (true, _) => (at % 3) as f32 - 1.0,
                (false, true) => {
                    if (x + y) % 4 < 2 {
                        -0.4
                    } else {
                        0.3
                    }
                }
                _ => 0.2 + x as f32 / SIDE as f32 * 0.3,
            }
        };
        let plane: Vec<f32> = (0..SIDE * SIDE).map(value).collect();
        Chw { channels: 3, height: SIDE, width: SIDE, values: plane.repeat(3) }
    }

    #[test]
    fn a_plain_wall_hides_nobody() {
        let tuning = Tuning::embedded().unwrap();
        let whole = Rect::new(0.0, 0.0, 1.0, 1.0);
        let alone = |spot, seen: &[Candidate]| nobody_else(&wall(spot), whole, seen, &tuning);
        assert!(alone(None, &[face(0.95)]));
        assert!(!alone(Some((8, 40)), &[face(0.95)]), "something beside the head");
        assert!(alone(Some((60, 100)), &[face(0.95)]), "a pattern on the shirt");
        assert!(!alone(None, &[face(0.6)]), "not sure");
        assert!(!alone(None, &[face(0.95), face(0.3)]), "a doubtful second");
        assert!(!alone(None, &[]));
        let close = Candidate { rect: Rect::new(0.05, 0.1, 0.9, 0.9), ..face(0.95) };
        assert!(!alone(None, &[close]), "no room to tell");
    }

    #[test]
    fn the_border_beside_the_photo_does_not_count() {
        let tuning = Tuning::embedded().unwrap();
        let mut picture = wall(None);
        for at in 0..3 * SIDE * SIDE {
            if (at % SIDE).abs_diff(64) > 44 {
                picture.values[at] = -1.0;
            }
        }
        let photo = Rect::new(21.0 / 128.0, 0.0, 86.0 / 128.0, 1.0);
        assert!(nobody_else(&picture, photo, &[face(0.95)], &tuning));
    }
}
