//! Neck, ears and what is inside an open mouth.

use super::anatomy::{Anatomy, LIP_LINE_Y};
use super::features;
use super::math::{Vec3, bump, cos, curve, hill, lerp, sin, sin_cos_degrees, smoothstep, v3};
use super::mesh::{Corner, Mesh, Part};

/// The neck from inside the jaw to below the collar.
pub fn neck(anatomy: &Anatomy, masculine: f32) -> Mesh {
    let breadth = anatomy.shape.neck;
    let mut mesh = Mesh::grid(Part::Neck, (96, 60), true, |i, j| {
        let azimuth = std::f32::consts::TAU * (i as f32 / 96.0 - 0.5);
        let v = j as f32 / 59.0;
        let y = lerp(-6.0, -22.0, v);
        let (s, c) = (sin(azimuth), cos(azimuth));
        let half =
            curve(&[(-6.0, 5.0), (-11.0, 5.05), (-15.0, 5.5), (-18.0, 7.2), (-22.0, 11.0)], y) * breadth;
        let middle = curve(&[(-6.0, -4.6), (-11.0, -5.2), (-18.0, -6.4), (-22.0, -6.8)], y);
        let front = curve(&[(-6.0, 5.0), (-11.0, 5.4), (-16.0, 5.3), (-18.5, 5.0), (-22.0, 7.0)], y);
        let back = curve(&[(-6.0, 5.8), (-15.0, 6.0), (-18.0, 6.6), (-22.0, 7.5)], y);
        let x = half * s;
        let z = middle + if c > 0.0 { front * c } else { back * c };
        let at = v3(x, y * anatomy.shape.length.max(0.97), z + tendons(x.abs(), y, masculine) * c.max(0.0));
        Corner { at, rest: at }
    });
    mesh.darken_creases(3, 0.5);
    mesh
}

/// The two slanting muscles, the pit between the collar bones, the voice box.
fn tendons(side: f32, y: f32, masculine: f32) -> f32 {
    let muscle_x = lerp(4.6, 1.1, smoothstep(-9.0, -18.0, y));
    let muscle = 0.38 * bump((side - muscle_x) * (side - muscle_x) / 1.3);
    let pit = -0.7 * hill(side, y, 0.0, -18.6, 1.1, 1.0);
    let bones = 0.45 * hill(side, y, 4.2, -19.0, 3.4, 0.8);
    let voice_box = (0.12 + 0.4 * masculine) * hill(side, y, 0.0, -13.6, 1.2, 1.5);
    muscle + pit + bones + voice_box
}

/// One ear; `side` is +1 at the image's right.
pub fn ear(anatomy: &Anatomy, side: f32) -> Mesh {
    let (columns, rows) = (72, 26);
    let mut mesh = Mesh::grid(Part::Ear, (columns, rows), true, |i, j| {
        // Mirrored ears turn the other way round, so that both face outwards.
        let turn = 360.0 * side * i as f32 / columns as f32;
        let r = 1.0 - j as f32 / (rows - 1) as f32;
        let (s, c) = sin_cos_degrees(turn);
        let local = ear_point(s, c, r);
        let at = ear_place(anatomy, local, side);
        Corner { at, rest: at }
    });
    mesh.darken_creases(2, 1.0);
    mesh
}

/// Ear in its own plane: x towards the back of the head, y up, z outwards; `r` 1 at the rim.
fn ear_point(s: f32, c: f32, r: f32) -> Vec3 {
    // Upright egg, broad above, with a narrow lobe.
    let up = c;
    let breadth = lerp(1.0, 1.75, smoothstep(-1.3, 0.55, up));
    let outline = v3(s * breadth, up * 3.1, 0.0);
    let (x, y) = (outline.x * r, outline.y * r);
    let rim = bump((r - 0.86) * (r - 0.86) / 0.028) * smoothstep(-0.95, -0.2, up + 0.3 * s);
    let inner_ridge =
        bump((r - 0.56) * (r - 0.56) / 0.03) * smoothstep(-0.2, 0.4, s) * smoothstep(-0.8, -0.1, up);
    let bowl = hill(x, y, -0.25, -0.35, 0.95, 1.25);
    let tragus = hill(x, y, -1.0, -0.55, 0.45, 0.65);
    let lobe = hill(x, y, -0.2, -2.4, 1.0, 0.9);
    let edge = -0.55 * smoothstep(0.93, 1.0, r);
    v3(x, y, 0.35 + 0.42 * rim + 0.28 * inner_ridge - 0.85 * bowl + 0.45 * tragus + 0.2 * lobe + edge)
}

fn ear_place(anatomy: &Anatomy, local: Vec3, side: f32) -> Vec3 {
    let shape = &anatomy.shape;
    // The ear stands off the head more at its back edge.
    let flare = 0.52;
    let back = local.x + 1.35;
    let out = back * flare + local.z * 0.85 - 0.35;
    let depth = -2.5 - back * 0.86 + local.z * 0.45;
    let lean = 0.16 * (local.y + 0.5);
    let x = (7.05 + out + 0.10 * local.y) * shape.width;
    v3(x * side, (-1.6 + local.y + 0.12 * back) * shape.length, depth - lean)
}

/// The dark of the mouth and the upper teeth, seen when lips part.
pub fn mouth_inside(anatomy: &Anatomy) -> Vec<Mesh> {
    if anatomy.expression.mouth_open <= 0.02 {
        return Vec::new();
    }
    let line = LIP_LINE_Y * anatomy.shape.length;
    let half = anatomy.mouth_half;
    let cavity = Mesh::grid(Part::MouthInside, (13, 9), false, |i, j| {
        let x = lerp(-half, half, i as f32 / 12.0);
        let y = line + 1.2 - 4.8 * j as f32 / 8.0;
        let at = v3(x, y, 2.6 - 0.16 * x * x);
        Corner { at, rest: at }
    });
    let teeth = |top: f32, bottom: f32, z: f32, drop: bool| {
        Mesh::grid(Part::Teeth, (41, 7), false, |i, j| {
            let x = lerp(-2.0, 2.0, i as f32 / 40.0);
            let y = line + lerp(top, bottom, j as f32 / 6.0);
            let rest = v3(x, y, z - 0.30 * x * x);
            let jaw = v3(x, line - 1.0, z);
            let shift = if drop { features::express(anatomy, jaw) - jaw } else { Vec3::ZERO };
            Corner { at: rest + v3(0.0, shift.y, 0.0), rest }
        })
    };
    vec![cavity, teeth(0.75, -0.22, 4.9, false), teeth(-0.45, -1.2, 4.6, true)]
}
