//! Light on hair: a sheen across the strands, colour that deepens inside the mass.

use super::color::{linear, shoulder};
use super::light::LightRig;
use super::math::{Vec3, lerp, pow, v3};
use super::plot::Segment;
use super::shade::Exposure;
use super::spec::SitterSpec;
use super::strand::{Strand, StrandKind};
use super::view::{Seen, View};

/// Light is looked up at every third point of a strand and blended between.
const LOOKUP_STRIDE: usize = 3;

/// All that meets at a hair.
pub struct HairLight<'a> {
    color: Vec3,
    rig: &'a LightRig,
    exposure: &'a Exposure,
    view: &'a View,
    /// Samples along each side of a pixel.
    fine: f32,
}

impl<'a> HairLight<'a> {
    pub fn new(
        spec: &SitterSpec,
        rig: &'a LightRig,
        exposure: &'a Exposure,
        view: &'a View,
        fine: usize,
    ) -> Self {
        Self { color: linear(spec.hair.color), rig, exposure, view, fine: fine as f32 }
    }

    /// All strands as coloured pieces on the sample grid.
    pub fn segments(&self, strands: &[Strand]) -> Vec<Segment> {
        let work = |part: &[Strand]| {
            let mut pieces = Vec::new();
            for strand in part {
                self.draw(strand, &mut pieces);
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

    fn draw(&self, strand: &Strand, pieces: &mut Vec<Segment>) {
        let points = &strand.points;
        let last = points.len() - 1;
        let light: Vec<(f32, f32)> = (0..=last / LOOKUP_STRIDE + 1)
            .map(|k| self.arriving(strand, points[(k * LOOKUP_STRIDE).min(last)]))
            .collect();
        let mut before: Option<(Seen, Vec3)> = None;
        for (k, &at) in points.iter().enumerate() {
            let seen = self.view.project(at);
            let seen = Seen { x: seen.x * self.fine, y: seen.y * self.fine, near: seen.near };
            let along = (points[(k + 1).min(last)] - points[k.saturating_sub(1)]).unit();
            let s = k as f32 / last as f32;
            let (from_light, to_light) = (light[k / LOOKUP_STRIDE], light[k / LOOKUP_STRIDE + 1]);
            let between = (k % LOOKUP_STRIDE) as f32 / LOOKUP_STRIDE as f32;
            let arriving = (lerp(from_light.0, to_light.0, between), lerp(from_light.1, to_light.1, between));
            let color = self.color_at(strand, at, along, s, arriving);
            if let Some((from, from_color)) = before {
                let middle = s - 0.5 / last as f32;
                // Strands taper: hairs of a lock end at different lengths.
                let taper = lerp(1.0, 0.35, middle * middle);
                let width = strand.width_cm * taper * self.view.scale * self.fine;
                pieces.push(Segment { from, to: seen, width, from_color, to_color: color });
            }
            before = Some((seen, color));
        }
    }

    /// Main light and light from all around that reach a point of a strand.
    fn arriving(&self, strand: &Strand, at: Vec3) -> (f32, f32) {
        match strand.kind {
            StrandKind::Scalp => (self.rig.key(at, Vec3::ZERO), self.rig.ambient_volume(at) * strand.depth),
            StrandKind::Brow | StrandKind::Lash => (0.8, 0.8),
        }
    }

    /// Colour at share `s` of the strand, which runs `along` there.
    fn color_at(&self, strand: &Strand, at: Vec3, along: Vec3, s: f32, (open, ambient): (f32, f32)) -> Vec3 {
        let exposure = self.exposure;
        if strand.kind == StrandKind::Lash {
            return v3(0.012, 0.010, 0.010) * exposure.cast * exposure.gain.min(1.5);
        }
        let albedo = self.color * (strand.tone * lerp(0.8, 1.15, s));
        let across = |cosine: f32| (1.0 - cosine * cosine).max(0.0).sqrt();
        let eye = self.view.towards_camera(at);
        let key = exposure.key * open * strand.depth;
        let ambient = ambient * exposure.ambient;
        let diffuse = albedo * (ambient + key * 0.75 * across(along.dot(exposure.direction)));
        let half = (exposure.direction + eye).unit();
        let sheen = |shift: f32, power: f32| pow(across((along.dot(half) + shift).clamp(-1.0, 1.0)), power);
        let soft_half = (v3(0.0, 0.8, 0.6) + eye).unit();
        let sky = pow(across(along.dot(soft_half)), 40.0) * ambient;
        let white = Vec3::ONE * (0.055 * sheen(0.06, 60.0) * key + 0.030 * sky);
        let tinted =
            (self.color * 1.2 + v3(0.012, 0.010, 0.008)) * (0.9 * sheen(-0.10, 24.0) * key + 0.35 * sky);
        shoulder((diffuse + white + tinted) * exposure.cast)
    }
}
