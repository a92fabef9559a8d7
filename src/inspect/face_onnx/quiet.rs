//! Whether a picture leaves room for a face that the coarse detector has missed.

use crate::inspect::net_onnx::Chw;
use crate::photo::{Point, Rect};

use super::blaze::Candidate;
use super::tuning::Tuning;

/// Cells a side of the square.
const CELLS: usize = 16;
/// Where the sitter's own head and body are, in widths of the detector's box from its centre: to the sides of the head,
/// above it, and how much wider the body grows per width below.
const HEAD_SIDE: f32 = 0.65;
const HEAD_ABOVE: f32 = 1.3;
/// So far to the sides hair may hang; what is busy there is hair as long as hardly anything of it has the colour of skin.
const HAIR_SIDE: f32 = 1.15;
const BODY_FROM: f32 = 0.5;
const BODY_WIDENS: f32 = 1.5;
/// Least share of the photo that is not the sitter's, for its plainness to mean anything.
const LEAST_ROOM: f32 = 0.1;
/// Skin has the chromaticity of the sitter's face within this distance, whoever's it is, and this share of its luma at
/// least; a busy cell with a greater share of it may be a face.
const SKIN_CHROMATICITY: f32 = 0.05;
const SKIN_LUMA: f32 = 0.3;
const SKIN_SHARE: f32 = 0.15;
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
    let face = mean_colour(picture, inner_face(sitter));
    let mut room = 0.0;
    for index in 0..CELLS * CELLS {
        let corner = ((index % CELLS) as f32 * cell, (index / CELLS) as f32 * cell);
        let square = Rect::new(corner.0, corner.1, cell, cell).intersection(photo);
        if square.area() <= 0.0 || is_within(square.centre(), sitter, HEAD_SIDE) {
            continue;
        }
        let busy = spread(picture, square) > tuning.quiet_spread / LEVELS;
        let hair =
            is_within(square.centre(), sitter, HAIR_SIDE) && skin_share(picture, square, face) < SKIN_SHARE;
        if busy && !hair {
            return false;
        }
        room += square.area();
    }
    room >= LEAST_ROOM * photo.area()
}

/// Whether a place is the sitter's, whose head reaches so far to the sides.
fn is_within(place: Point, sitter: &Candidate, head_side: f32) -> bool {
    let (centre, width) = (sitter.rect.centre(), sitter.rect.width);
    let (aside, below) = ((place.x - centre.x).abs() / width, (place.y - centre.y) / width);
    let reach = head_side + BODY_WIDENS * (below - BODY_FROM).max(0.0);
    below >= -HEAD_ABOVE && aside <= reach
}

/// The middle of the detector's box: skin, whatever the hair.
fn inner_face(sitter: &Candidate) -> Rect {
    let Rect { x, y, width, height } = sitter.rect;
    Rect::new(x + width * 0.25, y + height * 0.3, width * 0.5, height * 0.5)
}

/// Standard deviation of the luma of the pixels that lie wholly inside.
fn spread(picture: &Chw, square: Rect) -> f32 {
    let (mut count, mut sum, mut squares) = (0.0_f32, 0.0_f32, 0.0_f32);
    for colour in colours(picture, square) {
        let value = luma(colour);
        (count, sum, squares) = (count + 1.0, sum + value, squares + value * value);
    }
    // Colours are in 0..=1 here, levels of the detector's range in -1..=1.
    if count < 1.0 { 0.0 } else { 2.0 * (squares / count - (sum / count).powi(2)).max(0.0).sqrt() }
}

fn mean_colour(picture: &Chw, square: Rect) -> [f32; 3] {
    let (mut count, mut sum) = (0.0_f32, [0.0_f32; 3]);
    for colour in colours(picture, square) {
        count += 1.0;
        (0..3).for_each(|channel| sum[channel] += colour[channel]);
    }
    sum.map(|value| value / count.max(1.0))
}

fn skin_share(picture: &Chw, square: Rect, face: [f32; 3]) -> f32 {
    let (red, green) = chromaticity(face);
    let is_skin = |colour: &[f32; 3]| {
        let (r, g) = chromaticity(*colour);
        (r - red).hypot(g - green) <= SKIN_CHROMATICITY && luma(*colour) >= SKIN_LUMA * luma(face)
    };
    let (mut count, mut skin) = (0.0_f32, 0.0_f32);
    for colour in colours(picture, square) {
        count += 1.0;
        skin += f32::from(u8::from(is_skin(&colour)));
    }
    skin / count.max(1.0)
}

