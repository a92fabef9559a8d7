//! Explains an unsure pixel as a mixture of the background and some colour of the person nearby.
//!
//! Hair, skin and clothes often lie close together at the outline, so that no single "colour of the person" is right.
//! Sure pixels of the person are sampled along rays. Each sample explains the pixel with some opacity and some error;
//! good explanations are averaged. Where they contradict each other, colour is not to be trusted.

use super::spread::Colour;

/// Rays that look for the person, evenly around.
const RAYS: usize = 12;
/// Where a ray that met the person takes its samples, in pixels further on.
const DEPTHS_PX: [f32; 4] = [1.0, 6.0, 14.0, 28.0];
/// How far a ray looks, as a share of the picture's height.
const REACH_SHARE: f32 = 0.1;
/// Step of a ray in search of the person.
const STEP_PX: f32 = 2.0;
/// Error, in 8-bit levels, that makes an explanation e times less likely: noise and fine texture.
const ERROR_LEVELS: f32 = 6.0;
/// Levels of error that a sample costs for each pixel of distance.
const LEVELS_PER_PX: f32 = 0.08;
/// Distance between person and background in levels below which a mixture says nothing, and from which it is clear.
const CONTRAST: (f32, f32) = (20.0, 60.0);
/// Error of the best explanation up to which it is trusted, and from which it is not.
const TRUSTED_ERROR: (f32, f32) = (14.0, 42.0);
/// Spread of the likely opacities at which colour has no say any more.
const CONTRADICTION: f32 = 0.35;
/// Variance of an opacity that may be anything from 0 to 1 but lies at an end most often.
const VAGUE_VARIANCE: f32 = 0.25;

/// What the colours say of one pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Guess {
    pub alpha: f32,
    /// The person's colour that explains the pixel.
    pub foreground: Colour,
    /// 0 to 1.
    pub trust: f32,
}

/// The sure person, to be sampled.
pub(super) struct Person<'a> {
    pub seen: &'a [Colour],
    /// True where a pixel is surely the person, row by row.
    pub sure: &'a [bool],
    pub width: usize,
}

/// A colour of the person and its distance in pixels.
type Sample = (Colour, f32);

impl Person<'_> {
    /// Samples of the person around a pixel, added to `found`.
    pub(super) fn around(&self, index: usize, found: &mut Vec<Sample>) {
        let height = self.sure.len() / self.width;
        let start = ((index % self.width) as f32, (index / self.width) as f32);
        let reach = height as f32 * REACH_SHARE;
        for ray in 0..RAYS {
            let (sin, cos) = (std::f32::consts::TAU * ray as f32 / RAYS as f32).sin_cos();
            let at = |distance: f32| self.sure_at(start.0 + cos * distance, start.1 + sin * distance);
            let steps = (1..).map(|step| step as f32 * STEP_PX).take_while(|distance| *distance <= reach);
            if let Some(met) = steps.into_iter().find(|distance| at(*distance).is_some()) {
                let samples = DEPTHS_PX.iter().map(|depth| met + depth);
                found.extend(samples.filter_map(|distance| at(distance).map(|colour| (colour, distance))));
            }
        }
    }

    fn sure_at(&self, x: f32, y: f32) -> Option<Colour> {
        if x < 0.0 || y < 0.0 {
            return None;
        }
        let (x, y) = (x as usize, y as usize);
        if x >= self.width || !*self.sure.get(y * self.width + x)? {
            return None;
        }
        self.seen.get(y * self.width + x).copied()
    }
}

