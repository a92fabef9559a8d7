//! Refines an outline by colour: near the edge, opacity is how far a pixel's colour stands from the
//! background around it towards the person beside it.

use crate::inspect::net_onnx::Chw;

use super::palette::{Near, Palette};
use super::plane::Plane;

/// Half width of the band about the outline in which colours may decide, as a share of the longer side.
const BAND_SHARE: f32 = 0.02;
/// From here outwards, as a share of the half width, colours lose their say.
const BAND_CORE: f32 = 0.5;
/// The outline is sure below and above these.
const SURE: (f32, f32) = (0.05, 0.95);
/// The outline's edge is as soft as its network's pixels are large: its rise between these is stretched to 0..1.
const RISE: (f32, f32) = (0.2, 0.8);
/// Variance of colour that camera noise and compression alone make (three channels of 0..=1, summed).
const NOISE_VARIANCE: f32 = 0.002;
/// How many times the variance the squared distance of the two sides must be for colours to have half the say.
const HALF_SAY: f32 = 2.0;
/// Opacity nearer to an end than this becomes that end: no veil over the background, no holes in the person.
const CLEAN_ENDS: (f32, f32) = (0.04, 0.96);

/// Opacity in the size of `outline`; `picture` is the photo in the same size.
pub fn refined(picture: &Chw, outline: &Plane) -> Plane {
    let longest = outline.width.max(outline.height) as f32;
    let radius = ((longest * BAND_SHARE) as usize).max(1);
    // 0 and 1 away from the outline, between them within `radius` of it.
    let side = outline.mapped(|value| if value > 0.5 { 1.0 } else { 0.0 }).box_mean(radius);
    let is_person = |at: usize| side.values[at] > 0.99 && outline.values[at] > SURE.1;
    let is_background = |at: usize| side.values[at] < 0.01 && outline.values[at] < SURE.0;
    let person = Palette::gather(picture, is_person, radius);
    let background = Palette::gather(picture, is_background, radius);
    let plane = outline.values.len();
    let mut opacity = outline.mapped(|value| rise(value, RISE));
    for at in 0..plane {
        let say = band_say(side.values[at]);
        if say == 0.0 {
            continue;
        }
        let (column, row) = (at % outline.width, at / outline.width);
        if let (Some(person), Some(background)) = (person.near(column, row), background.near(column, row)) {
            let colour = [0, 1, 2].map(|channel| picture.values[channel * plane + at]);
            let (by_colour, sureness) = between(colour, background, person);
            let value = &mut opacity.values[at];
            *value += (by_colour - *value) * sureness * say;
        }
    }
    opacity.mapped(|value| rise(value, CLEAN_ENDS))
}

/// How much colours may say, 0..=1: all at the outline, nothing at the band's border.
fn band_say(side: f32) -> f32 {
    let offset = (2.0 * side - 1.0).abs();
    1.0 - rise(offset, (BAND_CORE, 1.0))
}

/// Where a colour stands between background (0) and person (1), and how sure that is (0..=1).
fn between(colour: [f32; 3], background: Near, person: Near) -> (f32, f32) {
    let across = [0, 1, 2].map(|channel| person.colour[channel] - background.colour[channel]);
    let offset = [0, 1, 2].map(|channel| colour[channel] - background.colour[channel]);
    let distance: f32 = across.iter().map(|value| value * value).sum();
    let variance = NOISE_VARIANCE + background.variance + person.variance;
    let sureness = distance / (distance + HALF_SAY * variance);
    let along: f32 = across.iter().zip(offset).map(|(a, b)| a * b).sum();
    ((along / distance.max(f32::MIN_POSITIVE)).clamp(0.0, 1.0), sureness)
}

/// 0 up to the first bound, 1 from the second, straight between them.
fn rise(value: f32, (from, to): (f32, f32)) -> f32 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 200;

    /// A dark person left of a slanted edge before a light wall; the edge is mixed over one pixel.
    fn person_share(at: usize) -> f32 {
        let (x, y) = ((at % SIDE) as f32, (at / SIDE) as f32);
        (100.0 + (y - 100.0) * 0.1 - x + 0.5).clamp(0.0, 1.0)
    }

    fn picture() -> Chw {
        let share = |at: usize| person_share(at % (SIDE * SIDE));
        let values = (0..3 * SIDE * SIDE).map(|at| 0.85 - 0.65 * share(at)).collect();
        Chw { channels: 3, height: SIDE, width: SIDE, values }
    }

    /// What a coarse network makes of it: blurred, and three pixels off.
    fn outline() -> Plane {
        let values = (0..SIDE * SIDE).map(|at| {
            let shifted = if at % SIDE >= 3 { at - 3 } else { at };
            person_share(shifted)
        });
        Plane::new(SIDE, SIDE, values.collect()).box_mean(2)
    }

    #[test]
    fn the_edge_moves_to_where_the_colours_change() {
        let (picture, outline) = (picture(), outline());
        let error = |plane: &Plane| {
            let errors = plane.values.iter().enumerate().map(|(at, value)| (value - person_share(at)).abs());
            errors.sum::<f32>() / SIDE as f32
        };
        let (before, after) = (error(&outline), error(&refined(&picture, &outline)));
        assert!(before > 2.5, "{before}");
        assert!(after < 0.8, "{after}");
    }

    #[test]
    fn without_contrast_the_outline_stands() {
        let flat = Chw { values: vec![0.5; 3 * SIDE * SIDE], ..picture() };
        let outline = outline();
        let refined = refined(&flat, &outline);
        let same = refined.values.iter().zip(&outline.values).filter(|(a, b)| (*a - *b).abs() < 0.3);
        assert!(same.count() > SIDE * SIDE * 98 / 100);
    }

    #[test]
    fn a_colour_half_way_is_half_opaque() {
        let near = |value: f32| Near { colour: [value; 3], variance: 0.0 };
        let (opacity, sureness) = between([0.5; 3], near(0.9), near(0.1));
        assert!((opacity - 0.5).abs() < 1e-5 && sureness > 0.99, "{opacity} {sureness}");
        let (_, sureness) = between([0.5; 3], near(0.5), near(0.51));
        assert!(sureness < 0.1, "{sureness}");
    }
}
