//! sRGB, linear light, CIELAB (D65) and the CIEDE2000 difference.

use std::sync::LazyLock;

/// CIELAB under D65.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lab {
    pub l: f32,
    pub a: f32,
    pub b: f32,
}

/// sRGB primaries to XYZ relative to the D65 white (IEC 61966-2-1), each row divided by the white's coordinate.
const XYZ_FROM_LINEAR: [[f32; 3]; 3] =
    [[0.433_953, 0.376_219, 0.189_828], [0.212_671, 0.715_160, 0.072_169], [0.017_758, 0.109_477, 0.872_765]];
/// ITU-R BT.709 luminance weights.
const LUMINANCE: [f32; 3] = [0.2126, 0.7152, 0.0722];
/// CIE: below this the cube root is replaced by a straight line.
const LAB_LINEAR_BELOW: f32 = 216.0 / 24389.0;
const LAB_SLOPE: f32 = 24389.0 / 27.0;
/// Steps of the cube-root table; interpolated, its error stays below 0.001 L*.
const CURVE_STEPS: usize = 4096;
/// Steps of the table from linear light back to eight bits; fine enough that every level returns to itself.
const ENCODE_STEPS: usize = 8192;

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    linear: std::array::from_fn(|level| linear_exact(level as f32 / 255.0)),
    lab_curve: std::array::from_fn(|step| lab_curve_exact(step as f32 / CURVE_STEPS as f32)),
});
static ENCODED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..=ENCODE_STEPS)
        .map(|step| (encoded_exact(step as f32 / ENCODE_STEPS as f32) * 255.0).round() as u8)
        .collect()
});

/// Functions of a colour that are looked up.
struct Tables {
    /// Linear light of each 8-bit level.
    linear: [f32; 256],
    lab_curve: [f32; CURVE_STEPS + 2],
}

impl Tables {
    #[inline(always)]
    fn linear(&self, [red, green, blue]: [u8; 3]) -> [f32; 3] {
        [self.linear[usize::from(red)], self.linear[usize::from(green)], self.linear[usize::from(blue)]]
    }

    #[inline(always)]
    fn lab_curve(&self, ratio: f32) -> f32 {
        if ratio <= LAB_LINEAR_BELOW {
            return lab_curve_exact(ratio);
        }
        let place = ratio * CURVE_STEPS as f32;
        let step = (place as usize).min(CURVE_STEPS);
        let (low, high) = (self.lab_curve[step], self.lab_curve[step + 1]);
        low + (high - low) * (place - step as f32)
    }
}

/// Linear light 0..=1 of an 8-bit sRGB sample.
pub fn linear_from_srgb(level: u8) -> f32 {
    TABLES.linear[usize::from(level)]
}

/// The 8-bit sRGB sample nearest to a linear light; values outside 0..=1 are clamped.
pub fn srgb_from_linear(light: f32) -> u8 {
    let light = light.clamp(0.0, 1.0);
    if light < 0.02 {
        // the curve is too steep here for the table
        return (encoded_exact(light) * 255.0).round() as u8;
    }
    ENCODED[(light * ENCODE_STEPS as f32).round() as usize]
}

/// One 8-bit sRGB colour in CIELAB.
pub fn lab_from_srgb(rgb: [u8; 3]) -> Lab {
    let tables = &*TABLES;
    let linear = tables.linear(rgb);
    let of = |row: [f32; 3]| tables.lab_curve(row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2]);
    let [to_x, to_y, to_z] = XYZ_FROM_LINEAR;
    let (x, y, z) = (of(to_x), of(to_y), of(to_z));
    Lab { l: 116.0 * y - 16.0, a: 500.0 * (x - y), b: 200.0 * (y - z) }
}

/// L* of one 8-bit sRGB colour: [`lab_from_srgb`] without its colour.
pub fn lightness_from_srgb(rgb: [u8; 3]) -> f32 {
    let linear = TABLES.linear(rgb);
    let row = XYZ_FROM_LINEAR[1];
    lightness_from_luminance(row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2])
}

/// L* of a linear luminance 0..=1.
pub fn lightness_from_luminance(light: f32) -> f32 {
    116.0 * TABLES.lab_curve(light) - 16.0
}

