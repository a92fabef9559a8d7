//! The sitter's outline from two opinions: where persons are, and what the eye is drawn to.

use super::plane::Plane;

/// Above this a pixel is held to be a person, or salient.
const YES: f32 = 0.5;
/// Salience is believed when at least this part of it is person ...
const LEAST_PERSON_SHARE: f32 = 0.6;
/// ... and it covers at least this part of the person mask's largest piece.
const LEAST_COVER: f32 = 0.4;
/// A piece that only the person mask knows lies within the sitter when less than this part of its border is
/// background.
const MOST_OPEN_BORDER: f32 = 0.3;

/// A piece that only salience knows is a missed edge, not an object behind, when it stays this near to the
/// person, as a share of the width.
const MISSED_EDGE_SHARE: f32 = 0.025;

/// Mask of the sitter, in the size of `salience`.
///
/// Salience has the finer outline and passes over bystanders, but at times it eats dark clothing and takes in
/// things behind the head; the person mask knows clothing but keeps everybody. Where both agree that is it.
/// Pieces that reach the photo's lower edge are the sitter's clothing, whoever knows them. Else what only the
/// person mask knows counts within the sitter, and what only salience knows counts close along the sitter.
pub fn sitter(person: &Plane, salience: &Plane) -> Plane {
    let person = person.resized(salience.width, salience.height);
    if !is_about_the_person(&person, salience) {
        return person;
    }
    let (width, height) = (person.width, person.height);
    let opinions = person.values.iter().zip(&salience.values);
    let agreed = opinions.map(|(&p, &s)| if p > YES && s > YES { p.max(s) } else { p.min(s) });
    let mut outline = Plane::new(width, height, agreed.collect());
    let mut add = |piece: Vec<usize>| {
        piece.into_iter().for_each(|at| outline.values[at] = person.values[at].max(salience.values[at]));
    };
    let only_person = |at: usize| person.values[at] > YES && salience.values[at] <= YES;
    let clothing = |piece: &Vec<usize>| reaches_down(piece, &person) || is_enclosed(piece, &person);
    pieces(width, height, only_person).into_iter().filter(clothing).for_each(&mut add);

    let reach = (width as f32 * MISSED_EDGE_SHARE) as usize;
    let near = person.mapped(|value| if value > YES { 1.0 } else { 0.0 }).box_mean(reach);
    let only_salience = |at: usize| person.values[at] <= YES && salience.values[at] > YES;
    let missed =
        |piece: &Vec<usize>| reaches_down(piece, &person) || piece.iter().all(|&at| near.values[at] > 0.0);
    pieces(width, height, only_salience).into_iter().filter(missed).for_each(&mut add);
    outline
}

fn reaches_down(piece: &[usize], plane: &Plane) -> bool {
    piece.iter().any(|at| at / plane.width + 1 == plane.height)
}

fn is_about_the_person(person: &Plane, salience: &Plane) -> bool {
    let salient = salience.values.iter().filter(|&&value| value > YES).count();
    let both = person.values.iter().zip(&salience.values).filter(|(p, s)| **p > YES && **s > YES).count();
    let persons = pieces(person.width, person.height, |at| person.values[at] > YES);
    let largest = persons.iter().map(Vec::len).max().unwrap_or(0);
    both as f32 >= LEAST_PERSON_SHARE * salient as f32 && both as f32 >= LEAST_COVER * largest as f32
}

/// Whether the piece's border is mostly person, not background.
fn is_enclosed(piece: &[usize], person: &Plane) -> bool {
    let inside: std::collections::HashSet<usize> = piece.iter().copied().collect();
    let (mut border, mut open) = (0, 0);
    for &at in piece {
        for neighbour in neighbours(at, person.width, person.height) {
            if !inside.contains(&neighbour) {
                border += 1;
                open += usize::from(person.values[neighbour] <= YES);
            }
        }
    }
    (open as f32) < MOST_OPEN_BORDER * border as f32
}

/// Connected pieces (by sides) of the pixels for which `belongs` holds.
fn pieces(width: usize, height: usize, belongs: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let mut seen = vec![false; width * height];
    let mut pieces = vec![];
    for start in 0..width * height {
        if seen[start] || !belongs(start) {
            continue;
        }
        seen[start] = true;
        let mut piece = vec![start];
        let mut next = 0;
        while let Some(&at) = piece.get(next) {
            next += 1;
            for neighbour in neighbours(at, width, height) {
                if !seen[neighbour] && belongs(neighbour) {
                    seen[neighbour] = true;
                    piece.push(neighbour);
                }
            }
        }
        pieces.push(piece);
    }
    pieces
}

/// The pixels beside, above and below.
fn neighbours(at: usize, width: usize, height: usize) -> impl Iterator<Item = usize> {
    let (column, row) = (at % width, at / width);
    let left = (column > 0).then(|| at - 1);
    let right = (column + 1 < width).then(|| at + 1);
    let above = (row > 0).then(|| at - width);
    let below = (row + 1 < height).then(|| at + width);
    [left, right, above, below].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Block = (std::ops::Range<usize>, std::ops::Range<usize>);

    /// A 40 × 20 mask that is 1 in the given blocks of columns and rows.
    fn mask(blocks: &[Block]) -> Plane {
        let value = |at: usize| {
            let within = |(columns, rows): &Block| columns.contains(&(at % 40)) && rows.contains(&(at / 40));
            if blocks.iter().any(within) { 1.0 } else { 0.0 }
        };
        Plane::new(40, 20, (0..800).map(value).collect())
    }

    fn check(person: &[Block], salience: &[Block], expect: &[Block]) {
        assert_eq!(sitter(&mask(person), &mask(salience)), mask(expect));
    }

    #[test]
    fn a_bystander_is_dropped_whether_apart_or_attached() {
        check(&[(5..20, 2..20), (30..38, 5..15)], &[(5..20, 2..20)], &[(5..20, 2..20)]);
        check(&[(5..20, 2..20), (20..28, 5..12)], &[(5..20, 2..20)], &[(5..20, 2..20)]);
    }

    #[test]
    fn clothing_the_eye_passes_over_is_kept() {
        check(&[(5..20, 2..20)], &[(5..20, 2..14)], &[(5..20, 2..20)]);
        let ring = [(5..20, 2..8), (5..20, 12..20), (5..9, 8..12), (16..20, 8..12)];
        check(&[(5..20, 2..20)], &ring, &[(5..20, 2..20)]);
    }

    #[test]
    fn clothing_the_person_mask_misses_is_added() {
        check(&[(5..20, 2..20)], &[(5..22, 2..20)], &[(5..22, 2..20)]);
    }

    #[test]
    fn a_thing_behind_the_head_is_left_out() {
        check(&[(5..20, 2..20)], &[(5..20, 2..20), (20..30, 2..9)], &[(5..20, 2..20)]);
    }

    #[test]
    fn salience_elsewhere_is_not_believed() {
        check(&[(5..20, 2..20)], &[(25..39, 0..20)], &[(5..20, 2..20)]);
        check(&[(5..20, 2..20)], &[], &[(5..20, 2..20)]);
    }
}
