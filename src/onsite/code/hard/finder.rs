//! Finder patterns: wherever a line crosses one, dark and light follow each other 1:1:3:1:1.

use rayon::prelude::*;

use super::light::{DARK, Plane};

/// A finder pattern in pixels of the whole picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finder {
    pub at: [f32; 2],
    /// Side of a module along the picture's rows and columns.
    pub module: f32,
    /// In how many rows of the whole picture it was seen, all scales together.
    pub seen: f32,
}

/// Scales looked at, each half of the one before.
const SCALES: usize = 4;
/// Radii of the neighbourhoods a pixel is compared with, in pixels of its scale.
const RADII: [usize; 2] = [6, 16];
/// The most patterns handed on.
const MOST: usize = 18;
/// Patterns crossed by fewer rows are chance.
const LEAST_SEEN: f32 = 4.0;
/// A run may differ from its place in 1:1:3:1:1 by this share of a module, the middle one by the root of three times as much.
const TOLERANCE: f32 = 0.6;
const MIDDLE_TOLERANCE: f32 = TOLERANCE * 1.732_050_8;

/// Lengths that belong to one pattern have a ratio in this range.
const ALIKE: std::ops::Range<f32> = 0.6..1.7;
/// Sightings of one pattern lie within this many modules.
const SAME: f32 = 1.5;

/// The patterns of a picture, the most often seen first.
pub fn find(plane: &Plane) -> Vec<Finder> {
    let mut found: Vec<Finder> = Vec::new();
    let mut smaller: Vec<Plane> = Vec::new();
    for step in 0..SCALES {
        let seen = smaller.last().unwrap_or(plane);
        for radius in RADII {
            for sighting in sightings(seen, radius, (1 << step) as f32) {
                merge(sighting, &mut found);
            }
        }
        let Some(half) = seen.halved() else { break };
        smaller = vec![half];
    }
    found.retain(|finder| finder.seen >= LEAST_SEEN);
    found.sort_by(|one, other| other.seen.total_cmp(&one.seen));
    found.truncate(MOST);
    found
}

/// Where rows cross what has the proportions of a pattern both ways, from top to bottom.
fn sightings(plane: &Plane, radius: usize, scale: f32) -> Vec<Finder> {
    let dark = plane.dark(radius);
    let in_row = |(y, row): (usize, &[u8])| {
        let changes = changes(row);
        // Every other run is dark.
        let first = usize::from(row[0] != DARK);
        let fives = changes.windows(6).skip(first).step_by(2);
        let of_five = |edges: &[usize]| {
            let runs: [usize; 5] = std::array::from_fn(|run| edges[run + 1] - edges[run]);
            let x = (edges[2] + edges[3]) as f32 / 2.0;
            sighting(&Line { plane, dark: &dark, x, y, module: ratio(runs)?, scale })
        };
        fives.filter_map(of_five).collect::<Vec<Finder>>()
    };
    dark.par_chunks_exact(plane.width).enumerate().flat_map_iter(in_row).collect()
}

/// Where runs of equal values begin, and where the last one ends.
fn changes(row: &[u8]) -> Vec<usize> {
    // In noise every other pixel changes, and none can be foreseen: each place is written, and kept by the next step.
    let mut places = vec![0; row.len() + 1];
    let mut count = 1;
    for (at, (before, here)) in row.iter().zip(&row[1..]).enumerate() {
        places[count] = at + 1;
        count += usize::from(before != here);
    }
    places[count] = row.len();
    places.truncate(count + 1);
    places
}

/// A row that crosses what may be a pattern.
struct Line<'a> {
    plane: &'a Plane,
    dark: &'a [u8],
    /// The middle of its five runs.
    x: f32,
    y: usize,
    module: f32,
    /// Pixels of the whole picture for one of the plane.
    scale: f32,
}

/// Side of a module when the runs have the proportions of a finder pattern.
fn ratio(runs: [usize; 5]) -> Option<f32> {
    let total: usize = runs.iter().sum();
    let module = total as f32 / 7.0;
    let fits = |run: usize, modules: f32, tolerance: f32| {
        (run as f32 - modules * module).abs() <= tolerance * module
    };
    // Most runs are noise, and what noise fits cannot be foreseen: all are looked at, without a branch.
    let fit = fits(runs[0], 1.0, TOLERANCE)
        & fits(runs[1], 1.0, TOLERANCE)
        & fits(runs[2], 3.0, MIDDLE_TOLERANCE)
        & fits(runs[3], 1.0, TOLERANCE)
        & fits(runs[4], 1.0, TOLERANCE)
        & (total >= 7);
    fit.then_some(module)
}

/// Crosses the pattern along the column through its middle, and the row through that middle again.
fn sighting(line: &Line<'_>) -> Option<Finder> {
    let Line { plane, dark, module, scale, .. } = *line;
    let column = line.x as usize;
    let (centre_y, tall) = cross(|at| dark[at * plane.width + column] == DARK, line.y, plane.height)?;
    let row = (centre_y as usize).min(plane.height - 1);
    let (centre_x, wide) = cross(|at| dark[row * plane.width + at] == DARK, column, plane.width)?;
    let is_alike = ALIKE.contains(&(tall / wide)) && ALIKE.contains(&(wide / module));
    is_alike.then(|| Finder {
        at: [centre_x * scale, centre_y * scale],
        module: (tall + wide) / 2.0 * scale,
        seen: scale,
    })
}

/// Keeps a sighting with the others of its pattern.
fn merge(new: Finder, found: &mut Vec<Finder>) {
    let same = found.iter_mut().find(|known| {
        let apart = (known.at[0] - new.at[0]).hypot(known.at[1] - new.at[1]);
        apart < SAME * known.module && ALIKE.contains(&(known.module / new.module))
    });
    match same {
        None => found.push(new),
        Some(known) => {
            let share = new.seen / (known.seen + new.seen);
            for axis in 0..2 {
                known.at[axis] += (new.at[axis] - known.at[axis]) * share;
            }
            known.module += (new.module - known.module) * share;
            known.seen += new.seen;
        }
    }
}

/// The middle and module of the pattern along a line through a dark place, when it is one.
fn cross(is_dark: impl Fn(usize) -> bool, from: usize, length: usize) -> Option<(f32, f32)> {
    if from >= length || !is_dark(from) {
        return None;
    }
    let back = |from: usize, dark: bool| (0..from).rev().take_while(|at| is_dark(*at) == dark).count();
    let forth = |from: usize, dark: bool| (from..length).take_while(|at| is_dark(*at) == dark).count();
    let start = from - back(from, true);
    let end = from + forth(from, true);
    let before = back(start, false);
    let after = forth(end, false);
    let runs = [back(start - before, true), before, end - start, after, forth(end + after, true)];
    Some((start as f32 + (end - start) as f32 / 2.0, ratio(runs)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_wherever_they_change() {
        let row: Vec<u8> = (0..61_u32).map(|at| u8::from(at * at % 7 < 3)).collect();
        for length in 1..row.len() {
            let runs: Vec<usize> =
                row[..length].chunk_by(|one, other| one == other).map(<[u8]>::len).collect();
            let places = changes(&row[..length]);
            assert_eq!(places.windows(2).map(|two| two[1] - two[0]).collect::<Vec<_>>(), runs);
        }
    }
}
