//! People by the hundred: any number becomes a plausible sitter with a faultless photo.

use super::noise::Prng;
use super::spec::{
    Background, Camera, Clothing, Expression, Garment, Hair, HairStyle, HeadShape, Light, Pose, Shoulders,
    SitterSpec, Skin,
};

/// The sitter of this number: a faultless portrait on a plain light background.
pub fn vary(seed: u64) -> SitterSpec {
    let mut prng = Prng::new(seed ^ 0x0517_7e25);
    let build = Build::new(&mut prng);
    SitterSpec {
        seed: seed as u32 ^ 0x5eed,
        head: head(&build, &mut prng),
        skin: skin(&build, &mut prng),
        hair: hair(&build, &mut prng),
        clothing: clothing(&mut prng),
        shoulders: Shoulders {
            width: if build.male { prng.between(1.0, 1.1) } else { prng.between(0.84, 0.94) },
            tilt_degrees: prng.normal() * 0.7,
            turn_degrees: prng.normal() * 2.0,
        },
        pose: Pose {
            yaw_degrees: prng.normal().clamp(-2.0, 2.0) * 1.2,
            pitch_degrees: prng.normal().clamp(-2.0, 2.0) * 1.2,
            roll_degrees: prng.normal().clamp(-2.0, 2.0) * 0.7,
        },
        expression: Expression { smile: prng.between(-0.05, 0.35), ..Expression::default() },
        light: light(&mut prng),
        background: background(&mut prng),
        camera: camera(&mut prng),
        ..SitterSpec::default()
    }
}

/// What the other features follow.
struct Build {
    male: bool,
    east_asian: bool,
    /// 0 lightest .. 1 darkest.
    tan: f32,
}

impl Build {
    fn new(prng: &mut Prng) -> Self {
        let male = prng.chance(0.5);
        let east_asian = prng.chance(0.8);
        let tan = if east_asian { prng.between(0.0, 0.45) } else { prng.unit() };
        Self { male, east_asian, tan }
    }
}

fn head(build: &Build, prng: &mut Prng) -> HeadShape {
    let (male, asian) = (build.male, build.east_asian);
    let mut near = |mean: f32, spread: f32| mean + spread * prng.normal().clamp(-1.8, 1.8);
    HeadShape {
        width: near(if asian { 1.02 } else { 0.98 }, 0.022),
        length: near(if male { 1.0 } else { 0.95 }, 0.018),
        jaw: near(if male { 1.02 } else { 0.89 }, 0.03),
        chin: near(if male { 1.05 } else { 0.80 }, 0.06),
        cheek: near(if asian { 1.1 } else { 0.9 }, 0.2),
        nose_width: near(if asian { 1.02 } else { 0.95 }, 0.05) - if male { 0.0 } else { 0.09 }
            + 0.08 * build.tan,
        nose_length: near(1.0, 0.03),
        nose_height: near(if asian { 0.88 } else { 1.08 }, 0.08),
        eye_size: near(if male { 0.97 } else { 1.04 }, 0.025),
        eye_spacing: near(1.0, 0.015),
        eye_height: near(if asian { 0.96 } else { 1.05 }, 0.08),
        eye_slant_cm: near(if asian { 0.15 } else { 0.06 }, 0.05),
        lid_fold: near(if asian { 0.45 } else { 0.8 }, 0.25).clamp(0.0, 1.0),
        epicanthus: near(if asian { 0.5 } else { 0.05 }, 0.2).clamp(0.0, 1.0),
        socket_depth: near(if asian { 0.3 } else { 0.7 }, 0.12).clamp(0.0, 1.0),
        brow_thickness: near(if male { 1.12 } else { 0.82 }, 0.12),
        brow_height: near(if male { 0.93 } else { 1.03 }, 0.04),
        brow_arch: near(if male { 0.8 } else { 1.1 }, 0.25),
        lip_fullness: near(if male { 0.92 } else { 1.08 }, 0.1) + 0.15 * build.tan,
        mouth_width: near(if male { 1.0 } else { 0.90 }, 0.03),
        neck: near(if male { 1.06 } else { 0.88 }, 0.025),
    }
}

fn skin(build: &Build, prng: &mut Prng) -> Skin {
    const TONES: [[f32; 3]; 5] = [
        [232.0, 194.0, 171.0],
        [226.0, 184.0, 156.0],
        [206.0, 160.0, 128.0],
        [158.0, 112.0, 84.0],
        [116.0, 80.0, 60.0],
    ];
    let place = build.tan * 3.99;
    let (low, share) = (place as usize, place.fract());
    let shade = prng.normal() * 3.0;
    let tone = [0, 1, 2].map(|k| (TONES[low][k] + (TONES[low + 1][k] - TONES[low][k]) * share + shade) as u8);
    let redden = |k: usize, by: f32| (f32::from(tone[k]) * by) as u8;
    let made_up = !build.male && prng.chance(0.4);
    let lips = if made_up {
        [redden(0, 0.84), redden(1, 0.50), redden(2, 0.56)]
    } else {
        [redden(0, 0.84), redden(1, 0.62), redden(2, 0.66)]
    };
    Skin {
        tone,
        blush: prng.between(0.25, 0.6),
        shine: prng.between(0.15, 0.5),
        lips,
        beard: if build.male { prng.between(0.1, 0.6) } else { 0.0 },
        freckles: prng.between(0.0, 0.3),
        eye_makeup: if made_up { prng.between(0.2, 0.5) } else { 0.08 },
        iris: if build.east_asian || build.tan > 0.3 {
            prng.pick(&[[58, 36, 26], [48, 31, 24], [74, 47, 30]])
        } else {
            prng.pick(&[[74, 47, 30], [96, 110, 120], [90, 100, 66]])
        },
    }
}

