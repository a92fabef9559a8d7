//! Three finder patterns that can be the corners of one code.

use super::finder::Finder;

/// Top left, top right and bottom left, as the code itself is read.
pub type Corners = [Finder; 3];

/// The most triples tried.
const MOST: usize = 5;

/// Logarithm of the ratio of the two sides, sine of the angle between them, ratio of the largest to the smallest module and
/// modules from one middle to the next that a code seen at a slant still has.
const UNEVEN: f32 = 0.6;
const SQUARE: f32 = 0.7;
const MODULES: f32 = 2.0;
const ACROSS: f32 = 9.0;
/// What the logarithm of the sightings counts beside the shape.
const SEEN: f32 = 0.3;

/// The most plausible first.
pub fn candidates(finders: &[Finder]) -> Vec<Corners> {
    let mut rated: Vec<(f32, Corners)> = Vec::new();
    for a in 0..finders.len() {
        for b in a + 1..finders.len() {
            for c in b + 1..finders.len() {
                rated.extend(rate([finders[a], finders[b], finders[c]]));
            }
        }
    }
    rated.sort_by(|one, other| one.0.total_cmp(&other.0));
    rated.into_iter().map(|(_, corners)| corners).take(MOST).collect()
}

/// How far three patterns are from the corners of a square, and these corners in order.
fn rate(three: [Finder; 3]) -> Option<(f32, Corners)> {
    let apart = |one: &Finder, other: &Finder| (one.at[0] - other.at[0]).hypot(one.at[1] - other.at[1]);
    let [a, b, c] = three;
    let (ab, bc, ca) = (apart(&a, &b), apart(&b, &c), apart(&c, &a));
    let (corner, mut right, mut below) = if ab >= bc && ab >= ca {
        (c, a, b)
    } else if bc >= ca {
        (a, b, c)
    } else {
        (b, c, a)
    };
    let to = |other: &Finder| [other.at[0] - corner.at[0], other.at[1] - corner.at[1]];
    let cross = to(&right)[0] * to(&below)[1] - to(&right)[1] * to(&below)[0];
    if cross < 0.0 {
        std::mem::swap(&mut right, &mut below);
    }
    let (one, other) = (apart(&corner, &right), apart(&corner, &below));
    let angle = cross.abs() / (one * other).max(1.0);
    let uneven = (one / other).ln().abs();
    let modules = [corner.module, right.module, below.module];
    let (least, most) =
        (modules.iter().copied().fold(f32::MAX, f32::min), modules.iter().copied().fold(0.0, f32::max));
    let across = one.min(other) / most;
    if uneven > UNEVEN || angle < SQUARE || most > MODULES * least || across < ACROSS {
        return None;
    }
    let rarely = -SEEN * (corner.seen * right.seen * below.seen).ln();
    Some((uneven + (1.0 - angle) + (most / least).ln() + rarely, [corner, right, below]))
}
