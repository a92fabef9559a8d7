//! What is worn: shirt with collar, round neck, suit with lapels and tie, hooded top.

use super::math::{Vec3, bump, cos, lerp, sin, smoothstep, v3};
use super::mesh::{Corner, Mesh, Part, tube};
use super::spec::{Garment, SitterSpec};
use super::torso::Torso;

use std::f32::consts::{PI, TAU};

/// All surfaces of the clothes, before the chest is turned.
pub fn garments(spec: &SitterSpec, torso: &Torso) -> Vec<Mesh> {
    match spec.clothing.garment {
        Garment::CollarShirt => shirt(torso, Part::Cloth),
        Garment::RoundNeck => round_neck(torso),
        Garment::Suit => suit(spec, torso),
        Garment::Hoodie => hoodie(torso),
    }
}

/// The whole chest from ring `from` down, `out` cm above the body.
fn trunk(torso: &Torso, part: Part, from: f32, out: f32) -> Mesh {
    Mesh::grid(part, (120, 70), true, |i, j| {
        let azimuth = TAU * i as f32 / 120.0 - PI;
        let at = torso.point(azimuth, lerp(from, 1.0, j as f32 / 69.0), out);
        Corner { at, rest: at }
    })
}

fn shirt(torso: &Torso, part: Part) -> Vec<Mesh> {
    let collar_part = if part == Part::Cloth { Part::Collar } else { Part::ShirtCollar };
    let mut meshes = vec![trunk(torso, part, 0.0, 0.35), placket(torso, collar_part)];
    meshes.push(collar(torso, collar_part, 1.0));
    meshes.push(collar(torso, collar_part, -1.0));
    if part == Part::Cloth {
        meshes.extend((0..4).map(|k| button(torso, 0.16 + 0.115 * k as f32)));
    }
    meshes
}

/// The strip down the front that carries the buttons.
fn placket(torso: &Torso, part: Part) -> Mesh {
    Mesh::grid(part, (9, 40), false, |i, j| {
        let u = i as f32 / 8.0 * 2.0 - 1.0;
        let edge = 1.0 - u * u * u * u;
        let base = torso.point(0.0, lerp(0.0, 1.0, j as f32 / 39.0), 0.35);
        let at = base + v3(u * 1.5, 0.0, 0.02 + 0.16 * edge);
        Corner { at, rest: at }
    })
}

fn button(torso: &Torso, ring: f32) -> Mesh {
    let middle = torso.point(0.0, ring, 0.62);
    Mesh::grid(Part::Button, (12, 4), true, |i, j| {
        let turn = -TAU * i as f32 / 12.0;
        let r = j as f32 / 3.0;
        let at = middle + v3(sin(turn), cos(turn), 0.0) * (0.48 * r) + v3(0.0, 0.0, 0.12 * (1.0 - r * r * r));
        Corner { at, rest: at }
    })
}

/// One half of a folded collar: up the neck on the inside, over, and down outside to a point in front.
fn collar(torso: &Torso, part: Part, side: f32) -> Mesh {
    let (columns, rows) = (44, 18);
    let mut mesh = Mesh::grid(part, (columns, rows), false, |i, j| {
        let u = i as f32 / (columns - 1) as f32;
        let v = j as f32 / (rows - 1) as f32;
        // From the middle of the front round to the nape; mirrored order keeps the outside out.
        let u = if side > 0.0 { u } else { 1.0 - u };
        let azimuth = side * lerp(0.035, PI, u);
        let at = collar_point(torso, azimuth, u, v);
        Corner { at, rest: at }
    });
    mesh.darken_creases(2, 0.5);
    mesh
}

fn collar_point(torso: &Torso, azimuth: f32, u: f32, v: f32) -> Vec3 {
    let foot = torso.point(azimuth, 0.0, 0.30);
    let rise = lerp(2.0, 3.7, smoothstep(0.0, 0.75, u));
    let top = foot + v3(-0.10 * sin(azimuth), rise, -0.12 * cos(azimuth));
    let outward = v3(sin(azimuth), 0.0, cos(azimuth));
    if v < 0.3 {
        return foot.lerp(top, v / 0.3);
    }
    let fall = (v - 0.3) / 0.7;
    // The leaf reaches furthest near the front, where it ends in a point.
    let tip = bump((u - 0.10) * (u - 0.10) / 0.045);
    let reach = lerp(3.9, 4.3, u) + 2.6 * tip;
    let spread = 0.42 * fall.sqrt() + 0.95 * fall;
    let aside = v3(azimuth.signum() * 2.3 * tip * fall, 0.0, 0.0);
    top + outward * spread + v3(0.0, -reach * fall, 0.35 * fall * cos(azimuth).max(0.0)) + aside
}

fn round_neck(torso: &Torso) -> Vec<Mesh> {
    let from = 0.085;
    let path: Vec<Vec3> = (0..72).map(|k| torso.point(TAU * k as f32 / 72.0 - PI, from, 0.32)).collect();
    vec![trunk(torso, Part::Cloth, from, 0.35), tube(Part::Band, &path, true, |_| (0.75, 0.34))]
}