/// Red and green share of a colour.
fn chromaticity([red, green, blue]: [f32; 3]) -> (f32, f32) {
    let sum = (red + green + blue).max(f32::MIN_POSITIVE);
    (red / sum, green / sum)
}

fn luma([red, green, blue]: [f32; 3]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The pixels that lie wholly inside, each channel 0..=1.
fn colours(picture: &Chw, square: Rect) -> impl Iterator<Item = [f32; 3]> + '_ {
    let span = |from: f32, length: f32, side: usize| {
        let side_px = side as f32;
        ((from * side_px).max(0.0).ceil() as usize)..(((from + length) * side_px).max(0.0) as usize).min(side)
    };
    let columns = span(square.x, square.width, picture.width);
    let plane = picture.width * picture.height;
    span(square.y, square.height, picture.height).flat_map(move |row| {
        columns.clone().map(move |column| {
            let at = row * picture.width + column;
            [0, 1, 2].map(|channel| (picture.values[channel * plane + at] + 1.0) / 2.0)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 128;

    fn face(score: f32) -> Candidate {
        Candidate { score, rect: Rect::new(0.35, 0.3, 0.3, 0.3), key_points: [Point::default(); 6] }
    }

    /// A bluish wall that grows lighter to the right, a face, and at `spot` 8 busy pixels a side of `colour`.
    fn wall(spot: Option<(usize, usize)>, colour: [f32; 3]) -> Chw {
        let value = |channel: usize, at: usize| {
            let (x, y) = (at % SIDE, at / SIDE);
            let within =
                |(left, top): (usize, usize)| (left..left + 8).contains(&x) && (top..top + 8).contains(&y);
            if x.abs_diff(64) < 20 && (36..78).contains(&y) {
                SKIN[channel]
            } else if spot.is_some_and(within) {
                if (x + y) % 4 < 2 { colour[channel] } else { 0.8 * colour[channel] }
            } else {
                [0.4, 0.55, 0.7][channel] + x as f32 / SIDE as f32 * 0.15
            }
        };
        let values =
            (0..3).flat_map(|channel| (0..SIDE * SIDE).map(move |at| value(channel, at) * 2.0 - 1.0));
        Chw { channels: 3, height: SIDE, width: SIDE, values: values.collect() }
    }

    const SKIN: [f32; 3] = [0.8, 0.62, 0.52];
    const HAIR: [f32; 3] = [0.15, 0.12, 0.1];

    #[test]
    fn a_plain_wall_hides_nobody() {
        let tuning = Tuning::embedded().unwrap();
        let whole = Rect::new(0.0, 0.0, 1.0, 1.0);
        let alone = |spot, seen: &[Candidate]| nobody_else(&wall(spot, SKIN), whole, seen, &tuning);
        assert!(alone(None, &[face(0.95)]));
        assert!(!alone(Some((8, 40)), &[face(0.95)]), "something beside the head");
        assert!(alone(Some((60, 100)), &[face(0.95)]), "a pattern on the shirt");
        assert!(!alone(Some((88, 56)), &[face(0.95)]), "skin close beside the head");
        assert!(nobody_else(&wall(Some((88, 56)), HAIR), whole, &[face(0.95)], &tuning), "hair there");
        assert!(!alone(None, &[face(0.6)]), "not sure");
        assert!(!alone(None, &[face(0.95), face(0.3)]), "a doubtful second");
        assert!(!alone(None, &[]));
        let close = Candidate { rect: Rect::new(0.05, 0.1, 0.9, 0.9), ..face(0.95) };
        assert!(!alone(None, &[close]), "no room to tell");
    }

    #[test]
    fn the_border_beside_the_photo_does_not_count() {
        let tuning = Tuning::embedded().unwrap();
        let mut picture = wall(None, SKIN);
        for at in 0..3 * SIDE * SIDE {
            if (at % SIDE).abs_diff(64) > 44 {
                picture.values[at] = -1.0;
            }
        }
        let photo = Rect::new(21.0 / 128.0, 0.0, 86.0 / 128.0, 1.0);
        assert!(nobody_else(&picture, photo, &[face(0.95)], &tuning));
    }
}