/// What the samples make of a pixel before its background; `None` without samples.
pub(super) fn explained(seen: Colour, background: Colour, samples: &[Sample]) -> Option<Guess> {
    let explanations: Vec<Explanation> =
        samples.iter().map(|sample| Explanation::new(seen, background, *sample)).collect();
    let best = explanations.iter().map(|e| e.cost).fold(f32::INFINITY, f32::min);
    let (mut weight, mut alpha, mut square, mut error) = (0.0, 0.0, 0.0, 0.0);
    let mut foreground = [0.0; 3];
    for explanation in &explanations {
        let share = ((best - explanation.cost) / ERROR_LEVELS).exp();
        weight += share;
        alpha += share * explanation.alpha;
        // a colour like the background's explains any opacity
        let vague = 1.0 - rise(CONTRAST, explanation.contrast);
        square += share * (explanation.alpha * explanation.alpha + VAGUE_VARIANCE * vague);
        error += share * explanation.error;
        for (total, value) in foreground.iter_mut().zip(explanation.foreground) {
            *total += share * value;
        }
    }
    if weight <= 0.0 || !weight.is_finite() {
        return None;
    }
    let alpha = alpha / weight;
    let spread = (square / weight - alpha * alpha).max(0.0).sqrt();
    let trust = (1.0 - rise(TRUSTED_ERROR, error / weight)) * (1.0 - spread / CONTRADICTION).max(0.0);
    Some(Guess { alpha, foreground: foreground.map(|total| total / weight), trust })
}

struct Explanation {
    foreground: Colour,
    alpha: f32,
    contrast: f32,
    error: f32,
    cost: f32,
}

impl Explanation {
    fn new(seen: Colour, background: Colour, (foreground, distance_px): Sample) -> Self {
        let across = difference(foreground, background);
        let offset = difference(seen, background);
        let square = dot(across, across).max(1.0);
        let along = dot(offset, across) / square;
        let alpha = along.clamp(0.0, 1.0);
        let off = difference(offset, across.map(|value| value * alpha));
        let error = dot(off, off).sqrt();
        let contrast = square.sqrt();
        Self { foreground, alpha, contrast, error, cost: error + distance_px * LEVELS_PER_PX }
    }
}

fn difference(one: Colour, other: Colour) -> Colour {
    std::array::from_fn(|channel| one[channel] - other[channel])
}

fn dot(one: Colour, other: Colour) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// 0 up to the first bound, 1 from the second, smooth between.
pub(super) fn rise((low, high): (f32, f32), value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAIR: Colour = [30.0, 26.0, 24.0];
    const SKIN: Colour = [214.0, 172.0, 148.0];
    const WALL: Colour = [240.0, 240.0, 240.0];

    fn mixed(person: Colour, alpha: f32) -> Colour {
        std::array::from_fn(|c| alpha * person[c] + (1.0 - alpha) * WALL[c])
    }

    #[test]
    fn a_strand_is_hair_in_part() {
        for alpha in [0.2, 0.5, 0.8] {
            let guess = explained(mixed(HAIR, alpha), WALL, &[(HAIR, 5.0), (SKIN, 20.0)]).unwrap();
            assert!((guess.alpha - alpha).abs() < 0.08 && guess.trust > 0.5, "{alpha}: {guess:?}");
        }
    }

    #[test]
    fn an_ear_beside_hair_is_skin_and_not_thin_hair() {
        let guess = explained(SKIN, WALL, &[(HAIR, 4.0), (HAIR, 6.0), (SKIN, 30.0)]).unwrap();
        assert!(guess.alpha > 0.9, "{guess:?}");
    }

    #[test]
    fn a_white_collar_before_a_white_wall_is_left_to_the_model() {
        let collar = [236.0, 237.0, 240.0];
        let guess = explained([238.0, 238.0, 240.0], WALL, &[(collar, 5.0), ([28.0; 3], 12.0)]).unwrap();
        assert!(guess.trust < 0.1, "{guess:?}");
    }

    #[test]
    fn rays_find_the_person_behind_the_outline() {
        let (width, height) = (200, 200);
        let sure: Vec<bool> = (0..width * height).map(|i| i % width > 110).collect();
        let seen: Vec<Colour> =
            (0..width * height).map(|i| if i % width > 120 { SKIN } else { HAIR }).collect();
        let mut found = Vec::new();
        Person { seen: &seen, sure: &sure, width }.around(100 * width + 104, &mut found);
        assert!(found.iter().any(|sample| sample.0 == HAIR) && found.iter().any(|sample| sample.0 == SKIN));
        found.clear();
        Person { seen: &seen, sure: &sure, width }.around(100 * width + 10, &mut found);
        assert!(found.is_empty() && explained(SKIN, WALL, &found).is_none());
    }
}
