//! Eyeballs with iris, pupil and reflection; lashes and brows as hairs.

use super::anatomy::{Anatomy, EYEBALL_RADIUS, EYEBALL_Z, IRIS_RADIUS, draw_in, draw_out};
use super::color::linear;
use super::head::Head;
use super::math::{Mat3, Vec3, bump, lerp, sin, sin_cos_degrees, smoothstep, v3};
use super::mesh::{Corner, Mesh, Part};
use super::noise::{Prng, noise2};
use super::shade::{Finish, Surface};
use super::spec::SitterSpec;
use super::strand::{Strand, StrandKind};

/// Middle of an eyeball in face coordinates.
pub fn eyeball_centre(anatomy: &Anatomy, side: f32) -> Vec3 {
    v3(anatomy.eye_x * side, 0.0, EYEBALL_Z)
}

/// Direction of gaze in face coordinates.
pub fn gaze(anatomy: &Anatomy) -> Vec3 {
    let turn = Mat3::about_y(anatomy.expression.gaze_right_degrees);
    turn.apply(Mat3::about_x(anatomy.expression.gaze_up_degrees).apply(v3(0.0, 0.0, 1.0)))
}

/// Middle of a pupil in face coordinates.
pub fn pupil(anatomy: &Anatomy, side: f32) -> Vec3 {
    eyeball_centre(anatomy, side) + gaze(anatomy) * EYEBALL_RADIUS
}

/// The front half of an eyeball.
pub fn eyeball(anatomy: &Anatomy, side: f32, fineness: f32) -> Mesh {
    let centre = eyeball_centre(anatomy, side);
    let rings = (14.0 * fineness.max(0.6)) as usize;
    Mesh::grid(Part::Eyeball, (24, rings), true, |i, j| {
        let (s, c) = sin_cos_degrees(-360.0 * i as f32 / 24.0);
        let (out, ahead) = sin_cos_degrees(100.0 * j as f32 / (rings - 1) as f32);
        let ball = v3(out * s, out * c, ahead) * EYEBALL_RADIUS;
        let at = centre + v3(draw_out(ball.x), ball.y, ball.z);
        Corner { at, rest: at }
    })
}

/// Paints the eyeball: white, vessels, iris and pupil, shaded by the lid above.
pub fn finish(spec: &SitterSpec, anatomy: &Anatomy, surface: &Surface) -> Finish {
    let p = surface.rest;
    let side = if p.x > 0.0 { 1.0 } else { -1.0 };
    let outward = (p - eyeball_centre(anatomy, side)).unit();
    let gaze = gaze(anatomy);
    let off = outward - gaze * outward.dot(gaze);
    let radius = off.length() * EYEBALL_RADIUS / IRIS_RADIUS;
    let t = anatomy.lid_position(p.x, side);
    let mut albedo = white(spec, t, p);
    albedo = albedo.lerp(iris(spec, radius, off), smoothstep(1.04, 0.93, radius));
    albedo = albedo.lerp(v3(0.004, 0.004, 0.005), smoothstep(0.46, 0.38, radius));
    if let Some(gap) = anatomy.lid_gap(p.x, p.y, side) {
        let shade = lerp(0.42, 1.0, smoothstep(-0.02, 0.40, gap.below_upper));
        let rim = lerp(0.62, 1.0, smoothstep(-0.02, 0.14, gap.above_lower));
        albedo = albedo * (shade * rim);
    }
    let moist = if radius < 1.1 { 1.6 } else { 0.25 };
    Finish { albedo, wrap: v3(0.3, 0.2, 0.2), sheen: 0.03, gloss: moist, gloss_power: 420.0 }
}

/// The cornea bulges: reflections sit where its own curve puts them.
pub fn cornea_normal(anatomy: &Anatomy, surface: &Surface, turned_gaze: Vec3) -> Vec3 {
    let side = if surface.rest.x > 0.0 { 1.0 } else { -1.0 };
    let outward = (surface.rest - eyeball_centre(anatomy, side)).unit();
    let radius =
        (outward - gaze(anatomy) * outward.dot(gaze(anatomy))).length() * EYEBALL_RADIUS / IRIS_RADIUS;
    let lean = surface.normal - turned_gaze * surface.normal.dot(turned_gaze);
    (surface.normal + lean * (0.5 * smoothstep(1.2, 0.9, radius))).unit()
}

fn white(spec: &SitterSpec, t: f32, p: Vec3) -> Vec3 {
    let vessels = smoothstep(0.55, 0.9, noise2(p.x * 6.0, p.y * 14.0, spec.seed ^ 91).abs());
    let base = v3(0.66, 0.60, 0.56).lerp(v3(0.56, 0.40, 0.36), 0.35 * smoothstep(0.4, 1.0, t.abs()));
    let veined = base.lerp(v3(0.55, 0.28, 0.25), 0.12 * vessels);
    veined.lerp(v3(0.52, 0.25, 0.22), bump((t + 1.0) * (t + 1.0) / 0.05) * 0.9)
}