/// Linear luminance 0..=1 of an 8-bit sRGB colour (ITU-R BT.709 weights).
pub fn linear_luminance(rgb: [u8; 3]) -> f32 {
    let linear = TABLES.linear(rgb);
    LUMINANCE[0] * linear[0] + LUMINANCE[1] * linear[1] + LUMINANCE[2] * linear[2]
}

/// CIEDE2000 colour difference with unit weights (Sharma, Wu, Dalal 2005).
pub fn delta_e_2000(one: Lab, other: Lab) -> f32 {
    let (l1, l2) = (f64::from(one.l), f64::from(other.l));
    let (a1, b1) = (f64::from(one.a), f64::from(one.b));
    let (a2, b2) = (f64::from(other.a), f64::from(other.b));
    let g = 0.5 * (1.0 - chroma_weight((a1.hypot(b1) + a2.hypot(b2)) / 2.0));
    let (a1, a2) = (a1 * (1.0 + g), a2 * (1.0 + g));
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let (h1, h2) = (hue_degrees(a1, b1), hue_degrees(a2, b2));
    let (hue_step, hue_mean) = hue_step_and_mean(h1, h2, c1 * c2 == 0.0);

    let delta_l = l2 - l1;
    let delta_c = c2 - c1;
    let delta_h = 2.0 * (c1 * c2).sqrt() * (hue_step / 2.0).to_radians().sin();
    let (l_mean, c_mean) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);

    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(hue_mean - 30.0) + 0.24 * cos(2.0 * hue_mean) + 0.32 * cos(3.0 * hue_mean + 6.0)
        - 0.20 * cos(4.0 * hue_mean - 63.0);
    let s_l = lightness_weight(l_mean);
    let s_c = 1.0 + 0.045 * c_mean;
    let s_h = 1.0 + 0.015 * c_mean * t;
    let turn = 30.0 * (-((hue_mean - 275.0) / 25.0).powi(2)).exp();
    let rotation = -2.0 * chroma_weight(c_mean) * (2.0 * turn).to_radians().sin();

    let (l, c, h) = (delta_l / s_l, delta_c / s_c, delta_h / s_h);
    (l * l + c * c + h * h + rotation * c * h).max(0.0).sqrt() as f32
}

/// Whether two colours differ by less than `limit` ΔE00. Where their lightness alone differs by more the rest of the formula,
/// which can only add to that, is spared.
pub fn is_within_2000(limit: f32, one: Lab, other: Lab) -> bool {
    let by_lightness = f64::from(other.l - one.l).abs() / lightness_weight(f64::from(one.l + other.l) / 2.0);
    by_lightness < f64::from(limit) && delta_e_2000(one, other) < limit
}

/// By how much a step in lightness is divided.
fn lightness_weight(mean: f64) -> f64 {
    let off = (mean - 50.0).powi(2);
    1.0 + 0.015 * off / (20.0 + off).sqrt()
}

fn chroma_weight(chroma: f64) -> f64 {
    let seventh = chroma.powi(7);
    (seventh / (seventh + 25_f64.powi(7))).sqrt()
}

fn hue_degrees(a: f64, b: f64) -> f64 {
    if a == 0.0 && b == 0.0 { 0.0 } else { b.atan2(a).to_degrees().rem_euclid(360.0) }
}

/// The shorter way round from one hue to the other, and the hue halfway.
fn hue_step_and_mean(h1: f64, h2: f64, colourless: bool) -> (f64, f64) {
    if colourless {
        return (0.0, h1 + h2);
    }
    let step = h2 - h1;
    let sum = h1 + h2;
    if step.abs() <= 180.0 {
        (step, sum / 2.0)
    } else {
        let mean = if sum < 360.0 { (sum + 360.0) / 2.0 } else { (sum - 360.0) / 2.0 };
        (step - 360.0 * step.signum(), mean)
    }
}

fn lab_curve_exact(ratio: f32) -> f32 {
    if ratio > LAB_LINEAR_BELOW { ratio.cbrt() } else { (LAB_SLOPE * ratio + 16.0) / 116.0 }
}

