//! Takes the waves of a photographed screen away: sharp peaks of the picture's spectrum, each estimated and subtracted place
//! by place.

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
/// Half a side of the neighbourhood in which a wave is taken for even, in pixels.
const EVEN_PX: usize = 40;
/// The waves together leave at least this share of the light.
const LEAST_LEFT: f32 = 0.25;

/// The picture without its waves; `None` when it has none.
pub fn without_waves(width: usize, height: usize, light: &[u8]) -> Option<Vec<u8>> {
    if width < TILE || height < TILE {
        return None;
    }
    let real = |value: f32| Complex::new(value, 0.0);
    let local = smoothed(width, height, light.iter().map(|light| real(f32::from(*light))).collect());
    // A screen's waves multiply the light: relative to what is usual around a place they are even.
    let relative: Vec<f32> =
        light.iter().zip(&local).map(|(light, local)| f32::from(*light) / local.re.max(1.0) - 1.0).collect();
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
    let mut power = vec![0.0; TILE * TILE];
    let mut tile = vec![Complex::new(0.0, 0.0); TILE * TILE];
    let mut turned = tile.clone();
    for top in (0..=height - TILE).step_by(TILE) {
        for left in (0..=width - TILE).step_by(TILE) {
            let mean = (0..TILE)
                .map(|y| relative[(top + y) * width + left..][..TILE].iter().sum::<f32>())
                .sum::<f32>()
                / (TILE * TILE) as f32;
            for (at, value) in tile.iter_mut().enumerate() {
                let (x, y) = (at % TILE, at / TILE);
                *value = Complex::new(
                    (relative[(top + y) * width + left + x] - mean) * window[x] * window[y],
                    0.0,
                );
            }
            fft.process(&mut tile);
            transpose(&tile, &mut turned);
            fft.process(&mut turned);
            for (power, value) in power.iter_mut().zip(&turned) {
                *power += value.norm_sqr();
            }
        }
    }
    power
}

fn transpose(from: &[Complex<f32>], to: &mut [Complex<f32>]) {
    for (at, value) in to.iter_mut().enumerate() {
        *value = from[(at % TILE) * TILE + at / TILE];
    }
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
    let carried =
        (0..width * height).map(|at| (along[at % width] * down[at / width]).conj() * relative[at]).collect();
    let strength = smoothed(width, height, carried);
    for (at, field) in field.iter_mut().enumerate() {
        *field += 2.0 * (strength[at] * along[at % width] * down[at / width]).re;
    }
}

/// The mean of a box around each place, edges left out.
fn smoothed(width: usize, height: usize, plane: Vec<Complex<f32>>) -> Vec<Complex<f32>> {
    let mut rows = vec![Complex::new(0.0, 0.0); width * height];
    for y in 0..height {
        line(&plane[y * width..(y + 1) * width], |at, mean| rows[y * width + at] = mean);
    }
    let mut out = plane;
    let mut column = vec![Complex::new(0.0, 0.0); height];
    for x in 0..width {
        (0..height).for_each(|y| column[y] = rows[y * width + x]);
        line(&column, |at, mean| out[at * width + x] = mean);
    }
    out
}

fn line(line: &[Complex<f32>], mut put: impl FnMut(usize, Complex<f32>)) {
    let mut sums = Vec::with_capacity(line.len() + 1);
    let mut sum = Complex::new(0.0_f64, 0.0);
    sums.push(sum);
    for value in line {
        sum += Complex::new(f64::from(value.re), f64::from(value.im));
        sums.push(sum);
    }
    for at in 0..line.len() {
        let (from, to) = (at.saturating_sub(EVEN_PX), (at + EVEN_PX + 1).min(line.len()));
        let mean = (sums[to] - sums[from]) / (to - from) as f64;
        put(at, Complex::new(mean.re as f32, mean.im as f32));
    }
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
