//! Cloth: its colour, weave, stripes and the creases that catch light.

use super::color::linear;
use super::math::{Vec3, bump, smoothstep, v3};
use super::mesh::Part;
use super::noise::{noise2, noise3};
use super::shade::{Finish, Surface};
use super::spec::SitterSpec;

/// Colours of one sitter's clothes, in linear light.
pub struct ClothPaint<'a> {
    spec: &'a SitterSpec,
    outer: Vec3,
    second: Vec3,
    tie: Vec3,
}

impl<'a> ClothPaint<'a> {
    pub fn new(spec: &'a SitterSpec) -> Self {
        let clothing = &spec.clothing;
        Self {
            spec,
            outer: linear(clothing.color),
            second: linear(clothing.second),
            tie: linear(clothing.tie.unwrap_or(clothing.second)),
        }
    }

    /// Material at a place; creases bend the surface's normal.
    pub fn finish(&self, surface: &mut Surface) -> Finish {
        let p = surface.rest;
        let seed = self.spec.seed ^ 0xc10;
        let weave = 1.0
            + 0.035 * noise2(p.x * 26.0, p.y * 22.0, seed)
            + 0.03 * noise3(p.x * 2.2, p.y * 2.2, p.z * 2.2, seed);
        let albedo = match surface.part {
            Part::Shirt | Part::ShirtCollar => self.second,
            Part::Tie => self.tie,
            Part::Button => self.outer.lerp(v3(0.6, 0.6, 0.58), 0.5),
            _ => self.striped(p),
        };
        let albedo = albedo * (0.86 * stitched(surface));
        if matches!(surface.part, Part::Cloth | Part::Shirt) {
            let strength = 0.6 * self.spec.clothing.creases;
            let fold =
                |k: u32| noise3(p.x * 0.22 + 0.14 * p.y, p.y * 0.13 - 0.1 * p.x.abs(), p.z * 0.1, seed ^ k);
            let small = |k: u32| noise3(p.x * 0.7, p.y * 0.5, p.z * 0.5, seed ^ k);
            let bend = v3(fold(1) + 0.45 * small(3), fold(2) * 0.6 + 0.35 * small(4), 0.0);
            surface.normal = (surface.normal + bend * strength).unit();
        }
        Finish { wrap: v3(0.12, 0.12, 0.12), sheen: 0.015, ..Finish::matt(albedo * weave) }
    }

    fn striped(&self, p: Vec3) -> Vec3 {
        let pitch = self.spec.clothing.stripe_cm;
        if pitch <= 0.0 {
            return self.outer;
        }
        let place = ((p.y / pitch).fract() + 1.0).fract();
        let band = smoothstep(0.44, 0.5, place) * smoothstep(1.0, 0.94, place);
        self.outer.lerp(self.second, band)
    }
}

/// Folded edges show as a dark line with a seam beside it; knitted bands as ribs.
fn stitched(surface: &Surface) -> f32 {
    let (u, v) = surface.uv;
    match surface.part {
        Part::Collar | Part::ShirtCollar => {
            let edge = u.min(1.0 - u).min(1.0 - v);
            1.06 - 0.5 * smoothstep(0.03, 0.0, edge) + 0.14 * bump((edge - 0.055) * (edge - 0.055) / 0.001)
        }
        Part::Band => 1.0 - 0.16 * bump(((v * 150.0).fract() - 0.5) * ((v * 150.0).fract() - 0.5) * 6.0),
        _ => 1.0,
    }
}
