//! The sitter's outline from two opinions: where persons are, and what the eye is drawn to.

use super::plane::Plane;

/// Above this a pixel is held to be a person, or salient.
const YES: f32 = 0.5;
/// A piece of the person mask belongs to the sitter when at least this part of it is salient.
const LEAST_SALIENT_SHARE: f32 = 0.25;

/// The person mask without bystanders, in its own size.
///
/// The person mask knows clothing better, the salience mask knows the sitter from the people behind: so whole
/// pieces of the person mask are kept or dropped by salience, and no part of the sitter is cut by it.
pub fn sitter(person: &Plane, salience: &Plane) -> Plane {
    let salience = salience.resized(person.width, person.height);
    let pieces = pieces(person);
    let largest = pieces.iter().map(Vec::len).max().unwrap_or(0);
    let mut kept = vec![0.0; person.values.len()];
    for piece in &pieces {
        let salient = piece.iter().filter(|&&at| salience.values[at] > YES).count();
        let is_sitter = salient as f32 >= LEAST_SALIENT_SHARE * piece.len() as f32;
        if is_sitter || piece.len() == largest {
            piece.iter().for_each(|&at| kept[at] = 1.0);
        }
    }
    // Around a kept piece the soft edge stays; around a dropped one nothing does.
    let near = Plane::new(person.width, person.height, kept).box_mean(SOFT_EDGE_PX);
    let values = person.values.iter().zip(&near.values);
    let values = values.map(|(&value, &near)| if near > 0.0 { value } else { 0.0 }).collect();
    Plane::new(person.width, person.height, values)
}

/// How far a soft edge reaches beyond the half-way line, in the mask's pixels.
const SOFT_EDGE_PX: usize = 6;

/// Connected pieces (by sides) of the mask, as pixel positions.
fn pieces(mask: &Plane) -> Vec<Vec<usize>> {
    let mut seen = vec![false; mask.values.len()];
    let mut pieces = vec![];
    for start in 0..mask.values.len() {
        if seen[start] || mask.values[start] <= YES {
            continue;
        }
        seen[start] = true;
        let mut piece = vec![start];
        let mut next = 0;
        while let Some(&at) = piece.get(next) {
            next += 1;
            let (column, row) = (at % mask.width, at / mask.width);
            let neighbours = [
                (column > 0).then(|| at - 1),
                (column + 1 < mask.width).then(|| at + 1),
                (row > 0).then(|| at - mask.width),
                (row + 1 < mask.height).then(|| at + mask.width),
            ];
            for neighbour in neighbours.into_iter().flatten() {
                if !seen[neighbour] && mask.values[neighbour] > YES {
                    seen[neighbour] = true;
                    piece.push(neighbour);
                }
            }
        }
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 40 × 20 mask that is 1 in the given column ranges.
    fn columns(ranges: &[std::ops::Range<usize>]) -> Plane {
        let value = |at: usize| f32::from(u8::from(ranges.iter().any(|range| range.contains(&(at % 40)))));
        Plane::new(40, 20, (0..800).map(value).collect())
    }

    #[test]
    fn a_bystander_apart_from_the_sitter_is_dropped() {
        let outline = sitter(&columns(&[2..15, 28..36]), &columns(&[2..15]));
        assert_eq!((outline.values[8], outline.values[30]), (1.0, 0.0));
    }

    #[test]
    fn clothing_the_eye_passes_over_stays() {
        let outline = sitter(&columns(&[2..30]), &columns(&[2..12]));
        assert_eq!(outline, columns(&[2..30]));
    }

    #[test]
    fn the_largest_piece_stays_when_nothing_is_salient() {
        let outline = sitter(&columns(&[2..15, 28..36]), &columns(&[]));
        assert_eq!((outline.values[8], outline.values[30]), (1.0, 0.0));
    }
}
