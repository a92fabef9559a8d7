//! Takes the waves of a photographed screen away: sharp peaks of the picture's spectrum, each estimated and subtracted place
//! by place.

use rayon::prelude::*;
use rustfft::{FftPlanner, num_complex::Complex};

/// Side of the tiles whose spectra are averaged.
const TILE: usize = 256;
/// Wavelengths looked for, in pixels.
const WAVES_PX: [f32; 2] = [2.5, 48.0];
/// A peak stands this many times above its surroundings.
const PEAK: f32 = 12.0;
/// And so many times above a ridge it lies on.
const ABOVE_RIDGE: f32 = 4.0;
/// Places around a peak that it is compared with, and how far they lie, in steps of the spectrum.
const RING: usize = 32;
const RADIUS: f32 = 6.0;
/// The most waves taken away.
const MOST: usize = 4;
/// Side of the blocks whose means stand for their pixels where a neighbourhood is averaged.
const BLOCK: usize = 8;
/// Half a side of the neighbourhood in which a wave is taken for even, in blocks.
const EVEN_BLOCKS: usize = 5;
/// The waves together leave at least this share of the light.
const LEAST_LEFT: f32 = 0.25;

/// The picture without its waves; `None` when it has none.
pub fn without_waves(width: usize, height: usize, light: &[u8]) -> Option<Vec<u8>> {
    if width < TILE || height < TILE {
        return None;
    }
    // A screen's waves multiply the light: relative to what is usual around a place they are even.
    let local = Around::of(width, height, |y, sums| {
        for (sum, block) in sums.iter_mut().zip(light[y * width..][..width].chunks(BLOCK)) {
            sum.re += block.iter().map(|light| f32::from(*light)).sum::<f32>();
        }
    });
    let mut relative = vec![0.0; light.len()];
    relative.par_chunks_exact_mut(width).zip(light.par_chunks_exact(width)).enumerate().for_each(
        |(y, (relative, light))| {
            let line = local.line(y);
            for ((relative, light), local) in relative.iter_mut().zip(light).zip(local.pixels(&line)) {
                *relative = f32::from(*light) / local.re.max(1.0) - 1.0;
            }
        },
    );
    let waves = waves(&spectrum(width, height, &relative));
    if waves.is_empty() {
        return None;
    }
    let mut field = vec![1.0_f32; width * height];
    for wave in waves {
        add(width, height, &relative, wave, &mut field);
    }
    let even =
        |(light, field): (&u8, f32)| (f32::from(*light) / field.max(LEAST_LEFT)).clamp(0.0, 255.0) as u8;
    Some(light.iter().zip(field).map(even).collect())
}

/// Mean power of the tiles, frequency by frequency.
fn spectrum(width: usize, height: usize, relative: &[f32]) -> Vec<f32> {
    let fft = FftPlanner::new().plan_fft_forward(TILE);
    let window: Vec<f32> = (0..TILE)
        .map(|at| 0.5 - 0.5 * (std::f32::consts::TAU * (at as f32 + 0.5) / TILE as f32).cos())
        .collect();
    let corners: Vec<[usize; 2]> = (0..=height - TILE)
        .step_by(TILE)
        .flat_map(|top| (0..=width - TILE).step_by(TILE).map(move |left| [left, top]))
        .collect();
    // Two tiles at a time, as the real and the imaginary part.
    let of_pair = |pair: &[[usize; 2]]| {
        let mut tile = vec![Complex::new(0.0, 0.0); TILE * TILE];
        for (part, [left, top]) in pair.iter().enumerate() {
            let row = |y: usize| &relative[(top + y) * width + left..][..TILE];
            let mean = (0..TILE).map(|y| row(y).iter().sum::<f32>()).sum::<f32>() / (TILE * TILE) as f32;
            for (y, line) in tile.chunks_exact_mut(TILE).enumerate() {
                for ((value, light), across) in line.iter_mut().zip(row(y)).zip(&window) {
                    let value = if part == 0 { &mut value.re } else { &mut value.im };
                    *value = (light - mean) * across * window[y];
                }
            }
        }
        fft.process(&mut tile);
        let mut turned = transposed(&tile);
        fft.process(&mut turned);
        turned.iter().map(Complex::norm_sqr).collect::<Vec<f32>>()
    };
    let pairs: Vec<Vec<f32>> = corners.par_chunks(2).map(of_pair).collect();
    // In one order, so that the same picture is read the same way.
    let power: Vec<f32> = (0..TILE * TILE).map(|at| pairs.iter().map(|pair| pair[at]).sum()).collect();
    // The parts of a pair differ in sign at opposite frequencies: together they are its two powers.
    let opposite = |at: usize| (TILE - at / TILE) % TILE * TILE + (TILE - at % TILE) % TILE;
    (0..TILE * TILE).map(|at| power[at] + power[opposite(at)]).collect()
}

