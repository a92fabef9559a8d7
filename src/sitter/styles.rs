//! The hair styles: for every root how long, where to and how stiff.

use super::hair::Barber;
use super::math::{Vec3, curve, lerp, sin_cos_degrees, smoothstep, v3};
use super::noise::Prng;
use super::spec::HairStyle;
use super::strand::{Strand, StrandKind};

/// Where a strand leaves the scalp.
pub struct Root {
    pub at: Vec3,
    pub normal: Vec3,
    pub azimuth_degrees: f32,
    pub above_hairline: f32,
}

/// How a strand will grow.
pub struct Plan {
    pub heading: Vec3,
    pub length: f32,
    pub steps: usize,
    /// 0 follows the wish at once, towards 1 keeps its heading.
    pub stiffness: f32,
    /// Height above the scalp it settles at, cm, and the same as a share of the whole thickness.
    pub layer: f32,
    pub layer_share: f32,
    pub width_cm: f32,
    /// Follows the skull instead of standing away from it.
    pub hugs: bool,
    flow: Flow,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flow {
    /// Falls to this height, keeping clear of the face.
    Curtain { end_y: f32, side: f32, curl: f32, forward: bool },
    /// Falls over the forehead to this height.
    Fringe { end_y: f32, drift: f32 },
    /// Combed to a knot.
    Gather { knot: Vec3 },
    /// Short hair that keeps its first direction and bends down a little.
    Stand { comb: Vec3 },
}

pub fn root_count(style: HairStyle) -> usize {
    match style {
        HairStyle::Cropped => 26_000,
        HairStyle::SideParted | HairStyle::Swept => 22_000,
        HairStyle::Bob | HairStyle::Long => 17_000,
        HairStyle::LowBun | HairStyle::TallBun | HairStyle::Ponytail => 20_000,
    }
}

/// The plan for one strand; `None` leaves the place bare.
pub fn plan(barber: &Barber, root: &Root, lock: f32, prng: &mut Prng) -> Option<Plan> {
    if barber.hair.fringe > 0.0 && in_fringe(barber, root) {
        return Some(fringe(barber, root, lock, prng));
    }
    Some(match barber.hair.style {
        HairStyle::Cropped => cropped(root, prng),
        HairStyle::SideParted => side_parted(barber, root, lock, prng),
        HairStyle::Swept => swept(barber, root, lock, prng),
        HairStyle::Bob => curtain(barber, root, lock, -8.6, 0.5, prng),
        HairStyle::Long => curtain(barber, root, lock, -25.0, 0.05, prng),
        HairStyle::LowBun | HairStyle::TallBun | HairStyle::Ponytail => gathered(barber, root, lock, prng),
    })
}

fn is_short(style: HairStyle) -> bool {
    matches!(style, HairStyle::SideParted | HairStyle::Swept)
}

fn in_fringe(barber: &Barber, root: &Root) -> bool {
    let reach = if is_short(barber.hair.style) { 50.0 } else { 42.0 };
    root.azimuth_degrees < reach && root.at.z > -1.5 && root.at.y > 5.5
}

fn fringe(barber: &Barber, root: &Root, lock: f32, prng: &mut Prng) -> Plan {
    let end = lerp(6.0, 2.45, barber.hair.fringe)
        + 0.35 * lock
        + prng.between(-0.25, 0.25)
        + 0.05 * root.at.x * root.at.x.abs() * 0.1;
    let layer_share = prng.unit();
    Plan {
        heading: (root.normal * 0.6 + v3(0.0, 0.1, 0.9)).unit(),
        length: 14.0,
        steps: 20,
        stiffness: 0.45,
        layer: lerp(0.15, 0.9, layer_share) * barber.hair.volume,
        layer_share,
        width_cm: 0.075,
        hugs: true,
        flow: Flow::Fringe { end_y: end, drift: 0.22 * barber.hair.parting + 0.15 * lock },
    }
}

fn cropped(root: &Root, prng: &mut Prng) -> Plan {
    let comb = v3(0.0, -0.25, 0.35);
    Plan {
        heading: (root.normal * 0.75 + comb).unit(),
        length: prng.between(0.35, 0.75),
        steps: 3,
        stiffness: 0.9,
        layer: 0.05,
        layer_share: prng.between(0.5, 1.0),
        width_cm: 0.04,
        hugs: false,
        flow: Flow::Stand { comb },
    }
}

/// 1 on top of the head, 0 at its sides and back.
fn topness(root: &Root) -> f32 {
    smoothstep(4.2, 6.8, root.at.y) * smoothstep(7.4, 5.4, root.at.x.abs())
}

fn side_parted(barber: &Barber, root: &Root, lock: f32, prng: &mut Prng) -> Plan {
    let part_x = 4.6 * barber.hair.parting;
    let away = if root.at.x > part_x { 1.0 } else { -1.0 };
    // From the parting most hair goes the longer way over the head.
    let long_way = if away * barber.hair.parting <= 0.0 { 1.0 } else { 0.55 };
    let top = topness(root);
    let front = smoothstep(0.0, 4.0, root.at.z);
    let near_part = smoothstep(2.5, 0.0, (root.at.x - part_x).abs());
    let comb_top = v3(away * 0.9, 0.1 + 0.4 * front * (1.0 - near_part), -0.45 + 0.3 * front + 0.3 * lock);
    let mut plan = short(barber, root, lock, comb_top, top, 5.2 * long_way, prng);
    // Beside the parting hair lies flat; lifted, it would bare the scalp.
    plan.heading = plan.heading.lerp((comb_top.unit() + root.normal * 0.15).unit(), near_part * top).unit();
    plan.layer *= 1.0 - 0.6 * near_part * top;
    plan
}

fn swept(barber: &Barber, root: &Root, lock: f32, prng: &mut Prng) -> Plan {
    let top = topness(root);
    let comb_top = v3(0.35 * barber.hair.parting + 0.35 * lock, 0.55, -0.55);
    short(barber, root, lock, comb_top, top, 4.4, prng)
}

fn short(
    barber: &Barber,
    root: &Root,
    lock: f32,
    comb_top: Vec3,
    top: f32,
    top_length: f32,
    prng: &mut Prng,
) -> Plan {
    let back = smoothstep(60.0, 100.0, root.azimuth_degrees);
    let comb_side = v3(0.0, -0.9, lerp(0.1, -0.35, back));
    let comb = comb_side.lerp(comb_top, top).unit();
    // Sides are clipped shorter towards the ears.
    let side_length = lerp(0.5, 2.6, smoothstep(-1.5, 5.5, root.at.y));
    let length = lerp(side_length, top_length * (1.0 + 0.2 * lock), top) * prng.between(0.75, 1.05);
    let layer_share = prng.unit();
    let thick = lerp(lerp(0.15, 0.75, smoothstep(-1.0, 5.0, root.at.y)), 1.35, top);
    let thick = thick * lerp(0.35, 1.0, smoothstep(0.0, 1.2, root.above_hairline));
    Plan {
        heading: (root.normal * lerp(0.35, 0.8, top) + comb).unit(),
        length,
        steps: if top > 0.3 { 11 } else { 6 },
        stiffness: lerp(0.5, 0.72, top),
        layer: lerp(0.1, thick, layer_share) * barber.hair.volume,
        layer_share,
        width_cm: 0.048,
        hugs: barber.hair.style == HairStyle::SideParted,
        flow: Flow::Stand { comb: (comb + v3(0.0, -0.30 * top, 0.0)).unit() },
    }
}

fn curtain(barber: &Barber, root: &Root, lock: f32, end_y: f32, curl: f32, prng: &mut Prng) -> Plan {
    let part_x = 4.0 * barber.hair.parting;
    let behind = smoothstep(-4.0, -12.0, root.at.z);
    let side = if behind < 0.9 {
        if root.at.x > part_x * (1.0 - behind) { 1.0 } else { -1.0 }
    } else {
        root.at.x.signum()
    };
    let comb = v3(side * lerp(0.95, 0.25, behind), 0.2, lerp(-0.12, -0.7, behind));
    let layer_share = prng.unit();
    Plan {
        heading: (root.normal * 0.45 + comb).unit(),
        length: 22.0 - end_y,
        steps: if end_y < -12.0 { 46 } else { 36 },
        stiffness: 0.5,
        layer: lerp(0.15, 1.15, layer_share) * barber.hair.volume,
        layer_share,
        width_cm: 0.065,
        hugs: true,
        flow: Flow::Curtain {
            end_y: end_y + 0.5 * lock + prng.between(-0.5, 0.5) + 1.2 * (1.0 - layer_share) * curl,
            side,
            curl,
            forward: barber.hair.in_front && root.at.z > -6.5,
        },
    }
}

fn knot_place(style: HairStyle) -> Vec3 {
    match style {
        HairStyle::TallBun => v3(0.0, 10.9, -6.2),
        HairStyle::Ponytail => v3(0.0, 4.5, -14.6),
        _ => v3(0.0, -2.0, -14.2),
    }
}

fn gathered(barber: &Barber, root: &Root, lock: f32, prng: &mut Prng) -> Plan {
    let knot = knot_place(barber.hair.style);
    let layer_share = prng.unit();
    let near_edge = smoothstep(0.0, 2.0, root.above_hairline);
    Plan {
        heading: (comb_back(knot, root.at) + root.normal * (0.35 + 0.3 * near_edge)).unit(),
        length: (knot - root.at).length() * 1.6,
        steps: 18,
        stiffness: 0.35,
        layer: lerp(0.1, lerp(0.3, 1.1, near_edge), layer_share) * barber.hair.volume * (1.0 + 0.2 * lock),
        layer_share,
        width_cm: 0.055,
        hugs: true,
        flow: Flow::Gather { knot },
    }
}

/// First up and back over the head, then to the knot.
fn comb_back(knot: Vec3, at: Vec3) -> Vec3 {
    let back = v3(-0.04 * at.x, 0.25, -1.0);
    let share = smoothstep(knot.z + 9.0, knot.z + 3.0, at.z);
    back.lerp((knot - at).unit(), share).unit()
}

/// Where a strand wants to go next.
pub fn wish(barber: &Barber, root: &Root, plan: &Plan, at: Vec3, s: f32) -> Vec3 {
    let outward = barber.shell.outward(at);
    let along = |d: Vec3| (d - outward * d.dot(outward)).unit();
    match plan.flow {
        Flow::Stand { comb } => comb,
        Flow::Gather { knot } => along(comb_back(knot, at)) + outward * (0.05 * (1.0 - s)),
        Flow::Fringe { drift, .. } => {
            let spread = 0.05 * root.at.x;
            (v3(drift + spread, -1.0, 0.0) + outward * 0.02).unit()
        }
        Flow::Curtain { side, curl, forward, end_y } => {
            let mut go = v3(0.0, -1.0, 0.0);
            let clear = curve(FACE_CLEARANCE, at.y) + 0.25;
            if at.z > -2.0 && at.y < 8.5 {
                go.x += side * 0.9 * smoothstep(clear + 0.5, clear - 1.2, at.x * side);
                go.z -= 0.5 * smoothstep(0.5, 3.0, at.z) * smoothstep(8.0, 3.0, at.y);
            }
            if at.y > 1.0 {
                go.x += side * 0.9 * smoothstep(6.5, 9.5, at.y);
                go = go.unit().lerp(along(go), smoothstep(1.0, 4.0, at.y));
            }
            if at.y < -4.0 {
                let near_end = smoothstep(end_y + 4.5, end_y, at.y);
                go.x -= at.x.signum() * curl * near_end;
            }
            if at.y < -10.0 {
                go.z += if forward {
                    0.55 * smoothstep(4.5, 2.0, at.z)
                } else {
                    -0.6 * smoothstep(-14.0, -11.0, at.z)
                };
                go.x += at.x.signum() * if forward { 0.10 } else { -0.02 };
            }
            go.unit()
        }
    }
}

/// Least distance of curtain hair from the midline in front, by height.
const FACE_CLEARANCE: &[(f32, f32)] = &[
    (-14.0, 6.0),
    (-9.0, 6.0),
    (-5.0, 6.7),
    (0.0, 6.9),
    (2.5, 6.5),
    (4.5, 5.3),
    (6.5, 3.2),
    (8.0, 0.6),
    (9.0, 0.0),
];

/// Has the strand come to where it stops?
pub fn ends(plan: &Plan, at: Vec3) -> bool {
    match plan.flow {
        Flow::Curtain { end_y, .. } | Flow::Fringe { end_y, .. } => at.y <= end_y,
        Flow::Gather { knot } => (at - knot).length() < 1.3,
        Flow::Stand { .. } => false,
    }
}

/// The knot or tail into which gathered hair goes.
pub fn knot(barber: &Barber, prng: &mut Prng) -> Vec<Strand> {
    let (middle, radius) = match barber.hair.style {
        HairStyle::TallBun => (v3(0.0, 12.9, -6.4), 2.7),
        HairStyle::LowBun => (v3(0.0, -3.2, -16.0), 2.8),
        HairStyle::Ponytail => return tail(barber, prng),
        _ => return Vec::new(),
    };
    (0..1500).map(|_| wound(middle, radius * barber.hair.volume.min(1.2), prng)).collect()
}

/// A strand wound about a ball.
fn wound(middle: Vec3, radius: f32, prng: &mut Prng) -> Strand {
    let tilt = prng.between(-0.9, 0.9);
    let axis = v3(tilt, 1.0, prng.between(-0.5, 0.5)).unit();
    let first = axis.cross(v3(0.3, 0.1, 1.0)).unit();
    let second = axis.cross(first);
    let (latitude, ring) = sin_cos_degrees(prng.between(-75.0, 75.0));
    let start = prng.between(0.0, 360.0);
    let layer = prng.between(0.86, 1.03);
    let points = (0..14)
        .map(|k| {
            let (s, c) = sin_cos_degrees(start + 15.0 * k as f32);
            let squash = v3(1.05, 0.9, 1.0);
            middle + (first * (c * ring) + second * (s * ring) + axis * latitude) * (radius * layer) * squash
        })
        .collect();
    let tone = prng.between(0.75, 1.2);
    Strand {
        kind: StrandKind::Scalp,
        points,
        width_cm: 0.06,
        tone,
        depth: (layer - 0.6) * 2.3,
        casts: tone > 0.95,
        loose: false,
        knot: true,
    }
}

/// Paths of a tail from the knot to its end: x, y, z by share of its length.
const TAIL_BEHIND: [&[(f32, f32)]; 3] = [
    &[(0.0, 0.0), (1.0, 0.0)],
    &[(0.0, 4.5), (1.0, -18.0)],
    &[(0.0, -14.8), (0.2, -18.0), (0.5, -18.0), (1.0, -16.5)],
];
const TAIL_OVER_SHOULDER: [&[(f32, f32)]; 3] = [
    &[(0.0, 0.0), (0.2, 4.0), (0.45, 7.8), (0.7, 8.2), (1.0, 7.4)],
    &[(0.0, 4.5), (0.2, -1.0), (0.45, -9.5), (0.7, -17.0), (1.0, -27.0)],
    &[(0.0, -14.8), (0.2, -14.0), (0.45, -8.0), (0.6, -1.0), (0.75, 3.2), (1.0, 6.8)],
];

/// A tail that falls behind the neck or over one shoulder.
fn tail(barber: &Barber, prng: &mut Prng) -> Vec<Strand> {
    let path = if barber.hair.in_front { TAIL_OVER_SHOULDER } else { TAIL_BEHIND };
    let side = if barber.hair.parting > 0.0 { -1.0 } else { 1.0 };
    (0..2000).map(|_| tail_strand(&path, side, prng)).collect()
}

fn tail_strand(path: &[&[(f32, f32)]; 3], side: f32, prng: &mut Prng) -> Strand {
    let (dx, dz) = (prng.normal() * 0.55, prng.normal() * 0.45);
    let length = prng.between(0.85, 1.0);
    let points = (0..24)
        .map(|k| {
            let s = k as f32 / 23.0 * length;
            let width = 0.5 + 1.3 * smoothstep(0.0, 0.4, s) - 0.7 * smoothstep(0.75, 1.0, s);
            v3(curve(path[0], s) * side + dx * width, curve(path[1], s), curve(path[2], s) + dz * width)
        })
        .collect();
    let tone = prng.between(0.75, 1.2);
    Strand {
        kind: StrandKind::Scalp,
        points,
        width_cm: 0.06,
        tone,
        depth: 0.9,
        casts: tone > 1.1,
        loose: false,
        knot: true,
    }
}
