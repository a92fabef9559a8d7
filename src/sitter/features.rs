//! The relief of a face: brow ridge, sockets, nose, cheeks, lips, chin, and how expressions move them.

use super::anatomy::{Anatomy, EYEBALL_RADIUS, EYEBALL_Z, draw_in};
use super::math::{Vec3, bump, clamp01, curve, hill, lerp, smooth_max, smoothstep, v3};

/// Raises `base` by the face's features; `front` fades them out towards the ears.
pub fn relief(anatomy: &Anatomy, base: Vec3, front: f32) -> Vec3 {
    let shape = &anatomy.shape;
    let (x, y) = (base.x / shape.width, base.y / shape.length);
    let side = x.abs();
    let mut rise = bones(anatomy, side, y) + flesh(anatomy, side, y);
    rise += nose(anatomy, side, y);
    rise += mouth(anatomy, base.x, base.y);
    let mut point = v3(base.x, base.y, base.z + rise * front);
    point.x += ala_spread(anatomy, x, y) * front;
    point.z = with_lids(anatomy, point, front);
    point
}

/// Forehead, brow ridge, sockets, cheekbones, chin.
fn bones(anatomy: &Anatomy, side: f32, y: f32) -> f32 {
    let shape = &anatomy.shape;
    let deep = shape.socket_depth;
    let brow = (0.12 + 0.3 * deep) * hill(side, y, 2.6, 1.65, 2.9, 1.0);
    let glabella = (0.05 + 0.15 * deep) * hill(side, y, 0.0, 1.5, 1.6, 1.1);
    let socket = -(0.35 + 0.35 * deep) * hill(side, y, 2.6, 0.35, 1.9, 1.35)
        - 0.38 * hill(side, y, 1.75, 0.0, 1.15, 1.4)
        - 0.12 * hill(side, y, 3.2, -0.9, 1.7, 0.9);
    let cheekbone = 0.42 * shape.cheek * hill(side, y, 4.5, -2.0, 2.6, 1.9);
    let orbit = 0.5 * hill(side, y, anatomy.eye_x / shape.width + 1.75, -0.1, 1.5, 1.6);
    let temple = -0.28 * hill(side, y, 6.4, 2.6, 2.2, 2.6);
    let forehead = 0.12 * hill(side, y, 2.3, 4.8, 2.8, 2.2);
    let chin = 0.5 * hill(side, y, 0.0, -10.0, 1.9 * shape.chin, 1.35)
        + 0.12 * hill(side, y, 0.85 * shape.chin, -10.4, 1.0, 0.9);
    brow + glabella + socket + cheekbone + orbit + temple + forehead + chin
}

/// Cheeks, folds and the muzzle.
fn flesh(anatomy: &Anatomy, side: f32, y: f32) -> f32 {
    let smile = anatomy.expression.smile.max(0.0);
    let muzzle = 0.38 * hill(side, y, 0.0, -6.4, 3.3, 2.6);
    let hollow = 0.10 * hill(side, y, 5.0, -5.4, 2.2, 2.4);
    let apple = (0.12 + 0.35 * smile) * hill(side, y, 3.6, -3.1, 1.9, 1.6);
    // The fold runs from the nose wing to beside the mouth's corner.
    let fold_x = lerp(1.95, 3.15, clamp01((-4.2 - y) / 3.0));
    let along = smoothstep(-3.7, -4.6, y) * smoothstep(-7.6, -6.2, y);
    let fold = -(0.02 + 0.16 * smile) * bump((side - fold_x) * (side - fold_x) / 0.25) * along;
    let corner = -0.12 * hill(side, y, anatomy.mouth_half + 0.15, -6.95, 0.6, 0.6);
    let jowl = 0.1 * hill(side, y, 3.6, -9.0, 1.8, 1.6);
    muzzle + hollow + apple + fold + corner + jowl
}

/// Heights down the bridge are those of an average nose, stretched by its length.
fn nose(anatomy: &Anatomy, side: f32, y: f32) -> f32 {
    let shape = &anatomy.shape;
    let y = y / shape.nose_length;
    let wide = shape.nose_width;
    let ridge = curve(RIDGE, y) * shape.nose_height;
    let half = curve(RIDGE_HALF, y) * lerp(1.0, wide, 0.7);
    let across = side / half;
    let bridge = ridge * bump(across * across);
    let tip = 0.42 * hill(side, y, 0.0, -3.72, 0.95 * wide, 0.85);
    let wing = 0.72 * hill(side, y, 1.18 * wide, -4.08, 0.84, 0.82);
    let crease = -0.12 * hill(side, y, 1.86 * wide, -4.05, 0.42, 0.65);
    let nostril = -0.55 * hill(side, y, 0.64 * wide, -4.58, 0.46, 0.2);
    bridge + tip + wing + crease + nostril
}

const RIDGE: &[(f32, f32)] = &[
    (1.6, 0.0),
    (0.9, 0.08),
    (0.1, 0.2),
    (-0.8, 0.56),
    (-1.8, 1.16),
    (-2.8, 1.74),
    (-3.5, 2.1),
    (-3.85, 2.08),
    (-4.25, 1.6),
    (-4.6, 0.8),
    (-4.85, 0.25),
    (-5.3, 0.0),
];
const RIDGE_HALF: &[(f32, f32)] =
    &[(1.6, 1.2), (0.2, 1.1), (-0.8, 1.2), (-2.0, 1.4), (-3.2, 1.6), (-3.8, 1.6), (-4.4, 1.35), (-5.0, 0.9)];

