//! Light on hair: a sheen across the strands, colour that deepens inside the mass.

use super::color::{linear, shoulder};
use super::light::LightRig;
use super::math::{Vec3, lerp, pow, v3};
use super::plot::Segment;
use super::shade::Exposure;
use super::spec::SitterSpec;
use super::strand::{Strand, StrandKind};
use super::view::{Seen, View};

/// All strands as coloured pieces on the sample grid.
pub fn segments(
    spec: &SitterSpec,
    strands: &[Strand],
    rig: &LightRig,
    exposure: &Exposure,
    view: &View,
    fine: usize,
) -> Vec<Segment> {
    let work = |part: &[Strand]| {
        let mut pieces = Vec::new();
        for strand in part {
            draw(spec, strand, rig, exposure, view, fine as f32, &mut pieces);
        }
        pieces
    };
    let (first, second) = strands.split_at(strands.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| work(second));
        let mut pieces = work(first);
        pieces.extend(other.join().unwrap_or_default());
        pieces
    })
}

fn draw(
    spec: &SitterSpec,
    strand: &Strand,
    rig: &LightRig,
    exposure: &Exposure,
    view: &View,
    fine: f32,
    pieces: &mut Vec<Segment>,
) {
    let last = strand.points.len() - 1;
    let mut before: Option<(Seen, Vec3)> = None;
    for (k, &at) in strand.points.iter().enumerate() {
        let seen = view.project(at);
        let seen = Seen { x: seen.x * fine, y: seen.y * fine, near: seen.near };
        let along = (strand.points[(k + 1).min(last)] - strand.points[k.saturating_sub(1)]).unit();
        let s = k as f32 / last as f32;
        let color = strand_color(spec, strand, at, along, s, rig, exposure, view);
        if let Some((from, from_color)) = before {
            let middle = s - 0.5 / last as f32;
            // Strands taper: hairs of a lock end at different lengths.
            let taper = lerp(1.0, 0.35, middle * middle);
            let width = strand.width_cm * taper * view.scale * fine;
            pieces.push(Segment { from, to: seen, width, from_color, to_color: color });
        }
        before = Some((seen, color));
    }
}

#[expect(clippy::too_many_arguments, reason = "one formula over everything that meets at a hair")]
fn strand_color(
    spec: &SitterSpec,
    strand: &Strand,
    at: Vec3,
    along: Vec3,
    s: f32,
    rig: &LightRig,
    exposure: &Exposure,
    view: &View,
) -> Vec3 {
    let base = linear(spec.hair.color);
    if strand.kind == StrandKind::Lash {
        return v3(0.012, 0.010, 0.010) * exposure.cast * exposure.gain.min(1.5);
    }
    let albedo = base * (strand.tone * lerp(0.8, 1.15, s));
    let (open, ambient) = if strand.kind == StrandKind::Brow {
        (0.8, 0.8)
    } else {
        (rig.key(at, Vec3::ZERO), rig.ambient_volume(at) * strand.depth)
    };
    let across = |cosine: f32| (1.0 - cosine * cosine).max(0.0).sqrt();
    let eye = view.towards_camera(at);
    let key = exposure.key * open * strand.depth;
    let diffuse = albedo * (ambient * exposure.ambient + key * 0.75 * across(along.dot(exposure.direction)));
    let half = (exposure.direction + eye).unit();
    let sheen = |shift: f32, power: f32| pow(across((along.dot(half) + shift).clamp(-1.0, 1.0)), power);
    let soft_half = (v3(0.0, 0.8, 0.6) + eye).unit();
    let sky = pow(across(along.dot(soft_half)), 40.0) * ambient * exposure.ambient;
    let white = Vec3::ONE * (0.055 * sheen(0.06, 60.0) * key + 0.030 * sky);
    let tinted = (base * 1.2 + v3(0.012, 0.010, 0.008)) * (0.9 * sheen(-0.10, 24.0) * key + 0.35 * sky);
    shoulder((diffuse + white + tinted) * exposure.cast)
}