fn transposed(tile: &[Complex<f32>]) -> Vec<Complex<f32>> {
    (0..TILE * TILE).map(|at| tile[(at % TILE) * TILE + at / TILE]).collect()
}

/// Frequencies of the peaks in cycles a pixel, the strongest first. The spectrum is turned: rows are frequencies along x.
fn waves(power: &[f32]) -> Vec<[f32; 2]> {
    let signed = |at: usize| if at < TILE / 2 { at as isize } else { at as isize - TILE as isize };
    let of = |x: isize, y: isize| {
        power[x.rem_euclid(TILE as isize) as usize * TILE + y.rem_euclid(TILE as isize) as usize]
    };
    let mut peaks: Vec<(f32, [f32; 2])> = Vec::new();
    for at in 0..TILE * TILE {
        let (x, y) = (signed(at / TILE), signed(at % TILE));
        // A real picture has every peak twice.
        if x < 0 || (x == 0 && y <= 0) {
            continue;
        }
        let cycles = (x as f32).hypot(y as f32) / TILE as f32;
        if !(WAVES_PX[0]..WAVES_PX[1]).contains(&(1.0 / cycles)) {
            continue;
        }
        let here = of(x, y);
        let beside = (-2..=2).flat_map(|dx| (-2..=2).map(move |dy| (dx, dy)));
        if beside.clone().any(|(dx, dy)| of(x + dx, y + dy) > here) {
            continue;
        }
        let around = |step: usize| {
            let angle = std::f32::consts::TAU * step as f32 / RING as f32;
            let away = |part: f32| (RADIUS * part).round() as isize;
            of(x + away(angle.cos()), y + away(angle.sin()))
        };
        let mut ring: Vec<f32> = (0..RING).map(around).collect();
        // The edge of a sheet is a ridge: high on both sides.
        let ridge = (0..RING / 2).map(|step| ring[step].min(ring[step + RING / 2])).fold(0.0, f32::max);
        ring.sort_by(f32::total_cmp);
        if here > PEAK * ring[RING / 2] && here > ABOVE_RIDGE * ridge {
            let fine = |low: f32, high: f32| {
                let (low, middle, high) = (low.ln(), here.ln(), high.ln());
                (0.5 * (low - high) / (low - 2.0 * middle + high)).clamp(-0.5, 0.5)
            };
            let place = [
                (x as f32 + fine(of(x - 1, y), of(x + 1, y))) / TILE as f32,
                (y as f32 + fine(of(x, y - 1), of(x, y + 1))) / TILE as f32,
            ];
            peaks.push((here, place));
        }
    }
    peaks.sort_by(|one, other| other.0.total_cmp(&one.0));
    peaks.into_iter().take(MOST).map(|(_, place)| place).collect()
}

/// Adds one wave with the strength and phase it has around each place.
fn add(width: usize, height: usize, relative: &[f32], [fx, fy]: [f32; 2], field: &mut [f32]) {
    let turn = |at: usize, frequency: f32| {
        let angle = std::f32::consts::TAU * (at as f32 * frequency).fract();
        Complex::new(angle.cos(), angle.sin())
    };
    let along: Vec<Complex<f32>> = (0..width).map(|x| turn(x, fx)).collect();
    let down: Vec<Complex<f32>> = (0..height).map(|y| turn(y, fy)).collect();
    let strength = Around::of(width, height, |y, sums| {
        let blocks = relative[y * width..][..width].chunks(BLOCK).zip(along.chunks(BLOCK));
        for (sum, (relative, along)) in sums.iter_mut().zip(blocks) {
            let carried: Complex<f32> =
                along.iter().zip(relative).map(|(turn, value)| turn.conj() * value).sum();
            *sum += carried * down[y].conj();
        }
    });
    field.par_chunks_exact_mut(width).enumerate().for_each(|(y, row)| {
        let line: Vec<Complex<f32>> =
            strength.line(y).into_iter().map(|value| value * down[y] * 2.0).collect();
        for ((field, value), along) in row.iter_mut().zip(strength.pixels(&line)).zip(&along) {
            *field += value.re * along.re - value.im * along.im;
        }
    });
}