fn iris(spec: &SitterSpec, radius: f32, off: Vec3) -> Vec3 {
    let base = linear(spec.skin.iris);
    let direction = off.unit();
    let spokes = noise2(direction.x * 9.0 + 20.0, direction.y * 9.0 + radius * 1.2, spec.seed ^ 93);
    let fine = noise2(direction.x * 23.0, direction.y * 23.0 + radius * 2.0, spec.seed ^ 94);
    let light = 1.0 + 0.35 * spokes + 0.2 * fine + 0.6 * bump((radius - 0.6) * (radius - 0.6) / 0.06);
    // Light crosses the eye and brightens the side away from the lamp.
    let glow = 1.0 - 1.1 * off.y;
    base * (light * glow * lerp(1.0, 0.25, smoothstep(0.78, 1.0, radius)))
}

/// Lashes of both lids of both eyes.
pub fn lashes(spec: &SitterSpec, head: &Head) -> Vec<Strand> {
    let mut prng = Prng::new(u64::from(spec.seed) ^ 0x1a5);
    let anatomy = head.anatomy;
    let mut strands = Vec::new();
    for side in [-1.0f32, 1.0] {
        let open = anatomy.lid_openness(side).clamp(0.0, 1.2);
        for k in 0..90 {
            let upper = k < 62;
            let t = if upper { -0.9 + 1.88 * k as f32 / 61.0 } else { -0.7 + 1.6 * (k - 62) as f32 / 27.0 };
            let t = t + prng.between(-0.015, 0.015);
            let (high, low) = anatomy.lid_edges(t.clamp(-0.99, 0.99), side);
            let x = (anatomy.eye_x + t * anatomy.eye_half) * side;
            let y = if upper { high + 0.02 } else { low - 0.03 };
            let root = v3(x, y, eyelid_depth(anatomy, x, y, side) + 0.2);
            let length = if upper {
                prng.between(0.20, 0.34) * (0.8 + 0.35 * t.max(-0.4))
            } else {
                prng.between(0.10, 0.18)
            };
            let rise = if upper { lerp(-0.55, 0.30, open.min(1.0)) } else { -0.6 };
            let out = v3(side * (0.6 * t + 0.2), rise, 0.85).unit();
            let points = (0..5)
                .map(|n| {
                    let s = n as f32 / 4.0;
                    let curl = if upper { 0.30 * s * s * open.min(1.0) } else { -0.05 * s };
                    root + out * (length * s) + v3(0.0, curl * length * 1.4, 0.0)
                })
                .collect();
            strands.push(fine_hair(StrandKind::Lash, points, if upper { 0.034 } else { 0.012 }, 1.0));
        }
    }
    strands
}

fn eyelid_depth(anatomy: &Anatomy, x: f32, y: f32, side: f32) -> f32 {
    let dx = draw_in(x - anatomy.eye_x * side);
    let radius = EYEBALL_RADIUS + 0.12;
    EYEBALL_Z + (radius * radius - dx * dx - y * y).max(0.05).sqrt()
}

/// Brow hairs: upright at the inner end, lying outwards along the arch.
pub fn brows(spec: &SitterSpec, head: &Head) -> Vec<Strand> {
    let mut prng = Prng::new(u64::from(spec.seed) ^ 0xb40);
    let anatomy = head.anatomy;
    let mut strands = Vec::new();
    for side in [-1.0f32, 1.0] {
        for _ in 0..300 {
            let t = prng.between(-1.0, 1.0);
            let (middle, half) = anatomy.brow(t);
            let across = (prng.unit() + prng.unit() - 1.0) * 1.05;
            let x = anatomy.eye_x + 0.12 + t * 2.2;
            let y = middle + across * half;
            let upright = smoothstep(-0.3, -1.0, t);
            let lean = lerp(-0.25 * across - 0.12 * t.max(0.0) * 3.0, 1.4, upright);
            let length = prng.between(0.38, 0.62) * (1.0 - 0.35 * t.max(0.0));
            let points = (0..4)
                .map(|n| {
                    let s = n as f32 / 3.0 * length;
                    let at = head.front((x + s * (1.0 - 0.6 * upright)) * side, y + s * lean * 0.5);
                    at + v3(0.0, 0.0, 0.03 + 0.05 * sin(s * 4.0))
                })
                .collect();
            strands.push(fine_hair(StrandKind::Brow, points, 0.032, prng.between(0.7, 1.3)));
        }
    }
    strands
}

fn fine_hair(kind: StrandKind, points: Vec<Vec3>, width_cm: f32, tone: f32) -> Strand {
    Strand { kind, points, width_cm, tone, depth: 1.0, casts: false, loose: true, knot: false }
}