fn ala_spread(anatomy: &Anatomy, x: f32, y: f32) -> f32 {
    let wide = anatomy.shape.nose_width;
    0.16 * hill(x.abs(), y / anatomy.shape.nose_length, 1.4 * wide, -4.1, 0.6, 0.7) * x.signum()
}

/// Lips, their line, the groove above and the fold below.
fn mouth(anatomy: &Anatomy, x: f32, y: f32) -> f32 {
    let t = x / anatomy.mouth_half;
    let line = anatomy.lip_line(x);
    let (upper, lower) = anatomy.lip_borders(x);
    let taper = (1.0 - t * t).max(0.0);
    let swell = |from: f32, to: f32, y: f32| {
        let u = clamp01((y - from) / (to - from));
        4.0 * u * (1.0 - u)
    };
    let mut rise = 0.0;
    if taper > 0.0 {
        rise +=
            0.30 * taper * smoothstep(upper + 0.7, upper - 0.15, y) * smoothstep(line - 0.35, line + 0.15, y);
        rise += 0.12 * taper.sqrt() * swell(line, upper, y) * anatomy.shape.lip_fullness;
        rise += 0.26 * taper.sqrt() * swell(lower - 0.1, line, y) * anatomy.shape.lip_fullness;
        let gap = (y - line) / 0.11;
        rise -= 0.24 * bump(gap * gap) * smoothstep(1.0, 0.75, t.abs());
    }
    let groove = -0.09 * hill(x, y, 0.0, upper + 0.55, 0.36, 0.75)
        + 0.05 * hill(x.abs(), y, 0.48, upper + 0.5, 0.3, 0.7);
    let below = -0.32 * hill(x, y, 0.0, -8.55 * anatomy.shape.length, 2.3, 0.85);
    rise + groove + below
}

/// Skin lies on the eyeball with a lid's thickness, and folds above it.
fn with_lids(anatomy: &Anatomy, point: Vec3, front: f32) -> f32 {
    let side = if point.x > 0.0 { 1.0 } else { -1.0 };
    let (dx, dy) = (point.x * side - anatomy.eye_x, point.y);
    if dx.abs() > 2.6 || dy.abs() > 2.2 || front <= 0.0 {
        return point.z;
    }
    let radius = EYEBALL_RADIUS + 0.11;
    let round = draw_in(dx);
    let inside = radius * radius - round * round - dy * dy;
    let ball = if inside > 0.0 { EYEBALL_Z + inside.sqrt() } else { f32::MIN };
    let mut z = if inside > 0.0 { smooth_max(point.z, ball, 0.75) } else { point.z };
    let t = anatomy.lid_position(point.x, side);
    if t.abs() < 1.35 {
        z += lid_relief(anatomy, t, side, dy) * smoothstep(1.35, 0.9, t.abs());
    }
    z
}

/// Groove of the upper fold, rims of both lids, and the pouch under the lower one.
fn lid_relief(anatomy: &Anatomy, t: f32, side: f32, y: f32) -> f32 {
    let within = t.clamp(-1.0, 1.0);
    let (upper, lower) = anatomy.lid_edges(within, side);
    let crease = anatomy.lid_crease(within, side);
    let fold = anatomy.shape.lid_fold;
    let groove = (y - crease) / 0.14;
    let bulge = (y - crease - 0.3) / 0.34;
    let upper_rim = (y - upper - 0.05) / 0.12;
    let lower_rim = (y - lower + 0.06) / 0.14;
    let pouch = (y - lower + 0.5) / 0.3;
    -0.10 * fold * bump(groove * groove)
        + (0.10 + 0.06 * (1.0 - fold)) * bump(bulge * bulge)
        + 0.05 * bump(upper_rim * upper_rim)
        + 0.06 * bump(lower_rim * lower_rim)
        + 0.025 * bump(pouch * pouch)
}

/// Moves a point of the resting face as the expression asks: jaw, lips, smile.
pub fn express(anatomy: &Anatomy, rest: Vec3) -> Vec3 {
    if rest.z < -3.0 || rest.y > 0.0 {
        return rest;
    }
    let (open, smile) = (anatomy.expression.mouth_open, anatomy.expression.smile);
    let mut point = rest;
    let (dx, y) = (rest.x.abs(), rest.y);
    let fade = smoothstep(-3.0, 2.0, rest.z);
    let half = anatomy.mouth_half;
    let corner = hill(dx, y, half + 0.1, -6.9, 2.0, 2.2) * fade;
    point.x += rest.x.signum() * smile * 0.42 * corner * smoothstep(0.3, 1.6, dx);
    point.y += smile * 0.40 * corner + 0.12 * smile.max(0.0) * hill(dx, y, 3.6, -3.2, 2.0, 2.0) * fade;
    point.z -= smile.max(0.0) * 0.25 * corner;
    if open > 0.0 {
        let drop = 2.0 * open * jaw_share(anatomy, rest) * fade;
        point.y -= drop;
        point.z -= 0.25 * drop;
        point.x *= 1.0 - 0.05 * open * corner;
    }
    point
}

/// How much of the jaw's drop a point follows: lips part at their line.
fn jaw_share(anatomy: &Anatomy, rest: Vec3) -> f32 {
    let t = (rest.x / anatomy.mouth_half).abs();
    let general = smoothstep(-4.6, -10.0, rest.y);
    let middle = smoothstep(1.0, 0.2, t);
    let line = anatomy.lip_line(rest.x);
    let above = general * (1.0 - middle);
    let below = lerp(general, 0.85, middle * smoothstep(-9.0, -7.0, rest.y)).max(general);
    let parted = smoothstep(line + 0.05, line - 0.05, rest.y);
    if t < 1.0 { lerp(above, below, parted) } else { general }
}