/// The mean around each place: taken at the middles of blocks, linear between them.
struct Around {
    across: usize,
    means: Vec<Complex<f32>>,
    /// For each column of pixels the two blocks it lies between, and how far from the first.
    columns: Vec<(usize, usize, f32)>,
}

impl Around {
    /// `add_row` adds a row of pixels to the sums of the blocks it crosses.
    fn of(width: usize, height: usize, add_row: impl Fn(usize, &mut [Complex<f32>]) + Sync) -> Self {
        let across = width.div_ceil(BLOCK);
        let mut blocks = vec![Complex::new(0.0, 0.0); across * height.div_ceil(BLOCK)];
        blocks.par_chunks_exact_mut(across).enumerate().for_each(|(row, sums)| {
            let rows = row * BLOCK..((row + 1) * BLOCK).min(height);
            let count = rows.len();
            rows.for_each(|y| add_row(y, sums));
            for (x, sum) in sums.iter_mut().enumerate() {
                *sum /= (BLOCK.min(width - x * BLOCK) * count) as f32;
            }
        });
        let down = blocks.len() / across;
        let columns = (0..width).map(|x| between(x, across)).collect();
        Self { across, means: boxed(across, down, blocks), columns }
    }

    /// The means at the height of a row of pixels, block by block.
    fn line(&self, y: usize) -> Vec<Complex<f32>> {
        let (above, below, share) = between(y, self.means.len() / self.across);
        let row = |at: usize| &self.means[at * self.across..][..self.across];
        row(above).iter().zip(row(below)).map(|(above, below)| above + (below - above) * share).collect()
    }

    /// Such a line, pixel by pixel.
    fn pixels(&self, line: &[Complex<f32>]) -> impl Iterator<Item = Complex<f32>> {
        self.columns.iter().map(|&(left, right, share)| line[left] + (line[right] - line[left]) * share)
    }
}

/// The two blocks between whose middles a pixel lies, and how far it is on the way from the first to the second.
fn between(pixel: usize, blocks: usize) -> (usize, usize, f32) {
    let place = ((pixel as f32 + 0.5) / BLOCK as f32 - 0.5).clamp(0.0, (blocks - 1) as f32);
    let first = place as usize;
    (first, (first + 1).min(blocks - 1), place - first as f32)
}

/// The mean of a box of blocks around each, edges left out.
fn boxed(across: usize, down: usize, blocks: Vec<Complex<f32>>) -> Vec<Complex<f32>> {
    let mean = |length: usize, at: usize, of: &dyn Fn(usize) -> Complex<f32>| {
        let (from, to) = (at.saturating_sub(EVEN_BLOCKS), (at + EVEN_BLOCKS + 1).min(length));
        (from..to).map(of).sum::<Complex<f32>>() / (to - from) as f32
    };
    let all = 0..across * down;
    let rows: Vec<Complex<f32>> =
        all.clone().map(|at| mean(across, at % across, &|x| blocks[at / across * across + x])).collect();
    all.map(|at| mean(down, at / across, &|y| rows[y * across + at % across])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 512;

    /// A bright sheet with an edge in it, seen through gratings of these wavelengths.
    fn sheet(waves_px: &[f32]) -> Vec<u8> {
        let wave = |at: usize, length: f32| (std::f32::consts::TAU * at as f32 / length).sin();
        let mut dice = 1_u32;
        let light = |at: usize| {
            let (x, y) = (at % SIDE, at / SIDE);
            let paper = if x > SIDE / 3 { 150.0 } else { 110.0 };
            let grid: f32 = waves_px.iter().map(|length| 0.2 * wave(x + 2 * y, *length)).sum();
            // A little noise, the same every time.
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (paper * (1.0 + grid) + (dice >> 24) as f32 / 20.0 - 6.0) as u8
        };
        (0..SIDE * SIDE).map(light).collect()
    }

    fn difference(one: &[u8], other: &[u8]) -> f64 {
        let apart = one.iter().zip(other).map(|(one, other)| f64::from(one.abs_diff(*other)));
        apart.sum::<f64>() / one.len() as f64
    }

    #[test]
    fn waves_are_taken_away_and_nothing_else() {
        let (clean, waved) = (sheet(&[]), sheet(&[23.0, 9.5]));
        let calmed = without_waves(SIDE, SIDE, &waved).unwrap();
        let (before, after) = (difference(&waved, &clean), difference(&calmed, &clean));
        assert!(after < before / 4.0, "{before} before, {after} after");
        assert!(without_waves(SIDE, SIDE, &clean).is_none(), "there is nothing to take away");
    }
}