fn hair(build: &Build, prng: &mut Prng) -> Hair {
    let style = if build.male {
        prng.pick(&[HairStyle::Cropped, HairStyle::SideParted, HairStyle::SideParted, HairStyle::Swept])
    } else {
        prng.pick(&[
            HairStyle::Bob,
            HairStyle::Bob,
            HairStyle::Long,
            HairStyle::Long,
            HairStyle::Ponytail,
            HairStyle::TallBun,
            HairStyle::LowBun,
        ])
    };
    let color = if build.east_asian || build.tan > 0.4 {
        prng.pick(&[[26, 22, 21], [32, 27, 25], [44, 34, 29], [62, 44, 34]])
    } else {
        prng.pick(&[[40, 30, 26], [84, 58, 40], [120, 88, 58], [160, 126, 84]])
    };
    let fringed = matches!(style, HairStyle::Bob | HairStyle::SideParted) && prng.chance(0.35);
    Hair {
        style,
        color,
        volume: prng.between(0.85, 1.15),
        parting: prng.between(-0.7, 0.7),
        fringe: if fringed { prng.between(0.5, 0.8) } else { 0.0 },
        stray: prng.between(0.1, 0.5),
        wave: prng.between(0.05, 0.35),
        recession_cm: if build.male && prng.chance(0.15) { prng.between(0.3, 0.9) } else { 0.0 },
        in_front: style == HairStyle::Ponytail || prng.chance(0.5),
    }
}

fn clothing(prng: &mut Prng) -> Clothing {
    const CLOTH: [[u8; 3]; 9] = [
        [58, 66, 92],
        [120, 46, 50],
        [48, 50, 54],
        [72, 92, 78],
        [150, 120, 92],
        [96, 84, 120],
        [176, 150, 60],
        [34, 44, 66],
        [140, 150, 160],
    ];
    let garment = prng.pick(&[Garment::CollarShirt, Garment::RoundNeck, Garment::Suit, Garment::Hoodie]);
    let color = match garment {
        Garment::CollarShirt => prng.pick(&[[206, 214, 226], [150, 176, 206], [92, 108, 138], [60, 62, 70]]),
        Garment::Suit => prng.pick(&[[32, 38, 54], [40, 40, 44], [62, 64, 72], [52, 44, 40]]),
        _ => prng.pick(&CLOTH),
    };
    let striped = garment == Garment::RoundNeck && prng.chance(0.2);
    Clothing {
        garment,
        color,
        second: if striped { prng.pick(&CLOTH) } else { [236, 238, 240] },
        tie: (garment == Garment::Suit && prng.chance(0.6))
            .then(|| prng.pick(&[[110, 28, 36], [38, 52, 96], [70, 70, 76]])),
        stripe_cm: if striped { prng.between(1.6, 3.0) } else { 0.0 },
        creases: prng.between(0.25, 0.6),
    }
}

fn light(prng: &mut Prng) -> Light {
    Light {
        key_azimuth_degrees: prng.between(-22.0, 22.0),
        key_elevation_degrees: prng.between(25.0, 42.0),
        key: prng.between(0.35, 0.55),
        key_softness: prng.between(0.7, 1.0),
        ambient: prng.between(0.6, 0.75),
        exposure_ev: prng.between(-0.12, 0.12),
        cast: [1.0, 1.0, 1.0],
    }
}

fn background(prng: &mut Prng) -> Background {
    Background {
        color: prng.pick(&[
            [238, 239, 240],
            [246, 246, 246],
            [226, 229, 233],
            [206, 222, 240],
            [150, 196, 236],
            [96, 170, 232],
        ]),
        ..Background::default()
    }
}

fn camera(prng: &mut Prng) -> Camera {
    let large = prng.chance(0.25);
    Camera {
        width_px: if large { 1200 } else { 900 },
        height_px: if large { 1600 } else { 1200 },
        head_height: prng.between(0.42, 0.48),
        eye_line: prng.between(0.40, 0.43),
        off_centre: prng.between(-0.02, 0.02),
        distance_cm: prng.between(110.0, 180.0),
        noise: prng.between(0.8, 1.8),
        ..Camera::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_differ_and_stay_themselves() {
        let describe = |seed| format!("{:?}", vary(seed));
        assert_eq!(describe(7), describe(7));
        assert_ne!(describe(7), describe(8));
    }
}