fn linear_exact(value: f32) -> f32 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn encoded_exact(light: f32) -> f32 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sharma, Wu, Dalal: The CIEDE2000 color-difference formula, table 1.
    const SHARMA: [([f32; 3], [f32; 3], f32); 27] = [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 3.1571, -77.2803], [50.0, 0.0, -82.7485], 2.8615),
        ([50.0, 2.8361, -74.0200], [50.0, 0.0, -82.7485], 3.4412),
        ([50.0, -1.3802, -84.2814], [50.0, 0.0, -82.7485], 1.0),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, -1.0, 2.0], [50.0, 0.0, 0.0], 2.3669),
        ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0009], 7.1792),
        ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0011], 7.2195),
        ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0012], 7.2195),
        ([50.0, -0.001, 2.49], [50.0, 0.0009, -2.49], 4.8045),
        ([50.0, -0.001, 2.49], [50.0, 0.0011, -2.49], 4.7461),
        ([50.0, 2.5, 0.0], [50.0, 0.0, -2.5], 4.3065),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([50.0, 2.5, 0.0], [61.0, -5.0, 29.0], 22.8977),
        ([50.0, 2.5, 0.0], [56.0, -27.0, -3.0], 31.9030),
        ([50.0, 2.5, 0.0], [58.0, 24.0, 15.0], 19.4535),
        ([50.0, 2.5, 0.0], [50.0, 3.1736, 0.5854], 1.0),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.2630),
        ([61.2901, 3.7196, -5.3901], [61.4292, 2.2480, -4.9620], 1.8731),
        ([35.0831, -44.1164, 3.7933], [35.0232, -40.0716, 1.5901], 1.8645),
        ([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373),
        ([36.4612, 47.8580, 18.3852], [36.2715, 50.5065, 21.2231], 1.4146),
        ([90.8027, -2.0831, 1.4410], [91.1528, -1.6435, 0.0447], 1.4441),
        ([90.9257, -0.5406, -0.9208], [88.6381, -0.8985, -0.7239], 1.5381),
        ([6.7747, -0.2908, -2.4247], [5.8714, -0.0985, -2.2286], 0.6377),
        ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
    ];

    fn lab([l, a, b]: [f32; 3]) -> Lab {
        Lab { l, a, b }
    }

    #[test]
    fn ciede2000_gives_the_published_differences() {
        for (one, other, expect) in SHARMA {
            let got = delta_e_2000(lab(one), lab(other));
            assert!((got - expect).abs() < 1e-4, "{one:?} {other:?}: {got} for {expect}");
        }
    }

    #[test]
    fn within_a_distance_is_what_the_formula_says() {
        for (one, other, expect) in SHARMA {
            assert!(is_within_2000(expect + 0.01, lab(one), lab(other)));
            assert!(!is_within_2000(expect - 0.01, lab(one), lab(other)));
        }
        assert!(!is_within_2000(10.0, lab([30.0, 5.0, 5.0]), lab([70.0, 5.0, 5.0])));
    }

    #[test]
    fn background_colours_have_their_published_lab() {
        let check = |rgb, expect: [f32; 3]| {
            let got = lab_from_srgb(rgb);
            let near = [got.l, got.a, got.b].iter().zip(expect).all(|(g, e)| (g - e).abs() < 0.06);
            assert!(near, "{rgb:?}: {got:?}");
        };
        check([255, 255, 255], [100.0, 0.0, 0.0]);
        check([100, 197, 255], [76.0, -11.9, -37.1]);
        check([240, 240, 240], [94.8, 0.0, 0.0]);
        check([67, 142, 219], [57.7, 1.7, -46.1]);
        check([0, 0, 0], [0.0, 0.0, 0.0]);
        let difference = delta_e_2000(lab_from_srgb([255; 3]), lab_from_srgb([240; 3]));
        assert!((difference - 3.0).abs() < 0.05, "{difference}");
    }

    #[test]
    fn the_table_follows_the_exact_curve() {
        for step in 0..20_000 {
            let ratio = step as f32 / 20_000.0;
            let off = (TABLES.lab_curve(ratio) - lab_curve_exact(ratio)).abs() * 116.0;
            assert!(off < 1e-3, "{ratio}: {off}");
        }
    }

    #[test]
    fn every_level_survives_linear_light() {
        for level in 0..=255 {
            assert_eq!(srgb_from_linear(linear_from_srgb(level)), level);
        }
        assert_eq!((srgb_from_linear(-1.0), srgb_from_linear(9.0)), (0, 255));
    }

    #[test]
    fn luminance_is_linear_light() {
        assert!((linear_luminance([255, 255, 255]) - 1.0).abs() < 1e-6);
        assert!((linear_luminance([188, 188, 188]) - 0.5).abs() < 0.01);
    }
}
