//! Numbers that frames, lenses and shades leave in the eye region, on an upright patch at a fixed eye distance.

use image::RgbImage;

use crate::inspect::measure::geometry::FaceAxes;
use crate::inspect::measure::patch::{Patch, Plane, Region};
use crate::inspect::measure::{median, quantile};
use crate::photo::color::{Lab, lab_from_srgb};

/// Eye distance of the patch, pixels.
const PATCH_IED_PX: f64 = 96.0;
const EYES: Region = Region { left: -1.15, top: -0.6, right: 1.15, bottom: 1.1 };
/// Smallest eye distance in the photo at which a thin frame can still be seen, pixels.
const LEAST_IED_PX: f64 = 24.0;

/// Names of the features, in the order of `Features::values`.
pub const FEATURES: [&str; 12] = [
    "bridge",
    "bridge_line",
    "rim_low",
    "rim_low_best",
    "rim_outer",
    "rim_outer_best",
    "temple",
    "temple_best",
    "lens_dark",
    "eye_contrast",
    "lens_smooth",
    "glare",
];

/// The features of one face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    pub values: [f64; FEATURES.len()],
}

impl Features {
    /// `axes` are the face's in `pixels`; `None` where the eyes are too small.
    pub fn of(pixels: &RgbImage, axes: &FaceAxes) -> Option<Self> {
        if axes.ied_px < LEAST_IED_PX {
            return None;
        }
        let patch = Patch::cut(pixels, axes, EYES, PATCH_IED_PX);
        let edges = EdgePatch::of(&patch)?;
        let low = both(|side| edges.path_along_x(side, (-0.28, 0.28), (0.14, 0.58)));
        let outer = both(|side| edges.path_along_y(side, (0.20, 0.50), (-0.10, 0.40)));
        let temple = both(|side| edges.path_along_x(side, (0.25, 0.58), (-0.28, 0.18)));
        let lenses = Lenses::of(&patch)?;
        let values = [
            edges.bridge(),
            edges.bridge_line(),
            low.0,
            low.1,
            outer.0,
            outer.1,
            temple.0,
            temple.1,
            lenses.dark,
            lenses.eye_contrast,
            lenses.smooth,
            lenses.glare,
        ];
        values.iter().all(|value| value.is_finite()).then_some(Self { values })
    }

    pub fn named(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        FEATURES.into_iter().zip(self.values)
    }
}

/// Smaller and greater value of the left (−1) and right (+1) side.
fn both(of: impl Fn(f64) -> f64) -> (f64, f64) {
    let (left, right) = (of(-1.0), of(1.0));
    (left.min(right), left.max(right))
}

/// Slopes of the smoothed luma over the face's own contrast.
struct EdgePatch<'a> {
    patch: &'a Patch,
    luma: Plane,
    across: Plane,
    down: Plane,
    contrast: f32,
}

impl<'a> EdgePatch<'a> {
    fn of(patch: &'a Patch) -> Option<Self> {
        let luma = smooth(&patch.luma());
        let slope = |before: f32, _: f32, after: f32| (after - before).abs() / 2.0;
        let (across, down) = (luma.across(slope), luma.down(slope));
        let contrast = quantile(&luma.values, 0.95)? - quantile(&luma.values, 0.05)?;
        Some(Self { patch, across, down, contrast: contrast.max(8.0), luma })
    }

    /// Strongest horizontal edge that runs over the whole nose bridge.
    fn bridge(&self) -> f64 {
        let (columns, rows) = self.window((-0.12, 0.12), (-0.30, 0.32));
        let strongest = rows
            .filter_map(|row| {
                let slopes: Vec<f32> = columns.clone().map(|column| self.down.at(column, row)).collect();
                quantile(&slopes, 0.25)
            })
            .fold(0.0, f32::max);
        f64::from(strongest / self.contrast)
    }

    /// How much a thin line over the nose bridge differs from the skin above and below it.
    fn bridge_line(&self) -> f64 {
        let (columns, rows) = self.window((-0.10, 0.10), (-0.26, 0.28));
        let reach = (0.07 * self.patch.ied_px) as isize;
        let strongest = rows
            .filter_map(|row| {
                let lines: Vec<f32> = columns
                    .clone()
                    .map(|column| {
                        let here = self.luma.at(column, row);
                        let (above, below) =
                            (self.luma.at(column, row - reach), self.luma.at(column, row + reach));
                        // The same sign on both sides: a line, not a shading.
                        let (one, other) = (here - above, here - below);
                        if one * other > 0.0 { one.abs().min(other.abs()) } else { 0.0 }
                    })
                    .collect();
                quantile(&lines, 0.25)
            })
            .fold(0.0, f32::max);
        f64::from(strongest / self.contrast)
    }

    /// The steadiest horizontal edge through a window beside one eye: lower rim, temple.
    fn path_along_x(&self, side: f64, x: (f64, f64), y: (f64, f64)) -> f64 {
        let (columns, rows) = self.window(mirrored(side, x), y);
        let lines: Vec<Vec<f32>> =
            columns.map(|column| rows.clone().map(|row| self.down.at(column, row)).collect()).collect();
        f64::from(steadiest_path(&lines) / self.contrast)
    }