fn hoodie(torso: &Torso) -> Vec<Mesh> {
    let mut meshes = vec![trunk(torso, Part::Cloth, 0.05, 0.8)];
    let path: Vec<Vec3> = (0..72)
        .map(|k| {
            let azimuth = TAU * k as f32 / 72.0 - PI;
            let back = 0.5 - 0.5 * cos(azimuth);
            torso.point(azimuth, 0.10 + 0.06 * back, 0.9) + v3(0.0, 0.6 + 1.6 * back, -1.2 * back)
        })
        .collect();
    let around = |t: f32| {
        let back = 0.5 - 0.5 * cos(TAU * (t - 0.5));
        (0.95 + 1.7 * back, 0.6 + 1.3 * back)
    };
    meshes.push(tube(Part::Cloth, &path, true, around));
    for side in [-1.0f32, 1.0] {
        let cord: Vec<Vec3> = (0..14)
            .map(|k| {
                let t = k as f32 / 13.0;
                torso.point(side * 0.20, 0.15 + 0.22 * t, 1.35) + v3(side * 0.3 * sin(t * 5.0), 0.0, 0.2)
            })
            .collect();
        meshes.push(tube(Part::Shirt, &cord, false, |_| (0.24, 0.24)));
    }
    meshes
}

fn suit(spec: &SitterSpec, torso: &Torso) -> Vec<Mesh> {
    let mut meshes = shirt(torso, Part::Shirt);
    meshes.push(jacket(torso));
    for side in [-1.0f32, 1.0] {
        meshes.push(lapel(torso, side));
    }
    if spec.clothing.tie.is_some() {
        meshes.extend(tie(torso));
    }
    meshes
}

/// Half angle of the jacket's opening: a V from beside the neck to the button.
fn opening(torso: &Torso, ring: f32) -> f32 {
    let reach = torso.point(PI * 0.5, ring, 0.85).x;
    let down = ((-17.0 - torso.point(0.0, ring, 0.85).y) / 18.5).clamp(0.0, 1.0);
    let wanted = lerp(6.4, 0.35, down);
    let s = (wanted / reach).min(0.8);
    s + s * s * s / 6.0
}

fn jacket(torso: &Torso) -> Mesh {
    Mesh::grid(Part::Cloth, (110, 70), false, |i, j| {
        let ring = lerp(0.035, 1.0, j as f32 / 69.0);
        let gap = opening(torso, ring);
        let azimuth = lerp(gap - TAU, -gap, i as f32 / 109.0);
        let pad = 0.5 * bump((ring - 0.42) * (ring - 0.42) / 0.05);
        let at = torso.point(azimuth, ring, 0.85 + pad);
        Corner { at, rest: at }
    })
}

/// The turned-back edge of the jacket with its notch.
fn lapel(torso: &Torso, side: f32) -> Mesh {
    let (columns, rows) = (14, 60);
    let mut mesh = Mesh::grid(Part::Collar, (columns, rows), false, |i, j| {
        let across = i as f32 / (columns - 1) as f32;
        let across = if side > 0.0 { across } else { 1.0 - across };
        let ring = lerp(0.0, 0.74, j as f32 / (rows - 1) as f32);
        let taper = smoothstep(0.74, 0.30, ring);
        let notch = 0.85 * bump((ring - 0.20) * (ring - 0.20) / 0.0022);
        let collar = smoothstep(0.20, 0.02, ring);
        let width = 0.40 * taper * (1.0 - notch) - 0.10 * collar;
        let azimuth = opening(torso, ring) - 0.02 + width.max(0.01) * across;
        let roll = 0.35 * (1.0 - across) * (1.0 - across);
        let at = torso.point(side * azimuth, ring.max(0.03), 1.30 + roll * 0.4 - 0.25 * across)
            + v3(0.0, 1.2 * collar * collar, 0.0);
        Corner { at, rest: at }
    });
    mesh.darken_creases(2, 0.5);
    mesh
}

fn tie(torso: &Torso) -> Vec<Mesh> {
    let blade = Mesh::grid(Part::Tie, (11, 40), false, |i, j| {
        let u = i as f32 / 10.0 * 2.0 - 1.0;
        let t = j as f32 / 39.0;
        let half = lerp(1.0, 2.9, t.sqrt());
        let base = torso.point(0.0, lerp(0.10, 1.0, t), 0.75);
        let at = base + v3(u * half, 0.0, 0.35 * (1.0 - u * u) + 0.1);
        Corner { at, rest: at }
    });
    let knot = Mesh::grid(Part::Tie, (11, 12), false, |i, j| {
        let u = i as f32 / 10.0 * 2.0 - 1.0;
        let t = j as f32 / 11.0;
        let half = lerp(1.6, 1.0, t) * (1.0 - 0.35 * bump(t * t / 0.03));
        let base = torso.point(0.0, 0.02, 0.8);
        let bulge = (1.0 - u * u).max(0.0).sqrt() * (0.5 + 0.5 * bump((t - 0.5) * (t - 0.5) / 0.3));
        let at = base + v3(u * half, 1.5 - 3.3 * t, 0.9 * bulge + 0.1);
        Corner { at, rest: at }
    });
    vec![blade, knot]
}