    /// The steadiest vertical edge through a window beside one eye: the outer rim.
    fn path_along_y(&self, side: f64, x: (f64, f64), y: (f64, f64)) -> f64 {
        let (columns, rows) = self.window(mirrored(side, x), y);
        let lines: Vec<Vec<f32>> =
            rows.map(|row| columns.clone().map(|column| self.across.at(column, row)).collect()).collect();
        f64::from(steadiest_path(&lines) / self.contrast)
    }

    fn window(&self, x: (f64, f64), y: (f64, f64)) -> (std::ops::Range<isize>, std::ops::Range<isize>) {
        let (from, to) = (self.patch.locate((x.0, y.0)), self.patch.locate((x.1, y.1)));
        (from.x as isize..to.x as isize, from.y as isize..to.y as isize)
    }
}

/// A span given outwards from the eye at ±0.5, as a span from left to right.
fn mirrored(side: f64, (inner, outer): (f64, f64)) -> (f64, f64) {
    let (one, other) = (side * (0.5 + inner), side * (0.5 + outer));
    (one.min(other), one.max(other))
}

/// Of all paths that take one value a line and move at most one place between lines, the one with the
/// greatest sum; answered with the value that four fifths of its steps exceed.
fn steadiest_path(lines: &[Vec<f32>]) -> f32 {
    let Some(first) = lines.first() else { return 0.0 };
    let mut sums = vec![first.clone()];
    for line in &lines[1..] {
        let before = &sums[sums.len() - 1];
        let best = |place: usize| {
            let around = place.saturating_sub(1)..=(place + 1).min(before.len() - 1);
            around.map(|from| before[from]).fold(f32::MIN, f32::max)
        };
        sums.push(line.iter().enumerate().map(|(place, value)| value + best(place)).collect());
    }
    let last = &sums[sums.len() - 1];
    let Some(mut place) = (0..last.len()).max_by(|one, other| last[*one].total_cmp(&last[*other])) else {
        return 0.0;
    };
    let mut steps = Vec::with_capacity(lines.len());
    for line in (0..lines.len()).rev() {
        steps.push(lines[line][place]);
        if line > 0 {
            let before = &sums[line - 1];
            let around = place.saturating_sub(1)..=(place + 1).min(before.len() - 1);
            place = around.max_by(|one, other| before[*one].total_cmp(&before[*other])).unwrap_or(place);
        }
    }
    quantile(&steps, 0.2).unwrap_or(0.0)
}

/// A 1-2-1 filter in both directions, twice.
fn smooth(plane: &Plane) -> Plane {
    let mix = |before: f32, here: f32, after: f32| (before + 2.0 * here + after) / 4.0;
    plane.across(mix).down(mix).across(mix).down(mix)
}

/// What lenses do to the light behind them.
struct Lenses {
    /// Lightness of the lens area below the cheeks', as a share of the cheeks'.
    dark: f64,
    /// Spread of luma inside the eye boxes over that of the cheeks' level; small behind dark lenses.
    eye_contrast: f64,
    /// How uniform the upper lens area is, where bare skin shows lid and brow.
    smooth: f64,
    /// Share of the lens area that is burnt out and colourless.
    glare: f64,
}

impl Lenses {
    fn of(patch: &Patch) -> Option<Self> {
        let colours = |x: (f64, f64), y: (f64, f64)| -> Vec<Lab> {
            let (from, to) = (patch.locate((x.0, y.0)), patch.locate((x.1, y.1)));
            let (width, height) = patch.pixels.dimensions();
            (from.y as u32..(to.y as u32).min(height))
                .flat_map(|row| (from.x as u32..(to.x as u32).min(width)).map(move |column| (column, row)))
                .map(|(column, row)| lab_from_srgb(patch.pixels.get_pixel(column, row).0))
                .collect()
        };
        let two = |x: (f64, f64), y: (f64, f64)| {
            let mut all = colours(mirrored(-1.0, x), y);
            all.extend(colours(mirrored(1.0, x), y));
            all
        };
        let lightness = |colours: &[Lab]| colours.iter().map(|lab| lab.l).collect::<Vec<f32>>();
        let cheeks = lightness(&two((-0.15, 0.2), (0.62, 0.9)));
        let lens = two((-0.25, 0.25), (-0.15, 0.32));
        let below_eye = lightness(&two((-0.2, 0.2), (0.16, 0.34)));
        let eye = lightness(&two((-0.2, 0.2), (-0.1, 0.1)));
        let cheek = median(&cheeks)?.max(5.0);
        let glaring = lens.iter().filter(|lab| lab.l > 96.0 && lab.a.hypot(lab.b) < 8.0).count();
        Some(Self {
            dark: f64::from((cheek - median(&below_eye)?) / cheek),
            eye_contrast: f64::from((quantile(&eye, 0.9)? - quantile(&eye, 0.1)?) / cheek),
            smooth: f64::from(median(&eye)? / cheek),
            glare: glaring as f64 / lens.len().max(1) as f64,
        })
    }
}
